//! `doctor init`: every value is given once, checked, and written to the files of each tool.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use local::World;
use serde_json::Value;
use tokio::{net::TcpListener, process, time::timeout};
use url::Url;

use crate::support::{
    self, identity_provider,
    init::{Folder, output},
    world,
};

/// Settings of the simulator's world that a bank answers too.
const OF_WORLD: [&str; 12] = [
    "TOKEN_CONNECT_URL",
    "TOKEN_CONNECT_CONSUMER_KEY",
    "TOKEN_CONNECT_SIGNING_KEY",
    "CLIENT_ENCRYPTION_CERTIFICATE",
    "PROCESSING_URL",
    "PROCESSING_CONSUMER_KEY",
    "PROCESSING_SIGNING_KEY",
    "PROCESSING_ENCRYPTION_CERTIFICATE",
    "PROCESSING_DECRYPTION_KEY",
    "ACCOUNT_RANGES",
    "ALLOWED_REDIRECT_ORIGINS",
    "APP_LINKS",
];
const OF_BANK: &str = "AWS_REGION=eu-west-1
JWT_ISSUER=https://login.bank.test
JWT_AUDIENCE=bank-app
CLIENT_ID_CLAIM=processing_client_id
REDIRECT_KEYS=file:redirect-keys
RESERVED_CONCURRENCY=false
LOG_RETENTION_DAYS=14
NOTIFICATION_CLIENT_SUBJECTS=CN=notifications.bank.test,O=MasterCard International Incorporated,L=O'Fallon
SECRETS_EXTENSION_LAYER_ARN=arn:aws:lambda:eu-west-1:123456789012:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64:1
";

/// The answers for a world, with changes, in the file `answers`.
fn write_answers(folder: &Folder, world: &World, changes: &str) {
    let settings = world.settings();
    let own = settings.iter().filter(|(name, _)| OF_WORLD.contains(name));
    let own: String = own.map(|(name, value)| format!("{name}={value}\n")).collect();
    folder.write("answers", &format!("{own}{OF_BANK}{changes}"));
}

/// The consumer keys, and every line of every key and certificate of the answers, and of the key that was created.
fn secrets(folder: &Folder, world: &World) -> Vec<String> {
    let settings = world.settings();
    let consumer_keys = settings.iter().filter(|(name, _)| name.ends_with("CONSUMER_KEY"));
    let consumer_keys: Vec<String> = consumer_keys.map(|(_, value)| value.to_owned()).collect();
    let files = settings.iter().filter(|(name, _)| OF_WORLD.contains(name));
    let files = files.filter_map(|(_, value)| value.strip_prefix("file:"));
    let contents = files.map(|file| fs::read_to_string(file).unwrap());
    let contents = contents.chain([folder.read("redirect-keys")]);
    contents
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .chain(consumer_keys)
        .collect()
}

/// The verdict of a row of `doctor check --json`.
fn verdict<'a>(report: &'a Value, what: &str) -> &'a Value {
    &report["rows"].as_array().unwrap().iter().find(|row| row["what"] == what).unwrap()["verdict"]
}

