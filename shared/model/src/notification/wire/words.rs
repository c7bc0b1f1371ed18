//! PROVISIONAL. The words for kinds, decisions and token states: this project's own (`TAR`, `TCN`, `TVN`), those of
//! Mastercard's Commercial Event Notifications (`eventType`, `status`), and the letters of MDES Customer Service. They are
//! read in either case.

use crate::{
    enrollment::{Decision, TokenState},
    notification::NotificationKind,
    unknown::bounded_word,
};

const DECISIONS: [(&str, Decision); 4] = [
    ("APPROVED", Decision::Approved),
    ("DECLINED", Decision::Declined),
    ("REJECTED", Decision::Declined),
    ("REQUIRE_ADDITIONAL_AUTHENTICATION", Decision::RequireAdditionalAuthentication),
];

const TOKEN_STATES: [(&str, TokenState); 9] = [
    ("ACTIVE", TokenState::Active),
    ("A", TokenState::Active),
    ("SUSPENDED", TokenState::Suspended),
    ("S", TokenState::Suspended),
    ("DEACTIVATED", TokenState::Deactivated),
    ("DELETED", TokenState::Deactivated),
    ("D", TokenState::Deactivated),
    ("INACTIVE", TokenState::Inactive),
    ("U", TokenState::Inactive),
];

/// The reason of a `DELETED` event whose token may still be active: it is gone from the consumer's app.
const GONE_FROM_APP: &str = "DELETED_FROM_CONSUMER_APP";
/// The response code of an approval (ISO 8583).
const APPROVED: &str = "00";

/// What a message says besides its kind.
#[derive(Clone, Copy, Default)]
pub(super) struct Content<'a> {
    pub(super) decision: Option<&'a str>,
    pub(super) response_code: Option<&'a str>,
    pub(super) token_state: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
    pub(super) requested_by: Option<&'a str>,
}

/// The kind with its content; [`NotificationKind::Other`] if the word is unknown or the content of its kind is missing.
pub(super) fn kind_of(word: &str, content: Content<'_>) -> NotificationKind {
    let upper = word.trim().to_ascii_uppercase();
    let requested_by = content.requested_by.map(bounded_word).filter(|word| !word.is_empty());
    let tvn = |token| NotificationKind::Tvn { token, requested_by };
    let kind = match upper.as_str() {
        "TAR" => content.decision().map(|decision| NotificationKind::Tar { decision }),
        "TCN" | "COMPLETED" => match content.decision() {
            None if content.response_code.is_some() => None,
            None | Some(Decision::Approved) => Some(NotificationKind::Tcn),
            Some(Decision::RequireAdditionalAuthentication) => Some(tvn(TokenState::Inactive)),
            Some(Decision::Declined) => Some(NotificationKind::Tar { decision: Decision::Declined }),
            Some(Decision::Other(_)) => None,
        },
        "TVN" | "CREATED" | "UPDATED" => content.token_state.map(token_state).map(tvn),
        "DELETED" => Some(tvn(content.token_state.map_or_else(|| content.deleted(), token_state))),
        word => known(&DECISIONS, word).map(|decision| NotificationKind::Tar { decision }),
    };
    kind.unwrap_or_else(|| NotificationKind::Other { name: bounded_word(word) })
}

impl Content<'_> {
    fn decision(self) -> Option<Decision> {
        let by_code = || (self.response_code == Some(APPROVED)).then_some(Decision::Approved);
        let by_word = |word| known(&DECISIONS, word).unwrap_or_else(|| Decision::Other(bounded_word(word)));
        self.decision.map(by_word).or_else(by_code)
    }

    /// The state of a deleted token. An unknown one lets the token list decide.
    fn deleted(self) -> TokenState {
        match self.reason {
            Some(reason) if reason.trim().eq_ignore_ascii_case(GONE_FROM_APP) => {
                TokenState::Other(GONE_FROM_APP.into())
            }
            _ => TokenState::Deactivated,
        }
    }
}

fn token_state(word: &str) -> TokenState {
    known(&TOKEN_STATES, word).unwrap_or_else(|| TokenState::Other(bounded_word(word)))
}

