mod page;

use crate::config::Function;
use std::collections::BTreeSet;

use super::*;
use crate::config::{ConfigError, Settings, misspelling::resembles};

#[test]
fn each_name_is_defined_once_and_resembles_no_other() {
    let names: BTreeSet<_> = definitions().map(|definition| definition.name).collect();
    assert_eq!(names.len(), definitions().count());
    for one in &names {
        for other in &names {
            assert!(!resembles(one, other), "{one} could be taken for a misspelling of {other}");
        }
    }
}

#[test]
fn each_default_parses() {
    let settings = Settings::default();
    let mut reader = settings.read();
    check_all(&mut reader);
    assert_eq!(reader.problems().to_string(), ConfigError::Settings(Vec::new()).to_string());
}

#[test]
fn each_function_has_settings_and_each_setting_a_function_or_a_tool() {
    for function in Function::ALL {
        assert!(definitions().any(|definition| definition.functions.contains(function)), "{function}");
    }
    let of_tools = definitions().filter(|definition| definition.functions.is_empty());
    let names: Vec<_> = of_tools.map(|definition| definition.name).collect();
    assert_eq!(
        names,
        [
            "SYNC_REQUESTORS_FUNCTION",
            "FETCH_ASSETS_FUNCTION",
            "RECONCILE_ENROLLMENTS_FUNCTION",
            "DEAD_LETTERS_URL",
            "AUDIT_BUCKET",
            "AUDIT_FILE"
        ]
    );
}
