//! After enabling: the cardholder sees where a card is enabled, and suspends, resumes and removes it there.

mod concurrent;
mod lost;
mod refused;

use jiff::SignedDuration;
use local::{World, cardholder::Cardholder};
use serde_json::{Value, json};
use simulator::{CLICK_TO_PAY, Operation, Suspender, TokenStatus};

use crate::support::{app::App, leaks::leak, open_world};

const CARD: &str = "70001";
/// Not in the sample world's catalog.
const GOOGLE_PAY: &str = "50110030273";

/// A world in which the cardholder has enabled a card for Click to Pay, with the enrollment and the token's id.
struct Enabled {
    world: World,
    cardholder: Cardholder,
    enrollment_id: String,
    token_id: String,
}

impl Enabled {
    async fn start() -> Self {
        Self::in_world(open_world().await).await
    }

    async fn in_world(world: World) -> Self {
        let cardholder = world.cardholder("40000").unwrap();
        let enrollment_id = enable(&world, &cardholder).await;
        let token_id = cardholder.token_id(CARD, CLICK_TO_PAY).await.unwrap();
        Self { world, cardholder, enrollment_id, token_id }
    }

    /// Changes the token; returns status and body of the response.
    async fn change(&self, action: &str, key: &str) -> (u16, Value) {
        let response = self.cardholder.change_token(CARD, &self.token_id, action, key).await.unwrap();
        (response.status, response.body)
    }

    /// Changes the token successfully; returns its state and the outcome.
    async fn changed(&self, action: &str, key: &str) -> (String, String) {
        let (status, body) = self.change(action, key).await;
        assert_eq!(status, 200, "{body}");
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        (text("state"), text("outcome"))
    }

    async fn enrollment(&self) -> Value {
        self.cardholder.get_enrollment(&self.enrollment_id).await.unwrap().body
    }

    /// Status and finality of the enrollment.
    async fn status(&self) -> (String, bool) {
        let enrollment = self.enrollment().await;
        (enrollment["status"].as_str().unwrap().to_owned(), enrollment["final"].as_bool().unwrap())
    }

    fn at_mastercard(&self) -> TokenStatus {
        let tokens = self.world.simulator().tokens_of(40_000);
        tokens.iter().find(|token| token.token_requestor_id == CLICK_TO_PAY).unwrap().status
    }

    fn changes_sent(&self) -> usize {
        self.world.simulator().calls(Operation::SetTokenStatus)
    }
}

/// The cardholder enables the card for Click to Pay; returns the enrollment's id.
async fn enable(world: &World, cardholder: &Cardholder) -> String {
    let enrollment = cardholder.enroll(CARD).await.unwrap();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
    world.simulator().notifications_settled().await;
    enrollment["enrollmentId"].as_str().unwrap().to_owned()
}

fn pair(state: &str, outcome: &str) -> (String, String) {
    (state.into(), outcome.into())
}