fn known<T: Clone>(meanings: &[(&str, T)], word: &str) -> Option<T> {
    let word = word.trim();
    meanings.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, meaning)| meaning.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar(decision: Decision) -> NotificationKind {
        NotificationKind::Tar { decision }
    }

    fn tvn(token: TokenState) -> NotificationKind {
        NotificationKind::Tvn { token, requested_by: None }
    }

    fn decided(decision: &str) -> Content<'_> {
        Content { decision: Some(decision), ..Content::default() }
    }

    #[test]
    fn a_kind_is_read_in_either_case_and_by_the_words_of_event_notifications() {
        let suspended = Content { token_state: Some("suspended"), ..Content::default() };
        for (word, content, expected) in [
            ("tcn", Content::default(), NotificationKind::Tcn),
            (" Tcn ", Content::default(), NotificationKind::Tcn),
            ("COMPLETED", Content::default(), NotificationKind::Tcn),
            ("APPROVED", Content::default(), tar(Decision::Approved)),
            ("Rejected", Content::default(), tar(Decision::Declined)),
            (
                "REQUIRE_ADDITIONAL_AUTHENTICATION",
                Content::default(),
                tar(Decision::RequireAdditionalAuthentication),
            ),
            ("tvn", suspended, tvn(TokenState::Suspended)),
            ("UPDATED", suspended, tvn(TokenState::Suspended)),
            ("DELETED", Content::default(), tvn(TokenState::Deactivated)),
            (
                "DELETED",
                Content { reason: Some("DELETED_FROM_CONSUMER_APP"), ..Content::default() },
                tvn(TokenState::Other("DELETED_FROM_CONSUMER_APP".into())),
            ),
            ("TCN", decided("APPROVED"), NotificationKind::Tcn),
            ("TCN", decided("DECLINED"), tar(Decision::Declined)),
            ("COMPLETED", decided("require_additional_authentication"), tvn(TokenState::Inactive)),
            (
                "TCN",
                Content { response_code: Some("05"), ..Content::default() },
                NotificationKind::Other { name: "TCN".into() },
            ),
            ("TCN", decided("PERHAPS"), NotificationKind::Other { name: "TCN".into() }),
            ("UPDATED", Content::default(), NotificationKind::Other { name: "UPDATED".into() }),
            ("TAR", Content::default(), NotificationKind::Other { name: "TAR".into() }),
            ("Perhaps", Content::default(), NotificationKind::Other { name: "PERHAPS".into() }),
        ] {
            assert_eq!(kind_of(word, content), expected, "{word}");
        }
    }

    #[test]
    fn a_decision_is_a_word_or_the_response_code_of_an_approval() {
        let read = |decision, response_code| {
            kind_of("TAR", Content { decision, response_code, ..Content::default() })
        };
        assert_eq!(read(Some("rejected"), None), tar(Decision::Declined));
        assert_eq!(read(Some("DECLINED"), Some("00")), tar(Decision::Declined));
        assert_eq!(read(None, Some("00")), tar(Decision::Approved));
        assert_eq!(read(None, Some("05")), NotificationKind::Other { name: "TAR".into() });
        assert_eq!(read(Some("Perhaps"), None), tar(Decision::Other("PERHAPS".into())));
    }

    #[test]
    fn a_token_state_is_a_word_or_a_letter() {
        let read =
            |token_state| kind_of("TVN", Content { token_state: Some(token_state), ..Content::default() });
        for (word, expected) in [
            ("a", TokenState::Active),
            ("Active", TokenState::Active),
            ("S", TokenState::Suspended),
            ("D", TokenState::Deactivated),
            ("DELETED", TokenState::Deactivated),
            ("U", TokenState::Inactive),
            ("inactive", TokenState::Inactive),
            ("Relinked", TokenState::Other("RELINKED".into())),
            ("re\u{202e}link\ned\"", TokenState::Other("RE_LINK_ED_".into())),
        ] {
            assert_eq!(read(word), tvn(expected), "{word}");
        }
    }
}
