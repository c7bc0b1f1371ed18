use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use super::*;
use crate::testing;

fn vectors(section: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../testdata/oauth1-vectors.json")).unwrap();
    match &all[section] {
        Value::Array(vectors) => vectors.clone(),
        single => vec![single.clone()],
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// `{"a": "1", "b": ["2", "3"]}` as pairs.
fn pairs(object: &Value) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    for (name, value) in object.as_object().unwrap() {
        match value {
            Value::Array(values) => pairs.extend(values.iter().map(|value| (name.as_str(), text(value)))),
            value => pairs.push((name, text(value))),
        }
    }
    pairs
}

#[test]
fn published_body_hashes_agree() {
    let vectors = vectors("body_hash").into_iter().filter(|vector| vector.get("sha256_b64").is_some());
    assert_eq!(vectors.clone().count(), 5);
    for vector in vectors {
        assert_eq!(body_hash(text(&vector["body"]).as_bytes()), text(&vector["sha256_b64"]));
    }
}

#[test]
fn published_percent_encodings_agree() {
    for vector in vectors("percent_encode") {
        assert_eq!(percent_encode(text(&vector["in"])), text(&vector["out"]));
    }
    assert_eq!(percent_encode("a b*c"), "a%20b%2Ac");
}

#[test]
fn published_base_uris_agree() {
    for vector in vectors("base_uri") {
        assert_eq!(base_uri(&text(&vector["url"]).parse().unwrap()), text(&vector["out"]));
    }
    assert_eq!(base_uri(&"https://[::1]:8443/a".parse().unwrap()), "https://[::1]:8443/a");
}

#[test]
fn published_parameter_strings_agree() {
    for vector in vectors("param_string") {
        assert_eq!(
            parameter_string(vector["query"].as_str(), &pairs(&vector["oauth"])),
            text(&vector["out"])
        );
    }
}

#[test]
fn published_base_strings_agree() {
    for vector in vectors("base_string") {
        let url: Option<Url> = vector["url"].as_str().map(|url| url.parse().unwrap());
        let base_uri = url.as_ref().map_or_else(|| text(&vector["base_uri"]).to_owned(), base_uri);
        let hash = vector["body"].as_str().map(|body| body_hash(body.as_bytes()));
        let mut oauth: Vec<_> =
            ["oauth", "params"].iter().filter_map(|name| vector.get(name)).flat_map(pairs).collect();
        oauth.extend(hash.as_deref().map(|hash| ("oauth_body_hash", hash)));
        let query = url.as_ref().and_then(|url| url.query()).or(vector["query"].as_str());
        let parameters = match vector["param_string"].as_str() {
            Some(parameters) => parameters.to_owned(),
            None => parameter_string(query, &oauth),
        };
        assert_eq!(base_string(text(&vector["method"]), &base_uri, &parameters), text(&vector["out"]));
    }
}

#[test]
fn the_example_of_rfc_5849_agrees() {
    let [vector] = vectors("rfc5849_3_4_1_1").try_into().unwrap();
    let url: Url = text(&vector["url"]).parse().unwrap();
    // The RFC includes the parameters of its form body, which Mastercard's dialect does not: they are passed as a query.
    let query = format!("{}&{}", url.query().unwrap(), text(&vector["form_body"]).replace('+', "%20"));
    let parameters = parameter_string(Some(&query), &pairs(&vector["oauth"]));
    assert_eq!(base_string("post", &base_uri(&url), &parameters), text(&vector["out"]));
}

#[test]
fn the_published_header_layout_agrees() {
    let [vector] = vectors("authorization_header").try_into().unwrap();
    let mut oauth = pairs(&vector["oauth"]);
    oauth.retain(|(name, _)| *name != "oauth_signature");
    assert_eq!(authorization_header(&oauth, text(&vector["oauth"]["oauth_signature"])), text(&vector["out"]));
}

#[test]
fn a_signed_request_verifies_against_the_public_key() {
    let key = SigningKey::from_pem("signing key", &testing::private_key_pem()).unwrap();
    let consumer_key = format!("{}!{}", "A".repeat(48), "b".repeat(32));
    let signer = Signer::new(consumer_key, key.clone());
    let url =
        "https://sandbox.api.mastercard.com/mdes/connect/1/0/getEligibleTokenRequestors".parse().unwrap();
    let body = br#"{"requestId":"r-1","accountRanges":["5555550000000000000"]}"#;
    let once = NonceAndTimestamp { nonce: "nOnCe0123456789a".into(), timestamp: 1_767_225_600 };
    let signed = signer.sign("POST", &url, body, &once).unwrap();

    assert_eq!(
        signed.base_string,
        "POST&https%3A%2F%2Fsandbox.api.mastercard.com%2Fmdes%2Fconnect%2F1%2F0%2FgetEligibleTokenRequestors\
         &oauth_body_hash%3Dn0o1Egk2eaHrvY4OYhwYTR%2B9ARFB9lq1x0Rw6SLok%2Bw%3D\
         %26oauth_consumer_key%3DAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%21bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\
         %26oauth_nonce%3DnOnCe0123456789a%26oauth_signature_method%3DRSA-SHA256\
         %26oauth_timestamp%3D1767225600%26oauth_version%3D1.0"
    );
    assert!(
        signed.header.starts_with(r#"OAuth oauth_body_hash="n0o1Egk2eaHrvY4OYhwYTR+9ARFB9lq1x0Rw6SLok+w=","#)
    );
    let (_, signature) = signed.header.split_once(r#"oauth_signature=""#).unwrap();
    let signature =
        percent_encoding::percent_decode_str(signature.trim_end_matches('"')).decode_utf8().unwrap();
    let public_key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key());
    let signature = STANDARD.decode(signature.as_bytes()).unwrap();
    public_key.verify(signed.base_string.as_bytes(), &signature).unwrap();
}

#[test]
fn the_header_names_the_signature_method() {
    let url = "https://a.example/".parse().unwrap();
    let sign = |signer: Signer| signer.sign("GET", &url, b"", &NonceAndTimestamp::now()).unwrap();
    let signed = sign(testing::signer().with_signature_method(SignatureMethod::RsaPss));
    assert!(signed.header.contains(r#"oauth_signature_method="RSA-PSS""#));
    assert!(signed.base_string.contains("oauth_signature_method%3DRSA-PSS%26"));
    assert!(sign(testing::signer()).header.contains(r#"oauth_signature_method="RSA-SHA256""#));
}

#[test]
fn every_nonce_is_different() {
    let (one, other) = (NonceAndTimestamp::now(), NonceAndTimestamp::now());
    assert_ne!(one.nonce, other.nonce);
    assert!(one.nonce.len() >= 16 && one.nonce.bytes().all(|b| b.is_ascii_alphanumeric()));
}

#[test]
fn neither_key_nor_header_prints() {
    let signer = testing::signer();
    let signed =
        signer.sign("GET", &"https://a.example/".parse().unwrap(), b"", &NonceAndTimestamp::now()).unwrap();
    assert_eq!(format!("{signer:?} {signed:?}"), "Signer(<redacted>) Authorization(<redacted>)");
}
