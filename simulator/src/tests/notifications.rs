//! Notifications of steps 17 and 21 and of later token events.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::issuer::Issuer;
use crate::{CLICK_TO_PAY, Delivery, NotificationPlan, NotificationTarget};

/// A notification endpoint that rejects the first `rejections` notifications and stores the others.
#[derive(Clone, Default)]
struct Endpoint {
    received: Arc<Mutex<Vec<Value>>>,
    rejections: Arc<Mutex<usize>>,
}

impl Endpoint {
    async fn start(issuer: &Issuer, rejections: usize) -> Self {
        let endpoint = Self { rejections: Arc::new(Mutex::new(rejections)), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/notifications", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().route("/notifications", post(receive)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let target =
            NotificationTarget { shared_secret: Some("sesame".to_owned()), ..NotificationTarget::plain(url) };
        issuer.simulator.set_notifications(Some(target)).unwrap();
        endpoint
    }

    /// Kinds in order of arrival, once all notifications are delivered.
    async fn received_kinds(&self, issuer: &Issuer) -> Vec<String> {
        issuer.simulator.notifications_settled().await;
        let received = self.received.lock().unwrap();
        received.iter().map(|body| body["type"].as_str().unwrap().to_owned()).collect()
    }
}

async fn receive(State(endpoint): State<Endpoint>, headers: HeaderMap, body: String) -> StatusCode {
    assert_eq!(headers["x-notification-secret"], "sesame");
    let mut rejections = endpoint.rejections.lock().unwrap();
    if *rejections > 0 {
        *rejections -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    endpoint.received.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    StatusCode::OK
}

#[tokio::test]
async fn the_tcn_identifies_the_token_and_click_to_pay_has_no_correlation_id() {
    let issuer = Issuer::new().await;
    let endpoint = Endpoint::start(&issuer, 0).await;
    issuer.enable(40_000, 70_001).await;
    assert_eq!(endpoint.received_kinds(&issuer).await, ["TAR", "TCN"]);
    let received = endpoint.received.lock().unwrap();
    let (tar, tcn) = (&received[0], &received[1]);
    assert!(tar.get("correlationId").is_none() && tcn.get("correlationId").is_none());
    assert_eq!((&tar["decision"], &tar["responseCode"]), (&json!("APPROVED"), &json!("00")));
    assert!(tar.get("tokenUniqueReference").is_none());
    let token = &issuer.simulator.tokens_of(40_000)[0];
    assert_eq!(tcn["tokenUniqueReference"], token.token_unique_reference);
    assert_eq!((&tcn["clientId"], &tcn["cardContractId"]), (&json!(40_000), &json!(70_001)));
}

#[tokio::test]
async fn a_declined_card_causes_a_tar_and_no_tcn() {
    let issuer = Issuer::new().await;
    let endpoint = Endpoint::start(&issuer, 0).await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    issuer.simulator.set_card_status(70_001, "41").unwrap();
    issuer.open_redirect(&pushed).await;
    assert_eq!(endpoint.received_kinds(&issuer).await, ["TAR"]);
    assert_eq!(endpoint.received.lock().unwrap()[0]["decision"], "DECLINED");
}

#[tokio::test]
async fn a_notification_without_acknowledgement_is_sent_again() {
    let issuer = Issuer::new().await;
    issuer
        .simulator
        .set_notification_plan(NotificationPlan { backoff_milliseconds: 1, ..Default::default() });
    let endpoint = Endpoint::start(&issuer, 2).await;
    issuer.enable(40_000, 70_001).await;
    let mut kinds = endpoint.received_kinds(&issuer).await;
    kinds.sort();
    assert_eq!(kinds, ["TAR", "TCN"]);
    let journal = issuer.simulator.journal();
    assert_eq!(journal.iter().filter(|exchange| exchange.summary.contains("response 503")).count(), 2);
}

#[tokio::test]
async fn notifications_get_lost_repeated_and_out_of_order_as_planned() {
    let issuer = Issuer::new().await;
    let endpoint = Endpoint::start(&issuer, 0).await;
    let copies = |copies| Delivery { copies, ..Delivery::default() };
    let plan = NotificationPlan { tcn_before_tar: true, tcn: copies(2), ..NotificationPlan::default() };
    issuer.simulator.set_notification_plan(plan);
    issuer.enable(40_000, 70_001).await;
    assert_eq!(endpoint.received_kinds(&issuer).await, ["TCN", "TCN", "TAR"]);

    issuer
        .simulator
        .set_notification_plan(NotificationPlan { tcn: copies(0), ..NotificationPlan::default() });
    issuer.enable(40_000, 70_002).await;
    assert_eq!(endpoint.received_kinds(&issuer).await.len(), 4);
}

#[tokio::test]
async fn suspending_resuming_and_deleting_a_token_sends_tvns() {
    let issuer = Issuer::new().await;
    issuer.enable(40_000, 70_001).await;
    let endpoint = Endpoint::start(&issuer, 0).await;
    issuer.simulator.suspend_token(70_001, CLICK_TO_PAY).unwrap();
    issuer.simulator.notifications_settled().await;
    issuer.simulator.resume_token(70_001, CLICK_TO_PAY).unwrap();
    issuer.simulator.notifications_settled().await;
    issuer.simulator.delete_token(70_001, CLICK_TO_PAY).unwrap();
    assert_eq!(endpoint.received_kinds(&issuer).await, ["TVN", "TVN", "TVN"]);
    let received = endpoint.received.lock().unwrap();
    let statuses: Vec<&Value> = received.iter().map(|body| &body["tokenStatus"]).collect();
    assert_eq!(statuses, ["SUSPENDED", "ACTIVE", "DEACTIVATED"]);
    issuer.simulator.suspend_token(70_001, CLICK_TO_PAY).unwrap_err();
}

#[tokio::test]
async fn a_card_that_is_put_on_hold_suspends_its_tokens() {
    let issuer = Issuer::new().await;
    issuer.enable(40_000, 70_001).await;
    let endpoint = Endpoint::start(&issuer, 0).await;
    issuer.simulator.set_card_status(70_001, "05").unwrap();
    assert_eq!(endpoint.received_kinds(&issuer).await, ["TVN"]);
    assert_eq!(issuer.simulator.tokens_of(40_000)[0].status, crate::TokenStatus::Suspended);
}
