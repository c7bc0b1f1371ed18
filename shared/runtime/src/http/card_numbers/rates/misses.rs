//! Requests with a card number, in many spellings.

use serde_json::json;

use super::{Rng, populations::Sample};

type Spell = fn(&str) -> String;

/// The ways to write a number, each with its name.
pub(super) const SPELLINGS: &[(&str, Spell)] = &[
    ("digits only", str::to_owned),
    ("spaces", |number| grouped(number, 4, " ")),
    ("several spaces", |number| grouped(number, 4, "   ")),
    ("hyphens", |number| grouped(number, 4, "-")),
    ("hyphens with spaces", |number| grouped(number, 4, " - ")),
    ("dots", |number| grouped(number, 4, ".")),
    ("underscores", |number| grouped(number, 4, "_")),
    ("slashes", |number| grouped(number, 4, "/")),
    ("commas", |number| grouped(number, 4, ",")),
    ("colons", |number| grouped(number, 4, ":")),
    ("vertical bars", |number| grouped(number, 4, "|")),
    ("asterisks", |number| grouped(number, 4, "*")),
    ("bullets", |number| grouped(number, 4, "\u{2022}")),
    ("tabs", |number| grouped(number, 4, "\t")),
    ("line breaks", |number| grouped(number, 4, "\r\n")),
    ("no-break spaces", |number| grouped(number, 4, "\u{A0}")),
    ("narrow no-break spaces", |number| grouped(number, 4, "\u{202F}")),
    ("thin spaces", |number| grouped(number, 4, "\u{2009}")),
    ("ideographic spaces", |number| grouped(number, 4, "\u{3000}")),
    ("zero-width spaces", |number| grouped(number, 4, "\u{200B}")),
    ("soft hyphens", |number| grouped(number, 4, "\u{AD}")),
    ("no-break hyphens", |number| grouped(number, 4, "\u{2011}")),
    ("en dashes", |number| grouped(number, 4, "\u{2013}")),
    ("em dashes", |number| grouped(number, 4, "\u{2014}")),
    ("minus signs", |number| grouped(number, 4, "\u{2212}")),
    ("full-width hyphens", |number| grouped(number, 4, "\u{FF0D}")),
    ("Japanese long vowel marks", |number| grouped(number, 4, "\u{30FC}")),
    ("brackets", |number| format!("[{}]", grouped(number, 4, "] ["))),
    ("pairs", |number| grouped(number, 2, " ")),
    ("single digits", |number| grouped(number, 1, " ")),
    ("four, six and the rest", |number| format!("{} {} {}", &number[..4], &number[4..10], &number[10..])),
    ("letters before", |number| format!("PAN{number}")),
    ("letters after", |number| format!("{number}EUR")),
    ("letters around", |number| format!("a{number}f")),
    ("quotation marks", |number| format!("\"{number}\"")),
    ("a sentence", |number| format!("My card is {}, thanks!", grouped(number, 4, " "))),
    ("an expiry date after it", |number| format!("{} 12/29", grouped(number, 4, " "))),
    ("a security code after it", |number| format!("{number} 123")),
    ("a house number before it", |number| format!("12 {number}")),
    ("a magnetic stripe", |number| format!(";{number}=29122010000000000000?")),
    ("full-width digits", |number| digits(number, '\u{FF10}')),
    ("Arabic digits", |number| digits(number, '\u{660}')),
    ("Persian digits", |number| digits(number, '\u{6F0}')),
    ("Devanagari digits", |number| digits(number, '\u{966}')),
    ("Bengali digits", |number| digits(number, '\u{9E6}')),
    ("Thai digits", |number| digits(number, '\u{E50}')),
    ("bold mathematical digits", |number| digits(number, '\u{1D7CE}')),
    ("subscript digits", |number| digits(number, '\u{2080}')),
    ("full-width digits with full-width spaces", |number| {
        digits(&grouped(number, 4, "\u{3000}"), '\u{FF10}')
    }),
    ("keycaps", |number| number.chars().map(|c| format!("{c}\u{FE0F}\u{20E3}")).collect()),
];

/// Prefixes and lengths of the networks' numbers.
const NETWORKS: [(&str, u64); 16] = [
    ("51", 16),
    ("5555", 16),
    ("2221", 16),
    ("2720", 16),
    ("4", 16),
    ("4", 13),
    ("4", 19),
    ("34", 15),
    ("37", 15),
    ("305", 14),
    ("36", 14),
    ("3530", 16),
    ("6011", 16),
    ("62", 19),
    ("5018", 12),
    ("6759", 18),
];

/// A number of a random network, wherever there may be text, and one of the bank where there may be ids.
pub(super) fn samples(rng: &mut Rng, spell: Spell) -> Vec<Sample> {
    let (prefix, length) = rng.pick(&NETWORKS);
    let any = spell(&number(rng, prefix, length));
    let own_start = rng.pick(&super::ACCOUNT_RANGES);
    let own = spell(&number(rng, own_start, 16));
    let body = |body| Sample { body: Some(body), ..Sample::default() };
    vec![
        body(json!({"accountHolder": {"name": any}})),
        body(json!({"accountHolder": {"emailAddress": any}})),
        body(json!({"accountHolder": {"address": {"line1": any}}})),
        body(json!({"consent": {"termsVersion": any, "acceptedAt": any}})),
        body(json!([{"walletName": any}])),
        body(json!({any: 1})),
        body(json!({"accountHolder": {"mobilePhoneNumber": {"phoneNumber": own}}})),
        body(json!({"cardContractId": own})),
        body(json!({"notificationId": own})),
    ]
}

/// A number that begins so, with random digits and its check digit.
fn number(rng: &mut Rng, prefix: &str, length: u64) -> String {
    let known = u64::try_from(prefix.len()).unwrap();
    let start = format!("{prefix}{}", rng.digits(length - known - 1));
    let digit = |(index, c): (usize, char)| {
        let digit = c.to_digit(10).unwrap() * if index % 2 == 0 { 2 } else { 1 };
        digit / 10 + digit % 10
    };
    let sum: u32 = start.chars().rev().enumerate().map(digit).sum();
    format!("{start}{}", (10 - sum % 10) % 10)
}

fn grouped(number: &str, size: usize, separator: &str) -> String {
    let groups: Vec<_> = number.as_bytes().chunks(size).map(|group| str::from_utf8(group).unwrap()).collect();
    groups.join(separator)
}

fn digits(number: &str, zero: char) -> String {
    let digit = |c: char| match c.to_digit(10) {
        Some(value) => char::from_u32(u32::from(zero) + value).unwrap(),
        None => c,
    };
    number.chars().map(digit).collect()
}
