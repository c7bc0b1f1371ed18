use super::*;
use crate::config::{
    ConfigError, Settings,
    registry::{PROCESSING_CONSUMER_KEY, PROCESSING_URL, TOKEN_CONNECT_URL},
};

const SANDBOX: &str = "https://sandbox.api.mastercard.com/mdes";
const PRODUCTION: &str = "https://api.mastercard.com/mdes";

fn settings(vars: &[(&str, &str)]) -> Settings {
    vars.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// The environment of Token Connect's base URL, or the problems with these settings.
fn environment(vars: &[(&str, &str)]) -> Result<Environment, String> {
    let settings = settings(vars);
    let mut reader = settings.read();
    match base_url(&mut reader, &TOKEN_CONNECT_URL, &PROCESSING_URL) {
        Some((_, environment)) => Ok(environment),
        None => Err(reader.problems().to_string()),
    }
}

#[test]
fn published_addresses_name_their_environment() {
    let of = |url: &str| Environment::of(&url.parse().unwrap());
    for (url, environment) in [
        (PRODUCTION, Environment::Production),
        ("https://api.mastercard.com/mdes/mtf", Environment::Mtf),
        ("https://sandbox.api.mastercard.com/mdes/mtf/", Environment::Mtf),
        (SANDBOX, Environment::Sandbox),
        ("https://api.mastercard.com/global-processing/digital", Environment::Production),
        ("https://mtf.api.mastercard.com/global-processing/digital", Environment::Mtf),
        ("https://sandbox.api.mastercard.com/global-processing/digital", Environment::Sandbox),
        ("http://127.0.0.1:9010/mdes", Environment::Local),
        ("http://localhost:9010/mdes", Environment::Local),
        ("http://[::1]:9010/mdes", Environment::Local),
    ] {
        assert_eq!(of(url), Some(environment), "{url}");
    }
    assert_eq!(of("https://api.mastercard.com.example/mdes"), None);
    assert_eq!(of("https://localhost.example/mdes"), None);
    assert_eq!(of("https://api.mastercard.com/mdes/mtfx"), Some(Environment::Production));
}

#[test]
fn a_base_url_of_another_environment_than_named_stops_init() {
    let named = |name| environment(&[("TOKEN_CONNECT_URL", SANDBOX), ("MASTERCARD_ENVIRONMENT", name)]);
    assert_eq!(named("sandbox"), Ok(Environment::Sandbox));
    assert_eq!(
        named("production").unwrap_err(),
        "settings: TOKEN_CONNECT_URL: leads to sandbox, and MASTERCARD_ENVIRONMENT is production"
    );
    assert!(named("prod").unwrap_err().ends_with("must be sandbox, mtf, production or local"));
}

#[test]
fn both_apis_are_of_one_environment() {
    let with_processing_url =
        |other| environment(&[("TOKEN_CONNECT_URL", SANDBOX), ("PROCESSING_URL", other)]);
    let other = "https://sandbox.api.mastercard.com/global-processing/digital";
    assert_eq!(with_processing_url(other), Ok(Environment::Sandbox));
    assert_eq!(
        with_processing_url("https://mtf.api.mastercard.com/global-processing/digital").unwrap_err(),
        "settings: TOKEN_CONNECT_URL: leads to sandbox, and PROCESSING_URL to mtf"
    );
}

#[test]
fn a_host_that_mastercard_does_not_publish_has_to_be_named() {
    let url = ("TOKEN_CONNECT_URL", "https://mastercard.bank.example/mdes");
    assert!(environment(&[url]).unwrap_err().contains("MASTERCARD_ENVIRONMENT must say where it leads"));
    assert_eq!(environment(&[url, ("MASTERCARD_ENVIRONMENT", "mtf")]), Ok(Environment::Mtf));
}

#[test]
fn plain_http_is_for_loopback_only() {
    assert_eq!(environment(&[("TOKEN_CONNECT_URL", "http://127.0.0.1:1/mdes")]), Ok(Environment::Local));
    let plain = environment(&[("TOKEN_CONNECT_URL", "http://sandbox.api.mastercard.com/mdes")]);
    assert_eq!(plain.unwrap_err(), "settings: TOKEN_CONNECT_URL: must be https");
    let named_local =
        [("TOKEN_CONNECT_URL", "http://bank.example/mdes"), ("MASTERCARD_ENVIRONMENT", "local")];
    assert_eq!(environment(&named_local).unwrap_err(), "settings: TOKEN_CONNECT_URL: must be https");
}

#[test]
fn a_consumer_key_that_is_for_another_environment_stops_init() {
    let read = |key, environment| {
        let settings = settings(&[("PROCESSING_CONSUMER_KEY", key)]);
        let mut reader = settings.read();
        consumer_key(&mut reader, &PROCESSING_CONSUMER_KEY, environment)
            .ok_or_else(|| reader.problems().to_string())
    };
    let production = Some(Environment::Production);
    assert_eq!(read("client!key", production).unwrap(), "client!key");
    assert_eq!(read("production:client!key", production).unwrap(), "client!key");
    assert_eq!(read("client:x!key", production).unwrap(), "client:x!key");
    assert_eq!(
        read("sandbox:client!key", production).unwrap_err(),
        "settings: PROCESSING_CONSUMER_KEY: is for sandbox, and the base URL leads to production"
    );
    // The base URL itself has a problem, which is noted where it is read.
    assert_eq!(read("sandbox:client!key", None).unwrap(), "client!key");
}

#[test]
fn a_problem_with_a_setting_that_two_readers_share_is_reported_once() {
    let settings = settings(&[
        ("TOKEN_CONNECT_URL", SANDBOX),
        ("PROCESSING_URL", "https://sandbox.api.mastercard.com/global-processing/digital"),
        ("MASTERCARD_ENVIRONMENT", "test"),
    ]);
    let mut reader = settings.read();
    assert_eq!(base_url(&mut reader, &TOKEN_CONNECT_URL, &PROCESSING_URL), None);
    assert_eq!(base_url(&mut reader, &PROCESSING_URL, &TOKEN_CONNECT_URL), None);
    let ConfigError::Settings(problems) = reader.problems() else { panic!("not settings") };
    assert_eq!(problems, ["MASTERCARD_ENVIRONMENT: must be sandbox, mtf, production or local"]);
}
