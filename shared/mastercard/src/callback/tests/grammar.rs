//! Whatever results a token requestor tells, however it writes them and whatever stands between them, are read as told.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;

/// How one character is written.
#[derive(Clone, Copy, Debug)]
enum Written {
    Raw,
    Upper,
    Lower,
}

fn written() -> impl Strategy<Value = Vec<Written>> {
    vec(select(vec![Written::Raw, Written::Upper, Written::Lower]), 1..8)
}

/// `text`, each character in one of the ways in turn; what would end the name or the pair is never raw.
fn write(text: &str, ways: &[Written], never_raw: &str) -> String {
    let character = |(c, way): (char, &Written)| {
        let bytes = c.to_string().into_bytes();
        match way {
            Written::Raw if !never_raw.contains(c) => c.to_string(),
            Written::Lower => bytes.iter().map(|byte| format!("%{byte:02x}")).collect(),
            _ => bytes.iter().map(|byte| format!("%{byte:02X}")).collect(),
        }
    };
    text.chars().zip(ways.iter().cycle()).map(character).collect()
}

/// The documented words.
const WORDS: [(&str, CallbackOutcome); 8] = [
    ("APPROVED", CallbackOutcome::Approved),
    ("REQUIRE_ADDITIONAL_AUTHENTICATION", CallbackOutcome::RequireAdditionalAuthentication),
    ("DECLINED", CallbackOutcome::Declined),
    ("CANCELLED", CallbackOutcome::Cancelled),
    ("ERROR", CallbackOutcome::Error),
    ("AUTHENTICATED", CallbackOutcome::Authenticated),
    ("DELETED", CallbackOutcome::Deleted),
    ("DUPLICATE_REQUEST", CallbackOutcome::DuplicateRequest),
];

/// A result, and the word by which it is told.
type Told = (CallbackResult, String);

fn documented(word: &str) -> bool {
    WORDS.iter().any(|(known, _)| word.trim().eq_ignore_ascii_case(known))
}

/// Documented words in either case, perhaps with spaces around, and words of the future.
fn outcome() -> impl Strategy<Value = (String, CallbackOutcome)> {
    let known = (select(&WORDS[..]), any::<bool>(), "[ ]?", "[ ]?");
    let known = known.prop_map(|((word, outcome), small, before, after)| {
        let word = if small { word.to_ascii_lowercase() } else { word.to_owned() };
        (format!("{before}{word}{after}"), outcome)
    });
    let future = "[^|\\p{Cc}]{0,64}".prop_filter("documented", |word| !documented(word));
    prop_oneof![2 => known, 1 => future.prop_map(|word| (word.clone(), CallbackOutcome::Other(word)))]
}

fn told() -> impl Strategy<Value = Told> {
    let reference = option::of("[A-Za-z0-9_-]{1,64}");
    let told = ("[!-~]{1,64}", outcome(), reference);
    told.prop_map(|(receipt, (word, result), token_unique_reference)| {
        let receipt = PushAccountReceipt::new(receipt);
        (CallbackResult { receipt, result, token_unique_reference }, word)
    })
}

fn pair((told, word): &Told, ways: &[Written]) -> String {
    let name = format!("results[{}]", told.receipt.expose());
    let reference = told.token_unique_reference.iter().map(|reference| format!("|{reference}"));
    let value = format!("{word}{}", reference.collect::<String>());
    format!("{}={}", write(&name, ways, "&=%"), write(&value, ways, "&%"))
}

/// Pairs that are no results: the bank's own, foreign ones, broken ones.
fn noise() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "",
            "=",
            "s=1",
            "results=APPROVED",
            "results[]=APPROVED",
            "results[R]",
            "results[R=APPROVED",
            "result[R]=APPROVED",
            "results%5B%FF%5D=APPROVED",
            "results[R]=%FF",
            "results%5B%0A%5D=APPROVED",
            "%=%",
            "%5=%Z1",
        ])
        .prop_map(str::to_owned),
        "[^&=\\[\\]%]{0,12}(=[^&]{0,12})?",
    ]
}

/// What may get in between.
const WEDGES: [&str; 10] = ["%", "%5", "%0", "&", "=", "]", "|", "%00", "%C3", "é"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_told_is_read(told in vec((told(), written(), noise()), 0..=MOST_RESULTS), first in noise()) {
        let pairs = told.iter().flat_map(|(told, ways, noise)| [pair(told, ways), noise.clone()]);
        let query = std::iter::once(first).chain(pairs).collect::<Vec<_>>().join("&");
        let told: Vec<_> = told.into_iter().map(|((told, _), ..)| told).collect();
        prop_assert!(parse(&query) == told, "{query}");
    }

    #[test]
    fn what_is_said_twice_is_read_twice_and_no_more_than_ten_times(
        told in told(), ways in written(), times in 1..30_usize,
    ) {
        let query = vec![pair(&told, &ways); times].join("&");
        prop_assert!(parse(&query) == vec![told.0; times.min(MOST_RESULTS)], "{query}");
    }

    #[test]
    fn nothing_upsets_it_and_whatever_it_reads_keeps_its_bounds(
        told in vec((told(), written()), 0..4),
        hurt in vec((any::<prop::sample::Index>(), select(&WEDGES[..])), 0..6),
        anything in "\\PC{0,40}",
    ) {
        let pairs: Vec<_> = told.iter().map(|(told, ways)| pair(told, ways)).collect();
        let mut query: Vec<char> = format!("{}&{anything}", pairs.join("&")).chars().collect();
        for (index, wedge) in hurt {
            let at = index.index(query.len());
            query.splice(at..at, wedge.chars());
        }
        let query: String = query.into_iter().collect();
        for CallbackResult { receipt, result, token_unique_reference } in parse(&query) {
            let receipt = receipt.expose();
            prop_assert!((1..=64).contains(&receipt.len()) && receipt.bytes().all(|b| b.is_ascii_graphic()));
            let plain = |word: &String| word.chars().count() <= 64 && !word.chars().any(char::is_control);
            prop_assert!(!matches!(&result, CallbackOutcome::Other(word) if !plain(word)));
            prop_assert!(token_unique_reference.is_none_or(|it| is_reference(&it)));
        }
    }
}
