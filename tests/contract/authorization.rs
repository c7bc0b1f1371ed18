//! The authorization matrix: every route of the gateways, every id that it takes (the caller's, another cardholder's, an
//! unknown one, a malformed one), every kind of token or certificate. The cases are derived from the routes and the API
//! description; `rules.rs` has the expected response of each, and nothing changes that is not the caller's.

mod matrix;
mod notifications;
mod principals;
mod redirect;
mod routes;
mod rules;

use std::{collections::BTreeSet, io::Write as _, thread};

use local::{
    Options,
    cardholder::{Cardholder, Response},
};
use serde_json::Value;
use simulator::Operation;
use tokio::runtime;

use self::{
    matrix::{IdCase, Token, cases},
    principals::Principal,
    routes::{Kind, Route},
    rules::{Expected, expected},
};
use crate::support::{app::App, openapi, world};

#[test]
fn no_route_shows_or_changes_what_belongs_to_another_cardholder() {
    let routes = block_on(routes());
    let for_the_app = routes.iter().filter(|route| route.key != notifications::KEY);
    let cases: usize = thread::scope(|scope| {
        let play = |route: &Route| {
            let route = route.clone();
            scope.spawn(|| block_on(async { Harness::start(route).await.play().await }))
        };
        let plays: Vec<_> = for_the_app.map(play).collect();
        plays.into_iter().map(|play| play.join().expect("every case is as the rules say")).sum()
    });
    print(&format!("authorization: {cases} cases of {} routes for app and browser", routes.len() - 1));
}

#[tokio::test]
async fn every_kind_of_id_is_a_parameter_of_some_route() {
    let routes = routes().await;
    let taken: BTreeSet<_> =
        routes.iter().flat_map(|route| &route.parameters).map(|parameter| parameter.kind).collect();
    assert_eq!(taken.len(), 11, "{taken:?}");
    assert!(routes.iter().filter(|route| !route.public).count() >= 6, "routes that need a token");
}

/// All routes of the gateways, without those for other methods and the callback's with a slash at the end.
async fn routes() -> Vec<Route> {
    let described = openapi::routes();
    let world = world().await;
    world.routes().iter().filter(|key| described.contains(*key)).map(|key| Route::from_key(key)).collect()
}

/// Runs this on a runtime of the current thread.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

/// A world for the cases of one route, with two cardholders.
struct Harness {
    app: App,
    route: Route,
    principals: [Principal; 2],
}

impl Harness {
    /// With scopes and a strong, recent login required, so that a token can lack them.
    async fn start(route: Route) -> Self {
        let required = [
            ("READ_SCOPES", "enroll:read"),
            ("WRITE_SCOPES", "enroll:write"),
            ("TOKEN_WRITE_SCOPES", "tokens:write"),
            ("STEP_UP_ACR_VALUES", "urn:bank.example:strong"),
            ("STEP_UP_MAX_AGE_MINUTES", "240"),
        ];
        let settings = required.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self::new(route, App::start_with(Options { settings, ..Options::default() }).await).await
    }

    async fn new(route: Route, app: App) -> Self {
        let one = Principal::enroll(&app, "40000", ["70001", "70002"]).await;
        let other = Principal::enroll(&app, "40001", ["80001", "80002"]).await;
        let mut principals = [one.with_notifications(&app).await, other.with_notifications(&app).await];
        if route.is_about_tokens() {
            principals = principals.map(|principal| principal.with_token_ids());
        }
        Self { app, route, principals }
    }

    /// Checks all cases of the route. Returns how many.
    async fn play(self) -> usize {
        let bearers = Token::ALL.map(|token| (token, token.bearer(&self.app, &self.principals)));
        let mut before = self.app.stored().await;
        let mut count = 0;
        for case in cases(&self.route, &self.principals) {
            let context = format!("{} with {case:?}", self.route.key);
            // One comparison for all that change nothing: it takes longer than a request.
            let (may_change, harmless): (Vec<_>, Vec<_>) =
                bearers.iter().partition(|(token, _)| self.may_change(case.as_ref(), *token));
            for (token, bearer) in harmless {
                self.check_case(case.as_ref(), *token, bearer).await;
            }
            assert_eq!(before, self.app.stored().await, "{context}: something was stored");
            for (token, bearer) in may_change {
                self.check_case(case.as_ref(), *token, bearer).await;
                let (after, principal) = (self.app.stored().await, &self.principals[token.caller()]);
                let of_others = |items: &[Value]| {
                    items.iter().filter(|item| !principal.owns(item)).cloned().collect::<Vec<_>>()
                };
                assert_eq!(of_others(&before), of_others(&after), "{context} and {token:?}");
                before = after;
            }
            count += bearers.len();
        }
        count
    }

