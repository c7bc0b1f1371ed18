//! The redirect to the token requestor (steps 12 and 13): the URI of its push method with one more parameter, the JWS,
//! which contains receipts and callback URL. [`compose_unsigned`] is the form without a signature.

use std::str::FromStr;

use url::Url;

use super::{
    oauth1::percent_encode,
    secret::{PushAccountReceipt, RedirectUrl, Signature},
    signature_data::SignatureData,
    token_requestor::{Platform, PushMethod},
};

const PUSH_ACCOUNT_DATA: &str = "pushAccountData";

/// An origin (scheme, host, port) to which cardholders may be redirected, from configuration.
///
/// ```
/// use push_provisioning_client::redirect::AllowedOrigin;
///
/// let origin: AllowedOrigin = "https://src.mastercard.com".parse()?;
/// assert!(origin.allows(&"https://src.mastercard.com/provision".parse().unwrap()));
/// assert!(!origin.allows(&"https://src.mastercard.com.evil.example/".parse().unwrap()));
/// # Ok::<(), push_provisioning_client::redirect::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl AllowedOrigin {
    /// Whether the URL has this origin; false if it contains a user name or password.
    pub fn allows(&self, url: &Url) -> bool {
        Self::of(url).is_some_and(|origin| origin == *self)
    }

    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str().filter(|host| !host.is_empty())?.to_ascii_lowercase();
        let without_credentials = url.username().is_empty() && url.password().is_none();
        without_credentials.then(|| Self {
            scheme: url.scheme().into(),
            host,
            port: url.port_or_known_default(),
        })
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

/// The text is not an origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin must be scheme://host[:port] and nothing else")]
pub struct InvalidOrigin;

/// Why no redirect can be composed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// No push method is available for the platform.
    #[error("the token requestor has no push method for this platform")]
    NoPushMethod,
    /// No push method for the platform has an allowed origin.
    #[error("the origin of the token requestor's push method is not allowed")]
    ForbiddenOrigin,
    /// Token Connect returned no signature.
    #[error("Token Connect returned no signature")]
    NoSignature,
    /// The signature is not a compact JWS, there is no receipt, or the URI already has one of the parameters.
    #[error("the signature or the receipts cannot be appended to the push method")]
    InvalidParameters,
}

/// The signed redirect: the URI of the platform's preferred push method among those with an allowed origin, with the JWS
/// as `pushAccountData`. Query and fragment of the URI are kept.
///
/// # Errors
/// See [`RedirectError`].
///
/// ```
/// use push_provisioning_client::{redirect, secret::Signature, token_requestor::{Platform, PushMethod, PushMethodKind}};
///
/// // Both are in the response to the push.
/// let push_methods = [PushMethod {
///     kind: PushMethodKind::Web,
///     uri: "https://src.mastercard.com/provision".parse().unwrap(),
/// }];
/// let signature = Signature::new("eyJhbGciOiJSUzI1NiJ9.e30.c2ln");
/// let allowed_origins = ["https://src.mastercard.com".parse().unwrap()];
///
/// let url = redirect::compose(&push_methods, Platform::Ios, Some(&signature), &allowed_origins)?;
/// assert_eq!(
///     url.expose(),
///     "https://src.mastercard.com/provision?pushAccountData=eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
/// );
/// # Ok::<(), redirect::RedirectError>(())
/// ```
pub fn compose(
    push_methods: &[PushMethod],
    platform: Platform,
    signature: Option<&Signature>,
    allowed_origins: &[AllowedOrigin],
) -> Result<RedirectUrl, RedirectError> {
    let signature = signature.ok_or(RedirectError::NoSignature)?.expose();
    if !is_compact_jws(signature) {
        return Err(RedirectError::InvalidParameters);
    }
    append(push_methods, platform, &[(PUSH_ACCOUNT_DATA, signature.into())], allowed_origins)
}

/// The unsigned redirect, obsolete since 2023: receipts, callback URL and flags as query parameters. Only for requestors
/// that do not verify signatures. A requestor that supports one card per redirect reads the first receipt.
///
/// # Errors
/// See [`RedirectError`].
///
/// ```
/// # use push_provisioning_client::{SignatureData, redirect, secret::PushAccountReceipt, token_requestor::{Platform, PushMethod, PushMethodKind}};
/// # let push_methods = [PushMethod { kind: PushMethodKind::Web, uri: "https://tr.example/push".parse().unwrap() }];
/// # let signature_data = SignatureData {
/// #     callback_url: "https://bank.example/callback".into(), complete_issuer_app_activation: true,
/// #     complete_website_activation: true, account_holder_data_supplied: false, locale: None,
/// # };
/// let receipts = [PushAccountReceipt::new("MCC-1")];
/// let allowed_origins = ["https://tr.example".parse().unwrap()];
/// let url = redirect::compose_unsigned(&push_methods, Platform::Web, &receipts, &signature_data, &allowed_origins)?;
/// assert!(url.expose().starts_with("https://tr.example/push?pushAccountReceipts=MCC-1&callbackURL=https%3A"));
/// # Ok::<(), redirect::RedirectError>(())
/// ```
pub fn compose_unsigned(
    push_methods: &[PushMethod],
    platform: Platform,
    receipts: &[PushAccountReceipt],
    data: &SignatureData,
    allowed_origins: &[AllowedOrigin],
) -> Result<RedirectUrl, RedirectError> {
    if receipts.is_empty() {
        return Err(RedirectError::InvalidParameters);
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

/// Appends parameters whose values are already percent-encoded.
fn append(
    push_methods: &[PushMethod],
    platform: Platform,
    parameters: &[(&str, String)],
    allowed_origins: &[AllowedOrigin],
) -> Result<RedirectUrl, RedirectError> {
    let mut methods = platform.usable(push_methods).peekable();
    methods.peek().ok_or(RedirectError::NoPushMethod)?;
    let allowed = |method: &&PushMethod| allowed_origins.iter().any(|origin| origin.allows(&method.uri));
    let mut url = methods.find(allowed).ok_or(RedirectError::ForbiddenOrigin)?.uri.clone();
    let taken = |(name, _): (_, _)| parameters.iter().any(|(parameter, _)| name == *parameter);
    if url.query_pairs().any(taken) {
        return Err(RedirectError::InvalidParameters);
    }
    let original = url.query().filter(|query| !query.is_empty()).map(ToOwned::to_owned);
    let appended = parameters.iter().map(|(name, value)| format!("{name}={value}"));
    let query: Vec<_> = original.into_iter().chain(appended).collect();
    url.set_query(Some(&query.join("&")));
    Ok(RedirectUrl::new(url))
}

/// Three non-empty parts of base64url, which need no percent-encoding (RFC 7515 §7.1).
fn is_compact_jws(signature: &str) -> bool {
    let base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let mut parts = signature.split('.');
    signature.split('.').count() == 3 && parts.all(|part| !part.is_empty() && part.bytes().all(base64url))
}

#[cfg(test)]
mod tests;
