use super::READABLE_ATTRIBUTES;

#[test]
fn the_policy_of_support_allows_what_a_reader_asks_for_and_no_redirect() {
    let template = include_str!("../../../../../../infra/template.yaml");
    let lines: String = READABLE_ATTRIBUTES.map(|name| format!("                  - {name}\n")).concat();
    let condition =
        format!("                dynamodb:Attributes:\n{lines}              StringEqualsIfExists:");
    assert!(template.contains(&condition), "write these attributes into the policy Support:\n{lines}");
    assert!(!READABLE_ATTRIBUTES.contains(&"redirect"));
}
