use serde_json::{Value, json};

use super::*;

fn explain_input(input: &str, expected: Option<&str>) -> Vec<Value> {
    let mut output = Vec::new();
    explain_lines(input.as_bytes(), &mut output, expected).unwrap();
    let lines = String::from_utf8(output).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn request_line(changes: Value) -> String {
    let mut request = json!({
        "method": "GET", "url": "https://api.example/", "consumerKey": "client!key", "nonce": "n",
        "timestamp": 1767225600,
    });
    for (name, value) in changes.as_object().unwrap() {
        request[name] = value.clone();
    }
    request.to_string()
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../shared/mastercard/testdata/oauth1-vectors.json")).unwrap()
}

fn section(name: &str) -> Vec<Value> {
    match &vectors()[name] {
        Value::Array(vectors) => vectors.clone(),
        single => vec![single.clone()],
    }
}

fn decoded(parameters: &str) -> Vec<&str> {
    parameters.split('&').filter(|pair| !pair.is_empty()).collect()
}

#[test]
fn published_body_hashes_are_reproduced_from_text_and_from_base64() {
    for vector in section("body_hash").iter().filter(|vector| vector.get("sha256_b64").is_some()) {
        let body = vector["body"].as_str().unwrap();
        let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, body);
        let lines =
            [request_line(json!({"body": body})), request_line(json!({"bodyBase64": base64}))].join("\n");
        for explanation in explain_input(&lines, None) {
            assert_eq!(explanation["bodyHash"], vector["sha256_b64"]);
        }
    }
}

#[test]
fn published_base_uris_are_reproduced() {
    for vector in section("base_uri") {
        let explanation = &explain_input(&request_line(json!({"url": vector["url"]})), None)[0];
        assert_eq!(explanation["baseUri"], vector["out"]);
    }
}

/// A request always has its `oauth_*` parameters too: the published parameters have to be among them, in their order.
#[test]
fn published_parameters_are_reproduced_in_their_order() {
    for vector in section("param_string") {
        let url = format!("https://api.example/?{}", vector["query"].as_str().unwrap());
        let explanation = &explain_input(&request_line(json!({"url": url})), None)[0];
        let parameter_string = explanation["parameterString"].as_str().unwrap();
        let ours: Vec<_> =
            decoded(parameter_string).into_iter().filter(|pair| !pair.starts_with("oauth_")).collect();
        let published = decoded(vector["out"].as_str().unwrap());
        let published: Vec<_> = published.into_iter().filter(|pair| !pair.starts_with("oauth_")).collect();
        assert_eq!(ours, published);
        let mut sorted = decoded(parameter_string);
        sorted.sort_unstable_by_key(|pair| pair.split_once('='));
        assert_eq!(decoded(parameter_string), sorted);
    }
}

/// Vectors whose URL and parameters a real request can have; the others lack parameters that are always sent.
#[test]
fn published_base_strings_of_complete_requests_are_reproduced() {
    let mut compared = 0;
    for vector in section("base_string") {
        let (Some(url), Some(oauth)) = (vector["url"].as_str(), vector["oauth"].as_object()) else {
            continue;
        };
        if ["oauth_consumer_key", "oauth_nonce", "oauth_timestamp"]
            .iter()
            .any(|name| !oauth.contains_key(*name))
        {
            continue;
        }
        let explanation = &explain_input(
            &request_line(json!({
                "method": vector["method"], "url": url, "body": vector["body"],
                "consumerKey": oauth["oauth_consumer_key"], "nonce": oauth["oauth_nonce"],
                "timestamp": oauth["oauth_timestamp"],
            })),
            None,
        )[0];
        assert_eq!(explanation["baseString"], vector["out"]);
        compared += 1;
    }
    assert!(compared > 0);
}

#[test]
fn published_encodings_of_queries_enter_the_base_string_once() {
    for vector in section("base_string").iter().chain(&section("rfc5849_3_4_1_1")) {
        let (query, out) = (vector["query"].as_str(), vector["out"].as_str().unwrap());
        let Some(query) = query else { continue };
        let url = format!("{}?{query}", vector["base_uri"].as_str().unwrap());
        let base_string = explain_input(&request_line(json!({"url": url})), None)[0]["baseString"]
            .as_str()
            .unwrap()
            .to_owned();
        let parameters = out.splitn(3, '&').nth(2).unwrap();
        assert!(base_string.contains(parameters), "{base_string} lacks {parameters}");
    }
}

