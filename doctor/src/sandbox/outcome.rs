//! What Mastercard documents for a case, what came, and whether they agree. Only what is documented is compared.

use std::fmt;

use mastercard::{MastercardError, Upstream, processing::TokenStatus, token_connect::MediaContent};

/// What Mastercard documents.
pub(super) enum Documented {
    /// 200 with token requestors; how many is not documented.
    TokenRequestors,
    /// 200 with a logo in both forms.
    Logo,
    /// An error of Token Connect, of whatever HTTP status and reason code.
    Error,
    /// An encrypted `pushFundingAccounts`, of whatever content.
    EncryptedCard,
    /// So many tokens, in more than one status; which statuses is not documented.
    Tokens { count: usize },
    /// 204.
    NoContent,
    /// `INVALID_TOKEN` with this HTTP status.
    InvalidToken { status: u16 },
}

impl fmt::Display for Documented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenRequestors => f.write_str("HTTP 200 with token requestors"),
            Self::Logo => f.write_str("HTTP 200 with image/svg+xml and image/png"),
            Self::Error => {
                f.write_str("an error of Token Connect; HTTP status and reason code are not documented")
            }
            Self::EncryptedCard => {
                f.write_str("an encrypted pushFundingAccounts; its content is not documented")
            }
            Self::Tokens { count } => write!(f, "{count} tokens of differing status"),
            Self::NoContent => f.write_str("HTTP 204"),
            Self::InvalidToken { status } => write!(f, "HTTP {status} INVALID_TOKEN"),
        }
    }
}

/// The result of a case.
pub(super) enum Played {
    /// A response that the client understood.
    Came(Came),
    /// An error of Mastercard, or none of its responses.
    Failed(MastercardError),
    /// It needs what an earlier case did not bring.
    Skipped(&'static str),
}

/// A response that the client understood.
pub(super) struct Came {
    /// The HTTP status.
    pub(super) status: Option<u16>,
    /// By which Mastercard's support finds the call.
    pub(super) correlation_id: String,
    pub(super) content: Content,
}

/// What the client read from a response; without numbers of tokens and without payloads.
pub(super) enum Content {
    TokenRequestors {
        count: usize,
        /// Those with a field in another form than documented.
        unreadable: usize,
    },
    Media(Vec<MediaContent>),
    EncryptedCard,
    Tokens(Vec<TokenStatus>),
    TokenChanged,
    InvalidToken,
}

impl Documented {
    pub(super) fn agrees_with(&self, played: &Played) -> bool {
        let came = match played {
            Played::Came(came) => came,
            Played::Failed(MastercardError::Rejected(error)) => {
                return matches!(self, Self::Error) && error.upstream == Upstream::TokenConnect;
            }
            Played::Failed(_) | Played::Skipped(_) => return false,
        };
        match (self, &came.content) {
            (Self::TokenRequestors, Content::TokenRequestors { unreadable, .. }) => {
                came.status == Some(200) && *unreadable == 0
            }
            (Self::Logo, Content::Media(media)) => {
                let has = |kind| media.iter().any(|it| it.media_type == kind && it.data.is_some());
                came.status == Some(200) && has("image/svg+xml") && has("image/png")
            }
            (Self::EncryptedCard, Content::EncryptedCard) => true,
            (Self::Tokens { count }, Content::Tokens(statuses)) => {
                statuses.len() == *count && statuses.iter().any(|status| statuses.first() != Some(status))
            }
            (Self::NoContent, Content::TokenChanged) => came.status == Some(204),
            (Self::InvalidToken { status }, Content::InvalidToken) => came.status == Some(*status),
            _ => false,
        }
    }
}

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status {
            write!(f, "HTTP {status}")?;
        }
        match &self.content {
            Content::TokenRequestors { count, unreadable: 0 } => write!(f, " with {count} token requestors"),
            Content::TokenRequestors { count, unreadable } => {
                write!(f, " with {count} token requestors; of {unreadable} some fields could not be read")
            }
            Content::Media(media) => {
                let types: Vec<_> = media.iter().map(|it| word(&it.media_type)).collect();
                write!(f, " with {}", listed(&types))
            }
            Content::EncryptedCard => f.write_str(" with an encrypted card, which is passed on unread"),
            Content::Tokens(statuses) => {
                let words: Vec<_> = statuses.iter().map(status_word).collect();
                write!(f, " with {} tokens: {}", statuses.len(), listed(&words))
            }
            Content::TokenChanged => Ok(()),
            Content::InvalidToken => f.write_str(" INVALID_TOKEN"),
        }
    }
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() { "nothing".into() } else { words.join(", ") }
}

/// Mastercard publishes only `Active`: a word that this server does not know is shown.
fn status_word(status: &TokenStatus) -> &str {
    match status {
        TokenStatus::Active => "Active",
        TokenStatus::Suspended => "Suspended",
        TokenStatus::Deactivated => "Deactivated",
        TokenStatus::Inactive => "Inactive",
        TokenStatus::Other(other) => word(other),
    }
}

/// A word of Mastercard, unless it could be data about a card.
fn word(raw: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphabetic() || b"+-/_ ".contains(&byte);
    if (1..=32).contains(&raw.len()) && raw.bytes().all(is_plain) { raw } else { "<unreadable>" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(status: u16, content: Content) -> Played {
        Played::Came(Came { status: Some(status), correlation_id: String::new(), content })
    }

    #[test]
    fn tokens_of_one_status_are_not_those_that_are_documented() {
        let documented = Documented::Tokens { count: 3 };
        let tokens = |raw: &[&str]| came(200, Content::Tokens(raw.iter().map(|it| (*it).into()).collect()));
        assert!(documented.agrees_with(&tokens(&["Active", "Frozen", "Active"])));
        assert!(!documented.agrees_with(&tokens(&["Active", "ACTIVE", "active"])));
        assert!(!documented.agrees_with(&tokens(&["Active", "Frozen"])));
    }

    #[test]
    fn a_success_with_another_status_is_a_difference() {
        assert!(Documented::NoContent.agrees_with(&came(204, Content::TokenChanged)));
        assert!(!Documented::NoContent.agrees_with(&came(200, Content::TokenChanged)));
        let documented = Documented::InvalidToken { status: 404 };
        assert!(documented.agrees_with(&came(404, Content::InvalidToken)));
        assert!(!documented.agrees_with(&came(400, Content::InvalidToken)));
        assert!(!documented.agrees_with(&came(204, Content::TokenChanged)));
    }

    #[test]
    fn an_unknown_status_is_shown_if_it_is_a_word() {
        let statuses = ["Frozen", "5555559999990007"].map(TokenStatus::from).into();
        let Played::Came(came) = came(200, Content::Tokens(statuses)) else { unreachable!() };
        assert_eq!(came.to_string(), "HTTP 200 with 2 tokens: Frozen, <unreadable>");
    }
}
