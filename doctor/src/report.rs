//! What was found, row by row: a table for people, one JSON document for machines. Nothing secret enters a row.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Not checked, and why is said.
    Skipped,
    /// As it has to be.
    Ok,
    /// Works, and deserves a look.
    Warning,
    /// Does not work, or will not.
    Wrong,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Skipped => "skipped",
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        })
    }
}

/// One check: a setting by its name, or an API and what was tried with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// What was checked.
    pub what: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What was seen, a fact a line.
    pub found: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_do: Option<String>,
}

impl Row {
    /// Nothing to do.
    pub fn ok(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { what: what.into(), verdict: Verdict::Ok, found: vec![found.into()], to_do: None }
    }

    /// Not checked, because.
    pub fn skipped(what: impl Into<String>, because: impl Into<String>) -> Self {
        Self { verdict: Verdict::Skipped, ..Self::ok(what, because) }
    }

    /// Worth a look.
    pub fn warning(what: impl Into<String>, found: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, to_do: Some(to_do.into()), ..Self::ok(what, found) }
    }

    /// Has to be put right.
    pub fn wrong(what: impl Into<String>, found: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self { verdict: Verdict::Wrong, to_do: Some(to_do.into()), ..Self::ok(what, found) }
    }

    /// The same with more facts.
    #[must_use]
    pub fn and(mut self, facts: impl IntoIterator<Item = String>) -> Self {
        self.found.extend(facts);
        self
    }
}

/// All rows of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of checking.
    pub rows: Vec<Row>,
}

impl Report {
    /// The gravest verdict; [`Verdict::Ok`] if nothing is wrong and nothing deserves a look.
    pub fn verdict(&self) -> Verdict {
        self.rows.iter().map(|row| row.verdict).fold(Verdict::Ok, Ord::max)
    }

    /// The first row about this.
    pub fn row(&self, what: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.what == what)
    }
}

/// `{"verdict": …, "rows": [{"what", "verdict", "found": […], "toDo"?}]}`
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Report", 2)?;
        document.serialize_field("verdict", &self.verdict())?;
        document.serialize_field("rows", &self.rows)?;
        document.end()
    }
}

/// The table: what, how it ended, what was seen; what to do stands below, behind an arrow.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.what.chars().count()).max().unwrap_or_default();
        for row in &self.rows {
            let to_do = row.to_do.iter().map(|text| format!("-> {text}"));
            let mut lines = row.found.iter().cloned().chain(to_do);
            let first = lines.next().unwrap_or_default();
            writeln!(f, "{:width$}  {:7}  {first}", row.what, row.verdict)?;
            lines.try_for_each(|line| writeln!(f, "{:width$}  {:7}  {line}", "", ""))?;
        }
        let count = |verdict| self.rows.iter().filter(|row| row.verdict == verdict).count();
        write!(
            f,
            "\n{} ok, {} wrong, {} to look at, {} skipped",
            count(Verdict::Ok),
            count(Verdict::Wrong),
            count(Verdict::Warning),
            count(Verdict::Skipped)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_reads_columns_that_stand_below_each_other() {
        let rows = vec![Row::ok("a", "fine"), Row::wrong("longer", "seen", "do this")];
        let told = Report { rows }.to_string();
        let expected = "a       ok       fine\nlonger  wrong    seen\n                 -> do this\n";
        assert_eq!(told, format!("{expected}\n1 ok, 1 wrong, 0 to look at, 0 skipped"));
    }

    #[test]
    fn a_skipped_check_does_not_make_a_healthy_report_worse() {
        let report = Report { rows: vec![Row::skipped("network", "--offline"), Row::ok("key", "fine")] };
        assert_eq!(report.verdict(), Verdict::Ok);
        let document = serde_json::to_value(&report).unwrap();
        assert_eq!(
            (&document["verdict"], &document["rows"][0]["verdict"]),
            (&"ok".into(), &"skipped".into())
        );
    }
}
