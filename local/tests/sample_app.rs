//! The sample bank app: it has a text for every value of the API, and its pages have a strict content security policy.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use local::{Options, World, cardholder::Cardholder};
use mastercard::processing::TokenAction;
use model::enrollment::PushFailure;
use regex_lite::Regex;
use reqwest::{Client, Response, redirect};
use serde_json::{Value, json};

type Texts = BTreeMap<String, BTreeMap<String, String>>;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn texts() -> Texts {
    serde_json::from_str(&read("sample-app/texts.json")).unwrap()
}

fn enum_values(schema: &str) -> Vec<String> {
    let api_description: Value = serde_saphyr::from_str(&read("../infra/openapi.yaml")).unwrap();
    let values =
        api_description["components"]["schemas"][schema]["x-extensible-enum"].as_array().unwrap().clone();
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_status_reason_and_error_has_a_sentence() {
    let texts = texts();
    let (statuses, codes) = (enum_values("Status"), enum_values("ProblemCode"));
    assert!(statuses.len() >= 10 && codes.len() >= 20);
    let keys = statuses.iter().map(|status| format!("status.{status}"));
    let keys = keys.chain(codes.iter().map(|code| format!("error.{code}")));
    let reasons = PushFailure::ALL.map(|reason| format!("status.FAILED.{}", reason.as_str()));
    let keys = keys.chain(reasons);
    for key in keys {
        for part in ["title", "text"] {
            let key = format!("{key}.{part}");
            assert!(
                texts.contains_key(&key),
                "`{key}` has no text: add it in English and German to local/sample-app/texts.json"
            );
        }
    }
}

#[test]
fn every_state_of_a_token_and_every_action_and_outcome_has_a_text() {
    let (texts, states) = (texts(), enum_values("TokenState"));
    assert!(states.len() >= 5);
    let states = states.iter().map(|state| format!("token.{state}"));
    let actions = TokenAction::ALL.map(|action| format!("change.{}", action.as_str()));
    let outcomes = ["active", "suspended", "removed", "unknown"].map(|state| format!("change.done.{state}"));
    for key in states.chain(actions).chain(outcomes) {
        assert!(
            texts.contains_key(&key),
            "`{key}` has no text: add it in English and German to local/sample-app/texts.json"
        );
    }
}

/// Texts that `pattern` captures in a source file of the model, so that a code that is added there cannot be forgotten here.
fn codes(file: &str, pattern: &str) -> BTreeSet<String> {
    let source = read(&format!("../shared/model/src/enrollment/{file}"));
    Regex::new(pattern).unwrap().captures_iter(&source).map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_timeline_event_has_a_text_and_is_documented() {
    let (texts, api_description) = (texts(), read("../infra/openapi.yaml"));
    let mut events = codes("timeline.rs", r#"=> (?:\{\s*)?\("([a-z_]+)","#);
    events.insert("requested".into());
    assert!(events.len() >= 11, "{events:?}");
    for event in events {
        assert!(
            texts.contains_key(&format!("event.{event}")),
            "`event.{event}` has no text: add it in English and German to local/sample-app/texts.json"
        );
        assert!(
            api_description.contains(&format!("`{event}`")),
            "`{event}` is not documented: add it to `event` of `TimelineEntry` in infra/openapi.yaml"
        );
    }
}

#[test]
fn every_status_reason_has_a_text_and_is_documented() {
    let (texts, api_description) = (texts(), read("../infra/openapi.yaml"));
    let reasons = codes("reason.rs", r#"Self::\w+ => "([a-z_]+)""#);
    assert!(reasons.len() >= 14, "{reasons:?}");
    for reason in reasons {
        let has = |status: &str| texts.contains_key(&format!("status.{status}.{reason}.title"));
        assert!(
            has("PENDING") || has("FAILED"),
            "the reason `{reason}` has no text: add `status.<STATUS>.{reason}.title` and `.text` in English and German to \
             local/sample-app/texts.json"
        );
        assert!(
            api_description.contains(&format!("`{reason}`")),
            "the reason `{reason}` is not documented: add it to `reason` of `Enrollment` in infra/openapi.yaml"
        );
    }
}

#[test]
fn every_text_exists_in_both_languages_with_the_same_placeholders() {
    let named = Regex::new(r"\{\w+\}").unwrap();
    for (key, languages) in texts() {
        assert_eq!(languages.keys().collect::<Vec<_>>(), ["de", "en"], "{key}");
        let names = |text: &str| named.find_iter(text).map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&languages["en"]), names(&languages["de"]), "{key}");
    }
}

#[test]
fn the_texts_before_the_script_runs_are_those_of_their_keys() {
    let pattern = Regex::new(r#"data-text="([^"]+)">([^<]*)<"#).unwrap();
    let (page, texts) = (read("sample-app/index.html"), texts());
    let pairs: Vec<_> = pattern.captures_iter(&page).map(|it| (it[1].to_owned(), it[2].to_owned())).collect();
    assert!(pairs.len() >= 6);
    for (key, text) in pairs {
        assert_eq!(texts[&key]["en"], text, "{key}");
    }
}

#[test]
fn every_key_that_a_script_names_has_a_text() {
    let (named, counted) =
        (Regex::new(r#"[tT]ext\("([\w.]+)""#).unwrap(), Regex::new(r#"plural\("([\w.]+)""#).unwrap());
    let (scripts, texts) = (scripts(), texts());
    let found = |pattern: &Regex, suffix: &str| -> Vec<String> {
        let captures = scripts.iter().flat_map(|script| pattern.captures_iter(script));
        captures.map(|it| format!("{}{suffix}", &it[1])).collect()
    };
    let keys = [found(&named, ""), found(&counted, ".one"), found(&counted, ".other")].concat();
    assert!(keys.len() >= 30);
    for key in keys {
        assert!(texts.contains_key(&key), "{key}");
    }
}

/// All scripts of the sample app.
fn scripts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-app");
    let files = [folder.clone(), folder.join("views")].map(|folder| fs::read_dir(folder).unwrap());
    let paths = files.into_iter().flatten().map(|file| file.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == "js"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn a_text_that_asks_the_cardholder_to_call_links_the_phone_number_in_both_languages() {
    let (call, link) =
        (Regex::new(r"(?i)\bcall us\b|\brufen \w+ (uns )?an\b").unwrap(), Regex::new(r"\[[^\]]+\]").unwrap());
    let mut linked = 0;
    for (key, languages) in texts() {
        for text in languages.values() {
            let asks = call.find_iter(text).count();
            assert_eq!(
                asks,
                link.find_iter(text).count(),
                "`{key}`: put the words that call into [brackets]: {text}"
            );
            linked += asks;
        }
    }
    assert!(linked >= 20, "{linked}");
}

#[tokio::test]
async fn the_pages_are_served_to_this_machine_only_and_run_nothing_inline() {
    let world = World::start(Options::default()).await.unwrap();
    for path in ["", "app/app.js", "app/style.css"] {
        let page = get(&world, path, None).await;
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.headers()["referrer-policy"], "no-referrer");
        assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    }
    let elsewhere = get(&world, "sample/cardholders", Some("evil.example")).await;
    assert_eq!((elsewhere.status().as_u16(), elsewhere.text().await.unwrap().as_str()), (307, ""));
}

#[tokio::test]
async fn the_sample_login_gives_a_valid_token_and_only_the_last_four_digits() {
    let world = World::start(Options::default()).await.unwrap();
    world.refresh().await.unwrap();
    let login = json!({"clientId": "40000"});
    let url = world.base_url().join("sample/login").unwrap();
    let request = Client::new().post(url.clone()).body(login.to_string());
    let response = request.header("content-type", "application/json").send().await.unwrap();
    let response = response.text().await.unwrap();
    assert!(
        !Regex::new(r#""[^"]*\d{5}_"#).unwrap().is_match(&response) && !response.contains("555555______")
    );
    let response: Value = serde_json::from_str(&response).unwrap();
    assert_eq!(response["cards"][0]["lastFour"], "4444");
    let cardholder = world.cardholder("40001").unwrap().with_token(response["accessToken"].as_str().unwrap());
    assert_eq!(cardholder.cards(&["70001"]).await.unwrap().status, 200);
    let form = Client::new().post(url).body(login.to_string()).send().await.unwrap();
    assert_eq!(form.status(), 415, "a form of another page");
}

#[tokio::test]
async fn after_a_step_up_the_same_request_with_the_same_key_enables_the_card() {
    let settings = [("STEP_UP_ACR_VALUES", "urn:bank.example:strong"), ("STEP_UP_MAX_AGE_MINUTES", "5")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let world = World::start(Options { settings, ..Options::default() }).await.unwrap();
    world.refresh().await.unwrap();
    let log_in = async |request: Value| {
        let url = world.base_url().join("sample/login").unwrap();
        let request =
            Client::new().post(url).header("content-type", "application/json").body(request.to_string());
        let response: Value =
            serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        world.cardholder("40001").unwrap().with_token(response["accessToken"].as_str().unwrap())
    };
    let body = Cardholder::smallest_request("80001");
    let weak = log_in(json!({"clientId": "40001"})).await;
    let refused = weak.enroll_request("a-tap", &body).await.unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (401, &json!("insufficient_user_authentication")));
    let acr_values = &refused.body["authentication"]["acrValues"];
    let strong = log_in(json!({"clientId": "40001", "acrValues": acr_values})).await;
    let ready = strong.enroll_request("a-tap", &body).await.unwrap();
    assert_eq!((ready.status, &ready.body["status"]), (201, &json!("READY")));
}

async fn get(world: &World, path: &str, host: Option<&str>) -> Response {
    let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
    let request = http.get(world.base_url().join(path).unwrap());
    let request = host.into_iter().fold(request, |request, host| request.header("host", host));
    request.send().await.unwrap()
}
