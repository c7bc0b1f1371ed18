//! The table `TokenRequestors`, which holds the catalog: one item for each requestor, one for each asset, and one that
//! names the version that readers see.
//!
//! A refresh stages the changed requestors under the next version. Each of its transactions fails if another refresh has
//! claimed the catalog. The last transaction makes the version visible; until then readers see the whole previous version.

mod artwork;
mod claim;
mod items;
mod read;
mod recent;
mod refresh;
mod stage;

use aws_sdk_dynamodb::types::AttributeValue;

use super::table::Table;
use crate::config::{Runtime, SettingsReader, registry};
use mastercard::token_requestor::TokenRequestorId;

pub use artwork::MAX_ASSETS_PER_TRANSACTION;
pub use recent::TokenRequestorCache;
pub use refresh::Plan;

/// The table `TokenRequestors`.
#[derive(Clone, Debug)]
pub struct TokenRequestors(Table);

const CATALOG: &str = "CATALOG";
const REQUESTOR: &str = "REQUESTOR#";
const CHANGE: &str = "CHANGE#";
const ASSET: &str = "ASSET#";

impl TokenRequestors {
    /// From `TOKEN_REQUESTORS_TABLE` and `TENANT`.
    pub fn from_settings(settings: &mut SettingsReader<'_>, runtime: &Runtime) -> Option<Self> {
        let name = settings.value(&registry::TOKEN_REQUESTORS_TABLE);
        let tenant = settings.value(&registry::TENANT);
        Some(Self(Table::new(runtime.dynamodb(), name?, tenant?)))
    }

    fn requestors_key(&self) -> String {
        format!("REQUESTORS#{}", self.0.tenant)
    }

    fn assets_key(&self) -> String {
        format!("ASSETS#{}", self.0.tenant)
    }
}

fn requestor_sort_key(id: &TokenRequestorId) -> String {
    format!("{REQUESTOR}{id}")
}

fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
