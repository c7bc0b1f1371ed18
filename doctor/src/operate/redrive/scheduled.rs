//! The functions that events of the dead-letter queue are sent to.

use runtime::config::{SettingsReader, registry};

/// The functions without a route, as the settings name them.
///
/// A function with a route believes the claims in its event, since API Gateway has checked them. Who writes into the queue must not choose
/// such an event, and the roles of the scheduled functions may write into it.
pub(super) struct ScheduledFunctions(Vec<String>);

impl ScheduledFunctions {
    /// Reads `SYNC_REQUESTORS_FUNCTION`, `FETCH_ASSETS_FUNCTION` and `RECONCILE_ENROLLMENTS_FUNCTION`.
    pub(super) fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let functions = [
            settings.value(&registry::SYNC_REQUESTORS_FUNCTION),
            settings.value(&registry::FETCH_ASSETS_FUNCTION),
            settings.value(&registry::RECONCILE_ENROLLMENTS_FUNCTION),
        ];
        functions.into_iter().collect::<Option<_>>().map(Self)
    }

    /// The function with the name in this ARN as the settings have it, so that a message chooses neither account nor version.
    pub(super) fn named_in(&self, arn: &str) -> Option<&str> {
        let name = function_name(arn);
        self.0.iter().map(String::as_str).find(|function| function_name(function) == name)
    }
}

/// The name in a function's name or ARN, without a version or alias.
pub(super) fn function_name(function: &str) -> &str {
    let name = function.split_once(":function:").map_or(function, |(_, name)| name);
    name.split_once(':').map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function";

    #[test]
    fn a_scheduled_function_is_found_by_its_name_and_invoked_as_the_settings_say() {
        let live = format!("{ARN}:stack-SyncRequestors-1:live");
        let functions = ScheduledFunctions(vec![live.clone(), "stack-FetchAssets-2".into()]);
        for qualifier in ["", ":live", ":7", ":$LATEST"] {
            let named = |name: &str| functions.named_in(&format!("{ARN}:{name}{qualifier}"));
            assert_eq!(named("stack-SyncRequestors-1"), Some(live.as_str()), "{qualifier}");
            assert_eq!(named("stack-FetchAssets-2"), Some("stack-FetchAssets-2"), "{qualifier}");
            assert_eq!(named("stack-ManageTokens-3"), None, "{qualifier}");
        }
        let elsewhere = "arn:aws:lambda:us-east-1:999999999999:function:stack-SyncRequestors-1:3";
        assert_eq!(functions.named_in(elsewhere), Some(live.as_str()), "not the other account's function");
        for other in ["", ":", "stack-SyncRequestors", "stack-SyncRequestors-10", "live"] {
            assert_eq!(functions.named_in(other), None, "{other}");
        }
    }

    #[test]
    fn a_function_is_named_by_its_name_its_arn_or_the_end_of_it() {
        for function in ["name", "name:live", "111122223333:function:name:7", &format!("{ARN}:name")] {
            assert_eq!(function_name(function), "name", "{function}");
        }
    }
}
