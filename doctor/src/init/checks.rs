//! Checks of answers: the template's rules, region and architecture, what `doctor check` says about them, and what the identity provider
//! and AWS answer.

use std::{fs, path::Path};

use runtime::config::Environment;
use serde_json::Value;

use super::{
    answers::Answers,
    identity_provider,
    parameter::Parameter,
    template::{AWS_REGION, Templates},
};
use crate::{
    aws_cli,
    check::{Check, FUNCTIONS},
    report::{Row, Verdict},
};

/// What CloudFront uses is in this region.
const EDGE_REGION: &str = "us-east-1";
const OF_CLOUDFRONT: [&str; 4] = [
    "API_EDGE_CERTIFICATE_ARN",
    "API_EDGE_CLIENT_CERTIFICATE_ARN",
    "API_WEB_ACL_ARN",
    "LOGO_CERTIFICATE_ARN",
];
/// Certificates and the domains that they are for.
const DOMAINS: [(&str, &str); 5] = [
    ("API_CERTIFICATE_ARN", "API_DOMAIN_NAME"),
    ("API_EDGE_CERTIFICATE_ARN", "API_EDGE_DOMAIN_NAME"),
    ("CALLBACK_CERTIFICATE_ARN", "CALLBACK_DOMAIN_NAME"),
    ("LOGO_CERTIFICATE_ARN", "LOGO_DOMAIN_NAME"),
    ("NOTIFICATION_CERTIFICATE_ARN", "NOTIFICATION_DOMAIN_NAME"),
];
const LAYER: &str = "SECRETS_EXTENSION_LAYER_ARN";
const ARCHITECTURE: &str = "ARCHITECTURE";
const DEFAULT_ARCHITECTURE: &str = "arm64";
const REMEDY: &str = "correct the answer";
/// Characters that Secrets Manager appends to the name of a secret, after a hyphen.
const SUFFIX_LENGTH: usize = 6;

#[derive(Debug)]
pub(super) struct Checks<'a> {
    pub(super) environment: Environment,
    /// Make no network connection and run no AWS CLI.
    pub(super) offline: bool,
    pub(super) templates: &'a Templates,
}

impl Checks<'_> {
    /// All answers together. Rows that are fine are only those of what was read from elsewhere.
    pub(super) async fn all(&self, answers: &Answers) -> Vec<Row> {
        let mut rows: Vec<Row> =
            self.templates.parameters.iter().filter_map(|it| self.form(it, answers)).collect();
        let is_known = |rows: &[Row], row: &Row| rows.iter().any(|known| known.what == row.what);
        for row in self.of_doctor_check(answers).await {
            if !is_known(&rows, &row) {
                rows.push(row);
            }
        }
        for parameter in &self.templates.parameters {
            if !rows.iter().any(|row| row.what == parameter.setting) {
                rows.extend(self.elsewhere(parameter, answers).await);
            }
        }
        rows
    }

    /// One answer, with all before it.
    pub(super) async fn one(&self, parameter: &Parameter, answers: &Answers) -> Vec<Row> {
        if let Some(row) = self.form(parameter, answers) {
            return vec![row];
        }
        // A password is right if the key can be read with it.
        let subject = parameter.setting.strip_suffix("_PASSWORD").unwrap_or(&parameter.setting);
        let mut rows = self.of_doctor_check(answers).await;
        rows.retain(|row| row.what == subject);
        if rows.iter().all(|row| row.verdict != Verdict::Wrong) {
            rows.extend(self.elsewhere(parameter, answers).await);
        }
        rows
    }

    /// Whether there is an answer where one is needed, and in the form that the template takes.
    fn form(&self, parameter: &Parameter, answers: &Answers) -> Option<Row> {
        let setting = parameter.setting.as_str();
        let Some(answer) = answers.get(setting) else {
            let is_needed = self.templates.is_needed(parameter, |setting| answers.get(setting));
            return is_needed.then(|| Row::wrong(setting, "has no answer", parameter.description.as_str()));
        };
        let problem = match answers.file(setting) {
            Some(_) if self.templates.secret(&parameter.name, "").is_none() => Some(
                "infra/secrets.yaml has no secret for it: store it in Secrets Manager and give its ARN"
                    .into(),
            ),
            Some(file) => unreadable(file, answers),
            None => {
                let problem = parameter.problem(answer).or_else(|| misplaced(setting, answer, answers));
                problem.or_else(|| self.partial(parameter, answer)).or_else(|| {
                    let excluding = self.templates.excluded_by(parameter, |setting| answers.get(setting))?;
                    (!answer.is_empty()).then(|| format!("is given although {excluding} excludes it"))
                })
            }
        };
        Some(Row::wrong(setting, problem?, REMEDY))
    }

    /// What is wrong with the ARN of a secret that ends with its name. The API of Secrets Manager takes it, but IAM compares it with the
    /// complete one, and refuses every function.
    fn partial(&self, parameter: &Parameter, answer: &str) -> Option<String> {
        let arn = answer.split_once('#').map_or(answer, |(arn, _key)| arn);
        let suffix = arn.rsplit_once('-').map_or("", |(_, suffix)| suffix);
        let has_suffix =
            suffix.len() == SUFFIX_LENGTH && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // The last word of a name can have as many characters.
        let own = self.templates.secret(&parameter.name, self.environment.as_str());
        let is_own_name = own.is_some_and(|own| arn.ends_with(&format!(":{}", own.id)));
        let is_partial = is_own_name || !has_suffix;
        (parameter.is_secret() && !answer.is_empty() && is_partial)
            .then(|| "is not a complete ARN: it ends in a hyphen and six characters".into())
    }

    /// What `doctor check` finds wrong or worth a review.
    async fn of_doctor_check(&self, answers: &Answers) -> Vec<Row> {
        let check = Check {
            environment: self.environment,
            offline: true,
            client_id: None,
            card_contract_id: None,
            clock: Default::default(),
        };
        let settings = answers.settings_to_check(self.templates);
        let mut rows = check.run(&settings).await.rows;
        rows.retain(|row| row.verdict >= Verdict::Warning);
        // Which functions do not start follows from the other rows.
        let is_wrong = |row: &Row| row.verdict == Verdict::Wrong;
        if rows.iter().filter(|row| is_wrong(row)).count() > 1 {
            rows.retain(|row| row.what != FUNCTIONS);
        }
        rows
    }

    /// What the identity provider or AWS says about the answer.
    async fn elsewhere(&self, parameter: &Parameter, answers: &Answers) -> Option<Row> {
        let setting = parameter.setting.as_str();
        let answer = answers.get(setting).filter(|_| !self.offline)?;
        if setting == "JWT_ISSUER" {
            return Some(identity_provider::row(setting, answer).await);
        }
        let (_, domain) = DOMAINS.into_iter().find(|(certificate, _)| *certificate == setting)?;
        certificate(setting, answer, answers.get(domain)?)
    }
}

