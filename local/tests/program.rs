//! `cargo run -p local` as a shell sees it: output and exit code.

use std::{
    net::TcpListener,
    process::{Command, Output},
};

fn local(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_local")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn once_prints_every_step_from_1_to_25_and_exits_with_0_when_the_card_is_enabled() {
    let run = local(&["--once"]);
    let output = text(&run.stdout);
    assert_eq!((run.status.code(), text(&run.stderr).as_str()), (Some(0), ""), "{output}");
    assert!(output.trim_end().ends_with("ENABLED"), "{output}");
    let steps: Vec<u8> = output
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .filter_map(|step| step.parse().ok())
        .collect();
    for step in 1..=25 {
        assert!(steps.contains(&step), "no step {step} in\n{output}");
    }
}

#[test]
fn a_card_that_is_not_enabled_exits_with_1() {
    let run = local(&["--once", "--set", "TOKEN_CONNECT_CONSUMER_KEY=somebody-else"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stderr).contains("The journey stopped"), "{}", text(&run.stderr));
}

#[test]
fn a_start_that_fails_prints_one_sentence_and_exits_with_2() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let file = tempfile::NamedTempFile::new().unwrap();
    let below = file.path().join("data").display().to_string();
    let cases = [
        ["--port", port.as_str()],
        ["--data", below.as_str()],
        ["--ready-file", below.as_str()],
        ["--set", "ACCOUNT_RANGES=nonsense"],
    ];
    for arguments in cases {
        let run = local(&[&["--once"], &arguments[..]].concat());
        let output = text(&run.stderr);
        assert_eq!((run.status.code(), output.lines().count()), (Some(2), 1), "{output}");
    }
}
