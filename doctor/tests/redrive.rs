//! What a redrive does with the messages of the dead-letter queue, which every scheduled function can write.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use serde_json::{Value, json};

use crate::support::bank::Bank;

/// Puts a message into the queue of this bank.
async fn send(bank: &Bank, body: &Value) {
    let variables = bank.world.aws_variables();
    let of = |name| variables.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let credentials =
        Credentials::new(of("AWS_ACCESS_KEY_ID"), of("AWS_SECRET_ACCESS_KEY"), None, None, "tests");
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(of("AWS_REGION")))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(of("AWS_ENDPOINT_URL_SQS"));
    let sqs = aws_sdk_sqs::Client::new(&aws.build());
    let message = sqs.send_message().queue_url(of("DEAD_LETTERS_URL")).message_body(body.to_string());
    message.send().await.unwrap();
}

/// The record that Lambda sends for a function, which may have a version or an alias.
fn failed_event(function: &str) -> Value {
    let arn = format!("arn:aws:lambda:eu-west-1:111122223333:function:{function}");
    let context = json!({"condition": "RetriesExhausted", "functionArn": arn});
    json!({"version": "1.0", "requestContext": context, "requestPayload": {}})
}

/// Lambda at this address from now on.
fn set_lambda(bank: &Bank, url: &str) {
    let file = bank.folder.path().join("env");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, format!("{text}AWS_ENDPOINT_URL_LAMBDA={url}\n")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_names_a_function_with_a_route_stays_in_the_queue_and_nothing_is_invoked() {
    let bank = Bank::open().await;
    let mut forged = failed_event("manage-tokens:live");
    let claims = json!({"jwt": {"claims": {"client_id": "40000"}}});
    forged["requestPayload"] = json!({"requestContext": {"authorizer": claims}});
    send(&bank, &forged).await;
    // Nobody answers here, but a connection would wait to be accepted.
    let lambda = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    lambda.set_nonblocking(true).unwrap();
    set_lambda(&bank, &format!("http://{}/", lambda.local_addr().unwrap()));

    let run = bank.doctor(&["redrive", "--json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    let report: Value = serde_json::from_str(&run.output).unwrap();
    assert_eq!(report, json!({"started": 0, "left": 1}));
    assert_eq!(run.errors, "manage-tokens: 1 left, not an event of a schedule\n");
    assert_eq!(lambda.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sees_what_is_invoked_and_what_stays_in_the_queue() {
    let bank = Bank::open().await;
    for function in ["reconcile-enrollments:7", "reconcile-enrollments", "receive-notification"] {
        send(&bank, &failed_event(function)).await;
    }
    let run = bank.doctor(&["redrive"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    let shown = "reconcile-enrollments: 2 to invoke again\n\
        receive-notification: 1 left, not an event of a schedule\n";
    assert!(run.errors.starts_with(shown), "{}", run.errors);
    assert_eq!(run.output, "2 functions were invoked again; 1 messages stay in the queue.\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outside_of_this_machine_nothing_is_redriven_without_confirmation() {
    let bank = Bank::open().await;
    send(&bank, &failed_event("sync-requestors:live")).await;
    set_lambda(&bank, "https://lambda.eu-west-1.amazonaws.com");
    let run = bank.doctor(&["redrive"]).await;
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""));
    let question = "sync-requestors: 1 to invoke again\n\
        This would invoke these functions again. Confirm it with --yes.\n";
    assert!(run.errors.starts_with(question), "{}", run.errors);
}
