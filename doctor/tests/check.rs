//! `doctor check` against a `World`: healthy settings are reported as healthy, and each fault is reported in the row of
//! its setting or API.

use std::fs;

use doctor::{
    check::Check,
    report::{Report, Verdict},
};
use jiff::SignedDuration;
use local::{Options, World};
use runtime::config::Environment;
use simulator::{Fault, Operation, Times};
use tempfile::TempDir;

use crate::support::{self, key_pem, offline, online, settings, world};

/// The row's verdict, findings and remedy.
fn row(report: &Report, what: &str) -> (Verdict, String) {
    let row = report.row(what).expect(what);
    (row.verdict, [row.found.clone(), row.remedy.iter().cloned().collect()].concat().join("\n"))
}

fn assert_wrong(report: &Report, what: &str, part: &str) {
    let (verdict, text) = row(report, what);
    assert_eq!(verdict, Verdict::Wrong, "{report}");
    assert!(text.contains(part), "{part} is not in\n{report}");
    assert_eq!(report.verdict(), Verdict::Wrong);
}

async fn check_with(world: &World, changes: &[(&str, &str)]) -> Report {
    online().run(&settings(world, changes)).await
}

#[tokio::test]
async fn a_healthy_world_is_reported_as_healthy() {
    let world = world().await;
    let report = check_with(&world, &[]).await;
    assert_eq!(report.verdict(), Verdict::Ok, "{report}");
    assert_eq!(row(&report, "Token Connect: getEligibleTokenRequestors").0, Verdict::Ok);
    assert_eq!(row(&report, "Processing: getTokensByClient").0, Verdict::Ok);
    let skipped = report.rows.iter().filter(|row| row.verdict == Verdict::Skipped);
    let skipped: Vec<&str> = skipped.map(|row| row.what.as_str()).collect();
    assert_eq!(skipped, ["MASTERCARD_ENVIRONMENT", "Token Connect: TLS", "Processing: TLS"]);
    let (_, certificate) = row(&report, "CLIENT_ENCRYPTION_CERTIFICATE");
    for part in ["RSA 2048", "days left", "certificate SHA-256", "certificate SHA-1", "public key SHA-1"] {
        assert!(certificate.contains(part), "{certificate}");
    }
}

#[tokio::test]
async fn the_tokens_of_the_given_client_id_are_counted() {
    let world = world().await;
    let check = Check { client_id: Some("40000".parse().unwrap()), ..online() };
    let report = check.run(&settings(&world, &[])).await;
    let (verdict, text) = row(&report, "Processing: getTokensByClient");
    assert_eq!(verdict, Verdict::Ok);
    assert!(text.contains("tokens of this cardholder"), "{text}");
}

#[tokio::test]
async fn a_client_id_that_processing_does_not_know_is_a_warning() {
    let world = world().await;
    let check = Check { client_id: Some("41234".parse().unwrap()), ..online() };
    let report = check.run(&settings(&world, &[])).await;
    let (verdict, text) = row(&report, "Processing: getTokensByClient");
    assert_eq!(verdict, Verdict::Warning);
    assert!(text.contains("does not know this client id"), "{text}");
}

#[tokio::test]
async fn a_card_without_oaep_hashing_algorithm_is_named() {
    for (pkcs1_keys, expected) in [(false, Verdict::Ok), (true, Verdict::Warning)] {
        let simulator = simulator::Options { pkcs1_keys, ..simulator::Options::default() };
        let world = World::start(Options { simulator, ..Options::default() }).await.unwrap();
        let check = Check {
            client_id: Some("40000".parse().unwrap()),
            card_contract_id: Some("70001".parse().unwrap()),
            ..online()
        };
        let report = check.run(&settings(&world, &[])).await;
        let (verdict, text) = row(&report, "Processing: searchFundingAccounts");
        assert_eq!(verdict, expected, "{report}");
        assert!(text.contains("oaepHashingAlgorithm"), "{text}");
    }
}

