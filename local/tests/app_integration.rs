//! `docs/app-integration.md` is correct: its requests and responses are those of a run, its texts those of the sample app.
//! `UPDATE_DOCS=1 cargo test -p local --test integration app_integration` updates them.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::PathBuf};

use local::{
    Options, World,
    cardholder::{Cardholder, Response},
};
use runtime::http::Code;
use serde_json::{Value, json};

const TOKEN: &str = "6f1c0d2b9a7e4835b0c1d2e3f4a59687";
const ENROLLMENT: &str = "0197b3c0-5f10-7c3e-8a51-3f6f0c9be001";

fn path(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[tokio::test]
async fn the_page_for_app_developers_shows_real_responses() {
    let world = World::start(Options::default()).await.unwrap();
    world.refresh().await.unwrap();
    let page = fs::read_to_string(path("../docs/app-integration.md")).unwrap();
    let mut updated = page.clone();
    let mut calls = calls(&world).await;
    calls.push(("step-up", step_up().await));
    for (name, block) in calls {
        updated = filled(&updated, &format!("call: {name}"), &block);
    }
    updated = filled(&updated, "errors", &errors(between(&page, "errors")));
    updated = filled(&updated, "texts", &tables_of(&texts()));
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path("../docs/app-integration.md"), &updated).unwrap();
    } else {
        assert!(
            updated == page,
            "docs/app-integration.md is outdated: run `UPDATE_DOCS=1 cargo test -p local --test integration app_integration`\n{updated}"
        );
    }
}

/// What the page has between the two comments.
fn between<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<!-- {name} -->\n")).unwrap();
    rest.split_once("<!-- end -->").unwrap().0
}

/// The page with this content between the two comments.
fn filled(page: &str, name: &str, content: &str) -> String {
    let around = |content: &str| format!("<!-- {name} -->\n{content}<!-- end -->");
    page.replacen(&around(between(page, name)), &around(content), 1)
}

async fn calls(world: &World) -> Vec<(&'static str, String)> {
    let cardholder = world.cardholder("40000").unwrap();
    let get = async |path: &str| {
        (format!("GET {path}\nAuthorization: Bearer $TOKEN"), cardholder.get(path).await.unwrap())
    };
    let mut blocks = Vec::new();
    let (request, mut listing) = get("/token-requestors?platform=ios&accountRange=555555000").await;
    listing.body["tokenRequestors"].as_array_mut().unwrap().truncate(1);
    blocks.push(("token-requestors", block(&request, &listing)));

    let request = "Idempotency-Key: 3f6d0c1e-58a4-4d0b-9d52-0b8f4c1a7e21\nContent-Type: application/json\n\n";
    let mut body = Cardholder::smallest_request("70001");
    body["accountHolder"] = json!({"name": "ALEX EXAMPLE", "emailAddress": "alex@mail.example"});
    body["cardsAsOf"] = body["consent"]["acceptedAt"].clone();
    let ready = cardholder.enroll_request("a-tap", &body).await.unwrap();
    let request = format!("POST /enrollments\nAuthorization: Bearer $TOKEN\n{request}{}", pretty(&body));
    let enroll = block(&request, &ready);
    let (request, cards) =
        get("/cards?cardContractId=70001&cardContractId=70002&cardContractId=70005:5555570000000000000")
            .await;
    blocks.push(("cards", block(&request, &cards)));
    blocks.push(("enroll", enroll));

    let refused = cardholder.enroll_request("another-tap", &body).await.unwrap();
    let page = cardholder.open_redirect(ready.body["redirectUrl"].as_str().unwrap()).await.unwrap();
    // Makes the order of the events the same in every run.
    world.simulator().notifications_settled().await;
    let returned = page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
    let id = ready.body["enrollmentId"].as_str().unwrap();
    let link = returned.app_link.unwrap().as_str().replace(id, ENROLLMENT);
    let request = "GET /callback/STATE?results%5BRECEIPT%5D=APPROVED%7CTOKEN-UNIQUE-REFERENCE";
    blocks.push(("callback", format!("```http\n{request}\n\n{}\nLocation: {link}\n```\n", returned.status)));
    cardholder.poll_until_final(id).await.unwrap();
    let (request, ended) = get(&format!("/enrollments/{id}")).await;
    blocks.push(("enrollment", block(&request.replace(id, ENROLLMENT), &ended)));
    blocks.push(("refused", block("", &refused)));
    let (request, tokens) = get("/cards/70001/tokens").await;
    let token = cardholder.token_id("70001", simulator::CLICK_TO_PAY).await.unwrap();
    let suspended = cardholder.change_token("70001", &token, "suspend", "another-tap").await.unwrap();
    blocks.push(("tokens", block(&request, &tokens)));
    let request = format!(
        "POST /cards/70001/tokens/{TOKEN}/suspend\nAuthorization: Bearer $TOKEN\nIdempotency-Key: \
         8d0b7a52-3c1f-4e6a-9b7d-2f5a1c0e4d33"
    );
    blocks.push(("suspend-token", block(&request, &suspended)));
    blocks
}

