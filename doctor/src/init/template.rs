//! The parameters of `infra/template.yaml` with their rules, and the secrets of `infra/secrets.yaml`: both are read from the templates, so
//! that a new parameter is asked for and checked without a change here.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use runtime::config::registry::{self, Definition, Presence};
use serde::Deserialize;
use serde_json::{Value, json};

const TEMPLATE: &str = include_str!("../../../infra/template.yaml");
const SECRETS: &str = include_str!("../../../infra/secrets.yaml");
/// The region is no parameter. It is asked for and checked like one.
const REGION: &str = r#"{ Type: String, AllowedPattern: "^[a-z]{2}(-[a-z]+)+-[0-9]$", Description: AWS region of the deployment }"#;
/// The setting name of the region.
pub(super) const AWS_REGION: &str = "AWS_REGION";

/// A template is not in the expected form.
#[derive(Debug, thiserror::Error)]
#[error("the templates in infra/ cannot be read")]
pub struct TemplateError(#[source] Box<serde_saphyr::Error>);

/// Both templates.
#[derive(Debug)]
pub(super) struct Templates {
    /// In the order of the template, after the region.
    pub(super) parameters: Vec<Parameter>,
    rules: Vec<Rule>,
    secrets: SecretsTemplate,
}

/// One parameter.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Parameter {
    /// Its name in the template, such as `TokenConnectUrl`.
    #[serde(skip)]
    pub(super) name: String,
    /// The name in the form of a setting, such as `TOKEN_CONNECT_URL`.
    #[serde(skip)]
    pub(super) setting: String,
    #[serde(rename = "Type")]
    kind: Kind,
    #[serde(default)]
    pub(super) default: Option<String>,
    pub(super) description: String,
    allowed_pattern: Option<String>,
    #[serde(default)]
    allowed_values: Vec<String>,
    min_value: Option<i64>,
    max_value: Option<i64>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
enum Kind {
    String,
    Number,
    CommaDelimitedList,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MainTemplate {
    parameters: BTreeMap<String, Parameter>,
    rules: BTreeMap<String, Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    rule_condition: Condition,
    assertions: Vec<Assertion>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Assertion {
    assert: Condition,
}

/// CloudFormation's functions of conditions, by their tags.
#[derive(Debug, Deserialize)]
enum Condition {
    /// `!Equals [!Ref parameter, value]`
    Equals(String, String),
    /// `!Not [condition]`
    Not([Box<Condition>; 1]),
    /// `!And [{ Condition: name }, …]`
    And(Vec<BTreeMap<String, String>>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretsTemplate {
    conditions: BTreeMap<String, Condition>,
    resources: BTreeMap<String, Resource>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    condition: Option<String>,
    properties: BTreeMap<String, Value>,
}

/// A secret of `infra/secrets.yaml`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Secret {
    /// Its name in Secrets Manager.
    pub(super) id: String,
    /// Parameters of `infra/secrets.yaml`, as `Name=value`, with which it exists.
    pub(super) options: BTreeSet<String>,
}

impl Templates {
    pub(super) fn read() -> Result<Self, TemplateError> {
        let error = |source| TemplateError(Box::new(source));
        let template: MainTemplate = serde_saphyr::from_str(TEMPLATE).map_err(error)?;
        let region: Parameter = serde_saphyr::from_str(REGION).map_err(error)?;
        let mut parameters: Vec<(String, Parameter)> = template.parameters.into_iter().collect();
        // A map has no order, so the text is asked for it.
        parameters.sort_by_key(|(name, _)| TEMPLATE.find(&format!("\n  {name}:\n")));
        let all = [("AwsRegion".to_owned(), region)].into_iter().chain(parameters);
        let named = |(name, it): (String, Parameter)| Parameter { setting: setting_name(&name), name, ..it };
        Ok(Self {
            parameters: all.map(named).collect(),
            rules: template.rules.into_values().collect(),
            secrets: serde_saphyr::from_str(SECRETS).map_err(error)?,
        })
    }

    /// The parameter of this name, in either form.
    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|it| it.setting == name || it.name == name)
    }

    /// Whether a deployment needs a value: there is no default, or a rule demands one. `value` returns the values by setting.
    pub(super) fn is_needed<'a>(
        &'a self,
        parameter: &Parameter,
        value: impl Fn(&str) -> Option<&'a str>,
    ) -> bool {
        let value = |name: &str| {
            let compared = self.parameter(name)?;
            value(&compared.setting).or(compared.default.as_deref())
        };
        let holds = |rule: &Rule| rule.rule_condition.holds(&value);
        parameter.default.is_none() || self.rules.iter().any(|rule| rule.demands(parameter) && holds(rule))
    }

    /// Whether some deployments need a value.
    pub(super) fn is_demanded(&self, parameter: &Parameter) -> bool {
        parameter.default.is_none() || self.rules.iter().any(|rule| rule.demands(parameter))
    }

    /// Whether other parameters are needed once it has a value, as with a domain and its certificate.
    pub(super) fn is_choice(&self, parameter: &Parameter) -> bool {
        self.rules.iter().any(|rule| rule.rule_condition.is_set(parameter))
    }

    /// The secret whose ARN the parameter takes; `None` if `infra/secrets.yaml` has none.
    pub(super) fn secret(&self, parameter: &str, stage: &str) -> Option<Secret> {
        let resource = self.secrets.resources.get(parameter)?;
        let id = resource.properties.get("Name")?.as_str()?.replace("${Stage}", stage);
        let mut options = BTreeSet::new();
        let mut conditions: Vec<&str> = resource.condition.iter().map(String::as_str).collect();
        while let Some(condition) = conditions.pop() {
            match self.secrets.conditions.get(condition)? {
                Condition::Equals(option, value) => drop(options.insert(format!("{option}={value}"))),
                Condition::And(parts) => {
                    conditions.extend(parts.iter().flat_map(BTreeMap::values).map(String::as_str))
                }
                Condition::Not(_) => return None,
            }
        }
        Some(Secret { id, options })
    }
}

impl Rule {
    fn demands(&self, parameter: &Parameter) -> bool {
        self.assertions.iter().any(|assertion| assertion.assert.is_set(parameter))
    }
}

impl Condition {
    /// Whether this is the condition that the parameter has a value.
    fn is_set(&self, parameter: &Parameter) -> bool {
        let Self::Not([inner]) = self else { return false };
        matches!(&**inner, Self::Equals(name, text) if *name == parameter.name && text.is_empty())
    }

    fn holds<'a>(&self, value: &impl Fn(&str) -> Option<&'a str>) -> bool {
        match self {
            Self::Equals(name, text) => value(name).unwrap_or_default() == text,
            Self::Not([inner]) => !inner.holds(value),
            // Rules have no names to refer to.
            Self::And(_) => false,
        }
    }
}

