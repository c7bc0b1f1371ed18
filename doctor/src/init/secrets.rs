//! The values of secrets: which are in files, and storing those that changed. Nothing here prints or returns a value.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    num::NonZeroU32,
    path::PathBuf,
};

use aws_lc_rs::pbkdf2;
use secrecy::zeroize::Zeroizing;
use serde_json::Value;

use super::{
    answers::Answers,
    template::{Secret, Templates},
};
use crate::aws_cli::{self, AwsCliError};

/// Rounds of PBKDF2 with SHA-256, as OWASP recommends for passwords.
const ROUNDS: NonZeroU32 = NonZeroU32::new(600_000).unwrap();
/// Content of this size in bytes is a key or certificate, which nobody guesses.
const KEY_SIZE: usize = 256;

/// A secret whose value is in a file.
#[derive(Debug)]
pub(super) struct StoredSecret {
    /// The setting, such as `REDIRECT_KEYS`.
    pub(super) setting: String,
    /// The template's parameter, and the output of `infra/secrets.yaml`.
    parameter: String,
    secret: Secret,
    file: PathBuf,
    content: Zeroizing<Vec<u8>>,
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
        Some((it, templates.secret(&it.name, stage)?, answers.file(&it.setting)?.to_owned()))
    });
    let secrets = secrets.map(|(it, secret, file)| {
        let content = Zeroizing::new(fs::read(&file)?);
        Ok(StoredSecret { setting: it.setting.clone(), parameter: it.name.clone(), secret, file, content })
    });
    secrets.collect()
}

impl StoredSecret {
    /// `aws secretsmanager put-secret-value …`, without `aws`.
    fn put_command(&self) -> Vec<String> {
        let (option, scheme) = match std::str::from_utf8(&self.content) {
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
        let rounds = if self.content.len() < KEY_SIZE { ROUNDS } else { NonZeroU32::MIN };
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, &self.content, &mut version);
        hex::encode(version)
    }
}

impl SecretsStack {
    fn deploy_command(&self, secrets: &[StoredSecret]) -> Vec<String> {
        let options: BTreeSet<String> = secrets.iter().flat_map(|it| it.secret.options.clone()).collect();
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
        let text = |words: Vec<String>| words.iter().map(|it| shell_word(it)).collect::<Vec<_>>().join(" ");
        commands.map(|command| format!("aws {} --region {}", text(command), self.region)).collect()
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

    /// Creates the secrets that are missing and stores the values that changed. Returns the names of those that it stored.
    pub(super) fn apply(&self, secrets: &[StoredSecret]) -> Result<Vec<String>, AwsCliError> {
        let existing = self.arns()?;
        if secrets.iter().any(|it| !existing.contains_key(&it.parameter)) {
            aws_cli::run(&self.region, self.deploy_command(secrets))?;
        }
        let mut stored = Vec::new();
        for secret in secrets {
            let describe = ["secretsmanager", "describe-secret", "--secret-id", &secret.secret.id];
            let description = aws_cli::run(&self.region, describe)?;
            let version = secret.version();
            let stages = description["VersionIdsToStages"][&version].as_array();
            if stages.is_some_and(|stages| stages.iter().any(|stage| stage == "AWSCURRENT")) {
                continue;
            }
            // An id that exists would be ignored: an earlier value that is stored again gets another one.
            let token = stages.is_none().then(|| ["--client-request-token".to_owned(), version]);
            aws_cli::run(&self.region, secret.put_command().into_iter().chain(token.into_iter().flatten()))?;
            stored.push(secret.secret.id.clone());
        }
        Ok(stored)
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

fn shell_word(word: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_=./:,@".contains(&b);
    if word.bytes().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