async fn tokens(cardholder: &Cardholder) -> Vec<Value> {
    let list = cardholder.tokens(CARD).await.unwrap();
    assert_eq!(list.status, 200, "{}", list.body);
    list.body["tokens"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_cardholder_sees_where_the_card_is_enabled_and_no_token_number() {
    let enabled = Enabled::start().await;
    enabled.world.simulator().add_token(70_001, GOOGLE_PAY, "Google Pay").unwrap();
    enabled.world.simulator().add_token(70_002, GOOGLE_PAY, "Google Pay").unwrap();
    let listed = tokens(&enabled.cardholder).await;
    let names = listed.iter().map(|token| &token["displayName"]).collect::<Vec<_>>();
    assert_eq!(names, ["Click to Pay", "Google Pay"]);
    let [click_to_pay, google_pay] = listed.try_into().unwrap();
    assert_eq!(
        (&click_to_pay["state"], &click_to_pay["walletName"], &click_to_pay["actions"]),
        (&json!("active"), &json!("MDES for Merchants"), &json!(["suspend", "remove"]))
    );
    assert!(click_to_pay["createdAt"].as_str().unwrap().ends_with('Z'));
    assert!(!click_to_pay["logos"].as_array().unwrap().is_empty() && google_pay["logos"] == json!([]));
    assert_ne!(click_to_pay["tokenId"], google_pay["tokenId"]);
    for token in [click_to_pay, google_pay] {
        assert_eq!(leak(&token.to_string()), None);
    }
}

#[tokio::test]
async fn a_cardholder_pauses_a_card_resumes_it_and_the_enrollment_follows_at_once() {
    let enabled = Enabled::start().await;
    assert_eq!(enabled.changed("suspend", "pause").await, pair("suspended", "changed"));
    assert_eq!(
        (enabled.at_mastercard(), enabled.status().await),
        (TokenStatus::Suspended, ("SUSPENDED".into(), true))
    );
    assert_eq!(tokens(&enabled.cardholder).await[0]["actions"], json!(["resume", "remove"]));
    let cards = enabled.cardholder.cards(&[CARD]).await.unwrap();
    assert_eq!(cards.body["cards"][0]["state"], "suspended");
    assert_eq!(enabled.changed("resume", "go-on").await, pair("active", "changed"));
    assert_eq!(
        (enabled.at_mastercard(), enabled.status().await),
        (TokenStatus::Active, ("ENABLED".into(), true))
    );
    let enrollment = enabled.enrollment().await;
    let changes = enrollment["timeline"].as_array().unwrap().iter();
    let changes: Vec<_> = changes
        .filter(|entry| entry["event"].as_str().unwrap().starts_with("token_change_"))
        .map(|entry| (entry["event"].as_str().unwrap(), entry["detail"].as_str().unwrap()))
        .collect();
    let (requested, confirmed) = ("token_change_requested", "token_change_confirmed");
    assert_eq!(
        changes,
        [(requested, "suspend"), (confirmed, "suspend"), (requested, "resume"), (confirmed, "resume")]
    );
}

#[tokio::test]
async fn a_card_paused_here_and_resumed_elsewhere_is_enabled() {
    let enabled = Enabled::start().await;
    enabled.changed("suspend", "pause").await;
    enabled.world.simulator().resume_token(70_001, CLICK_TO_PAY).unwrap();
    enabled.world.simulator().notifications_settled().await;
    assert_eq!(enabled.status().await.0, "ENABLED");
    assert_eq!(tokens(&enabled.cardholder).await[0]["state"], "active");
}

#[tokio::test]
async fn a_card_removed_at_the_bank_can_be_enabled_again() {
    let enabled = Enabled::start().await;
    assert_eq!(enabled.changed("remove", "away").await, pair("removed", "changed"));
    assert_eq!(
        (enabled.at_mastercard(), enabled.status().await),
        (TokenStatus::Deactivated, ("DEACTIVATED".into(), true))
    );
    assert_eq!(tokens(&enabled.cardholder).await, [json!(null); 0]);
    let cards = enabled.cardholder.cards(&[CARD]).await.unwrap();
    assert_eq!(cards.body["cards"][0]["state"], "eligible");

    let again = enable(&enabled.world, &enabled.cardholder).await;
    let status = |id: String| {
        let cardholder = enabled.cardholder.clone();
        async move { cardholder.get_enrollment(&id).await.unwrap().body["status"].clone() }
    };
    assert_eq!(status(again).await, "ENABLED");
    assert_eq!(status(enabled.enrollment_id.clone()).await, "DEACTIVATED");
    let new = enabled.cardholder.token_id(CARD, CLICK_TO_PAY).await.unwrap();
    assert_ne!(new, enabled.token_id, "another token");
    let old = enabled.change("suspend", "the-removed-one").await;
    assert_eq!((old.0, &old.1["code"]), (409, &json!("token_not_changeable")));
    assert_eq!(tokens(&enabled.cardholder).await[0]["state"], "active", "the new token is untouched");
}

#[tokio::test]
async fn a_token_that_was_enabled_elsewhere_is_changed_without_an_enrollment() {
    let world = open_world().await;
    world.simulator().add_token(70_001, GOOGLE_PAY, "Google Pay").unwrap();
    let cardholder = world.cardholder("40000").unwrap();
    let token_id = cardholder.token_id(CARD, GOOGLE_PAY).await.unwrap();
    let change = async |action: &str| {
        cardholder.change_token(CARD, &token_id, action, action).await.unwrap().body["state"].clone()
    };
    assert_eq!((change("suspend").await, change("resume").await), (json!("suspended"), json!("active")));
    assert_eq!(change("remove").await, "removed");
    assert_eq!(world.simulator().tokens_of(40_000)[0].status, TokenStatus::Deactivated);
    let enrollments = cardholder.get("/enrollments").await.unwrap().body;
    assert_eq!(enrollments["enrollments"], json!([]));
}

#[tokio::test]
async fn a_resumed_card_that_the_token_requestor_suspended_too_stays_suspended_and_the_answer_says_so() {
    let enabled = Enabled::start().await;
    enabled.changed("suspend", "pause").await;
    let simulator = enabled.world.simulator();
    simulator.suspend_token_by(70_001, CLICK_TO_PAY, Suspender::TokenRequestor).unwrap();
    simulator.notifications_settled().await;
    assert_eq!(enabled.changed("resume", "go-on").await, pair("suspended", "still_suspended"));
    assert_eq!(enabled.status().await, ("SUSPENDED".into(), false), "the list is read again");
    simulator.resume_token(70_001, CLICK_TO_PAY).unwrap();
    simulator.notifications_settled().await;
    assert_eq!(enabled.status().await.0, "ENABLED");
}

#[tokio::test]
async fn what_a_removed_token_sends_afterwards_does_not_enable_the_card() {
    let enabled = Enabled::start().await;
    let simulator = enabled.world.simulator();
    // Still on its way when the cardholder removes the token.
    let plan = simulator::NotificationPlan {
        tvn: simulator::Delivery { delay_milliseconds: 3_000, ..simulator::Delivery::default() },
        ..simulator::NotificationPlan::default()
    };
    simulator.set_notification_plan(plan);
    simulator.suspend_token(70_001, CLICK_TO_PAY).unwrap();
    simulator.resume_token(70_001, CLICK_TO_PAY).unwrap();
    assert_eq!(enabled.changed("remove", "away").await.0, "removed");
    simulator.notifications_settled().await;
    let timeline = enabled.enrollment().await["timeline"].as_array().unwrap().clone();
    let first = |event: &str| timeline.iter().position(|entry| entry["event"] == event);
    let (removed, changed) = (first("token_change_confirmed"), first("token_changed"));
    assert!(removed.is_some() && removed < changed, "they came, and afterwards: {timeline:?}");
    assert_eq!(enabled.status().await, ("DEACTIVATED".into(), true));
    enabled.world.clock().advance(SignedDuration::from_hours(30));
    enabled.world.reconcile().await.unwrap();
    assert_eq!(enabled.status().await.0, "DEACTIVATED");
}

#[tokio::test]
async fn a_card_that_the_bank_blocked_is_shown_as_suspended() {
    let enabled = Enabled::start().await;
    enabled.world.simulator().set_card_status(70_001, "05").unwrap();
    enabled.world.simulator().notifications_settled().await;
    assert_eq!(tokens(&enabled.cardholder).await[0]["state"], "suspended");
    assert_eq!(enabled.status().await.0, "SUSPENDED");
}

#[tokio::test]
async fn no_token_number_is_stored_and_each_action_makes_three_calls_to_mastercard() {
    let app = App::start().await;
    let enabled = Enabled::in_world(app.world).await;
    let lists = || enabled.world.simulator().calls(Operation::GetTokensByClient);
    for (number, action) in ["suspend", "resume", "remove"].into_iter().enumerate() {
        // Within seconds of another change the list would be read once more.
        enabled.world.clock().advance(SignedDuration::from_secs(10));
        let before = lists();
        enabled.changed(action, action).await;
        assert_eq!((lists() - before, enabled.changes_sent()), (2, number + 1), "{action}");
    }
    let app = App::in_world(enabled.world);
    let stored = app.stored().await;
    assert!(stored.iter().any(|item| item["sk"].as_str().unwrap().starts_with("TOKEN#")));
    for item in stored {
        let facts = json!([item["facts"], item["changes"], item["sk"]]);
        assert_eq!(leak(&facts.to_string()), None);
    }
}
