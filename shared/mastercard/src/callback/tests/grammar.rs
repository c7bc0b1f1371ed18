//! Property tests: results are parsed in any percent-encoding and between any other parameters.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;

/// The encoding of one character.
#[derive(Clone, Copy, Debug)]
enum Encoding {
    Raw,
    Upper,
    Lower,
}

fn encodings() -> impl Strategy<Value = Vec<Encoding>> {
    vec(select(vec![Encoding::Raw, Encoding::Upper, Encoding::Lower]), 1..8)
}

/// Encodes each character of `text` with one of the encodings in turn; delimiters are never raw.
fn encode(text: &str, encodings: &[Encoding], never_raw: &str) -> String {
    let character = |(c, encoding): (char, &Encoding)| {
        let bytes = c.to_string().into_bytes();
        match encoding {
            Encoding::Raw if !never_raw.contains(c) => c.to_string(),
            Encoding::Lower => bytes.iter().map(|byte| format!("%{byte:02x}")).collect(),
            _ => bytes.iter().map(|byte| format!("%{byte:02X}")).collect(),
        }
    };
    text.chars().zip(encodings.iter().cycle()).map(character).collect()
}

/// The documented values.
const DOCUMENTED: [(&str, CallbackOutcome); 8] = [
    ("APPROVED", CallbackOutcome::Approved),
    ("REQUIRE_ADDITIONAL_AUTHENTICATION", CallbackOutcome::RequireAdditionalAuthentication),
    ("DECLINED", CallbackOutcome::Declined),
    ("CANCELLED", CallbackOutcome::Cancelled),
    ("ERROR", CallbackOutcome::Error),
    ("AUTHENTICATED", CallbackOutcome::Authenticated),
    ("DELETED", CallbackOutcome::Deleted),
    ("DUPLICATE_REQUEST", CallbackOutcome::DuplicateRequest),
];

/// A result, and the text of its outcome.
type Written = (ReceiptResult, String);

fn is_documented(text: &str) -> bool {
    let text = if text.trim().eq_ignore_ascii_case("CANCELED") { "CANCELLED" } else { text };
    DOCUMENTED.iter().any(|(known, _)| text.trim().eq_ignore_ascii_case(known))
}

/// Documented values in either case, possibly with spaces around, and unknown values.
fn outcome() -> impl Strategy<Value = (String, CallbackOutcome)> {
    let known = (select(&DOCUMENTED[..]), any::<bool>(), "[ ]?", "[ ]?");
    let known = known.prop_map(|((text, outcome), lowercase, before, after)| {
        let text = if lowercase { text.to_ascii_lowercase() } else { text.to_owned() };
        (format!("{before}{text}{after}"), outcome)
    });
    let unknown = "[^|\\p{Cc}]{0,64}".prop_filter("documented", |text| !is_documented(text));
    prop_oneof![2 => known, 1 => unknown.prop_map(|text| (text.clone(), CallbackOutcome::Other(text)))]
}

fn result() -> impl Strategy<Value = Written> {
    let reference = option::of("[A-Za-z0-9_-]{1,64}");
    let result = ("[!-~]{1,64}", outcome(), reference);
    result.prop_map(|(receipt, (text, outcome), token_unique_reference)| {
        let receipt = PushAccountReceipt::new(receipt);
        (ReceiptResult { receipt, outcome, token_unique_reference }, text)
    })
}

fn pair((result, outcome): &Written, encodings: &[Encoding]) -> String {
    let name = format!("results[{}]", result.receipt.expose());
    let reference = result.token_unique_reference.iter().map(|reference| format!("|{reference}"));
    let value = format!("{outcome}{}", reference.collect::<String>());
    format!("{}={}", encode(&name, encodings, "&=%"), encode(&value, encodings, "&%"))
}

/// Parameters that are not results: other ones, malformed ones.
fn other_parameter() -> impl Strategy<Value = String> {
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

/// Texts that are inserted at random positions.
const INSERTIONS: [&str; 10] = ["%", "%5", "%0", "&", "=", "]", "|", "%00", "%C3", "é"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_results_are_parsed(results in vec((result(), encodings(), other_parameter()), 0..=MAX_RESULTS), first in other_parameter()) {
        let pairs = results.iter().flat_map(|(result, encodings, other)| [pair(result, encodings), other.clone()]);
        let query = std::iter::once(first).chain(pairs).collect::<Vec<_>>().join("&");
        let results: Vec<_> = results.into_iter().map(|((result, _), ..)| result).collect();
        prop_assert!(parse(&query) == results, "{query}");
    }

    #[test]
    fn repeated_results_are_parsed_up_to_ten_times(
        result in result(), encodings in encodings(), times in 1..30_usize,
    ) {
        let query = vec![pair(&result, &encodings); times].join("&");
        prop_assert!(parse(&query) == vec![result.0; times.min(MAX_RESULTS)], "{query}");
    }

    #[test]
    fn any_query_is_parsed_and_the_results_keep_their_limits(
        results in vec((result(), encodings()), 0..4),
        insertions in vec((any::<prop::sample::Index>(), select(&INSERTIONS[..])), 0..6),
        anything in "\\PC{0,40}",
    ) {
        let pairs: Vec<_> = results.iter().map(|(result, encodings)| pair(result, encodings)).collect();
        let mut query: Vec<char> = format!("{}&{anything}", pairs.join("&")).chars().collect();
        for (index, insertion) in insertions {
            let at = index.index(query.len());
            query.splice(at..at, insertion.chars());
        }
        let query: String = query.into_iter().collect();
        for ReceiptResult { receipt, outcome, token_unique_reference } in parse(&query) {
            let receipt = receipt.expose();
            prop_assert!((1..=64).contains(&receipt.len()) && receipt.bytes().all(|b| b.is_ascii_graphic()));
            let plain = |text: &String| text.chars().count() <= 64 && !text.chars().any(char::is_control);
            prop_assert!(!matches!(&outcome, CallbackOutcome::Other(text) if !plain(text)));
            prop_assert!(token_unique_reference.is_none_or(|it| is_reference(&it)));
        }
    }
}
