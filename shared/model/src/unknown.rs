//! Values that a newer version of this server stored.
//!
//! During a deployment two versions run at the same time. The older one reads and writes items of the newer one, and must
//! not lose any of their fields.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};

/// A variant of an enum that is tagged by `kind`, of a kind that this version does not know. Its fields are kept unchanged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnknownVariant {
    /// The stored `kind`.
    pub kind: String,
    /// All other fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// Most characters of a word that are kept.
const MAX_WORD_LENGTH: usize = 32;

/// A word of a sender that this version does not know, in the form in which it is kept: upper case, at most
/// [`MAX_WORD_LENGTH`] characters, and `_` for each character that is not an ASCII letter, a digit, `_` or `-`.
pub(crate) fn bounded_word(word: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_uppercase() } else { '_' };
    word.trim().chars().take(MAX_WORD_LENGTH).map(safe).collect()
}

impl UnknownVariant {
    /// Reads a variant whose kind is none of `known`.
    ///
    /// # Errors
    /// When the kind is known: then the fields of the item are invalid.
    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D, known: &[&str]) -> Result<Self, D::Error> {
        let variant = Self::deserialize(deserializer)?;
        if known.contains(&variant.kind.as_str()) {
            return Err(D::Error::custom(format_args!("`{}` has missing or invalid fields", variant.kind)));
        }
        Ok(variant)
    }
}
