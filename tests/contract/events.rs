//! Every file of `events/`, passed to its function as its source delivers it, gives the response in `events/README.md`.

mod delivered;

use std::fs;

use delivered::{Event, folder, parse_response, scheduled};
use jiff::{SignedDuration, Timestamp};
use local::World;
use mastercard::secret::PushAccountReceipt;
use model::enrollment::{CallbackResult, Enrollment, EnrollmentId, Fact, Status, receipt_hash};
use runtime::store::enrollments::SECRET_BYTES;
use serde_json::{Value, json};
use simulator::{CLICK_TO_PAY, Operation};

use crate::support::{
    enrollment_fixture::EnrollmentFixture,
    function_runtime::{enrollments, runtime_of},
    open_world, world,
};

/// A test for each file; another test compares the list with the folder.
macro_rules! events {
    ($($file:literal => $test:ident),+ $(,)?) => {
        const FILES: &[&str] = &[$($file),+];

        mod event_tests {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Event::read($file)).await;
            })+
        }
    };
}

events! {
    "enroll.json" => a_card_is_pushed_with_every_field,
    "enroll-card-number.json" => a_card_number_for_a_name_is_refused,
    "enroll-unknown-field.json" => a_field_that_is_not_in_the_api_is_refused,
    "enroll-without-key.json" => a_request_without_a_key_is_refused,
    "fetch-assets.json" => logos_are_fetched_after_a_refresh,
    "fetch-assets-again.json" => logos_are_fetched_again,
    "fetch-assets-by-hand.json" => logos_are_fetched_on_demand,
    "get-enrollment.json" => a_cardholder_reads_an_enrollment,
    "get-enrollment-foreign.json" => another_cardholder_reads_an_enrollment,
    "list-cards.json" => two_cards_can_be_enabled,
    "list-enrollments.json" => a_cardholder_reads_the_state_of_a_card,
    "list-requestors.json" => an_iphone_lists_token_requestors,
    "list-requestors-gzip.json" => an_iphone_that_accepts_gzip_lists_one_account_range,
    "list-requestors-not-modified.json" => an_iphone_has_the_current_list,
    "manage-tokens-list.json" => a_cardholder_sees_where_a_card_is_enabled,
    "manage-tokens-remove-unconfirmed.json" => a_removal_without_confirmation_is_refused,
    "manage-tokens-suspend.json" => a_cardholder_suspends_a_token,
    "receive-callback-approved.json" => a_cardholder_returns,
    "receive-callback-unknown-state.json" => a_browser_returns_with_an_unknown_state,
    "receive-notification-tar.json" => processing_notifies_of_an_approval,
    "receive-notification-tcn.json" => processing_notifies_of_a_token,
    "receive-notification-without-certificate.json" => a_caller_without_a_certificate_notifies_of_a_token,
    "reconcile-enrollments.json" => a_lost_notification_is_reconciled,
    "sync-requestors.json" => the_token_requestors_are_refreshed,
    "sync-requestors-allow.json" => a_new_host_is_allowed,
    "sync-requestors-force.json" => a_refresh_with_few_token_requestors_is_forced,
}

#[test]
fn every_event_has_a_test_and_a_description() {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = files.filter(|name| name.ends_with(".json")).collect();
    let mut tested = FILES.to_vec();
    files.sort();
    tested.sort_unstable();
    assert_eq!(files, tested);
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let missing: Vec<_> = FILES.iter().filter(|file| !readme.contains(&format!("`{file}`"))).collect();
    assert!(missing.is_empty(), "not in the table of events/README.md: {missing:?}");
}

async fn a_card_is_pushed_with_every_field(event: Event) {
    let world = open_world().await;
    let enroll = enroll::Enroll::connect(&runtime_of(&world)).await.unwrap();
    let event = event.with("2026-01-05T10:29:58Z", &Timestamp::now().to_string());
    let response = parse_response(enroll.handle(event.request()).await.unwrap());
    assert_eq!((response.status, &response.body["status"]), (201, &json!("READY")), "{}", response.body);
    assert!(response.body["redirectUrl"].as_str().is_some_and(|url| url.contains("pushAccountData=")));
}

async fn a_card_number_for_a_name_is_refused(event: Event) {
    check_refused(event, "card_number_refused").await;
}

async fn a_field_that_is_not_in_the_api_is_refused(event: Event) {
    check_refused(event, "invalid_request").await;
}

async fn a_request_without_a_key_is_refused(event: Event) {
    check_refused(event, "idempotency_key_missing").await;
}