#[tokio::test]
async fn a_signing_key_of_another_project_is_found_by_the_first_signed_call() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("key.pem");
    fs::write(&file, key_pem()).unwrap();
    let key = format!("file:{}", file.display());
    let report = check_with(&world, &[("TOKEN_CONNECT_SIGNING_KEY", &key)]).await;
    assert_wrong(&report, "Token Connect: getEligibleTokenRequestors", "AUTHENTICATION_FAILED");
    assert_eq!(row(&report, "Processing: getTokensByClient").0, Verdict::Ok);
    assert_eq!(row(&report, "TOKEN_CONNECT_SIGNING_KEY").0, Verdict::Ok);
}

#[tokio::test]
async fn a_consumer_key_of_another_project_is_found_by_the_first_signed_call() {
    let world = world().await;
    let report = check_with(&world, &[("PROCESSING_CONSUMER_KEY", "somebody!else")]).await;
    assert_wrong(&report, "Processing: getTokensByClient", "consumer key");
    assert_eq!(row(&report, "PROCESSING_CONSUMER_KEY").0, Verdict::Warning);
}

/// The settings of the next key set of Token Connect: this key in a new file, and this consumer key.
fn next_key_set(folder: &TempDir, pem: &str, consumer_key: &str) -> [(&'static str, String); 2] {
    let file = folder.path().join("next.pem");
    fs::write(&file, pem).unwrap();
    [
        ("TOKEN_CONNECT_NEXT_SIGNING_KEY", format!("file:{}", file.display())),
        ("TOKEN_CONNECT_NEXT_CONSUMER_KEY", consumer_key.to_owned()),
    ]
}

async fn check_with_next(world: &World, next: &[(&'static str, String)]) -> Report {
    let next: Vec<(&str, &str)> = next.iter().map(|(name, value)| (*name, &**value)).collect();
    check_with(world, &next).await
}

/// The key and the consumer key that the simulator accepts.
fn accepted(world: &World) -> (String, String) {
    let settings = world.settings();
    let value = |name: &str| settings.iter().find(|(known, _)| *known == name).unwrap().1.to_owned();
    let file = value("TOKEN_CONNECT_SIGNING_KEY");
    let key = fs::read_to_string(file.strip_prefix("file:").unwrap()).unwrap();
    (key, value("TOKEN_CONNECT_CONSUMER_KEY"))
}

const CURRENT_SET: &str = "Token Connect: getEligibleTokenRequestors, current key set";
const NEXT_SET: &str = "Token Connect: getEligibleTokenRequestors, NEXT key set";

#[tokio::test]
async fn of_two_key_sets_each_makes_its_own_call() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let (key, consumer_key) = accepted(&world);
    let report = check_with_next(&world, &next_key_set(&folder, &key, &consumer_key)).await;
    for (what, settings) in [
        (CURRENT_SET, "signed with TOKEN_CONNECT_CONSUMER_KEY and TOKEN_CONNECT_SIGNING_KEY only"),
        (NEXT_SET, "signed with TOKEN_CONNECT_NEXT_CONSUMER_KEY and TOKEN_CONNECT_NEXT_SIGNING_KEY only"),
    ] {
        let (verdict, text) = row(&report, what);
        assert_eq!(verdict, Verdict::Ok, "{report}");
        assert!(text.contains(settings), "{text}");
    }
    assert_eq!(report.verdict(), Verdict::Ok, "{report}");
    assert_eq!(row(&report, "Processing: getTokensByClient").0, Verdict::Ok, "it has one key set");
    assert_eq!(world.simulator().calls(Operation::GetEligibleTokenRequestors), 2);
}

/// The functions fall back to the older one, so they go on working until it expires.
#[tokio::test]
async fn a_newer_key_set_of_another_project_is_named_although_the_older_one_still_signs() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let (key, consumer_key) = accepted(&world);
    for (pem, consumer_key) in [(key_pem(), &*consumer_key), (key, "somebody!else")] {
        let report = check_with_next(&world, &next_key_set(&folder, &pem, consumer_key)).await;
        assert_wrong(&report, NEXT_SET, "AUTHENTICATION_FAILED");
        assert!(row(&report, NEXT_SET).1.contains("TOKEN_CONNECT_NEXT_SIGNING_KEY"), "{report}");
        assert_eq!(row(&report, CURRENT_SET).0, Verdict::Ok, "{report}");
    }
}

/// The functions do not even try it while the other set is accepted.
#[tokio::test]
async fn a_next_key_set_with_the_older_certificate_is_tried_too() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let (key, consumer_key) = accepted(&world);
    let own = folder.path().join("own.pem");
    fs::write(&own, [support::certificate_since(2025, &key), key].concat()).unwrap();
    let other = key_pem();
    let next = [support::certificate_since(2024, &other), other].concat();
    let next = next_key_set(&folder, &next, &consumer_key);
    let own = ("TOKEN_CONNECT_SIGNING_KEY", format!("file:{}", own.display()));
    let report = check_with_next(&world, &[&next[..], &[own]].concat()).await;
    assert_wrong(&report, NEXT_SET, "AUTHENTICATION_FAILED");
    assert_eq!(row(&report, CURRENT_SET).0, Verdict::Ok, "{report}");
}

