use jiff::{SignedDuration, Timestamp};
use model::{
    catalog::Snapshot,
    enrollment::{Enrollment, Fact, TokenState},
};
use serde_json::{Value, json};
use simulator::{Language, PageLanguage};

use super::{diagram, row::Kind, search::SearchResult, view};

const ID: &str = "0197b3c0-5f10-7c3e-8a51-3f6f0c9be001";

fn at(seconds: i64) -> Timestamp {
    "2026-01-05T10:30:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn enrollment(facts: Value) -> Enrollment {
    serde_json::from_value(json!({
        "enrollmentId": ID, "clientId": "40000", "cardContractId": "70001", "tokenRequestorId": "50123197928",
        "platform": "web", "callback": "web-bank", "createdAt": at(0), "respondBy": at(28), "facts": facts,
        "consent": {"termsVersion": "2026-01", "acceptedAt": at(0)},
    }))
    .unwrap()
}

fn fact(after: i64, kind: Value) -> Value {
    json!({"key": format!("{after}"), "at": at(after), "fact": kind})
}

fn pushed() -> Value {
    let mut pushed = fact(1, json!({"kind": "pushed", "receiptHashes": ["a1b2c3"], "expiresAt": at(900)}));
    pushed["calls"] = json!([
        {"operation": "searchFundingAccounts", "milliseconds": 12, "status": 200, "correlationId": "c-1"},
        {"operation": "pushMultipleAccounts", "milliseconds": 34, "correlationId": "c-2"},
    ]);
    pushed
}

fn tcn() -> Value {
    fact(70, json!({"kind": "tcn", "tokenUniqueReference": "DM4MMC0000secret", "occurredAt": at(69)}))
}

fn missing(enrollment: &Enrollment, now: i64) -> Vec<String> {
    let rows = diagram::rows(enrollment, at(now), Language::English).into_iter();
    rows.filter(|row| row.kind == Kind::Missing).map(|row| row.label).collect()
}

fn page(enrollment: Enrollment, now: i64) -> String {
    page_in(Language::English, enrollment, now)
}

fn page_in(language: Language, enrollment: Enrollment, now: i64) -> String {
    let result = SearchResult::Enrollment(Box::new(enrollment));
    view::render(ID, &result, &[], &Snapshot::default(), at(now), PageLanguage { language, asked: false })
        .unwrap()
}

#[test]
fn missing_facts_are_shown_and_the_next_step_is_the_last_row() {
    let waiting = enrollment(json!([pushed()]));
    assert_eq!(missing(&waiting, 100), ["TAR", "TCN", "the browser's return"]);
    let rows = diagram::rows(&waiting, at(100), Language::English);
    assert_eq!(rows.last().unwrap().kind, Kind::Next);
    assert!(page(waiting, 100).contains("nothing for 1 min 39 s"));
    assert_eq!(missing(&enrollment(json!([])), 100), ["response to the push"]);
    let failed = fact(1, json!({"kind": "push_failed", "reason": "card_not_eligible", "retryable": false}));
    assert_eq!(missing(&enrollment(json!([failed])), 100), [""; 0]);
    let back = fact(80, json!({"kind": "callback", "result": "APPROVED"}));
    assert_eq!(missing(&enrollment(json!([pushed(), tcn(), back])), 100), ["TAR"]);
}

#[test]
fn a_card_that_has_a_token_is_not_expected_to_be_tokenized_again() {
    let mut restarted = fact(
        200,
        json!({
            "kind": "restarted", "platform": "web", "callback": "web-bank", "respondBy": at(228),
            "consent": {"termsVersion": "2026-01", "acceptedAt": at(200)},
        }),
    );
    let mut again = fact(201, json!({"kind": "pushed", "receiptHashes": ["d4e5f6"], "expiresAt": at(1100)}));
    for fact in [&mut restarted, &mut again] {
        fact["attempt"] = json!(2);
    }
    let tokenized = enrollment(json!([pushed(), tcn(), restarted.clone(), again.clone()]));
    assert_eq!(missing(&tokenized, 300), ["the browser's return"]);
    let expired = enrollment(json!([pushed(), restarted, again]));
    assert_eq!(missing(&expired, 300), ["TAR", "TCN", "the browser's return"]);
}

#[test]
fn calls_are_shown_before_their_fact_with_duration_status_and_correlation_id() {
    let rows = diagram::rows(&enrollment(json!([pushed()])), at(100), Language::English);
    let labels: Vec<_> = rows.iter().map(|row| (row.kind, row.label.as_str())).collect();
    assert_eq!(labels[1], (Kind::Call, "searchFundingAccounts, 12 ms"));
    assert_eq!(labels[2], (Kind::Call, "pushMultipleAccounts, 34 ms"));
    assert_eq!(labels[3].0, Kind::Fact);
    assert_eq!(rows[2].detail.as_deref(), Some("no response, correlation id c-2"));
}

#[test]
fn long_gaps_are_shown_and_take_more_space() {
    let page = page(enrollment(json!([pushed(), tcn()])), 100);
    assert!(page.contains("gap3") && page.contains("+1 min 9 s"), "{page}");
}

#[test]
fn neither_receipts_nor_tokens_are_shown() {
    let page = page(enrollment(json!([pushed(), tcn()])), 100);
    assert!(!page.contains("a1b2c3") && !page.contains("DM4MMC"), "{page}");
}

#[test]
fn who_requested_a_change_and_the_word_of_an_unknown_state_are_shown() {
    let changed =
        fact(80, json!({"kind": "tvn", "token": "RELINKED", "requestedBy": "ISSUER", "occurredAt": at(79)}));
    let page = page(enrollment(json!([pushed(), tcn(), changed])), 100);
    assert!(page.contains("TVN: the token is RELINKED, requested by ISSUER"), "{page}");
}

#[test]
fn facts_recorded_out_of_order_are_shown_in_the_order_of_time() {
    let list = Fact::TokenList { token: Some(TokenState::Active) }.recorded(at(50), "1");
    let mut one = enrollment(json!([pushed(), tcn()]));
    one.add_fact(list);
    let times: Vec<_> =
        diagram::rows(&one, at(100), Language::English).iter().filter_map(|row| row.at).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn support_is_available_in_german() {
    let page = page_in(Language::German, enrollment(json!([pushed()])), 100);
    for text in
        ["<html lang=\"de\">", "fehlt", "nichts seit 1 min 39 s", "will die Karte aktivieren", ">5. J"]
    {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    assert!(!page.contains("missing</span>") && !page.contains("nothing for"), "{page}");
}

#[test]
fn a_language_that_was_asked_for_stays_on_the_other_pages() {
    let page = |asked| {
        let language = PageLanguage { language: Language::German, asked };
        view::render("a&b", &SearchResult::NotFound, &[], &Snapshot::default(), at(0), language).unwrap()
    };
    assert!(
        page(true).contains("href=\"/support/catalog?lang=de\"")
            && page(true).contains("href=\"/live?lang=de\"")
    );
    assert!(page(false).contains("href=\"/support/catalog\"") && page(false).contains("href=\"/live\""));
    assert!(page(true).contains("href=\"/support?find=a%26b&#38;lang=en\""), "{}", page(true));
}
