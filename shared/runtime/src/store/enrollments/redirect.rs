//! The redirect of an attempt (step 12) and its compact form, which is sealed and stored while the receipts are valid.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use mastercard::{
    secret::{PushAccountReceipt, RedirectUrl, Signature},
    token_requestor::PushMethod,
};
use serde::{Deserialize, Serialize};

/// The redirect of an attempt with its receipts and signature (use-case step 12).
#[derive(Clone, Debug, PartialEq)]
pub struct Redirect {
    /// The URL at the token requestor.
    pub redirect_url: RedirectUrl,
    /// When it expires for the app.
    pub expires_at: Timestamp,
    /// The receipts; secret.
    pub push_account_receipts: Vec<PushAccountReceipt>,
    /// The signature; `None` if the requestor takes receipts without one.
    pub signature: Option<Signature>,
    /// All push methods in Token Connect's response.
    pub available_push_methods: Vec<PushMethod>,
}

/// What is stored beside the signature's three parts.
#[derive(Serialize, Deserialize)]
struct Plain {
    /// The URL, without the signature if it ends with it.
    url: RedirectUrl,
    is_signed: bool,
    receipts: Vec<PushAccountReceipt>,
    methods: Vec<PushMethod>,
    /// The signature, if it is not a compact JWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

impl Redirect {
    /// `length JSON`, then `length bytes` for each decoded part of the JWS: a quarter less than its text, which the URL would
    /// repeat. `None` if a part has more than 65535 bytes.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let text = self.signature.as_ref().map(Signature::expose);
        let parts = text.and_then(decode_jws);
        let url = self.redirect_url.expose();
        let unsigned = text.and_then(|text| url.strip_suffix(text));
        let plain = Plain {
            url: RedirectUrl::new(unsigned.unwrap_or(url)),
            is_signed: unsigned.is_some(),
            receipts: self.push_account_receipts.clone(),
            methods: self.available_push_methods.clone(),
            signature: self.signature.clone().filter(|_| parts.is_none()),
        };
        let json = serde_json::to_vec(&plain).ok()?;
        let mut bytes = Vec::new();
        for part in std::iter::once(json).chain(parts.into_iter().flatten()) {
            bytes.extend(u16::try_from(part.len()).ok()?.to_be_bytes());
            bytes.extend(part);
        }
        Some(bytes)
    }

    pub(super) fn from_bytes(mut bytes: &[u8], expires_at: Timestamp) -> Option<Self> {
        let mut parts = Vec::new();
        while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
            let (part, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
            parts.push(part);
            bytes = rest;
        }
        let (json, jws) = parts.split_first()?;
        let Plain { url, is_signed, receipts, methods, signature } = serde_json::from_slice(json).ok()?;
        let jws: Vec<_> = jws.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
        let signature = signature.or_else(|| (!jws.is_empty()).then(|| Signature::new(jws.join("."))));
        let redirect_url = match &signature {
            Some(signature) if is_signed => {
                RedirectUrl::new(format!("{}{}", url.expose(), signature.expose()))
            }
            Some(_) | None => url,
        };
        Some(Self {
            redirect_url,
            expires_at,
            push_account_receipts: receipts,
            signature,
            available_push_methods: methods,
        })
    }
}

/// The three parts of a compact JWS, if encoding them again gives the same text: Mastercard's text must not change.
fn decode_jws(text: &str) -> Option<Vec<Vec<u8>>> {
    let parts: Vec<_> =
        text.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).ok()).collect::<Option<_>>()?;
    (parts.len() == 3).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirect(url: &str, signature: Option<&str>) -> Redirect {
        let method = r#"{"type":"WEB","uri":"https://requestor.example/push?a=b"}"#;
        Redirect {
            redirect_url: RedirectUrl::new(url),
            expires_at: Timestamp::UNIX_EPOCH,
            push_account_receipts: vec![PushAccountReceipt::new("MCC-1"), PushAccountReceipt::new("MCC-2")],
            signature: signature.map(Signature::new),
            available_push_methods: vec![serde_json::from_str(method).unwrap()],
        }
    }

    #[test]
    fn a_redirect_is_read_as_it_was_stored() {
        for (url, signature) in [
            ("https://requestor.example/push?pushAccountData=e30.e30.AAEC", Some("e30.e30.AAEC")),
            ("https://requestor.example/push?pushAccountData=e30.e30.AAEC", Some("e30.e30.another")),
            ("https://requestor.example/push?pushAccountData=no-jws", Some("no-jws")),
            ("https://requestor.example/push?pushAccountData=a.b", Some("a.b")),
            ("https://requestor.example/push?pushAccountReceipts=MCC-1", None),
        ] {
            let redirect = redirect(url, signature);
            let read = Redirect::from_bytes(&redirect.to_bytes().unwrap(), redirect.expires_at);
            assert!(read.as_ref() == Some(&redirect), "{url} {signature:?}");
        }
    }

    #[test]
    fn a_signature_takes_three_quarters_of_its_text_and_is_stored_once() {
        let jws = format!("{}.{}.{}", "e30".repeat(20), "e30A".repeat(100), "AAEC".repeat(85));
        let url = format!("https://requestor.example/push?pushAccountData={jws}");
        let bytes = redirect(&url, Some(&jws)).to_bytes().unwrap();
        assert!(bytes.len() < jws.len() * 3 / 4 + 300, "{} bytes", bytes.len());
    }

    #[test]
    fn a_redirect_that_is_too_long_has_no_stored_form() {
        let url = format!("https://requestor.example/{}", "a".repeat(70_000));
        assert!(redirect(&url, None).to_bytes().is_none());
    }

    #[test]
    fn damaged_bytes_are_no_redirect() {
        let bytes = redirect("https://requestor.example", Some("e30.e30.AAEC")).to_bytes().unwrap();
        for length in [0, 1, 2, 40] {
            assert!(Redirect::from_bytes(&bytes[..length], Timestamp::UNIX_EPOCH).is_none(), "{length}");
        }
    }
}
