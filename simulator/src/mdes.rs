//! MDES between token requestor and Processing (steps 14 to 21): a TAR authorizes a tokenization, a TCN completes it,
//! and Processing notifies the issuer of both.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    journal::Party,
    mastercard::Mastercard,
    notifications::payload::{Kind, Notification},
    world::{
        card::{CardNumber, today},
        requestor::CLICK_TO_PAY,
        token::{Suspender, Token, TokenStatus},
    },
};

/// Decision and response code of a TAR that is approved.
const APPROVED: (&str, &str) = ("APPROVED", "00");

/// The outcome of a tokenization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tokenization {
    /// Tokenized; the token unique reference.
    Approved(String),
    /// Tokenized, and inactive until the cardholder is authenticated; the token unique reference.
    NeedsAuthentication(String),
    /// Processing declined.
    Declined,
    /// The requestor has a token for this card already.
    Duplicate,
}

/// Tokenizes a card for a requestor. Processing decides by the card's status, expiry and the bank's rules for it;
/// `00` approves without further authentication, as always for Click to Pay.
pub(crate) fn tokenize(mastercard: &Mastercard, number: &CardNumber, requestor_id: &str) -> Tokenization {
    use Party::{ClickToPay, Mdes, Processing};
    let mut records = mastercard.records();
    let journal = &mastercard.journal;
    let Some(card) = records.card_by_number(number).cloned() else { return Tokenization::Declined };
    if records.live_token(card.id, requestor_id).is_some() {
        return Tokenization::Duplicate;
    }
    let requestor = records.requestor(requestor_id);
    let wallet_name = requestor.map_or_else(String::new, |r| r.wallet_name.clone());
    // Card-on-file tokens, which merchants and Click to Pay hold, have no correlation id.
    let in_wallet = requestor.is_some_and(|r| r.token_requestor_type == "WALLET");
    let needs_authentication = card.needs_authentication && requestor_id != CLICK_TO_PAY;
    let (decision, response_code) = match (card.is_active() && !card.is_expired(today()), card.approves) {
        (true, true) if needs_authentication => ("REQUIRE_ADDITIONAL_AUTHENTICATION", "85"),
        (true, true) => APPROVED,
        _ => ("DECLINED", "05"),
    };
    let reference = format!("DM4MMC0000{}", &hex::encode(rand::random::<[u8; 19]>()));
    let token = Token {
        card_contract_id: card.id,
        client_id: card.client_id,
        token_requestor_id: requestor_id.to_owned(),
        wallet_name,
        token_unique_reference: reference.clone(),
        correlation_id: in_wallet.then(correlation_id),
        number: CardNumber::generate("555558", rand::random_range(0..1_000_000_000)),
        created: Timestamp::now(),
        is_activated: !needs_authentication,
        is_deactivated: false,
        suspended_by: Default::default(),
    };
    journal.record(14, ClickToPay, Mdes, "tokenize");
    journal.record(15, Mdes, Processing, "tokenization authorization request (TAR)");
    journal.record(16, Processing, Mdes, format!("TAR response, code {response_code}"));
    let decision_fields = json!({"decision": decision, "responseCode": response_code});
    let tar = Notification::new(Kind::Tar, &authorization_fields(&token), decision_fields);
    if decision == "DECLINED" {
        drop(records);
        mastercard.notifier.send(vec![tar]);
        return Tokenization::Declined;
    }
    records.tokens.push(token.clone());
    drop(records);
    if needs_authentication {
        mastercard.notifier.send(vec![tar]);
        return Tokenization::NeedsAuthentication(reference);
    }
    mastercard.notifier.send(vec![tar, complete(mastercard, &token)]);
    Tokenization::Approved(reference)
}

/// Activates a token once the cardholder is authenticated. That the TCN is sent only then is inferred.
pub(crate) fn activate_token(mastercard: &Mastercard, reference: &str) {
    let activated = {
        let mut records = mastercard.records();
        let mut tokens = records.tokens.iter_mut();
        let token = tokens.find(|token| token.token_unique_reference == reference && !token.is_activated);
        token.map(|token| {
            token.is_activated = true;
            token.clone()
        })
    };
    if let Some(token) = activated {
        mastercard.notifier.send(vec![complete(mastercard, &token)]);
    }
}

/// Steps 18 to 20; returns the notification of step 21.
fn complete(mastercard: &Mastercard, token: &Token) -> Notification {
    use Party::{ClickToPay, Mdes, Processing};
    let journal = &mastercard.journal;
    journal.record(18, Mdes, ClickToPay, "tokenization complete (TCN)");
    journal.record(19, Mdes, Processing, "tokenization complete notification (TCN)");
    journal.record(20, Processing, Mdes, "TCN acknowledged");
    let (decision, response_code) = APPROVED;
    let completed = json!({
        "decision": decision,
        "responseCode": response_code,
        "tokenUniqueReference": token.token_unique_reference,
    });
    Notification::new(Kind::Tcn, &authorization_fields(token), completed)
}

/// What TAR and TCN have in common.
fn authorization_fields(token: &Token) -> Value {
    json!({
        "correlationId": token.correlation_id,
        "clientId": token.client_id,
        "cardContractId": token.card_contract_id,
        "tokenRequestorId": token.token_requestor_id,
        "walletName": token.wallet_name,
    })
}

/// Removes a token from the records: the cardholder canceled after tokenization.
pub(crate) fn remove_token(mastercard: &Mastercard, reference: &str) {
    let mut records = mastercard.records();
    let Some(at) = records.tokens.iter().position(|token| token.token_unique_reference == reference) else {
        return;
    };
    let mut token = records.tokens.remove(at);
    drop(records);
    token.is_deactivated = true;
    if mastercard.notifier.plan().tvn_on_cancel {
        mastercard.notifier.send(vec![status_notification(&token, &[])]);
    }
}

/// Changes the status of a token that is not deactivated, on behalf of these parties, and sends a TVN; `false` if there is no such
/// token.
pub(crate) fn change_status(
    mastercard: &Mastercard,
    card: u64,
    requestor: &str,
    status: TokenStatus,
    by: &[Suspender],
) -> bool {
    let token = mastercard.records().live_token_mut(card, requestor).map(|token| {
        by.iter().for_each(|by| token.change(status, *by));
        token.clone()
    });
    let found = token.is_some();
    mastercard.notifier.send(token.iter().map(|token| status_notification(token, by)).collect());
    found
}

/// It names who requested the change, if it was one party.
fn status_notification(token: &Token, by: &[Suspender]) -> Notification {
    let common = json!({
        "clientId": token.client_id,
        "cardContractId": token.card_contract_id,
        "tokenRequestorId": token.token_requestor_id,
        "walletName": token.wallet_name,
        "tokenUniqueReference": token.token_unique_reference,
    });
    let status: Value = match token.status() {
        TokenStatus::Active => "ACTIVE",
        TokenStatus::Suspended => "SUSPENDED",
        TokenStatus::Inactive => "INACTIVE",
        TokenStatus::Deactivated => "DEACTIVATED",
    }
    .into();
    let requested_by = match by {
        [only] => Some(only),
        _ => None,
    };
    Notification::new(Kind::Tvn, &common, json!({ "tokenStatus": status, "requestedBy": requested_by }))
}

/// Fourteen hex digits, the same in TAR and TCN.
fn correlation_id() -> String {
    hex::encode_upper(rand::random::<[u8; 7]>())
}