/// Expects a 400 and no push.
async fn check_refused(event: Event, code: &str) {
    let world = open_world().await;
    let enroll = enroll::Enroll::connect(&runtime_of(&world)).await.unwrap();
    let response = parse_response(enroll.handle(event.request()).await.unwrap());
    assert_eq!((response.status, response.body["code"].as_str()), (400, Some(code)));
    let calls = [Operation::SearchFundingAccounts, Operation::PushMultipleAccounts];
    assert_eq!(calls.map(|operation| world.simulator().calls(operation)), [0, 0]);
}

async fn logos_are_fetched_after_a_refresh(event: Event) {
    check_fetched(event).await;
}

async fn logos_are_fetched_on_demand(event: Event) {
    check_fetched(event).await;
}

async fn logos_are_fetched_again(event: Event) {
    let world = open_world().await;
    let fetch = fetch_assets::FetchAssets::connect(&runtime_of(&world)).await.unwrap();
    let report = fetch.handle(event.scheduled()).await.unwrap();
    assert_eq!((report.stored.len(), report.skipped.len()), (1, 0));
}

/// Expects one stored logo: the one that the event names.
async fn check_fetched(event: Event) {
    let world = world().await;
    let sync = sync_requestors::SyncRequestors::connect(&runtime_of(&world)).await.unwrap();
    sync.handle(scheduled(json!({}))).await.unwrap();
    let fetch = fetch_assets::FetchAssets::connect(&runtime_of(&world)).await.unwrap();
    let report = json!(fetch.handle(event.scheduled()).await.unwrap());
    let stored = json!(["3a7a2f0e-5a0e-4c65-9e0b-1f6f2c0d9a11"]);
    let all = json!({"stored": stored, "skipped": [], "failed": [], "refused": [], "remaining": 0});
    assert_eq!(report, all);
}

async fn a_cardholder_reads_an_enrollment(event: Event) {
    let world = world().await;
    let get = get_enrollment::GetEnrollment::connect(&runtime_of(&world)).await.unwrap();
    let before = parse_response(get.handle(event.request()).await.unwrap());
    assert_eq!((before.status, before.body["code"].as_str()), (404, Some("not_found")));
    let fixture = event_fixture(&world).await;
    let after = parse_response(get.handle(event.request()).await.unwrap());
    assert_eq!((after.status, &after.body["enrollmentId"]), (200, &json!(fixture.id())));
}

async fn another_cardholder_reads_an_enrollment(event: Event) {
    let world = world().await;
    event_fixture(&world).await;
    let get = get_enrollment::GetEnrollment::connect(&runtime_of(&world)).await.unwrap();
    let response = parse_response(get.handle(event.request()).await.unwrap());
    assert_eq!((response.status, response.body["code"].as_str()), (404, Some("not_found")));
}

async fn a_cardholder_reads_the_state_of_a_card(event: Event) {
    let world = world().await;
    let fixture = event_fixture(&world).await;
    EnrollmentFixture::new("key-2").with_card(70002).start(&enrollments(&world)).await;
    let get = get_enrollment::GetEnrollment::connect(&runtime_of(&world)).await.unwrap();
    let response = parse_response(get.handle(event.request()).await.unwrap());
    assert_eq!(response.status, 200);
    assert_eq!(response.all("enrollments", "enrollmentId"), [&json!(fixture.id())]);
}

async fn two_cards_can_be_enabled(event: Event) {
    let world = open_world().await;
    let list = list_cards::ListCards::connect(&runtime_of(&world)).await.unwrap();
    let response = parse_response(list.handle(event.request()).await.unwrap());
    assert_eq!(response.status, 200, "{}", response.body);
    assert_eq!(response.all("cards", "cardContractId"), ["70001", "70002"]);
    assert_eq!(response.all("cards", "state"), ["eligible", "eligible"]);
}

/// A world in which the card of the events has a token at Click to Pay.
async fn world_with_token() -> (World, manage_tokens::ManageTokens, String) {
    let world = open_world().await;
    world.simulator().add_token(70_001, CLICK_TO_PAY, "").unwrap();
    let manage = manage_tokens::ManageTokens::connect(&runtime_of(&world)).await.unwrap();
    let list = Event::read("manage-tokens-list.json").request();
    let tokens = parse_response(manage.handle(list).await.unwrap());
    let id = tokens.body["tokens"][0]["tokenId"].as_str().expect("an id").to_owned();
    (world, manage, id)
}

async fn a_cardholder_sees_where_a_card_is_enabled(event: Event) {
    let (_world, manage, _) = world_with_token().await;
    let response = parse_response(manage.handle(event.request()).await.unwrap());
    assert_eq!((response.status, response.all("tokens", "state")), (200, vec![&json!("active")]));
}

