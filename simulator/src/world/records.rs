//! Mastercard's data that changes while the simulator runs.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    num::NonZeroUsize,
};

use axum::http::StatusCode;
use jiff::Timestamp;
use lru::LruCache;
use serde_json::{Value, json};

use super::card::{CardContract, CardNumber};
use super::requestor::TokenRequestor;
use super::sample;
use super::token::Token;
use crate::options::Options;

/// How many receipts, sessions, responses and nonces are kept, each: those that were used last.
pub(crate) const KEPT: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// A push account receipt: valid for one account at one token requestor, for one success.
pub(crate) struct Receipt {
    pub(crate) token_requestor_id: String,
    pub(crate) number: CardNumber,
    /// Name, email address and mobile number of the cardholder, those that the issuer supplied.
    pub(crate) account_holder: AccountHolder,
    pub(crate) expires: Timestamp,
    pub(crate) used: bool,
}

/// What the issuer supplied of the cardholder.
#[derive(Clone, Default)]
pub(crate) struct AccountHolder {
    pub(crate) name: Option<String>,
    pub(crate) email_address: Option<String>,
    pub(crate) phone_number: Option<String>,
}

pub(crate) struct Records {
    pub(crate) requestors: Vec<TokenRequestor>,
    /// Every asset id that was ever listed: assets are never removed or changed.
    pub(crate) assets: BTreeSet<String>,
    /// `mediaContents` that tests set, by asset id.
    pub(crate) asset_contents: HashMap<String, Value>,
    pub(crate) clients: BTreeSet<u64>,
    pub(crate) cards: BTreeMap<u64, CardContract>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) receipts: LruCache<String, Receipt>,
    /// Processing's responses by path and `Idempotency-Key`: decrypted request body, status, decrypted response body.
    pub(crate) idempotent_responses: LruCache<String, (Vec<u8>, StatusCode, Value)>,
    /// Consumer key and nonce of calls.
    pub(crate) nonces: LruCache<(String, String), ()>,
}

impl Records {
    /// The sample world, with the data that the options add.
    pub(crate) fn new(options: &Options) -> Self {
        let mut requestors = sample::requestors();
        if let Some(scale) = options.scale {
            scale.enlarge(&mut requestors);
        }
        Self {
            assets: requestors.iter().filter_map(|requestor| requestor.image_asset_id.clone()).collect(),
            requestors,
            asset_contents: HashMap::new(),
            clients: sample::CLIENTS.into(),
            cards: sample::cards().into_iter().map(|card| (card.id, card)).collect(),
            tokens: if options.sandbox_tokens { sample::sandbox_tokens() } else { Vec::new() },
            receipts: LruCache::new(KEPT),
            idempotent_responses: LruCache::new(KEPT),
            nonces: LruCache::new(KEPT),
        }
    }

    pub(crate) fn requestor(&self, id: &str) -> Option<&TokenRequestor> {
        self.requestors.iter().find(|requestor| requestor.token_requestor_id == id)
    }

    /// The card contract with this account number.
    pub(crate) fn card_by_number(&self, number: &CardNumber) -> Option<&CardContract> {
        self.cards.values().find(|card| card.number == *number)
    }

    /// The token of a card at a requestor, unless it is deactivated.
    pub(crate) fn live_token(&self, card: u64, requestor: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.is_for(card, requestor))
    }

    pub(crate) fn live_token_mut(&mut self, card: u64, requestor: &str) -> Option<&mut Token> {
        self.tokens.iter_mut().find(|token| token.is_for(card, requestor))
    }

    /// A token in the form of Processing's lists (the tip after step 4).
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
            "tokenStatus": token.status(),
            "tokenType": "C",
            "tokenUniqueReference": token.token_unique_reference,
            "walletName": token.wallet_name,
        })
    }
}

/// 48 characters, the same for every token of a card.
fn pan_unique_reference(card: u64) -> String {
    format!("FM4MMC0000{:038x}", card)
}
