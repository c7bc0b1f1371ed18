//! The query of `GET /token-requestors`.

use lambda_http::Request;
use mastercard::{card::AccountRange, token_requestor::Platform};
use runtime::http::{self, Problem};

/// The query, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListRequestorsQuery {
    pub(crate) platform: Platform,
    /// Lists only requestors that accept cards of this range.
    pub(crate) account_range: Option<AccountRange>,
}

impl ListRequestorsQuery {
    pub(crate) fn parse(request: &Request) -> Result<Self, Problem> {
        let pairs = http::query(request, &["platform", "accountRange"])?;
        let values = |key: &str| -> Vec<&str> {
            pairs.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect()
        };
        let platform = match values("platform").as_slice() {
            [platform] => platform.parse().map_err(|error| Problem::parameter("platform", error))?,
            _ => return Err(Problem::parameter("platform", "must be given once: ios, android or web")),
        };
        let account_range = match values("accountRange").as_slice() {
            [] => None,
            [range] => Some(range.parse().map_err(|error| Problem::parameter("accountRange", error))?),
            _ => return Err(Problem::parameter("accountRange", "must not be repeated")),
        };
        Ok(Self { platform, account_range })
    }
}
