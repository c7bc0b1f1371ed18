//! All texts of the file, for checks of the whole file.

use toml_edit::{Item, Value};

use super::Samconfig;

/// A text of the file: a value, or one of a list.
pub(crate) struct Text<'a> {
    /// The stage that it belongs to.
    pub(crate) stage: &'a str,
    /// The option that it is a value of, such as `parameter_overrides`.
    pub(crate) option: &'a str,
    /// The text.
    pub(crate) text: &'a str,
}

impl Samconfig {
    /// All texts, of all stages.
    pub(crate) fn texts(&self) -> Vec<Text<'_>> {
        let mut texts = Vec::new();
        for (stage, item) in self.document.iter() {
            collect_texts(stage, stage, item, &mut texts);
        }
        texts
    }
}

fn collect_texts<'a>(stage: &'a str, option: &'a str, item: &'a Item, texts: &mut Vec<Text<'a>>) {
    let list = item.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.extend(item.as_str().into_iter().chain(list).map(|text| Text { stage, option, text }));
    for (option, item) in item.as_table_like().into_iter().flat_map(|table| table.iter()) {
        collect_texts(stage, option, item, texts);
    }
}
