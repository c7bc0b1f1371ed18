//! Use-case step 25: Click to Pay sends the cardholder back. What the browser says is a hint; it is noted once, and
//! the cardholder is passed on to the app link that was chosen when the enrollment began.

use lambda_http::{
    Body, Error, Request, Response,
    http::{StatusCode, header},
};
use mastercard::{
    callback::{self, CallbackOutcome, CallbackResult},
    secret::CallbackState,
};
use model::{
    clock::Clock,
    enrollment::{Enrollment, Fact, receipt_hash},
};
use runtime::{
    config::{AppLinks, ConfigError, Runtime, registry},
    http::{self, Problem},
    log_event,
    store::Enrollments,
    telemetry,
};

/// A browser sends no body; this leaves room for what proxies add.
const LIMIT: usize = 1024;

/// The function; its fields are all that it may touch.
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
        let (enrollments, app_links) = runtime.read_settings(|read| {
            let enrollments = Enrollments::read(read, runtime);
            let app_links = read.value(&registry::APP_LINKS);
            Some((enrollments?, app_links?))
        })?;
        Ok(Self { enrollments, app_links, clock: runtime.clock.clone() })
    }

    /// `GET /callback/{state}?results[<receipt>]=<RESULT>|<reference>`; public.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve_untrusted(request, LIMIT, async |request| self.receive(&request).await).await
    }

    async fn receive(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let state = http::path_parameter::<String>(request, "state").map(CallbackState::new)?;
        let now = self.clock.now();
        let Some((seen, attempt)) = self.enrollments.by_state(&state, now).await? else {
            return unknown_state_page();
        };
        let enrollment = &seen.enrollment;
        let id = enrollment.enrollment_id;
        let Some(link) = self.app_links.get(enrollment.attempt().callback) else {
            return unknown_state_page();
        };
        let result = result(enrollment, request.uri().query().unwrap_or_default());
        if let Some(result) = &result {
            let fact = Fact::Callback { result: word(&result.outcome) }.recorded(now, "").in_attempt(attempt);
            // The cardholder goes on whatever happens; what is not noted here, reconciliation finds out.
            if let Err(error) = self.enrollments.record_facts_if_unchanged(seen, &[fact], now).await {
                tracing::error!(
                    event = log_event::CALLBACK_RECORD_FAILED, enrollment_id = %id, cause = telemetry::chain(&error),
                    "recording the callback failed"
                );
            }
        }
        let mut link = link.clone();
        link.query_pairs_mut()
            .append_pair("enrollmentId", &id.to_string())
            .append_pair("outcome", outcome(result.as_ref().map(|result| &result.outcome)));
        answer(StatusCode::SEE_OTHER)
            .header(header::LOCATION, link.as_str())
            .body(Body::Empty)
            .map_err(Problem::internal)
    }
}

/// The first result for a receipt of this enrollment; others are somebody else's.
fn result(enrollment: &Enrollment, query: &str) -> Option<CallbackResult> {
    callback::parse(query).into_iter().find(|result| enrollment.has_receipt(&receipt_hash(&result.receipt)))
}

/// The result's word as Mastercard writes it.
fn word(outcome: &CallbackOutcome) -> String {
    match outcome {
        CallbackOutcome::Approved => "APPROVED",
        CallbackOutcome::RequireAdditionalAuthentication => "REQUIRE_ADDITIONAL_AUTHENTICATION",
        CallbackOutcome::Declined => "DECLINED",
        CallbackOutcome::Cancelled => "CANCELLED",
        CallbackOutcome::Error => "ERROR",
        CallbackOutcome::Authenticated => "AUTHENTICATED",
        CallbackOutcome::Deleted => "DELETED",
        CallbackOutcome::DuplicateRequest => "DUPLICATE_REQUEST",
        // A free word from a browser is not kept: it could be anything.
        CallbackOutcome::Other(_) => "OTHER",
    }
    .into()
}

/// What the app is told at once, coarsely; the truth is in `GET /enrollments/{enrollmentId}`.
fn outcome(result: Option<&CallbackOutcome>) -> &'static str {
    match result {
        Some(
            CallbackOutcome::Approved | CallbackOutcome::Authenticated | CallbackOutcome::DuplicateRequest,
        ) => "completed",
        Some(CallbackOutcome::Cancelled | CallbackOutcome::Deleted) => "cancelled",
        Some(CallbackOutcome::Declined) => "declined",
        Some(CallbackOutcome::Error) => "error",
        _ => "unknown",
    }
}

/// A plain page for a state that is unknown or over: says nothing, leads nowhere.
fn unknown_state_page() -> Result<Response<Body>, Problem> {
    const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Back to your bank</title>\
        <p>This page is no longer needed. Please go back to your bank's app to see your cards.</p></html>";
    answer(StatusCode::NOT_FOUND)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'")
        .body(Body::Text(PAGE.into()))
        .map_err(Problem::internal)
}

fn answer(status: StatusCode) -> lambda_http::http::response::Builder {
    Response::builder()
        .status(status)
        .header(header::REFERRER_POLICY, "no-referrer")
        .header(header::CACHE_CONTROL, "no-store")
}
