//! One cardholder, one card: how an enrolment goes, and how it ends when any one thing is off.

use jiff::SignedDuration;
use local::{
    Options, World,
    cardholder::{Cardholder, Page},
};
use serde_json::{Value, json};
use simulator::{Fault, Operation};

use crate::support::{open_world, open_world_with};

const CARD: &str = "70001";

/// Enrols a card and opens the redirect.
async fn at_click_to_pay(cardholder: &Cardholder) -> (String, Page) {
    let enrollment = cardholder.enrolls(CARD).await.unwrap();
    let page = cardholder.opens(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    (enrollment["enrollmentId"].as_str().unwrap().to_owned(), page)
}

/// The whole way, until Mastercard has told us all.
async fn enable(world: &World, cardholder: &Cardholder) {
    at_click_to_pay(cardholder).await.1.accepts().await.unwrap().returns().await.unwrap();
    world.simulator().notifications_settled().await;
}

async fn enrollment(cardholder: &Cardholder, id: &str) -> Value {
    cardholder.asks_about(id).await.unwrap().body
}

/// The only enrolment that the cardholder has.
async fn the_only(cardholder: &Cardholder) -> Value {
    let list = cardholder.get("/enrollments").await.unwrap().body;
    assert_eq!(list["enrollments"].as_array().unwrap().len(), 1, "{list}");
    list["enrollments"][0].clone()
}

async fn card_state(cardholder: &Cardholder) -> Value {
    cardholder.cards(&[CARD]).await.unwrap().body["cards"][0].clone()
}

fn settings(changes: &[(&str, &str)]) -> Options {
    let settings = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Options { settings, ..Options::default() }
}

#[tokio::test]
async fn a_cardholder_enables_a_card_and_comes_back_to_the_app() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    assert_eq!(card_state(&cardholder).await["state"], "eligible");

    let (id, page) = at_click_to_pay(&cardholder).await;
    assert_eq!(page.status, 200);
    let returned = page.accepts().await.unwrap().returns().await.unwrap();

    assert_eq!(returned.status, 303);
    let link = returned.app_link.unwrap();
    assert_eq!(link.scheme(), "bankapp");
    assert!(link.query().unwrap().contains(&id) && link.query().unwrap().contains("outcome=completed"));
    let ended = cardholder.follows(&id).await.unwrap();
    assert_eq!((&ended["status"], &ended["final"]), (&json!("ENABLED"), &json!(true)));
    assert_eq!(ended.get("redirectUrl"), None);
    let events: Vec<_> =
        ended["timeline"].as_array().unwrap().iter().map(|event| event["event"].clone()).collect();
    for event in ["requested", "pushed", "tokenization_decided", "token_created", "cardholder_returned"] {
        assert!(events.contains(&json!(event)), "{event} in {events:?}");
    }
    assert_eq!(card_state(&cardholder).await["state"], "already_enabled");
}

#[tokio::test]
async fn a_card_that_is_enabled_already_is_not_pushed_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    enable(&world, &cardholder).await;
    let pushes = world.simulator().calls(Operation::PushMultipleAccounts);

    let again = cardholder.enroll_request("again", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((again.status, &again.body["code"]), (409, &json!("already_enabled")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), pushes);
}

#[tokio::test]
async fn a_wrong_signing_key_for_processing_ends_in_failed() {
    let keys = simulator::Portal::generate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    keys.credentials().write_to(folder.path()).unwrap();
    let key = format!("file:{}", folder.path().join("processing-signing-key.pem").display());
    let world = open_world_with(settings(&[("PROCESSING_SIGNING_KEY", &key)])).await;
    let cardholder = world.cardholder("40000").unwrap();

    let answer = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((answer.status, &answer.body["code"]), (502, &json!("mastercard_refused")));
    let failed = the_only(&cardholder).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("FAILED"), &json!("mastercard_refused")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 0);
}

