//! After use-case step 25: the app reads an enrollment, or lists the client's enrollments.

use lambda_http::{Body, Error, Request, RequestExt as _, Response};
use mastercard::card::{CardContractId, ClientId};
use model::{
    card_number::CardNumberDetector,
    clock::Clock,
    enrollment::{EnrollmentId, Status},
};
use runtime::{
    config::{ConfigError, Runtime, registry},
    http::{self, Caller, Code, EnrollmentResponse, Problem, RequiredScopes, StatusCode, StepUp},
    store::{Enrollments, enrollments::RedirectKeys},
};
use serde::Serialize;

/// Enrollments on a page, if the request sets no limit.
const DEFAULT_LIMIT: usize = 20;
/// The largest limit that a request may set.
const MAX_LIMIT: usize = 50;

/// The function with its dependencies.
pub struct GetEnrollment {
    enrollments: Enrollments,
    redirect_keys: RedirectKeys,
    caller: Caller,
    /// What a token needs to see a redirect, beside what it needs to read.
    write_scopes: RequiredScopes,
    step_up: StepUp,
    card_numbers: CardNumberDetector,
    clock: Clock,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EnrollmentsResponse {
    enrollments: Vec<EnrollmentResponse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<EnrollmentId>,
}

/// The query of `GET /enrollments`.
#[derive(Default)]
struct ListQuery {
    card: Option<CardContractId>,
    limit: Option<usize>,
    /// The value of `nextToken`: where the page starts.
    start: Option<EnrollmentId>,
}

impl GetEnrollment {
    /// Reads its settings.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (enrollments, redirect_keys, caller, write_scopes, step_up, card_numbers) = runtime
            .read_settings(|settings| {
                let enrollments = Enrollments::from_settings(settings, runtime);
                let redirect_keys = RedirectKeys::reference(settings);
                let caller = Caller::from_settings(settings, &registry::READ_SCOPES);
                let write_scopes = RequiredScopes::from_settings(settings, &registry::WRITE_SCOPES);
                let step_up = StepUp::from_settings(settings);
                let card_numbers = http::card_number_detector(settings);
                Some((enrollments?, redirect_keys?, caller?, write_scopes?, step_up?, card_numbers?))
            })?;
        Ok(Self {
            enrollments,
            redirect_keys: RedirectKeys::fetch(redirect_keys).await?,
            caller,
            write_scopes,
            step_up,
            card_numbers,
            clock: runtime.clock.clone(),
        })
    }

    /// `GET /enrollments/{enrollmentId}` and `GET /enrollments[?cardContractId=…][&limit=…][&nextToken=…]`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, &self.card_numbers, async |request| {
            let client = self.caller.client(&request)?;
            let is_single = request
                .path_parameters_ref()
                .is_some_and(|parameters| parameters.first("enrollmentId").is_some());
            if is_single { self.get(client, &request).await } else { self.list(client, &request).await }
        })
        .await
    }

    async fn get(&self, client: ClientId, request: &Request) -> Result<Response<Body>, Problem> {
        let id: EnrollmentId = http::path_parameter(request, "enrollmentId")?;
        let stored = self.enrollments.get(client, id).await?.ok_or(Code::NotFound)?;
        let enrollment = stored.enrollment();
        let now = self.clock.now();
        let sealed = stored.unexpired_redirect(enrollment.attempt().number, now);
        let is_ready = enrollment.status_at(now).status == Status::Ready;
        // Whoever has the redirect can continue the push in another browser: showing it takes no less than the request that made it.
        let may_enroll =
            || self.write_scopes.check(request).is_ok() && self.step_up.check(request, now).is_ok();
        let redirect = match sealed.filter(|_| is_ready && may_enroll()) {
            Some(sealed) => self.enrollments.open(&self.redirect_keys, enrollment, sealed).await,
            None => None,
        };
        EnrollmentResponse::new(enrollment, redirect, now).into_response()
    }

    async fn list(&self, client: ClientId, request: &Request) -> Result<Response<Body>, Problem> {
        let query = list_query(request)?;
        let page = self
            .enrollments
            .list(client, query.card, query.limit.unwrap_or(DEFAULT_LIMIT), query.start)
            .await?;
        let now = self.clock.now();
        let enrollments: Vec<_> = page
            .enrollments
            .iter()
            .map(|enrollment| EnrollmentResponse::new(enrollment, None, now))
            .collect();
        let poll_after = enrollments.iter().filter_map(EnrollmentResponse::poll_after).min();
        let response = EnrollmentsResponse { enrollments, next_token: page.next };
        Ok(http::with_retry_after(http::json(StatusCode::OK, &response)?, poll_after))
    }
}

fn list_query(request: &Request) -> Result<ListQuery, Problem> {
    let mut query = ListQuery::default();
    for (name, value) in http::query(request, &["cardContractId", "limit", "nextToken"])? {
        let is_repeated = match name.as_str() {
            "cardContractId" => {
                query.card.replace(value.parse().map_err(|error| Problem::parameter(&name, error))?).is_some()
            }
            "limit" => {
                // `parse` alone accepts a sign.
                let digits = value.bytes().all(|b| b.is_ascii_digit()).then(|| value.parse().ok()).flatten();
                let limit = digits.filter(|limit| (1..=MAX_LIMIT).contains(limit));
                query
                    .limit
                    .replace(
                        limit
                            .ok_or_else(|| Problem::parameter(&name, format!("must be 1 to {MAX_LIMIT}")))?,
                    )
                    .is_some()
            }
            _ => {
                let start = value
                    .parse()
                    .map_err(|_| Problem::parameter(&name, "must be a token that this server returned"))?;
                query.start.replace(start).is_some()
            }
        };
        if is_repeated {
            return Err(Problem::parameter(name, "must not be repeated"));
        }
    }
    Ok(query)
}
