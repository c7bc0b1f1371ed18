//! The guard that keeps card numbers out of a PAN-less server.

/// Whether the text holds something shaped like a card number: 12 to 19 digits that satisfy Luhn's check, alone
/// or in printed groups (blocks of four or more, parted by single spaces or hyphens). A UUID is not one.
pub fn holds_card_number(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_err() && runs(text).iter().any(|run| is_card_number(run))
}

/// 12 to 19 digits whose Luhn sum ends in zero, and no time in milliseconds until the year 2033.
fn is_card_number(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| if i % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    // Every tenth time in milliseconds satisfies Luhn; cards of 13 digits begin with 4.
    let is_time = digits.len() == 13 && digits.first() == Some(&1);
    (12..=19).contains(&digits.len()) && sum.is_multiple_of(10) && !is_time
}

/// Maximal digit sequences that no letter touches; groups are joined, and also kept apart.
fn runs(text: &str) -> Vec<Vec<u32>> {
    let mut found = Vec::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == ' ' || c == '-')) {
        let groups: Vec<&str> = word.split([' ', '-']).collect();
        for stretch in groups.split(|group| group.is_empty() || !group.chars().all(|c| c.is_ascii_digit())) {
            let digits = |group: &&str| group.chars().filter_map(|c| c.to_digit(10)).collect::<Vec<_>>();
            found.extend(stretch.iter().map(digits));
            for start in 0..stretch.len() {
                let mut joined = Vec::new();
                for group in &stretch[start..] {
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
    fn a_card_number_is_seen_bare_grouped_and_inside_a_sentence() {
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
    fn the_shortest_and_the_longest_number_that_a_card_can_have_are_seen() {
        for (text, seen) in [
            ("00000000000", false),
            ("500000000009", true),
            ("5000000000000000005", true),
            ("50000000000000000009", false),
            ("4222222222222", true),
        ] {
            assert_eq!(holds_card_number(text), seen, "{text}");
        }
    }

    #[test]
    fn a_time_in_milliseconds_is_a_time() {
        let digits = |time: i64| time.to_string();
        let seen = (1_795_637_000_000..1_795_637_000_100).filter(|time| holds_card_number(&digits(*time)));
        assert_eq!(seen.count(), 0);
    }

    /// Or a large request of short numbers would cost its length squared.
    #[test]
    fn of_a_long_row_of_numbers_no_more_is_joined_than_a_card_number_can_hold() {
        assert!(runs(&"12 ".repeat(100)).iter().all(|run| run.len() <= 20));
    }

    #[test]
    fn an_all_digit_uuid_is_an_id() {
        assert!(!holds_card_number("55555555-5555-4444-8555-555555554444"));
    }
}
