use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};

use super::*;
use crate::testing::{certificate_pem, private_key_pem, to_pem};

/// With an IV of 16 bytes, as Mastercard's libraries send it; the content key is 00 01 02 … 1f.
const PROTECTED: &str =
    "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiazEiLCJjdHkiOiJhcHBsaWNhdGlvbi9qc29uIn0";
const REST: &str = "EBESExQVFhcYGRobHB0eHw.0SEYEJICU-4IaPEc2dRYZZK_Q5txITTvJiLazjaT5DgKb-D2o-lkmP_nvHp45T27hkP9_UGW\
    kSYwGVEHkEDug_7gx59qLlgC-wRuO3DcV61SHlvaBMLAhXuPw29s_9uJ2FDlWUcSg_04faEQxkvdNZZqFA7MeSICsvvrNG7pfvF8pQU0DXaLzVcZr\
    Heb.JpN75h9jKHTK6Nmi7B8LoA";

fn certificate() -> Certificate {
    Certificate::from_pem("certificate", &certificate_pem()).unwrap()
}

fn private_key(pem: &str) -> DecryptionKey {
    DecryptionKey::read("key", pem.as_bytes(), None).unwrap()
}

fn keys() -> JweKeys {
    JweKeys::new(&certificate(), None, &[private_key(&private_key_pem())]).unwrap()
}

fn another_key() -> DecryptionKey {
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    private_key(&to_pem("PRIVATE KEY", der.as_ref()))
}

/// The JWE with another protected header.
fn with_header(header: &str, jwe: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), jwe.split_once('.').unwrap().1)
}

fn wrapped(keys: &JweKeys, content_key: &[u8]) -> String {
    let mut wrapped = vec![0; keys.0.encryption_key.ciphertext_size()];
    let wrapped =
        keys.0.encryption_key.encrypt(&OAEP_SHA256_MGF1SHA256, content_key, &mut wrapped, None).unwrap();
    URL_SAFE_NO_PAD.encode(wrapped)
}

