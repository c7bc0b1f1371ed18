//! Use-case steps 6 to 12: a cardholder's card is encrypted by Processing, pushed to Token Connect, and the app gets
//! the redirect to the token requestor.

mod answer;
mod push;
mod restart;
mod terms;
mod wish;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lambda_http::{Body, Error, Request, RequestExt as _, Response};
use shared::{
    card::ClientId,
    clock::Clock,
    config::{ConfigError, Host, ProcessingSettings, SearchSettings, TokenConnectSettings},
    enrollment::{Enrollment, EnrollmentId},
    http::{self, Caller, Code, Problem},
    mastercard::{Processing, TokenConnect, processing::SearchTerms},
    store::{
        Enrollments, RecentRequestors, TokenRequestors,
        enrollments::{Beginning, Begun},
    },
    token_requestor::{Platform, TokenRequestor, TokenRequestorId},
};

use push::Attempt;
pub use terms::Terms;
use wish::Wish;

/// The function; its fields are all that it may touch.
pub struct Enroll {
    processing: Processing,
    search: SearchTerms,
    token_connect: TokenConnect,
    requestors: RecentRequestors,
    enrollments: Enrollments,
    caller: Caller,
    terms: Terms,
    clock: Clock,
}

impl Enroll {
    /// Reads both tables' names, `TENANT`, `PROCESSING_*`, `CLIENT_ENCRYPTION_CERTIFICATE`, `TOKEN_CONNECT_*`,
    /// `CLIENT_ID_CLAIM`, and what [`Terms`] names.
    pub async fn connect(host: &Host) -> Result<Self, ConfigError> {
        let mut read = host.settings.read();
        let stores = (TokenRequestors::read(&mut read, host), Enrollments::read(&mut read, host));
        let processing = (ProcessingSettings::read(&mut read), SearchSettings::read(&mut read));
        let token_connect = TokenConnectSettings::read(&mut read);
        let own = (Caller::read(&mut read), Terms::read(&mut read));
        let (
            (Some(requestors), Some(enrollments)),
            (Some(processing), Some(search)),
            Some(token_connect),
            (Some(caller), Some(terms)),
        ) = (stores, processing, token_connect, own)
        else {
            return Err(read.problems());
        };
        // At once: on Lambda each secret is a call of Secrets Manager.
        let (processing, search, token_connect) =
            tokio::try_join!(processing.connect(host), search.connect(), token_connect.connect(host))?;
        Ok(Self {
            processing,
            search,
            token_connect,
            requestors: RecentRequestors::new(requestors),
            enrollments,
            caller,
            terms,
            clock: host.clock.clone(),
        })
    }

    /// `POST /enrollments` and `POST /enrollments/{enrollmentId}/attempts`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, async |request| {
            let again = request
                .path_parameters_ref()
                .is_some_and(|parameters| parameters.first("enrollmentId").is_some());
            if again { self.restart(&request).await } else { self.enroll(&request).await }
        })
        .await
    }

    async fn enroll(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let until = http::deadline(request, self.terms.patience);
        let client = self.caller.client(request)?;
        let key = wish::idempotency_key(request)?;
        let now = self.clock.now();
        let (wish, fingerprint) = Wish::parse(request, &self.terms, now)?;
        let requestor = self.requestor(wish.token_requestor_id.as_ref(), wish.manner.platform, now).await?;
        let enrollment = Enrollment {
            enrollment_id: EnrollmentId::new(now),
            client_id: client,
            card_contract_id: wish.card_contract_id,
            token_requestor_id: requestor.token_requestor_id.clone(),
            platform: wish.manner.platform,
            callback: wish.manner.callback.clone(),
            consent: wish.manner.consent.clone(),
            created_at: now,
            answer_by: self.answer_by(now),
            facts: Vec::new(),
        };
        let state = self.terms.new_state()?;
        let beginning = Beginning {
            enrollment: &enrollment,
            revision: None,
            key: &key,
            fingerprint: &fingerprint,
            state: &state,
        };
        match self.enrollments.begin(&beginning, now).await? {
            Begun::Started => {
                let seen = self.enrollments.begun(&beginning, now);
                self.push(seen, Attempt::of(&beginning, &requestor, until), wish.manner).await
            }
            other => self.not_begun(client, other).await,
        }
    }

    /// The answer to a request that begins nothing.
    async fn not_begun(&self, client: ClientId, begun: Begun) -> Result<Response<Body>, Problem> {
        match begun {
            Begun::Before(id, attempt) => self.repeat(client, id, attempt).await,
            Begun::KeyReused => Err(Code::IdempotencyKeyReused.into()),
            Begun::Busy(id) => Err(Problem::from(Code::EnrollmentInProgress).about(id)),
            Begun::Started | Begun::Moved => Err(Problem::internal("an enrollment that moves all the time")),
        }
    }

    async fn requestor(
        &self,
        id: Option<&TokenRequestorId>,
        platform: Platform,
        now: Timestamp,
    ) -> Result<Arc<TokenRequestor>, Problem> {
        let id = id.unwrap_or(&self.terms.default_requestor);
        let requestor = self.requestors.get(id, now).await?.ok_or(Code::TokenRequestorNotFound)?;
        if requestor.reaches(platform) { Ok(requestor) } else { Err(Code::PlatformNotSupported.into()) }
    }

    /// When the app will have stopped waiting.
    fn answer_by(&self, now: Timestamp) -> Timestamp {
        let patience = SignedDuration::try_from(self.terms.patience).unwrap_or_default();
        now.saturating_add(patience).unwrap_or(Timestamp::MAX)
    }
}