    /// Whether an item of the caller may change.
    fn may_change(&self, case: Option<&IdCase>, token: Token) -> bool {
        match expected(&self.route, case, token) {
            Expected::Served => true,
            // Only Mastercard knows whose card it is, so the failed enrollment is stored.
            Expected::Problem(404, ["card_not_found"]) => true,
            _ => false,
        }
    }

    async fn check_case(&self, case: Option<&IdCase>, token: Token, bearer: &Cardholder) {
        let context = format!("{} with {token:?} and {case:?}", self.route.key);
        let (principal, other) = (&self.principals[token.caller()], &self.principals[1 - token.caller()]);
        let (expected, pushes) = (expected(&self.route, case, token), self.pushes());
        let response = self.send_case(case, token, bearer).await;
        assert!(
            expected.matches(&response),
            "{context}: {expected:?}, not {} {}",
            response.status,
            response.body["code"]
        );
        assert!(expected == Expected::Served || self.pushes() == pushes, "{context}: Mastercard was called");
        let sent = case.and_then(|case| case.value.as_deref());
        // The callback shows the enrollment id to every browser that has its state.
        let named = if self.route.public { other.ids(Kind::Enrollment) } else { Vec::new() };
        let mut secrets = other.secrets().filter(|it| Some(*it) != sent && !named.iter().any(|id| id == it));
        assert_eq!(
            secrets.find(|secret| contains_secret(&response, secret)),
            None,
            "{context}: shows what belongs to another"
        );
        match expected {
            Expected::SameAsUnknown => {
                let (case, value) = (case.expect("an id"), sent.expect("an id"));
                let mut other = self.send_case(Some(&case.with("78888")), token, bearer).await.body;
                // When the token list was read; the second request reads it later.
                if let Some(read_at) = other.get_mut("cardsAsOf") {
                    *read_at = response.body["cardsAsOf"].clone();
                }
                assert_eq!(response.body.to_string(), other.to_string().replace("78888", value), "{context}");
            }
            Expected::OwnEnrollments => {
                let own = principal.ids(Kind::Enrollment);
                let mut listed = response.body["enrollments"].as_array().expect("a list").iter();
                let is_own = |it: &Value| own.iter().any(|id| it["enrollmentId"] == id.as_str());
                assert!(listed.all(is_own), "{context}: enrollments that are not the caller's");
            }
            _ => {}
        }
    }

    async fn send_case(&self, case: Option<&IdCase>, token: Token, bearer: &Cardholder) -> Response {
        let principal = &self.principals[token.caller()];
        let request = self.route.send(|parameter| match case.filter(|case| case.parameter == *parameter) {
            Some(case) => case.value.clone(),
            None => Some(principal.companion(parameter, &uuid::Uuid::new_v4().to_string())),
        });
        self.app.send_as(bearer, &request).await
    }

    fn pushes(&self) -> usize {
        self.app.world.simulator().calls(Operation::PushMultipleAccounts)
    }
}

/// Whether a response contains a secret: a long one anywhere, a short one as a whole value.
fn contains_secret(response: &Response, secret: &str) -> bool {
    fn is_value(value: &Value, secret: &str) -> bool {
        match value {
            Value::Object(fields) => fields.values().any(|value| is_value(value, secret)),
            Value::Array(items) => items.iter().any(|value| is_value(value, secret)),
            Value::String(text) => text == secret,
            _ => false,
        }
    }
    if secret.len() < 12 {
        return is_value(&response.body, secret);
    }
    format!("{} {:?}", response.body, response.headers).contains(secret)
}

/// Although the test passes: libtest captures only what the print macros write.
fn print(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("a terminal");
}
