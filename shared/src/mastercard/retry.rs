//! Which failures are worth another attempt: the one table. Pushes do not use it; they go again only while nothing
//! has left (see `Channel::push`).

use super::error::{MastercardError, Refusal, Source};

/// What another attempt is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It would end the same way.
    Never,
    /// Mastercard said a word that this server does not know: one more attempt finds out whether it passes.
    Once,
    /// It may well pass.
    Often,
}

impl Again {
    /// How many attempts there are in all.
    pub(super) fn attempts(self) -> u32 {
        match self {
            Self::Never => 1,
            Self::Once => 2,
            Self::Often => 3,
        }
    }
}

/// After this failure of something that changes nothing.
pub(super) fn after(error: &MastercardError) -> Again {
    match error {
        MastercardError::Unreached(_) | MastercardError::Lost(_) | MastercardError::Unreadable { .. } => {
            Again::Often
        }
        MastercardError::Refused(refusal) => after_refusal(refusal),
        MastercardError::OutOfTime | MastercardError::Down { .. } | MastercardError::Unsendable(_) => {
            Again::Never
        }
    }
}

/// Later rows count only where the earlier ones say nothing.
pub(super) fn after_refusal(refusal: &Refusal) -> Again {
    let status = refusal.status.as_u16();
    if matches!(status, 401 | 403) || refusal.credentials() {
        return Again::Never;
    }
    if status == 429 {
        return Again::Often;
    }
    match refusal.recoverable {
        Some(true) => return Again::Often,
        Some(false) => return Again::Never,
        None => {}
    }
    if refusal.source == Source::Input || refusal.known() {
        return Again::Never;
    }
    match status {
        408 | 500 | 502..=504 => Again::Often,
        // Token Connect says no in a 200.
        200..=299 => Again::Once,
        _ if refusal.source == Source::Mdes => Again::Once,
        _ => Again::Never,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;
    use crate::mastercard::testing::refusal;

    #[test]
    fn every_refusal_is_tried_again_as_often_as_the_table_says() {
        let table = [
            (401, "", "", Some(true), Again::Never),
            (403, "CMS", "LATER", Some(true), Again::Never),
            (400, "Gateway", "INVALID_BODY_HASH", Some(true), Again::Never),
            (400, "Gateway", "INVALID_OAUTH_SBS", None, Again::Never),
            (429, "Gateway", "QUOTA", Some(false), Again::Often),
            (429, "", "", None, Again::Often),
            (200, "MDES", "ACCOUNT_INELIGIBLE", Some(true), Again::Often),
            (400, "INPUT", "LATER", Some(true), Again::Often),
            (503, "Gateway", "DOWN", Some(false), Again::Never),
            (200, "MDES", "ACCOUNT_INELIGIBLE", None, Again::Never),
            (200, "INPUT", "ODD", None, Again::Never),
            (500, "INPUT", "ODD", None, Again::Never),
            (400, "MDES", "INVALID_PAN", None, Again::Never),
            (500, "", "", None, Again::Often),
            (502, "", "", None, Again::Often),
            (503, "MDES", "ODD", None, Again::Often),
            (504, "", "", None, Again::Often),
            (408, "", "", None, Again::Often),
            (501, "", "", None, Again::Never),
            (200, "MDES", "ODD", None, Again::Once),
            (200, "", "", None, Again::Once),
            (200, "SOMEBODY", "ODD", None, Again::Once),
            (400, "MDES", "ODD", None, Again::Once),
            (400, "CMS", "ODD", None, Again::Never),
            (404, "", "", None, Again::Never),
            (307, "", "", None, Again::Never),
        ];
        for (status, source, code, recoverable, again) in table {
            let mut refusal = refusal(status, source, code);
            refusal.recoverable = recoverable;
            assert_eq!(refusal.status, StatusCode::from_u16(status).unwrap());
            assert_eq!(after_refusal(&refusal), again, "{status} {source} {code} {recoverable:?}");
        }
    }
}
