//! The report of `doctor check`: a table for people, one JSON document for machines. Rows contain no secret.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

/// Result of a check; the greater, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Not checked; the row gives the reason.
    Skipped,
    /// Correct.
    Ok,
    /// Works, but should be reviewed.
    Warning,
    /// Does not work.
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
    /// Its result.
    pub verdict: Verdict,
    /// Findings, one per line.
    pub found: Vec<String>,
    /// What the operator should do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Row {
    /// A check that found nothing wrong.
    pub fn ok(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { what: what.into(), verdict: Verdict::Ok, found: vec![found.into()], remedy: None }
    }

    /// A check that was not made.
    pub fn skipped(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Skipped, ..Self::ok(what, reason) }
    }

    /// A check whose finding should be reviewed.
    pub fn warning(what: impl Into<String>, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, remedy: Some(remedy.into()), ..Self::ok(what, found) }
    }

    /// A check that failed.
    pub fn wrong(what: impl Into<String>, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Wrong, remedy: Some(remedy.into()), ..Self::ok(what, found) }
    }

    /// Adds findings.
    #[must_use]
    pub fn with_findings(mut self, findings: impl IntoIterator<Item = String>) -> Self {
        self.found.extend(findings);
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
    /// The worst verdict of all rows, [`Verdict::Ok`] at least: skipped checks do not count.
    pub fn verdict(&self) -> Verdict {
        self.rows.iter().map(|row| row.verdict).fold(Verdict::Ok, Ord::max)
    }

    /// Puts rows at the top, in place of those about the same.
    #[must_use]
    pub fn with_rows_first(mut self, rows: Vec<Row>) -> Self {
        self.rows.retain(|row| !rows.iter().any(|first| first.what == row.what));
        self.rows.splice(0..0, rows);
        self
    }

    /// The first row with this `what`.
    pub fn row(&self, what: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.what == what)
    }
}

/// `{"verdict": …, "rows": [{"what", "verdict", "found": […], "remedy"?}]}`
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Report", 2)?;
        document.serialize_field("verdict", &self.verdict())?;
        document.serialize_field("rows", &self.rows)?;
        document.end()
    }
}

/// The table: what, verdict, findings; the remedy follows after an arrow.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.what.chars().count()).max().unwrap_or_default();
        for row in &self.rows {
            let remedy = row.remedy.iter().map(|text| format!("-> {text}"));
            let mut lines = row.found.iter().cloned().chain(remedy);
            let first = lines.next().unwrap_or_default();
            writeln!(f, "{:width$}  {:7}  {first}", row.what, row.verdict)?;
            lines.try_for_each(|line| writeln!(f, "{:width$}  {:7}  {line}", "", ""))?;
        }
        let count = |verdict| self.rows.iter().filter(|row| row.verdict == verdict).count();
        write!(
            f,
            "\n{} ok, {} wrong, {} to review, {} skipped",
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
    fn an_operator_reads_aligned_columns() {
        let rows = vec![Row::ok("a", "fine"), Row::wrong("longer", "seen", "do this")];
        let table = Report { rows }.to_string();
        let expected = "a       ok       fine\nlonger  wrong    seen\n                 -> do this\n";
        assert_eq!(table, format!("{expected}\n1 ok, 1 wrong, 0 to review, 0 skipped"));
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