#[tokio::test]
async fn a_key_set_without_its_key_makes_no_call_and_the_other_one_does() {
    let world = world().await;
    let report = check_with(&world, &[("TOKEN_CONNECT_NEXT_CONSUMER_KEY", "somebody!else")]).await;
    assert_wrong(&report, "TOKEN_CONNECT_NEXT_SIGNING_KEY", "is not set");
    assert_eq!(row(&report, NEXT_SET), (Verdict::Skipped, "needs settings that are wrong above".into()));
    assert_eq!(row(&report, CURRENT_SET).0, Verdict::Ok, "{report}");
}

#[tokio::test]
async fn fields_that_cannot_be_read_are_a_warning_that_says_where_their_names_are() {
    let world = world().await;
    let fault = Fault::Rewritten {
        find: "5555550000000000000".into(),
        replace: "{\"from\":5555550000000000000}".into(),
    };
    world.simulator().set_fault(Operation::GetEligibleTokenRequestors, fault, Times::Always);
    let report = check_with(&world, &[]).await;
    let (verdict, text) = row(&report, "Token Connect: getEligibleTokenRequestors");
    assert_eq!(verdict, Verdict::Warning, "{text}");
    assert!(text.contains("its log event response_fields_unreadable names the fields"), "{text}");
    assert!(text.contains("sync-requestors") && !text.contains("5555550"), "{text}");
}

#[tokio::test]
async fn an_expired_certificate_is_named_with_the_day_it_ended() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("expired.pem");
    fs::write(&file, support::expired_with_key().0).unwrap();
    let expired = format!("file:{}", file.display());
    for name in ["CLIENT_ENCRYPTION_CERTIFICATE", "PROCESSING_ENCRYPTION_CERTIFICATE"] {
        for (environment, expected) in [
            (Environment::Local, Verdict::Warning),
            (Environment::Sandbox, Verdict::Warning),
            (Environment::Mtf, Verdict::Warning),
            (Environment::Production, Verdict::Wrong),
        ] {
            let check = Check { environment, ..offline() };
            let report = check.run(&settings(&world, &[(name, &expired)])).await;
            let (verdict, text) = row(&report, name);
            assert_eq!(verdict, expected, "{environment}: {report}");
            assert!(text.contains("expired on 2021-01-01"), "{text}");
            assert_eq!(row(&report, "functions").0, Verdict::Ok, "they start with it: {report}");
        }
    }
}

#[tokio::test]
async fn the_certificate_of_the_quarantine_is_described_and_still_works_when_it_has_expired() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let name = "NOTIFICATION_QUARANTINE_CERTIFICATE";
    let file = folder.path().join("quarantine.pem");
    let reference = format!("file:{}", file.display());
    let (valid, expired) = (support::certificate_with_key().0, support::expired_with_key().0);
    for (certificate, environment, expected, part) in [
        (&valid, Environment::Local, Verdict::Ok, "days left"),
        (&expired, Environment::Local, Verdict::Warning, "expired on 2021-01-01"),
        (&expired, Environment::Production, Verdict::Warning, "still opens what is in quarantine"),
        (&String::new(), Environment::Local, Verdict::Wrong, "create one with an RSA key"),
    ] {
        fs::write(&file, certificate).unwrap();
        let check = Check { environment, ..offline() };
        let report = check.run(&settings(&world, &[(name, &reference)])).await;
        let (verdict, text) = row(&report, name);
        assert_eq!(verdict, expected, "{report}");
        assert!(text.contains(part), "{text}");
        assert_eq!(text.contains("certificate SHA-256"), expected != Verdict::Wrong, "{text}");
    }
}

