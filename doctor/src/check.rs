//! `doctor check`: from the settings to one harmless signed call per API, each step a row. A later step is skipped
//! when an earlier one already tells what is wrong.

mod addresses;
mod calls;
mod consumer_keys;
mod facts;
mod keys;
mod links;
mod ranges;
mod reach;
mod reading;

use aws_config::SdkConfig;
use mastercard::card::ClientId;
use model::clock::Clock;
use runtime::config::{Environment, Runtime, Settings};

use crate::report::{Report, Row, Verdict};
use reading::Reading;

/// What to check and how far to go.
#[derive(Clone, Debug)]
pub struct Check {
    /// Which of Mastercard's environments the settings are meant for.
    pub environment: Environment,
    /// Stop before the network.
    pub offline: bool,
    /// A cardholder to read the token list of; by default one who does not exist.
    pub client_id: Option<ClientId>,
    /// The time that certificates and servers are compared with.
    pub clock: Clock,
}

/// One of Mastercard's two APIs, and the settings that belong to it.
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

    /// `TOKEN_CONNECT` or `PROCESSING`: what the names of its settings begin with.
    fn setting(self, rest: &str) -> String {
        let prefix = match self {
            Self::TokenConnect => "TOKEN_CONNECT",
            Self::Processing => "PROCESSING",
        };
        format!("{prefix}_{rest}")
    }
}

impl Check {
    /// Checks the settings of all functions together.
    pub async fn run(&self, settings: &Settings) -> Report {
        let mut reading = Reading::of(settings);
        let mut rows = addresses::rows(&mut reading, self.environment);
        rows.extend(consumer_keys::rows(&mut reading));
        rows.extend(keys::rows(&mut reading, self.clock.now()).await);
        rows.extend(ranges::row(&mut reading));
        rows.extend(links::rows(&mut reading, self.environment));
        rows.extend(reading.rest());

        let healthy = is_healthy(&rows);
        let host = Runtime::new(settings.clone(), SdkConfig::builder().build(), self.clock.clone());
        let (token_connect, made) = calls::token_connect(&host, healthy).await;
        rows.push(made);
        let (processing, made) = calls::processing(&host, healthy).await;
        rows.push(made);
        if self.offline {
            rows.push(Row::skipped("network", "--offline"));
            return Report { rows };
        }

        for api in Api::ALL {
            // Nothing is sent to an address that is not the one that was meant.
            let wrong = |row: &Row| row.what == api.setting("URL") && row.verdict == Verdict::Wrong;
            let url = reading.value(&api.setting("URL")).filter(|_| !rows.iter().any(wrong));
            let (Some(url), Ok(transport)) = (url, host.transport().await) else {
                rows.push(calls::unreached(api));
                continue;
            };
            let reached = reach::rows(api, &url, &transport, &self.clock).await;
            let healthy = is_healthy(&reached);
            rows.extend(reached);
            rows.push(match (api, healthy) {
                (_, false) => calls::unreached(api),
                (Api::TokenConnect, true) => {
                    calls::get_eligible_token_requestors(token_connect.as_ref(), &reading).await
                }
                (Api::Processing, true) => {
                    calls::get_tokens_by_client(processing.as_ref(), self.client_id).await
                }
            });
        }
        Report { rows }
    }
}

fn is_healthy(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.verdict != Verdict::Wrong)
}
