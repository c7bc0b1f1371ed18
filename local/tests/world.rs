//! The `World` itself: several in one process, data between runs, start errors. The functions are tested in the package
//! `tests`.

use std::{fs, path::PathBuf};

use local::{AuditFile, FolderError, Options, StartError, World, journey::journey, ready};
use serde_json::Value;

async fn enable_a_card(world: &World) -> (String, String) {
    world.refresh().await.unwrap();
    let outcome = journey(&world.cardholder("40000").unwrap()).await.unwrap();
    (outcome.card_contract_id, outcome.status)
}

fn with_data(data: &tempfile::TempDir) -> Options {
    Options { data: Some(data.path().to_owned()), ..Options::default() }
}

#[tokio::test]
async fn two_worlds_in_one_process_share_nothing() {
    let (one, other) = tokio::join!(World::start(Options::default()), World::start(Options::default()));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(enable_a_card(&one).await, ("70001".into(), "ENABLED".into()));
    let list = other.cardholder("40000").unwrap().get("/enrollments").await.unwrap();
    assert_eq!(list.body["enrollments"], serde_json::json!([]));
    assert!(other.simulator().journal().is_empty());
}

#[tokio::test]
async fn a_second_run_finds_the_data_of_the_first() {
    let data = tempfile::tempdir().unwrap();
    let first = World::start(with_data(&data)).await.unwrap();
    assert_eq!(enable_a_card(&first).await.1, "ENABLED");
    let token = first.token_for("40000").unwrap();
    drop(first);
    let second = World::start(with_data(&data)).await.unwrap();
    let cardholder = second.cardholder("40000").unwrap().with_token(token);
    let list = cardholder.get("/enrollments").await.unwrap();
    assert_eq!(list.body["enrollments"][0]["status"], "ENABLED");
    let logos = cardholder.token_requestors("web").await.unwrap().body["tokenRequestors"][0]["logos"].clone();
    assert!(!logos.as_array().unwrap().is_empty());
    assert_eq!(enable_a_card(&second).await.1, "ENABLED");
}

#[tokio::test]
async fn the_audit_trail_in_the_data_folder_has_each_write_of_every_run_once() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("audit.jsonl");
    let mut expected = 0;
    for _ in 0..2 {
        let world = World::start(with_data(&data)).await.unwrap();
        let mut audit = AuditFile::of(&world).unwrap().unwrap();
        assert_eq!(enable_a_card(&world).await.1, "ENABLED");
        world.simulator().notifications_settled().await;
        let mut pipes = world.pipes();
        for _ in 0..2 {
            audit.append(&pipes.read().await.unwrap().audit_lines).unwrap();
        }
        // As a crash leaves it.
        let mut text = fs::read_to_string(&file).unwrap();
        expected += 5;
        assert_eq!(text.lines().count(), expected, "{text}");
        text.push_str("{\"at\":");
        fs::write(&file, text).unwrap();
    }
    let text = fs::read_to_string(&file).unwrap();
    let whole = text.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count();
    assert_eq!(whole, expected);
}

#[tokio::test]
async fn a_logo_is_shown_and_no_script_in_it_is_run() {
    let world = World::start(Options::default()).await.unwrap();
    world.refresh().await.unwrap();
    let cardholder = world.cardholder("40000").unwrap();
    let requestors = cardholder.token_requestors("web").await.unwrap();
    let logos = requestors.body["tokenRequestors"][0]["logos"].as_array().unwrap().clone();
    assert!(logos.len() >= 2, "{logos:?}");
    for logo in logos {
        let path = logo["url"].as_str().unwrap().strip_prefix(world.base_url().as_str()).unwrap();
        let response = cardholder.with_token("").get(&format!("/{path}")).await.unwrap();
        assert_eq!(
            (response.status, response.headers["content-type"].as_str()),
            (200, logo["mediaType"].as_str().unwrap())
        );
        assert_eq!(response.headers["content-security-policy"], "default-src 'none'");
        assert_eq!(response.headers["x-content-type-options"], "nosniff");
        assert_eq!(response.headers["cache-control"], "public, max-age=31536000, immutable");
    }
    let kept = format!("kept/{}", "0".repeat(64));
    for key in [&kept, "logos/page.html"] {
        store(&world, key).await;
    }
    for path in [format!("/{kept}"), format!("/logos/..%2F{kept}"), "/logos/page.html".into()] {
        assert_eq!(cardholder.get(&path).await.unwrap().status, 404, "{path}");
    }
    assert_eq!(cardholder.get("/logos/unknown.png").await.unwrap().status, 404);
}

