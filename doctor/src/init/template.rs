//! The parameters of `infra/template.yaml` with their rules, and the secrets of `infra/secrets.yaml`: both are read from the templates, so
//! that a new parameter is asked for and checked without a change here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::parameter::Parameter;

const TEMPLATE: &str = include_str!("../../../infra/template.yaml");
const SECRETS: &str = include_str!("../../../infra/secrets.yaml");
/// The region is no parameter. It is asked for and checked like one.
const REGION: &str = r#"{ Type: String, AllowedPattern: "^[a-z]{2}(-[a-z]+)+-[0-9]$", Description: AWS region of the deployment }"#;
/// Values of a parameter that are as good as none.
const NOTHING: [&str; 2] = ["", "none"];
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
        Ok(Self {
            parameters: all.map(|(name, parameter)| parameter.named(name)).collect(),
            rules: template.rules.into_values().collect(),
            secrets: serde_saphyr::from_str(SECRETS).map_err(error)?,
        })
    }

    /// The parameter of this name, in either form.
    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|it| it.setting == name || it.name == name)
    }

    /// Whether `doctor init` needs a value: there is no default, or a rule demands one. `value` returns the values by setting.
    pub(super) fn is_needed<'a>(
        &'a self,
        parameter: &Parameter,
        value: impl Fn(&str) -> Option<&'a str>,
    ) -> bool {
        let is_demanded = self.rules_that_hold(value).any(|rule| rule.demands(parameter));
        parameter.default.is_none() || is_demanded
    }

    /// Whether some deployments need a value.
    pub(super) fn is_demanded(&self, parameter: &Parameter) -> bool {
        parameter.default.is_none() || self.rules.iter().any(|rule| rule.demands(parameter))
    }

    /// Whether other parameters are needed once it has a value, as with a domain and its certificate.
    pub(super) fn is_choice(&self, parameter: &Parameter) -> bool {
        self.rules.iter().any(|rule| rule.rule_condition.is_set(parameter))
    }

    /// The setting whose value excludes a value of this parameter, as `EdgeFor: none` does a domain of CloudFront.
    pub(super) fn excluded_by<'a>(
        &'a self,
        parameter: &Parameter,
        value: impl Fn(&str) -> Option<&'a str>,
    ) -> Option<&'a str> {
        let rule = self.rules_that_hold(value).find(|rule| rule.excludes(parameter))?;
        Some(&self.parameter(rule.rule_condition.parameter()?)?.setting)
    }

    /// The rules whose condition is met by these values, or by the defaults where there is none.
    fn rules_that_hold<'a>(
        &'a self,
        value: impl Fn(&str) -> Option<&'a str>,
    ) -> impl Iterator<Item = &'a Rule> {
        let value = move |name: &str| {
            let compared = self.parameter(name)?;
            value(&compared.setting).or(compared.default.as_deref())
        };
        self.rules.iter().filter(move |rule| rule.rule_condition.holds(&value))
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
        !parameter.is_of_each_deployment()
            && self.assertions.iter().any(|assertion| assertion.assert.is_set(parameter))
    }

    fn excludes(&self, parameter: &Parameter) -> bool {
        self.assertions.iter().any(|assertion| assertion.assert.is_unset(parameter))
    }
}

impl Condition {
    /// Whether this is the condition that the parameter has a value.
    fn is_set(&self, parameter: &Parameter) -> bool {
        matches!(self, Self::Not([inner]) if inner.is_unset(parameter))
    }

    fn is_unset(&self, parameter: &Parameter) -> bool {
        matches!(self, Self::Equals(name, text) if *name == parameter.name && NOTHING.contains(&text.as_str()))
    }

    /// The parameter that is compared.
    fn parameter(&self) -> Option<&str> {
        match self {
            Self::Equals(name, _) => Some(name),
            Self::Not([inner]) => inner.parameter(),
            Self::And(_) => None,
        }
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

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

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
        assert!(!is_needed("Release", ("DEPLOYMENT_PREFERENCE", "Canary10Percent5Minutes")));
        assert!(
            is_needed("ApiDomainName", ("EDGE_FOR", "all"))
                && !is_needed("ApiDomainName", ("EDGE_FOR", "public"))
        );
        assert!(
            is_needed("CallbackDomainName", ("EDGE_FOR", "public"))
                && !is_needed("CallbackDomainName", ("", ""))
        );
        for choice in ["LogoDomainName", "EdgeFor"] {
            assert!(templates.is_choice(templates.parameter(choice).unwrap()));
        }
        let domain = templates.parameter("ApiEdgeDomainName").unwrap();
        assert_eq!(templates.excluded_by(domain, |_| None), Some("EDGE_FOR"));
        assert_eq!(templates.excluded_by(domain, |name| (name == "EDGE_FOR").then_some("all")), None);
        assert!(!templates.is_choice(domain));
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
