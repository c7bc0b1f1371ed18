//! Numbers in text, however they are written: in any script's digits, in groups, next to letters.

use std::ops::RangeInclusive;

/// The lengths of card numbers (ISO/IEC 7812-1).
const LENGTHS: RangeInclusive<usize> = 12..=19;
/// A word of hexadecimal digits from this length on is a digest or an id.
const DIGEST_LENGTH: usize = 32;

/// The zero of each script; its nine other digits follow (Unicode 17, general category `Nd`).
const ZEROS: [u32; 77] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40,
    0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA,
    0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60,
    0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0,
    0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// Superscript, subscript, circled and other digits (numeric type `Digit`): where a zero would be, and the digits that are
/// there.
const OTHERS: [(u32, RangeInclusive<u32>); 14] = [
    (0xB0, 2..=3),
    (0xB8, 1..=1),
    (0x2070, 0..=0),
    (0x2070, 4..=9),
    (0x2080, 0..=9),
    (0x245F, 1..=9),
    (0x2473, 1..=9),
    (0x2487, 1..=9),
    (0x24EA, 0..=0),
    (0x24F4, 1..=9),
    (0x24FF, 0..=0),
    (0x2775, 1..=9),
    (0x277F, 1..=9),
    (0x2789, 1..=9),
];

/// Whether `accept` is true for a number of the text, in ASCII digits. Digits form groups, which end at any other character.
/// A number is a group, or adjacent groups together, between which there is no letter. Only numbers of [`LENGTHS`] count.
pub(super) fn any_number(text: &str, accept: impl Fn(&str) -> bool) -> bool {
    let mut run = Run::default();
    for word in text.split(is_separator) {
        let is_digest = word.len() >= DIGEST_LENGTH && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        run.is_in_group = false;
        for c in word.chars() {
            match value(c).filter(|_| !is_digest) {
                Some(digit) => run.push(digit),
                None if run.any_number(&accept) => return true,
                None => run = Run::default(),
            }
        }
    }
    run.any_number(&accept)
}

/// Groups of digits without a letter between them.
#[derive(Default)]
struct Run {
    digits: String,
    /// Where groups begin.
    starts: Vec<usize>,
    is_in_group: bool,
}

impl Run {
    fn push(&mut self, digit: char) {
        if !self.is_in_group {
            self.starts.push(self.digits.len());
        }
        self.is_in_group = true;
        self.digits.push(digit);
    }

    fn any_number(&self, accept: impl Fn(&str) -> bool) -> bool {
        let end = self.digits.len();
        self.starts.iter().enumerate().any(|(index, start)| {
            let ends = self.starts.iter().skip(index + 1).chain([&end]);
            // Otherwise the work would grow with the square of the text's length.
            let ends = ends.take_while(|end| **end - start <= *LENGTHS.end());
            let numbers = ends.filter_map(|end| self.digits.get(*start..*end));
            numbers.filter(|number| LENGTHS.contains(&number.len())).any(&accept)
        })
    }
}

/// Whether the character separates groups. The mark for long vowels is what a Japanese keyboard writes for a hyphen.
fn is_separator(c: char) -> bool {
    !c.is_alphanumeric() && value(c).is_none() || ['ー', 'ｰ'].contains(&c)
}

/// The ASCII digit of the same value; `None` if it is not a digit.
fn value(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c).filter(char::is_ascii_digit);
    }
    let code = u32::from(c);
    let zero = ZEROS.get(ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?)?;
    let of_script = Some(code - zero).filter(|value| *value <= 9);
    let other = || {
        let value_of = |(zero, values): &(u32, RangeInclusive<u32>)| {
            code.checked_sub(*zero).filter(|value| values.contains(value))
        };
        OTHERS.iter().find_map(value_of)
    };
    char::from_digit(of_script.or_else(other)?, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_in_the_tables_is_a_digit_and_no_letter() {
        assert!(ZEROS.is_sorted());
        let scripts = ZEROS.iter().map(|zero| (*zero, 0..=9));
        for (zero, values) in scripts.chain(OTHERS) {
            for digit in values {
                let c = char::from_u32(zero + digit).unwrap();
                assert!(c.is_numeric() && !c.is_alphabetic(), "U+{:X}", zero + digit);
                assert_eq!(value(c), char::from_digit(digit, 10), "U+{:X}", zero + digit);
            }
        }
        for c in ['/', ':', 'a', '½', 'Ⅷ', '五', '\u{A0}', '\u{FF0F}', '\u{FF1A}', '\u{B4}', '\u{2071}'] {
            assert_eq!(value(c), None, "{c}");
        }
    }

    #[test]
    fn no_more_groups_are_joined_than_a_card_number_can_have() {
        let longest = std::cell::Cell::new(0);
        let numbers = std::cell::Cell::new(0);
        any_number(&"12 ".repeat(1000), |number| {
            longest.set(longest.get().max(number.len()));
            numbers.set(numbers.get() + 1);
            false
        });
        assert_eq!(longest.get(), 18);
        assert!(numbers.get() <= 4 * 1000, "{} numbers", numbers.get());
    }
}
