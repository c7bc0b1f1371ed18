//! The operations that can be called, counted and made to fail, one by one.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{journal::Party, refusal::Refusal};

/// An operation of Mastercard's side.
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
    /// `POST /global-processing/digital/clients/{client_id}/funding-accounts/searches`, steps 7 to 9.
    SearchFundingAccounts,
    /// The page of Click to Pay or another token requestor, step 13.
    Provision,
}

/// Which of the issuer's two projects an operation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    TokenConnect,
    Processing,
}

impl Operation {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::GetEligibleTokenRequestors,
        Self::GetAsset,
        Self::SearchFundingAccounts,
        Self::PushMultipleAccounts,
        Self::GetTokensByClient,
        Self::GetTokensByCard,
        Self::Provision,
    ];

    /// The name that the use case or the specification gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GetEligibleTokenRequestors => "getEligibleTokenRequestors",
            Self::GetAsset => "getAsset",
            Self::PushMultipleAccounts => "pushMultipleAccounts",
            Self::GetTokensByClient => "getTokensByClient",
            Self::GetTokensByCard => "getTokensByCard",
            Self::SearchFundingAccounts => "searchFundingAccounts",
            Self::Provision => "provision",
        }
    }

    /// The token requestor's page belongs to no project; it is never asked.
    pub(crate) fn api(self) -> Api {
        match self {
            Self::GetEligibleTokenRequestors | Self::GetAsset | Self::PushMultipleAccounts => {
                Api::TokenConnect
            }
            _ => Api::Processing,
        }
    }

    /// Steps of question and answer in the use case; reading tokens is the tip after step 4, which has no number.
    pub(crate) fn steps(self) -> (u8, u8) {
        match self {
            Self::GetEligibleTokenRequestors => (1, 2),
            Self::GetAsset => (3, 4),
            Self::GetTokensByClient | Self::GetTokensByCard => (0, 0),
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

    /// An error in this API's own shape.
    pub(crate) fn refuse(self, status: StatusCode, reason: &'static str, description: &str) -> Refusal {
        match self {
            Self::TokenConnect => Refusal::token_connect(status, reason, description),
            Self::Processing => Refusal::processing(status, reason, description),
        }
    }
}
