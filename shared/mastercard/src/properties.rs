//! Property tests: a JWE decrypts to what was encrypted, and the encrypted card is passed on byte for byte.

use proptest::prelude::*;
use serde_json::json;

use super::{
    callback,
    jwe::JweKeys,
    keys::{Certificate, PrivateKey},
    processing::parse_search_body,
    testing::{certificate_pem, private_key_pem},
};

/// JSON texts with spaces, numbers and nesting that `serde_json` would not write.
fn unusual_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("1.50".to_owned()),
        Just("-0".to_owned()),
        Just("9399999999999999999999".to_owned()),
        any::<String>().prop_map(|text| json!(text).to_string()),
        "\\PC{0,12}".prop_map(|text| json!(text).to_string().replace('/', "\\/")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let list =
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[ {} ]", items.join(" ,")));
        let fields = prop::collection::vec(("[a-z]{1,9}", inner), 0..4).prop_map(|fields| {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("\"{name}\" :\t{value}")).collect();
            format!("{{{}}}", fields.join("\n,"))
        });
        prop_oneof![list, fields]
    })
}

fn payload() -> impl Strategy<Value = String> {
    let hex = || "[0-9a-fA-F]{32,128}";
    let gcm = prop_oneof![
        Just(String::new()),
        "[0-9a-f]{24}".prop_map(|iv| format!(
            r#","algorithmCipherMode":"GCM","iv":"{iv}","tag":"b8f0a64a1fe0ac8f7ddfb0d7a4c2c1","aad" : "00""#
        )),
        Just(r#","algorithmCipherMode":"CBC","oaepHashingAlgorithm":"SHA512","iv":"0806eda4509818f35f76ea9ddd02e939""#.to_owned()),
    ];
    (hex(), hex(), "[0-9a-f]{64}", gcm, unusual_json()).prop_map(|(data, key, fingerprint, gcm, unknown)| {
        format!(
            r#"{{ "introducedTomorrow": {unknown}, "encryptedData":"{data}","encryptedKey" :"{key}","publicKeyFingerprint":"{fingerprint}"{gcm}}}"#
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_encrypted_card_passes_through_byte_for_byte(payload in payload(), extra in unusual_json()) {
        let object = format!("{{ \"extra\":{extra} ,\"encryptedPayload\":{payload}\n}}");
        let wrapped = format!(r#"{{"requestId":1,"x":{extra},"pushFundingAccounts":{object} }}"#);
        let passed = parse_search_body(wrapped.as_bytes()).unwrap();
        prop_assert_eq!(serde_json::to_string(&passed).unwrap(), object);

        let at_the_top = format!(r#"{{"x":{extra},"encryptedPayload": {payload}}}"#);
        let passed = parse_search_body(at_the_top.as_bytes()).unwrap();
        prop_assert_eq!(serde_json::to_string(&passed).unwrap(), format!(r#"{{"encryptedPayload":{payload}}}"#));
    }

    #[test]
    fn an_encrypted_body_decrypts_to_the_original(body in prop::collection::vec(any::<u8>(), 0..2000)) {
        let certificate = Certificate::from_pem("certificate", &certificate_pem()).unwrap();
        let key = PrivateKey::read("key", private_key_pem().as_bytes(), None).unwrap();
        let keys = JweKeys::new(&certificate, None, &[key]).unwrap();
        let encrypted = keys.encrypt_body(&body).unwrap();
        prop_assert_eq!(keys.decrypt_body(&encrypted).unwrap(), Some(body));
    }

    #[test]
    fn any_query_is_parsed_and_its_receipt_is_found(query in "\\PC{0,200}", receipt in "[!-~]{1,64}") {
        let _ = callback::parse(&query);
        let encoded: String = receipt.bytes().map(|b| format!("%{b:02x}")).collect();
        let results = callback::parse(&format!("{}&results%5B{encoded}%5D=APPROVED", query.replace("results", "")));
        prop_assert!(results.iter().any(|it| it.receipt.expose() == receipt));
    }
}
