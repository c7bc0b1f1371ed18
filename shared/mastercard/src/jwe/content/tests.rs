use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    name: String,
    enc: String,
    key: String,
    aad: String,
    iv: String,
    ciphertext: String,
    tag: String,
    plaintext: String,
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

/// Decrypts after a change to the parts: aad, iv, ciphertext, tag.
fn decrypt_changed(vector: &Vector, change: impl FnOnce(&mut [Vec<u8>; 4])) -> Result<Vec<u8>, JweError> {
    let mut parts = [&vector.aad, &vector.iv, &vector.ciphertext, &vector.tag].map(|hex| bytes(hex));
    change(&mut parts);
    let [aad, iv, ciphertext, tag] = &parts;
    decrypt(&vector.enc, &bytes(&vector.key), &EncryptedContent { aad, iv, ciphertext, tag })
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../testdata/content-encryption-vectors.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn published_ciphertexts_are_decrypted() {
    for vector in vectors() {
        let decrypted = decrypt_changed(&vector, |_| {}).expect(&vector.name);
        assert_eq!(String::from_utf8(decrypted).unwrap(), vector.plaintext, "{}", vector.name);
    }
}

#[test]
fn a_changed_bit_anywhere_is_rejected() {
    for vector in vectors() {
        for part in 0..4 {
            let changed = decrypt_changed(&vector, |parts| parts[part][0] ^= 1);
            assert_eq!(changed, Err(JweError), "{}, part {part}", vector.name);
        }
    }
}

#[test]
fn a_part_of_another_length_is_rejected() {
    for vector in vectors() {
        for part in 0..4 {
            let shortened = decrypt_changed(&vector, |parts| parts[part].truncate(parts[part].len() - 1));
            assert_eq!(shortened, Err(JweError), "{}, part {part}", vector.name);
            let emptied = decrypt_changed(&vector, |parts| parts[part].clear());
            assert_eq!(emptied, Err(JweError), "{}, part {part}", vector.name);
        }
        let short_key = Vector { key: vector.key[2..].into(), ..vector };
        assert_eq!(decrypt_changed(&short_key, |_| {}), Err(JweError));
    }
}

#[test]
fn other_content_encryption_algorithms_are_rejected() {
    let mut vector = vectors().remove(0);
    vector.enc = "A256CBC-HS512".into();
    assert_eq!(decrypt_changed(&vector, |_| {}), Err(JweError));
}
