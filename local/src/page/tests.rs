use model::catalog::{Catalog, Change};
use serde_json::json;
use uuid::Uuid;

use super::*;

const HOSTILE: &str = r#"<script>alert("1")</script><img src=x onerror='alert(2)'> & co"#;

fn entry(id: &str, name: &str) -> CatalogEntry {
    let fields = json!({
        "tokenRequestorId": id, "name": name, "consumerFacingEntityName": name, "tokenRequestorType": name,
        "enabledAccountRanges": ["5555550000000000000"], "supportedPushMethods": ["WEB", name],
        "availablePushMethods": [{"type": "WEB", "uri": "https://requestor.example/push?a=\"><script>"}],
    });
    serde_json::from_value(fields).unwrap()
}

fn snapshot(entries: impl IntoIterator<Item = CatalogEntry>) -> Snapshot {
    let updated_at = Some("2026-01-05T10:30:00Z".parse().unwrap());
    let catalog = Catalog { version: 3, change: Uuid::nil(), artwork: 1, updated_at };
    let entries =
        entries.into_iter().map(|entry| (entry.requestor.token_requestor_id.clone(), entry)).collect();
    Snapshot { catalog: Some(catalog), entries, ..Snapshot::default() }
}

fn page(snapshot: &Snapshot, changes: &[ChangeRecord], now: &str) -> String {
    page_in(Language::English, snapshot, changes, now)
}

fn page_in(language: Language, snapshot: &Snapshot, changes: &[ChangeRecord], now: &str) -> String {
    let (logo_urls, request) = (&BTreeMap::new(), Some(PageLanguage { language, asked: true }));
    render(&Contents { snapshot, logo_urls, changes, now: now.parse().unwrap(), request }).unwrap()
}

#[test]
fn a_name_with_markup_is_shown_as_text() {
    let snapshot = snapshot([entry("50000000001", HOSTILE)]);
    let change = Change { added: vec!["50000000001".parse().unwrap()], ..Change::default() };
    let changes = [ChangeRecord { version: 3, at: Timestamp::UNIX_EPOCH, change }];
    let page = page(&snapshot, &changes, "2026-01-06T00:00:00Z");
    let page = page.replace(&format!(r#"<img src="{}""#, *ICON), "");
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    let count = page.matches("&#60;script&#62;").count();
    assert!(count >= 4, "as name, type, method and in the change: {count}");
}

#[test]
fn a_browser_fetches_and_runs_nothing() {
    let page = page(&snapshot([entry("50000000001", "A")]), &[], "2026-01-06T00:00:00Z");
    let policy =
        format!("default-src 'none'; img-src data:; style-src 'sha256-{}'", sha256_base64(STYLE.as_bytes()));
    assert!(page.contains(&format!(r#"http-equiv="Content-Security-Policy" content="{policy}""#)), "{page}");
    assert!(page.contains(&format!("<style>{}</style>", *STYLE)), "the policy has the hash of another style");
    let page = page.replace(&format!(r#"<link rel="icon" href="{}""#, *ICON), "");
    for absent in ["<script", " style=", "src=\"http", "<link", "url("] {
        assert!(!page.contains(absent), "{absent}");
    }
}

#[test]
fn retired_requestors_are_listed_separately_and_quarantined_hosts_are_shown() {
    let mut retired = entry("50000000001", "Gone away");
    retired.retired_at = Some("2026-01-04T00:00:00Z".parse().unwrap());
    let mut moved = entry("50000000002", "Moved");
    let fields = json!({"pushMethods": [{"type": "WEB", "uri": "https://new.example/push"}], "since": "2026-01-05T00:00:00Z"});
    moved.quarantine = Some(serde_json::from_value(fields).unwrap());
    let page = page(&snapshot([retired, moved]), &[], "2026-01-06T00:00:00Z");
    let (offered, retired) = page.split_once(r#"id="retired""#).unwrap();
    assert!(offered.contains("Moved") && !offered.contains("Gone away"));
    assert!(offered.contains("Web https://new.example") && retired.contains("4 January 2026, 00:00 UTC"));
}

#[test]
fn a_catalog_that_missed_a_refresh_is_marked_as_stale() {
    let snapshot = snapshot([]);
    assert!(!page(&snapshot, &[], "2026-01-20T10:00:00Z").contains("Stale"));
    assert!(page(&snapshot, &[], "2026-01-20T10:31:00Z").contains("Stale"));
    assert!(page(&Snapshot::default(), &[], "2026-01-20T10:31:00Z").contains("Stale"));
}

#[test]
fn the_catalog_is_available_in_german_and_its_links_keep_the_language() {
    let mut retired = entry("50000000001", "Gone away");
    retired.retired_at = Some("2026-03-04T00:00:00Z".parse().unwrap());
    let page = page_in(
        Language::German,
        &snapshot([retired, entry("50000000002", "A")]),
        &[],
        "2026-03-20T10:31:00Z",
    );
    for text in [
        "<html lang=\"de\">",
        "Zurückgezogen seit <time datetime=\"2026-03-04T00:00:00Z\">4. März 2026, 00:00 UTC",
        "Kontobereiche",
        "Veraltet",
        "href=\"/support?lang=de\"",
        "href=\"/support/catalog?lang=en\" lang=\"en\"",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    assert!(!page.contains("Retired") && !page.contains("Account ranges"), "{page}");
}
