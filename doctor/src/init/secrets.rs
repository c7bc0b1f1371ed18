//! The values of secrets: which are in files, and storing those that changed. Nothing here prints or returns a value.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
    num::NonZeroU32,
    path::PathBuf,
};

use aws_lc_rs::pbkdf2;
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::Value;

use super::{
    answers::Answers,
    template::{Secret, Templates},
};
use crate::{
    aws_cli::{self, AwsCliError},
    report::Row,
};

/// Rounds of PBKDF2 with SHA-256, as OWASP recommends for passwords.
const ROUNDS: NonZeroU32 = NonZeroU32::new(600_000).unwrap();
/// Content of this size in bytes is a key or certificate, which nobody guesses.
const KEY_SIZE: usize = 256;
/// What Secrets Manager calls the version that functions read.
const CURRENT: &str = "AWSCURRENT";

/// A secret whose value is in a file.
#[derive(Debug)]
pub(super) struct StoredSecret {
    /// The setting, such as `REDIRECT_KEYS`.
    pub(super) setting: String,
    /// The template's parameter, and the output of `infra/secrets.yaml`.
    parameter: String,
    secret: Secret,
    file: PathBuf,
    content: SecretSlice<u8>,
}

/// A secret's file, compared with AWS.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    secret: &'a StoredSecret,
    /// The id of the version with the file's content.
    version: String,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// There is no such secret yet.
    Missing,
    /// AWS never had this value.
    Changed,
    /// It is the current value.
    Stored,
    /// It was the current value once, and something else replaced it, as the rotation of redirect keys does. It is not stored again.
    Replaced {
        /// The id of the version that is current now.
        by: Option<String>,
    },
}

/// What applying does with the secret; nothing for one that is stored.
impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.secret.secret.id;
        match self.state {
            State::Missing => writeln!(f, "+ secret {id}"),
            State::Changed => writeln!(f, "~ secret {id}"),
            State::Stored => Ok(()),
            State::Replaced { .. } => {
                writeln!(f, "kept     secret {id}: AWS has a later value than the file")
            }
        }
    }
}

impl Comparison<'_> {
    /// `aws secretsmanager update-secret-version-stage …`, without `aws`: makes the file's value current again, in place of that of a version.
    fn restore_command(&self, current: Option<&str>) -> Vec<String> {
        let id = ["secretsmanager", "update-secret-version-stage", "--secret-id", &self.secret.secret.id];
        let to = ["--version-stage", CURRENT, "--move-to-version-id", &self.version];
        let from = current.into_iter().flat_map(|current| ["--remove-from-version-id", current]);
        id.into_iter().chain(to).chain(from).map(str::to_owned).collect()
    }
}

/// The stack of `infra/secrets.yaml`.
#[derive(Debug)]
pub(super) struct SecretsStack {
    pub(super) name: String,
    pub(super) stage: &'static str,
    pub(super) region: String,
    pub(super) template: PathBuf,
}

/// Secrets that answers give as files, and that `infra/secrets.yaml` has.
pub(super) fn read(templates: &Templates, answers: &Answers, stage: &str) -> io::Result<Vec<StoredSecret>> {
    let secrets = templates.parameters.iter().filter_map(|it| {
        let file = answers.file(&it.setting)?.to_owned();
        Some((it, templates.secret(&it.name, stage)?, file, answers.content(&it.setting)?))
    });
    let secrets = secrets.map(|(it, secret, file, content)| {
        let content = content?;
        Ok(StoredSecret { setting: it.setting.clone(), parameter: it.name.clone(), secret, file, content })
    });
    secrets.collect()
}

impl StoredSecret {
    /// `aws secretsmanager put-secret-value …`, without `aws`.
    fn put_command(&self) -> Vec<String> {
        let (option, scheme) = match std::str::from_utf8(self.content.expose_secret()) {
            Ok(_) => ("--secret-string", "file://"),
            Err(_) => ("--secret-binary", "fileb://"),
        };
        let value = format!("{scheme}{}", self.file.display());
        let arguments =
            ["secretsmanager", "put-secret-value", "--secret-id", &self.secret.id, option, &value];
        arguments.map(str::to_owned).into()
    }

    /// The id of the version with this content, 64 characters. Whoever may describe the secret sees it, so it is slow to compute: a
    /// password is not found from it by trying many.
    fn version(&self) -> String {
        let mut version = [0; 32];
        let salt = self.secret.id.as_bytes();
        let content = self.content.expose_secret();
        let rounds = if content.len() < KEY_SIZE { ROUNDS } else { NonZeroU32::MIN };
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, content, &mut version);
        hex::encode(version)
    }
}

