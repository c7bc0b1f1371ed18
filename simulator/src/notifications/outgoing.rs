//! A notification on its way to the issuer.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::endpoint::Endpoint;
use super::payload::Kind;
use crate::journal::{Exchange, Journal, Message, Party};

#[derive(Clone)]
pub(super) struct Outgoing {
    pub(super) kind: Kind,
    pub(super) body: Value,
    pub(super) endpoint: Endpoint,
}

impl Outgoing {
    /// Posts once; returns whether the issuer acknowledged with a 2xx within three seconds.
    pub(super) async fn attempt(&self, journal: &Journal) -> bool {
        let started_at = Timestamp::now();
        let Endpoint { url, shared_secret, protection, client } = &self.endpoint;
        let Some(body) = protection.apply(&self.body) else { return false };
        let mut request =
            client.post(url.clone()).header("content-type", "application/json;charset=utf-8").body(body);
        if let Some(secret) = shared_secret {
            request = request.header("x-notification-secret", secret);
        }
        let (acknowledged, outcome) = match request.send().await {
            Ok(response) if response.status().is_success() => (true, "acknowledged".to_owned()),
            Ok(response) => (false, format!("response {}", response.status().as_u16())),
            Err(error) if error.is_timeout() => (false, "no response in time".to_owned()),
            Err(_) => (false, "not delivered".to_owned()),
        };
        let duration = Timestamp::now().duration_since(started_at);
        journal.add(Exchange {
            step: self.kind.step(),
            from: Party::Processing,
            to: Party::IssuerServer,
            summary: format!("{} notification, {outcome}", self.kind.name()),
            started_at,
            duration: Duration::try_from(duration).unwrap_or_default(),
            messages: vec![
                Message::from_mastercard("POST /notifications", Some(&self.body)),
                Message::from_mastercard(outcome, None),
            ],
        });
        acknowledged
    }
}