#[tokio::test]
async fn a_body_that_was_tampered_with_on_its_way_pushes_nothing() {
    let world = open_world().await;
    let line = tampering::proxy(world.simulator().base_url().clone()).await;
    let token_connect_url = Some(line.join("mdes").unwrap());
    let through = Options { token_connect_url, ..Options::default() };
    // The second world pushes through a line on which somebody changes one digit.
    let world = open_world_with(through).await;
    let cardholder = world.cardholder("40000").unwrap();
    let answer = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (502, &json!("mastercard_refused")),
        "{:?}",
        answer.body
    );
    assert_eq!(the_only(&cardholder).await["status"], "FAILED");
}

#[tokio::test]
async fn a_blocked_card_is_refused_before_anything_is_pushed() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let answer = cardholder.enroll_request("key", &Cardholder::smallest_request("70003")).await.unwrap();
    assert_eq!((answer.status, &answer.body["code"]), (422, &json!("card_not_eligible")));
    let failed = the_only(&cardholder).await;
    assert_eq!((&failed["status"], &failed["retryable"]), (&json!("FAILED"), &json!(false)));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 0);
}

#[tokio::test]
async fn another_clients_card_is_not_found() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let answer = cardholder.enroll_request("key", &Cardholder::smallest_request("80001")).await.unwrap();
    assert_eq!((answer.status, &answer.body["code"]), (404, &json!("card_not_found")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 0);
}

#[tokio::test]
async fn a_card_of_a_range_that_no_requestor_takes_is_not_eligible() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let answer = cardholder.enroll_request("key", &Cardholder::smallest_request("70005")).await.unwrap();
    assert_eq!((answer.status, &answer.body["code"]), (422, &json!("card_not_eligible")));
    let states = cardholder.cards(&["70005:5555570000000000000"]).await.unwrap().body;
    assert_eq!(states["cards"][0]["state"], "not_eligible", "{states}");
}

#[tokio::test]
async fn a_receipt_that_expired_on_the_way_ends_in_failed_and_may_be_tried_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enrolls(CARD).await.unwrap();
    world.simulator().expire_receipts();
    let page = cardholder.opens(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    let returned = page.returns().await.unwrap();
    assert!(returned.app_link.unwrap().query().unwrap().contains("outcome=error"));
    let failed = the_only(&cardholder).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("FAILED"), &json!("token_requestor_error")));
    assert_eq!(cardholder.enrolls(CARD).await.unwrap()["status"], "READY");
}

#[tokio::test]
async fn a_redirect_that_nobody_opened_expires() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = cardholder.enrolls(CARD).await.unwrap()["enrollmentId"].as_str().unwrap().to_owned();
    world.clock().advance(SignedDuration::from_mins(16));
    let waiting = enrollment(&cardholder, &id).await;
    assert_eq!(
        (&waiting["status"], &waiting["reason"]),
        (&json!("PENDING"), &json!("awaiting_confirmation"))
    );
    assert_eq!(waiting.get("redirectUrl"), None);

    world.reconcile().await.unwrap();
    assert_eq!(enrollment(&cardholder, &id).await["status"], "EXPIRED");
    for _ in 0..4 {
        world.clock().advance(SignedDuration::from_hours(25));
        world.reconcile().await.unwrap();
    }
    let ended = enrollment(&cardholder, &id).await;
    assert_eq!((&ended["status"], &ended["final"]), (&json!("EXPIRED"), &json!(true)));
}

#[tokio::test]
async fn a_cardholder_who_cancels_is_cancelled_and_may_start_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let (id, page) = at_click_to_pay(&cardholder).await;
    let returned = page.cancels().await.unwrap().returns().await.unwrap();
    assert!(returned.app_link.unwrap().query().unwrap().contains("outcome=cancelled"));
    world.simulator().notifications_settled().await;
    world.reconcile().await.unwrap();
    assert_eq!(enrollment(&cardholder, &id).await["status"], "CANCELLED");
    assert_eq!(cardholder.enrolls(CARD).await.unwrap()["status"], "READY");
}

