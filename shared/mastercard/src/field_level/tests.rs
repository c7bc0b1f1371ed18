use aws_lc_rs::{
    encoding::AsDer as _,
    rsa::{
        KeyPair, KeySize, OAEP_SHA1_MGF1SHA1, OaepAlgorithm, OaepPublicEncryptingKey, PublicEncryptingKey,
    },
};
use serde_json::{Value, json};

use super::*;
use crate::{keys::Certificate, testing};

/// Published ciphertexts with known content keys; see `testdata/README.md`.
const VECTORS: &str = include_str!("../../testdata/content-encryption-vectors.json");
const CBC_PLAINTEXT: &str = r#"{"tokenUniqueReference":"a reference"}"#;

fn key() -> DecryptionKey {
    DecryptionKey::read("key", testing::private_key_pem().as_bytes(), None).unwrap()
}

fn another_key() -> DecryptionKey {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = key.as_der().unwrap();
    DecryptionKey::read("key", testing::to_pem("PRIVATE KEY", der.as_ref()).as_bytes(), None).unwrap()
}

fn wrap(content_key: &[u8], algorithm: &'static OaepAlgorithm) -> String {
    let key = PublicEncryptingKey::from_der(key().public_key()).unwrap();
    let key = OaepPublicEncryptingKey::new(key).unwrap();
    let mut wrapped = vec![0; key.ciphertext_size()];
    hex::encode(key.encrypt(algorithm, content_key, &mut wrapped, None).unwrap())
}

/// The format of MDES: CBC, SHA-512.
fn cbc() -> Value {
    let (content_key, iv) = ([7; 16], [9; 16]);
    let cipher = aws_lc_rs::cipher::PaddedBlockEncryptingKey::cbc_pkcs7(
        UnboundCipherKey::new(&AES_128, &content_key).unwrap(),
    )
    .unwrap();
    let mut content = CBC_PLAINTEXT.as_bytes().to_vec();
    let context = aws_lc_rs::cipher::EncryptionContext::Iv128(FixedLength::from(iv));
    cipher.less_safe_encrypt(&mut content, context).unwrap();
    json!({
        "encryptedData": hex::encode_upper(content),
        "encryptedKey": wrap(&content_key, &OAEP_SHA512_MGF1SHA512),
        "oaepHashingAlgorithm": "SHA512",
        "publicKeyFingerprint": crate::digest::sha256_hex(key().public_key()),
        "iv": hex::encode(iv),
    })
}

fn decrypt(payload: &Value, keys: &[DecryptionKey]) -> Result<String, DecryptionError> {
    let payload: EncryptedPayload = serde_json::from_value(payload.clone()).unwrap();
    let plaintext = FieldLevelKeys::new(keys).decrypt(&payload)?;
    Ok(String::from_utf8(plaintext).unwrap())
}

fn with(mut payload: Value, field: &str, value: Value) -> Value {
    payload[field] = value;
    payload
}

#[test]
fn a_payload_in_the_format_of_mdes_is_decrypted() {
    assert_eq!(decrypt(&cbc(), &[key()]).unwrap(), CBC_PLAINTEXT);
}

#[test]
fn a_published_gcm_payload_is_decrypted() {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let gcm = vectors.iter().find(|vector| vector["name"] == "published, AES-128-GCM").unwrap();
    let content_key = hex::decode(gcm["key"].as_str().unwrap()).unwrap();
    let payload = json!({
        "encryptedData": gcm["ciphertext"], "iv": gcm["iv"], "tag": gcm["tag"], "aad": gcm["aad"],
        "encryptedKey": wrap(&content_key, &OAEP_SHA256_MGF1SHA256),
        "oaepHashingAlgorithm": "SHA256", "algorithmCipherMode": "GCM",
    });
    assert_eq!(decrypt(&payload, &[key()]).unwrap(), gcm["plaintext"].as_str().unwrap());
    for field in ["tag", "aad", "iv"] {
        assert_eq!(
            decrypt(&with(payload.clone(), field, Value::Null), &[key()]),
            Err(DecryptionError),
            "{field}"
        );
        let other = "00".repeat(gcm[field].as_str().unwrap().len() / 2);
        assert_eq!(
            decrypt(&with(payload.clone(), field, other.into()), &[key()]),
            Err(DecryptionError),
            "{field}"
        );
    }
}

#[test]
fn either_of_two_keys_decrypts_with_any_fingerprint() {
    let fingerprint =
        Certificate::from_pem("certificate", &testing::certificate_pem()).unwrap().fingerprint();
    for name in [json!(fingerprint), json!("unknown"), Value::Null, cbc()["publicKeyFingerprint"].clone()] {
        let payload = with(cbc(), "publicKeyFingerprint", name);
        assert_eq!(decrypt(&payload, &[another_key(), key()]).unwrap(), CBC_PLAINTEXT);
        assert_eq!(decrypt(&payload, &[key(), another_key()]).unwrap(), CBC_PLAINTEXT);
    }
    assert_eq!(decrypt(&cbc(), &[another_key()]), Err(DecryptionError));
}

#[test]
fn pkcs1_padding_and_unknown_algorithms_are_rejected() {
    let sha1 = with(cbc(), "encryptedKey", wrap(&[7; 16], &OAEP_SHA1_MGF1SHA1).into());
    for (field, value) in [
        ("oaepHashingAlgorithm", Value::Null),
        ("oaepHashingAlgorithm", "SHA1".into()),
        ("algorithmCipherMode", "ECB".into()),
        ("encryptedData", "not hex".into()),
        ("encryptedData", "00".into()),
        ("encryptedKey", "".into()),
        ("iv", "00".into()),
    ] {
        assert_eq!(decrypt(&with(cbc(), field, value), &[key()]), Err(DecryptionError), "{field}");
    }
    assert_eq!(decrypt(&with(sha1, "oaepHashingAlgorithm", "SHA1".into()), &[key()]), Err(DecryptionError));
}

#[test]
fn debug_prints_no_keys() {
    let keys = FieldLevelKeys::new(&[key()]);
    assert_eq!(format!("{keys:?}"), "FieldLevelKeys(<redacted>)");
}
