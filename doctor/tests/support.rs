//! A `World`, its settings with changes, and generated keys.

pub(crate) mod bank;
pub(crate) mod identity_provider;
pub(crate) mod init;

use doctor::check::Check;
use local::{Options, World};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize, date_time_ymd};
use runtime::config::{Environment, Settings};

pub(crate) async fn world() -> World {
    World::start(Options::default()).await.unwrap()
}

/// The settings of all functions, with changes.
pub(crate) fn settings(world: &World, changes: &[(&str, &str)]) -> Settings {
    let own = world.settings();
    let pairs = own.iter().chain(changes.iter().copied());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// All checks, in the local environment.
pub(crate) fn online() -> Check {
    Check {
        environment: Environment::Local,
        offline: false,
        client_id: None,
        card_contract_id: None,
        clock: Default::default(),
    }
}

/// The same without the network.
pub(crate) fn offline() -> Check {
    Check { offline: true, ..online() }
}

fn key() -> KeyPair {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()
}

/// A private key that the simulator does not know.
pub(crate) fn key_pem() -> String {
    key().serialize_pem()
}

/// A certificate that expired at the end of 2020, and its key.
pub(crate) fn expired_with_key() -> (String, String) {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    with_key(params)
}

/// A certificate that is valid, and its key.
pub(crate) fn certificate_with_key() -> (String, String) {
    with_key(CertificateParams::default())
}

/// A certificate of this key that is valid since the beginning of a year.
pub(crate) fn certificate_since(year: i32, key: &str) -> String {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(year, 1, 1);
    params.self_signed(&KeyPair::from_pem(key).unwrap()).unwrap().pem()
}

fn with_key(params: CertificateParams) -> (String, String) {
    let key = key();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}
