//! Token requestors as Token Connect lists them (step 2).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

/// Click to Pay's published token requestor id.
pub const CLICK_TO_PAY: &str = "50123197928";

/// How a cardholder can be redirected to a token requestor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PushMethod {
    /// An app link on Android.
    Android,
    /// A universal link on iOS.
    Ios,
    /// A page for any browser.
    Web,
}

impl PushMethod {
    /// The value of `app` in the push URI: the operating system of the requestor's app.
    pub(crate) fn app(self) -> Option<&'static str> {
        match self {
            Self::Android => Some("android"),
            Self::Ios => Some("ios"),
            Self::Web => None,
        }
    }

    /// The operating system as people write it.
    pub(crate) fn system(self) -> Option<&'static str> {
        match self {
            Self::Android => Some("Android"),
            Self::Ios => Some("iOS"),
            Self::Web => None,
        }
    }
}

/// A token requestor: a wallet or merchant that a card can be pushed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRequestor {
    /// Eleven digits.
    pub token_requestor_id: String,
    /// Legal name, up to 64 characters.
    pub name: String,
    /// Display name, up to 100 characters.
    pub consumer_facing_entity_name: String,
    /// `MERCHANT` or `WALLET`.
    pub token_requestor_type: String,
    /// Up to three characters, wallets only.
    #[serde(default)]
    pub wallet_id: Option<String>,
    /// The wallet's name in Processing's token lists.
    pub wallet_name: String,
    /// Asset id of the logo. If it is missing in a requestor that is added, a new logo is generated.
    #[serde(default)]
    pub image_asset_id: Option<String>,
    /// First numbers, 19 digits, of the account ranges enabled for it.
    pub account_ranges: Vec<String>,
    /// Empty for a requestor without Token Connect.
    pub push_methods: Vec<PushMethod>,
    /// Its push page, if that is not the simulator's.
    #[serde(default)]
    pub push_page: Option<Url>,
    /// Whether it accepts several receipts, up to five, in one redirect.
    #[serde(default)]
    pub supports_multiple_pushed_cards: bool,
    /// `NAME`, `ADDRESS`, `EMAIL_ADDRESS`, `MOBILE_PHONE_NUMBER`.
    #[serde(default)]
    pub supported_account_holder_data: Vec<String>,
    /// Whether it authenticates the cardholder after the tokenization.
    #[serde(default)]
    pub supports_card_holder_authentication: bool,
    /// Whether issuers may send it receipts in a proprietary channel.
    #[serde(default)]
    pub supports_issuer_initiated_digitization_data: bool,
}

impl TokenRequestor {
    /// Whether cards can be pushed to it.
    #[must_use]
    pub fn supports_token_connect(&self) -> bool {
        !self.push_methods.is_empty()
    }

    /// Its push URIs: `/click-to-pay/provision` for Click to Pay, `/requestors/{id}/provision` for the others.
    pub(crate) fn available_push_methods(&self, base: &Url) -> Value {
        let page = match &self.push_page {
            Some(page) => page.to_string(),
            None if self.token_requestor_id == CLICK_TO_PAY => format!("{base}click-to-pay/provision"),
            None => format!("{base}requestors/{}/provision", self.token_requestor_id),
        };
        self.push_methods
            .iter()
            .map(|method| {
                // The query tests whether clients join `pushAccountData` with `&`.
                let query = method.app().map(|app| format!("?app={app}")).unwrap_or_default();
                json!({"type": method, "uri": format!("{page}{query}")})
            })
            .collect()
    }

    /// The entry of `getEligibleTokenRequestors`, with these of its account ranges.
    pub(crate) fn listing(&self, ranges: &[u64], base: &Url) -> Value {
        let mut entry = json!({
            "tokenRequestorId": self.token_requestor_id,
            "name": self.name,
            "consumerFacingEntityName": self.consumer_facing_entity_name,
            "tokenRequestorType": self.token_requestor_type,
            "enabledAccountRanges": ranges,
            "supportsCardHolderAuthentication": self.supports_card_holder_authentication,
            "supportsTokenConnect": self.supports_token_connect(),
            "supportIssuerInitiatedDigitizationData": self.supports_issuer_initiated_digitization_data,
        });
        if let Some(asset_id) = &self.image_asset_id {
            entry["imageAssetId"] = json!(asset_id);
        }
        if let Some(wallet_id) = &self.wallet_id {
            entry["walletId"] = json!(wallet_id);
        }
        if self.supports_token_connect() {
            entry["supportedPushMethods"] = json!(self.push_methods);
            entry["supportsMultiplePushedCards"] = json!(self.supports_multiple_pushed_cards);
            entry["supportedAccountHolderData"] = json!(self.supported_account_holder_data);
            entry["availablePushMethods"] = self.available_push_methods(base);
        }
        entry
    }

    /// The first numbers of its account ranges; some exceed `i64::MAX`.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = u64> {
        self.account_ranges.iter().filter_map(|range| range.parse().ok())
    }
}
