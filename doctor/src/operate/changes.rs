//! The changes of the last refreshes, and the token requestors in quarantine.

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

/// Number of changes that are listed.
const LISTED: usize = 20;

/// The catalog's recent changes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalog {
    /// When Mastercard last answered for all account ranges; `None` if it never did.
    pub updated_at: Option<Timestamp>,
    /// Newest first.
    pub changes: Vec<ChangeRecord>,
    /// Token requestors whose new push methods are in quarantine.
    pub quarantined: Vec<QuarantinedRequestor>,
}

/// A token requestor with new redirect hosts that an operator has to allow.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuarantinedRequestor {
    token_requestor_id: TokenRequestorId,
    name: String,
    hosts: Vec<String>,
    since: Timestamp,
}

impl Catalog {
    /// Reads the settings `TOKEN_REQUESTORS_TABLE` and `TENANT`, then the table.
    ///
    /// # Errors
    /// When a setting is missing; the inner one when the table cannot be read.
    pub async fn read(settings: Settings) -> Result<Result<Self, StoreError>, ConfigError> {
        let aws = aws::config(&settings, "AWS_ENDPOINT_URL_DYNAMODB").await;
        let runtime = Runtime::new(settings, aws, Default::default());
        let mut reader = runtime.settings.read();
        let requestors =
            TokenRequestors::from_settings(&mut reader, &runtime).ok_or_else(|| reader.problems())?;
        Ok(Self::from_store(&requestors).await)
    }

    async fn from_store(requestors: &TokenRequestors) -> Result<Self, StoreError> {
        let (snapshot, changes) = (requestors.snapshot().await?, requestors.changes(LISTED).await?);
        let quarantined = snapshot.entries.values().filter_map(quarantined).collect();
        Ok(Self { updated_at: snapshot.catalog.and_then(|it| it.updated_at), changes, quarantined })
    }
}

fn quarantined(entry: &CatalogEntry) -> Option<QuarantinedRequestor> {
    let quarantine = entry.quarantine.as_ref()?;
    let hosts = quarantine.push_methods.iter().filter_map(|method| method.uri.host_str()).map(str::to_owned);
    let mut hosts: Vec<_> = hosts.collect();
    hosts.sort();
    hosts.dedup();
    Some(QuarantinedRequestor {
        token_requestor_id: entry.requestor.token_requestor_id.clone(),
        name: entry.requestor.consumer_facing_entity_name.clone(),
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
                ("retired", &change.retired),
                ("returned", &change.returned),
                ("quarantined", &change.quarantined),
            ];
            writeln!(f, "\nVersion {version}, {at:.0}")?;
            for (what, ids) in lists.into_iter().filter(|(_, ids)| !ids.is_empty()) {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                writeln!(f, "  {what}: {}", ids.join(", "))?;
            }
        }
        for QuarantinedRequestor { token_requestor_id, name, hosts, since } in &self.quarantined {
            let allow: String =
                hosts.iter().map(|host| format!(" --allow {token_requestor_id}={host}")).collect();
            let hosts = hosts.join(", ");
            writeln!(
                f,
                "\n{name} ({token_requestor_id}) is in quarantine since {since:.0}: new host {hosts}.\n\
                 If Mastercard or the token requestor confirms it by telephone: doctor refresh{allow}"
            )?;
        }
        Ok(())
    }
}
