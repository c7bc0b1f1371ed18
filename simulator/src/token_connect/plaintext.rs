//! The accounts inside a push, once opened, and the rules that they obey.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    fields::{self, Fields},
    operation::Api,
    refusal::Refusal,
    world::card::{CardNumber, today},
};

/// One account to push.
pub(super) struct PushedAccount {
    pub(super) push_account_id: String,
    pub(super) number: CardNumber,
}

/// Reads the decrypted array. One redirect carries five receipts at most, so a push of more is refused (inferred).
pub(super) fn read(plaintext: &[u8]) -> Result<Vec<PushedAccount>, Refusal> {
    let array = fields::parse(plaintext, Api::TokenConnect)?;
    let accounts = array.as_array().filter(|accounts| (1..=5).contains(&accounts.len()));
    let accounts = accounts.ok_or_else(|| fields::invalid_json(Api::TokenConnect))?;
    let accounts = accounts.iter().map(account).collect::<Result<Vec<_>, _>>()?;
    let ids: HashSet<_> = accounts.iter().map(|account| &account.push_account_id).collect();
    if ids.len() == accounts.len() { Ok(accounts) } else { Err(fields::invalid_json(Api::TokenConnect)) }
}

fn account(account: &Value) -> Result<PushedAccount, Refusal> {
    let account = Fields::of(account, Api::TokenConnect)?;
    let push_account_id = account.required_text("pushAccountId", 1..=36)?.to_owned();
    let data = account.object("fundingAccountData")?.ok_or_else(|| account.wrong("fundingAccountData"))?;
    if let Some(until) = data.text("dataValidUntilTimestamp", 20..=29)? {
        let left = until.parse::<Timestamp>().map(|until| until.duration_since(Timestamp::now()));
        let thirty_days = SignedDuration::from_hours(30 * 24);
        if !left.is_ok_and(|left| left.is_positive() && left <= thirty_days) {
            return Err(data.wrong("dataValidUntilTimestamp"));
        }
    }
    // Financial accounts are documented too; the card management system of this world has only cards.
    let card = data.object("cardAccountData")?.ok_or_else(|| data.wrong("cardAccountData"))?;
    let number = card.required_text("accountNumber", 9..=19)?;
    let number = CardNumber::parse(number).ok_or_else(|| card.wrong("accountNumber"))?;
    match (two_digits(&card, "expiryYear")?, two_digits(&card, "expiryMonth")?) {
        (Some(year), Some(month)) => {
            let today = today();
            if !(1..=12).contains(&month) || (year, month) < (today.year() % 100, i16::from(today.month())) {
                return Err(card.wrong("expiryYear"));
            }
        }
        (None, None) => {}
        _ => return Err(card.wrong("expiryMonth")),
    }
    if let Some(holder) = data.object("accountHolderData")? {
        holder.text("accountHolderName", 1..=27)?;
        holder.text("accountHolderEmailAddress", 6..=320)?;
        if let Some(phone) = holder.object("accountHolderMobilePhoneNumber")? {
            phone.required_text("countryDialInCode", 1..=4)?;
            phone.required_text("phoneNumber", 1..=20)?;
        }
        if let Some(address) = holder.object("accountHolderAddress")? {
            for (name, longest) in [
                ("line1", 64),
                ("line2", 64),
                ("city", 32),
                ("countrySubdivision", 12),
                ("postalCode", 16),
                ("country", 3),
            ] {
                address.text(name, 1..=longest)?;
            }
        }
    }
    Ok(PushedAccount { push_account_id, number })
}

fn two_digits(card: &Fields<'_>, name: &str) -> Result<Option<i16>, Refusal> {
    let text = card.text(name, 2..=2)?;
    text.map(|text| text.parse().map_err(|_| card.wrong(name))).transpose()
}
