//! Values that a newer version of this server stored.
//!
//! Instances of two versions run side by side during a deployment, so an older one has to read and write items of a newer
//! one without losing anything.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};

/// A variant of an enum tagged by `kind`, whose kind this version does not know. Its fields are kept as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnknownVariant {
    /// The stored `kind`.
    pub kind: String,
    /// All other fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl UnknownVariant {
    /// Reads a variant whose kind is none of `known`.
    ///
    /// # Errors
    /// On a known kind: its fields are not the expected ones, and the item is invalid.
    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D, known: &[&str]) -> Result<Self, D::Error> {
        let variant = Self::deserialize(deserializer)?;
        if known.contains(&variant.kind.as_str()) {
            return Err(D::Error::custom(format_args!("`{}` has missing or invalid fields", variant.kind)));
        }
        Ok(variant)
    }
}
