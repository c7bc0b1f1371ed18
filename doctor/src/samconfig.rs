//! `samconfig.toml`: the parameters of one stage, read and edited in place, so that comments and other stages stay.

mod key_text;
mod texts;

use std::{collections::BTreeMap, fs, io, path::Path};

use toml_edit::{Array, DocumentMut, Item, Key, Table, TomlError, Value, value};

pub(crate) use key_text::looks_like_key;
pub(crate) use texts::Text;

const OVERRIDES: &str = "parameter_overrides";
const NEW_FILE: &str = "version = 0.1\n";
/// What to do about a secret in the file.
pub(crate) const ROTATE: &str = "rotate it, because whoever can read the file or its history knows it: store a new value in Secrets \
    Manager, and write its ARN in the file";

/// The file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SamconfigError {
    /// It could not be read.
    #[error("samconfig.toml cannot be read")]
    File(#[source] io::Error),
    /// It is not TOML from the line of this number, from 1. The text of the line is not repeated, since it may be secret.
    #[error("samconfig.toml is not TOML: see line {0}")]
    Toml(usize),
    /// It is not TOML, and the line of this number, from 1, may be a private key.
    #[error("samconfig.toml is not TOML, and its line {0} looks like a key: {ROTATE}")]
    Key(usize),
    /// The stage has no list of `Name=value`.
    #[error("samconfig.toml has no list parameter_overrides in [{0}.deploy.parameters]")]
    Form(String),
}

/// The file's text, with one stage selected.
#[derive(Debug)]
pub struct Samconfig {
    document: DocumentMut,
    stage: String,
}

impl Samconfig {
    /// Reads the file; one that does not exist counts as empty.
    ///
    /// # Errors
    /// When it cannot be read or is not TOML, or the stage has parameters in another form than a list.
    pub fn read(file: &Path, stage: &str) -> Result<Self, SamconfigError> {
        let text = match fs::read_to_string(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => NEW_FILE.into(),
            text => text.map_err(SamconfigError::File)?,
        };
        Self::parse(&text, stage)
    }

    /// Parses the text of such a file.
    ///
    /// # Errors
    /// When it is not TOML, or the stage has parameters in another form than a list.
    pub fn parse(text: &str, stage: &str) -> Result<Self, SamconfigError> {
        let document = text.parse().map_err(|error| SamconfigError::syntax(text, &error))?;
        let samconfig = Self { document, stage: stage.to_owned() };
        match samconfig.option(OVERRIDES) {
            Some(overrides) if !overrides.is_array() => Err(SamconfigError::Form(stage.to_owned())),
            _ => Ok(samconfig),
        }
    }

    /// The stack's name, `click-to-pay-<stage>` unless the file has another.
    pub fn stack_name(&self) -> String {
        let name = self.option("stack_name").and_then(Item::as_str);
        name.map_or_else(|| format!("click-to-pay-{}", self.stage), str::to_owned)
    }

    /// The selected stage.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The AWS region of the stage.
    pub fn region(&self) -> Option<&str> {
        self.option("region")?.as_str()
    }

    /// Values by parameter name, without the quotes that SAM removes.
    pub fn parameters(&self) -> BTreeMap<String, String> {
        let items = self.option(OVERRIDES).and_then(Item::as_array).into_iter().flatten();
        let pairs = items.filter_map(Value::as_str).filter_map(|item| item.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), unquoted(value))).collect()
    }

    /// Replaces region and parameters. A parameter that stays keeps its line; options that `sam deploy` needs are added.
    ///
    /// # Errors
    /// When the stage is not a table.
    pub fn set(
        &mut self,
        region: Option<&str>,
        parameters: &BTreeMap<String, String>,
    ) -> Result<(), SamconfigError> {
        let stack_name = self.stack_name();
        let form = || SamconfigError::Form(self.stage.clone());
        let mut section = self.document.as_table_mut();
        for name in [self.stage.as_str(), "deploy", "parameters"] {
            let item = section.entry(name).or_insert_with(|| {
                let mut table = Table::new();
                table.set_implicit(true);
                Item::Table(table)
            });
            section = item.as_table_mut().ok_or_else(form)?;
        }
        section.set_implicit(false);
        section.entry("stack_name").or_insert_with(|| value(stack_name));
        section.entry("capabilities").or_insert_with(|| value("CAPABILITY_IAM"));
        if !section.contains_key("s3_bucket") {
            section.entry("resolve_s3").or_insert_with(|| value(true));
        }
        // Last, after the region.
        let overrides = section.remove_entry(OVERRIDES);
        let (key, mut overrides) = overrides.unwrap_or_else(|| (Key::new(OVERRIDES), value(Array::new())));
        edit(overrides.as_array_mut().ok_or_else(form)?, parameters);
        if let Some(region) = region {
            section.insert("region", value(region));
        }
        section.insert_formatted(&key, overrides);
        Ok(())
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    fn option(&self, name: &str) -> Option<&Item> {
        self.document.get(&self.stage)?.get("deploy")?.get("parameters")?.get(name)
    }
}