#[test]
fn the_three_steps_are_those_of_the_worked_example() {
    let consumer_key = format!("{}!{}", "A".repeat(48), "b".repeat(32));
    let line = json!({
        "method": "post", "url": "https://sandbox.api.mastercard.com/mdes/connect/1/0/getEligibleTokenRequestors",
        "body": r#"{"requestId":"r-1","accountRanges":["5555550000000000000"]}"#,
        "consumerKey": consumer_key, "nonce": "nOnCe0123456789a", "timestamp": "1767225600",
    });
    let explanation = &explain_input(&line.to_string(), None)[0];
    assert_eq!(explanation["bodyHash"], "n0o1Egk2eaHrvY4OYhwYTR+9ARFB9lq1x0Rw6SLok+w=");
    let expected = format!(
        "POST&https%3A%2F%2Fsandbox.api.mastercard.com%2Fmdes%2Fconnect%2F1%2F0%2FgetEligibleTokenRequestors\
         &oauth_body_hash%3Dn0o1Egk2eaHrvY4OYhwYTR%2B9ARFB9lq1x0Rw6SLok%2Bw%3D%26oauth_consumer_key%3D{}%21{}\
         %26oauth_nonce%3DnOnCe0123456789a%26oauth_signature_method%3DRSA-SHA256\
         %26oauth_timestamp%3D1767225600%26oauth_version%3D1.0",
        "A".repeat(48),
        "b".repeat(32)
    );
    assert_eq!(explanation["baseString"], expected);
    assert!(explanation.get("firstDifference").is_none());
}

#[test]
fn a_bad_line_is_reported_by_its_number_and_the_next_one_is_read() {
    let bad = [
        "not json".to_owned(),
        "[]".to_owned(),
        request_line(json!({"url": "/relative"})),
        request_line(json!({"method": null})),
        request_line(json!({"timestamp": 1.5})),
        request_line(json!({"body": {"a": 1}})),
        request_line(json!({"body": "", "bodyBase64": ""})),
        request_line(json!({"bodyBase64": "***"})),
    ];
    let lines = [&["".to_owned(), request_line(json!({}))], &bad[..], &[request_line(json!({}))]]
        .concat()
        .join("\r\n");
    let explanations = explain_input(&lines, None);
    assert_eq!(explanations.len(), bad.len() + 2);
    for (index, explanation) in explanations[1..=bad.len()].iter().enumerate() {
        assert_eq!(explanation["line"], index + 3, "{explanation}");
        assert!(explanation["error"].is_string());
    }
    assert!(
        explanations[0]["baseString"].is_string() && explanations[bad.len() + 1]["baseString"].is_string()
    );
}

#[test]
fn a_line_that_is_not_utf8_is_a_bad_line() {
    let mut output = Vec::new();
    let input = [b"\xff\n", request_line(json!({})).as_bytes()].concat();
    explain_lines(&input[..], &mut output, None).unwrap();
    assert_eq!(String::from_utf8(output).unwrap().lines().count(), 2);
}

#[test]
fn the_first_difference_to_the_gateways_string_is_named() {
    let ours = explain_input(&request_line(json!({})), None)[0]["baseString"].as_str().unwrap().to_owned();
    let differs = |theirs: &str| first_difference(&ours, theirs).unwrap();

    assert_eq!(first_difference(&ours, &ours), None);
    let method = differs(&ours.replacen("GET", "PUT", 1));
    assert_eq!((method.index, method.location.as_str()), (0, "method"));
    assert_eq!(differs(&ours.replacen("api", "mtf", 1)).location, "base URI");
    let hash = differs(&ours.replacen("47DEQ", "47DEX", 1));
    assert_eq!(hash.location, "parameter oauth_body_hash");
    assert!(hash.ours.starts_with("Qpj8") && hash.theirs.starts_with("Xpj8"), "{hash:?}");
    assert_eq!(differs(&ours.replacen("client%21", "other%21", 1)).location, "parameter oauth_consumer_key");
    let twice = differs(&ours.replace("U%3D", "U%253D"));
    assert!(twice.hint.unwrap().contains("once more"), "{twice:?}");
    let longer = differs(&format!("{ours}%26x%3D1"));
    assert_eq!((longer.index, longer.ours.as_str(), longer.theirs.as_str()), (ours.len(), "", "%26x%3D1"));
}

#[test]
fn the_gateways_whole_sentence_may_be_pasted() {
    let ours = explain_input(&request_line(json!({})), None)[0]["baseString"].as_str().unwrap().to_owned();
    let pasted = format!("OAuth signature did not match. Acceptable signature base string: \"{ours}\"\n");
    let theirs = acceptable_base_string(&pasted);
    assert_eq!(explain_input(&request_line(json!({})), Some(theirs))[0]["firstDifference"], Value::Null);
}
