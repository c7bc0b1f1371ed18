use serde_json::json;

use super::*;
use crate::card::AccountRange;

fn parsed(document: impl AsRef<[u8]>) -> Value {
    parse(document.as_ref()).unwrap()
}

#[test]
fn a_whole_number_is_the_same_in_every_notation() {
    for notation in [
        "5555550000100000001",
        "5555550000100000001.0",
        "5.555550000100000001E+18",
        "5555550000100000001.00e0",
        "55555500001000000010E-1",
        "0.5555550000100000001e19",
    ] {
        assert_eq!(parsed(notation), json!(5_555_550_000_100_000_001_u64), "{notation}");
        for value in [parsed(notation), json!(notation)] {
            let range: Option<AccountRange> = from_scalar(&value);
            assert_eq!(range.unwrap().as_str(), "5555550000100000001", "{notation}");
        }
    }
    assert_eq!(
        parsed("[-3.0, 0.0, 1.5, 1e-2, 9.4E18]"),
        json!([-3, 0, 1.5, 0.01, 9_400_000_000_000_000_000_u64])
    );
}

#[test]
fn a_number_that_no_parser_takes_costs_only_itself() {
    let document = r#"{"a": 1e400, "b": 007, "c": 5., "d": 123456789012345678901, "e": -, "f": 1}"#;
    let expected = json!({"a": "1e400", "b": "007", "c": 5, "d": "123456789012345678901", "e": "-", "f": 1});
    assert_eq!(parsed(document), expected);
}

#[test]
fn an_unusual_string_costs_only_itself() {
    for (string, expected) in [
        (&b"caf\xe9"[..], "caf\u{fffd}"),
        (b"a\nb\tc", "a\nb\tc"),
        (br"half \ud83d", "half \u{fffd}"),
        (br"half \ud83d\n", "half \u{fffd}\n"),
        (br"half \udd12 \ud83dx", "half \u{fffd} \u{fffd}x"),
        (br"whole \ud83d\udd12", "whole \u{1f512}"),
        (br"C:\logs \u00e9 \u12", r"C:\logs é \u12"),
        (br#"quoted \" 1.0 \\"#, r#"quoted " 1.0 \"#),
    ] {
        let document = [&b"{\"bad\": \""[..], string, b"\", \"good\": 1.0}"].concat();
        assert_eq!(parsed(&document), json!({"bad": expected, "good": 1}), "{expected}");
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_the_last_of_repeated_keys_counts() {
    assert_eq!(parsed("\u{feff}{\"a\": 1, \"b\": 2, \"a\": 3}"), json!({"a": 3, "b": 2}));
}

#[test]
fn valid_documents_are_unchanged() {
    let document = json!({"a": [1, -2, 1.25, null, true, "5.0", "\\\"\u{1f512}\n", {"b": "é"}]});
    assert_eq!(parsed(document.to_string()), document);
    assert!(matches!(with_valid_strings(b"{\"a\": 1.50}"), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn what_is_not_json_is_an_error() {
    for document in ["", "<html>", "{\"a\": \"", "{\"a\": \"\\", "\"\\u12", "[1,", "NaN", "1.0.0 x"] {
        assert!(parse(document.as_bytes()).is_err(), "{document}");
    }
}

#[test]
fn unreadable_fields_are_counted_by_name_and_absent_ones_are_not() {
    let (value, unreadable) = (
        json!({"name": {}, "flag": "maybe", "ranges": ["x", null, [], "555555000"], "id": "", "other": null}),
        Unreadable::default(),
    );
    let fields = Fields::of(&value, &unreadable).unwrap();
    assert_eq!((fields.text("name"), fields.flag("flag"), fields.text("absent")), (None, None, None));
    let ranges: Option<Vec<AccountRange>> = fields.elements("ranges", from_scalar);
    assert_eq!(ranges.unwrap().len(), 1);
    assert_eq!((fields.parsed::<u32>("id"), fields.text("other")), (None, None));
    assert_eq!(unreadable.to_string(), "flag 1, name 1, ranges 2");
    assert_eq!(unreadable.count(), 4);
}
