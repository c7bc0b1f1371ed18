//! What can be done with a token in which state.

use mastercard::processing::TokenAction::{self, Remove, Resume, Suspend};
use model::enrollment::TokenState;

/// What an action does to a token in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The change has to be sent.
    Change,
    /// The token has the state already.
    Nothing,
    /// A token in this state cannot be changed so.
    NotPossible,
}

pub(crate) fn effect(action: TokenAction, state: &TokenState) -> Effect {
    match (action, state) {
        (Suspend, TokenState::Suspended)
        | (Resume, TokenState::Active)
        | (Remove, TokenState::Deactivated) => Effect::Nothing,
        // A token that is not activated yet is not resumed: that would activate it without the cardholder's authentication.
        (Suspend, TokenState::Active) | (Resume, TokenState::Suspended) | (Remove, _) => Effect::Change,
        (Suspend | Resume, _) => Effect::NotPossible,
    }
}

/// The actions that change a token in this state.
pub(crate) fn possible(state: &TokenState) -> Vec<&'static str> {
    let is_possible = |action: &TokenAction| effect(*action, state) == Effect::Change;
    TokenAction::ALL.into_iter().filter(is_possible).map(TokenAction::as_str).collect()
}

/// The state of the token once the action took effect and nobody else holds it.
pub(crate) fn target(action: TokenAction) -> TokenState {
    match action {
        Suspend => TokenState::Suspended,
        Resume => TokenState::Active,
        Remove => TokenState::Deactivated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_active_token_is_suspended_or_removed_and_a_suspended_one_resumed_or_removed() {
        assert_eq!(possible(&TokenState::Active), ["suspend", "remove"]);
        assert_eq!(possible(&TokenState::Suspended), ["resume", "remove"]);
        assert_eq!(possible(&TokenState::Deactivated), [""; 0]);
    }

    #[test]
    fn a_token_that_is_not_activated_or_has_an_unknown_state_can_only_be_removed() {
        for state in [TokenState::Inactive, TokenState::Other("FROZEN".into())] {
            assert_eq!(possible(&state), ["remove"]);
        }
    }

    #[test]
    fn an_action_changes_nothing_if_the_token_has_its_state() {
        for action in TokenAction::ALL {
            assert_eq!(effect(action, &target(action)), Effect::Nothing);
        }
    }
}
