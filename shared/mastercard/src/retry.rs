//! Which failures are worth another attempt: the one table. Pushes do not use it; they go again only while nothing
//! has left (see `ApiClient::push`).

use super::error::{ApiError, MastercardError, Source};

/// What another attempt is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryPolicy {
    /// It would end the same way.
    None,
    /// Mastercard said a word that this server does not know: one more attempt finds out whether it passes.
    Once,
    /// It may well pass.
    Standard,
}

impl RetryPolicy {
    /// How many attempts there are in all.
    pub(super) fn attempts(self) -> u32 {
        match self {
            Self::None => 1,
            Self::Once => 2,
            Self::Standard => 3,
        }
    }
}

/// After this failure of something that changes nothing.
pub(super) fn after(error: &MastercardError) -> RetryPolicy {
    match error {
        MastercardError::Connect(_)
        | MastercardError::ResponseLost(_)
        | MastercardError::InvalidResponse { .. } => RetryPolicy::Standard,
        MastercardError::Rejected(refusal) => after_refusal(refusal),
        MastercardError::OutOfTime
        | MastercardError::CircuitOpen { .. }
        | MastercardError::InvalidRequest(_) => RetryPolicy::None,
    }
}

/// Later rows count only where the earlier ones say nothing.
pub(super) fn after_refusal(refusal: &ApiError) -> RetryPolicy {
    let status = refusal.status.as_u16();
    if matches!(status, 401 | 403) || refusal.credentials() {
        return RetryPolicy::None;
    }
    if status == 429 {
        return RetryPolicy::Standard;
    }
    match refusal.recoverable {
        Some(true) => return RetryPolicy::Standard,
        Some(false) => return RetryPolicy::None,
        None => {}
    }
    if refusal.source == Source::Input || refusal.known() {
        return RetryPolicy::None;
    }
    match status {
        408 | 500 | 502..=504 => RetryPolicy::Standard,
        // Token Connect says no in a 200.
        200..=299 => RetryPolicy::Once,
        _ if refusal.source == Source::Mdes => RetryPolicy::Once,
        _ => RetryPolicy::None,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;
    use crate::testing::refusal;

    #[test]
    fn every_refusal_is_tried_again_as_often_as_the_table_says() {
        let table = [
            (401, "", "", Some(true), RetryPolicy::None),
            (403, "CMS", "LATER", Some(true), RetryPolicy::None),
            (400, "Gateway", "INVALID_BODY_HASH", Some(true), RetryPolicy::None),
            (400, "Gateway", "INVALID_OAUTH_SBS", None, RetryPolicy::None),
            (429, "Gateway", "QUOTA", Some(false), RetryPolicy::Standard),
            (429, "", "", None, RetryPolicy::Standard),
            (200, "MDES", "ACCOUNT_INELIGIBLE", Some(true), RetryPolicy::Standard),
            (400, "INPUT", "LATER", Some(true), RetryPolicy::Standard),
            (503, "Gateway", "DOWN", Some(false), RetryPolicy::None),
            (200, "MDES", "ACCOUNT_INELIGIBLE", None, RetryPolicy::None),
            (200, "INPUT", "ODD", None, RetryPolicy::None),
            (500, "INPUT", "ODD", None, RetryPolicy::None),
            (400, "MDES", "INVALID_PAN", None, RetryPolicy::None),
            (500, "", "", None, RetryPolicy::Standard),
            (502, "", "", None, RetryPolicy::Standard),
            (503, "MDES", "ODD", None, RetryPolicy::Standard),
            (504, "", "", None, RetryPolicy::Standard),
            (408, "", "", None, RetryPolicy::Standard),
            (501, "", "", None, RetryPolicy::None),
            (200, "MDES", "ODD", None, RetryPolicy::Once),
            (200, "", "", None, RetryPolicy::Once),
            (200, "SOMEBODY", "ODD", None, RetryPolicy::Once),
            (400, "MDES", "ODD", None, RetryPolicy::Once),
            (400, "CMS", "ODD", None, RetryPolicy::None),
            (404, "", "", None, RetryPolicy::None),
            (307, "", "", None, RetryPolicy::None),
        ];
        for (status, source, code, recoverable, again) in table {
            let mut refusal = refusal(status, source, code);
            refusal.recoverable = recoverable;
            assert_eq!(refusal.status, StatusCode::from_u16(status).unwrap());
            assert_eq!(after_refusal(&refusal), again, "{status} {source} {code} {recoverable:?}");
        }
    }
}
