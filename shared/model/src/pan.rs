//! Detects card numbers (PANs) in text. This server rejects every request that contains one.

/// Whether the text contains something that looks like a card number: 12 to 19 digits that pass the Luhn check
/// (ISO/IEC 7812-1), together or in groups that single spaces or hyphens separate, and not adjacent to a letter.
/// Excluded are UUIDs, and 13 digits that begin with 1: Unix times in milliseconds until 2033.
pub fn holds_card_number(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_err() && runs(text).iter().any(|run| is_card_number(run))
}

/// Whether these are 12 to 19 digits that pass the Luhn check, except 13 digits that begin with 1 (Unix times in milliseconds
/// from 2001 to 2033).
fn is_card_number(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| if i % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    // One in ten times in milliseconds passes the Luhn check; card numbers of 13 digits begin with 4.
    let is_time = digits.len() == 13 && digits.first() == Some(&1);
    (12..=19).contains(&digits.len()) && sum.is_multiple_of(10) && !is_time
}

/// The digit sequences that are not adjacent to a letter: each group alone, and joined with the groups after it.
fn runs(text: &str) -> Vec<Vec<u32>> {
    let mut found = Vec::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == ' ' || c == '-')) {
        let groups: Vec<&str> = word.split([' ', '-']).collect();
        for adjacent in groups.split(|group| group.is_empty() || !group.chars().all(|c| c.is_ascii_digit())) {
            let digits = |group: &&str| group.chars().filter_map(|c| c.to_digit(10)).collect::<Vec<_>>();
            found.extend(adjacent.iter().map(digits));
            for start in 0..adjacent.len() {
                let mut joined = Vec::new();
                for group in &adjacent[start..] {
                    joined.extend(digits(group));
                    found.push(joined.clone());
                    if joined.len() >= 19 {
                        break;
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_found_ungrouped_grouped_and_inside_a_sentence() {
        for text in [
            "5555555555554444",
            "5555 5555 5555 4444",
            "my card 5555-5555-5555-4444, thanks",
            "x:5555555555554444",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn ids_and_telephone_numbers_are_not_card_numbers() {
        for text in [
            "5555555555554445",
            "70001",
            "+44 7700 900123",
            "a5555555555554444",
            "0198f2c4-1111-7222-8333-444455556666",
            "",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn the_shortest_and_the_longest_card_number_are_found() {
        for (text, expected) in [
            ("00000000000", false),
            ("500000000009", true),
            ("5000000000000000005", true),
            ("50000000000000000009", false),
            ("4222222222222", true),
        ] {
            assert_eq!(holds_card_number(text), expected, "{text}");
        }
    }

    #[test]
    fn a_time_in_milliseconds_is_not_a_card_number() {
        let digits = |time: i64| time.to_string();
        let found = (1_795_637_000_000..1_795_637_000_100).filter(|time| holds_card_number(&digits(*time)));
        assert_eq!(found.count(), 0);
    }

    /// Otherwise the work would grow with the square of the request's length.
    #[test]
    fn no_more_groups_are_joined_than_a_card_number_can_have() {
        assert!(runs(&"12 ".repeat(100)).iter().all(|run| run.len() <= 20));
    }

    #[test]
    fn a_uuid_of_digits_only_is_not_a_card_number() {
        assert!(!holds_card_number("55555555-5555-4444-8555-555555554444"));
    }
}