#[tokio::test]
async fn a_key_is_checked_with_the_certificate_in_its_file() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("key.pem");
    let key = format!("file:{}", file.display());
    let (expired, own) = support::expired_with_key();
    for (private_key, expected) in [(own, "expired on 2021-01-01"), (key_pem(), "another key")] {
        fs::write(&file, [private_key, expired.clone()].concat()).unwrap();
        let report = offline().run(&settings(&world, &[("PROCESSING_SIGNING_KEY", &key)])).await;
        assert_wrong(&report, "PROCESSING_SIGNING_KEY", expected);
    }
}

#[tokio::test]
async fn a_key_set_that_will_replace_the_one_in_use_is_checked_too() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("key.pem");
    fs::write(&file, key_pem()).unwrap();
    let key = format!("file:{}", file.display());
    let next =
        [("TOKEN_CONNECT_NEXT_SIGNING_KEY", &*key), ("TOKEN_CONNECT_NEXT_CONSUMER_KEY", "local:short!key")];
    let report = offline().run(&settings(&world, &next)).await;
    assert_eq!(row(&report, "TOKEN_CONNECT_NEXT_SIGNING_KEY").0, Verdict::Ok);
    let (verdict, text) = row(&report, "TOKEN_CONNECT_NEXT_CONSUMER_KEY");
    assert!(verdict == Verdict::Warning && text.contains("5 characters before"), "{text}");
    let report = offline().run(&settings(&world, &next[..1])).await;
    assert_wrong(&report, "TOKEN_CONNECT_NEXT_CONSUMER_KEY", "is not set");
}

#[tokio::test]
async fn an_invalid_key_is_named_and_not_shown() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("key.pem");
    fs::write(&file, "MIIsecret").unwrap();
    let key = format!("file:{}", file.display());
    for name in ["PROCESSING_SIGNING_KEY", "PROCESSING_DECRYPTION_KEY", "CLIENT_ENCRYPTION_CERTIFICATE"] {
        let report = offline().run(&settings(&world, &[(name, &key)])).await;
        assert_wrong(&report, name, "PEM");
        assert!(!report.to_string().contains("MIIsecret"));
    }
}

/// A function finds this out only when it first signs, with a cardholder waiting.
#[tokio::test]
async fn a_key_whose_numbers_do_not_belong_together_is_named() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("key.der");
    let mut damaged = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
        .unwrap()
        .serialized_der()
        .to_vec();
    let byte = damaged.len() / 2;
    damaged[byte] ^= 1;
    fs::write(&file, damaged).unwrap();
    let key = format!("file:{}", file.display());
    for name in ["PROCESSING_SIGNING_KEY", "PROCESSING_DECRYPTION_KEY"] {
        let report = offline().run(&settings(&world, &[(name, &key)])).await;
        assert_wrong(&report, name, "do not belong together");
    }
}

#[tokio::test]
async fn a_certificate_is_accepted_as_editors_and_consoles_leave_it_and_is_not_called_a_damaged_container() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let own = settings(&world, &[]);
    let (_, file) = own.iter().find(|(name, _)| *name == "CLIENT_ENCRYPTION_CERTIFICATE").unwrap();
    let pem = fs::read_to_string(file.strip_prefix("file:").unwrap()).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &base64).unwrap();
    let changed = folder.path().join("changed.pem");
    let reference = format!("file:{}", changed.display());
    let forms = [format!("\u{feff}{pem}"), pem.replace('\n', " "), pem.replace('\n', "\\n"), base64];
    for content in forms.map(String::into_bytes).into_iter().chain([der]) {
        fs::write(&changed, content).unwrap();
        let report = offline().run(&settings(&world, &[("CLIENT_ENCRYPTION_CERTIFICATE", &reference)])).await;
        assert_eq!(row(&report, "CLIENT_ENCRYPTION_CERTIFICATE").0, Verdict::Ok, "{report}");
        assert_eq!(report.verdict(), Verdict::Ok, "{report}");
    }
    let report = offline().run(&settings(&world, &[("PROCESSING_SIGNING_KEY", &reference)])).await;
    assert_wrong(&report, "PROCESSING_SIGNING_KEY", "not a `PRIVATE KEY`");
}

