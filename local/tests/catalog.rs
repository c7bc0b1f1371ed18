//! `local refresh` and `local catalog` as a shell sees them.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// A consumer key that the simulator does not know.
const REFUSED: [&str; 2] = ["--set", "TOKEN_CONNECT_CONSUMER_KEY=somebody-else"];

fn local(data: &Path, arguments: &[&str]) -> Output {
    let mut local = Command::new(env!("CARGO_BIN_EXE_local"));
    local.args(arguments).arg("--data").arg(data).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_page_is_one_file_with_every_token_requestor() {
    let data = tempfile::tempdir().unwrap();
    let run = local(data.path(), &["catalog"]);
    let output = text(&run.stdout);
    let file = data.path().canonicalize().unwrap().join("catalog.html");
    assert_eq!((run.status.code(), output.lines().last()), (Some(0), file.to_str()), "{}", text(&run.stderr));
    let page = fs::read_to_string(file).unwrap();
    assert!(
        page.contains("<h3>Click to Pay</h3>")
            && page.contains(r#"<img class="logo" src="data:image/png;base64,"#)
    );
    assert_eq!(
        (page.matches("src=\"data:").count(), page.matches("src=").count()),
        (6, 6),
        "the icon, and a logo for each"
    );
    assert!(page.contains("New <span class=\"count\">5</span>"), "what changed last");
}

#[test]
fn an_existing_catalog_is_shown_without_a_refresh_unless_one_is_requested() {
    let data = tempfile::tempdir().unwrap();
    let refreshed = |run: &Output| text(&run.stdout).contains("Mastercard listed 5 token requestors");
    assert!(refreshed(&local(data.path(), &["catalog"])));
    let output = data.path().join("elsewhere.html").display().to_string();
    assert!(!refreshed(&local(data.path(), &["catalog", "--output", &output])));
    assert!(Path::new(&output).exists());
    assert!(refreshed(&local(data.path(), &["catalog", "--refresh"])));
}

#[test]
fn a_refresh_prints_its_result_and_without_a_terminal_its_progress_as_lines() {
    let data = tempfile::tempdir().unwrap();
    let run = local(data.path(), &["refresh"]);
    let (output, logged) = (text(&run.stdout), text(&run.stderr));
    assert_eq!(run.status.code(), Some(0), "{logged}");
    assert!(
        output.contains("5 new, 0 changed, 0 retired") && output.contains("Logos: 5 stored, 0 failed"),
        "{output}"
    );
    for unit in ["account ranges", "assets"] {
        assert!(logged.contains(&format!("progress_unit=\"{unit}\"")), "{logged}");
    }
}

#[test]
fn a_refresh_that_mastercard_rejects_is_exit_1_and_leaves_the_catalog_unchanged() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(local(data.path(), &["refresh"]).status.code(), Some(0));
    assert_eq!(local(data.path(), &[&["refresh"], &REFUSED[..]].concat()).status.code(), Some(1));
    let run = local(data.path(), &[&["catalog", "--refresh"], &REFUSED[..]].concat());
    assert_eq!(run.status.code(), Some(1));
    let page = fs::read_to_string(data.path().join("catalog.html")).unwrap();
    assert!(page.contains("<h3>Click to Pay</h3>"), "known requestors are still shown");
}

#[test]
fn a_refresh_that_the_safety_check_rejects_is_exit_1_and_says_why() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(local(data.path(), &["refresh"]).status.code(), Some(0));
    // No token requestor is enabled for this account range.
    let run = local(data.path(), &["refresh", "--set", "ACCOUNT_RANGES=5555570000000000000"]);
    let logged = text(&run.stderr);
    assert_eq!(run.status.code(), Some(1), "{logged}");
    for part in ["the catalog is unchanged: Mastercard listed no token requestor.", "repeat with --force"] {
        assert!(logged.contains(part), "{part} is not in\n{logged}");
    }
}

#[test]
fn invalid_arguments_are_rejected_before_anything_starts() {
    let data = tempfile::tempdir().unwrap();
    for arguments in [["refresh", "--allow=host"], ["refresh", "--allow=5=host"], ["--once", "refresh"]] {
        let run = local(data.path(), &arguments);
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
}
