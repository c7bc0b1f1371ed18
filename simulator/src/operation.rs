//! Mastercard's operations.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{error_response::ErrorResponse, journal::Party};

/// An operation; calls are counted and faults injected per operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operation {
    /// `POST /mdes/connect/1/0/getEligibleTokenRequestors`, steps 1 and 2.
    GetEligibleTokenRequestors,
    /// `GET /mdes/issuer-assets/1/0/asset/tokenrequestor/{AssetId}`, steps 3 and 4.
    GetAsset,
    /// `POST /mdes/connect/1/0/pushMultipleAccounts`, steps 10 and 11.
    PushMultipleAccounts,
    /// `GET /global-processing/digital/clients/{client_id}/tokens`, the tip after step 4.
    GetTokensByClient,
    /// `GET /global-processing/digital/cards/{card_contract_id}/tokens`.
    GetTokensByCard,
    /// `PUT /global-processing/digital/cards/{card_contract_id}/tokens`.
    SetTokenStatus,
    /// `PUT /global-processing/digital/cards/{card_contract_id}/token-relinks`.
    RelinkTokensToAnotherCard,
    /// `POST /global-processing/digital/clients/{client_id}/funding-accounts/searches`, steps 7 to 9.
    SearchFundingAccounts,
    /// The page of Click to Pay or another token requestor, step 13.
    Provision,
}

/// The issuer's two API projects, each with its own consumer key and signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    TokenConnect,
    Processing,
}

impl Operation {
    /// All operations, in the order of the panel.
    pub(crate) const ALL: [Self; 9] = [
        Self::GetEligibleTokenRequestors,
        Self::GetAsset,
        Self::SearchFundingAccounts,
        Self::PushMultipleAccounts,
        Self::GetTokensByClient,
        Self::GetTokensByCard,
        Self::SetTokenStatus,
        Self::RelinkTokensToAnotherCard,
        Self::Provision,
    ];

    /// The name in the use case or the specification.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GetEligibleTokenRequestors => "getEligibleTokenRequestors",
            Self::GetAsset => "getAsset",
            Self::PushMultipleAccounts => "pushMultipleAccounts",
            Self::GetTokensByClient => "getTokensByClient",
            Self::GetTokensByCard => "getTokensByCard",
            Self::SetTokenStatus => "setTokenStatus",
            Self::RelinkTokensToAnotherCard => "relinkTokensToAnotherCard",
            Self::SearchFundingAccounts => "searchFundingAccounts",
            Self::Provision => "provision",
        }
    }

    /// The project of an operation. `Provision` belongs to none; this is not called for it.
    pub(crate) fn api(self) -> Api {
        match self {
            Self::GetEligibleTokenRequestors | Self::GetAsset | Self::PushMultipleAccounts => {
                Api::TokenConnect
            }
            _ => Api::Processing,
        }
    }

    /// Steps of request and response in the use case; reading tokens is the tip after step 4, without a number, and changing them has none either.
    pub(crate) fn steps(self) -> (u8, u8) {
        match self {
            Self::GetEligibleTokenRequestors => (1, 2),
            Self::GetAsset => (3, 4),
            Self::GetTokensByClient
            | Self::GetTokensByCard
            | Self::SetTokenStatus
            | Self::RelinkTokensToAnotherCard => (0, 0),
            Self::SearchFundingAccounts => (7, 9),
            Self::PushMultipleAccounts => (10, 11),
            Self::Provision => (13, 22),
        }
    }
}

impl Api {
    pub(crate) fn party(self) -> Party {
        match self {
            Self::TokenConnect => Party::TokenConnect,
            Self::Processing => Party::Processing,
        }
    }

    /// An error response in this API's shape.
    pub(crate) fn error(self, status: StatusCode, reason: &'static str, description: &str) -> ErrorResponse {
        match self {
            Self::TokenConnect => ErrorResponse::token_connect(status, reason, description),
            Self::Processing => ErrorResponse::processing(status, reason, description),
        }
    }
}