/// The response of a bank that requires a stronger login than the token's.
async fn step_up() -> String {
    let settings = [("STEP_UP_ACR_VALUES", "urn:bank.example:stronger"), ("STEP_UP_MAX_AGE_MINUTES", "5")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let world = World::start(Options { settings, ..Options::default() }).await.unwrap();
    let body = Cardholder::smallest_request("70001");
    block("", &world.cardholder("40000").unwrap().enroll_request("a-tap", &body).await.unwrap())
}

fn block(request: &str, response: &Response) -> String {
    let shown = ["etag", "cache-control", "retry-after", "www-authenticate"];
    let headers = response.headers.iter().filter(|(name, _)| shown.contains(&name.as_str()));
    let headers: String = headers
        .map(|(name, value)| {
            format!("{name}: {}\n", if name == "etag" { "\"5e0c1f6b8a9d4e27\"" } else { value })
        })
        .collect();
    let request = if request.is_empty() { String::new() } else { format!("{request}\n\n") };
    format!("```http\n{request}{}\n{headers}\n{}\n```\n", response.status, pretty(&response.body))
}

fn pretty(body: &Value) -> String {
    let mut body = body.clone();
    normalize("", &mut body, &mut 58);
    body.sort_all_objects();
    serde_json::to_string_pretty(&body).unwrap()
}

/// Replaces ids, times, addresses and secrets by constants, so that every run is the same.
fn normalize(name: &str, value: &mut Value, second: &mut u32) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<String> = fields.keys().cloned().collect();
            names.sort();
            names.iter().for_each(|name| normalize(name, fields.get_mut(name).unwrap(), second));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| normalize(name, element, second)),
        Value::String(text) => {
            let constant = match name {
                "enrollmentId" => ENROLLMENT.to_owned(),
                "tokenId" => TOKEN.to_owned(),
                "acceptedAt" | "createdAt" => "2026-01-05T10:29:58Z".to_owned(),
                "cardsAsOf" => "2026-01-05T10:29:40Z".to_owned(),
                "catalogUpdatedAt" => "2026-01-05T03:00:00Z".to_owned(),
                "expiresAt" => "2026-01-05T10:44:43Z".to_owned(),
                "at" => {
                    *second += 1;
                    format!("2026-01-05T10:{}:{:02}Z", 29 + *second / 60, *second % 60)
                }
                "pushAccountReceipts" => "RECEIPT".to_owned(),
                "signature" => "SIGNATURE".to_owned(),
                "redirectUrl" => "https://requestor.example/provision?pushAccountData=SIGNATURE".to_owned(),
                "uri" => "https://requestor.example/provision".to_owned(),
                "requestId" => "JKJaXmPLvHcESHA=".to_owned(),
                "url" => format!("https://assets.bank.example/logos/5e0c1f6b…{}", &text[text.len() - 4..]),
                _ => return,
            };
            *text = constant;
        }
        _ => {}
    }
}

