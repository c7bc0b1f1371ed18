//! Steps 17 and 21, and token events afterwards, as an issuer's door sees them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::issuer::Issuer;
use crate::{CLICK_TO_PAY, Delivery, NotificationPlan, NotificationTarget};

/// A door that keeps what it gets, after refusing the first `refusals`.
#[derive(Clone, Default)]
struct Door {
    received: Arc<Mutex<Vec<Value>>>,
    refusals: Arc<Mutex<usize>>,
}

impl Door {
    async fn open(issuer: &Issuer, refusals: usize) -> Self {
        let door = Self { refusals: Arc::new(Mutex::new(refusals)), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/notifications", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().route("/notifications", post(receive)).with_state(door.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let target =
            NotificationTarget { shared_secret: Some("sesame".to_owned()), ..NotificationTarget::plain(url) };
        issuer.simulator.set_notifications(Some(target)).unwrap();
        door
    }

    /// Kinds in order of arrival, once nothing is under way.
    async fn kinds(&self, issuer: &Issuer) -> Vec<String> {
        issuer.simulator.notifications_settled().await;
        let received = self.received.lock().unwrap();
        received.iter().map(|body| body["type"].as_str().unwrap().to_owned()).collect()
    }
}

async fn receive(State(door): State<Door>, headers: HeaderMap, body: String) -> StatusCode {
    assert_eq!(headers["x-notification-secret"], "sesame");
    let mut refusals = door.refusals.lock().unwrap();
    if *refusals > 0 {
        *refusals -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    door.received.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    StatusCode::OK
}

#[tokio::test]
async fn tar_and_tcn_share_a_correlation_id_and_the_tcn_names_the_token() {
    let issuer = Issuer::new().await;
    let door = Door::open(&issuer, 0).await;
    issuer.enables(40_000, 70_001).await;
    assert_eq!(door.kinds(&issuer).await, ["TAR", "TCN"]);
    let received = door.received.lock().unwrap();
    let (tar, tcn) = (&received[0], &received[1]);
    assert_eq!(tar["correlationId"], tcn["correlationId"]);
    assert_eq!(tar["correlationId"].as_str().unwrap().len(), 14);
    assert_eq!((&tar["decision"], &tar["responseCode"]), (&json!("APPROVED"), &json!("00")));
    assert!(tar.get("tokenUniqueReference").is_none());
    let token = &issuer.simulator.tokens_of(40_000)[0];
    assert_eq!(tcn["tokenUniqueReference"], token.token_unique_reference);
    assert_eq!((&tcn["clientId"], &tcn["cardContractId"]), (&json!(40_000), &json!(70_001)));
}

#[tokio::test]
async fn a_declined_card_is_told_by_a_tar_alone() {
    let issuer = Issuer::new().await;
    let door = Door::open(&issuer, 0).await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    issuer.simulator.set_card_status(70_001, "41").unwrap();
    issuer.opens(&pushed).await;
    assert_eq!(door.kinds(&issuer).await, ["TAR"]);
    assert_eq!(door.received.lock().unwrap()[0]["decision"], "DECLINED");
}

#[tokio::test]
async fn what_is_not_acknowledged_is_sent_again_under_the_same_id() {
    let issuer = Issuer::new().await;
    issuer
        .simulator
        .set_notification_plan(NotificationPlan { backoff_milliseconds: 1, ..Default::default() });
    let door = Door::open(&issuer, 2).await;
    issuer.enables(40_000, 70_001).await;
    let mut kinds = door.kinds(&issuer).await;
    kinds.sort();
    assert_eq!(kinds, ["TAR", "TCN"]);
    let journal = issuer.simulator.journal();
    assert_eq!(journal.iter().filter(|exchange| exchange.what.contains("answered 503")).count(), 2);
}

#[tokio::test]
async fn notifications_get_lost_repeated_and_out_of_order_as_planned() {
    let issuer = Issuer::new().await;
    let door = Door::open(&issuer, 0).await;
    let copies = |copies| Delivery { copies, ..Delivery::default() };
    let plan = NotificationPlan { tcn_before_tar: true, tcn: copies(2), ..NotificationPlan::default() };
    issuer.simulator.set_notification_plan(plan);
    issuer.enables(40_000, 70_001).await;
    assert_eq!(door.kinds(&issuer).await, ["TCN", "TCN", "TAR"]);

    issuer
        .simulator
        .set_notification_plan(NotificationPlan { tcn: copies(0), ..NotificationPlan::default() });
    issuer.enables(40_000, 70_002).await;
    assert_eq!(door.kinds(&issuer).await.len(), 4);
}

#[tokio::test]
async fn suspended_resumed_and_deleted_tokens_are_told_by_tvn() {
    let issuer = Issuer::new().await;
    issuer.enables(40_000, 70_001).await;
    let door = Door::open(&issuer, 0).await;
    issuer.simulator.suspend_token(70_001, CLICK_TO_PAY).unwrap();
    issuer.simulator.notifications_settled().await;
    issuer.simulator.resume_token(70_001, CLICK_TO_PAY).unwrap();
    issuer.simulator.notifications_settled().await;
    issuer.simulator.delete_token(70_001, CLICK_TO_PAY).unwrap();
    assert_eq!(door.kinds(&issuer).await, ["TVN", "TVN", "TVN"]);
    let received = door.received.lock().unwrap();
    let statuses: Vec<&Value> = received.iter().map(|body| &body["tokenStatus"]).collect();
    assert_eq!(statuses, ["SUSPENDED", "ACTIVE", "DEACTIVATED"]);
    issuer.simulator.suspend_token(70_001, CLICK_TO_PAY).unwrap_err();
}

#[tokio::test]
async fn a_card_that_is_put_on_hold_suspends_its_tokens() {
    let issuer = Issuer::new().await;
    issuer.enables(40_000, 70_001).await;
    let door = Door::open(&issuer, 0).await;
    issuer.simulator.set_card_status(70_001, "05").unwrap();
    assert_eq!(door.kinds(&issuer).await, ["TVN"]);
    assert_eq!(issuer.simulator.tokens_of(40_000)[0].status, crate::TokenStatus::Suspended);
}
