//! The public properties of keys and certificates: size, validity, and the fingerprints in every form that
//! Mastercard's documents use (hex SHA-256 and SHA-1 of the certificate's DER and of the public key's DER).

use aws_lc_rs::digest::{self, Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use jiff::Timestamp;
use mastercard::keys::Certificate;
use runtime::config::EXPIRES_SOON_DAYS;

/// Validity of a certificate at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Validity {
    NotYetValid,
    Valid,
    ExpiresSoon,
    Expired,
}

/// The validity, and a sentence about it.
pub(super) fn validity(certificate: &Certificate, now: Timestamp) -> (Validity, String) {
    let (begins, ends) = (certificate.not_before(), certificate.not_after());
    let day = |time: Timestamp| time.strftime("%F").to_string();
    match certificate.expires_in_days(now) {
        _ if begins > now => (Validity::NotYetValid, format!("not valid before {}", day(begins))),
        left @ ..0 => (Validity::Expired, format!("expired on {}, {} days ago", day(ends), -left)),
        left => {
            let validity = if left < EXPIRES_SOON_DAYS { Validity::ExpiresSoon } else { Validity::Valid };
            (validity, format!("valid until {}, {left} days left", day(ends)))
        }
    }
}

/// `RSA 2048 bits`.
pub(super) fn key_size(bits: Option<usize>) -> String {
    match bits {
        Some(bits) => format!("RSA {bits} bits"),
        None => "no RSA key of 2048 to 8192 bits".into(),
    }
}

/// Fingerprints of a certificate and of its public key.
pub(super) fn certificate_fingerprints(certificate: &Certificate) -> Vec<String> {
    let own = [certificate.fingerprint(), certificate.fingerprint_sha1()];
    let of_key = [certificate.public_key_fingerprint(), certificate.public_key_fingerprint_sha1()];
    [fingerprints("certificate", own), fingerprints("public key", of_key)].concat()
}

/// Fingerprints of the public key (DER `SubjectPublicKeyInfo`) of a private key that has no certificate.
pub(super) fn public_key_fingerprints(public_key: &[u8]) -> Vec<String> {
    let hex = |algorithm: &'static Algorithm| hex::encode(digest::digest(algorithm, public_key));
    fingerprints("public key", [hex(&SHA256), hex(&SHA1_FOR_LEGACY_USE_ONLY)])
}

fn fingerprints(of: &str, [sha256, sha1]: [String; 2]) -> Vec<String> {
    vec![format!("{of} SHA-256 {sha256}"), format!("{of} SHA-1 {sha1}")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test_certificate() -> Certificate {
        Certificate::from_pem(
            "certificate",
            include_str!("../../../shared/mastercard/testdata/certificate.pem"),
        )
        .unwrap()
    }

    #[test]
    fn fingerprints_come_in_all_four_published_forms() {
        assert_eq!(
            certificate_fingerprints(&test_certificate()),
            [
                "certificate SHA-256 b39ba9209e4608aaab98af31cacadb736273e4922f29c6a5bb7764b3d5b8d8ac",
                "certificate SHA-1 a963471b0b830b48e7fdf11b86fd9656cebde286",
                "public key SHA-256 68f82c8e69b1b107057eddc93cf716895ee7be55ed02a9a6411533bede7c128a",
                "public key SHA-1 f71674cf14ec99316b69372a185b823056276827",
            ]
        );
        assert_eq!(key_size(test_certificate().bits()), "RSA 2048 bits");
    }

    #[test]
    fn a_certificate_is_shown_with_the_days_it_has_left() {
        let at = |day: &str| validity(&test_certificate(), format!("{day}T17:41:00Z").parse().unwrap());
        assert_eq!(at("2026-11-20"), (Validity::NotYetValid, "not valid before 2026-11-22".into()));
        assert_eq!(at("2026-11-23"), (Validity::ExpiresSoon, "valid until 2026-11-23, 0 days left".into()));
        assert_eq!(at("2026-11-28").0, Validity::Expired);
    }
}
