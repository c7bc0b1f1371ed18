//! Messages that cannot be read, or not completely. An operator can read them later, so their content is kept here.

use std::fmt;

use serde_json::Value;

/// Why a delivery, or a message in it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The body is not JSON.
    #[error("the delivery is not JSON")]
    Json(#[source] serde_json::Error),
    /// The body holds no message, or too many.
    #[error("a delivery must hold 1 to {} notifications", super::MAX_MESSAGES)]
    Count,
    /// The message is not an object, or does not state its kind.
    #[error("a notification is not in the expected form")]
    Shape,
    /// A field, here its JSON pointer, has another type than expected.
    #[error("a notification has a field of the wrong type: {0}")]
    Field(&'static str),
    /// The message is encrypted, and no configured key decrypts it.
    #[error("a notification is encrypted and cannot be decrypted")]
    Decryption,
    /// The message is of a kind that this version does not know, lacks what its kind has to state, or has an invalid id.
    #[error("a notification has an unknown kind, an incomplete one or an invalid id")]
    Kind,
    /// The message contains a card number, in whichever field.
    #[error("a notification contains a card number")]
    CardNumber,
}

/// A message that cannot be read, without a card number. `Debug` prints the error only.
pub struct UnreadableMessage {
    /// Why it cannot be read.
    pub error: DeliveryError,
    /// The message, decrypted if possible; the text of a body that is not JSON.
    pub content: Value,
}

impl fmt::Debug for UnreadableMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadableMessage").field("error", &self.error).finish_non_exhaustive()
    }
}
