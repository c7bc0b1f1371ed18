//! Recognizes keys in text, so that they are reported and never printed.

/// Characters of Base64 that are a key: other values of `samconfig.toml` have no word as long.
const LONG: usize = 100;
/// Characters in a line of PEM.
const LINE: usize = 64;
/// How an ASN.1 sequence of at least 128 bytes begins in Base64: private keys, PKCS#12 files.
const SEQUENCE: [&str; 3] = ["MII", "MIG", "MIH"];

/// Whether the text contains a private key in PEM, or Base64 that may be a key or a `.p12` file. A certificate in PEM is public.
pub(crate) fn looks_like_key(text: &str) -> bool {
    if text.contains("PRIVATE KEY-----") {
        return true;
    }
    let is_base64 = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/');
    let is_key = |word: &str| {
        let is_sequence = SEQUENCE.iter().any(|start| word.starts_with(start));
        word.len() >= if is_sequence { LINE } else { LONG }
    };
    !text.contains("-----BEGIN CERTIFICATE-----") && text.split(|letter| !is_base64(letter)).any(is_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_recognized_in_each_form_and_no_value_of_the_examples_is_one() {
        let key =
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
        let pem = key.serialize_pem();
        let line = pem.lines().nth(1).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        for text in [&*pem, &pem.replace('\n', "\\n"), &body, line, "-----BEGIN RSA PRIVATE KEY-----"] {
            assert!(looks_like_key(text));
        }
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap().pem();
        assert!(!looks_like_key(&certificate));
        for line in include_str!("../../../infra/samconfig.toml").lines() {
            assert!(!looks_like_key(line), "{line}");
        }
    }
}