#[tokio::test]
async fn a_missing_key_file_and_a_key_in_place_of_a_file_are_named() {
    let world = world().await;
    for (value, expected) in
        [("file:/nowhere/key.pem", "path"), ("-----BEGIN PRIVATE KEY-----", "never written out")]
    {
        let report = offline().run(&settings(&world, &[("TOKEN_CONNECT_SIGNING_KEY", value)])).await;
        assert_wrong(&report, "TOKEN_CONNECT_SIGNING_KEY", expected);
    }
}

#[tokio::test]
async fn mastercards_certificate_and_our_key_must_not_be_one_pair() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let (pair, other) = (folder.path().join("pair.pem"), folder.path().join("key.pem"));
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    fs::write(&pair, rcgen::CertificateParams::default().self_signed(&key).unwrap().pem()).unwrap();
    fs::write(&other, key.serialize_pem()).unwrap();
    let (pair, key) = (format!("file:{}", pair.display()), format!("file:{}", other.display()));
    let changes = [("PROCESSING_ENCRYPTION_CERTIFICATE", &*pair), ("PROCESSING_DECRYPTION_KEY", &*key)];
    let report = offline().run(&settings(&world, &changes)).await;
    assert_wrong(&report, "key reuse", "PROCESSING_ENCRYPTION_CERTIFICATE");
}

#[tokio::test]
async fn a_client_encryption_key_larger_than_token_connect_accepts_is_named() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("large.pem");
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_3072).unwrap();
    fs::write(&file, rcgen::CertificateParams::default().self_signed(&key).unwrap().pem()).unwrap();
    let large = format!("file:{}", file.display());
    let report = offline().run(&settings(&world, &[("CLIENT_ENCRYPTION_CERTIFICATE", &large)])).await;
    assert_wrong(&report, "CLIENT_ENCRYPTION_CERTIFICATE", "RSA 3072 bits");
    let report = offline().run(&settings(&world, &[("PROCESSING_ENCRYPTION_CERTIFICATE", &large)])).await;
    assert_eq!(row(&report, "PROCESSING_ENCRYPTION_CERTIFICATE").0, Verdict::Ok);
}

#[tokio::test]
async fn a_bad_account_range_is_named_by_its_position() {
    let world = world().await;
    let report = offline().run(&settings(&world, &[("ACCOUNT_RANGES", "555555000, 1234, 55555x000")])).await;
    assert_wrong(&report, "ACCOUNT_RANGES", "entry 2: length 4");
    assert!(row(&report, "ACCOUNT_RANGES").1.contains("entry 3: length 9, not all digits"));
    assert!(report.row("settings").is_none(), "{report}");
}

#[tokio::test]
async fn more_than_25_ranges_are_several_calls_a_repeated_one_is_wrong_and_a_card_number_is_a_warning() {
    let world = world().await;
    let many: Vec<String> = (0..26).map(|n| (555_555_000 + n).to_string()).collect();
    let cases = [
        (many.join(","), Verdict::Ok, "26 in 2 calls, 26 padded"),
        ("555555000,5555550000000000000".into(), Verdict::Wrong, "must not contain duplicates"),
        ("555555000,5555555555554444".into(), Verdict::Warning, "entry 2 looks like a card number"),
    ];
    for (ranges, verdict, expected) in cases {
        let report = offline().run(&settings(&world, &[("ACCOUNT_RANGES", &ranges)])).await;
        let (row_verdict, text) = row(&report, "ACCOUNT_RANGES");
        assert_eq!(row_verdict, verdict, "{text}");
        assert!(text.contains(expected) && !text.contains("5555555555554444"), "{text}");
    }
}

