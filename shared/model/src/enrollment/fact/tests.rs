//! How facts are stored, those of a newer version among them.

use serde_json::{Value, json};

use super::*;

const FILE: &str = "shared/model/src/enrollment/fact.rs";

/// One fact of each variant: the match is exhaustive, so a new variant has to be added here.
fn next_variant(fact: &Fact) -> Option<Fact> {
    let at = Timestamp::UNIX_EPOCH;
    Some(match fact {
        Fact::Restarted { .. } => Fact::Pushed { receipt_hashes: vec!["hash".into()], expires_at: at },
        Fact::Pushed { .. } => Fact::PushFailed { reason: PushFailure::InternalError, retryable: true },
        Fact::PushFailed { .. } => Fact::PushUnknown,
        Fact::PushUnknown => Fact::Tar { decision: Decision::Approved, occurred_at: Some(at) },
        Fact::Tar { .. } => Fact::Tcn { token_unique_reference: Some("reference".into()), occurred_at: at },
        Fact::Tcn { .. } => {
            Fact::Tvn { token: TokenState::Suspended, requested_by: Some("ISSUER".into()), occurred_at: at }
        }
        Fact::Tvn { .. } => Fact::Callback { result: CallbackResult::Approved },
        Fact::Callback { .. } => Fact::TokenList { token: None },
        Fact::TokenList { .. } => Fact::TokenListReadFailed,
        Fact::TokenListReadFailed => {
            Fact::TokenChangeRequested { action: TokenAction::Suspend, token_id: token_id() }
        }
        Fact::TokenChangeRequested { .. } => Fact::TokenChangeConfirmed {
            action: TokenAction::Remove,
            token_id: token_id(),
            listed: Some(TokenState::Deactivated),
        },
        Fact::TokenChangeConfirmed { .. } => serde_json::from_value(newer()).unwrap(),
        Fact::Unknown(_) => return None,
    })
}

fn token_id() -> TokenId {
    "0123456789abcdef0123456789abcdef".parse().unwrap()
}

fn every_fact() -> impl Iterator<Item = Fact> {
    let (platform, callback) = (Platform::Web, "web-bank".into());
    let consent =
        Consent { terms_version: "1".into(), accepted_at: Timestamp::UNIX_EPOCH, authentication: None };
    let first = Fact::Restarted { platform, callback, consent, respond_by: Timestamp::UNIX_EPOCH };
    std::iter::successors(Some(first), next_variant)
}

/// A fact that this version does not know.
fn newer() -> Value {
    json!({"kind": "of_a_newer_version", "by": 70002, "history": [{"at": "2026-11-01T10:00:00Z"}], "reason": null})
}

#[test]
fn every_fact_is_stored_under_its_kind_and_read_again() {
    let mut kinds = Vec::new();
    for fact in every_fact() {
        let stored = json!(fact);
        assert_eq!(stored["kind"], fact.kind());
        assert_eq!(serde_json::from_value::<Fact>(stored).unwrap(), fact);
        if !matches!(fact, Fact::Unknown(_)) {
            kinds.push(fact.kind().to_owned());
        }
    }
    assert_eq!(kinds, Fact::KINDS, "add the new kind to Fact::KINDS in {FILE}");
}

#[test]
fn a_fact_of_a_newer_version_is_kept_as_it_is_stored() {
    let stored = json!({"key": "of_a_newer_version:1", "at": "2026-11-01T10:00:00Z", "fact": newer()});
    let recorded: RecordedFact = serde_json::from_value(stored.clone()).unwrap();
    let Fact::Unknown(unknown) = &recorded.fact else { panic!("{recorded:?}") };
    assert_eq!((unknown.kind.as_str(), &unknown.fields["by"]), ("of_a_newer_version", &json!(70002)));
    assert_eq!((recorded.fact.occurred_at(), recorded.fact.is_of_one_attempt()), (None, false));
    assert_eq!(json!(recorded), stored);
}

#[test]
fn facts_of_two_notifications_are_both_recorded() {
    for fact in every_fact().filter(|fact| fact.occurred_at().is_some()) {
        let kind = fact.kind().to_owned();
        assert!(
            !fact.is_of_one_attempt(),
            "return false for `{kind}` in `Fact::is_of_one_attempt` in {FILE}: a notification names no attempt"
        );
        let [one, another] = ["n-1", "n-2"].map(|id| fact.clone().recorded(Timestamp::UNIX_EPOCH, id));
        assert_ne!(
            one.key, another.key,
            "add the source to the key of `{kind}` in `Fact::recorded` in {FILE}"
        );
    }
}

#[test]
fn a_known_fact_with_missing_or_wrong_fields_is_an_error() {
    for broken in [json!({"kind": "tcn"}), json!({"kind": "push_failed", "reason": 7}), json!({"by": 1})] {
        assert!(serde_json::from_value::<Fact>(broken.clone()).is_err(), "{broken}");
    }
}