impl Parameter {
    /// Whether it takes the ARN of a secret. An answer may name a file with the secret's value instead.
    pub(super) fn is_secret(&self) -> bool {
        self.allowed_pattern.as_ref().is_some_and(|pattern| pattern.contains(":secretsmanager:"))
    }

    /// Whether its value is not printed: a consumer key identifies the bank, and account ranges may contain a card number by mistake.
    pub(super) fn is_hidden(&self) -> bool {
        self.name.ends_with("ConsumerKey") || self.name == "AccountRanges"
    }

    /// The setting of this name that functions read, if there is one. Parameters that are `true` or `false` are about the deployment:
    /// `ReservedConcurrency` switches on what the setting of the same name counts.
    fn definition(&self) -> Option<&'static Definition> {
        registry::definitions().find(|it| it.name == self.setting).filter(|_| !self.is_boolean())
    }

    /// The value of the setting, if the functions have one: the answer, or the template's default unless it is theirs too.
    pub(super) fn setting_value<'a>(&'a self, answer: Option<&'a str>) -> Option<&'a str> {
        let definition = self.definition()?;
        let is_own = |default: &&str| {
            !default.is_empty() && !matches!(definition.presence, Presence::Default(own) if own == *default)
        };
        answer.or_else(|| self.default.as_deref().filter(is_own))
    }

    fn is_boolean(&self) -> bool {
        self.allowed_values == ["true", "false"]
    }

    /// The template's rule that the value breaks, if any.
    pub(super) fn problem(&self, value: &str) -> Option<String> {
        let parts: Vec<&str> =
            if self.kind == Kind::CommaDelimitedList { value.split(',').collect() } else { vec![value] };
        let pattern = self.allowed_pattern.as_deref().unwrap_or_default();
        if Regex::new(pattern).is_ok_and(|pattern| !parts.iter().all(|part| pattern.is_match(part))) {
            return Some(format!("does not match {pattern}"));
        }
        if !self.allowed_values.is_empty() && !self.allowed_values.iter().any(|allowed| allowed == value) {
            return Some(format!("must be one of {}", self.allowed_values.join(", ")));
        }
        if self.kind != Kind::Number {
            return None;
        }
        let Ok(number) = value.parse::<i64>() else { return Some("is not a number".into()) };
        let low =
            self.min_value.filter(|minimum| number < *minimum).map(|it| format!("must be at least {it}"));
        low.or_else(|| {
            self.max_value.filter(|maximum| number > *maximum).map(|it| format!("must be at most {it}"))
        })
    }

    /// The value in the type that Terraform and CDK declare.
    pub(super) fn typed(&self, value: &str) -> Value {
        match self.kind {
            Kind::Number => value.parse::<i64>().map_or_else(|_| value.into(), Value::from),
            Kind::CommaDelimitedList => json!(value.split(',').collect::<Vec<_>>()),
            Kind::String if self.is_boolean() => (value == "true").into(),
            Kind::String => value.into(),
        }
    }

    /// The name of the variable of `infra/terraform`.
    pub(super) fn variable(&self) -> String {
        self.setting.to_lowercase()
    }

    /// The name of the property of the construct in `infra/cdk`.
    pub(super) fn property(&self) -> String {
        let (first, rest) = self.name.split_at_checked(1).unwrap_or_default();
        format!("{}{rest}", first.to_lowercase())
    }
}

