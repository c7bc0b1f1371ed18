//! Responses of Mastercard in another notation than documented: what the cardholder sees is the same.

use local::{Options, World, cardholder::Cardholder};
use serde_json::{Value, json};
use simulator::{Fault, Operation, Times};

use crate::support::{catalog::mastercard::CLICK_TO_PAY, logs, open_world, open_world_with, world};

fn rewritten(find: &str, replace: &str) -> Fault {
    Fault::Rewritten { find: find.into(), replace: replace.into() }
}

/// The entry of Click to Pay in the list for the app.
async fn click_to_pay(world: &World) -> Value {
    let listed = world.cardholder("40000").unwrap().token_requestors("web").await.unwrap().body;
    let mut requestors = listed["tokenRequestors"].as_array().unwrap().iter();
    requestors.find(|it| it["tokenRequestorId"] == CLICK_TO_PAY).cloned().unwrap_or_default()
}

/// A first refresh with this fault.
async fn refreshed_with(fault: Fault) -> (World, Value) {
    let world = world().await;
    world.simulator().set_fault(Operation::GetEligibleTokenRequestors, fault, Times::Always);
    let synced = world.sync_requestors(json!({})).await.unwrap();
    (world, synced)
}

#[tokio::test]
async fn a_card_is_pushed_whatever_surrounds_the_response() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    for (fault, card) in [
        (Fault::Gzip, "70006"),
        (rewritten("{\"availablePushMethods\"", "\u{feff}{\"availablePushMethods\""), "70007"),
        (
            rewritten("{\"availablePushMethods\"", "{\"signature\":\"a.b.c\",\"availablePushMethods\""),
            "70008",
        ),
        (rewritten("\"responseId\":\"", "\"responseId\":\"\n\\ud83d"), "70009"),
    ] {
        world.simulator().set_fault(Operation::PushMultipleAccounts, fault.clone(), 1);
        let response = cardholder.enroll_request(card, &Cardholder::smallest_request(card)).await.unwrap();
        assert_eq!((response.status, &response.body["status"]), (201, &json!("READY")), "{fault:?}");
    }
}

#[tokio::test]
async fn account_ranges_in_another_notation_are_the_same_ranges() {
    for notation in ["5.55555E+18", "5555550000000000000.0", "\"5555550000000000000\""] {
        let (world, synced) = refreshed_with(rewritten("5555550000000000000", notation)).await;
        assert_eq!(synced.get("rejected"), None, "{notation}");
        let ranges = click_to_pay(&world).await["accountRanges"].clone();
        assert!(ranges.as_array().unwrap().contains(&json!("5555550000000000000")), "{notation}: {ranges}");
    }
}

#[tokio::test]
async fn a_refresh_with_many_unreadable_ranges_changes_nothing_unless_it_is_forced() {
    let world = open_world().await;
    let before = click_to_pay(&world).await;
    let fault = rewritten("5555550000000000000", "{\"from\":5555550000000000000}");
    world.simulator().set_fault(Operation::GetEligibleTokenRequestors, fault, Times::Always);
    let synced = world.sync_requestors(json!({})).await.unwrap();
    assert_eq!((&synced["rejected"], click_to_pay(&world).await), (&json!("unreadable"), before));
    assert!(logs::is_logged("response_fields_unreadable").await);
    let forced = world.sync_requestors(json!({"force": true})).await.unwrap();
    assert_eq!(forced.get("rejected"), None);
}

#[tokio::test]
async fn a_refresh_in_which_no_requestor_is_enabled_for_a_range_changes_nothing() {
    let world = open_world().await;
    let before = click_to_pay(&world).await;
    for ranges in [
        "\"renamedAccountRanges\":[",
        "\"enabledAccountRanges\":null,\"others\":[",
        "\"enabledAccountRanges\":[],\"others\":[",
    ] {
        let fault = rewritten("\"enabledAccountRanges\":[", ranges);
        world.simulator().set_fault(Operation::GetEligibleTokenRequestors, fault, Times::Always);
        let synced = world.sync_requestors(json!({})).await.unwrap();
        assert_eq!(
            (&synced["rejected"], &click_to_pay(&world).await),
            (&json!("unreadable"), &before),
            "{ranges}"
        );
    }
}

#[tokio::test]
async fn a_bad_name_costs_the_name_and_not_the_refresh() {
    let half_emoji = rewritten("\"Click to Pay\"", "\"Click to Pay \\ud83d\"");
    assert_eq!(
        click_to_pay(&refreshed_with(half_emoji).await.0).await["displayName"],
        "Click to Pay \u{fffd}"
    );
    let blank =
        rewritten("\"consumerFacingEntityName\":\"Click to Pay\"", "\"consumerFacingEntityName\":\"   \"");
    let (world, _) = refreshed_with(blank).await;
    let requestors = world.simulator().requestors();
    let legal = requestors.iter().find(|it| it.token_requestor_id == CLICK_TO_PAY).unwrap();
    assert_eq!(click_to_pay(&world).await["displayName"], json!(legal.name));
}

#[tokio::test]
async fn a_cardholder_whose_token_list_has_no_content_can_enable_a_card() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    for fault in [Fault::Status { code: 204, json: false }, Fault::EmptyBody] {
        world.simulator().set_fault(Operation::GetTokensByClient, fault, 1);
        let cards = cardholder.cards(&["70001"]).await.unwrap();
        assert_eq!((cards.status, &cards.body["cards"][0]["state"]), (200, &json!("eligible")));
        assert_eq!(cards.body["cards"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn cards_of_a_client_that_processing_does_not_know_are_not_listed_as_eligible() {
    let world = open_world().await;
    let cards = world.cardholder("41234").unwrap().cards(&["70001"]).await.unwrap();
    assert_eq!((cards.status, &cards.body["code"]), (404, &json!("card_not_found")));
}

#[tokio::test]
async fn a_card_in_mastercards_old_form_is_pushed_and_logged() {
    let simulator = simulator::Options { pkcs1_keys: true, ..simulator::Options::default() };
    let world = open_world_with(Options { simulator, ..Options::default() }).await;
    assert_eq!(world.cardholder("40000").unwrap().enroll("70001").await.unwrap()["status"], "READY");
    assert!(logs::is_logged("oaep_hashing_algorithm_missing").await);
}

#[tokio::test]
async fn the_field_around_an_encrypted_body_is_a_setting() {
    for field in ["encryptedPayload", "encryptedValue"] {
        let simulator = simulator::Options { jwe_field: field, ..simulator::Options::default() };
        let settings = [("PROCESSING_JWE_FIELD".to_owned(), field.to_owned())].into();
        let world = open_world_with(Options { simulator, settings, ..Options::default() }).await;
        let enrolled = world.cardholder("40000").unwrap().enroll("70001").await.unwrap();
        assert_eq!(enrolled["status"], "READY", "{field}");
    }
}