async fn a_cardholder_suspends_a_token(event: Event) {
    let (world, manage, id) = world_with_token().await;
    let event = event.with("TOKEN-ID", &id);
    let response = parse_response(manage.handle(event.request()).await.unwrap());
    assert_eq!((response.status, &response.body["outcome"]), (200, &json!("changed")), "{}", response.body);
    assert_eq!(world.simulator().tokens_of(40_000)[0].status, simulator::TokenStatus::Suspended);
}

async fn a_removal_without_confirmation_is_refused(event: Event) {
    let (world, manage, id) = world_with_token().await;
    let event = event.with("TOKEN-ID", &id);
    let response = parse_response(manage.handle(event.request()).await.unwrap());
    assert_eq!((response.status, response.body["code"].as_str()), (400, Some("invalid_request")));
    assert_eq!(world.simulator().calls(Operation::SetTokenStatus), 0);
}

async fn an_iphone_lists_token_requestors(event: Event) {
    let world = open_world().await;
    let list = list_requestors::ListRequestors::connect(&runtime_of(&world)).await.unwrap();
    let response = parse_response(list.handle(event.request()).await.unwrap());
    assert_eq!((response.status, response.header("etag").is_empty()), (200, false));
    assert!(
        response.all("tokenRequestors", "displayName").contains(&&json!("Click to Pay")),
        "{}",
        response.body
    );
}

async fn an_iphone_that_accepts_gzip_lists_one_account_range(event: Event) {
    let world = open_world().await;
    let list = list_requestors::ListRequestors::connect(&runtime_of(&world)).await.unwrap();
    let response = list.handle(event.request()).await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert!(matches!(response.body(), lambda_http::Body::Binary(_)), "API Gateway gets it in base64");
    let body = crate::support::gzip::decompress(response.body());
    let offers = body["tokenRequestors"].as_array().unwrap();
    assert!(!offers.is_empty());
    for offer in offers {
        assert!(
            offer["accountRanges"].as_array().unwrap().contains(&json!("5555550000000000000")),
            "{offer}"
        );
    }
}

async fn an_iphone_has_the_current_list(event: Event) {
    let world = open_world().await;
    let list = list_requestors::ListRequestors::connect(&runtime_of(&world)).await.unwrap();
    let first = parse_response(list.handle(event.request()).await.unwrap());
    assert_eq!(first.status, 200, "the ETag is unknown");
    let current = event.with("ETAG", first.header("etag").trim_matches('"'));
    let second = parse_response(list.handle(current.request()).await.unwrap());
    assert_eq!((second.status, second.body), (304, Value::Null));
}

async fn a_cardholder_returns(event: Event) {
    let world = world().await;
    let receive = receive_callback::ReceiveCallback::connect(&runtime_of(&world)).await.unwrap();
    assert_eq!(receive.handle(event.request()).await.unwrap().status(), 404, "before there is an enrollment");
    let fixture = EnrollmentFixture { secret: [0; SECRET_BYTES], ..EnrollmentFixture::new("key-1") };
    let enrollment = Enrollment { enrollment_id: event_id(), ..fixture.enrollment.clone() };
    let fixture = EnrollmentFixture { enrollment, ..fixture }.start(&enrollments(&world)).await;
    let receipt_hashes = vec![receipt_hash(&PushAccountReceipt::new("RECEIPT"))];
    let expires_at = fixture.at() + SignedDuration::from_mins(10);
    let fact = Fact::Pushed { receipt_hashes, expires_at }.recorded(fixture.at(), "");
    enrollments(&world)
        .record_facts(fixture.enrollment.client_id, fixture.id(), &[fact], fixture.at())
        .await
        .unwrap();

    let response = parse_response(receive.handle(event.request()).await.unwrap());
    let link = format!("bankapp://click-to-pay?enrollmentId={}&outcome=completed", fixture.id());
    assert_eq!((response.status, response.header("location")), (303, link.as_str()));
    let facts = stored(&world, &fixture).await.facts;
    assert!(facts.iter().any(|known| known.fact == Fact::Callback { result: CallbackResult::Approved }));
}

async fn a_browser_returns_with_an_unknown_state(event: Event) {
    let world = world().await;
    let receive = receive_callback::ReceiveCallback::connect(&runtime_of(&world)).await.unwrap();
    let response = parse_response(receive.handle(event.request()).await.unwrap());
    assert_eq!((response.status, response.header("content-type")), (404, "text/html; charset=utf-8"));
}

async fn processing_notifies_of_an_approval(event: Event) {
    assert_eq!(status_after(event).await, Status::Authorized);
}

