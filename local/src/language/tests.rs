use std::collections::BTreeSet;

use regex_lite::Regex;
use simulator::Language;

use super::*;

#[test]
fn a_day_is_written_as_its_language_does() {
    let day = |at: &str| [Language::English, Language::German].map(|it| it.day(at.parse().unwrap()));
    assert_eq!(day("2026-03-05T23:30:00Z"), ["5 March", "5. März"]);
    assert_eq!(day("2026-12-31T00:00:00Z"), ["31 December", "31. Dezember"]);
}

/// Texts are found by their English, so a changed text would lose its German.
#[test]
fn every_text_of_the_pages_has_a_german_one() {
    let sources = [
        include_str!("../../templates/navigation.html"),
        include_str!("../../templates/support.html"),
        include_str!("../../templates/catalog.html"),
        include_str!("../../templates/card.html"),
        include_str!("../../templates/live.html"),
        include_str!("../page/changes.rs"),
        include_str!("../support/diagram.rs"),
        include_str!("../support/missing.rs"),
        include_str!("../support/view.rs"),
        include_str!("../support/view/enrollment.rs"),
        include_str!("../support/view/list.rs"),
    ];
    let pattern = Regex::new(r#"text\("([^"]+)""#).unwrap();
    let texts: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| pattern.captures_iter(source))
        .filter_map(|found| found.get(1).map(|it| it.as_str()))
        .collect();
    assert!(texts.len() >= 90, "{}", texts.len());
    for text in texts {
        // The same in both languages.
        let same = ["in", "Live", "Support", "Version"].contains(&text);
        assert!(
            same || Language::German.text(text) != text,
            "{text:?} has no German text in local/src/language/"
        );
    }
}

/// What the scripts of the live page write.
#[test]
fn every_text_of_the_live_pages_scripts_has_a_german_one() {
    let scripts = [
        include_str!("../../live/live.js"),
        include_str!("../../live/diagram.js"),
        include_str!("../../live/steps.js"),
    ];
    let (used, translated) =
        (Regex::new(r#"text\("([^"]+)""#).unwrap(), Regex::new(r#"(?m)^  "([^"]+)": "([^"]+)",$"#).unwrap());
    let german: BTreeSet<&str> = translated
        .captures_iter(include_str!("../../live/texts.js"))
        .filter_map(|found| found.get(1).map(|it| it.as_str()))
        .collect();
    let texts: BTreeSet<&str> = scripts
        .iter()
        .flat_map(|script| used.captures_iter(script))
        .filter_map(|found| found.get(1).map(|it| it.as_str()))
        .collect();
    assert!(texts.len() >= 35, "{}", texts.len());
    assert_eq!(texts, german, "local/live/texts.js has the German of each text, and of no other");
}
