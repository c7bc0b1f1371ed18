//! Use-case step 25: Click to Pay redirects the cardholder's browser back. The result comes unsigned through the browser, so it is only a
//! hint: it is recorded once, and the browser is redirected to the app link of the attempt.

use lambda_http::{
    Body, Error, Request, Response,
    http::{StatusCode, header, response::Builder},
};
use mastercard::{callback, secret::CallbackState};
use model::{
    audit::ActorKind,
    clock::Clock,
    enrollment::{CallbackResult, CardholderDecision, Enrollment, EnrollmentId, Fact, receipt_hash},
};
use runtime::{
    config::{AppLinks, ConfigError, Runtime, registry},
    http::{self, Problem},
    store::{Enrollments, enrollments::state_hash},
    telemetry,
};
use url::Url;

/// The largest body, in bytes. A `GET` request has none, but proxies may add one.
const MAX_BYTES: usize = 1024;

/// The function with its dependencies.
pub struct ReceiveCallback {
    enrollments: Enrollments,
    app_links: AppLinks,
    clock: Clock,
}

impl ReceiveCallback {
    /// Reads its settings.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (enrollments, app_links) = runtime.read_settings(|settings| {
            let enrollments = Enrollments::from_settings(settings, runtime);
            let app_links = settings.value(&registry::APP_LINKS);
            Some((enrollments?, app_links?))
        })?;
        Ok(Self { enrollments, app_links, clock: runtime.clock.clone() })
    }

    /// `GET /callback/{state}?results[<receipt>]=<RESULT>|<reference>`; public.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve_untrusted(request, MAX_BYTES, async |request| self.receive(&request).await).await
    }

    async fn receive(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let state = http::path_parameter::<String>(request, "state").map(CallbackState::new)?;
        let now = self.clock.now();
        let Some((stored, attempt)) = self.enrollments.by_state(&state, now).await? else {
            return self.not_found(&state);
        };
        let enrollment = stored.enrollment();
        let id = enrollment.enrollment_id;
        let callback =
            enrollment.attempts().find(|known| known.number == attempt).map(|known| known.callback);
        let Some(link) = callback.and_then(|callback| self.app_links.get(callback)) else {
            return unknown_state_page();
        };
        let result = result(enrollment, request.uri().query().unwrap_or_default());
        if let Some(result) = &result {
            let fact = Fact::Callback { result: result.clone() };
            let fact = fact.recorded(now, "").in_attempt(attempt);
            // The cardholder is redirected even if the result is not recorded: reconciliation finds the outcome.
            let enrollments = self.enrollments.for_actor(|| http::actor(request, ActorKind::Browser));
            if let Err(error) = enrollments.record(stored, &[fact], None, now).await {
                tracing::error!(
                    event = "callback_record_failed", enrollment_id = %id, cause = telemetry::chain(&error),
                    "recording the callback failed"
                );
            }
        }
        redirect(link, Some(id), app_link_outcome(result.as_ref()))
    }

    /// The index that finds the enrollment may be late, and a state ends after two hours. With one app link there is only one
    /// place to return to; the app then shows the cardholder's enrollments.
    fn not_found(&self, state: &CallbackState) -> Result<Response<Body>, Problem> {
        let mut links = self.app_links.iter();
        match (links.next(), links.next()) {
            (Some((_, link)), None) if state_hash(state).is_some() => {
                redirect(link, None, AppLinkOutcome::Unknown)
            }
            _ => unknown_state_page(),
        }
    }
}

/// 303 to the app link.
fn redirect(
    link: &Url,
    id: Option<EnrollmentId>,
    outcome: AppLinkOutcome,
) -> Result<Response<Body>, Problem> {
    let mut link = link.clone();
    if let Some(id) = id {
        link.query_pairs_mut().append_pair("enrollmentId", &id.to_string());
    }
    link.query_pairs_mut().append_pair("outcome", outcome.as_str());
    way_home(link.as_str())
}

/// The redirect to the app link. Browsers block some automatic ways to an app, so the page has the link to tap, too.
fn way_home(link: &str) -> Result<Response<Body>, Problem> {
    let href = link.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let content = format!("<p><a href=\"{href}\">Continue in your bank's app</a></p>");
    page(response(StatusCode::SEE_OTHER).header(header::LOCATION, link), &content)
}

/// The first result for a receipt of this enrollment; results for other receipts are ignored.
fn result(enrollment: &Enrollment, query: &str) -> Option<CallbackResult> {
    let mut results = callback::parse(query).into_iter();
    let result = results.find(|result| enrollment.has_receipt(&receipt_hash(&result.receipt)));
    result.map(|result| CallbackResult::from(&result.outcome))
}

/// The `outcome` parameter of the app link: a hint. The status is in `GET /enrollments/{enrollmentId}`.
enum AppLinkOutcome {
    Completed,
    Cancelled,
    Declined,
    Error,
    Unknown,
}

impl AppLinkOutcome {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Error => "error",
            Self::Unknown => "unknown",
        }
    }
}

fn app_link_outcome(result: Option<&CallbackResult>) -> AppLinkOutcome {
    match result.and_then(CallbackResult::decision) {
        Some(CardholderDecision::Completed) => AppLinkOutcome::Completed,
        Some(CardholderDecision::Cancelled) => AppLinkOutcome::Cancelled,
        Some(CardholderDecision::Declined) => AppLinkOutcome::Declined,
        Some(CardholderDecision::Error) => AppLinkOutcome::Error,
        None => AppLinkOutcome::Unknown,
    }
}

/// The page for an unknown or expired state. It contains no data and no link.
fn unknown_state_page() -> Result<Response<Body>, Problem> {
    let content =
        "<p>This page is no longer needed. Please go back to your bank's app to see your cards.</p>";
    page(response(StatusCode::NOT_FOUND), content)
}

fn page(response: Builder, content: &str) -> Result<Response<Body>, Problem> {
    // Without a style of its own, since it is no bank's: the browser's, in light or dark.
    let head = "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
        <meta name=\"color-scheme\" content=\"light dark\">";
    let title = "<title>Back to your bank</title>";
    let page = format!("<!doctype html><html lang=\"en\">{head}{title}{content}</html>");
    response
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'")
        .body(Body::Text(page))
        .map_err(Problem::internal)
}

fn response(status: StatusCode) -> Builder {
    Response::builder()
        .status(status)
        .header(header::REFERRER_POLICY, "no-referrer")
        .header(header::CACHE_CONTROL, "no-store")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_does_not_follow_the_redirect_shows_a_link_to_the_app() {
        let link = "bankapp://click-to-pay?a='><script>&enrollmentId=1&outcome=completed";
        let response = way_home(link).unwrap();
        assert_eq!(response.headers()[header::LOCATION], link);
        assert_eq!(response.headers()[header::CONTENT_SECURITY_POLICY], "default-src 'none'");
        let Body::Text(page) = response.body() else { panic!("no page") };
        let href = page.split("<a href=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(href.replace("&lt;", "<").replace("&amp;", "&"), link);
        assert!(!page.contains("<script"), "{page}");
    }
}