async fn processing_notifies_of_a_token(event: Event) {
    assert_eq!(status_after(event).await, Status::Tokenized, "the cardholder has not returned yet");
}

/// Expects a 200. Returns the status of the enrollment after it.
async fn status_after(event: Event) -> Status {
    let world = world().await;
    let fixture = event_fixture(&world).await;
    let receive = receive_notification::ReceiveNotification::connect(&runtime_of(&world)).await.unwrap();
    let response = parse_response(receive.handle(event.request()).await.unwrap());
    assert_eq!((response.status, response.body), (200, json!({"accepted": 1})));
    stored(&world, &fixture).await.status_at(Timestamp::now()).status
}

async fn a_caller_without_a_certificate_notifies_of_a_token(event: Event) {
    let world = world().await;
    event_fixture(&world).await;
    let receive = receive_notification::ReceiveNotification::connect(&runtime_of(&world)).await.unwrap();
    let response = parse_response(receive.handle(event.request()).await.unwrap());
    assert_eq!((response.status, response.body["code"].as_str()), (403, Some("forbidden")));
    assert_eq!(enrollments(&world).notification("n-tcn-1").await.unwrap(), None, "nothing is stored");
}

async fn a_lost_notification_is_reconciled(event: Event) {
    let world = world().await;
    let fixture = event_fixture(&world).await;
    let reconcile = reconcile_enrollments::ReconcileEnrollments::connect(&runtime_of(&world)).await.unwrap();
    let report = json!(reconcile.handle(event.scheduled()).await.unwrap());
    let healed = json!([{"enrollmentId": fixture.id(), "from": "PENDING", "to": "FAILED"}]);
    let counts = json!({"checked": 1, "healed": healed, "unread": 0, "notificationsApplied": 0, "left": 0, "failed": 0});
    assert_eq!(report, counts);
}

async fn the_token_requestors_are_refreshed(event: Event) {
    let world = world().await;
    let sync = sync_requestors::SyncRequestors::connect(&runtime_of(&world)).await.unwrap();
    let report = json!(sync.handle(event.scheduled()).await.unwrap());
    let all = world.simulator().requestors().len();
    let counts = ["added", "assets", "retired"].map(|name| report[name].as_array().map(Vec::len));
    assert_eq!((&report["requestors"], counts), (&json!(all), [Some(all), Some(all), Some(0)]));
}

async fn a_new_host_is_allowed(event: Event) {
    let world = open_world().await;
    let requestors = world.simulator().requestors();
    let mut moved = requestors.into_iter().find(|it| it.token_requestor_id == CLICK_TO_PAY).unwrap();
    moved.push_page = Some("https://external.example/push".parse().unwrap());
    world.simulator().add_requestor(moved);
    let sync = sync_requestors::SyncRequestors::connect(&runtime_of(&world)).await.unwrap();
    let quarantined = sync.handle(scheduled(json!({}))).await.unwrap().change.quarantined;
    assert_eq!(json!(quarantined), json!([CLICK_TO_PAY]));
    let allowed = sync.handle(event.scheduled()).await.unwrap().change;
    assert_eq!((json!(allowed.changed), allowed.quarantined.len()), (json!([CLICK_TO_PAY]), 0));
}

async fn a_refresh_with_few_token_requestors_is_forced(event: Event) {
    let world = open_world().await;
    world.simulator().requestors().iter().skip(1).for_each(|retired| {
        world.simulator().remove_requestor(&retired.token_requestor_id).unwrap();
    });
    let sync = sync_requestors::SyncRequestors::connect(&runtime_of(&world)).await.unwrap();
    assert!(sync.handle(scheduled(json!({}))).await.unwrap().rejected.is_some());
    assert_eq!(sync.handle(event.scheduled()).await.unwrap().change.retired.len(), 4);
}

async fn stored(world: &World, fixture: &EnrollmentFixture) -> Enrollment {
    fixture.stored(&enrollments(world)).await.unwrap()
}

/// The enrollment that the events name, created a minute before them.
async fn event_fixture(world: &World) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new("key-1").with_created_at("2026-01-05T10:30:00Z".parse().unwrap());
    let fixture = EnrollmentFixture {
        enrollment: Enrollment { enrollment_id: event_id(), ..fixture.enrollment.clone() },
        ..fixture
    };
    fixture.start(&enrollments(world)).await
}

/// The enrollment's id in the events. The callback's state is this id and a secret of zeros.
fn event_id() -> EnrollmentId {
    "0197b3c0-5f10-7c3e-8a51-3f6f0c9be001".parse().unwrap()
}
