//! `doctor init`: asks for each value of a deployment once, checks it, and writes the settings file for `doctor check`, the parameters in
//! `samconfig.toml`, and files for Terraform and CDK. A later run begins with these values and writes only what changed.

mod answers;
mod checks;
mod deployed;
mod dialogue;
mod identity_provider;
mod parameter;
mod pasted;
mod secrets;
mod template;

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use runtime::config::{Environment, Settings, registry};
use serde_json::Value;

use crate::{
    aws_cli::AwsCliError,
    report::Row,
    samconfig::{Samconfig, SamconfigError},
    settings_file::{self, SettingsFileError},
};
use answers::Answers;
use checks::Checks;
use parameter::Parameter;
use secrets::{SecretsStack, StoredSecret};
use template::{AWS_REGION, Templates};

pub use deployed::{DeployedSettings, DeployedSettingsError};
pub use parameter::setting_name;
pub use template::TemplateError;

/// The file of SAM in this repository.
const SAMCONFIG: &str = "infra/samconfig.toml";

/// A run of `doctor init`, with its options on the command line.
#[derive(Args, Debug)]
pub struct Init {
    /// The environment to deploy: sandbox, mtf, production or local; also the stage in samconfig.toml
    #[arg(long)]
    env: Environment,
    /// File with answers, one NAME=value per line; nothing is asked for then but the confirmation
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// The settings file to write, for doctor check; by default settings-<env>.env
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The file of SAM to write; secrets.yaml is in the same folder
    #[arg(long, value_name = "FILE", default_value = SAMCONFIG)]
    samconfig: PathBuf,
    /// Also write variables for infra/terraform, such as click-to-pay.auto.tfvars.json
    #[arg(long, value_name = "FILE")]
    terraform: Option<PathBuf>,
    /// Also write properties for infra/cdk, as JSON
    #[arg(long, value_name = "FILE")]
    cdk: Option<PathBuf>,
    /// Create the secrets and store their values with the AWS CLI; otherwise its commands are printed
    #[arg(long, conflicts_with = "offline")]
    apply: bool,
    /// Make no network connection
    #[arg(long)]
    offline: bool,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

/// A run failed.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// Settings or answers could not be read.
    #[error(transparent)]
    Settings(#[from] SettingsFileError),
    /// `samconfig.toml` could not be used.
    #[error(transparent)]
    Samconfig(#[from] SamconfigError),
    /// The AWS CLI failed.
    #[error(transparent)]
    Aws(#[from] AwsCliError),
    /// A file could not be read or written, or the terminal.
    #[error("a file could not be read or written")]
    File(#[from] io::Error),
    /// The templates could not be read.
    #[error(transparent)]
    Templates(#[from] TemplateError),
    /// The answers name something that is neither a parameter nor a setting.
    #[error("{0} is neither a parameter of infra/template.yaml nor a setting")]
    UnknownName(String),
}

impl Init {
    /// `false` if an answer is wrong or missing, or the changes were not confirmed; nothing was written then.
    ///
    /// # Errors
    /// When a file or a command of the AWS CLI fails.
    pub async fn run(&self, mut input: impl BufRead, mut output: impl Write) -> Result<bool, InitError> {
        let templates = Templates::read()?;
        let stage = self.env.as_str();
        let mut samconfig = Samconfig::read(&self.samconfig, stage)?;
        let settings = self.settings.clone().unwrap_or_else(|| format!("settings-{stage}.env").into());
        let earlier = if settings.exists() { settings_file::read(&settings)? } else { Settings::default() };
        let mut answers = Answers::remember(&templates, &samconfig, &earlier)?;
        let checks = Checks { environment: self.env, offline: self.offline, templates: &templates };
        let is_right = match &self.answers {
            Some(file) => {
                let mut rows = take(file, &templates, &mut answers, &mut output)?;
                let others = checks.all(&answers).await;
                let is_other = |row: &Row| rows.iter().all(|refused| refused.what != row.what);
                let others: Vec<Row> = others.into_iter().filter(is_other).collect();
                rows.extend(others);
                dialogue::print(&rows, &mut output)?
            }
            None => dialogue::ask_all(&checks, &mut answers, &mut input, &mut output).await?,
        };
        if !is_right {
            return Ok(false);
        }

        let stack = SecretsStack {
            name: format!("{}-secrets", samconfig.stack_name()),
            stage,
            region: answers.get(AWS_REGION).unwrap_or_default().to_owned(),
            template: self.samconfig.with_file_name("secrets.yaml"),
        };
        let secrets = secrets::read(&templates, &answers, stage)?;
        for change in changes(&templates, &samconfig.parameters(), &parameters(&templates, &answers)) {
            writeln!(output, "{change}")?;
        }
        if let Some(file) = answers.new_file() {
            writeln!(output, "+ file {}, with a new key", file.display())?;
        }
        let compared = if self.apply { stack.compare(&secrets)? } else { vec![] };
        for secret in &compared {
            write!(output, "{secret}")?;
        }
        dialogue::print(&stack.kept(&compared, &answers), &mut output)?;
        if !self.is_confirmed(&mut input, &mut output)? {
            return Ok(false);
        }
        answers.create_file()?;
        if self.apply {
            for name in stack.apply(&compared)? {
                writeln!(output, "stored   {name}")?;
            }
            stack.set_arns(&secrets, &mut answers)?;
        }

        let values = parameters(&templates, &answers);
        samconfig.set(answers.get(AWS_REGION), &values)?;
        write_if_changed(&settings, &settings_text(&templates, &answers), &mut output)?;
        write_if_changed(&self.samconfig, &samconfig.text(), &mut output)?;
        let document = |name: fn(&Parameter) -> String| {
            let property = |(key, value): (&String, &String)| {
                let parameter = templates.parameter(key).filter(|it| !it.is_of_each_deployment());
                parameter.map(|it| (name(it), it.typed(value)))
            };
            Value::Object(values.iter().filter_map(property).collect())
        };
        let documents =
            [(&self.terraform, document(Parameter::variable)), (&self.cdk, document(Parameter::property))];
        for (file, document) in documents {
            if let Some(file) = file {
                write_if_changed(file, &format!("{document:#}\n"), &mut output)?;
            }
        }
        if !self.apply {
            self.print_plan(&stack, &secrets, &answers, &mut output)?;
        }
        Ok(true)
    }

    fn is_confirmed(&self, input: &mut impl BufRead, output: &mut impl Write) -> io::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        let secrets = if self.apply { ", and store the changed secrets in AWS" } else { "" };
        write!(output, "Write the files{secrets}? [y/N] ")?;
        output.flush()?;
        let mut answer = String::new();
        input.read_line(&mut answer)?;
        Ok(answer.trim().eq_ignore_ascii_case("y"))
    }

    fn print_plan(
        &self,
        stack: &SecretsStack,
        secrets: &[StoredSecret],
        answers: &Answers,
        output: &mut impl Write,
    ) -> io::Result<()> {
        let plan = stack.plan(secrets, answers);
        if plan.is_empty() {
            return Ok(());
        }
        writeln!(output, "\nTo store the secrets, run with --apply, or these commands:\n")?;
        for command in plan {
            writeln!(output, "{command}")?;
        }
        if secrets.iter().any(|it| answers.value(&it.setting).is_none()) {
            writeln!(output, "{} >arns.env", stack.arns_command(secrets))?;
            writeln!(output, "doctor init --env {} --answers arns.env{}", self.env, self.file_options())?;
        }
        Ok(())
    }

    /// The options that name files of this run, so that another one writes the same.
    fn file_options(&self) -> String {
        let files = [
            ("--settings", self.settings.as_deref()),
            ("--samconfig", Some(&*self.samconfig).filter(|file| *file != Path::new(SAMCONFIG))),
            ("--terraform", self.terraform.as_deref()),
            ("--cdk", self.cdk.as_deref()),
        ];
        let option = |(name, file): (&str, Option<&Path>)| {
            Some(format!(" {name} {}", secrets::shell_word(&file?.display().to_string())))
        };
        files.into_iter().filter_map(option).collect()
    }
}

/// Takes the answers of a file, and returns rows of those that are refused. Settings that the template computes are not needed.
fn take(
    file: &Path,
    templates: &Templates,
    answers: &mut Answers,
    output: &mut impl Write,
) -> Result<Vec<Row>, InitError> {
    let mut refused = Vec::new();
    for (name, answer) in settings_file::read(file)?.iter() {
        match templates.parameter(name) {
            Some(parameter) if parameter.is_of_each_deployment() => {
                writeln!(output, "ignored  {name}: each deployment gives its own")?;
            }
            Some(parameter) => refused.extend(dialogue::give(answers, parameter, answer)?),
            None if registry::definitions().any(|definition| definition.name == name) => {
                writeln!(output, "ignored  {name}: the template sets it")?;
            }
            None => return Err(InitError::UnknownName(name.to_owned())),
        }
    }
    Ok(refused)
}

/// The stack's parameters by name. Secrets are those whose ARN is known.
fn parameters(templates: &Templates, answers: &Answers) -> BTreeMap<String, String> {
    let parameters = templates.parameters.iter().filter(|it| it.setting != AWS_REGION);
    parameters.filter_map(|it| Some((it.name.clone(), answers.value(&it.setting)?.to_owned()))).collect()
}

/// One line for each parameter that changes.
fn changes(
    templates: &Templates,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<String> {
    let is_hidden = |name: &str, value: &str| templates.parameter(name).is_some_and(|it| it.is_hidden(value));
    let change = |(name, value): (&String, &String)| match before.get(name) {
        Some(old) if old == value => None,
        Some(old) if is_hidden(name, old) || is_hidden(name, value) => Some(format!("~ {name}")),
        Some(old) => Some(format!("~ {name}: {old} -> {value}")),
        None if is_hidden(name, value) => Some(format!("+ {name}")),
        None => Some(format!("+ {name}: {value}")),
    };
    let removed = before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("- {name}"));
    after.iter().filter_map(change).chain(removed).collect()
}

fn settings_text(templates: &Templates, answers: &Answers) -> String {
    let lines = answers.settings(templates).into_iter().map(|(name, value)| format!("{name}={value}\n"));
    format!(
        "# Written by doctor init from samconfig.toml and answers; it reads only the files of secrets here.\n{}",
        lines.collect::<String>()
    )
}

fn write_if_changed(file: &Path, text: &str, output: &mut impl Write) -> io::Result<()> {
    let is_same = fs::read_to_string(file).is_ok_and(|now| now == text);
    if !is_same {
        fs::write(file, text)?;
    }
    writeln!(output, "{:7}  {}", if is_same { "same" } else { "wrote" }, file.display())
}