#[tokio::test]
async fn a_cardholder_whose_card_is_declined_reads_declined() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enrolls(CARD).await.unwrap();
    // Blocked between the push and the redirect.
    world.simulator().set_card_status(70001, "05").unwrap();
    let page = cardholder.opens(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    page.returns().await.unwrap();
    world.simulator().notifications_settled().await;
    assert_eq!(the_only(&cardholder).await["status"], "DECLINED");
}

#[tokio::test]
async fn a_double_tap_pushes_once() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request(CARD);
    let tap = || cardholder.enroll_request("one-tap", &request);
    let (first, second) = tokio::join!(tap(), tap());
    let (first, second) = (first.unwrap(), second.unwrap());
    let statuses = [first.status, second.status];
    assert!(statuses.contains(&201), "{statuses:?}");
    for answer in [&first, &second] {
        let in_progress = answer.status == 409 && answer.body["code"] == "request_in_progress";
        assert!(answer.status == 201 || in_progress, "{:?}", answer.body);
    }
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn two_devices_at_once_push_once() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request(CARD);
    let devices = (0..5).map(|device| {
        let (cardholder, request) = (cardholder.clone(), request.clone());
        tokio::spawn(async move {
            cardholder.enroll_request(&format!("device-{device}"), &request).await.unwrap()
        })
    });
    let mut enrolled = Vec::new();
    let mut refused = Vec::new();
    for device in devices.collect::<Vec<_>>() {
        let answer = device.await.unwrap();
        if answer.status == 201 { enrolled.push(answer.body) } else { refused.push(answer) }
    }
    assert_eq!((enrolled.len(), refused.len()), (1, 4));
    for answer in refused {
        assert_eq!((answer.status, &answer.body["code"]), (409, &json!("enrollment_in_progress")));
        assert_eq!(answer.body["enrollmentId"], enrolled[0]["enrollmentId"]);
    }
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
    assert_eq!(card_state(&cardholder).await["state"], "in_progress");
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_redirect_while_it_lives_and_the_outcome_afterwards() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request(CARD);
    let first = cardholder.enroll_request("key", &request).await.unwrap();
    let again = cardholder.enroll_request("key", &request).await.unwrap();
    assert_eq!((again.status, &again.body), (201, &first.body));

    let mut other = request.clone();
    other["platform"] = json!("web");
    let reused = cardholder.enroll_request("key", &other).await.unwrap();
    assert_eq!((reused.status, &reused.body["code"]), (422, &json!("idempotency_key_reused")));

    world.clock().advance(SignedDuration::from_mins(16));
    let outcome = cardholder.enroll_request("key", &request).await.unwrap();
    assert_eq!((outcome.status, &outcome.body["status"]), (200, &json!("PENDING")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn a_repeated_request_that_was_refused_is_refused_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request("70003");
    let first = cardholder.enroll_request("key", &request).await.unwrap();
    let again = cardholder.enroll_request("key", &request).await.unwrap();
    assert_eq!((first.status, again.status), (422, 422));
    assert_eq!(first.body["code"], again.body["code"]);
    assert_eq!(world.simulator().calls(Operation::SearchFundingAccounts), 1);
}

#[tokio::test]
async fn a_push_whose_answer_was_lost_is_unknown_and_not_repeated() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    world.simulator().set_fault(Operation::PushMultipleAccounts, Fault::AnswerLost, 1);
    let request = Cardholder::smallest_request(CARD);
    for _ in 0..2 {
        let answer = cardholder.enroll_request("key", &request).await.unwrap();
        assert_eq!((answer.status, &answer.body["code"]), (503, &json!("push_outcome_unknown")));
    }
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
    let unknown = the_only(&cardholder).await;
    assert_eq!((&unknown["status"], &unknown["reason"]), (&json!("PENDING"), &json!("push_outcome_unknown")));

    world.clock().advance(SignedDuration::from_mins(17));
    world.reconcile().await.unwrap();
    let failed = the_only(&cardholder).await;
    assert_eq!((&failed["status"], &failed["retryable"]), (&json!("FAILED"), &json!(true)));
}

