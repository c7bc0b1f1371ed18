//! The computations of an enrollment: signing a request, decrypting a JWE, composing the redirect.
//! `shared/mastercard/benches/signing-ratio` compares signing with `openssl speed` on the same core.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark may panic")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use push_provisioning_client::{
    Certificate, JweKeys, PrivateKey, Signer, SigningKey,
    oauth1::NonceAndTimestamp,
    redirect::{self, AllowedOrigin},
    secret::Signature,
    token_requestor::{Platform, PushMethod, PushMethodKind},
};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use url::Url;

/// A new RSA key of 2048 bits, the size of Mastercard's keys.
fn rsa() -> KeyPair {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()
}

fn signing(criterion: &mut Criterion) {
    let key = SigningKey::from_pem("bench", &rsa().serialize_pem()).unwrap();
    let signer = Signer::new("A".repeat(48) + "!" + &"b".repeat(48), key);
    let url: Url =
        "https://sandbox.api.mastercard.com/mdes/connect/1/0/pushMultipleAccounts".parse().unwrap();
    // About the size of a push.
    let body = vec![b'a'; 2048];
    let once =
        NonceAndTimestamp { nonce: "0123456789abcdef0123456789abcdef".into(), timestamp: 1_767_225_600 };
    criterion.bench_function("signing", |bencher| {
        bencher.iter(|| signer.sign("POST", black_box(&url), black_box(&body), &once).unwrap());
    });
}

fn jwe_decrypt(criterion: &mut Criterion) {
    let key = rsa();
    let certificate = CertificateParams::new(["bench".to_owned()]).unwrap().self_signed(&key).unwrap();
    let certificate = Certificate::from_pem("bench", &certificate.pem()).unwrap();
    let private_key = PrivateKey::read("bench", key.serialize_pem().as_bytes(), None).unwrap();
    let keys = JweKeys::new(&certificate, None, &[private_key]).unwrap();
    // About the size of a search response.
    let jwe = keys.encrypt(&[b'a'; 2048]).unwrap();
    criterion
        .bench_function("jwe_decrypt", |bencher| bencher.iter(|| keys.decrypt(black_box(&jwe)).unwrap()));
}

fn redirect_compose(criterion: &mut Criterion) {
    let uri = "https://sandbox.src.mastercard.com/provision".parse().unwrap();
    let methods = [PushMethod { kind: PushMethodKind::Web, uri }];
    let origins: [AllowedOrigin; 1] = ["https://sandbox.src.mastercard.com".parse().unwrap()];
    let part = "a".repeat(300);
    let signature = Signature::new(format!("{part}.{part}.{part}"));
    criterion.bench_function("redirect", |bencher| {
        bencher.iter(|| {
            redirect::compose(black_box(&methods), Platform::Ios, Some(&signature), &origins).unwrap()
        });
    });
}

criterion_group!(benches, signing, jwe_decrypt, redirect_compose);
criterion_main!(benches);
