use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::*;
use crate::{
    keys::{Certificate, ClientEncryptionKey, PrivateKey},
    testing::{CERTIFICATE, certificate_pem, pkcs8, private_key_pem, to_pem},
};

const FINGERPRINT: &str = "b39ba9209e4608aaab98af31cacadb736273e4922f29c6a5bb7764b3d5b8d8ac";

/// The base64 of a PEM text, without line breaks.
fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

/// A PEM text with lines of this length.
fn in_columns(pem: &str, columns: usize) -> String {
    let (body, lines) = (body(pem), pem.lines().collect::<Vec<_>>());
    let rows = body.as_bytes().chunks(columns).map(|row| std::str::from_utf8(row).unwrap());
    [&[lines[0]], &*rows.collect::<Vec<_>>(), &[lines[lines.len() - 1]]].concat().join("\n") + "\n"
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

/// The forms in which a PEM text arrives, each with what happened to it.
fn forms(pem: &str) -> Vec<(&'static str, Vec<u8>)> {
    let first = pem.lines().next().unwrap();
    let text = [
        ("as it is", pem.to_owned()),
        ("63 columns", in_columns(pem, 63)),
        ("one line", in_columns(pem, usize::MAX)),
        ("a blank line after the header", pem.replacen('\n', "\n\n", 1)),
        ("a byte order mark", format!("\u{feff}{pem}")),
        ("a comment after it", format!("{pem}\n# Mastercard client encryption key 2026\n")),
        ("text before it", format!("subject=CN = a\n\n{pem}")),
        ("line breaks became spaces", pem.trim_end().replace('\n', " ")),
        ("line breaks were lost", pem.replace('\n', "")),
        ("line breaks were written out", pem.trim_end().replace('\n', "\\n")),
        ("line breaks were written out twice", pem.replace('\n', "\\\\n")),
        ("a value of JSON", format!("{{\"key\": \"{}\"}}", pem.replace('\n', "\\r\\n"))),
        ("spaces at the ends of lines", pem.replace('\n', " \n")),
        ("indented, as in YAML", pem.replace('\n', "\n    ")),
        ("carriage returns", pem.replace('\n', "\r\n")),
        ("non-breaking spaces", pem.replace('\n', "\u{a0}\n")),
        ("base64 of the file", STANDARD.encode(pem)),
        ("a continued line of a shell", pem.replace('\n', "\\\n")),
    ];
    let bytes = [
        ("UTF-16, as PowerShell writes it", utf16(pem, u16::to_le_bytes)),
        ("UTF-16 in the other byte order", utf16(pem, u16::to_be_bytes)),
        ("Latin-1 around it", [b"friendlyName: Schl\xfcssel\n", pem.as_bytes()].concat()),
    ];
    assert!(text.iter().all(|(what, form)| form.contains(first) || *what == "base64 of the file"));
    text.map(|(what, form)| (what, form.into_bytes())).into_iter().chain(bytes).collect()
}

#[test]
fn a_certificate_is_read_however_its_lines_were_changed() {
    for (what, form) in forms(CERTIFICATE) {
        let key = Certificate::read("client encryption key", &form).map(ClientEncryptionKey::from);
        let key = key.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(
            (key.certificate().fingerprint(), key.header_value()),
            (FINGERPRINT.into(), body(CERTIFICATE))
        );
    }
}

#[test]
fn a_private_key_is_read_however_its_lines_were_changed() {
    let traditional = to_pem("RSA PRIVATE KEY", &pkcs8()[26..]);
    for (pem, what, form) in [private_key_pem(), traditional]
        .iter()
        .flat_map(|pem| forms(pem).into_iter().map(move |(what, form)| (pem, what, form)))
    {
        let expected = <PrivateKey>::read("key", pem.as_bytes(), None).unwrap().public_key().to_vec();
        let key = <PrivateKey>::read("key", &form, None).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(key.public_key(), expected, "{what}");
    }
}

#[test]
fn a_certificate_is_read_from_der() {
    let der = STANDARD.decode(body(CERTIFICATE)).unwrap();
    for content in [der.clone(), STANDARD.encode(&der).into_bytes(), in_columns(CERTIFICATE, 76).into_bytes()]
    {
        assert_eq!(Certificate::read("certificate", &content).unwrap().fingerprint(), FINGERPRINT);
    }
}

#[test]
fn of_a_chain_the_leaf_is_used_in_any_order() {
    let (authority_key, key) = (rcgen::KeyPair::generate().unwrap(), rcgen::KeyPair::generate().unwrap());
    let named = |name: &str| {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params
    };
    let authority = named("authority").self_signed(&authority_key).unwrap().pem();
    let params = named("authority");
    let issuer = rcgen::Issuer::from_params(&params, &authority_key);
    let leaf = named("leaf").signed_by(&key, &issuer).unwrap().pem();
    let expected = Certificate::from_pem("leaf", &leaf).unwrap();
    for chain in [format!("{leaf}{authority}"), format!("{authority}\n{leaf}"), leaf.repeat(2)] {
        assert_eq!(Certificate::from_pem("chain", &chain).unwrap(), expected);
    }
    // Both are self-signed: the first one counts.
    let two = format!("{CERTIFICATE}{}", certificate_pem());
    assert_eq!(Certificate::from_pem("two", &two).unwrap().fingerprint(), FINGERPRINT);
}

#[test]
fn damage_is_named_with_what_to_do_and_never_accepted() {
    let pem = private_key_pem();
    let problem = |content: &str| {
        PrivateKey::<aws_lc_rs::rsa::KeyPair>::read("", content.as_bytes(), None).unwrap_err().problem
    };
    let (without_end, _) = pem.split_once("-----END").unwrap();
    let damaged = [
        without_end.to_owned(),
        without_end.lines().next().unwrap().to_owned(),
        pem.replace("\n-----END", "\n!-----END"),
        pem.replace("END PRIVATE", "END RSA PRIVATE"),
        format!("{without_end}{pem}"),
        "-----BEGIN PRIVATE KEY".to_owned(),
    ];
    for content in damaged {
        assert_eq!(problem(&content), KeyProblem::DamagedPem);
    }
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----";
    assert_eq!(problem(old), KeyProblem::EncryptedPem);
    let missing_line: String =
        pem.lines().enumerate().filter(|(at, _)| *at != 3).map(|(_, line)| line.to_owned() + "\n").collect();
    assert_eq!(problem(&missing_line), KeyProblem::NotRsa);
}

proptest! {
    /// Noise is rejected without a panic.
    #[test]
    fn any_content_is_accepted_or_rejected(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = <PrivateKey>::read("key", &content, None);
        let _ = Certificate::read("certificate", &content);
    }

    #[test]
    fn any_text_between_the_lines_is_accepted_or_rejected(text in "[-A-Za-z0-9+/=\\\\\\n ]{0,80}") {
        let _ = Certificate::from_pem("certificate", &format!("-----BEGIN CERTIFICATE-----{text}-----END CERTIFICATE-----"));
    }
}
