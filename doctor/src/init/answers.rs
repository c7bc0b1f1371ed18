//! The values of a deployment, by setting name: those of earlier runs, then those that are given in this one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use aws_lc_rs::rand;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use runtime::config::{Settings, registry};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use tempfile::NamedTempFile;

use super::{
    parameter::Parameter,
    template::{AWS_REGION, Templates},
};
use crate::samconfig::{Samconfig, SamconfigError};

/// Marks an answer that names a file with the value of a secret.
const FILE: &str = "file:";
/// The stages that a bank begins with.
const EXAMPLE: &str = include_str!("../../../infra/samconfig.toml");
/// Parts of its values that no deployment has.
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
    /// The content of the file of keys for redirects, if it does not exist yet.
    new_redirect_key: Option<NewKey>,
}

#[derive(Debug)]
struct NewKey {
    key: SecretString,
    /// Another key, which is not used but for checks.
    stand_in: NamedTempFile,
}

impl Answers {
    /// What earlier runs wrote: the stage's parameters, and from the settings file where the secrets are. Values that contain an example are
    /// not read, and as long as there is one, nor are those that are needed and equal the repository's.
    pub(super) fn remember(
        templates: &Templates,
        samconfig: &Samconfig,
        settings: &Settings,
    ) -> Result<Self, SamconfigError> {
        let examples = Samconfig::parse(EXAMPLE, samconfig.stage())?.parameters();
        let parameters = samconfig.parameters();
        let has_example = |value: &str| EXAMPLES.iter().any(|example| value.contains(example));
        let is_example = parameters.values().any(|value| has_example(value));
        let known = parameters.iter().filter_map(|(name, value)| Some((templates.parameter(name)?, value)));
        let is_unchanged = |it: &Parameter, value: &String| {
            examples.get(&it.name) == Some(value) && (templates.is_demanded(it) || templates.is_choice(it))
        };
        let kept = known.filter(|(it, value)| !(has_example(value) || is_example && is_unchanged(it, value)));
        let region = samconfig.region().map(|region| (AWS_REGION.to_owned(), region.to_owned()));
        let values: BTreeMap<_, _> =
            kept.map(|(it, value)| (it.setting.clone(), value.clone())).chain(region).collect();
        // A file may be deleted once its content is in AWS.
        let is_usable = |name: &str, file: &str| Path::new(file).exists() || !values.contains_key(name);
        let files = settings.iter().filter(|(name, value)| {
            value.strip_prefix(FILE).is_some_and(|file| is_usable(name, file))
                && templates.parameter(name).is_some_and(Parameter::is_secret)
        });
        Ok(Self {
            files: files.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            values,
            ..Self::default()
        })
    }

    /// Takes an answer of this run; an empty one removes the value. `false` if it may be a secret itself: that is not kept.
    pub(super) fn give(&mut self, parameter: &Parameter, answer: &str) -> io::Result<bool> {
        let setting = &parameter.setting;
        let is_redirect_keys = setting == registry::REDIRECT_KEYS.name();
        match answer.strip_prefix(FILE).filter(|_| parameter.is_secret()) {
            _ if answer.is_empty() => {
                self.values.remove(setting);
                self.files.remove(setting);
                self.new_redirect_key.take_if(|_| is_redirect_keys);
            }
            Some(file) => {
                let file = std::path::absolute(file)?;
                self.given.insert(setting.clone());
                self.files.insert(setting.clone(), format!("{FILE}{}", file.display()));
                if is_redirect_keys {
                    self.new_redirect_key = if file.exists() { None } else { Some(NewKey::new()?) };
                }
            }
            None if parameter.is_secret_itself(answer) => return Ok(false),
            None => {
                // The ARN is instead of a file that would be created.
                if self.new_redirect_key.take_if(|_| is_redirect_keys).is_some() {
                    self.files.remove(setting);
                }
                self.values.insert(setting.clone(), answer.to_owned());
            }
        }
        Ok(true)
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

    /// The file of keys for redirects, if it does not exist yet.
    pub(super) fn new_file(&self) -> Option<&Path> {
        self.new_redirect_key.as_ref().and(self.file(registry::REDIRECT_KEYS.name()))
    }

    /// Creates that file, for its owner only.
    pub(super) fn create_file(&mut self) -> io::Result<()> {
        if let (Some(file), Some(new)) = (self.new_file(), &self.new_redirect_key) {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
            file.write_all(new.key.expose_secret().as_bytes())?;
            self.new_redirect_key = None;
        }
        Ok(())
    }

    /// The content of the secret's file, or what it will be.
    pub(super) fn content(&self, setting: &str) -> Option<io::Result<SecretSlice<u8>>> {
        let file = self.file(setting)?;
        Some(match &self.new_redirect_key {
            Some(new) if setting == registry::REDIRECT_KEYS.name() => {
                Ok(new.key.expose_secret().as_bytes().to_vec().into())
            }
            _ => fs::read(file).map(SecretSlice::from),
        })
    }

    /// Sets the ARN of a secret whose value is in a file.
    pub(super) fn set_arn(&mut self, setting: &str, arn: String) {
        self.values.insert(setting.to_owned(), arn);
    }

    /// Whether this run was given the secret's file.
    pub(super) fn is_given(&self, setting: &str) -> bool {
        self.given.contains(setting)
    }

    /// The functions' settings, with a file to check for the one that does not exist yet.
    pub(super) fn settings_to_check(&self, templates: &Templates) -> Settings {
        let stand_in = self.new_redirect_key.as_ref().map(|new| {
            let file = format!("{FILE}{}", new.stand_in.path().display());
            (registry::REDIRECT_KEYS.name().to_owned(), file)
        });
        self.settings(templates).into_iter().chain(stand_in).collect()
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

impl NewKey {
    fn new() -> io::Result<Self> {
        let mut stand_in = NamedTempFile::new()?;
        stand_in.write_all(random_key()?.expose_secret().as_bytes())?;
        Ok(Self { key: random_key()?, stand_in })
    }
}

/// A line with 32 random bytes in Base64.
pub(super) fn random_key() -> io::Result<SecretString> {
    let mut key = [0; 32];
    rand::fill(&mut key).map_err(|_| io::Error::other("no random numbers"))?;
    Ok(format!("{}\n", BASE64_STANDARD.encode(key)).into())
}
