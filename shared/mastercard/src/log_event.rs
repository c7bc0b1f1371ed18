//! Codes of this crate's log lines: the value of each line's field `event`. They are stable; messages are not.

/// Warn. Mastercard's gateway answered 401 to the newer of two key sets; the older one signs from now on.
pub const KEY_SET_REJECTED: &str = "key_set_rejected";
/// Error. Calls to one API failed repeatedly; further calls fail at once, except a probe every five seconds.
pub const CIRCUIT_OPENED: &str = "circuit_opened";
/// Info. A probe was answered; calls to the API pass again.
pub const CIRCUIT_CLOSED: &str = "circuit_closed";
/// Info. Mastercard answered one attempt of a call, with any HTTP status.
pub const MASTERCARD_RESPONSE_RECEIVED: &str = "mastercard_response_received";
/// Warn. One attempt of a call got no answer: no connection, a timeout, or a broken body.
pub const MASTERCARD_RESPONSE_MISSING: &str = "mastercard_response_missing";
/// Warn. A call failed after its last attempt; the line says what that means and what to do.
pub const MASTERCARD_CALL_FAILED: &str = "mastercard_call_failed";
/// Warn. A response holds a list with elements that this crate cannot read; the others are used.
pub const RESPONSE_ELEMENTS_SKIPPED: &str = "response_elements_skipped";
/// Warn. `getTokensByClient` announced more tokens than it listed.
pub const TOKEN_LIST_INCOMPLETE: &str = "token_list_incomplete";
