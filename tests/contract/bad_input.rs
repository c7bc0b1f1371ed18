//! Bad input to every route, through the real gateway: the expected problem, no echo of the input, nothing stored, no call to
//! Mastercard.

mod card_numbers;
mod enrollment_requests;
mod notifications;
mod paths;
mod queries;
mod step_up;
mod tokens;

use local::cardholder::{Cardholder, Response};
use serde_json::Value;
use simulator::Operation;

use crate::support::app::{ApiRequest, App};

/// A card number sent by mistake.
const CARD_NUMBER: &str = "5555555555554444";
/// Values that the cases send; no response may contain them.
const SENT: [&str; 4] = ["zebra", "77319", CARD_NUMBER, "5555 5555 5555 4444"];

/// A `World` with one enrollment, and its state before the bad input.
struct UnchangedWorld {
    app: App,
    enrollment_id: String,
    stored: Vec<Value>,
    calls: usize,
}

impl UnchangedWorld {
    async fn start() -> Self {
        Self::new(App::start().await).await
    }

    async fn new(app: App) -> Self {
        let ready = app.cardholder.enroll("70030").await.expect("an enrollment");
        let enrollment_id = ready["enrollmentId"].as_str().expect("an id").to_owned();
        let (stored, calls) = (app.stored().await, calls(&app));
        Self { app, enrollment_id, stored, calls }
    }

    /// A function responds with a problem document of this code.
    async fn check_refused(&self, case: &str, request: &ApiRequest, status: u16, code: &str) {
        self.check_refused_for(&self.app.cardholder, case, request, status, code).await;
    }

    async fn check_refused_for(
        &self,
        cardholder: &Cardholder,
        case: &str,
        request: &ApiRequest,
        status: u16,
        code: &str,
    ) {
        let response = self.app.send_as(cardholder, request).await;
        check_problem(case, &response, status, code);
    }

    /// Nothing was stored, and Mastercard was not called.
    async fn check_unchanged(&self) {
        assert_eq!(self.app.stored().await, self.stored, "something was stored");
        assert_eq!(calls(&self.app), self.calls, "Mastercard was called");
    }
}

fn calls(app: &App) -> usize {
    use Operation::{GetTokensByClient, PushMultipleAccounts, SearchFundingAccounts};
    let operations = [GetTokensByClient, PushMultipleAccounts, SearchFundingAccounts];
    operations.map(|operation| app.world.simulator().calls(operation)).iter().sum()
}

/// The response is a problem document of this status and code, with the gateway's request id and without the input.
fn check_problem(case: &str, response: &Response, status: u16, code: &str) {
    let body = &response.body;
    assert_eq!((response.status, body["code"].as_str()), (status, Some(code)), "{case}: {}", body["errors"]);
    assert_eq!(
        response.headers.get("content-type").map(String::as_str),
        Some("application/problem+json"),
        "{case}"
    );
    let request_id = response.headers.get("apigw-requestid").map(String::as_str);
    assert_eq!(
        (body["requestId"].as_str(), body["status"].as_u64()),
        (request_id, Some(status.into())),
        "{case}"
    );
    check_no_echo(case, response);
}

/// The response is API Gateway's own error, without the input.
fn check_gateway_error(case: &str, response: &Response, status: u16, message: &str) {
    assert_eq!((response.status, response.body["message"].as_str()), (status, Some(message)), "{case}");
    check_no_echo(case, response);
}

fn check_no_echo(case: &str, response: &Response) {
    let text = format!("{} {:?}", response.body, response.headers);
    assert!(SENT.iter().all(|sent| !text.contains(sent)), "{case}: the response repeats what was sent");
}
