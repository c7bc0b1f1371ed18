//! Who said what to whom: the arrows of the use case's sequence diagram as they really happened. It holds no card
//! number, receipt, signature or token number, and of bodies an outline.

mod outline;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast;

pub use self::outline::{Said, outline};

/// Fields of Mastercard's whose values a person may see.
const HARMLESS: [&str; 25] = [
    "cardContractId",
    "clientId",
    "completeIssuerAppActivation",
    "completeWebsiteActivation",
    "consumerFacingEntityName",
    "decision",
    "enabledAccountRanges",
    "eventType",
    "imageAssetId",
    "locale",
    "occurredAt",
    "reasonCode",
    "ReasonCode",
    "responseCode",
    "status",
    "supportedAccountHolderData",
    "supportedPushMethods",
    "tokenRequestorId",
    "tokenRequestorSignatureSupport",
    "tokenRequestorType",
    "tokenStatus",
    "type",
    "height",
    "walletName",
    "width",
];

/// What Mastercard or the issuer server said, as the journal keeps it.
pub(crate) fn said(head: impl Into<String>, body: Option<&Value>) -> Said {
    Said::new(head, body, &HARMLESS)
}

/// A party of the use case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Party {
    /// The cardholder, by way of the browser or app that they hold.
    #[serde(rename = "cardholder")]
    Cardholder,
    /// The issuer's mobile app or website, where the way back leads.
    #[serde(rename = "issuer app")]
    IssuerApp,
    /// The server that is being tested.
    #[serde(rename = "issuer server")]
    IssuerServer,
    /// MDES Token Connect.
    #[serde(rename = "Token Connect")]
    TokenConnect,
    /// Mastercard Processing Digital, with the card management system.
    #[serde(rename = "Processing")]
    Processing,
    /// Mastercard Digital Enablement Service, which makes the tokens.
    #[serde(rename = "MDES")]
    Mdes,
    /// Click to Pay, or any other token requestor in its place.
    #[serde(rename = "Click to Pay")]
    ClickToPay,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cardholder => "cardholder",
            Self::IssuerApp => "issuer app",
            Self::IssuerServer => "issuer server",
            Self::TokenConnect => "Token Connect",
            Self::Processing => "Processing",
            Self::Mdes => "MDES",
            Self::ClickToPay => "Click to Pay",
        })
    }
}

/// One arrow of the use case.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// Step of the use case, 1 to 25; 0 for what has no number there, such as a TVN.
    pub step: u8,
    /// Who speaks.
    pub from: Party,
    /// Who listens.
    pub to: Party,
    /// What is said, in a few words, without secrets.
    pub what: String,
    /// When it began.
    pub began: Timestamp,
    /// How long it took: of an answer, the time since its question; of a notification, until it was acknowledged.
    pub took: Duration,
    /// Request, answer or both, where this one has any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Said>,
}

pub(crate) struct Journal {
    exchanges: Mutex<VecDeque<Exchange>>,
    /// How many of them.
    kept: usize,
    feed: broadcast::Sender<Exchange>,
}

impl Journal {
    pub(crate) fn new(kept: usize) -> Self {
        Self { exchanges: Mutex::default(), kept, feed: broadcast::Sender::new(1024) }
    }

    /// Notes an arrow that takes no time of its own.
    pub(crate) fn note(&self, step: u8, from: Party, to: Party, what: impl Into<String>) {
        let (began, took) = (Timestamp::now(), Duration::ZERO);
        self.add(Exchange { step, from, to, what: what.into(), began, took, said: Vec::new() });
    }

    /// Notes an arrow that takes no time of its own, with its words.
    pub(crate) fn say(&self, step: u8, from: Party, to: Party, what: impl Into<String>, said: Said) {
        let (began, took) = (Timestamp::now(), Duration::ZERO);
        self.add(Exchange { step, from, to, what: what.into(), began, took, said: vec![said] });
    }

    /// Notes an arrow as it is.
    pub(crate) fn add(&self, exchange: Exchange) {
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        exchanges.push_back(exchange.clone());
        if exchanges.len() > self.kept {
            exchanges.pop_front();
        }
        // Nobody listening is no failure.
        let _ = self.feed.send(exchange);
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Exchange> {
        self.feed.subscribe()
    }
}
