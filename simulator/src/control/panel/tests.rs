use super::{menu, scenarios::SCENARIOS, view::text};
use crate::language::Language;

/// Texts are found by their English, so a changed text would lose its German.
#[test]
fn every_text_of_the_panel_has_a_german_one() {
    let template = include_str!("../../../templates/panel.html");
    let texts = template.split("text(\"").skip(1).filter_map(|it| it.split('"').next());
    let labels =
        menu::PRESETS.map(|(_, label)| label).into_iter().chain(menu::STYLES.map(|(_, label, _)| label));
    let labels = labels.chain(menu::faults().into_iter().map(|(_, label, _)| label));
    let scenarios = SCENARIOS.iter().flat_map(|it| [it.title, it.watch]);
    let texts: Vec<&str> = texts.chain(labels).chain(scenarios).collect();
    assert!(texts.len() >= 80, "{}", texts.len());
    for english in texts {
        // The same in both languages.
        let same = ["Backoff, ms", "Operation", "Status", "Token", "Callback"].contains(&english);
        assert!(
            same || text(Language::German, english) != english,
            "{english:?} has no German text in control/panel/german.rs"
        );
    }
}
