//! One parameter of `infra/template.yaml`: its rules, and its names and value in each tool.

use regex_lite::Regex;
use runtime::config::registry::{self, Definition, Presence};
use serde::Deserialize;
use serde_json::{Value, json};

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
    pub(super) allowed_pattern: Option<String>,
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

impl Parameter {
    /// The definition under this name.
    pub(super) fn named(self, name: String) -> Self {
        Self { setting: setting_name(&name), name, ..self }
    }

    /// Whether it takes the ARN of a secret. An answer may name a file with the secret's value instead.
    pub(super) fn is_secret(&self) -> bool {
        self.allowed_pattern.as_ref().is_some_and(|pattern| pattern.contains(":secretsmanager:"))
    }

    /// Whether this value is not printed: a consumer key identifies the bank, account ranges may contain a card number by mistake, and
    /// whatever is in the place of a secret's ARN may be the secret.
    pub(super) fn is_hidden(&self, value: &str) -> bool {
        self.name.ends_with("ConsumerKey") || self.name == "AccountRanges" || self.is_secret_itself(value)
    }

    /// Whether this may be a secret's value where its ARN is expected.
    pub(super) fn is_secret_itself(&self, value: &str) -> bool {
        self.is_secret() && self.problem(value).is_some()
    }

    /// Whether each deployment gives another value. It is never asked for; one in `samconfig.toml` stays there.
    pub(super) fn is_of_each_deployment(&self) -> bool {
        self.name == "Release"
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

/// The name of the setting for a parameter or an output of the template: `TokenConnectUrl` as `TOKEN_CONNECT_URL`.
pub fn setting_name(parameter: &str) -> String {
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
    use super::super::template::Templates;

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
}
