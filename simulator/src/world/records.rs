//! Everything that changes while the simulator runs, under one lock.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::card::{CardContract, CardNumber};
use super::requestor::TokenRequestor;
use super::sample;
use super::scale::Scale;
use crate::click_to_pay::session::Session;

/// A push account receipt: a voucher for one account at one token requestor, good for one success.
pub(crate) struct Receipt {
    pub(crate) token_requestor_id: String,
    pub(crate) number: CardNumber,
    pub(crate) expires: Timestamp,
    pub(crate) used: bool,
}

/// A token's life as Processing tells it. `Active` is documented, the others are invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenStatus {
    /// Can be paid with.
    Active,
    /// Cannot be paid with for now.
    Suspended,
    /// Over, for good.
    Deactivated,
}

/// A payment token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) card_contract_id: u64,
    pub(crate) client_id: u64,
    pub(crate) token_requestor_id: String,
    pub(crate) wallet_name: String,
    pub(crate) token_unique_reference: String,
    pub(crate) number: CardNumber,
    pub(crate) created: Timestamp,
    pub(crate) status: TokenStatus,
}

pub(crate) struct Records {
    pub(crate) requestors: Vec<TokenRequestor>,
    /// Every asset id ever shown: an asset never goes away and never changes.
    pub(crate) assets: BTreeSet<String>,
    /// `mediaContents` of the assets that are not drawn by code, whatever they are.
    pub(crate) given_contents: HashMap<String, Value>,
    pub(crate) clients: BTreeSet<u64>,
    pub(crate) cards: BTreeMap<u64, CardContract>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) receipts: HashMap<String, Receipt>,
    pub(crate) sessions: HashMap<Uuid, Session>,
    /// Answers of Processing by `Idempotency-Key`: the request's plain body, the answer's status and plain body.
    pub(crate) idempotent: HashMap<String, (Vec<u8>, StatusCode, Value)>,
    pub(crate) nonces: HashSet<(String, String)>,
}

impl Records {
    /// The sample world, enlarged if that is asked for.
    pub(crate) fn new(scale: Option<Scale>) -> Self {
        let mut requestors = sample::requestors();
        if let Some(scale) = scale {
            scale.enlarge(&mut requestors);
        }
        Self {
            assets: requestors.iter().filter_map(|requestor| requestor.image_asset_id.clone()).collect(),
            requestors,
            given_contents: HashMap::new(),
            clients: sample::CLIENTS.into(),
            cards: sample::cards().into_iter().map(|card| (card.id, card)).collect(),
            tokens: Vec::new(),
            receipts: HashMap::new(),
            sessions: HashMap::new(),
            idempotent: HashMap::new(),
            nonces: HashSet::new(),
        }
    }

    pub(crate) fn requestor(&self, id: &str) -> Option<&TokenRequestor> {
        self.requestors.iter().find(|requestor| requestor.token_requestor_id == id)
    }

    /// The card contract behind an account number.
    pub(crate) fn card_by_number(&self, number: &CardNumber) -> Option<&CardContract> {
        self.cards.values().find(|card| card.number == *number)
    }

    /// The token of a card at a requestor, unless it is over.
    pub(crate) fn live_token(&self, card: u64, requestor: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.is_for(card, requestor))
    }

    pub(crate) fn live_token_mut(&mut self, card: u64, requestor: &str) -> Option<&mut Token> {
        self.tokens.iter_mut().find(|token| token.is_for(card, requestor))
    }

    /// A token as Processing lists it (the tip after step 4).
    pub(crate) fn listing(&self, token: &Token) -> Value {
        let card = self.cards.get(&token.card_contract_id);
        json!({
            "cardContractId": token.card_contract_id,
            "cardContractNumber": card.map(|card| card.number.masked()),
            "clientId": token.client_id,
            "clientShortName": card.map(|card| &card.holder),
            "panUniqueReference": pan_unique_reference(token.card_contract_id),
            "tokenCreationDate": format!("{:.0}", token.created),
            "tokenExpiryDate": card.map(|card| format!("{:02}{:02}", card.expiry.0, card.expiry.1)),
            "tokenNumber": token.number.expose(),
            "tokenRequestorId": token.token_requestor_id,
            "tokenStatus": token.status,
            "tokenType": "C",
            "tokenUniqueReference": token.token_unique_reference,
            "walletName": token.wallet_name,
        })
    }
}

impl Token {
    fn is_for(&self, card: u64, requestor: &str) -> bool {
        self.card_contract_id == card
            && self.token_requestor_id == requestor
            && self.status != TokenStatus::Deactivated
    }
}

/// 48 characters, the same for every token of a card.
fn pan_unique_reference(card: u64) -> String {
    format!("FM4MMC0000{:038x}", card)
}
