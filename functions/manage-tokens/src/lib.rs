//! After enabling: the cardholder sees where a card is enabled, and suspends, resumes or removes it there.

mod action;
mod change;
mod list;
mod owned_tokens;
mod response;
mod token_changer;

use std::time::Duration;

use lambda_http::{Body, Error, Request, RequestExt as _, Response};
use mastercard::{
    Processing,
    processing::{TokenAction, TokenStatusWords},
};
use model::{card_number::CardNumberDetector, clock::Clock};
use runtime::{
    config::{ClaimValue, ConfigError, List, ProcessingSettings, Runtime, SettingsReader, registry},
    http::{self, Caller, Code, StepUp},
    store::{Enrollments, TokenRequestors},
};
use url::Url;

pub use owned_tokens::OwnedToken;
pub use response::state_name;
pub use token_changer::{ChangedToken, TokenChanger};

/// How long a request may take: three calls to Mastercard at most.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The function with its dependencies.
pub struct ManageTokens {
    processing: Processing,
    status_words: TokenStatusWords,
    requestors: TokenRequestors,
    enrollments: Enrollments,
    logo_base_url: Url,
    readers: Caller,
    writers: Caller,
    step_up: StepUp,
    card_numbers: CardNumberDetector,
    clock: Clock,
}

impl ManageTokens {
    /// Reads its settings and makes its clients.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a key or secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (
            requestors,
            enrollments,
            processing,
            status_words,
            logo_base_url,
            readers,
            writers,
            step_up,
            card_numbers,
        ) = runtime.read_settings(|settings| {
            let requestors = TokenRequestors::from_settings(settings, runtime);
            let enrollments = Enrollments::from_settings(settings, runtime);
            let processing = ProcessingSettings::from_settings(settings);
            let status_words = settings.value(&registry::PROCESSING_TOKEN_STATUSES);
            let logo_base_url = settings.value(&registry::LOGO_BASE_URL);
            let readers = Caller::from_settings(settings, &registry::READ_SCOPES);
            let write_scopes = token_write_scopes(settings);
            let writers = Caller::from_settings(settings, &write_scopes);
            let step_up = StepUp::from_settings(settings);
            let card_numbers = http::card_number_detector(settings);
            Some((
                requestors?,
                enrollments?,
                processing?,
                status_words?,
                logo_base_url?,
                readers?,
                writers?,
                step_up?,
                card_numbers?,
            ))
        })?;
        Ok(Self {
            processing: processing.connect(runtime).await?,
            status_words,
            requestors,
            enrollments,
            logo_base_url,
            readers,
            writers,
            step_up,
            card_numbers,
            clock: runtime.clock.clone(),
        })
    }

    /// `GET /cards/{cardContractId}/tokens`, and `POST /cards/{cardContractId}/tokens/{tokenId}/{suspend|resume|remove}`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, &self.card_numbers, async |request| {
            let parameters = request.path_parameters_ref();
            if parameters.is_none_or(|parameters| parameters.first("tokenId").is_none()) {
                return self.list(&request).await;
            }
            let last_segment = request.uri().path().trim_end_matches('/').rsplit('/').next();
            let action = TokenAction::ALL.into_iter().find(|action| last_segment == Some(action.as_str()));
            self.change(&request, action.ok_or(Code::NotFound)?).await
        })
        .await
    }
}

/// The scopes for a change of a token: without some of its own, it needs those of every other `POST`.
fn token_write_scopes(settings: &mut SettingsReader<'_>) -> registry::Setting<List<ClaimValue>> {
    let has_own = settings.is_set(&registry::TOKEN_WRITE_SCOPES);
    if has_own { registry::TOKEN_WRITE_SCOPES } else { registry::WRITE_SCOPES }
}
