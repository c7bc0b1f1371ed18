//! Step 25 while the table is busy or its index late: the cardholder always comes back to the app, and the result is recorded if the
//! enrollment can be found.

use std::{collections::HashMap, time::Duration};

use jiff::SignedDuration;
use lambda_http::{Body, Request, RequestExt as _, Response, http};
use local::World;
use mastercard::secret::CallbackState;
use model::enrollment::{CallbackResult, Fact};
use receive_callback::ReceiveCallback;
use runtime::{config::Settings, store::enrollments::RedirectKeys};

use crate::support::{
    self,
    enrollment_fixture::{EnrollmentFixture, RECEIPT},
    function_runtime::{enrollments, runtime_with},
    logs,
    redirect_key_file::RedirectKeyFile,
    table_proxy::{Operation, Reply, TableProxy, once},
};

const TWO_LINKS: &str = "mobile-app=bankapp://click-to-pay,web-bank=https://bank.example/";
const ONE_LINK: &str = "mobile-app=bankapp://click-to-pay";

#[tokio::test]
async fn a_return_that_meets_a_transaction_is_recorded() {
    for error in ["TransactionConflictException", "ThrottlingException"] {
        let world = support::world().await;
        let fixture = pushed(&world).await;
        let is_put = |operation: &Operation| operation.name == "PutItem";
        let proxy = TableProxy::new(world.dynamodb_url(), once(is_put, move || Reply::Error(error))).await;
        let (status, location) = return_through(&proxy, &world, TWO_LINKS, &fixture.state()).await;
        assert_eq!((status, location.as_str()), (303, completed(&fixture).as_str()), "{error}");
        assert!(proxy.take_operations().contains(&"PutItem".to_owned()));
        let stored = fixture.stored(&enrollments(&world)).await.unwrap();
        let timeline: Vec<_> = stored.timeline().into_iter().map(|entry| entry.event).collect();
        assert!(timeline.iter().any(|event| event == "cardholder_returned"), "{error}: {timeline:?}");
        let returned = Fact::Callback { result: CallbackResult::Approved };
        assert!(stored.facts.iter().any(|recorded| recorded.fact == returned), "{error}");
    }
}

#[tokio::test]
async fn a_return_before_the_index_is_up_to_date_is_recorded() {
    let world = support::world().await;
    let fixture = pushed(&world).await;
    let reads_index = |operation: &Operation| operation.reads_index("by-id");
    let proxy = TableProxy::new(world.dynamodb_url(), once(reads_index, || Reply::Nothing)).await;
    let (status, location) = return_through(&proxy, &world, TWO_LINKS, &fixture.state()).await;
    assert_eq!((status, location), (303, completed(&fixture)));
}

/// The index never has the enrollment while the browser waits.
#[tokio::test]
async fn with_one_app_link_the_cardholder_returns_to_it_although_the_index_is_two_seconds_late() {
    let world = support::world().await;
    let fixture = pushed(&world).await;
    let began = std::time::Instant::now();
    let proxy = TableProxy::new(world.dynamodb_url(), move |operation| {
        match operation.reads_index("by-id") && began.elapsed() < Duration::from_secs(2) {
            true => Reply::Nothing,
            false => Reply::Engine,
        }
    })
    .await;
    let returned = return_through(&proxy, &world, ONE_LINK, &fixture.state()).await;
    assert_eq!(returned, (303, "bankapp://click-to-pay?outcome=unknown".into()));
    let returned = return_through(&proxy, &world, TWO_LINKS, &fixture.state()).await;
    assert_eq!(returned, (404, String::new()), "nobody knows which link it was");
    tokio::time::sleep(Duration::from_secs(2).saturating_sub(began.elapsed())).await;
    let returned = return_through(&proxy, &world, ONE_LINK, &fixture.state()).await;
    assert_eq!(returned, (303, completed(&fixture)));
}