#[tokio::test]
async fn processing_that_is_down_for_a_moment_is_asked_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    world.simulator().set_fault(Operation::SearchFundingAccounts, Fault::Status { code: 503, json: true }, 1);
    assert_eq!(cardholder.enrolls(CARD).await.unwrap()["status"], "READY");
    assert_eq!(world.simulator().calls(Operation::SearchFundingAccounts), 2);
}

#[tokio::test]
async fn processing_that_stays_down_is_told_with_a_time_to_come_back() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    world.simulator().set_fault(
        Operation::SearchFundingAccounts,
        Fault::HtmlBadGateway,
        simulator::Times::Always,
    );
    let answer = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((answer.status, &answer.body["code"]), (503, &json!("mastercard_unavailable")));
    assert_eq!(answer.body["retryable"], true);
    assert!(answer.headers.contains_key("retry-after"));
    // The card is free again at once, and so is the key.
    world.simulator().clear_faults();
    let again = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((again.status, &again.body["status"]), (201, &json!("READY")));
}

#[tokio::test]
async fn a_card_that_click_to_pay_has_already_is_enabled_once_the_list_says_so() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    enable(&world, &cardholder).await;
    // The list cannot be read, so the second push is not stopped by it.
    world.simulator().set_fault(
        Operation::GetTokensByClient,
        Fault::HtmlBadGateway,
        simulator::Times::Always,
    );
    world.clock().advance(SignedDuration::from_mins(1));
    let (id, page) = at_click_to_pay(&cardholder).await;
    page.returns().await.unwrap();
    assert_ne!(enrollment(&cardholder, &id).await["status"], "ENABLED");
    world.simulator().clear_faults();
    world.reconcile().await.unwrap();
    assert_eq!(enrollment(&cardholder, &id).await["status"], "ENABLED");
}

#[tokio::test]
async fn enrolments_are_listed_newest_first_in_pages() {
    let world: World = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    for card in ["70001", "70002", "70006"] {
        cardholder.enrolls(card).await.unwrap();
        world.clock().advance(SignedDuration::from_secs(1));
    }
    let first = cardholder.get("/enrollments?limit=2").await.unwrap().body;
    let cards = |page: &Value| -> Vec<Value> {
        page["enrollments"].as_array().unwrap().iter().map(|it| it["cardContractId"].clone()).collect()
    };
    assert_eq!(cards(&first), ["70006", "70002"]);
    let next = first["nextToken"].as_str().unwrap();
    let second = cardholder.get(&format!("/enrollments?limit=2&nextToken={next}")).await.unwrap().body;
    assert_eq!((cards(&second), second.get("nextToken")), (vec![json!("70001")], None));
    let one = cardholder.get("/enrollments?cardContractId=70002").await.unwrap().body;
    assert_eq!(cards(&one), ["70002"]);
}

/// A line between us and Token Connect on which somebody changes one digit of a push.
mod tampering {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
    };
    use url::Url;

    const BEFORE: &[u8] = b"\"completeWebsiteActivation\":true";
    const AFTER: &[u8] = b"\"completeWebsiteActivation\":nope";

    pub(super) async fn proxy(to: Url) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                let upstream = TcpStream::connect(to.socket_addrs(|| None).unwrap()[0]).await.unwrap();
                tokio::spawn(tunnel(from, upstream));
            }
        });
        url
    }

    async fn tunnel(from: TcpStream, to: TcpStream) {
        let (mut from_read, mut from_write) = from.into_split();
        let (mut to_read, mut to_write) = to.into_split();
        let back = async { tokio::io::copy(&mut to_read, &mut from_write).await.map(drop) };
        let forth = async {
            let mut buffer = vec![0; 64 * 1024];
            loop {
                let read = from_read.read(&mut buffer).await?;
                if read == 0 {
                    return to_write.shutdown().await;
                }
                let sent = &mut buffer[..read];
                if let Some(at) = sent.windows(BEFORE.len()).position(|window| window == BEFORE) {
                    sent[at..at + BEFORE.len()].copy_from_slice(AFTER);
                }
                to_write.write_all(sent).await?;
            }
        };
        let _ = tokio::try_join!(back, forth);
    }
}
