//! Operators' commands against a `World`: the functions are invoked as in AWS.

use std::{env, process::Output, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use local::{World, ready};
use serde_json::{Value, json};
use simulator::{Fault, Operation, Times};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

struct Bank {
    world: World,
    folder: TempDir,
}

impl Bank {
    /// A bank whose catalog was never refreshed.
    async fn new() -> Self {
        Self::with(local::Options::default()).await
    }

    async fn with(options: local::Options) -> Self {
        let world = World::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        ready::write_env_file(&world, &folder.path().join("env")).unwrap();
        Self { world, folder }
    }

    /// Adds a setting, or replaces its value.
    fn set(&self, name: &str, value: &str) {
        let file = self.folder.path().join("env");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{text}{name}={value}\n")).unwrap();
    }

    async fn redrive(&self) -> Value {
        let run = self.doctor(&["redrive", "--json"]).await;
        assert_eq!(run.status.code(), Some(0), "{}", output(&run));
        serde_json::from_slice(&run.stdout).unwrap()
    }

    /// Mastercard no longer lists these token requestors.
    fn remove(&self, requestors: &[simulator::TokenRequestor]) {
        for requestor in requestors {
            self.world.simulator().remove_requestor(&requestor.token_requestor_id).unwrap();
        }
    }

    async fn doctor(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doctor"));
        command.env_clear().args(arguments).arg("--config").arg(self.folder.path().join("env"));
        command.stdin(std::process::Stdio::null()).output().await.unwrap()
    }
}

fn output(run: &Output) -> String {
    [&run.stdout[..], &run.stderr].concat().into_iter().map(char::from).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_refreshes_the_catalog_and_sees_what_changed() {
    let bank = Bank::new().await;
    let run = bank.doctor(&["refresh"]).await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert!(output(&run).contains("logos were fetched, 0 are missing."), "{}", output(&run));
    assert!(bank.world.token_requestors().catalog().await.unwrap().is_some());
    let changes = bank.doctor(&["changes"]).await;
    assert!(
        output(&changes).contains("Version 1") && output(&changes).contains("50123197928"),
        "{}",
        output(&changes)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_requestor_with_a_new_host_stays_in_quarantine_until_an_operator_allows_it() {
    let bank = Bank::new().await;
    bank.doctor(&["refresh"]).await;
    let requestors = bank.world.simulator().requestors();
    let mut moved = requestors.into_iter().find(|it| it.token_requestor_id == "50123197928").unwrap();
    let id = moved.token_requestor_id.clone();
    moved.push_page = Some("https://external.example/push".parse().unwrap());
    bank.world.simulator().add_requestor(moved);
    let run = bank.doctor(&["refresh"]).await;
    assert_eq!(run.status.code(), Some(0), "the earlier host goes on: {}", output(&run));
    assert!(output(&run).contains(&format!("repeat with --allow {id}=HOST")), "{}", output(&run));
    let changes = bank.doctor(&["changes"]).await;
    let hint = format!("doctor refresh --allow {id}=external.example\n");
    assert!(output(&changes).ends_with(&hint), "{}", output(&changes));
    let changes = bank.doctor(&["changes", "--json"]).await;
    let changes: Value = serde_json::from_slice(&changes.stdout).unwrap();
    assert_eq!(changes["quarantined"][0]["tokenRequestorId"], json!(id), "{changes}");
    assert_eq!(changes["quarantined"][0]["hosts"], json!(["external.example"]));

    let run = bank.doctor(&["refresh", "--allow", &format!("{id}=src.example")]).await;
    assert!(output(&run).contains(&format!("--allow changed nothing for {id}")), "{}", output(&run));
    let run = bank.doctor(&["refresh", "--allow", &format!("{id}=https://external.example")]).await;
    assert_eq!(run.status.code(), Some(2));
    assert!(output(&run).contains("after the = must be a host alone"), "{}", output(&run));
    let run = bank.doctor(&["refresh", "--allow", &format!("{id}=External.Example")]).await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert!(!output(&run).contains("quarantine"), "{}", output(&run));
    let changes: Value = serde_json::from_slice(&bank.doctor(&["changes", "--json"]).await.stdout).unwrap();
    assert_eq!(changes["quarantined"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_that_the_safety_check_rejected_is_not_reported_as_a_success() {
    let bank = Bank::new().await;
    bank.doctor(&["refresh"]).await;
    let requestors = bank.world.simulator().requestors();
    for (requestors, expected) in [
        (&requestors[..2], "LARGEST_DROP_PERCENT"),
        (&requestors[2..], "Mastercard listed no token requestor."),
    ] {
        bank.remove(requestors);
        let run = bank.doctor(&["refresh"]).await;
        assert_eq!(run.status.code(), Some(1), "{}", output(&run));
        for part in ["the catalog is unchanged", expected, "repeat with --force"] {
            assert!(output(&run).contains(part), "{part} is not in\n{}", output(&run));
        }
    }
    let run = bank.doctor(&["refresh", "--json"]).await;
    assert_eq!(run.status.code(), Some(1), "{}", output(&run));
    let document: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(document["tokenRequestors"]["rejected"], "empty", "{document}");

    let run = bank.doctor(&["refresh", "--force"]).await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert!(output(&run).contains("0 changed, 5 retired, 0 returned."), "{}", output(&run));
    assert!(!output(&run).contains("rejected"), "{}", output(&run));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_with_account_ranges_that_got_no_response_is_not_reported_as_a_success() {
    // Two calls of 25 ranges at most; only the second has requestors.
    let others = (0..25).map(|n| format!("52{n:04}0000000000000"));
    let ranges: Vec<_> = others.chain(["5555550000000000000".into()]).collect();
    let settings = [("ACCOUNT_RANGES".to_owned(), ranges.join(","))].into();
    let bank = Bank::with(local::Options { settings, ..local::Options::default() }).await;
    let list = Operation::GetEligibleTokenRequestors;
    let fault = Fault::Status { code: 400, json: true };
    bank.world.simulator().set_fault_matching(list, &ranges[0], fault, Times::Always);
    let run = bank.doctor(&["refresh"]).await;
    assert_eq!(run.status.code(), Some(1), "{}", output(&run));
    for part in ["25 account ranges got no response", "Repeat the refresh", "account_ranges_unanswered"] {
        assert!(output(&run).contains(part), "{part} is not in\n{}", output(&run));
    }
    bank.world.simulator().clear_faults();
    let run = bank.doctor(&["refresh"]).await;
    assert_eq!(run.status.code(), Some(0), "{}", output(&run));
    assert!(!output(&run).contains("no response"), "{}", output(&run));
}

#[tokio::test]
async fn outside_of_this_machine_nothing_is_refreshed_without_confirmation() {
    let bank = Bank::new().await;
    bank.set("AWS_ENDPOINT_URL_LAMBDA", "https://lambda.eu-west-1.amazonaws.com");
    let run = bank.doctor(&["refresh"]).await;
    assert_eq!(run.status.code(), Some(1));
    assert!(output(&run).contains("Confirm it with --yes."), "{}", output(&run));
    assert_eq!(bank.world.simulator().calls(Operation::GetEligibleTokenRequestors), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_that_mastercard_refused_is_made_up_by_a_redrive() {
    let bank = Bank::new().await;
    let list = Operation::GetEligibleTokenRequestors;
    // Not 503: the function would wait for the end of the outage.
    bank.world.simulator().set_fault(list, Fault::Status { code: 400, json: true }, Times::Always);
    bank.world.refresh().await.unwrap_err();
    assert!(bank.world.token_requestors().catalog().await.unwrap().is_none());

    bank.world.simulator().clear_faults();
    assert_eq!(bank.redrive().await, json!({"started": 1, "left": 0}));
    // `fetch-assets` ran too, as after the schedule's own refresh.
    let cardholder = bank.world.cardholder("40000").unwrap();
    let logos_are_shown = async {
        let mut listed = Value::Null;
        while listed["tokenRequestors"][0]["logos"][0].is_null() {
            listed = cardholder.token_requestors("web").await.unwrap().body;
        }
    };
    timeout(Duration::from_secs(20), logos_are_shown).await.unwrap();
    assert_eq!(bank.redrive().await, json!({"started": 0, "left": 0}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_fails_again_is_in_the_queue_again() {
    let bank = Bank::new().await;
    let list = Operation::GetEligibleTokenRequestors;
    // Not 503, as above.
    bank.world.simulator().set_fault(list, Fault::Status { code: 400, json: true }, Times::Always);
    bank.world.refresh().await.unwrap_err();
    assert_eq!(bank.redrive().await, json!({"started": 1, "left": 0}));
    // It fails within a second: one redrive must not invoke it forever.
    for _ in 0..3 {
        let returned = async {
            let mut started = 0;
            while started == 0 {
                started = bank.redrive().await["started"].as_u64().unwrap();
            }
            started
        };
        assert_eq!(timeout(Duration::from_secs(60), returned).await.unwrap(), 1);
    }
}

/// The same with another queue than that of `local`, and with a message of a schedule: needs the second engine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_events_are_redriven_and_leave_the_queue() {
    let Some(engine) = env::vars().find(|(name, url)| name == "SECOND_ENGINE_URL" && !url.is_empty()) else {
        assert!(
            env::vars().all(|(name, value)| name != "CI" || value != "true"),
            "SECOND_ENGINE_URL is not set"
        );
        return;
    };
    let credentials = Credentials::new("local", "local", None, None, "tests");
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(&engine.1);
    let sqs = aws_sdk_sqs::Client::new(&aws.build());
    let name = format!("dead-letters-{}", uuid::Uuid::new_v4());
    let queue = sqs.create_queue().queue_name(name).send().await.unwrap().queue_url.unwrap();
    let failed = json!({"version": "1.0", "requestPayload": {}, "requestContext": {
        "condition": "RetriesExhausted",
        "functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:sync-requestors:$LATEST",
    }});
    for body in [failed.to_string(), "of a schedule".into()] {
        sqs.send_message().queue_url(&queue).message_body(body).send().await.unwrap();
    }
    let bank = Bank::new().await;
    bank.set("AWS_ENDPOINT_URL_SQS", &engine.1);
    bank.set("DEAD_LETTERS_URL", &queue);
    assert_eq!(bank.redrive().await, json!({"started": 1, "left": 1}));
    let refreshed = async {
        while bank.world.token_requestors().catalog().await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), refreshed).await.unwrap();
}