#[tokio::test]
async fn an_address_that_refuses_connections_is_named_and_its_call_is_not_made() {
    let world = world().await;
    // Tests never listen on this port.
    let nowhere = "http://127.0.0.1:1/mdes";
    let report = check_with(&world, &[("TOKEN_CONNECT_URL", nowhere)]).await;
    assert_wrong(&report, "Token Connect: TCP", "port");
    assert_eq!(row(&report, "Token Connect: getEligibleTokenRequestors").0, Verdict::Skipped);
    assert_eq!(row(&report, "Processing: getTokensByClient").0, Verdict::Ok);

    let check = Check { environment: Environment::Sandbox, ..online() };
    let unknown_host = [
        ("TOKEN_CONNECT_URL", "https://name.invalid/mdes"),
        ("PROCESSING_URL", "https://name.invalid/global-processing/digital"),
        ("MASTERCARD_ENVIRONMENT", "sandbox"),
    ];
    let unknown = check.run(&settings(&world, &unknown_host)).await;
    assert_eq!(row(&unknown, "PROCESSING_URL").0, Verdict::Warning);
    assert_wrong(&unknown, "Processing: DNS", "name server");
}

#[tokio::test]
async fn a_clock_an_hour_ahead_is_named_and_half_a_minute_is_not() {
    let world = world().await;
    for (ahead, verdict) in
        [(20, Verdict::Ok), (-120, Verdict::Warning), (3600, Verdict::Wrong), (-3600, Verdict::Wrong)]
    {
        let check = online();
        check.clock.advance(SignedDuration::from_secs(ahead));
        let report = check.run(&settings(&world, &[])).await;
        assert_eq!(row(&report, "Token Connect: clock").0, verdict, "{report}");
        assert_eq!(report.verdict(), verdict);
    }
}

#[tokio::test]
async fn a_callback_that_leaves_no_room_for_the_state_is_named() {
    let world = world().await;
    let long = format!("https://bank.example/{}", "a".repeat(230));
    let report = offline().run(&settings(&world, &[("CALLBACK_BASE_URL", &long)])).await;
    assert_wrong(&report, "CALLBACK_BASE_URL", "200 characters");
}

#[tokio::test]
async fn an_address_of_another_environment_is_named() {
    let world = world().await;
    let check = Check { environment: Environment::Sandbox, ..offline() };
    let urls = [
        ("TOKEN_CONNECT_URL", "https://api.mastercard.com/mdes"),
        ("PROCESSING_URL", "https://api.mastercard.com/global-processing/digital/"),
    ];
    let report = check.run(&settings(&world, &urls)).await;
    assert_wrong(&report, "TOKEN_CONNECT_URL", "is of production, but --env says sandbox");
    assert_wrong(&report, "PROCESSING_URL", "is of production, but --env says sandbox");
    let mixed = [urls[0], ("PROCESSING_URL", "https://mtf.api.mastercard.com/global-processing/digital")];
    let report = check.run(&settings(&world, &mixed)).await;
    assert_wrong(&report, "TOKEN_CONNECT_URL", "production");
    assert_wrong(&report, "PROCESSING_URL", "mtf");
    let report = online().run(&settings(&world, &urls)).await;
    assert_eq!(row(&report, "Token Connect: getEligibleTokenRequestors").0, Verdict::Skipped);
    assert!(report.row("Token Connect: DNS").is_none(), "nothing is sent there: {report}");
    let report = check.run(&settings(&world, &[("MASTERCARD_ENVIRONMENT", "production")])).await;
    assert_wrong(&report, "MASTERCARD_ENVIRONMENT", "--env says sandbox");
    let report = check.run(&settings(&world, &[("MASTERCARD_ENVIRONMENT", "staging")])).await;
    assert_wrong(&report, "MASTERCARD_ENVIRONMENT", "sandbox, mtf, production or local");
    assert!(report.row("settings").is_none(), "reported twice: {report}");
    let wrong_path = [
        ("TOKEN_CONNECT_URL", "https://sandbox.api.mastercard.com/mdes/connect/1/0"),
        ("PROCESSING_URL", "https://sandbox.api.mastercard.com/global-processing/digital"),
    ];
    let report = check.run(&settings(&world, &wrong_path)).await;
    assert_wrong(&report, "TOKEN_CONNECT_URL", "set it to https://sandbox.api.mastercard.com/mdes");
}