impl SecretsStack {
    fn deploy_command<'a>(&self, secrets: impl IntoIterator<Item = &'a StoredSecret>) -> Vec<String> {
        let options: BTreeSet<String> =
            secrets.into_iter().flat_map(|it| it.secret.options.clone()).collect();
        let template = self.template.display().to_string();
        let command = ["cloudformation", "deploy", "--template-file", &template, "--stack-name", &self.name];
        let rest = ["--no-fail-on-empty-changeset", "--parameter-overrides"].map(str::to_owned);
        let stage = format!("Stage={}", self.stage);
        command.map(str::to_owned).into_iter().chain(rest).chain([stage]).chain(options).collect()
    }

    /// The commands that create the secrets, unless all have an ARN, and store the values of those that are new or were given.
    pub(super) fn plan(&self, secrets: &[StoredSecret], answers: &Answers) -> Vec<String> {
        let is_missing = |it: &StoredSecret| answers.value(&it.setting).is_none();
        let deploy = secrets.iter().any(is_missing).then(|| self.deploy_command(secrets));
        let changed = secrets.iter().filter(|it| is_missing(it) || answers.is_given(&it.setting));
        let commands = deploy.into_iter().chain(changed.map(StoredSecret::put_command));
        commands.map(|command| self.shell_command(&command)).collect()
    }

    fn shell_command(&self, arguments: &[String]) -> String {
        let words: Vec<_> = arguments.iter().map(|it| shell_word(it)).collect();
        format!("aws {} --region {}", words.join(" "), self.region)
    }

    /// The command that prints the ARNs of these secrets as answers. The stack may have others, without values.
    pub(super) fn arns_command(&self, secrets: &[StoredSecret]) -> String {
        let names: Vec<&str> = secrets.iter().map(|it| it.parameter.as_str()).collect();
        format!(
            "aws cloudformation describe-stacks --stack-name {} --region {} --output text --query 'Stacks[0].Outputs[?contains(`{}`, OutputKey)].join(`\"=\"`, [OutputKey, OutputValue])' | tr '\\t' '\\n'",
            self.name,
            self.region,
            serde_json::json!(names)
        )
    }

    /// Compares the files with what is in AWS.
    pub(super) fn compare<'a>(
        &self,
        secrets: &'a [StoredSecret],
    ) -> Result<Vec<Comparison<'a>>, AwsCliError> {
        let existing = self.arns()?;
        let compare = |secret: &'a StoredSecret| {
            let version = secret.version();
            if !existing.contains_key(&secret.parameter) {
                return Ok(Comparison { secret, version, state: State::Missing });
            }
            let id = ["--secret-id", &secret.secret.id, "--include-deprecated"];
            let list =
                aws_cli::run(&self.region, ["secretsmanager", "list-secret-version-ids"].iter().chain(&id))?;
            let versions = || list["Versions"].as_array().into_iter().flatten();
            let is_current = |known: &Value| {
                let mut stages = known["VersionStages"].as_array().into_iter().flatten();
                stages.any(|stage| stage == CURRENT)
            };
            let state = match versions().find(|it| it["VersionId"] == version) {
                None => State::Changed,
                Some(known) if is_current(known) => State::Stored,
                Some(_) => {
                    let current = versions().find(|it| is_current(it));
                    let by = current.and_then(|it| it["VersionId"].as_str()).map(str::to_owned);
                    State::Replaced { by }
                }
            };
            Ok(Comparison { secret, version, state })
        };
        secrets.iter().map(compare).collect()
    }

    /// A row for each file that was given in this run and is not stored, because its value was replaced.
    pub(super) fn kept(&self, compared: &[Comparison<'_>], answers: &Answers) -> Vec<Row> {
        let row = |it: &Comparison<'_>| {
            let State::Replaced { by } = &it.state else { return None };
            let setting = it.secret.setting.as_str();
            let command = self.shell_command(&it.restore_command(by.as_deref()));
            let found = "the file is not stored: AWS had its value, and has a later one";
            let remedy = format!("if the file has the right value, make it current again: {command}");
            answers.is_given(setting).then(|| Row::warning(setting, found, remedy))
        };
        compared.iter().filter_map(row).collect()
    }

    /// Creates the secrets that are missing, and stores the values that are new. Returns the names of those.
    pub(super) fn apply(&self, compared: &[Comparison<'_>]) -> Result<Vec<String>, AwsCliError> {
        if compared.iter().any(|it| it.state == State::Missing) {
            let secrets = compared.iter().map(|it| it.secret);
            aws_cli::run(&self.region, self.deploy_command(secrets))?;
        }
        let changed = compared.iter().filter(|it| matches!(it.state, State::Missing | State::Changed));
        let store = |it: &Comparison<'_>| {
            let token = ["--client-request-token".to_owned(), it.version.clone()];
            aws_cli::run(&self.region, it.secret.put_command().into_iter().chain(token))?;
            Ok(it.secret.secret.id.clone())
        };
        changed.map(store).collect()
    }

    /// Sets the ARNs of these secrets.
    pub(super) fn set_arns(
        &self,
        secrets: &[StoredSecret],
        answers: &mut Answers,
    ) -> Result<(), AwsCliError> {
        let mut arns = self.arns()?;
        for secret in secrets {
            if let Some(arn) = arns.remove(&secret.parameter) {
                answers.set_arn(&secret.setting, arn);
            }
        }
        Ok(())
    }

    /// The stack's outputs; none if it does not exist.
    fn arns(&self) -> Result<BTreeMap<String, String>, AwsCliError> {
        let describe = ["cloudformation", "describe-stacks", "--stack-name", &self.name];
        let description = match aws_cli::run(&self.region, describe) {
            Err(AwsCliError::Failed { message, .. }) if message.contains("does not exist") => Value::Null,
            description => description?,
        };
        let outputs = description["Stacks"][0]["Outputs"].as_array().into_iter().flatten();
        let pair = |output: &Value| {
            Some((output["OutputKey"].as_str()?.to_owned(), output["OutputValue"].as_str()?.to_owned()))
        };
        Ok(outputs.filter_map(pair).collect())
    }
}

/// The word as a shell reads it, quoted if it has to be.
pub(super) fn shell_word(word: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_=./:,@".contains(&b);
    if word.bytes().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
