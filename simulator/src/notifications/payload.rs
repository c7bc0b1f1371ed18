//! The payload of notifications. It is provisional: every field is invented.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Tokenization authorization request.
    Tar,
    /// Tokenization complete notification.
    Tcn,
    /// Token status change.
    Tvn,
}

#[derive(Clone)]
pub(crate) struct Notification {
    pub(crate) kind: Kind,
    pub(crate) body: Value,
}

impl Notification {
    /// A notification with an id, type, the current time, the fields of `common` and this kind's fields in `extra`, except
    /// those that are null.
    pub(crate) fn new(kind: Kind, common: &Value, extra: Value) -> Self {
        let mut body = json!({
            "notificationId": Uuid::new_v4(),
            "type": kind.name(),
            "occurredAt": Timestamp::now().to_string(),
        });
        for part in [common, &extra] {
            if let (Some(body), Some(part)) = (body.as_object_mut(), part.as_object()) {
                body.extend(part.clone().into_iter().filter(|(_, value)| !value.is_null()));
            }
        }
        Self { kind, body }
    }
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tar => "TAR",
            Self::Tcn => "TCN",
            Self::Tvn => "TVN",
        }
    }

    /// Step of the use case; the TVN has none.
    pub(super) fn step(self) -> u8 {
        match self {
            Self::Tar => 17,
            Self::Tcn => 21,
            Self::Tvn => 0,
        }
    }
}
