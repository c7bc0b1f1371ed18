//! What the refreshes changed, and which changes wait for somebody to allow them.

use std::fmt;

use jiff::Timestamp;
use mastercard::token_requestor::TokenRequestorId;
use model::catalog::{CatalogEntry, ChangeRecord};
use runtime::{
    config::{ConfigError, Runtime, Settings},
    store::{StoreError, TokenRequestors},
};
use serde::Serialize;

use crate::aws;

/// How many changes are told.
const TOLD: usize = 20;

/// The catalog's recent past.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalog {
    /// When Mastercard last answered for all account ranges.
    pub updated_at: Option<Timestamp>,
    /// Newest first.
    pub changes: Vec<ChangeRecord>,
    /// In quarantine.
    pub waiting: Vec<Waiting>,
}

/// A token requestor that wants to lead somewhere new.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    token_requestor_id: TokenRequestorId,
    name: String,
    hosts: Vec<String>,
    since: Timestamp,
}

impl Catalog {
    /// Reads `TOKEN_REQUESTORS_TABLE` and `TENANT`, and the table.
    ///
    /// # Errors
    /// When a setting is missing; the inner one when the table cannot be read.
    pub async fn look(settings: Settings) -> Result<Result<Self, StoreError>, ConfigError> {
        let aws = aws::config(&settings, "DYNAMODB").await;
        let host = Runtime::new(settings, aws, Default::default());
        let mut read = host.settings.read();
        let requestors = TokenRequestors::read(&mut read, &host).ok_or_else(|| read.problems())?;
        Ok(Self::of(&requestors).await)
    }

    async fn of(requestors: &TokenRequestors) -> Result<Self, StoreError> {
        let (snapshot, changes) = (requestors.snapshot().await?, requestors.changes(TOLD).await?);
        let waiting = snapshot.entries.values().filter_map(waiting).collect();
        Ok(Self { updated_at: snapshot.catalog.and_then(|it| it.updated_at), changes, waiting })
    }
}

fn waiting(known: &CatalogEntry) -> Option<Waiting> {
    let quarantine = known.quarantine.as_ref()?;
    let hosts = quarantine.push_methods.iter().filter_map(|method| method.uri.host_str()).map(str::to_owned);
    let mut hosts: Vec<_> = hosts.collect();
    hosts.sort();
    hosts.dedup();
    Some(Waiting {
        token_requestor_id: known.requestor.token_requestor_id.clone(),
        name: known.requestor.consumer_facing_entity_name.clone(),
        hosts,
        since: quarantine.since,
    })
}

impl fmt::Display for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.updated_at {
            Some(at) => writeln!(f, "Mastercard last answered for all account ranges at {at:.0}.")?,
            None => writeln!(f, "Mastercard never answered for all account ranges.")?,
        }
        for ChangeRecord { version, at, change } in &self.changes {
            let lists = [
                ("new", &change.added),
                ("changed", &change.changed),
                ("gone", &change.retired),
                ("back again", &change.returned),
                ("waiting to be allowed", &change.quarantined),
            ];
            writeln!(f, "\nVersion {version}, {at:.0}")?;
            for (what, ids) in lists.into_iter().filter(|(_, ids)| !ids.is_empty()) {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                writeln!(f, "  {what}: {}", ids.join(", "))?;
            }
        }
        for Waiting { token_requestor_id, name, hosts, since } in &self.waiting {
            let hosts = hosts.join(", ");
            writeln!(f, "\n{name} ({token_requestor_id}) wants to lead to {hosts} since {since:.0}.")?;
        }
        Ok(())
    }
}
