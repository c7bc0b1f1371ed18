//! The attributes that a read asks for.

use std::collections::HashMap;

/// A projection expression and its placeholders, since some names are reserved words. Both are absent if a read asks for all
/// attributes, as the SDK's setters take them.
pub(super) type Projection = (Option<String>, Option<HashMap<String, String>>);

pub(super) fn projection(attributes: Option<&[&str]>) -> Projection {
    let Some(attributes) = attributes else { return (None, None) };
    let names: HashMap<_, _> = (0..)
        .zip(attributes)
        .map(|(number, name): (u32, _)| (format!("#a{number}"), (*name).to_owned()))
        .collect();
    let expression = names.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    (Some(expression), Some(names))
}
