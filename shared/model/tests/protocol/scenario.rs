//! What happens in a scenario: requests, notifications, callbacks and reads, with their bounds.

use jiff::{SignedDuration, Timestamp};
use mastercard::processing::TokenAction;
use model::card_enrollment::ShortHash;

use crate::bug::Bug;

/// A request to enroll a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tap {
    /// The client and its card: index of a place.
    pub(crate) place: usize,
    /// Its idempotency key.
    pub(crate) key: u8,
}

/// The kind of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tar,
    Tcn,
    Removed,
    Resumed,
}

/// A notification, delivered at least once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) place: usize,
    pub(crate) kind: Kind,
    /// When it happened: index of a time.
    pub(crate) occurred: usize,
    pub(crate) copies: u8,
}

/// A change of a token that its cardholder requests here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenChange {
    pub(crate) place: usize,
    pub(crate) action: TokenAction,
}

/// A bounded scenario.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// Number of clients, each with one card.
    pub(crate) places: usize,
    pub(crate) taps: Vec<Tap>,
    pub(crate) messages: Vec<Message>,
    /// Places whose cardholder returns with APPROVED.
    pub(crate) callbacks: Vec<usize>,
    /// Changes of tokens in the order of their requests. One begins once those before it have ended.
    pub(crate) changes: Vec<TokenChange>,
    /// Reads of the token list, each with a token or without.
    pub(crate) reads: u8,
    /// Crashes and lost answers in the whole scenario.
    pub(crate) faults: u8,
    /// Times that pass, of [`TIMES`].
    pub(crate) times: usize,
    pub(crate) bug: Option<Bug>,
}

/// Minutes at which something happens: the request, after the receipts' end, and when the list can no longer lag behind.
const TIMES: [i64; 3] = [0, 20, 120];

/// The time with this index.
pub(crate) fn time(index: usize) -> Timestamp {
    let start = Timestamp::from_second(1_793_527_200).unwrap();
    start + SignedDuration::from_mins(TIMES[index])
}

/// Sixteen bytes that are this number.
pub(crate) fn hash(kind: u8, number: u8) -> ShortHash {
    ShortHash::of(&[kind, number])
}

fn is_deep() -> bool {
    std::env::vars().any(|(name, value)| name == "PROTOCOL_DEPTH" && value == "deep")
}

/// A double tap (one key), and a second device with a key of its own.
pub(crate) fn taps() -> Scenario {
    Scenario {
        name: "taps",
        places: 1,
        taps: vec![Tap { place: 0, key: 1 }, Tap { place: 0, key: 1 }, Tap { place: 0, key: 2 }],
        messages: Vec::new(),
        callbacks: Vec::new(),
        changes: Vec::new(),
        reads: 0,
        faults: if is_deep() { 3 } else { 2 },
        times: 2,
        bug: None,
    }
}

/// An enrollment that expires, a later one of the same card, a TCN of the first one, and the removal of its token in copies.
pub(crate) fn takeover() -> Scenario {
    let copies = if is_deep() { 2 } else { 1 };
    let messages = vec![
        Message { place: 0, kind: Kind::Tcn, occurred: 0, copies },
        Message { place: 0, kind: Kind::Removed, occurred: 1, copies: 2 },
    ];
    Scenario {
        name: "takeover",
        places: 1,
        taps: vec![Tap { place: 0, key: 1 }, Tap { place: 0, key: 2 }],
        messages,
        callbacks: Vec::new(),
        changes: Vec::new(),
        reads: 0,
        faults: u8::from(is_deep()),
        times: 2,
        bug: None,
    }
}

/// An enrollment that expires, a later one of the same card, and a late TAR in copies, which fits both by its time.
pub(crate) fn repeated() -> Scenario {
    Scenario {
        name: "repeated",
        places: 1,
        taps: vec![Tap { place: 0, key: 1 }, Tap { place: 0, key: 2 }],
        messages: vec![Message { place: 0, kind: Kind::Tar, occurred: 1, copies: 2 }],
        callbacks: Vec::new(),
        changes: Vec::new(),
        reads: 0,
        faults: if is_deep() { 2 } else { 1 },
        times: 2,
        bug: None,
    }
}

/// TCN in copies, a removal, a callback, and a read of the list; in the deep scenario a TAR too, and the list no longer lags.
pub(crate) fn messages() -> Scenario {
    let mut messages = vec![
        Message { place: 0, kind: Kind::Tcn, occurred: 0, copies: 2 },
        Message { place: 0, kind: Kind::Removed, occurred: 1, copies: 1 },
    ];
    if is_deep() {
        messages.push(Message { place: 0, kind: Kind::Tar, occurred: 0, copies: 1 });
    }
    Scenario {
        name: "messages",
        places: 1,
        taps: vec![Tap { place: 0, key: 1 }],
        messages,
        callbacks: vec![0],
        changes: Vec::new(),
        reads: 1,
        faults: u8::from(is_deep()),
        times: if is_deep() { 3 } else { 2 },
        bug: None,
    }
}

/// A card is enabled, its token is removed here, and a late TVN says that it is active; removal and TVN race with crashes.
pub(crate) fn removal() -> Scenario {
    let copies = if is_deep() { 2 } else { 1 };
    let messages = vec![
        Message { place: 0, kind: Kind::Tcn, occurred: 0, copies: 1 },
        Message { place: 0, kind: Kind::Resumed, occurred: 1, copies },
    ];
    Scenario {
        name: "removal",
        places: 1,
        taps: vec![Tap { place: 0, key: 1 }],
        messages,
        callbacks: vec![0],
        changes: vec![TokenChange { place: 0, action: TokenAction::Remove }],
        reads: 0,
        faults: 1,
        times: if is_deep() { 3 } else { 2 },
        bug: None,
    }
}

/// A card is enabled, its token is suspended and resumed here; both race with its TCN, its callback and crashes.
pub(crate) fn pause() -> Scenario {
    let change = |action| TokenChange { place: 0, action };
    Scenario {
        name: "pause",
        places: 1,
        taps: vec![Tap { place: 0, key: 1 }],
        messages: vec![Message {
            place: 0,
            kind: Kind::Tcn,
            occurred: 0,
            copies: if is_deep() { 2 } else { 1 },
        }],
        callbacks: vec![0],
        changes: vec![change(TokenAction::Suspend), change(TokenAction::Resume)],
        reads: 0,
        faults: if is_deep() { 2 } else { 1 },
        times: 2,
        bug: None,
    }
}

/// Two clients with a card each, the same key, and a notification for one of them.
pub(crate) fn two_clients() -> Scenario {
    Scenario {
        name: "two clients",
        places: 2,
        taps: vec![Tap { place: 0, key: 1 }, Tap { place: 1, key: 1 }],
        messages: vec![Message { place: 0, kind: Kind::Tcn, occurred: 0, copies: 1 }],
        callbacks: vec![0],
        changes: Vec::new(),
        reads: 0,
        faults: if is_deep() { 2 } else { 1 },
        times: 2,
        bug: None,
    }
}