#[tokio::test]
async fn links_to_this_machine_or_into_a_script_are_not_for_production() {
    let world = world().await;
    let check = Check { environment: Environment::Production, ..offline() };
    let report = check.run(&settings(&world, &[("APP_LINKS", "web=javascript:alert(1)")])).await;
    assert_wrong(&report, "APP_LINKS", "javascript");
    assert_wrong(&report, "CALLBACK_BASE_URL", "https is needed");
    assert_wrong(&report, "ALLOWED_REDIRECT_ORIGINS", "https is needed");
    assert_wrong(&report, "TOKEN_CONNECT_URL", "is of local");
}

#[tokio::test]
async fn a_claim_that_holds_the_app_in_place_of_the_cardholder_is_a_warning() {
    let world = world().await;
    let sandbox = Check { environment: Environment::Sandbox, ..offline() };
    for claim in ["client_id", "azp"] {
        let report = sandbox.run(&settings(&world, &[("CLIENT_ID_CLAIM", claim)])).await;
        let (verdict, text) = row(&report, "CLIENT_ID_CLAIM");
        assert_eq!(verdict, Verdict::Warning, "{text}");
        assert!(text.contains("all cardholders would be one client"), "{text}");
    }
    let own = [("CLIENT_ID_CLAIM", "processing_client_id")];
    assert_eq!(row(&sandbox.run(&settings(&world, &own)).await, "CLIENT_ID_CLAIM").0, Verdict::Ok);
    let unnamed = sandbox.run(&settings(&world, &[("STEP_UP_METHODS", "otp")])).await;
    assert_eq!(row(&unnamed, "STEP_UP_METHODS").0, Verdict::Warning);
    let challenged = [("STEP_UP_METHODS", "otp"), ("STEP_UP_MAX_AGE_MINUTES", "5")];
    assert_eq!(row(&sandbox.run(&settings(&world, &challenged)).await, "STEP_UP_METHODS").0, Verdict::Ok);
}

#[tokio::test]
async fn scopes_for_some_requests_only_are_a_warning() {
    let world = world().await;
    for (set, missing) in [
        (vec![("WRITE_SCOPES", "enroll:write")], "READ_SCOPES"),
        (vec![("READ_SCOPES", "enroll:read")], "WRITE_SCOPES"),
        (vec![("READ_SCOPES", "enroll:read"), ("TOKEN_WRITE_SCOPES", "tokens:write")], "WRITE_SCOPES"),
    ] {
        let report = offline().run(&settings(&world, &set)).await;
        let (verdict, text) = row(&report, missing);
        assert_eq!(verdict, Verdict::Warning, "{text}");
        assert!(text.contains("its requests need none"), "{text}");
    }
    for set in [vec![], vec![("READ_SCOPES", "enroll:read"), ("WRITE_SCOPES", "enroll:write")]] {
        let report = offline().run(&settings(&world, &set)).await;
        let of_scopes = ["READ_SCOPES", "WRITE_SCOPES"].map(|name| report.row(name));
        assert_eq!(of_scopes, [None, None], "{report}");
    }
}

#[tokio::test]
async fn all_missing_settings_are_reported_at_once() {
    let report = offline().run(&Default::default()).await;
    for name in ["TOKEN_CONNECT_URL", "PROCESSING_SIGNING_KEY", "ACCOUNT_RANGES", "APP_LINKS"] {
        assert_wrong(&report, name, "is not set");
    }
    let (_, of_deployment) = row(&report, "settings of the deployment");
    assert!(of_deployment.contains("CALLBACK_BASE_URL"), "API Gateway's domain is known after it: {report}");
}

