//! The attributes that a read asks for.

use std::collections::HashMap;

/// A projection expression with its placeholders, since some names are reserved words.
pub(super) struct Projection {
    pub(super) expression: String,
    pub(super) names: HashMap<String, String>,
}

impl Projection {
    pub(super) fn of(attributes: &[&str]) -> Self {
        let names: HashMap<_, _> = (0..)
            .zip(attributes)
            .map(|(number, name): (u32, _)| (format!("#a{number}"), (*name).to_owned()))
            .collect();
        let expression = names.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        Self { expression, names }
    }
}