#[tokio::test]
async fn with_one_app_link_an_expired_state_leads_to_it_and_another_text_does_not() {
    let world = support::world().await;
    let fixture = pushed(&world).await;
    let proxy = TableProxy::counting(world.dynamodb_url()).await;
    let never_given = EnrollmentFixture::new("never-started").state();
    for text in ["a-text-that-is-no-state".to_owned(), format!("{}A", never_given.expose())] {
        let state = CallbackState::new(text);
        assert_eq!(return_through(&proxy, &world, ONE_LINK, &state).await.0, 404);
    }
    world.clock().advance(SignedDuration::from_hours(3));
    for state in [fixture.state(), never_given] {
        let returned = return_through(&proxy, &world, ONE_LINK, &state).await;
        assert_eq!(returned, (303, "bankapp://click-to-pay?outcome=unknown".into()));
    }
    assert_eq!(fixture.stored(&enrollments(&world)).await.unwrap().facts.len(), 1, "nothing is recorded");
}

#[tokio::test]
async fn while_the_table_cannot_be_read_the_cardholder_returns_to_the_only_app_link_or_reads_to_go_back() {
    let world = support::world().await;
    let fixture = pushed(&world).await;
    let proxy = TableProxy::new(world.dynamodb_url(), |operation| match operation.reads_index("by-id") {
        true => Reply::Error("AccessDeniedException"),
        false => Reply::Engine,
    })
    .await;
    let returned = return_through(&proxy, &world, ONE_LINK, &fixture.state()).await;
    assert_eq!(returned, (303, "bankapp://click-to-pay?outcome=unknown".into()));
    let response = respond_through(&proxy, &world, TWO_LINKS, request(&fixture.state())).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page(&response).contains("Please go back to your bank"), "{}", page(&response));
    assert!(logs::is_logged("callback_record_failed").await);
    assert_eq!(fixture.stored(&enrollments(&world)).await.unwrap().facts.len(), 1, "nothing is recorded");
}

#[tokio::test]
async fn the_page_with_the_way_back_is_in_the_browsers_language() {
    let world = support::world().await;
    let fixture = pushed(&world).await;
    let proxy = TableProxy::counting(world.dynamodb_url()).await;
    for state in [fixture.state(), CallbackState::new("a-text-that-is-no-state")] {
        for (accepted, language) in [("de-AT,de;q=0.9,en;q=0.8", "de"), ("en-GB,de;q=0.5", "en")] {
            let mut request = request(&state);
            request.headers_mut().insert("accept-language", accepted.parse().unwrap());
            let response = respond_through(&proxy, &world, TWO_LINKS, request).await;
            assert_eq!(response.headers()["content-language"], language);
            assert_eq!(response.headers()["vary"], "accept-language");
            let page = page(&response);
            assert!(page.contains(&format!("<html lang=\"{language}\">")), "{page}");
            assert_eq!(page.contains("Back to your bank"), language == "en", "{page}");
        }
    }
}

async fn pushed(world: &World) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new("key-1").start(&enrollments(world)).await;
    let keys: RedirectKeys = RedirectKeyFile::new().fetch().await;
    fixture.push(&enrollments(world), &keys).await.unwrap();
    fixture
}

fn completed(fixture: &EnrollmentFixture) -> String {
    format!("bankapp://click-to-pay?enrollmentId={}&outcome=completed", fixture.id())
}

/// The status and the location with which a browser is answered that comes back with this state.
async fn return_through(
    proxy: &TableProxy,
    world: &World,
    app_links: &str,
    state: &CallbackState,
) -> (u16, String) {
    let response = respond_through(proxy, world, app_links, request(state)).await;
    let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), location.unwrap_or_default())
}

/// The response to a browser that comes back with this request.
async fn respond_through(
    proxy: &TableProxy,
    world: &World,
    app_links: &str,
    request: Request,
) -> Response<Body> {
    let mut settings: HashMap<_, _> =
        world.settings().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    settings.insert("APP_LINKS".into(), app_links.into());
    let settings: Settings = settings.into_iter().collect();
    let receive = ReceiveCallback::connect(&runtime_with(world, proxy.url(), settings)).await.unwrap();
    receive.handle(request).await.unwrap()
}

/// The text of a page.
fn page(response: &Response<Body>) -> &str {
    let Body::Text(page) = response.body() else { panic!("no page") };
    page
}

fn request(state: &CallbackState) -> Request {
    let uri = format!(
        "https://api.bank.example/callback/{}?results%5B{RECEIPT}%5D=APPROVED%7CTOKEN",
        state.expose()
    );
    let parameters = HashMap::from([("state".to_owned(), vec![state.expose().to_owned()])]);
    http::Request::get(uri).body(Body::Empty).unwrap().with_path_parameters(parameters)
}
