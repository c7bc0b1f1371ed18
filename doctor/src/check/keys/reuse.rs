//! Keys that are set for two purposes: each of the keys and certificates has one owner and one purpose.

use super::{CLIENT_ENCRYPTION, DECRYPTION, ENCRYPTION, PublicKeys, SIGNING};
use crate::report::Row;

const WHAT: &str = "key reuse";

pub(super) fn row(public_keys: &PublicKeys) -> Row {
    if public_keys.is_empty() {
        return Row::skipped(WHAT, "no key or certificate could be read");
    }
    let key = |name| public_keys.iter().find(|(known, _)| *known == name).map(|(_, key)| key);
    let same = |one, other| key(one).is_some() && key(one) == key(other);
    let ours = || SIGNING.iter().chain(&DECRYPTION).map(|names| names.key.name());
    for theirs in [ENCRYPTION, CLIENT_ENCRYPTION] {
        if let Some(own) = ours().find(|own| same(*own, theirs)) {
            let finding = format!("{theirs} is the certificate of {own}, which is our own key");
            return Row::wrong(WHAT, finding, format!("set {theirs} to Mastercard's certificate"));
        }
    }
    if same(ENCRYPTION, CLIENT_ENCRYPTION) {
        let finding = format!("{CLIENT_ENCRYPTION} and {ENCRYPTION} are the same certificate");
        let remedy = "download both: one is of Token Connect, the other of Processing";
        return Row::warning(WHAT, finding, remedy);
    }
    for decryption in DECRYPTION.map(|names| names.key.name()) {
        if let Some(signing) = SIGNING.iter().map(|names| names.key.name()).find(|it| same(*it, decryption)) {
            let finding = format!("{signing} and {decryption} are the same key");
            return Row::warning(WHAT, finding, "use separate keys: each key has one purpose");
        }
    }
    Row::ok(WHAT, "no key or certificate serves two purposes")
}
