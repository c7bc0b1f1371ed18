//! What the card networks have published about their numbers: prefixes, lengths and the check digit.

use std::ops::RangeInclusive;

const FROM_12: &[usize] = &[12, 13, 14, 15, 16, 17, 18, 19];
const FROM_14: &[usize] = &[14, 15, 16, 17, 18, 19];
const FROM_16: &[usize] = &[16, 17, 18, 19];

/// The first four digits, and the lengths of such numbers.
const PREFIXES: [(RangeInclusive<u16>, &[usize]); 12] = [
    (2221..=2720, &[16]),         // Mastercard
    (3000..=3059, FROM_14),       // Diners Club
    (3095..=3095, FROM_14),       // Diners Club
    (3400..=3499, &[15]),         // American Express
    (3528..=3589, FROM_16),       // JCB
    (3600..=3699, FROM_14),       // Diners Club
    (3700..=3799, &[15]),         // American Express
    (3800..=3999, FROM_14),       // Diners Club
    (4000..=4999, &[13, 16, 19]), // Visa
    (5000..=5099, FROM_12),       // Maestro
    (5100..=5599, &[16]),         // Mastercard
    (5600..=6999, FROM_12), // Maestro; among its numbers those of Discover (6011, 644 to 65) and UnionPay (62)
];

/// Whether a network issues numbers that begin like this one, in its length. `number` has ASCII digits only.
pub(super) fn is_issued(number: &str) -> bool {
    let Some(Ok(prefix)) = number.get(..4).map(str::parse::<u16>) else { return false };
    PREFIXES.iter().any(|(prefixes, lengths)| prefixes.contains(&prefix) && lengths.contains(&number.len()))
}

/// Whether the last digit is the check digit of the others, by the Luhn formula (ISO/IEC 7812-1, annex B). `number` has ASCII
/// digits only.
pub(super) fn passes_luhn(number: &str) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = number.chars().rev().filter_map(|c| c.to_digit(10)).enumerate();
    let sum: u32 = digits.map(|(i, digit)| if i % 2 == 1 { doubled(digit) } else { digit }).sum();
    sum.is_multiple_of(10)
}
