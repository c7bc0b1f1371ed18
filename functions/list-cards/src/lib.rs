//! The tip after use-case step 4: which of the cardholder's cards are enabled, and which can be.

mod query;

use std::time::Duration;

use futures_util::{TryFutureExt as _, future::try_join_all};
use jiff::Timestamp;
use lambda_http::{Body, Error, Request, Response};
use mastercard::{
    Processing,
    card::{CardContractId, ClientId},
    processing::ClientToken,
    token_requestor::{TokenRequestor, TokenRequestorId},
};
use model::{
    card_number::CardNumberDetector,
    clock::Clock,
    enrollment::{EnrollmentId, TokenState},
    token_list,
};
use runtime::{
    config::{ConfigError, ProcessingSettings, Runtime, registry},
    http::{self, Caller, Code, Problem, StatusCode},
    store::{Enrollments, TokenRequestorCache, TokenRequestors},
};
use serde::Serialize;

use query::{Card, ListCardsQuery};

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The function with its dependencies.
pub struct ListCards {
    processing: Processing,
    requestors: TokenRequestorCache,
    enrollments: Enrollments,
    caller: Caller,
    card_numbers: CardNumberDetector,
    default_requestor: TokenRequestorId,
    clock: Clock,
}

/// The body of the response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CardsResponse {
    cards: Vec<CardResponse>,
    /// When the token list was read.
    cards_as_of: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CardResponse {
    card_contract_id: CardContractId,
    token_requestor_id: TokenRequestorId,
    state: CardState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<IneligibleReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrollment_id: Option<EnrollmentId>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum CardState {
    /// The card can be enabled.
    Eligible,
    /// The token list shows an active token of the requestor, and no enrollment of the card is live.
    AlreadyEnabled,
    /// The token list shows only a suspended token of the requestor: the card was enabled and is paused.
    Suspended,
    /// An enrollment of the card is live.
    InProgress,
    /// The card cannot be enabled.
    NotEligible,
}

/// Why a card is not eligible.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum IneligibleReason {
    /// The requestor does not accept the card's account range.
    AccountRangeNotEnabled,
}

impl ListCards {
    /// Reads its settings and makes its clients.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a key or secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (requestors, enrollments, processing, caller, card_numbers, default_requestor) = runtime
            .read_settings(|settings| {
                let requestors = TokenRequestors::from_settings(settings, runtime);
                let enrollments = Enrollments::from_settings(settings, runtime);
                let processing = ProcessingSettings::from_settings(settings);
                let caller = Caller::from_settings(settings, &registry::READ_SCOPES);
                let card_numbers = http::card_number_detector(settings);
                let default_requestor = settings.value(&registry::DEFAULT_TOKEN_REQUESTOR_ID);
                Some((requestors?, enrollments?, processing?, caller?, card_numbers?, default_requestor?))
            })?;
        Ok(Self {
            processing: processing.connect(runtime).await?,
            requestors: TokenRequestorCache::new(requestors),
            enrollments,
            caller,
            card_numbers,
            default_requestor,
            clock: runtime.clock.clone(),
        })
    }

    /// `GET /cards?cardContractId=…[:accountRange][&cardContractId=…][&tokenRequestorId=…]`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, &self.card_numbers, async |request| self.list(&request).await).await
    }

    async fn list(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let client = self.caller.client(request)?;
        let query = ListCardsQuery::parse(request, &self.default_requestor, &self.card_numbers)?;
        // Needed after the store's response, and loaded while it is waited for.
        self.processing.load_keys();
        let requestor = self.requestors.get(&query.token_requestor_id, self.clock.now()).await?;
        let requestor = requestor.ok_or(Code::TokenRequestorNotFound)?;
        let deadline = http::deadline(request, TIMEOUT);
        let cards_as_of = self.clock.now();
        let tokens = self.processing.get_tokens_by_client(client, deadline).await?;
        let cards = query.cards.iter().map(|card| self.card(client, card, &requestor, &tokens));
        let cards = try_join_all(cards).await?;
        http::json(StatusCode::OK, &CardsResponse { cards, cards_as_of })
    }

    /// The state of one card.
    async fn card(
        &self,
        client: ClientId,
        card: &Card,
        requestor: &TokenRequestor,
        tokens: &[ClientToken],
    ) -> Result<CardResponse, Problem> {
        let requestor_id = &requestor.token_requestor_id;
        let response = |state, reason, enrollment_id| CardResponse {
            card_contract_id: card.id,
            token_requestor_id: requestor_id.clone(),
            state,
            reason,
            enrollment_id,
        };
        // Before the token list: it shows a token as active even if the cardholder has not accepted it yet.
        let holder = self.enrollments.current(client, card.id, requestor_id).map_err(Problem::from).await?;
        if let Some(holder) = holder.filter(|holder| holder.is_live(self.clock.now())) {
            return Ok(response(CardState::InProgress, None, Some(holder.enrollment_id)));
        }
        match token_list::token(tokens, card.id, requestor_id) {
            Some(TokenState::Active) => return Ok(response(CardState::AlreadyEnabled, None, None)),
            Some(TokenState::Suspended) => return Ok(response(CardState::Suspended, None, None)),
            _ => {}
        }
        let is_enabled = |range| requestor.enabled_account_ranges.contains(range);
        Ok(match &card.account_range {
            Some(range) if !is_enabled(range) => {
                response(CardState::NotEligible, Some(IneligibleReason::AccountRangeNotEnabled), None)
            }
            Some(_) | None => response(CardState::Eligible, None, None),
        })
    }
}