#[test]
fn an_encrypted_body_decrypts_again() {
    let keys = keys();
    let wrapped = keys.encrypt_body(br#"{"cardContractId":70001}"#).unwrap();
    assert!(!String::from_utf8_lossy(&wrapped).contains("70001"));
    assert_eq!(keys.decrypt_body(&wrapped).unwrap().unwrap(), br#"{"cardContractId":70001}"#);
}

#[test]
fn a_body_is_read_with_each_name_of_the_field_and_written_with_the_configured_one() {
    for field in JweField::ALL {
        let body = keys().with_field(field).encrypt_body(b"{}").unwrap();
        assert!(body.starts_with(format!("{{\"{}\":", field.as_str()).as_bytes()));
        assert_eq!(keys().decrypt_body(&body).unwrap().unwrap(), b"{}");
        assert_eq!(field.as_str().parse(), Ok(field));
    }
    // The card of step 9, in plaintext around it.
    let plain = br#"{"encryptedPayload":{"encryptedData":"ab"}}"#;
    assert_eq!(keys().decrypt_body(plain), Ok(None));
    assert_eq!("encrypteddata".parse::<JweField>(), Err(UnknownJweField));
}

#[test]
fn the_header_is_that_of_mastercards_libraries() {
    let keys = keys();
    let jwe = keys.encrypt(b"{}").unwrap();
    let header: serde_json::Value =
        serde_json::from_slice(&decode(jwe.split('.').next().unwrap()).unwrap()).unwrap();
    let kid = certificate().public_key_fingerprint();
    let expected =
        serde_json::json!({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":kid,"cty":"application/json"});
    assert_eq!(header, expected);
}

#[test]
fn mastercards_sixteen_byte_iv_is_supported() {
    let keys = keys();
    let content_key: Vec<u8> = (0..32).collect();
    let jwe = format!("{PROTECTED}.{}.{REST}", wrapped(&keys, &content_key));
    let decrypted = keys.decrypt(&jwe).unwrap();
    assert!(decrypted.starts_with(br#"[{"pushAccountId":"CA-1""#));
    assert_eq!(keys.decrypt(&jwe.replace('_', "/")).unwrap(), decrypted, "Node's base64url leaves the slash");
}

#[test]
fn a_changed_byte_anywhere_is_rejected() {
    let keys = keys();
    let jwe = keys.encrypt(b"an encrypted card").unwrap();
    for part in 0..5 {
        let mut parts: Vec<String> = jwe.split('.').map(Into::into).collect();
        let first = if parts[part].starts_with('A') { "B" } else { "A" };
        parts[part].replace_range(0..1, first);
        assert_eq!(keys.decrypt(&parts.join(".")), Err(JweError), "part {part}");
    }
    for not_jwe in ["", "a.b.c", "....", "é.é.é.é.é"] {
        assert_eq!(keys.decrypt(not_jwe), Err(JweError));
    }
}

#[test]
fn a_content_key_of_the_wrong_length_or_algorithm_is_rejected() {
    let keys = keys();
    assert_eq!(keys.decrypt(&format!("{PROTECTED}.{}.{REST}", wrapped(&keys, &[7; 16]))), Err(JweError));
    let rsa15 = URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA1_5","enc":"A256GCM"}"#);
    assert_eq!(keys.decrypt(&format!("{rsa15}.{}.{REST}", wrapped(&keys, &[7; 32]))), Err(JweError));
}

#[test]
fn a_plain_body_is_not_decrypted() {
    assert_eq!(keys().decrypt_body(br#"{"Errors":{}}"#), Ok(None));
    assert_eq!(keys().decrypt_body(b"<html>"), Ok(None));
    assert_eq!(keys().decrypt_body(br#"{"encryptedData":"rubbish"}"#), Err(JweError));
}

#[test]
fn the_older_of_two_keys_still_decrypts() {
    let kid = Some("their-kid".to_owned());
    let both = JweKeys::new(&certificate(), kid, &[another_key(), private_key(&private_key_pem())]).unwrap();
    assert_eq!(both.decrypt(&both.encrypt(b"{}").unwrap()).unwrap(), b"{}");
    let removed = JweKeys::new(&certificate(), None, &[another_key()]).unwrap();
    assert_eq!(removed.decrypt(&both.encrypt(b"{}").unwrap()), Err(JweError));
}

#[test]
fn cbc_is_decrypted_only_with_a_valid_hmac() {
    let keys = keys();
    let protected = URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256"}"#);
    let (content_key, iv) = ([7; 32], [9; 16]);
    // Sixteen bytes of ciphertext and an arbitrary tag.
    let forged = [wrapped(&keys, &content_key), URL_SAFE_NO_PAD.encode(iv), "A".repeat(22), "A".repeat(22)];
    assert_eq!(keys.decrypt(&format!("{protected}.{}", forged.join("."))), Err(JweError));
}

#[test]
fn standard_base64_is_accepted() {
    let keys = keys();
    let jwe = keys.encrypt(b"an encrypted card").unwrap();
    let (protected, rest) = jwe.split_once('.').unwrap();
    let parts = rest.split('.').map(|part| {
        let standard = part.replace('-', "+").replace('_', "/");
        let padding = (4 - standard.len() % 4) % 4;
        standard + &"=".repeat(padding)
    });
    let standard = format!(" {protected}.{}\n", parts.collect::<Vec<_>>().join("."));
    assert_eq!(keys.decrypt(&standard).unwrap(), b"an encrypted card");
}

#[test]
fn compression_and_critical_extensions_are_rejected() {
    let keys = keys();
    let jwe = keys.encrypt(b"{}").unwrap();
    for header in [
        r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"}"#,
        r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","crit":["exp"],"exp":1}"#,
        r#"{"alg":"dir","enc":"A256GCM"}"#,
        r#"{"enc":"A256GCM"}"#,
        "[]",
    ] {
        assert_eq!(keys.decrypt(&with_header(header, &jwe)), Err(JweError), "{header}");
    }
}
