//! Validation of the decrypted accounts of a push.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    error_response::ErrorResponse,
    fields::{self, Fields},
    operation::Api,
    world::{
        card::{CardNumber, today},
        records::AccountHolder,
    },
};

/// An account to push.
pub(super) struct PushedAccount {
    pub(super) push_account_id: String,
    pub(super) number: CardNumber,
    pub(super) account_holder: AccountHolder,
}

/// Parses the decrypted array. A redirect carries at most five receipts, so more accounts are rejected (inferred).
pub(super) fn read(plaintext: &[u8]) -> Result<Vec<PushedAccount>, ErrorResponse> {
    let array = fields::parse(plaintext, Api::TokenConnect)?;
    let accounts = array.as_array().filter(|accounts| (1..=5).contains(&accounts.len()));
    let accounts = accounts.ok_or_else(|| fields::invalid_json(Api::TokenConnect))?;
    let accounts = accounts.iter().map(account).collect::<Result<Vec<_>, _>>()?;
    let ids: HashSet<_> = accounts.iter().map(|account| &account.push_account_id).collect();
    if ids.len() == accounts.len() { Ok(accounts) } else { Err(fields::invalid_json(Api::TokenConnect)) }
}

fn account(account: &Value) -> Result<PushedAccount, ErrorResponse> {
    let account = Fields::of(account, Api::TokenConnect)?;
    let push_account_id = account.required_text("pushAccountId", 1..=36)?.to_owned();
    let data = account.object("fundingAccountData")?.ok_or_else(|| account.invalid("fundingAccountData"))?;
    if let Some(until) = data.text("dataValidUntilTimestamp", 20..=29)? {
        let left = until.parse::<Timestamp>().map(|until| until.duration_since(Timestamp::now()));
        let thirty_days = SignedDuration::from_hours(30 * 24);
        if !left.is_ok_and(|left| left.is_positive() && left <= thirty_days) {
            return Err(data.invalid("dataValidUntilTimestamp"));
        }
    }
    // Financial accounts are documented too; the simulated card management system has only cards.
    let card = data.object("cardAccountData")?.ok_or_else(|| data.invalid("cardAccountData"))?;
    let number = card.required_text("accountNumber", 9..=19)?;
    let number = CardNumber::parse(number).ok_or_else(|| card.invalid("accountNumber"))?;
    match (two_digits(&card, "expiryYear")?, two_digits(&card, "expiryMonth")?) {
        (Some(year), Some(month)) => {
            let today = today();
            if !(1..=12).contains(&month) || (year, month) < (today.year() % 100, i16::from(today.month())) {
                return Err(card.invalid("expiryYear"));
            }
        }
        (None, None) => {}
        _ => return Err(card.invalid("expiryMonth")),
    }
    let mut account_holder = AccountHolder::default();
    if let Some(holder) = data.object("accountHolderData")? {
        account_holder.name = holder.text("accountHolderName", 1..=27)?.map(str::to_owned);
        account_holder.email_address = holder.text("accountHolderEmailAddress", 6..=320)?.map(str::to_owned);
        if let Some(phone) = holder.object("accountHolderMobilePhoneNumber")? {
            let country = phone.required_text("countryDialInCode", 1..=4)?;
            let number = phone.required_text("phoneNumber", 1..=20)?;
            account_holder.phone_number = Some(format!("+{country} {number}"));
        }
        if let Some(address) = holder.object("accountHolderAddress")? {
            for (name, length) in [
                ("line1", 1..=64),
                ("line2", 1..=64),
                ("city", 1..=32),
                ("countrySubdivision", 1..=12),
                ("postalCode", 1..=16),
                ("country", 3..=3),
            ] {
                address.text(name, length)?;
            }
        }
    }
    Ok(PushedAccount { push_account_id, number, account_holder })
}

fn two_digits(card: &Fields<'_>, name: &str) -> Result<Option<i16>, ErrorResponse> {
    let text = card.text(name, 2..=2)?;
    text.map(|text| text.parse().map_err(|_| card.invalid(name))).transpose()
}
