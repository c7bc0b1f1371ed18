//! Log lines, docs/logging.md, infra/monitoring.yaml and docs/runbooks agree. A failure names the file to edit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may panic")]

mod log_lines;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use log_lines::{LogEvent, captures, events, root};

/// A row of the table of events.
struct Row {
    code: String,
    event: LogEvent,
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The cells of the table under `## Events` in docs/logging.md.
fn rows() -> Vec<Row> {
    let page = read("docs/logging.md");
    let (_, table) = page.split_once("\n## Events").expect("docs/logging.md has a chapter Events");
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, code, level, fields, ..] = cells[..] else { panic!("docs/logging.md: not a row: {line}") };
        let fields = captures(fields, "`([a-z_]+)`").into_iter().collect();
        Row { code: code.trim_matches('`').into(), event: LogEvent { level: level.into(), fields } }
    });
    rows.collect()
}

/// The resources of a type in infra/monitoring.yaml, each as text.
fn resources(of: &str) -> Vec<String> {
    let template = read("infra/monitoring.yaml");
    let mut resources = vec![String::new()];
    for line in template.lines() {
        let starts = line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':');
        if starts || !line.starts_with(' ') {
            resources.push(String::new());
        }
        let last = resources.last_mut().unwrap();
        last.push_str(line);
        last.push('\n');
    }
    resources.retain(|resource| resource.contains(&format!("Type: {of}\n")));
    assert!(resources.len() > 5, "infra/monitoring.yaml: no {of} found");
    resources
}

fn differences<T: Ord + std::fmt::Debug>(left: &BTreeSet<T>, right: &BTreeSet<T>) -> String {
    format!(
        "missing {:?}, superfluous {:?}",
        left.difference(right).collect::<Vec<_>>(),
        right.difference(left).collect::<Vec<_>>()
    )
}

#[test]
fn each_event_has_a_row_in_the_page_on_logging_with_its_level_and_fields() {
    let (events, rows) = (events(), rows());
    let documented: BTreeSet<_> = rows.iter().map(|row| &row.code).collect();
    let logged: BTreeSet<_> = events.keys().collect();
    assert!(
        logged == documented,
        "docs/logging.md: edit the rows of the table of events. {}",
        differences(&logged, &documented)
    );
    for Row { code, event } in &rows {
        let logged = &events[code];
        assert!(
            logged.level == event.level && logged.fields == event.fields,
            "docs/logging.md: correct the row of `{code}`: level {}, fields {}",
            logged.level,
            differences(&logged.fields, &event.fields)
        );
    }
}

#[test]
fn the_rows_are_in_alphabetical_order() {
    let codes: Vec<_> = rows().into_iter().map(|row| row.code).collect();
    let unsorted = codes.windows(2).find(|pair| pair[0] >= pair[1]);
    assert!(unsorted.is_none(), "docs/logging.md: put the rows in alphabetical order: {unsorted:?}");
}

#[test]
fn metric_filters_match_events_that_are_logged_and_read_fields_that_they_have() {
    let events = events();
    for filter in resources("AWS::Logs::MetricFilter") {
        let name = filter.lines().next().unwrap_or_default().trim();
        assert!(
            !filter.contains("$.message"),
            "infra/monitoring.yaml, {name} match $.event: a message may change at any time"
        );
        let codes = captures(&filter, r#"\$\.event = "([a-z_]+)""#);
        assert!(!codes.is_empty(), "infra/monitoring.yaml, {name} match $.event");
        for code in codes {
            let event = events.get(&code).unwrap_or_else(|| {
                panic!(
                    "infra/monitoring.yaml, {name} no line has the event `{code}`; docs/logging.md lists all"
                )
            });
            for field in captures(&filter, r"\$\.([a-z_]+)") {
                assert!(
                    field == "event" || event.fields.contains(&field),
                    "infra/monitoring.yaml, {name} lines of `{code}` have no field `{field}`; docs/logging.md lists them"
                );
            }
        }
    }
}

#[test]
fn each_alarm_on_a_log_metric_has_a_filter_that_produces_it_and_each_metric_is_used() {
    let filters = resources("AWS::Logs::MetricFilter").concat();
    let produced: BTreeSet<_> = captures(&filters, r"MetricName: ([A-Za-z]+)").into_iter().collect();
    let mut alarmed = 0;
    for alarm in resources("AWS::CloudWatch::Alarm") {
        let name = alarm.lines().next().unwrap_or_default().trim();
        let metrics = captures(&alarm, r"Namespace: !Sub ClickToPayIssuer/\S+\s+MetricName: ([A-Za-z]+)");
        let missing: Vec<_> = metrics.iter().filter(|metric| !produced.contains(*metric)).collect();
        assert!(
            missing.is_empty(),
            "infra/monitoring.yaml, {name} it never fires: add a metric filter for {missing:?}"
        );
        alarmed += metrics.len();
    }
    assert!(alarmed > 5, "only {alarmed} alarms on log metrics were found in infra/monitoring.yaml");
    let template = read("infra/monitoring.yaml");
    for metric in produced {
        assert!(
            captures(&template, &format!(r"\b({metric})\b")).len() > 1,
            "infra/monitoring.yaml: use {metric} in an alarm or in the dashboard, or delete its filter"
        );
    }
}

#[test]
fn each_alarm_names_its_runbook_and_each_runbook_is_listed() {
    let mut named = BTreeSet::new();
    for alarm in resources("AWS::CloudWatch::Alarm") {
        let name = captures(&alarm, r"AlarmName: !Sub \$\{Service\}-([A-Za-z-]+)").concat();
        let page = captures(&alarm, r"docs/runbooks/([a-z-]+)\.md").concat();
        assert!(
            !page.is_empty() && name.starts_with(&page),
            "infra/monitoring.yaml: name a page docs/runbooks/<alarm>.md in the AlarmDescription of {name}"
        );
        named.insert(page);
    }
    let folder = fs::read_dir(root().join("docs/runbooks")).unwrap();
    let files = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    let pages: BTreeSet<_> = files
        .filter_map(|file| Some(file.strip_suffix(".md")?.to_owned()))
        .filter(|it| it != "README")
        .collect();
    assert!(
        named == pages,
        "docs/runbooks: write the pages that are missing; infra/monitoring.yaml: add an alarm for each superfluous page, or \
         delete the page. {}",
        differences(&named, &pages)
    );
    let list = captures(&read("docs/runbooks/README.md"), r"(?m)^\| \[([a-z-]+)\]").into_iter().collect();
    assert!(pages == list, "docs/runbooks/README.md: edit the table. {}", differences(&pages, &list));
}

#[test]
fn documents_name_events_that_are_logged() {
    let events = events();
    let mut unknown = BTreeMap::new();
    for folder in ["docs", "docs/runbooks"] {
        for file in fs::read_dir(root().join(folder)).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "md") {
                let found = events_named_by(&fs::read_to_string(&file).unwrap());
                let found: Vec<_> = found.into_iter().filter(|code| !events.contains_key(code)).collect();
                unknown.insert(file, found);
            }
        }
    }
    unknown.retain(|_: &PathBuf, codes: &mut Vec<String>| !codes.is_empty());
    assert!(unknown.is_empty(), "no line has these events; docs/logging.md lists all: {unknown:?}");
}

/// The codes in `event = "…"` and `event in ["…", "…"]` of a document's queries.
fn events_named_by(text: &str) -> Vec<String> {
    let mut codes = captures(text, r#"event = "([a-z_]+)""#);
    for list in captures(text, r"event in \[([^\]]*)\]") {
        codes.extend(captures(&list, r#""([a-z_]+)""#));
    }
    codes
}
