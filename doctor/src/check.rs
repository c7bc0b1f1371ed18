//! `doctor check`: from the settings to one signed read-only call per API and key set; each step is a row of the report. A step is
//! skipped when an earlier one failed that it depends on.

mod access_token;
mod base_urls;
mod calls;
mod certificates;
mod connectivity;
mod consumer_keys;
mod functions;
mod key_sets;
mod keys;
mod links;
mod ranges;
mod reading;
mod search;

use aws_config::SdkConfig;
use mastercard::card::{CardContractId, ClientId};
use model::clock::Clock;
use runtime::config::{
    Environment, Runtime, Settings,
    registry::{self, Setting},
};
use url::Url;

use crate::report::{Report, Row, Verdict};
use functions::Starts;
pub(crate) use functions::WHAT as FUNCTIONS;
use key_sets::KeySet;
use reading::Reading;

/// Options of a check.
#[derive(Clone, Debug)]
pub struct Check {
    /// The Mastercard environment that the settings are meant for.
    pub environment: Environment,
    /// Make no network connection.
    pub offline: bool,
    /// Client id whose token list is read; by default one that does not exist.
    pub client_id: Option<ClientId>,
    /// Card of this client that is searched, if there is one; otherwise nothing is searched.
    pub card_contract_id: Option<CardContractId>,
    /// Source of the time that certificates and servers are compared with.
    pub clock: Clock,
}

/// One of Mastercard's two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Api {
    TokenConnect,
    Processing,
}

impl Api {
    const ALL: [Self; 2] = [Self::TokenConnect, Self::Processing];

    fn name(self) -> &'static str {
        match self {
            Self::TokenConnect => "Token Connect",
            Self::Processing => "Processing",
        }
    }

    fn url(self) -> Setting<Url> {
        match self {
            Self::TokenConnect => registry::TOKEN_CONNECT_URL,
            Self::Processing => registry::PROCESSING_URL,
        }
    }

    fn consumer_key(self) -> Setting<String> {
        match self {
            Self::TokenConnect => registry::TOKEN_CONNECT_CONSUMER_KEY,
            Self::Processing => registry::PROCESSING_CONSUMER_KEY,
        }
    }

    fn next_consumer_key(self) -> Setting<String> {
        match self {
            Self::TokenConnect => registry::TOKEN_CONNECT_NEXT_CONSUMER_KEY,
            Self::Processing => registry::PROCESSING_NEXT_CONSUMER_KEY,
        }
    }
}

impl Check {
    /// Checks the settings of all functions together. Offline, what is in Secrets Manager is not checked.
    pub async fn run(&self, settings: &Settings) -> Report {
        let is_elsewhere = |value: &str| self.offline && value.contains(":secretsmanager:");
        let (elsewhere, here): (Vec<_>, Vec<_>) = settings.iter().partition(|(_, value)| is_elsewhere(value));
        let here = here.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut report = self.run_here(&here.collect()).await;
        for (name, _) in &elsewhere {
            let row = Row::skipped(*name, "in Secrets Manager, and not read with --offline");
            report.rows.retain(|row| row.what != *name);
            report.rows.push(row);
        }
        // They need the secrets.
        let is_client = |row: &Row| Api::ALL.iter().any(|api| row.what == calls::client_name(*api));
        for row in report.rows.iter_mut().filter(|row| row.what == FUNCTIONS || is_client(row)) {
            if !elsewhere.is_empty() {
                *row = Row::skipped(row.what.as_str(), "needs the secrets that are not read");
            }
        }
        report
    }

    async fn run_here(&self, settings: &Settings) -> Report {
        let starts = Starts::new(settings, &self.clock).await;
        let mut reading = Reading::new(settings, starts.problems());
        let mut rows = base_urls::rows(&mut reading, self.environment);
        rows.extend(consumer_keys::rows(&mut reading));
        rows.extend(keys::rows(&mut reading, self.environment, self.clock.now()).await);
        rows.extend(ranges::row(&mut reading));
        rows.extend(links::rows(&mut reading, self.environment));
        rows.extend(access_token::rows(&mut reading, self.environment));
        rows.extend(starts.secret_rows(&rows));
        rows.extend(reading.remaining_rows(&rows));
        rows.push(starts.row());

        let healthy = is_healthy(&rows);
        let runtime = Runtime::new(settings.clone(), SdkConfig::builder().build(), self.clock.clone());
        let token_connect = calls::token_connect(&runtime).await;
        rows.push(calls::client_row(Api::TokenConnect, token_connect.as_ref(), healthy));
        let processing = calls::processing(&runtime).await;
        rows.push(calls::client_row(Api::Processing, processing.as_ref(), healthy));
        if self.offline {
            rows.push(Row::skipped("network", "--offline"));
            return Report { rows };
        }

        for api in Api::ALL {
            // Send nothing to a base URL of another environment.
            let wrong_url = |row: &Row| row.what == api.url().name() && row.verdict == Verdict::Wrong;
            let url = reading.value(&api.url()).filter(|_| !rows.iter().any(wrong_url));
            let connection = match (url, runtime.transport().await) {
                (Some(url), Ok(transport)) => {
                    Some(connectivity::rows(api, &url, &transport, &self.clock).await)
                }
                _ => None,
            };
            let healthy = connection.as_deref().is_some_and(is_healthy);
            rows.extend(connection.into_iter().flatten());
            for key_set in KeySet::of(api, &reading).iter().copied() {
                rows.push(match healthy {
                    true => calls::signed_call(&runtime, api, key_set, &reading, self.client_id).await,
                    false => calls::not_made(api, key_set),
                });
            }
            let card = self.client_id.zip(self.card_contract_id);
            if let (Api::Processing, true, Some(card)) = (api, healthy, card) {
                let client = processing.as_ref().and_then(|client| client.as_ref().ok());
                rows.push(search::search_funding_accounts(client, &runtime, &reading, card).await);
            }
        }
        Report { rows }
    }
}

fn is_healthy(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.verdict != Verdict::Wrong)
}
