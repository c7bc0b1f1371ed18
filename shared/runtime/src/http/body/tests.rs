use lambda_http::Body;
use serde::Deserialize;
use serde_json::json;

use super::{super::request::tests::request, *};

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct ExampleRequest {
    number: u8,
    name: Option<String>,
    part: Part,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Part {
    is_new: bool,
    count: u8,
}

const EXAMPLE: &str = r#"{"number": 1, "name": "ALEX", "part": {"is_new": true, "count": 2}}"#;
const VALID: &str = r#"{"number":7,"part":{"is_new":false,"count":3}}"#;

fn parse(content_type: &str, text: &str) -> Result<CheckedBody<ExampleRequest>, Problem> {
    let request = request(|event| {
        event["headers"]["content-type"] = content_type.into();
        event["body"] = text.into();
    });
    body(&request, EXAMPLE)
}

/// The faults in the response, as pointer and sentence.
fn faults(text: &str) -> Vec<(String, String)> {
    let problem = parse("application/json", text).and_then(CheckedBody::into_content).unwrap_err();
    assert_eq!(problem.code, Code::InvalidRequest, "{text}");
    let Body::Text(text) = problem.into_response("r-1").unwrap().into_body() else { panic!("no text") };
    let document: Value = serde_json::from_str(&text).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = document["errors"].as_array().unwrap().iter();
    errors.map(|error| (text(&error["pointer"]), text(&error["detail"]))).collect()
}

fn fault(pointer: &str, detail: &str) -> (String, String) {
    (pointer.to_owned(), detail.to_owned())
}

const TYPE_OR_VALUE: &str = "has the wrong type or is not one of the values allowed";

#[test]
fn a_body_is_one_json_document_with_its_media_type() {
    let expected = ExampleRequest { number: 7, name: None, part: Part { is_new: false, count: 3 } };
    for content_type in ["application/json", "Application/JSON; charset=utf-8", " application/json ;x=1"] {
        let read = parse(content_type, VALID).and_then(CheckedBody::into_content);
        assert_eq!(read.unwrap(), expected, "{content_type}");
    }
    for content_type in ["text/plain", "", "application/json-patch", "x;application/json"] {
        assert_eq!(parse(content_type, VALID).unwrap_err().code, Code::UnsupportedMediaType);
    }
}

#[test]
fn a_fault_is_named_by_its_pointer_and_does_not_repeat_the_value() {
    let valid = |change: &str| VALID.replacen(r#""number":7"#, change, 1);
    assert_eq!(faults(&valid(r#""number":"secret""#)), [fault("#/number", TYPE_OR_VALUE)]);
    assert_eq!(faults(&valid(r#""number":700"#)), [fault("#/number", TYPE_OR_VALUE)]);
    let unknown = valid(r#""number":7,"secret":1"#);
    assert_eq!(faults(&unknown), [fault("#/secret", "is not a field of this request")]);
    let twice = valid(r#""number":7,"number":8"#);
    assert_eq!(faults(&twice), [fault("#/number", "must not be repeated")]);

    assert_eq!(faults(r#"{"number":7"#), [fault("#", "must be valid JSON")]);
    assert_eq!(faults(&format!("{VALID} 8")), [fault("#", "has data after the JSON document")]);
    for text in ["7", "null", r#""text""#] {
        assert_eq!(faults(text), [fault("#", TYPE_OR_VALUE)], "{text}");
    }
    // Serde alone would read it as the fields in their order.
    assert_eq!(faults("[7, null, [true, 1]]"), [fault("#", "must not be a list")]);
}

#[test]
fn all_faults_of_a_body_are_named() {
    let all = json!({"number": -1, "name": 7, "more": {}, "part": {"is_new": [], "other/one more": 1}});
    let mut found = faults(&all.to_string());
    found.sort();
    let mut expected = [
        fault("#/part/is_new", "must not be a list"),
        fault("#/number", TYPE_OR_VALUE),
        fault("#/name", TYPE_OR_VALUE),
        fault("#/more", "is not a field of this request"),
        fault("#/part/other~1one%20more", "is not a field of this request"),
        fault("#/part/count", "is required"),
    ];
    expected.sort();
    assert_eq!(found, expected);
    let missing = [fault("#/number", "is required"), fault("#/part", "is required")];
    assert_eq!(faults("{}"), missing);
}

#[test]
fn a_fault_of_a_value_counts_unless_the_value_is_the_examples() {
    let mut read = parse("application/json", r#"{"number":7,"part":3}"#).unwrap();
    let further = |pointer: &str| Fault::in_body(pointer, "is too small");
    read.add_faults([further("/part/count"), further("/number"), further("/number"), further("/partner")]);
    let Err(problem) = read.into_content() else { panic!("faults") };
    let Body::Text(text) = problem.into_response("r-1").unwrap().into_body() else { panic!("no text") };
    let document: Value = serde_json::from_str(&text).unwrap();
    let errors = document["errors"].as_array().unwrap().iter();
    let pointers: Vec<_> = errors.map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["#/part", "#/number", "#/number", "#/partner"]);
}

#[test]
fn a_body_of_unknown_fields_is_not_searched_to_its_end() {
    let fields: Vec<_> = (0..500).map(|number| format!(r#""f{number}":1"#)).collect();
    assert_eq!(faults(&format!("{{{}}}", fields.join(","))).len(), MOST_FAULTS);
}

#[test]
fn a_repeated_field_is_a_fault_even_if_its_last_value_is_valid() {
    let found = faults(r#"{"number":-1,"number":7,"part":{"is_new":true,"count":1}}"#);
    assert_eq!(found, [fault("#/number", TYPE_OR_VALUE)]);
}

#[test]
fn the_place_where_serde_stopped_is_not_part_of_a_sentence() {
    assert_eq!(sentence("must be a time at line 1 column 40"), "must be a time");
    assert_eq!(sentence("must be a time"), "must be a time");
}