/// Why the file cannot be read, or its folder, if the file is yet to be created.
fn unreadable(file: &Path, answers: &Answers) -> Option<String> {
    let read = if answers.new_file() == Some(file) { file.parent()? } else { file };
    fs::metadata(read).err().map(|error| format!("{}: {error}", read.display()))
}

/// The region of an ARN, and the architecture of the extension's layer.
fn misplaced(setting: &str, answer: &str, answers: &Answers) -> Option<String> {
    let region = answer.strip_prefix("arn:")?.split(':').nth(2)?;
    let needed = if OF_CLOUDFRONT.contains(&setting) { EDGE_REGION } else { answers.get(AWS_REGION)? };
    if region != needed {
        return Some(format!("is in the region {region}, but {needed} is needed"));
    }
    let architecture = answers.get(ARCHITECTURE).unwrap_or(DEFAULT_ARCHITECTURE);
    let is_arm = answer.contains("-Extension-Arm64:");
    (setting == LAYER && is_arm != (architecture == DEFAULT_ARCHITECTURE))
        .then(|| format!("is not the layer for {architecture}"))
}

/// Whether ACM issued the certificate, and for this domain.
fn certificate(setting: &str, arn: &str, domain: &str) -> Option<Row> {
    let region = arn.split(':').nth(3)?;
    let certificate = match aws_cli::run(region, ["acm", "describe-certificate", "--certificate-arn", arn]) {
        Ok(description) => description["Certificate"].clone(),
        Err(error) => return Some(Row::warning(setting, error.to_string(), "check that it exists")),
    };
    let names = certificate["SubjectAlternativeNames"].as_array().into_iter().flatten();
    let names: Vec<&str> = names.chain([&certificate["DomainName"]]).filter_map(Value::as_str).collect();
    let status = certificate["Status"].as_str().unwrap_or("unknown");
    Some(if status != "ISSUED" {
        Row::wrong(setting, format!("its status is {status}"), "finish its validation first")
    } else if names.iter().any(|covered| covers(covered, domain)) {
        Row::ok(setting, format!("covers {domain}"))
    } else {
        Row::wrong(
            setting,
            format!("covers {}, not {domain}", names.join(", ")),
            "request one for this domain",
        )
    })
}

/// A wildcard stands for one label (RFC 6125).
fn covers(name: &str, domain: &str) -> bool {
    let rest = |text: &str| text.split_once('.').map(|(_, rest)| rest.to_ascii_lowercase());
    name.eq_ignore_ascii_case(domain) || (name.starts_with("*.") && rest(name) == rest(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_covers_one_label() {
        assert!(
            covers("*.bank.example", "api.bank.example") && covers("API.bank.example", "api.bank.example")
        );
        assert!(!covers("*.bank.example", "a.b.bank.example") && !covers("*.bank.example", "bank.example"));
    }

    #[test]
    fn an_arn_of_another_region_or_architecture_is_named() {
        let templates = Templates::read().unwrap();
        let mut answers = Answers::default();
        answers.give(templates.parameter(AWS_REGION).unwrap(), "eu-west-1").unwrap();
        let layer = |region: &str, suffix: &str| {
            let name = "layer:AWS-Parameters-and-Secrets-Lambda-Extension";
            misplaced(LAYER, &format!("arn:aws:lambda:{region}:111122223333:{name}{suffix}:1"), &answers)
        };
        assert_eq!(layer("eu-west-1", "-Arm64"), None);
        assert_eq!(layer("eu-west-1", "").unwrap(), "is not the layer for arm64");
        assert_eq!(
            layer("eu-west-2", "-Arm64").unwrap(),
            "is in the region eu-west-2, but eu-west-1 is needed"
        );
        let certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/a";
        assert_eq!(misplaced("API_CERTIFICATE_ARN", certificate, &answers), None);
        assert!(misplaced("LOGO_CERTIFICATE_ARN", certificate, &answers).unwrap().contains(EDGE_REGION));
    }
}