/// The table of all codes. What the app does is written in the page, in the fourth column; the others follow the code and the texts.
fn errors(table: &str) -> String {
    let cells = |row: &str| row.split('|').skip(1).map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<_> = table.lines().map(cells).collect();
    let texts = texts();
    let head = "| code | status | same request again | the app | the cardholder reads |";
    let mut table = format!("{head}\n|---|---|---|---|---|\n");
    for &code in Code::ALL {
        let name = code.as_str();
        let row = rows.iter().find(|row| row.first() == Some(&format!("`{name}`")));
        let action = row.and_then(|row| row.get(3)).map_or("", String::as_str);
        assert!(
            !action.is_empty(),
            "docs/app-integration.md says nothing about `{name}`: under \"Errors\", add the row | `{name}` | | | what the app \
             does | |, then run with UPDATE_DOCS=1"
        );
        // The test `the_contract_names_the_problems_that_may_pass` says which of them have the header.
        let again = match (code.retryable(), code) {
            (false, _) => "no",
            (true, Code::InternalError) => "yes",
            (true, _) => "after `Retry-After`",
        };
        let (status, title) = (code.status().as_u16(), &texts[&format!("error.{name}.title")]["en"]);
        writeln!(table, "| `{name}` | {status} | {again} | {action} | {title} |").unwrap();
    }
    table
}

type Texts = BTreeMap<String, BTreeMap<String, String>>;

fn texts() -> Texts {
    serde_json::from_str(&fs::read_to_string(path("sample-app/texts.json")).unwrap()).unwrap()
}

fn tables_of(texts: &Texts) -> String {
    let mut table = String::new();
    for (title, prefix, what) in [
        ("Statuses of an enrollment", "status.", "status, reason"),
        ("Problems", "error.", "code"),
        ("States of a card in `GET /cards`", "card.", "state, reason"),
        ("States of a token in `GET /cards/{cardContractId}/tokens`", "token.", "state"),
        ("Changing a token", "change.", "action, question, outcome"),
        ("The cardholder's next step", "next.", "next step"),
    ] {
        writeln!(table, "### {title}\n\n| {what} | English | German |\n|---|---|---|").unwrap();
        for (key, languages) in
            texts.iter().filter(|(key, _)| key.starts_with(prefix) && !key.ends_with(".text"))
        {
            let base_key = key.trim_end_matches(".title");
            let text = |language: &str| {
                let more = texts.get(&format!("{base_key}.text"));
                more.map_or(languages[language].clone(), |more| {
                    format!("**{}** {}", languages[language], more[language])
                })
            };
            let key = base_key.strip_prefix(prefix).unwrap().replace('.', ", ");
            writeln!(table, "| `{key}` | {} | {} |", text("en"), text("de")).unwrap();
        }
        table.push('\n');
    }
    table.push_str("`unreachable` and `unavailable` are the app's own codes: for no response, or one that was cut off, and for one with a status of 500 or above and without a `code`. `unknown` is for everything else. `too_many_requests` is this server's code, and the app's for API Gateway's 429.\n");
    table
}

#[test]
fn the_webhook_in_the_api_description_has_the_schema_of_the_event() {
    let api: Value =
        serde_saphyr::from_str(&fs::read_to_string(path("../infra/openapi.yaml")).unwrap()).unwrap();
    let event = fs::read_to_string(path("../docs/events/enrollment-status-changed.schema.json")).unwrap();
    let event: Value = serde_json::from_str(&event).unwrap();
    let webhook = &api["components"]["schemas"]["EnrollmentStatusChanged"];
    assert_eq!(webhook["required"], event["required"]);
    let names = |schema: &Value| -> Vec<String> {
        let mut names: Vec<_> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(names(webhook), names(&event));
    let statuses = &api["components"]["schemas"]["Status"]["x-extensible-enum"];
    assert_eq!(*statuses, event["$defs"]["status"]["enum"]);
    let example =
        api.pointer("/webhooks/enrollmentStatusChanged/post/requestBody/content/application~1json/example");
    let example = &example.unwrap()["detail"];
    let mut fields: Vec<_> = example.as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(fields, names(&event));
}