/// `TokenConnectUrl` as `TOKEN_CONNECT_URL`.
fn setting_name(parameter: &str) -> String {
    let mut name = String::new();
    for letter in parameter.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_terraform_module_and_the_cdk_construct() {
        let variables = include_str!("../../../infra/terraform/variables.tf");
        let properties = include_str!("../../../infra/cdk/src/parameters.ts");
        let templates = Templates::read().unwrap();
        assert_eq!(templates.parameters.len() - 1, variables.matches("\nvariable ").count());
        for parameter in templates.parameters.iter().skip(1) {
            assert!(variables.contains(&format!("variable \"{}\" ", parameter.variable())));
            assert!(properties.contains(&format!("  readonly {}", parameter.property())));
            let pattern = parameter.allowed_pattern.as_deref().unwrap_or_default();
            assert!(Regex::new(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn a_value_that_cloudformation_would_reject_is_named_with_its_rule() {
        let templates = Templates::read().unwrap();
        let problem = |name: &str, value: &str| templates.parameter(name).unwrap().problem(value);
        assert_eq!(problem("LogRetentionDays", "30"), None);
        assert!(problem("LOG_RETENTION_DAYS", "31").unwrap().starts_with("must be one of 7, 14"));
        assert_eq!(problem("ReceiptsValidityMinutes", "16").unwrap(), "must be at most 15");
        assert_eq!(problem("ReadScopes", "enroll:read,cards"), None);
        assert!(problem("JwtIssuer", "http://login.example.org").is_some());
        assert!(
            problem("AWS_REGION", "Ireland").is_some() && problem("AWS_REGION", "us-gov-west-1").is_none()
        );
    }

    #[test]
    fn a_rule_of_the_template_decides_what_is_needed() {
        let templates = Templates::read().unwrap();
        let is_needed = |name: &str, given: (&str, &'static str)| {
            let value = |setting: &str| (setting == given.0).then_some(given.1);
            templates.is_needed(templates.parameter(name).unwrap(), value)
        };
        assert!(is_needed("JwtIssuer", ("", "")) && !is_needed("LogLevel", ("", "")));
        assert!(is_needed("ApiCertificateArn", ("API_DOMAIN_NAME", "api.bank.example")));
        assert!(!is_needed("ApiCertificateArn", ("", "")));
        assert!(is_needed("ProcessingDecryptionKey", ("", "")));
        assert!(!is_needed("ProcessingDecryptionKey", ("PROCESSING_JWE", "off")));
        assert!(templates.is_choice(templates.parameter("LogoDomainName").unwrap()));
    }

    #[test]
    fn every_secret_has_the_options_that_create_it() {
        let templates = Templates::read().unwrap();
        let options = |name: &str| {
            let options = templates.secret(name, "mtf").unwrap().options;
            options.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(templates.secret("RedirectKeys", "mtf").unwrap().id, "mtf/click-to-pay/redirect-keys");
        assert!(options("ProcessingSigningKey").is_empty());
        assert_eq!(options("ProcessingNextSigningKeyPassword"), ["NextKeys=true", "Passwords=true"]);
        assert_eq!(
            options("NotificationDecryptionKeyPassword"),
            ["Passwords=true", "SealedNotifications=true"]
        );
        let without: Vec<&str> = (templates.parameters.iter())
            .filter(|it| it.is_secret() && templates.secret(&it.name, "mtf").is_none())
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(without, ["MastercardExtraCaCerts"]);
    }
}
