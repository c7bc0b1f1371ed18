//! Options of a simulator. The defaults follow Mastercard's documentation and observations of its sandbox; the other
//! values cover behavior that is not published.

use std::time::Duration;

use url::Url;

use crate::{
    crypto::field_level::CipherMode, notifications::target::NotificationTarget, world::scale::Scale,
};

/// Calls per second that Processing accepts from one client id since the third quarter of 2026.
pub const RATE_LIMIT: usize = 30;

/// Options of one simulator.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where Processing sends TAR, TCN and TVN notifications; `None` sends none.
    pub notifications: Option<NotificationTarget>,
    /// Largest accepted difference between `oauth_timestamp` and the current time; `None` (the default) accepts any,
    /// since Mastercard's window is not published.
    pub clock_skew: Option<Duration>,
    /// Reject a nonce that the consumer key used before. Off by default: Mastercard's behavior is not published.
    pub reject_replayed_nonces: bool,
    /// Encrypt the bodies of Processing, in both directions, as JWE. On by default.
    pub processing_jwe: bool,
    /// The field of a body that holds the JWE; the real name is not published. `encryptedData` by default.
    pub jwe_field: &'static str,
    /// Reject a JWE that is not base64url by RFC 7515. Off by default: Mastercard's Node.js library writes `/`, `+` and
    /// padding.
    pub strict_base64url: bool,
    /// Use a 16-byte IV in JWE responses, as Mastercard's own libraries do, instead of the standard 12 bytes.
    pub jwe_sixteen_byte_iv: bool,
    /// Respond to a search with the payload under `pushFundingAccounts` (the default) or at the top level; the real
    /// shape is not published.
    pub search_response_wrapped: bool,
    /// Processing encrypts keys with PKCS#1 v1.5 and omits `oaepHashingAlgorithm`, and Token Connect accepts that: the old
    /// form, which Mastercard tolerates until 31 March 2027. Off by default.
    pub pkcs1_keys: bool,
    /// How Processing encrypts card data for Token Connect.
    pub cipher_mode: CipherMode,
    /// Reject a request with an account range that no requestor is enabled for: `ACCOUNT_INELIGIBLE` in a 200. By
    /// default the range is skipped. Mastercard's behavior is not published.
    pub unknown_range_fails: bool,
    /// List all account ranges that a requestor is enabled for, not only the requested ones (the default). Mastercard's
    /// documentation does not say which.
    pub lists_all_ranges: bool,
    /// Calls per second, of all callers together, beyond which Processing responds with 429; Mastercard announced
    /// [`RATE_LIMIT`]. None by default; the simulator's program and `local` set it.
    pub rate_limit: Option<usize>,
    /// Exchanges that the journal keeps; older ones are dropped. 10,000 by default.
    pub journal_capacity: usize,
    /// Delay of every response.
    pub latency: Duration,
    /// Pages of the program that runs the simulator, with their names, to which the panel links. None by default.
    pub panel_links: Vec<(&'static str, Url)>,
    /// Client 40000 has three tokens of differing status from the start, as in Mastercard's sandbox. By default no client has a
    /// token.
    pub sandbox_tokens: bool,
    /// Generated requestors and account ranges in addition to the sample world. None by default.
    pub scale: Option<Scale>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            notifications: None,
            clock_skew: None,
            reject_replayed_nonces: false,
            processing_jwe: true,
            jwe_field: "encryptedData",
            strict_base64url: false,
            jwe_sixteen_byte_iv: false,
            search_response_wrapped: true,
            pkcs1_keys: false,
            cipher_mode: CipherMode::Cbc,
            unknown_range_fails: false,
            lists_all_ranges: false,
            rate_limit: None,
            journal_capacity: 10_000,
            latency: Duration::ZERO,
            panel_links: Vec::new(),
            sandbox_tokens: false,
            scale: None,
        }
    }
}
