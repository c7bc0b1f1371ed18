//! Codes of the functions' log lines: the value of each line's field `event`. Metric filters, alarms and runbooks
//! depend on them, so they are stable; messages are not. `docs/logging.md` has a row for each; a test compares them.

/// Warn. A batch of account ranges got no answer; the catalog keeps what it has of them.
pub const ACCOUNT_RANGES_UNANSWERED: &str = "account_ranges_unanswered";
/// Info. Progress of a catalog refresh, in account ranges.
pub const ACCOUNT_RANGES_QUERIED: &str = "account_ranges_queried";
/// Info. A run of `fetch-assets` ended.
pub const ASSET_FETCH_COMPLETED: &str = "asset_fetch_completed";
/// Warn. An asset could not be fetched, read or stored.
pub const ASSET_FETCH_FAILED: &str = "asset_fetch_failed";
/// Info. Progress of `fetch-assets`, in assets.
pub const ASSET_FETCH_PROGRESSED: &str = "asset_fetch_progressed";
/// Warn. One media content of an asset failed a safety check.
pub const ASSET_MEDIA_REJECTED: &str = "asset_media_rejected";
/// Error. Fetched assets could not be recorded in the catalog.
pub const ASSET_RECORD_FAILED: &str = "asset_record_failed";
/// Error. A cardholder's return from the token requestor could not be recorded.
pub const CALLBACK_RECORD_FAILED: &str = "callback_record_failed";
/// Info. Mastercard accepted a push.
pub const CARD_PUSHED: &str = "card_pushed";
/// Info. `list-requestors` read the catalog.
pub const CATALOG_LOADED: &str = "catalog_loaded";
/// Error. The catalog could not be read; the run ends.
pub const CATALOG_READ_FAILED: &str = "catalog_read_failed";
/// Error. Token Connect answered for no account range; the catalog does not change.
pub const CATALOG_REFRESH_FAILED: &str = "catalog_refresh_failed";
/// Error. A safety check rejected a catalog refresh; the catalog does not change.
pub const CATALOG_REFRESH_REJECTED: &str = "catalog_refresh_rejected";
/// Warn. A refresh that started later was written first; this one changes nothing.
pub const CATALOG_REFRESH_SUPERSEDED: &str = "catalog_refresh_superseded";
/// Info. A run of `sync-requestors` ended.
pub const CATALOG_REFRESHED: &str = "catalog_refreshed";
/// Error. The catalog could not be written.
pub const CATALOG_WRITE_FAILED: &str = "catalog_write_failed";
/// Info. The status of an enrollment changed.
pub const ENROLLMENT_STATUS_CHANGED: &str = "enrollment_status_changed";
/// Error. The event of a scheduled function is not one that it knows.
pub const EVENT_PAYLOAD_INVALID: &str = "event_payload_invalid";
/// Warn. A key or certificate has expired.
pub const KEY_EXPIRED: &str = "key_expired";
/// Warn. A key or certificate expires in less than 45 days.
pub const KEY_EXPIRES_SOON: &str = "key_expires_soon";
/// Info. A key came without a certificate, so that its expiry is unknown.
pub const KEY_EXPIRY_UNKNOWN: &str = "key_expiry_unknown";
/// Info. A key or certificate is valid for 45 days or more.
pub const KEY_VALID: &str = "key_valid";
/// Info. A notification was applied to its enrollment.
pub const NOTIFICATION_APPLIED: &str = "notification_applied";
/// Error. A notification was stored and could not be applied; reconciliation tries again.
pub const NOTIFICATION_DEFERRED: &str = "notification_deferred";
/// Warn. A notification matches no enrollment; it is kept, and reconciliation tries again.
pub const NOTIFICATION_UNMATCHED: &str = "notification_unmatched";
/// Info. A run of `reconcile-enrollments` ended.
pub const RECONCILIATION_COMPLETED: &str = "reconciliation_completed";
/// Error. An enrollment or notification could not be written; it stays due.
pub const RECONCILIATION_DEFERRED: &str = "reconciliation_deferred";
/// Error. What is due for reconciliation could not be read; the run ends.
pub const RECONCILIATION_FAILED: &str = "reconciliation_failed";
/// Error. A push method has a host that it never had; the earlier host stays in use until a person allows it.
pub const REDIRECT_HOST_QUARANTINED: &str = "redirect_host_quarantined";
/// Error. A request was answered with a 5xx.
pub const REQUEST_FAILED: &str = "request_failed";
/// Info. A request was answered with a 4xx.
pub const REQUEST_REJECTED: &str = "request_rejected";
/// Warn. The name of an unknown environment variable resembles a setting that is not set.
pub const SETTING_MISSPELLED: &str = "setting_misspelled";
/// Error. The catalog could not be read; the copy in memory was served.
pub const STALE_CATALOG_SERVED: &str = "stale_catalog_served";
/// Warn. A client's token list could not be read.
pub const TOKEN_LIST_UNAVAILABLE: &str = "token_list_unavailable";
