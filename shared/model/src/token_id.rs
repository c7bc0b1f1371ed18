//! This server's id of a token.

use std::{fmt, str::FromStr};

use mastercard::{
    card::{CardContractId, ClientId},
    processing::ClientToken,
    token_requestor::TokenRequestorId,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::short_hash::ShortHash;

/// This server's id of a token: the first 16 bytes of a SHA-256 over client, card, token requestor and token unique reference,
/// as 32 hexadecimal digits. It names the token for this client, card and requestor only.
///
/// It is not made from the token number, which has too few digits to be hidden by a hash. The token unique reference is not
/// secret: it cannot be used to pay. `docs/decisions/0021-token-ids.md` has the alternatives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(ShortHash);

impl TokenId {
    /// The id of the token with this token unique reference.
    pub fn new(
        client: ClientId,
        card: CardContractId,
        requestor: &TokenRequestorId,
        token_unique_reference: &str,
    ) -> Self {
        let bound = format!("{client} {card} {requestor} {token_unique_reference}");
        Self(ShortHash::of(bound.as_bytes()))
    }

    /// The id of a token in this client's list; `None` if Mastercard states no requestor or no token unique reference.
    pub fn of(client: ClientId, token: &ClientToken) -> Option<Self> {
        let requestor = token.token_requestor_id.as_ref()?;
        let reference = token.token_unique_reference.as_deref()?;
        Some(Self::new(client, token.card_contract_id, requestor, reference))
    }

    /// From 16 bytes.
    pub fn from_hash(hash: ShortHash) -> Self {
        Self(hash)
    }

    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for TokenId {
    type Err = InvalidTokenId;

    /// 32 hexadecimal digits in lower case.
    fn from_str(raw: &str) -> Result<Self, InvalidTokenId> {
        let is_plain = raw.len() == 32 && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        ShortHash::from_hex(raw).filter(|_| is_plain).map(Self).ok_or(InvalidTokenId)
    }
}

impl Serialize for TokenId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TokenId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The text is not a token id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token id must have 32 hexadecimal digits")]
pub struct InvalidTokenId;

#[cfg(test)]
mod tests {
    use mastercard::processing::TokenStatus;

    use super::*;

    #[test]
    fn a_token_has_another_id_for_another_client_card_or_requestor() {
        let (click_to_pay, wallet): (TokenRequestorId, TokenRequestorId) =
            ("50123197928".parse().unwrap(), "50999000001".parse().unwrap());
        let id = TokenId::new(40000.into(), 70001.into(), &click_to_pay, "reference");
        assert_eq!(id, TokenId::new(40000.into(), 70001.into(), &click_to_pay, "reference"));
        for other in [
            TokenId::new(40001.into(), 70001.into(), &click_to_pay, "reference"),
            TokenId::new(40000.into(), 70002.into(), &click_to_pay, "reference"),
            TokenId::new(40000.into(), 70001.into(), &wallet, "reference"),
            TokenId::new(40000.into(), 70001.into(), &click_to_pay, "another"),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn an_id_is_32_digits_that_are_read_again() {
        let id = TokenId::new(40000.into(), 70001.into(), &"50123197928".parse().unwrap(), "reference");
        assert_eq!(id.to_string().parse(), Ok(id));
        let upper = id.to_string().to_uppercase();
        for raw in ["", "0", upper.as_str(), "+0000000000000000000000000000001"] {
            assert_eq!(raw.parse::<TokenId>(), Err(InvalidTokenId), "{raw}");
        }
    }

    #[test]
    fn a_token_that_mastercard_does_not_identify_has_none() {
        let token = ClientToken {
            card_contract_id: 70001.into(),
            token_requestor_id: Some("50123197928".parse().unwrap()),
            wallet_name: None,
            status: TokenStatus::Active,
            token_unique_reference: None,
            created_at: None,
        };
        assert_eq!(TokenId::of(40000.into(), &token), None);
    }
}
