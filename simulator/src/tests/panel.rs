//! The forms of the panel.

use axum::http::StatusCode;

use super::issuer::Issuer;
use crate::{CLICK_TO_PAY, Delivery, NotificationPlan, Operation, TokenStatus};

async fn post(issuer: &Issuer, path: &str, form: &str) -> StatusCode {
    let request = issuer.http.post(issuer.url(&format!("__simulator/panel/{path}"))).body(form.to_owned());
    request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap().status()
}

async fn panel(issuer: &Issuer) -> String {
    issuer.http.get(issuer.url("__simulator/panel")).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn every_preset_on_the_panel_is_a_plan() {
    let issuer = Issuer::new().await;
    let page = panel(&issuer).await;
    let presets: Vec<&str> = page.split("/preset/").skip(1).filter_map(|it| it.split('"').next()).collect();
    assert_eq!(presets.len(), 7);
    for preset in presets {
        assert_eq!(post(&issuer, &format!("preset/{preset}"), "").await, StatusCode::SEE_OTHER, "{preset}");
    }
    assert_eq!(issuer.simulator.mastercard.notifier.plan().tcn.delay_milliseconds, 10_000);
    assert_eq!(post(&issuer, "preset/unknown", "").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn each_scenario_says_what_to_watch_and_the_first_one_ends_it() {
    let issuer = Issuer::new().await;
    let page = panel(&issuer).await;
    let scenarios: Vec<&str> =
        page.split("/scenario/").skip(1).filter_map(|it| it.split('"').next()).collect();
    assert_eq!(scenarios, ["all-well", "tcn-lost", "late", "push-lost", "clock-off", "down"]);
    for scenario in &scenarios[1..] {
        let response = issuer
            .http
            .post(issuer.url(&format!("__simulator/panel/scenario/{scenario}")))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{scenario}");
        let page = issuer.url(&format!("__simulator/panel?scenario={scenario}"));
        let page = issuer.http.get(page).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("role=\"status\">In effect: "), "{scenario}");
        let faults = issuer.simulator.mastercard.faults.describe();
        let plan = issuer.simulator.mastercard.notifier.plan();
        assert!(!faults.is_empty() || plan != NotificationPlan::default(), "{scenario} changes nothing");
        assert!(
            !faults.iter().any(|line| line.starts_with("provision")),
            "the cardholder's page works: {faults:?}"
        );
    }
    post(&issuer, "scenario/all-well", "").await;
    assert!(issuer.simulator.mastercard.faults.describe().is_empty());
    assert_eq!(issuer.simulator.mastercard.notifier.plan(), NotificationPlan::default());
    assert_eq!(post(&issuer, "scenario/unknown", "").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_operator_who_asks_for_german_gets_it_and_keeps_it_after_a_form() {
    let issuer = Issuer::new().await;
    let get = async |language: &str, query: &str| {
        let page = issuer.http.get(issuer.url(&format!("__simulator/panel{query}")));
        page.header("accept-language", language).send().await.unwrap().text().await.unwrap()
    };
    let german = get("de-AT,de;q=0.9", "").await;
    for text in ["<html lang=\"de\">", "Alles funktioniert", "Keine Störungen.", "Keine echte Karte"] {
        assert!(german.contains(text), "{text} is not in {german}");
    }
    assert!(get("en-GB", "").await.contains("<html lang=\"en\">"));
    let asked = get("en-GB", "?lang=de").await;
    let form = "/__simulator/panel/scenario/down?lang=de";
    assert!(asked.contains(&format!("action=\"{form}\"")), "{asked}");
    let response = issuer.http.post(issuer.url(&form[1..])).send().await.unwrap();
    assert_eq!(response.headers()["location"], "/__simulator/panel?lang=de&scenario=down");
    let response = issuer.http.post(issuer.url("__simulator/panel/clear?lang=de")).send().await.unwrap();
    assert_eq!(response.headers()["location"], "/__simulator/panel?lang=de");
}

#[tokio::test]
async fn the_notification_form_sets_the_plan() {
    let issuer = Issuer::new().await;
    let form = "tarCopies=2&tarDelay=5&tcnCopies=0&tcnDelay=0&tvnCopies=1&tvnDelay=0&tcnBeforeTar=on&retries=1&backoff=7";
    assert_eq!(post(&issuer, "notifications", form).await, StatusCode::SEE_OTHER);
    let plan = NotificationPlan {
        tar: Delivery { copies: 2, delay_milliseconds: 5 },
        tcn: Delivery { copies: 0, delay_milliseconds: 0 },
        tcn_before_tar: true,
        retries: 1,
        backoff_milliseconds: 7,
        ..NotificationPlan::default()
    };
    assert_eq!(issuer.simulator.mastercard.notifier.plan(), plan);
    assert!(panel(&issuer).await.contains(
        "name=\"tarDelay\" aria-label=\"Delay in milliseconds: TAR\" min=\"0\" max=\"600000\" value=\"5\""
    ));
    assert_eq!(post(&issuer, "notifications", "tarCopies=many").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_operation_and_fault_on_the_panel_can_be_set_and_cleared() {
    let issuer = Issuer::new().await;
    let page = panel(&issuer).await;
    let (_, faults) = page.split_once("name=\"fault\"").unwrap();
    let (faults, _) = faults.split_once("</select>").unwrap();
    let faults: Vec<&str> = faults.split("value=\"").skip(1).filter_map(|it| it.split('"').next()).collect();
    assert_eq!(faults.len(), 17);
    for fault in faults {
        for operation in Operation::ALL.map(Operation::name) {
            let form = format!("operation={operation}&fault={fault}&times=always");
            assert_eq!(post(&issuer, "faults", &form).await, StatusCode::SEE_OTHER, "{form}");
        }
    }
    assert!(panel(&issuer).await.contains("<code>getAsset: BodyAltered, Always</code>"));
    post(&issuer, "clear", "").await;
    assert!(panel(&issuer).await.contains("No faults."));
    let nonsense = "operation=getAsset&fault=nonsense&times=1";
    assert_eq!(post(&issuer, "faults", nonsense).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn cards_tokens_and_receipts_change_from_the_panel() {
    let issuer = Issuer::new().await;
    issuer.enable(40_000, 70_001).await;
    let token = format!("token=70001/{CLICK_TO_PAY}&status=Suspended");
    assert_eq!(post(&issuer, "token", &token).await, StatusCode::SEE_OTHER);
    assert_eq!(issuer.simulator.tokens_of(40_000)[0].status, TokenStatus::Suspended);
    assert_eq!(post(&issuer, "card", "card=70002&status=43").await, StatusCode::SEE_OTHER);
    assert_eq!(
        issuer.simulator.cards().iter().find(|it| it.card_contract_id == 70_002).unwrap().status,
        "43"
    );
    assert_eq!(post(&issuer, "card", "card=1&status=43").await, StatusCode::BAD_REQUEST);
    assert_eq!(post(&issuer, "callback", "style=raw").await, StatusCode::SEE_OTHER);
    let pushed = issuer.enroll(40_000, 70_006, CLICK_TO_PAY).await;
    assert_eq!(post(&issuer, "expire", "").await, StatusCode::SEE_OTHER);
    let (_, page) = issuer.open_redirect(&pushed).await;
    assert!(issuer.callback(&page).await.ends_with("]=ERROR"));
}

#[tokio::test]
async fn a_page_of_another_site_cannot_submit_the_forms() {
    let issuer = Issuer::new().await;
    let request = issuer.http.post(issuer.url("__simulator/panel/expire"));
    let response = request.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn closing_the_tab_keeps_the_token_and_causes_no_callback() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    let (_, page) = issuer.open_redirect(&pushed).await;
    let closed = issuer.press(&page, "close").await;
    assert_eq!(closed.status(), StatusCode::OK);
    let closed = closed.text().await.unwrap();
    assert!(closed.contains("Tab closed") && !closed.contains("/return"));
    assert_eq!(issuer.simulator.tokens_of(40_000)[0].status, TokenStatus::Active);
}
