//! The values of a deployment, by setting name: those of earlier runs, then those that are given in this one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use aws_lc_rs::rand;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use runtime::config::{Settings, registry};

use super::{
    parameter::Parameter,
    template::{AWS_REGION, Templates},
};
use crate::samconfig::Samconfig;

/// Marks an answer that names a file with the value of a secret.
const FILE: &str = "file:";
/// Parts of values in the repository's `samconfig.toml` that no deployment has.
const EXAMPLES: [&str; 3] = ["111122223333", "bank.example", "example!example"];

/// All values.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// What the stack's parameters are set to; of secrets, the ARN.
    values: BTreeMap<String, String>,
    /// `file:/path` of secrets.
    files: BTreeMap<String, String>,
    /// The secrets for which this run was given a file.
    given: BTreeSet<String>,
}

impl Answers {
    /// What earlier runs wrote: the stage's parameters, and from the settings file where the secrets are. While the stage is the
    /// repository's example, only its values that a bank may keep are read.
    pub(super) fn remember(templates: &Templates, samconfig: &Samconfig, settings: &Settings) -> Self {
        let parameters = samconfig.parameters();
        let has_example = |value: &str| EXAMPLES.iter().any(|example| value.contains(example));
        let is_example = parameters.values().any(|value| has_example(value));
        let known = parameters.iter().filter_map(|(name, value)| Some((templates.parameter(name)?, value)));
        let kept = known.filter(|(it, value)| {
            !is_example || !(has_example(value) || templates.is_demanded(it) || templates.is_choice(it))
        });
        let region = samconfig.region().map(|region| (AWS_REGION.to_owned(), region.to_owned()));
        let values: BTreeMap<_, _> =
            kept.map(|(it, value)| (it.setting.clone(), value.clone())).chain(region).collect();
        // A file may be deleted once its content is in AWS.
        let is_usable = |name: &str, file: &str| Path::new(file).exists() || !values.contains_key(name);
        let files = settings.iter().filter(|(name, value)| {
            value.strip_prefix(FILE).is_some_and(|file| is_usable(name, file))
                && templates.parameter(name).is_some_and(Parameter::is_secret)
        });
        Self {
            files: files.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            values,
            given: BTreeSet::new(),
        }
    }

    /// Takes an answer of this run; an empty one removes the value. Keys for redirects are created if the file does not exist: `true` then.
    pub(super) fn give(&mut self, parameter: &Parameter, answer: &str) -> io::Result<bool> {
        let setting = &parameter.setting;
        match answer.strip_prefix(FILE).filter(|_| parameter.is_secret()) {
            _ if answer.is_empty() => {
                self.values.remove(setting);
                self.files.remove(setting);
            }
            Some(file) => {
                let file = std::path::absolute(file)?;
                self.given.insert(setting.clone());
                self.files.insert(setting.clone(), format!("{FILE}{}", file.display()));
                if setting == registry::REDIRECT_KEYS.name() && !file.exists() {
                    create_redirect_key(&file)?;
                    return Ok(true);
                }
            }
            None => drop(self.values.insert(setting.clone(), answer.to_owned())),
        }
        Ok(false)
    }

    /// The answer as a person gives it: of a secret, the file, or else the ARN.
    pub(super) fn get(&self, setting: &str) -> Option<&str> {
        self.files.get(setting).map(String::as_str).or_else(|| self.value(setting))
    }

    /// The value of the parameter: of a secret, the ARN.
    pub(super) fn value(&self, setting: &str) -> Option<&str> {
        self.values.get(setting).map(String::as_str)
    }

    /// The path of the secret's file.
    pub(super) fn file(&self, setting: &str) -> Option<&Path> {
        Some(Path::new(self.files.get(setting)?.strip_prefix(FILE)?))
    }

    /// Sets the ARN of a secret whose value is in a file.
    pub(super) fn set_arn(&mut self, setting: &str, arn: String) {
        self.values.insert(setting.to_owned(), arn);
    }

    /// Whether this run was given the secret's file.
    pub(super) fn is_given(&self, setting: &str) -> bool {
        self.given.contains(setting)
    }

    /// The functions' settings, as `doctor check` reads them.
    pub(super) fn settings(&self, templates: &Templates) -> Vec<(String, String)> {
        let setting =
            |it: &Parameter| Some((it.setting.clone(), it.setting_value(self.get(&it.setting))?.to_owned()));
        let settings = templates.parameters.iter().filter_map(setting);
        let domain = self.value("API_EDGE_DOMAIN_NAME").or_else(|| self.value("API_DOMAIN_NAME"));
        let callback = domain.map(|domain| {
            (registry::CALLBACK_BASE_URL.name().to_owned(), format!("https://{domain}/callback"))
        });
        settings.chain(callback).collect()
    }
}

/// 32 random bytes in Base64, in a file that only its owner can read.
fn create_redirect_key(file: &Path) -> io::Result<()> {
    let mut key = [0; 32];
    rand::fill(&mut key).map_err(|_| io::Error::other("no random numbers"))?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(file, "{}", BASE64_STANDARD.encode(key))
}
