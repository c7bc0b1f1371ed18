//! Use-case steps 6 to 12: a cardholder's card is encrypted by Processing, pushed to Token Connect, and the app gets
//! the redirect to the token requestor.

mod answer;
mod push;
mod terms;
mod wish;

use std::time::Duration;

use lambda_http::{Body, Error, Request, Response};
use shared::{
    clock::Clock,
    config::{ConfigError, Host, ProcessingSettings, SearchSettings, TokenConnectSettings},
    enrollment::{Enrollment, EnrollmentId},
    http::{self, Caller, Code, Problem},
    mastercard::{Processing, TokenConnect, processing::SearchTerms},
    store::{
        Enrollments, TokenRequestors,
        enrollments::{Beginning, Begun},
    },
    token_requestor::TokenRequestor,
};

use push::Attempt;
pub use terms::Terms;
use wish::Wish;

/// How long the app waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// The function; its fields are all that it may touch.
pub struct Enroll {
    processing: Processing,
    search: SearchTerms,
    token_connect: TokenConnect,
    requestors: TokenRequestors,
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
        Ok(Self {
            processing: processing.connect(host).await?,
            search: search.connect().await?,
            token_connect: token_connect.connect(host).await?,
            requestors,
            enrollments,
            caller,
            terms,
            clock: host.clock.clone(),
        })
    }

    /// `POST /enrollments`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, async |request| self.enroll(&request).await).await
    }

    async fn enroll(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let until = http::deadline(request, PATIENCE);
        let client = self.caller.client(request)?;
        let key = wish::idempotency_key(request)?;
        let now = self.clock.now();
        let (wish, fingerprint) = Wish::parse(request, &self.terms, now)?;
        let requestor = self.requestor(&wish).await?;
        let enrollment = Enrollment {
            enrollment_id: EnrollmentId::new(now),
            client_id: client,
            card_contract_id: wish.card_contract_id,
            token_requestor_id: requestor.token_requestor_id.clone(),
            platform: wish.platform,
            callback: wish.callback.clone(),
            consent: wish.consent.clone(),
            created_at: now,
            facts: Vec::new(),
        };
        let state = self.terms.new_state()?;
        let beginning =
            Beginning { enrollment: &enrollment, key: &key, fingerprint: &fingerprint, state: &state };
        match self.enrollments.begin(&beginning, now).await? {
            Begun::Started => {
                let attempt = Attempt {
                    enrollment: &enrollment,
                    requestor: &requestor,
                    key: &key,
                    state: &state,
                    until,
                };
                self.push(attempt, wish).await
            }
            Begun::Before(id) => self.repeat(client, id).await,
            Begun::KeyReused => Err(Code::IdempotencyKeyReused.into()),
            Begun::Busy(id) => Err(Problem::from(Code::EnrollmentInProgress).about(id)),
        }
    }

    async fn requestor(&self, wish: &Wish) -> Result<TokenRequestor, Problem> {
        let id = wish.token_requestor_id.as_ref().unwrap_or(&self.terms.default_requestor);
        let requestor = self.requestors.get(id).await?.ok_or(Code::TokenRequestorNotFound)?;
        if requestor.reaches(wish.platform) { Ok(requestor) } else { Err(Code::PlatformNotSupported.into()) }
    }
}
