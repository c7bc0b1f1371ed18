//! Values that open something: they never print, and serialize only where they are sent on.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the value over; nothing of it will be printed.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The bare value, for the one place that sends or hashes it.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(<redacted>)"))
            }
        }
    };
}

secret! {
    /// A single-use voucher for a pushed card: lives 5 to 15 minutes, for one token requestor, at most 64
    /// characters. Its inner form varies between environments, so only its length is checked.
    PushAccountReceipt
}
secret! {
    /// The JWS that Token Connect signs over receipts and callback URL. Opaque to the issuer.
    Signature
}
secret! {
    /// Where the cardholder's browser is sent: the token requestor's URI with the signature in its query.
    RedirectUrl
}
secret! {
    /// The unguessable part of a callback URL; it binds a returning browser to one enrollment.
    CallbackState
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_does_not_print() {
        let printed = format!("{:?}", PushAccountReceipt::new("MCC-1"));
        assert_eq!(printed, "PushAccountReceipt(<redacted>)");
    }
}