impl SamconfigError {
    fn syntax(text: &str, error: &TomlError) -> Self {
        if let Some(line) = text.lines().position(looks_like_key) {
            return Self::Key(line + 1);
        }
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Self::Toml(before.matches('\n').count() + 1)
    }
}

fn edit(list: &mut Array, parameters: &BTreeMap<String, String>) {
    let mut left = parameters.clone();
    let name = |item: &Value| item.as_str().and_then(|item| Some(item.split_once('=')?.0.to_owned()));
    list.retain(|item| name(item).is_some_and(|name| parameters.contains_key(&name)));
    for item in list.iter_mut() {
        let Some((name, value)) = name(item).and_then(|name| left.remove_entry(&name)) else { continue };
        let decor = item.decor().clone();
        *item = format!("{name}={}", quoted(&value)).into();
        *item.decor_mut() = decor;
    }
    for (name, value) in left {
        let mut item = Value::from(format!("{name}={}", quoted(&value)));
        item.decor_mut().set_prefix("\n  ");
        list.push_formatted(item);
    }
    list.set_trailing_comma(true);
    if !list.trailing().as_str().is_some_and(|text| text.ends_with('\n')) {
        list.set_trailing("\n");
    }
}

/// SAM ends a value without quotes at its first space, and drops the rest.
fn quoted(value: &str) -> String {
    match value.contains([' ', '"', '\'', '\\']) {
        true => format!("\"{}\"", value.replace('"', "\\\"")),
        false => value.to_owned(),
    }
}

fn unquoted(value: &str) -> String {
    let inside = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).map_or_else(|| value.to_owned(), |inner| inner.replace("\\\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../infra/samconfig.toml");

    fn samconfig(text: &str, stage: &str) -> Samconfig {
        Samconfig { document: text.parse().unwrap(), stage: stage.into() }
    }

    #[test]
    fn the_same_values_change_nothing_and_a_changed_one_changes_its_line() {
        let mut file = samconfig(FILE, "mtf");
        let mut values = file.parameters();
        file.set(None, &values).unwrap();
        assert_eq!(file.text(), FILE);
        values.insert("LogRetentionDays".into(), "30".into());
        values.insert("AlarmEmail".into(), "ops@bank.test".into());
        file.set(None, &values).unwrap();
        let expected = FILE.split_once("[production.").unwrap();
        let mtf = expected.0.split_once("[mtf.").unwrap();
        let new = "  \"AlarmEmail=ops@bank.test\",\n  \"LogRetentionDays=30\",\n]";
        let changed = mtf.1.replace("  \"AlarmEmail=platform@bank.example\",\n]", new);
        assert_eq!(file.text(), format!("{}[mtf.{changed}[production.{}", mtf.0, expected.1));
    }

    #[test]
    fn a_value_with_spaces_and_quotes_is_read_as_it_was_written() {
        let subject = r#"CN=a b,L=O'Fallon,O="x\, y";CN=c"#;
        let values = BTreeMap::from([("NotificationClientSubjects".to_owned(), subject.to_owned())]);
        let mut file = samconfig(FILE, "production");
        file.set(Some("eu-west-1"), &values).unwrap();
        let file = samconfig(&file.text(), "production");
        assert_eq!((file.parameters(), file.region()), (values, Some("eu-west-1")));
    }

    #[test]
    fn a_new_stage_gets_what_sam_deploy_needs() {
        let mut file = samconfig(NEW_FILE, "local");
        file.set(Some("eu-west-1"), &BTreeMap::from([("Architecture".into(), "x86_64".into())])).unwrap();
        let expected = "version = 0.1\n\n[local.deploy.parameters]\nstack_name = \"click-to-pay-local\"\ncapabilities = \"CAPABILITY_IAM\"\nresolve_s3 = true\nregion = \"eu-west-1\"\nparameter_overrides = [\n  \"Architecture=x86_64\",\n]\n";
        assert_eq!(file.text(), expected);
    }
}
