//! The program `doctor`: exit codes, JSON, and that no secret is printed.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use local::{World, ready};
use serde_json::{Value, json};

use crate::support::{self, key_pem, world};

fn doctor(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_doctor"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that rejects its arguments does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Runs off the runtime's threads: the `World` has to respond meanwhile.
async fn check(arguments: Vec<String>) -> Output {
    let run = move || doctor(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), "");
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn arguments(file: &Path, more: &[&str]) -> Vec<String> {
    let file = file.display().to_string();
    [&["check", "--env", "local", "--config", &file], more].concat().into_iter().map(str::to_owned).collect()
}

fn output(run: &Output) -> String {
    [&run.stdout[..], &run.stderr].concat().into_iter().map(char::from).collect()
}

/// Every line of every key and certificate file, and both consumer keys.
fn secrets(world: &World) -> Vec<String> {
    let settings = world.settings();
    let value = |(name, value): (&str, &str)| {
        let file = value.strip_prefix("file:").filter(|_| name.ends_with("_KEY"));
        match file {
            Some(file) => fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect(),
            None if name.ends_with("CONSUMER_KEY") => vec![value.to_owned()],
            None => vec![],
        }
    };
    settings.iter().flat_map(value).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_healthy_world_exits_with_0_a_fault_with_1_and_neither_shows_a_secret() {
    let (world, folder) = (world().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("settings.env");
    ready::write_env_file(&world, &file).unwrap();
    let mut secrets = secrets(&world);
    assert!(secrets.len() > 60, "{} lines of keys", secrets.len());

    let table = check(arguments(&file, &[])).await;
    assert_eq!(table.status.code(), Some(0), "{}", output(&table));
    let json = check(arguments(&file, &["--json", "--client-id", "40000"])).await;
    let document: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((json.status.code(), &document["verdict"]), (Some(0), &Value::from("ok")));

    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}PROCESSING_CONSUMER_KEY='client-of-somebody!else'\n")).unwrap();
    let fault = check(arguments(&file, &[])).await;
    assert_eq!(fault.status.code(), Some(1), "{}", output(&fault));
    secrets.push("client-of-somebody".into());

    // The functions would fall back to the other key set.
    let next = file.with_file_name("next.pem");
    fs::write(&next, key_pem()).unwrap();
    let names =
        ["TOKEN_CONNECT_NEXT_SIGNING_KEY=file:", "TOKEN_CONNECT_NEXT_CONSUMER_KEY=next-of-somebody!else"];
    fs::write(&file, format!("{text}{}{}\n{}\n", names[0], next.display(), names[1])).unwrap();
    let rejected = check(arguments(&file, &[])).await;
    assert_eq!(rejected.status.code(), Some(1), "{}", output(&rejected));
    assert!(output(&rejected).contains("getEligibleTokenRequestors, NEXT key set"), "{}", output(&rejected));
    secrets.push("next-of-somebody".into());
    secrets.extend(fs::read_to_string(&next).unwrap().lines().map(str::to_owned));
    for run in [&table, &json, &fault, &rejected] {
        let text = output(run);
        let leaked = secrets.iter().any(|secret| text.contains(secret));
        assert!(!leaked, "a secret is in\n{text}");
    }
}

#[test]
fn a_check_that_cannot_run_exits_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.env");
    fs::write(&file, "A=1\n-----BEGIN PRIVATE KEY-----\n").unwrap();
    let file = file.display().to_string();
    let cases: [&[&str]; 8] = [
        &[],
        &["check"],
        &["check", "--env", "staging"],
        &["check", "--env", "local", "--config", "/nowhere/settings.env"],
        &["check", "--env", "local", "--config", &file],
        &["sandbox", "--config", "/nowhere/settings.env"],
        &["sandbox", "--config", "/nowhere/samconfig.toml"],
        &["explain-signature", "--expect", "@/nowhere/base-string"],
    ];
    for arguments in cases {
        let run = doctor(arguments, "");
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(run.stdout.is_empty() && !output(&run).contains("BEGIN PRIVATE"), "{}", output(&run));
    }
}

#[test]
fn signatures_are_explained_line_by_line_and_bad_lines_do_not_stop_it() {
    let request = json!({
        "method": "GET", "url": "https://sandbox.api.mastercard.com/global-processing/digital/clients/40000/tokens",
        "consumerKey": "client!key", "nonce": "n", "timestamp": 1767225600,
    });
    let run = doctor(&["explain-signature"], &format!("{request}\nnonsense\n{request}\n"));
    assert_eq!(run.status.code(), Some(0));
    let lines: Vec<Value> =
        run.stdout.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["line"], 2);
    let base_string = lines[0]["baseString"].as_str().unwrap();
    assert_eq!(lines[0]["bodyHash"], "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("theirs");
    fs::write(&file, format!("{}\n", base_string.replacen("GET", "POST", 1))).unwrap();
    let run =
        doctor(&["explain-signature", "--expect", &format!("@{}", file.display())], &request.to_string());
    let response: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(response["firstDifference"]["index"], 0);
    assert_eq!(response["firstDifference"]["where"], "method");
}

/// The stages of the repository, with another value of this parameter in `sandbox`.
fn samconfig(parameter: &str, value: &str) -> String {
    let (before, stages) = include_str!("../../infra/samconfig.toml").split_once("  # The bank\n").unwrap();
    let is_other = |line: &&str| !line.contains(&format!("\"{parameter}="));
    let others: String = before.lines().filter(is_other).map(|line| format!("{line}\n")).collect();
    format!("{others}  \"{parameter}={value}\",\n{stages}")
}

fn check_samconfig(env: &str, text: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("samconfig.toml");
    fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    doctor(&["check", "--env", env, "--config", &file, "--offline", "--json"], "")
}

#[test]
fn a_secret_in_samconfig_is_named_by_its_parameter_has_to_be_rotated_and_is_not_printed() {
    let pem = key_pem();
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let escaped = pem.replace('\n', "\\n");
    for (parameter, setting, value) in [
        ("ProcessingSigningKey", "PROCESSING_SIGNING_KEY", &*escaped),
        ("ProcessingDecryptionKey", "PROCESSING_DECRYPTION_KEY", &base64),
        ("NotificationSharedSecret", "NOTIFICATION_SHARED_SECRET", "hunter2"),
        ("TokenConnectSigningKeyPassword", "TOKEN_CONNECT_SIGNING_KEY_PASSWORD", "hunter2"),
        ("JwtAudience", "JWT_AUDIENCE", &escaped),
        ("AppLinks", "APP_LINKS", &base64),
    ] {
        let text = samconfig(parameter, value);
        for (env, what) in [("sandbox", setting.to_owned()), ("mtf", format!("sandbox: {parameter}"))] {
            let run = check_samconfig(env, &text);
            let report: Value = serde_json::from_slice(&run.stdout).unwrap();
            let rows: Vec<_> =
                report["rows"].as_array().unwrap().iter().filter(|row| row["what"] == *what).collect();
            assert_eq!((rows.len(), &rows[0]["verdict"]), (1, &"wrong".into()), "{}", output(&run));
            assert!(rows[0]["found"][0].as_str().unwrap().starts_with(parameter), "{}", rows[0]);
            assert!(rows[0]["remedy"].as_str().unwrap().starts_with("rotate it"), "{}", rows[0]);
            let printed = pem.lines().chain([value]).any(|line| output(&run).contains(line));
            assert!(!printed && run.status.code() == Some(1), "{what}: {}", output(&run));
        }
    }
}

#[test]
fn a_key_under_a_name_that_is_no_parameter_is_not_taken_for_its_name() {
    let base64: String = key_pem().lines().filter(|line| !line.starts_with("-----")).collect();
    let run = check_samconfig("sandbox", &samconfig(&base64, "="));
    assert!(output(&run).contains("parameter_overrides in [sandbox] of samconfig.toml looks like a key"));
    assert!(!output(&run).contains(&base64));
}

#[test]
fn an_arn_of_another_service_and_a_certificate_are_no_secrets() {
    let certificate = support::certificate_with_key().0.replace('\n', "\\n");
    let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/key";
    for value in [&*certificate, arn] {
        let run = check_samconfig("sandbox", &samconfig("ClientEncryptionCertificate", value));
        assert!(!output(&run).contains("rotate it"), "{}", output(&run));
        assert!(output(&run).contains("never written out"), "{}", output(&run));
    }
}

#[test]
fn a_samconfig_that_is_not_toml_is_named_by_its_line_and_not_repeated() {
    let pem = key_pem();
    for (value, expected) in [(&*pem, "looks like a key: rotate it"), ("\"hunter2", "see line 2")] {
        let run = check_samconfig("sandbox", &samconfig("ProcessingSigningKey", value));
        assert_eq!(run.status.code(), Some(2));
        assert!(output(&run).contains(expected), "{}", output(&run));
        let printed = pem.lines().chain(["hunter2"]).any(|line| output(&run).contains(line));
        assert!(!printed, "{}", output(&run));
    }
}
