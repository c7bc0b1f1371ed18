//! The cases that Mastercard documents for its sandboxes, as far as this server makes their calls. The sandbox of Processing is a
//! mock: the ids below have the documented responses, any other id has always the same one.
//!
//! Not played:
//! - `setTokenStatus` for all tokens of a card, of all wallets: a request without a token number. The client has none, so that no mistake
//!   can suspend or remove more than one token.
//! - `getToken`, the filter `status`, and the search for Enroll (`POST /cards/searches`): this server does not call them.
//! - `pushMultipleAccounts`: its cases begin with card numbers, which this server does not hold.
//! - `getAsset` with a malformed id: which id is malformed is not published.

use super::outcome::Documented;

/// A documented case.
pub(super) struct Case {
    /// What distinguishes it from other cases of the operation.
    pub(super) name: &'static str,
    pub(super) request: Request,
    pub(super) documented: Documented,
}

/// The request of a case. Ids are those of clients and card contracts.
#[derive(Clone, Copy)]
pub(super) enum Request {
    /// The token requestors of the configured account ranges.
    TokenRequestors,
    /// The first logo among them.
    ListedLogo,
    /// An asset that does not exist.
    UnknownAsset(&'static str),
    /// A card, encrypted for Token Connect.
    Search { client: u64, card: u64 },
    /// The tokens of a client; the number of one of this card is what the changes name.
    Tokens { client: u64, card: u64 },
    /// Resumes one token.
    Resume { card: u64 },
    /// Moves one token to another card.
    Relink { from: u64, to: u64 },
}

impl Request {
    /// API and operation id.
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::TokenRequestors => "Token Connect: getEligibleTokenRequestors",
            Self::ListedLogo | Self::UnknownAsset(_) => "Token Connect: getAsset",
            Self::Search { .. } => "Processing: searchFundingAccounts",
            Self::Tokens { .. } => "Processing: getTokensByClient",
            Self::Resume { .. } => "Processing: setTokenStatus",
            Self::Relink { .. } => "Processing: relinkTokensToAnotherCard",
        }
    }
}

/// In the order of playing: what a case needs comes before it.
pub(super) const CASES: [Case; 10] = [
    Case {
        name: "configured account ranges",
        request: Request::TokenRequestors,
        documented: Documented::TokenRequestors,
    },
    Case { name: "a listed logo", request: Request::ListedLogo, documented: Documented::Logo },
    Case {
        name: "an unknown asset",
        request: Request::UnknownAsset("00000000-0000-4000-8000-000000000000"),
        documented: Documented::Error,
    },
    Case {
        name: "client 650971000",
        // The card is not documented. This one is of that client in the simulator.
        request: Request::Search { client: 650_971_000, card: 90_001 },
        documented: Documented::EncryptedCard,
    },
    Case {
        name: "client 40000",
        request: Request::Tokens { client: 40_000, card: 70_001 },
        documented: Documented::Tokens { count: 3 },
    },
    Case {
        name: "one token of card 70001",
        request: Request::Resume { card: 70_001 },
        documented: Documented::NoContent,
    },
    Case {
        name: "card 90001",
        request: Request::Resume { card: 90_001 },
        documented: Documented::InvalidToken { status: 404 },
    },
    Case {
        name: "one token of card 70001",
        request: Request::Relink { from: 70_001, to: NEW_CARD },
        documented: Documented::NoContent,
    },
    // Leaves the simulator, which is no mock, as it was.
    Case {
        name: "the same token back",
        request: Request::Relink { from: NEW_CARD, to: 70_001 },
        documented: Documented::NoContent,
    },
    Case {
        name: "card 10003",
        request: Request::Relink { from: 10_003, to: NEW_CARD },
        documented: Documented::InvalidToken { status: 400 },
    },
];

/// No particular new card is documented.
const NEW_CARD: u64 = 70_002;
