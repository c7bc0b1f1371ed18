//! The encrypted card, which step 9 returns and step 10 sends.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The encrypted card (`pushFundingAccounts`). Only MDES can decrypt it: it is passed on byte for byte, and must be
/// neither stored nor logged. [`Processing::search_funding_accounts`](crate::Processing::search_funding_accounts)
/// returns it, [`PushMultipleAccounts`](crate::token_connect::PushMultipleAccounts) takes it.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct PushFundingAccounts {
    object: Box<RawValue>,
    #[serde(skip)]
    has_oaep_hashing_algorithm: bool,
}

/// What `pushMultipleAccounts` requires. `encryptedData` must be a string: a list would be card data in plaintext.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    encrypted_payload: EncryptedPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EncryptedPayload {
    encrypted_data: String,
    encrypted_key: String,
    public_key_fingerprint: String,
    #[serde(default)]
    oaep_hashing_algorithm: Option<String>,
}

impl PushFundingAccounts {
    /// `None` unless the object is `{"encryptedPayload": …}` with hexadecimal content.
    pub(super) fn from_json(object: Box<RawValue>) -> Option<Self> {
        let content: Content = serde_json::from_str(object.get()).ok()?;
        let has_oaep_hashing_algorithm =
            content.encrypted_payload.oaep_hashing_algorithm.as_deref().is_some_and(|it| !it.is_empty());
        content.encrypted_payload.is_encrypted().then_some(Self { object, has_oaep_hashing_algorithm })
    }

    /// Whether the payload states its `oaepHashingAlgorithm`, which Token Connect requires since August 2026. Without it
    /// the card is pushed as well, as long as Mastercard tolerates it: until 31 March 2027.
    pub fn has_oaep_hashing_algorithm(&self) -> bool {
        self.has_oaep_hashing_algorithm
    }

    #[cfg(test)]
    pub(crate) fn for_test(json: &str) -> Self {
        Self { object: RawValue::from_string(json.into()).unwrap(), has_oaep_hashing_algorithm: true }
    }
}

impl EncryptedPayload {
    fn is_encrypted(&self) -> bool {
        let hex = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
        // Anything shorter than an AES block (32 hex digits) could be a card number in plaintext.
        self.encrypted_data.len() >= 32
            && [&self.encrypted_data, &self.encrypted_key, &self.public_key_fingerprint].into_iter().all(hex)
    }
}

impl fmt::Debug for PushFundingAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushFundingAccounts(<redacted>)")
    }
}
