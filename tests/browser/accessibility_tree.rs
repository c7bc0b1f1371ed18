//! What a screen reader reads: roles and names of headings, and of all elements that a cardholder or operator can use. The tree of
//! every page is in `baselines/accessibility-tree.txt`. After an intended change:
//! `UPDATE_BASELINES=1 cargo test -p browser-tests accessibility_tree`.

use std::{cell::RefCell, collections::HashMap, fmt::Write as _, fs, path::Path};

use regex_lite::Regex;
use serde_json::{Value, json};

use crate::{
    accessibility::visit_every_page,
    harness::{Appearance, Harness, with_harness},
};

/// Chromium's roles of elements that can be used, without the options of a list.
const INTERACTIVE: [&str; 14] = [
    "button",
    "checkbox",
    "combobox",
    "DisclosureTriangle",
    "link",
    "listbox",
    "menuitem",
    "radio",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "tab",
    "textbox",
];
/// Roles of elements that have the focus only so that a screen reader reads on from there, or so that keys scroll them.
const READ_FROM: [&str; 5] = ["RootWebArea", "heading", "main", "region", "dialog"];
/// Parts of names that differ from run to run.
const VARIABLE: &str =
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+ ms |\d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC";

/// An element of the tree.
struct Element {
    role: String,
    name: String,
    is_focusable: bool,
}

impl Element {
    fn of(node: &Value) -> Self {
        let properties = node["properties"].as_array().into_iter().flatten();
        let is_focusable = properties
            .filter(|property| property["name"] == "focusable")
            .any(|property| property["value"]["value"] == true);
        let text = |field: &str| node[field]["value"].as_str().unwrap_or_default().trim().to_owned();
        Self { role: text("role"), name: text("name"), is_focusable }
    }

    fn is_interactive(&self) -> bool {
        INTERACTIVE.contains(&self.role.as_str())
    }

    /// What is wrong with it.
    fn problem(&self) -> Option<String> {
        let Self { role, name, .. } = self;
        let is_known = READ_FROM.contains(&role.as_str()) || role == "option";
        match (self.is_interactive(), self.is_focusable) {
            (true, _) if name.is_empty() => Some(format!("a {role} has no name")),
            (false, true) if !is_known => Some(format!("`{name}` can have the focus, with the role {role}")),
            _ => None,
        }
    }
}

/// The current page's elements that a screen reader does not ignore, in the order in which it reads them.
async fn elements(harness: &Harness) -> Vec<Element> {
    let tree = harness.devtools("Accessibility.getFullAXTree", json!({})).await;
    let nodes = tree["nodes"].as_array().unwrap();
    let by_id: HashMap<&str, &Value> =
        nodes.iter().map(|node| (node["nodeId"].as_str().unwrap(), node)).collect();
    let (mut elements, mut unread) = (Vec::new(), vec![&nodes[0]]);
    while let Some(node) = unread.pop() {
        if node["ignored"] == false {
            elements.push(Element::of(node));
        }
        let children = node["childIds"].as_array().into_iter().flatten().rev().filter_map(Value::as_str);
        unread.extend(children.filter_map(|id| by_id.get(id)));
    }
    elements
}

/// Problems of the current page, and its headings and elements that can be used, one a line.
async fn describe(harness: &Harness) -> (Vec<String>, String) {
    let (elements, variable) = (elements(harness).await, Regex::new(VARIABLE).unwrap());
    let mut lines = String::new();
    for element in elements.iter().filter(|element| element.is_interactive() || element.role == "heading") {
        writeln!(lines, "  {}: {}", element.role, variable.replace_all(&element.name, "")).unwrap();
    }
    (elements.iter().filter_map(Element::problem).collect(), lines)
}

async fn check_every_page(harness: &Harness) {
    let (problems, tree) = (RefCell::new(Vec::new()), RefCell::new(String::new()));
    visit_every_page(harness, async |page| {
        let (found, lines) = describe(harness).await;
        problems.borrow_mut().extend(found.into_iter().map(|problem| format!("{page}: {problem}")));
        write!(tree.borrow_mut(), "{page}\n{lines}\n").unwrap();
    })
    .await;
    let problems = problems.into_inner();
    assert!(problems.is_empty(), "{problems:#?}");
    compare(&tree.into_inner());
}

/// Compares the tree of every page with the baseline.
fn compare(tree: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("baselines/accessibility-tree.txt");
    if std::env::var_os("UPDATE_BASELINES").is_some() {
        fs::write(file, tree).unwrap();
        return;
    }
    let baseline = fs::read_to_string(file).unwrap();
    let changed: Vec<_> = tree.lines().filter(|line| !baseline.lines().any(|it| it == *line)).collect();
    assert_eq!(
        tree, baseline,
        "new: {changed:#?}. If it is intended: UPDATE_BASELINES=1 cargo test -p browser-tests accessibility_tree"
    );
}

#[tokio::test]
async fn every_element_that_can_be_used_has_a_role_and_a_name_on_a_laptop() {
    with_harness(Appearance::LAPTOP, check_every_page).await;
}

#[tokio::test]
async fn a_screen_reader_reads_the_same_on_a_phone() {
    with_harness(Appearance::PHONE, check_every_page).await;
}

#[tokio::test]
async fn a_button_without_a_name_and_a_text_with_the_focus_are_found() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.open(&harness.url("/")).await;
        harness.expect_heading("Who are you today?").await;
        assert_eq!(describe(harness).await.0, Vec::<String>::new());
        let script = "document.querySelector('main').append(document.createElement('button'));
            document.querySelector('main .lead').tabIndex = 0";
        harness.execute(script).await;
        let problems = describe(harness).await.0;
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems.contains(&"a button has no name".to_owned()), "{problems:?}");
    })
    .await;
}
