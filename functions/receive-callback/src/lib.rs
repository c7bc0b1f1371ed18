//! Use-case step 25: Click to Pay redirects the cardholder's browser back. The result comes unsigned through the browser, so it is only a
//! hint: it is recorded once, and the browser is redirected to the app link of the attempt.

mod language;
mod page;

use lambda_http::{Body, Error, Request, Response};
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

use language::Language;
use page::NoLink;

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
        let language = Language::of(request.headers());
        let now = self.clock.now();
        let (stored, attempt) = match self.enrollments.by_state(&state, now).await {
            Ok(Some(found)) => found,
            Ok(None) => return self.without_enrollment(&state, NoLink::UnknownState, language),
            // The cardholder returns all the same, and reads no problem document: reconciliation finds the outcome.
            Err(error) => {
                tracing::error!(
                    event = "callback_record_failed",
                    cause = telemetry::chain(&error),
                    "reading the enrollment of a callback failed"
                );
                return self.without_enrollment(&state, NoLink::Unreadable, language);
            }
        };
        let enrollment = stored.enrollment();
        let id = enrollment.enrollment_id;
        let callback =
            enrollment.attempts().find(|known| known.number == attempt).map(|known| known.callback);
        let Some(link) = callback.and_then(|callback| self.app_links.get(callback)) else {
            return page::without_link(NoLink::UnknownState, language);
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
        redirect(link, Some(id), app_link_outcome(result.as_ref()), language)
    }

    /// The index that finds the enrollment may be late, the table may be down, and a state ends after two hours. With one app
    /// link there is only one place to return to; the app then shows the cardholder's enrollments.
    fn without_enrollment(
        &self,
        state: &CallbackState,
        reason: NoLink,
        language: Language,
    ) -> Result<Response<Body>, Problem> {
        let mut links = self.app_links.iter();
        match (links.next(), links.next()) {
            (Some((_, link)), None) if state_hash(state).is_some() => {
                redirect(link, None, AppLinkOutcome::Unknown, language)
            }
            _ => page::without_link(reason, language),
        }
    }
}

/// 303 to the app link.
fn redirect(
    link: &Url,
    id: Option<EnrollmentId>,
    outcome: AppLinkOutcome,
    language: Language,
) -> Result<Response<Body>, Problem> {
    let mut link = link.clone();
    if let Some(id) = id {
        link.query_pairs_mut().append_pair("enrollmentId", &id.to_string());
    }
    link.query_pairs_mut().append_pair("outcome", outcome.as_str());
    page::redirect(link.as_str(), language)
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
