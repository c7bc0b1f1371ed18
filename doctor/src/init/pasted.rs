//! Secrets that were pasted into `samconfig.toml`, where only their ARNs belong.

use super::{parameter::Parameter, template::Templates};
use crate::{
    report::Row,
    samconfig::{ROTATE, Samconfig, Text, looks_like_key},
};

/// A row for each text of the file that may be a secret, in any stage. No row contains the text.
pub(super) fn rows(samconfig: &Samconfig, templates: &Templates) -> Vec<Row> {
    samconfig.texts().iter().filter_map(|text| row(text, samconfig.stage(), templates)).collect()
}

fn row(text: &Text<'_>, own_stage: &str, templates: &Templates) -> Option<Row> {
    let Text { stage, option, text } = text;
    // Only a name that the template has is repeated: any other may be a part of the secret.
    let given = text.split_once('=').and_then(|(name, value)| Some((templates.parameter(name)?, value)));
    let is_secret = given.is_some_and(|(parameter, value)| is_secret_itself(parameter, value));
    if !is_secret && !looks_like_key(text) {
        return None;
    }
    let name = given.map_or(*option, |(parameter, _)| parameter.name.as_str());
    let what = match given {
        Some((parameter, _)) if *stage == own_stage => parameter.setting.clone(),
        _ => format!("{stage}: {name}"),
    };
    let found = if is_secret {
        format!("{name} in [{stage}] of samconfig.toml is not the secret's ARN, and may be the secret")
    } else {
        format!("{name} in [{stage}] of samconfig.toml looks like a key")
    };
    Some(Row::wrong(what, found, ROTATE))
}

fn is_secret_itself(parameter: &Parameter, value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let is_public = value.contains("-----BEGIN CERTIFICATE-----") && !looks_like_key(value);
    let is_reference = value.starts_with("arn:") || value.starts_with("file:");
    !value.is_empty() && !is_public && !is_reference && parameter.is_secret_itself(value)
}