#[tokio::test]
async fn a_port_in_use_or_a_folder_that_cannot_be_written_is_one_sentence() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = World::start(Options { port, ..Options::default() }).await.err().unwrap();
    assert!(matches!(refused, StartError::Port { .. }) && refused.to_string().contains(&port.to_string()));
    let file = tempfile::NamedTempFile::new().unwrap();
    let data = Some(file.path().join("below"));
    let refused = World::start(Options { data, ..Options::default() }).await.err().unwrap();
    assert!(
        matches!(refused, StartError::Folder(FolderError::Unwritable { .. }))
            && refused.to_string().contains("below")
    );
}

#[tokio::test]
async fn a_data_folder_is_for_one_process_at_a_time() {
    let data = tempfile::tempdir().unwrap();
    let first = World::start(with_data(&data)).await.unwrap();
    let refused = World::start(with_data(&data)).await.err().unwrap();
    assert!(matches!(refused, StartError::Folder(FolderError::InUse { .. })), "{refused}");
    assert!(refused.to_string().contains("used by another process"), "{refused}");
    drop(first);
    World::start(with_data(&data)).await.unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_named_and_left_as_it_is() {
    let garbage = b"not what SQLite wrote".repeat(1_000);
    for file in ["dynamodb.sqlite", "dynamodb.sqlite-wal"] {
        let data = tempfile::tempdir().unwrap();
        let damaged = data.path().join(file);
        fs::write(&damaged, &garbage).unwrap();
        let refused = World::start(with_data(&data)).await.err().unwrap().to_string();
        assert!(refused.contains(file) && refused.contains("is damaged"), "{refused}");
        assert!(!refused.contains('\n'), "{refused}");
        assert_eq!(fs::read(&damaged).unwrap(), garbage);
    }
}

#[tokio::test]
async fn scripts_find_everything_in_the_ready_file_and_only_the_owner_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let (ready_file, env_file) = (folder.path().join("ready.json"), folder.path().join("env"));
    let world = World::start(Options::default()).await.unwrap();
    ready::write_ready_file(&world, &ready_file).unwrap();
    ready::write_env_file(&world, &env_file).unwrap();
    let ready: Value = serde_json::from_slice(&fs::read(&ready_file).unwrap()).unwrap();
    assert_eq!(ready["baseUrl"], world.base_url().as_str());
    assert_eq!(ready["tokens"].as_object().unwrap().len(), 4);
    assert!(
        fs::read_to_string(&env_file)
            .unwrap()
            .lines()
            .any(|line| line == r#"ENROLLMENTS_TABLE="Enrollments""#)
    );
    for file in [ready_file, env_file] {
        assert_eq!(mode(file), 0o600);
    }
}

/// Stores an object that is not a logo.
async fn store(world: &World, key: &str) {
    let variables = world.aws_variables();
    let variable = |name| variables.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    let s3 = aws_sdk_s3::Config::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .credentials_provider(aws_credential_types::Credentials::new(id, secret, None, None, "tests"))
        .region(aws_config::Region::new(variable("AWS_REGION")))
        .endpoint_url(world.s3_url().as_str())
        .force_path_style(true);
    let s3 = aws_sdk_s3::Client::from_conf(s3.build());
    let put = s3.put_object().bucket(world.bucket()).key(key).content_type("text/html");
    put.body(b"<script>".to_vec().into()).send().await.unwrap();
}

fn mode(file: PathBuf) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}
