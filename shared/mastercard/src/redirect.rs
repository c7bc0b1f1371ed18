//! Composing the redirect to the token requestor (steps 12 and 13): its own URI with exactly one more parameter,
//! the JWS. Receipts and callback URL travel inside it.
//!
//! Without a signature there is only the form that was in use before 2023, in which everything travels in the open:
//! see [`compose_unsigned`].

use std::str::FromStr;

use url::Url;

use super::{oauth1::percent_encode, token_connect::SignatureData};
use crate::{
    secret::{PushAccountReceipt, RedirectUrl, Signature},
    token_requestor::{Platform, PushMethod},
};

const PUSH_ACCOUNT_DATA: &str = "pushAccountData";

/// Scheme, host and port that a token requestor's push methods may have, from configuration:
/// `https://src.mastercard.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl AllowedOrigin {
    /// Whether the URL leads there; not with a user name or password in it.
    pub fn allows(&self, url: &Url) -> bool {
        Self::of(url).is_some_and(|origin| origin == *self)
    }

    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str().filter(|host| !host.is_empty())?.to_ascii_lowercase();
        let anonymous = url.username().is_empty() && url.password().is_none();
        anonymous.then(|| Self { scheme: url.scheme().into(), host, port: url.port_or_known_default() })
    }
}

impl FromStr for AllowedOrigin {
    type Err = InvalidOrigin;

    fn from_str(raw: &str) -> Result<Self, InvalidOrigin> {
        let url: Url = raw.parse().map_err(|_| InvalidOrigin)?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        Self::of(&url).filter(|_| bare).ok_or(InvalidOrigin)
    }
}

/// Not an origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin is scheme://host[:port] and nothing else")]
pub struct InvalidOrigin;

/// Why the cardholder cannot be sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// None of the push methods suits what the cardholder holds in hand.
    #[error("the token requestor cannot be reached from this platform")]
    NoPushMethod,
    /// The push method leads somewhere that configuration does not allow.
    #[error("the token requestor's push method leads to an origin that is not allowed")]
    ForbiddenOrigin,
    /// And the unsigned form, obsolete since 2023, is not allowed for this requestor.
    #[error("Token Connect returned no signature")]
    NoSignature,
    /// Not a compact JWS, no receipt, or the push method already carries what would be appended.
    #[error("signature or receipts cannot be appended to the push method")]
    Unusable,
}

/// The signed redirect for one platform; query and fragment of the push method stay.
pub fn compose(
    push_methods: &[PushMethod],
    platform: Platform,
    signature: Option<&Signature>,
    allowed_origins: &[AllowedOrigin],
) -> Result<RedirectUrl, RedirectError> {
    let signature = signature.ok_or(RedirectError::NoSignature)?.expose();
    if !is_compact_jws(signature) {
        return Err(RedirectError::Unusable);
    }
    append(push_methods, platform, &[(PUSH_ACCOUNT_DATA, signature.into())], allowed_origins)
}

/// The unsigned redirect: receipts, callback URL and flags as parameters of their own. Only for requestors that
/// verify no signatures, and only where configuration allows it. A requestor for single cards reads the first receipt.
pub fn compose_unsigned(
    push_methods: &[PushMethod],
    platform: Platform,
    receipts: &[PushAccountReceipt],
    data: &SignatureData,
    allowed_origins: &[AllowedOrigin],
) -> Result<RedirectUrl, RedirectError> {
    if receipts.is_empty() {
        return Err(RedirectError::Unusable);
    }
    let receipts: Vec<_> = receipts.iter().map(|receipt| percent_encode(receipt.expose())).collect();
    let mut parameters = vec![
        ("pushAccountReceipts", receipts.join(",")),
        ("callbackURL", percent_encode(&data.callback_url)),
        ("callbackRequired", true.to_string()),
        ("completeIssuerAppActivation", data.complete_issuer_app_activation.to_string()),
        ("completeWebsiteActivation", data.complete_website_activation.to_string()),
        ("accountHolderDataSupplied", data.account_holder_data_supplied.to_string()),
    ];
    parameters.extend(data.locale.as_deref().map(|locale| ("locale", percent_encode(locale))));
    append(push_methods, platform, &parameters, allowed_origins)
}

/// Values are encoded already.
fn append(
    push_methods: &[PushMethod],
    platform: Platform,
    parameters: &[(&str, String)],
    allowed_origins: &[AllowedOrigin],
) -> Result<RedirectUrl, RedirectError> {
    let mut url = platform.choose(push_methods).ok_or(RedirectError::NoPushMethod)?.uri.clone();
    if !allowed_origins.iter().any(|origin| origin.allows(&url)) {
        return Err(RedirectError::ForbiddenOrigin);
    }
    let taken = |(name, _): (_, _)| parameters.iter().any(|(parameter, _)| name == *parameter);
    if url.query_pairs().any(taken) {
        return Err(RedirectError::Unusable);
    }
    let before = url.query().filter(|query| !query.is_empty()).map(ToOwned::to_owned);
    let ours = parameters.iter().map(|(name, value)| format!("{name}={value}"));
    let query: Vec<_> = before.into_iter().chain(ours).collect();
    url.set_query(Some(&query.join("&")));
    Ok(RedirectUrl::new(url))
}

/// Three parts of base64url, so nothing in it needs encoding.
fn is_compact_jws(signature: &str) -> bool {
    let base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let mut parts = signature.split('.');
    signature.split('.').count() == 3 && parts.all(|part| !part.is_empty() && part.bytes().all(base64url))
}

#[cfg(test)]
mod tests;