#[tokio::test]
async fn a_setting_that_stops_any_function_is_named_with_what_is_expected() {
    let world = world().await;
    for (name, value, expected, function) in [
        ("LOG_LEVEL", "inof", "must be a level", "get-enrollment"),
        ("LOG_DEBUG_PERCENT", "101", "must be 0 to 100", "enroll"),
        ("LARGEST_DROP_PERCENT", "30%", "must be 0 to 100", "sync-requestors"),
        ("TENANT", "The Bank", "lower-case letters", "receive-callback"),
        ("CATALOG_LOCALE", "the usual one", "BCP 47", "list-requestors"),
        ("LOGO_BASE_URL", "logos", "relative URL", "list-requestors"),
        ("MASTERCARD_EXTRA_CA_CERTS", "file:/dev/null", "CA certificates cannot be read", "sync-requestors"),
        ("S3_ENDPOINT_URL", "minio", "relative URL", "fetch-assets"),
        ("ENROLL_TIMEOUT_SECONDS", "30", "must be 2 to 25", "enroll"),
        ("UNSIGNED_REDIRECTS", "click-to-pay", "token requestor", "enroll"),
        ("NOTIFICATION_SHARED_SECRET", "hunter2", "never written out", "receive-notification"),
        ("NOTIFICATION_NEXT_SHARED_SECRET", "file:/nowhere", "could not be read", "receive-notification"),
        ("NOTIFICATION_SIGNER_CERTIFICATE", "file:/dev/null", "neither PEM nor DER", "receive-notification"),
        ("NOTIFICATION_DECRYPTION_KEY", "file:/dev/null", "neither PEM, DER", "receive-notification"),
        ("NOTIFICATION_SHARED_SECRET", "file:/dev/null", "neither text nor bytes", "receive-notification"),
        ("NOTIFICATION_CLIENT_SUBJECTS", ";", "subject names", "receive-notification"),
    ] {
        let report = offline().run(&settings(&world, &[(name, value)])).await;
        assert_wrong(&report, name, expected);
        assert_wrong(&report, "functions", &format!("{function}: {name}"));
        assert!(!report.to_string().contains("hunter2"), "{report}");
        assert!(!row(&report, "other settings").1.contains(&format!("{name},")), "{report}");
    }
}

#[tokio::test]
async fn without_any_key_it_does_not_say_that_keys_are_ok() {
    let report = offline().run(&Default::default()).await;
    assert_eq!(row(&report, "key reuse").0, Verdict::Skipped);
    assert_wrong(&report, "functions", "sync-requestors: TOKEN_CONNECT_URL");
    let fine = report.rows.iter().filter(|row| row.verdict == Verdict::Ok).map(|row| row.what.as_str());
    assert_eq!(fine.collect::<Vec<_>>(), ["RECEIPTS_VALIDITY_MINUTES"], "{report}");
}

#[tokio::test]
async fn a_name_that_resembles_a_setting_which_is_not_set_is_pointed_out() {
    let world = world().await;
    let changes = [("APP_LINKS", ""), ("APP-LINKS", "web=https://bank.example/"), ("TERM", "xterm")];
    let report = offline().run(&settings(&world, &changes)).await;
    assert_eq!(row(&report, "APP-LINKS").0, Verdict::Warning);
    assert!(row(&report, "APP-LINKS").1.contains("resembles APP_LINKS"), "{report}");
    assert_wrong(&report, "APP_LINKS", "is not set");
    assert!(report.row("TERM").is_none(), "{report}");
}

#[tokio::test]
async fn names_of_tables_may_be_missing_before_there_is_a_deployment() {
    let world = world().await;
    let report = offline().run(&settings(&world, &[("ENROLLMENTS_TABLE", ""), ("LOGO_BUCKET", "")])).await;
    let (verdict, text) = row(&report, "settings of the deployment");
    assert_eq!(verdict, Verdict::Skipped);
    assert!(text.contains("ENROLLMENTS_TABLE") && text.contains("LOGO_BUCKET"), "{text}");
    assert_eq!(report.verdict(), Verdict::Ok, "{report}");
}