const SCRIPTED: [&str; 4] = ["--answers", "answers", "--yes", "--offline"];
/// The command that makes the redirect keys of the file current again.
const RESTORE: &str = "aws secretsmanager update-secret-version-stage --secret-id local/click-to-pay/redirect-keys --version-stage AWSCURRENT --move-to-version-id ";
/// Its end, with the version of the stand-in for the AWS CLI.
const OF_ROTATED: &str = " --remove-from-version-id random --region eu-west-1";
const FILES: [&str; 4] = ["--terraform", "vars.tfvars.json", "--cdk", "cdk.json"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_value_is_given_once_and_reaches_doctor_check_sam_terraform_and_cdk() {
    let (world, folder) = (world().await, Folder::new());
    write_answers(&folder, &world, "");
    let run = folder.init(&[&SCRIPTED[..], &FILES].concat(), "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let text = output(&run);
    let put = "aws secretsmanager put-secret-value --secret-id local/click-to-pay/redirect-keys --secret-string file:///";
    assert!(text.contains(put), "{text}");
    let create = "--stack-name click-to-pay-local-secrets --no-fail-on-empty-changeset --parameter-overrides Stage=local --region eu-west-1";
    assert!(text.contains(create), "{text}");
    let again = "doctor init --env local --answers arns.env --samconfig samconfig.toml --terraform vars.tfvars.json --cdk cdk.json";
    assert!(text.contains(again), "{text}");
    let secrets = secrets(&folder, &world);
    assert!(secrets.len() > 60 && !secrets.iter().any(|line| text.contains(line)), "a secret is in\n{text}");

    let check =
        folder.doctor(&["check", "--env", "local", "--config", "settings-local.env", "--offline"], "").await;
    assert_eq!(check.status.code(), Some(0), "{}", output(&check));
    let samconfig = folder.read("samconfig.toml");
    let original = include_str!("../../infra/samconfig.toml");
    let local = samconfig.strip_prefix(original).expect("the other stages stay");
    let subjects = "CN=notifications.bank.test,O=MasterCard International Incorporated,L=O'Fallon";
    for part in
        ["region = \"eu-west-1\"", "\"LogRetentionDays=14\"", "\"ReservedConcurrency=false\"", subjects]
    {
        assert!(local.contains(part), "{part} is not in\n{local}");
    }
    let terraform: Value = serde_json::from_str(&folder.read("vars.tfvars.json")).unwrap();
    assert_eq!(terraform["log_retention_days"], 14);
    assert_eq!(
        (&terraform["jwt_audience"][0], &terraform["redirect_keys"]),
        (&"bank-app".into(), &Value::Null)
    );
    let cdk: Value = serde_json::from_str(&folder.read("cdk.json")).unwrap();
    assert_eq!(
        (&cdk["notificationClientSubjects"], &cdk["reservedConcurrency"]),
        (&subjects.into(), &false.into())
    );

    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:local/click-to-pay/redirect-keys-AbCdEf";
    folder.write("arns.env", &format!("RedirectKeys={arn}\n"));
    let run = folder.init(&[&["--answers", "arns.env", "--yes", "--offline"], &FILES[..]].concat(), "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert!(!output(&run).contains("redirect-keys --secret-string"), "{}", output(&run));
    assert!(folder.read("samconfig.toml").contains(&format!("\"RedirectKeys={arn}\"")));
    assert!(folder.read("vars.tfvars.json").contains(arn) && folder.read("cdk.json").contains(arn));
    assert!(!folder.read("settings-local.env").contains(arn), "the file is still known");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_run_changes_only_what_changed_and_asks_first() {
    let (world, folder) = (world().await, Folder::new());
    write_answers(&folder, &world, "");
    let run = folder.init(&SCRIPTED, "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let (key, before) = (folder.read("redirect-keys"), folder.read("samconfig.toml"));

    folder.write("second", "LOG_RETENTION_DAYS=30\nNOTIFICATION_CLIENT_SUBJECTS=\n");
    let arguments = ["--answers", "second", "--offline"];
    let refused = folder.init(&arguments, "n\n").await;
    assert_eq!(refused.status.code(), Some(1), "{}", output(&refused));
    let text = output(&refused);
    let changes: Vec<&str> = text.lines().filter(|line| line.starts_with(['+', '~', '-'])).collect();
    assert_eq!(changes, ["~ LogRetentionDays: 14 -> 30", "- NotificationClientSubjects"]);
    assert_eq!(folder.read("samconfig.toml"), before);

    let run = folder.init(&arguments, "y\n").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let (others, own) = before.split_once("[local.deploy").unwrap();
    let own = own.lines().filter(|line| !line.contains("NotificationClientSubjects"));
    let own: String = own.map(|line| format!("{line}\n").replace("Days=14", "Days=30")).collect();
    assert_eq!(folder.read("samconfig.toml"), format!("{others}[local.deploy{own}"));
    assert_eq!(folder.read("redirect-keys"), key);
    let run = folder.init(&[&arguments[..], &["--yes"]].concat(), "").await;
    assert!(!output(&run).contains("wrote"), "{}", output(&run));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_answers_are_all_named_and_nothing_is_written() {
    let (world, folder) = (world().await, Folder::new());
    let (certificate, key) = support::expired_with_key();
    folder.write("empty.pem", "");
    folder.write_p12("signing.p12", &certificate, &key, "right");
    folder.write("password", "wrong\n");
    let wrong = "JWT_ISSUER=http://login.bank.test
RECEIPTS_VALIDITY_MINUTES=60
ACCOUNT_RANGES=12
CLIENT_ENCRYPTION_CERTIFICATE=file:empty.pem
TOKEN_CONNECT_SIGNING_KEY=file:signing.p12
TOKEN_CONNECT_SIGNING_KEY_PASSWORD=file:password
PROCESSING_SIGNING_KEY=file:nowhere.p12
AWS_REGION=eu-west-2
LOGO_DOMAIN_NAME=logos.bank.test
JWT_AUDIENCE=
";
    write_answers(&folder, &world, wrong);
    let run = folder.init(&SCRIPTED, "").await;
    assert_eq!(run.status.code(), Some(1), "{}", output(&run));
    let text = output(&run);
    let names = [
        "JWT_ISSUER",
        "RECEIPTS_VALIDITY_MINUTES",
        "ACCOUNT_RANGES",
        "CLIENT_ENCRYPTION_CERTIFICATE",
        "TOKEN_CONNECT_SIGNING_KEY",
        "PROCESSING_SIGNING_KEY",
        "SECRETS_EXTENSION_LAYER_ARN",
        "LOGO_CERTIFICATE_ARN",
        "JWT_AUDIENCE",
    ];
    let named: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("wrong    ")?.split(':').next()).collect();
    for name in names {
        assert_eq!(named.iter().filter(|named| **named == name).count(), 1, "{name} in\n{text}");
    }
    assert_eq!(named.len(), names.len(), "{text}");
    assert!(!folder.exists("settings-local.env") && !folder.exists("redirect-keys"));
    assert_eq!(folder.read("samconfig.toml"), include_str!("../../infra/samconfig.toml"));

    folder.write("answers", "LOG_RETENTION=14\n");
    let run = folder.init(&SCRIPTED, "").await;
    assert_eq!(run.status.code(), Some(2));
    assert!(output(&run).contains("LOG_RETENTION is neither a parameter"), "{}", output(&run));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_sample_certificate_of_mastercard_is_a_warning_and_the_files_are_written() {
    let (world, folder) = (world().await, Folder::new());
    folder.write("expired.pem", &support::expired_with_key().0);
    write_answers(&folder, &world, "CLIENT_ENCRYPTION_CERTIFICATE=file:expired.pem\n");
    let run = folder.init(&SCRIPTED, "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let warning = "warning  CLIENT_ENCRYPTION_CERTIFICATE: RSA 2048 bits; expired on 2021-01-01";
    assert!(output(&run).contains(warning), "{}", output(&run));
    assert!(folder.exists("settings-local.env"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_arn_of_a_secret_is_complete_or_refused() {
    let world = world().await;
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:local/click-to-pay";
    for (setting, name, code) in [
        ("REDIRECT_KEYS", "redirect-keys", 1),
        ("REDIRECT_KEYS", "redirect-keys-AbCdEf", 0),
        ("PROCESSING_SIGNING_KEY", "processing#signing-AbCdEf", 1),
        ("PROCESSING_SIGNING_KEY", "processing-AbCdEf#signing", 0),
        // The name of infra/secrets.yaml, whose last word has six characters.
        ("NOTIFICATION_SHARED_SECRET", "notification-shared-secret", 1),
        ("NOTIFICATION_SHARED_SECRET", "notification-shared-secret-AbCdEf", 0),
    ] {
        let folder = Folder::new();
        write_answers(&folder, &world, &format!("{setting}={secret}/{name}\n"));
        let run = folder.init(&SCRIPTED, "").await;
        assert_eq!(run.status.code(), Some(code), "{name}: {}", output(&run));
        let wrong =
            format!("wrong    {setting}: is not a complete ARN: it ends in a hyphen and six characters");
        assert_eq!(output(&run).contains(&wrong), code == 1, "{name}: {}", output(&run));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_issuers_openid_configuration_and_keys_are_read() {
    let (world, folder) = (world().await, Folder::new());
    let all = concat!(
        r#"{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256"}, {"kty": "RSA", "kid": "2", "alg": "PS256"}, "#,
        r#"{"kty": "RSA", "kid": "3", "use": "enc"}, {"kty": "RSA", "kid": "4"}"#
    );
    let cases = [
        (identity_provider::RSA, "", 0, "ok       JWT_ISSUER: its OpenID configuration leads to 1 RSA keys"),
        (all, "", 0, "ok       JWT_ISSUER: its OpenID configuration leads to 2 RSA keys"),
        (
            r#"{"kty": "RSA", "kid": "1", "alg": "PS256"}"#,
            "",
            0,
            "warning  JWT_ISSUER: its RSA keys are for PS256",
        ),
        (r#"{"kty": "EC", "kid": "1"}"#, "", 1, "no RSA key"),
        (r#"{"kty": "RSA"}"#, "", 1, "no RSA key with a kid"),
        (r#"{"kty": "RSA", "kid": "1", "use": "enc"}"#, "", 1, "no RSA key"),
        (r#"{"kty": "RSA", "kid": "1", "alg": "RSA-OAEP"}"#, "", 1, "no RSA key"),
        (identity_provider::RSA, "/", 1, "names the issuer"),
    ];
    for (keys, suffix, code, expected) in cases {
        let issuer = identity_provider::start(&folder.path("authority.pem"), keys);
        write_answers(&folder, &world, &format!("JWT_ISSUER={issuer}{suffix}\n"));
        let run = folder.init(&["--answers", "answers", "--yes"], "").await;
        assert_eq!(run.status.code(), Some(code), "{}", output(&run));
        assert!(output(&run).contains(expected), "{expected} is not in\n{}", output(&run));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_asked_for_each_value_and_again_for_a_wrong_one() {
    let (world, folder) = (world().await, Folder::new());
    let (certificate, key) = support::certificate_with_key();
    folder.write_p12("signing.p12", &certificate, &key, "right");
    folder.write("right", "right\n");
    folder.write("wrong", "wrong\n");
    let settings = world.settings();
    let own = |name: &str| settings.iter().find(|(known, _)| *known == name).unwrap().1.to_owned();
    let of_bank = |name: &str| {
        OF_BANK.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap().to_owned()
    };
    let input = [
        "Ireland".into(),
        "eu-west-1".into(),
        of_bank("JWT_ISSUER"),
        String::new(),
        of_bank("JWT_AUDIENCE"),
        of_bank("CLIENT_ID_CLAIM"),
        String::new(), // no domain of the API
        String::new(), // no CloudFront
        String::new(), // no endpoint for notifications
        own("APP_LINKS"),
        String::new(), // no domain of the logos
        own("ACCOUNT_RANGES"),
        of_bank("REDIRECT_KEYS"),
        own("TOKEN_CONNECT_CONSUMER_KEY"),
        "file:signing.p12".into(),
        "file:wrong".into(),
        String::new(), // the key was right
        "file:right".into(),
        own("CLIENT_ENCRYPTION_CERTIFICATE"),
        own("PROCESSING_CONSUMER_KEY"),
        own("PROCESSING_SIGNING_KEY"),
        own("PROCESSING_ENCRYPTION_CERTIFICATE"),
        own("PROCESSING_DECRYPTION_KEY"),
        own("TOKEN_CONNECT_URL"), // the default is the sandbox's
        own("PROCESSING_URL"),
        "y".into(),
    ];
    let run = folder.init(&["--offline"], &format!("{}\n", input.join("\n"))).await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let text = output(&run);
    let wrong: Vec<&str> = text.split("wrong    ").skip(1).filter_map(|row| row.split(':').next()).collect();
    let expected =
        ["AWS_REGION", "JWT_AUDIENCE", "TOKEN_CONNECT_SIGNING_KEY", "TOKEN_CONNECT_URL", "PROCESSING_URL"];
    assert_eq!(wrong, expected, "{text}");
    assert!(
        folder.read("settings-local.env").contains("signing.p12\nTOKEN_CONNECT_SIGNING_KEY_PASSWORD=file:")
    );
    assert!(text.contains("token-connect-signing-key --secret-binary fileb:///"), "{text}");

    let run = folder.init(&["--offline"], "eu-west-2\n").await;
    assert_eq!(run.status.code(), Some(1), "the input ended: {}", output(&run));
    assert!(folder.read("samconfig.toml").contains("region = \"eu-west-1\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_aws_cli_stores_each_secret_once_and_doctor_check_reads_samconfig() {
    let (world, folder) = (world().await, Folder::with_aws());
    let (certificate, key) = support::certificate_with_key();
    folder.write_p12("notifications.p12", &certificate, &key, "right");
    folder.write("password", "right\n");
    let p12 = "NOTIFICATION_DECRYPTION_KEY=file:notifications.p12\nNOTIFICATION_DECRYPTION_KEY_PASSWORD=file:password\n";
    let issuer = identity_provider::start(&folder.path("authority.pem"), identity_provider::RSA);
    write_answers(&folder, &world, &format!("{p12}JWT_ISSUER={issuer}\n"));
    let apply = ["--answers", "answers", "--yes", "--apply"];
    let run = folder.init(&apply, "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert_eq!(output(&run).matches("stored ").count(), 8, "{}", output(&run));
    assert!(
        folder
            .read("samconfig.toml")
            .contains("\"RedirectKeys=arn:aws:secretsmanager:eu-west-1:123456789012:")
    );
    let calls = folder.read("aws-state/calls");
    assert!(
        calls.contains("--parameter-overrides Stage=local Passwords=true SealedNotifications=true"),
        "{calls}"
    );
    let leaked = |text: &str| secrets(&folder, &world).iter().any(|secret| text.contains(secret));
    assert!(!leaked(&calls) && !leaked(&output(&run)), "a secret is in\n{calls}{}", output(&run));

    folder.write("password", "changed\n");
    folder.write_p12("notifications.p12", &certificate, &key, "changed");
    let before = folder.read("samconfig.toml");
    let run = folder.init(&apply, "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert_eq!(output(&run).matches("stored ").count(), 2, "{}", output(&run));
    assert_eq!((folder.read("samconfig.toml"), output(&run).contains("wrote")), (before, false));

    let keys = folder.read("redirect-keys");
    folder.write("redirect-keys", "rotated");
    folder.put_secret("local/click-to-pay/redirect-keys", "redirect-keys");
    folder.write("redirect-keys", &keys);
    let run = folder.init(&apply, "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let kept = "kept     secret local/click-to-pay/redirect-keys";
    for part in [kept, "warning  REDIRECT_KEYS: the file is not stored", RESTORE, OF_ROTATED] {
        assert!(output(&run).contains(part), "{part} is not in\n{}", output(&run));
    }
    assert!(folder.read("aws-state/secrets").contains("rotated"), "a later value stays");

    folder.write("nothing", "");
    let nothing = ["--answers", "nothing", "--yes", "--apply"];
    let run = folder.init(&nothing, "").await;
    assert!(output(&run).contains(kept), "{}", output(&run));
    assert!(!output(&run).contains("warning  REDIRECT_KEYS"), "it was not given: {}", output(&run));
    fs::remove_file(folder.path("redirect-keys")).unwrap();
    let run = folder.init(&nothing, "").await;
    assert_eq!(run.status.code(), Some(0), "its value is in AWS: {}", output(&run));
    folder.write("redirect-keys", &keys);
    folder.put_secret("local/click-to-pay/redirect-keys", "redirect-keys");

    let check = ["check", "--env", "local", "--config", "samconfig.toml"];
    let calls = || folder.read("aws-state/calls");
    let before = calls().len();
    for (more, expected) in [(&["--json"][..], "ok"), (&["--json", "--offline"], "skipped")] {
        let run = folder.doctor(&[&check[..], more].concat(), "").await;
        assert_eq!(run.status.code(), Some(0), "{}", output(&run));
        let report: Value = serde_json::from_slice(&run.stdout).unwrap();
        for what in ["TOKEN_CONNECT_SIGNING_KEY", "NOTIFICATION_DECRYPTION_KEY", "functions"] {
            assert_eq!(verdict(&report, what), expected, "{}", output(&run));
        }
        assert_eq!(verdict(&report, "REDIRECT_KEYS"), "skipped", "{}", output(&run));
        assert!(!leaked(&output(&run)), "a secret is in\n{}", output(&run));
    }
    let read = calls().split_off(before);
    assert!(
        read.contains("get-secret-value") && !read.contains("redirect-keys"),
        "only two functions may: {read}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_one_secret_are_given_by_name_and_those_of_redirects_are_not_among_them() {
    let (world, folder) = (world().await, Folder::with_aws());
    let keys = ["PROCESSING_SIGNING_KEY", "PROCESSING_ENCRYPTION_CERTIFICATE", "PROCESSING_DECRYPTION_KEY"];
    let settings = world.settings();
    let file =
        |key: &str| settings.iter().find(|(name, _)| *name == key).unwrap().1.strip_prefix("file:").unwrap();
    let values = keys.map(|key| (key, fs::read_to_string(file(key)).unwrap()));
    folder.write("processing", &serde_json::to_string(&BTreeMap::from(values)).unwrap());
    folder.put_secret("local/click-to-pay/processing", "processing");
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:local/click-to-pay/processing-AbCdEf";
    let issuer = identity_provider::start(&folder.path("authority.pem"), identity_provider::RSA);
    let named: String = keys.map(|key| format!("{key}={arn}#{key}\n")).concat();
    let apply = ["--answers", "answers", "--yes", "--apply"];
    write_answers(&folder, &world, &format!("{named}JWT_ISSUER={issuer}\nREDIRECT_KEYS={arn}#redirects\n"));
    let run = folder.init(&apply, "").await;
    assert_eq!(run.status.code(), Some(1), "{}", output(&run));
    assert_eq!(output(&run).matches("wrong    ").count(), 1, "{}", output(&run));
    assert!(output(&run).contains("wrong    REDIRECT_KEYS"), "{}", output(&run));

    write_answers(&folder, &world, &format!("{named}JWT_ISSUER={issuer}\n"));
    let run = folder.init(&apply, "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert!(
        folder
            .read("samconfig.toml")
            .contains(&format!("\"ProcessingSigningKey={arn}#PROCESSING_SIGNING_KEY\""))
    );
    let check = async |secret: &str| {
        folder.write("processing", secret);
        folder.put_secret("local/click-to-pay/processing", "processing");
        folder.doctor(&["check", "--env", "local", "--config", "samconfig.toml", "--json"], "").await
    };
    let run = check(&folder.read("processing")).await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    for key in ["PROCESSING_SIGNING_KEY", "PROCESSING_DECRYPTION_KEY", "functions"] {
        assert_eq!(verdict(&report, key), "ok", "{}", output(&run));
    }
    for (secret, problem) in
        [("{}", "the secret has no such key"), ("-----BEGIN", "the secret is not a JSON object")]
    {
        let run = check(secret).await;
        assert_ne!(run.status.code(), Some(0));
        assert!(output(&run).contains("PROCESSING_") && output(&run).contains(problem), "{}", output(&run));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domain_for_cloudfront_needs_a_choice_of_what_is_behind_it() {
    let (world, folder) = (world().await, Folder::new());
    write_answers(&folder, &world, "API_EDGE_DOMAIN_NAME=edge.bank.test\n");
    let run = folder.init(&SCRIPTED, "").await;
    assert_eq!(run.status.code(), Some(1), "{}", output(&run));
    let excluded = "wrong    API_EDGE_DOMAIN_NAME: is given although EDGE_FOR excludes it";
    assert!(output(&run).contains(excluded), "{}", output(&run));
    write_answers(&folder, &world, "API_EDGE_DOMAIN_NAME=edge.bank.test\nEDGE_FOR=public\n");
    let run = folder.init(&SCRIPTED, "").await;
    assert_eq!(run.status.code(), Some(1), "{}", output(&run));
    let missing =
        ["API_EDGE_CERTIFICATE_ARN", "API_WEB_ACL_ARN", "CALLBACK_DOMAIN_NAME", "CALLBACK_CERTIFICATE_ARN"];
    for name in missing {
        assert!(
            output(&run).contains(&format!("wrong    {name}: has no answer")),
            "{name}: {}",
            output(&run)
        );
    }
    assert!(!output(&run).contains("wrong    API_DOMAIN_NAME"), "{}", output(&run));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_has_to_cover_its_domain() {
    let (world, folder) = (world().await, Folder::with_aws());
    let issuer = identity_provider::start(&folder.path("authority.pem"), identity_provider::RSA);
    let arn = "arn:aws:acm:eu-west-1:123456789012:certificate/a";
    for (domain, code, expected) in [
        ("api.bank.test", 0, "ok       API_CERTIFICATE_ARN: covers api.bank.test"),
        ("api.mtf.bank.test", 1, "wrong    API_CERTIFICATE_ARN: covers *.bank.test, not api.mtf.bank.test"),
    ] {
        let domain = format!("API_DOMAIN_NAME={domain}\nAPI_CERTIFICATE_ARN={arn}\n");
        write_answers(&folder, &world, &format!("JWT_ISSUER={issuer}\n{domain}"));
        let run = folder.init(&["--answers", "answers", "--yes"], "").await;
        assert_eq!(run.status.code(), Some(code), "{}", output(&run));
        assert!(output(&run).contains(expected), "{}", output(&run));
    }
    let settings = folder.read("settings-local.env");
    assert!(settings.contains("CALLBACK_BASE_URL=https://api.bank.test/callback"), "{settings}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_left_after_a_signal_stops_doctor_check() {
    let (world, folder) = (world().await, Folder::with_aws());
    let issuer = identity_provider::start(&folder.path("authority.pem"), identity_provider::RSA);
    write_answers(&folder, &world, &format!("JWT_ISSUER={issuer}\n"));
    let run = folder.init(&["--answers", "answers", "--yes", "--apply"], "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let (samconfig, temporary) = (folder.read("samconfig.toml"), folder.path("temporary"));
    fs::create_dir(&temporary).unwrap();
    let paths =
        |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();

    let settings = world.settings();
    let original = settings.iter().find(|(name, _)| *name == "TOKEN_CONNECT_URL").unwrap().1;
    for signal in ["INT", "TERM", "HUP"] {
        // It accepts connections and never responds: the check goes on until it is stopped.
        let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mut url: Url = original.parse().unwrap();
        url.set_port(Some(silent.local_addr().unwrap().port())).unwrap();
        folder.write("samconfig.toml", &samconfig.replace(original, url.as_str()));
        let mut check = folder.program(&["check", "--env", "local", "--config", "samconfig.toml"]);
        check.env("TMPDIR", &temporary).stdout(Stdio::null()).stderr(Stdio::piped());
        let check = process::Command::from(check).spawn().unwrap();
        let connection = timeout(Duration::from_secs(60), silent.accept()).await.unwrap();

        let files: Vec<_> = paths(&temporary).into_iter().flat_map(|folder| paths(&folder)).collect();
        let own = |file: &PathBuf| fs::metadata(file).unwrap().permissions().mode() & 0o777 == 0o600;
        assert!(files.len() >= 6 && files.iter().all(own), "{files:?}");
        let pid = check.id().unwrap().to_string();
        assert!(process::Command::new("kill").args(["-s", signal, &pid]).status().await.unwrap().success());
        let stopped = check.wait_with_output().await.unwrap();
        assert_eq!(paths(&temporary), Vec::<PathBuf>::new(), "after {signal}");
        assert_eq!((stopped.status.code(), output(&stopped).as_str()), (Some(2), "stopped by a signal.\n"));
        drop(connection);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_was_pasted_is_neither_kept_nor_printed() {
    let (world, folder) = (world().await, Folder::new());
    let key = support::key_pem();
    let is_printed = |text: &str| key.lines().any(|line| text.contains(line));
    let before = ["eu-west-1", "https://login.bank.test", "bank-app", "processing_client_id", "", "", ""];
    let links = ["mobile-app=bankapp://click-to-pay", "", "5555550000000000000"];
    let input = [&before[..], &links, &key.lines().collect::<Vec<_>>()].concat().join("\n");
    let run = folder.init(&["--offline"], &input).await;
    assert_eq!(run.status.code(), Some(1), "{}", output(&run));
    let refused = output(&run).matches("wrong    REDIRECT_KEYS: is neither file:/path nor").count();
    assert_eq!((refused, is_printed(&output(&run))), (key.lines().count(), false), "{}", output(&run));

    write_answers(&folder, &world, "");
    let run = folder.init(&SCRIPTED, "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let (line, samconfig) = (key.lines().nth(1).unwrap(), folder.read("samconfig.toml"));
    folder.write("pasted", &format!("PROCESSING_SIGNING_KEY={line}\n"));
    let run = folder.init(&["--answers", "pasted", "--yes", "--offline"], "").await;
    assert_eq!(run.status.code(), Some(1), "the earlier key is not used instead: {}", output(&run));
    assert_eq!(output(&run).matches("wrong    PROCESSING_SIGNING_KEY").count(), 1, "{}", output(&run));
    assert!(!is_printed(&output(&run)), "{}", output(&run));
    assert_eq!(folder.read("samconfig.toml"), samconfig);

    let pasted = format!("\"LogRetentionDays=14\",\n  \"RedirectKeys={line}\"");
    folder.write("samconfig.toml", &samconfig.replace("\"LogRetentionDays=14\"", &pasted));
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:local/click-to-pay/redirect-keys-AbCdEf";
    folder.write("arn", &format!("RedirectKeys={arn}\n"));
    let run = folder.init(&["--answers", "arn", "--yes", "--offline"], "").await;
    assert!(output(&run).contains("~ RedirectKeys\n") && !is_printed(&output(&run)), "{}", output(&run));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_is_given_at_each_deployment_and_not_before() {
    let (world, folder) = (world().await, Folder::new());
    write_answers(&folder, &world, "DEPLOYMENT_PREFERENCE=Canary10Percent5Minutes\nRELEASE=2601051030\n");
    let run = folder.init(&[&SCRIPTED[..], &FILES].concat(), "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert!(output(&run).contains("ignored  RELEASE: "), "{}", output(&run));
    let samconfig = folder.read("samconfig.toml");
    assert!(samconfig.contains("\"DeploymentPreference=Canary10Percent5Minutes\""));
    assert!(!samconfig.contains("\"Release=") && !folder.read("vars.tfvars.json").contains("release"));

    let own = samconfig.replace("\"LogRetentionDays=14\"", "\"LogRetentionDays=14\",\n  \"Release=mine\"");
    folder.write("samconfig.toml", &own);
    folder.write("nothing", "");
    let run = folder.init(&["--answers", "nothing", "--yes", "--offline"], "").await;
    assert_eq!((run.status.code(), folder.read("samconfig.toml")), (Some(0), own), "{}", output(&run));
    let run = folder.init(&["--offline"], &"\n".repeat(200)).await;
    assert!(output(&run).contains("Write the files?"), "{}", output(&run));
    assert!(!output(&run).contains("\nRELEASE: "), "{}", output(&run));
}

#[tokio::test]
async fn an_example_that_was_left_does_not_cost_the_banks_own_values() {
    let folder = Folder::new();
    let own = folder.read("samconfig.toml").replacen(
        "https://login.sandbox.bank.example",
        "https://login.bank.test",
        1,
    );
    folder.write(
        "samconfig.toml",
        &own.replacen("AccountRanges=5555550000000000000", "AccountRanges=5555560000000000000", 1),
    );
    folder.write("nothing", "");
    let arguments =
        ["init", "--env", "sandbox", "--samconfig", "samconfig.toml", "--answers", "nothing", "--yes"];
    let run = folder.doctor(&[&arguments[..], &["--offline"]].concat(), "").await;
    assert_eq!(run.status.code(), Some(1), "{}", output(&run));
    let text = output(&run);
    let is_missing = |name: &str| text.contains(&format!("wrong    {name}: has no answer"));
    for example in ["TOKEN_CONNECT_CONSUMER_KEY", "REDIRECT_KEYS", "JWT_AUDIENCE", "APP_LINKS"] {
        assert!(is_missing(example), "{example} in\n{text}");
    }
    assert!(!is_missing("JWT_ISSUER") && !is_missing("ACCOUNT_RANGES"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_for_redirects_is_created_once_the_changes_are_confirmed() {
    let (world, folder) = (world().await, Folder::new());
    write_answers(&folder, &world, "");
    let arguments = ["--answers", "answers", "--offline"];
    let refused = folder.init(&arguments, "n\n").await;
    assert_eq!(refused.status.code(), Some(1), "{}", output(&refused));
    let announced = format!("+ file {}, with a new key\n", folder.path("redirect-keys").display());
    assert!(output(&refused).contains(&announced), "{}", output(&refused));
    assert!(!folder.exists("redirect-keys"));

    let run = folder.init(&arguments, "y\n").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    let mode = fs::metadata(folder.path("redirect-keys")).unwrap().permissions().mode();
    assert_eq!((mode & 0o777, folder.read("redirect-keys").trim().len()), (0o600, 44));

    write_answers(&folder, &world, "REDIRECT_KEYS=file:nowhere/redirect-keys\n");
    let run = folder.init(&SCRIPTED, "").await;
    assert!(output(&run).contains("wrong    REDIRECT_KEYS: "), "{}", output(&run));
}

#[tokio::test]
async fn the_answers_in_the_deployment_guide_are_all_that_the_sandbox_needs() {
    let folder = Folder::new();
    let guide = include_str!("../../docs/deploy.md");
    let answers = guide.split_once("cat >answers.env <<'END'\n").unwrap().1.split_once("END\n").unwrap().0;
    assert_eq!(answers.lines().count(), 16, "as CHANGELOG.md says");
    for (file, password) in [("token-connect", "one"), ("processing", "two")] {
        let (certificate, key) = support::certificate_with_key();
        folder.write_p12(&format!("{file}.p12"), &certificate, &key, password);
        folder.write(&format!("{file}-password"), &format!("{password}\n"));
    }
    for file in ["client-encryption.pem", "mastercard.pem"] {
        folder.write(file, &support::certificate_with_key().0);
    }
    folder.write("own.pem", &support::key_pem());
    let own = |line: &str| match line.split_once("=…") {
        Some(("ACCOUNT_RANGES", _)) => "ACCOUNT_RANGES=5555550000000000000".to_owned(),
        Some((name, _)) => format!("{name}={}!{}", "A".repeat(48), "1".repeat(48)),
        None => line.replace("file:/path/", "file:"),
    };
    folder.write("answers.env", &answers.lines().map(|line| own(line) + "\n").collect::<String>());
    let arguments = ["init", "--env", "sandbox", "--samconfig", "samconfig.toml", "--answers", "answers.env"];
    let run = folder.doctor(&[&arguments[..], &["--yes", "--offline"]].concat(), "").await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert_eq!(output(&run).matches("put-secret-value").count(), 8, "{}", output(&run));
    let samconfig = folder.read("samconfig.toml");
    let sandbox = samconfig.split_once("[mtf.").unwrap().0;
    assert!(sandbox.contains("\"TokenConnectUrl=https://sandbox.api.mastercard.com/mdes\""), "{sandbox}");
    assert!(!sandbox.contains("example!example"), "{sandbox}");
}
