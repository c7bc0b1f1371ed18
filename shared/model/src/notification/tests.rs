use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::enrollment::{Consent, EnrollmentId, PushFailure, RecordedFact};
use mastercard::token_requestor::Platform;

const CLICK_TO_PAY: &str = "50123197928";

fn at(minute: i64) -> Timestamp {
    "2026-11-01T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

/// An enrollment of the sample card at Click to Pay, requested at that minute.
fn requested(minute: i64) -> Enrollment {
    Enrollment {
        enrollment_id: EnrollmentId::new(at(minute)),
        client_id: 40000.into(),
        card_contract_id: 70001.into(),
        token_requestor_id: CLICK_TO_PAY.parse().unwrap(),
        platform: Platform::Web,
        callback: "web-bank".into(),
        consent: Consent { terms_version: "1".into(), accepted_at: at(minute), authentication: None },
        created_at: at(minute),
        respond_by: at(minute),
        facts: Vec::new(),
    }
}

fn tcn(minute: i64) -> Notification {
    Notification {
        id: "n-1".into(),
        kind: NotificationKind::Tcn,
        occurred_at: at(minute),
        client_id: Some(40000.into()),
        card_contract_id: Some(70001.into()),
        token_requestor_id: None,
        token_unique_reference: None,
    }
}

fn matched(notification: &Notification, candidates: &[Enrollment]) -> Option<EnrollmentId> {
    notification.match_enrollment(candidates.iter()).map(|enrollment| enrollment.enrollment_id)
}

#[test]
fn a_notification_is_about_the_newest_enrollment_that_was_requested_before_it_happened() {
    let newest_first = [requested(60), requested(30), requested(0)];
    for (minute, expected) in
        [(61, Some(0)), (60, Some(0)), (50, Some(1)), (1, Some(2)), (-4, Some(2)), (-6, None)]
    {
        let expected = expected.map(|index: usize| newest_first[index].enrollment_id);
        assert_eq!(matched(&tcn(minute), &newest_first), expected, "{minute}");
    }
    // The clocks may differ by five minutes, to the second.
    assert_eq!(matched(&tcn(55), &newest_first), Some(newest_first[0].enrollment_id));
}

#[test]
fn a_tcn_of_a_sender_whose_clock_is_far_behind_does_not_match_an_enrollment_that_ended_before() {
    let newest_first = [requested(60), requested(0)];
    // The receipts of the older one may have been used until minute 16.
    for (minute, expected) in [(54, None), (22, None), (21, Some(1))] {
        let expected = expected.map(|index: usize| newest_first[index].enrollment_id);
        assert_eq!(matched(&tcn(minute), &newest_first), expected, "{minute}");
    }
    // Nothing else can have made it.
    assert_eq!(matched(&tcn(54), &newest_first[1..]), Some(newest_first[1].enrollment_id));
    let token = TokenState::Suspended;
    let tvn = Notification { kind: NotificationKind::Tvn { token, requested_by: None }, ..tcn(54) };
    assert_eq!(matched(&tvn, &newest_first), Some(newest_first[1].enrollment_id));
}

#[test]
fn a_tvn_of_another_token_than_the_one_that_a_tcn_named_matches_only_if_its_state_is_unknown() {
    let mut enrollment = requested(0);
    let known = Fact::Tcn { token_unique_reference: Some("reference".into()), occurred_at: at(1) };
    enrollment.add_fact(known.recorded(at(1), "n-0"));
    let own = Some(enrollment.enrollment_id);
    let matched = |reference: Option<&str>, token: TokenState| {
        let token_unique_reference = reference.map(Into::into);
        let kind = NotificationKind::Tvn { token, requested_by: None };
        matched(&Notification { kind, token_unique_reference, ..tcn(2) }, std::slice::from_ref(&enrollment))
    };
    assert_eq!(matched(Some("another"), TokenState::Deactivated), None);
    assert_eq!(matched(Some("reference"), TokenState::Deactivated), own);
    assert_eq!(matched(None, TokenState::Deactivated), own);
    assert_eq!(matched(Some("another"), TokenState::Other("RELINKED".into())), own);
}

#[test]
fn a_notification_matches_only_the_card_client_and_requestor_that_it_names() {
    let enrollments = [requested(0)];
    let own = Some(enrollments[0].enrollment_id);
    let with = |change: fn(&mut Notification)| {
        let mut notification = tcn(1);
        change(&mut notification);
        matched(&notification, &enrollments)
    };
    assert_eq!(with(|_| {}), own);
    assert_eq!(with(|it| it.client_id = Some(40001.into())), None);
    assert_eq!(with(|it| it.token_requestor_id = Some(CLICK_TO_PAY.parse().unwrap())), own);
    assert_eq!(with(|it| it.token_requestor_id = Some("50100000001".parse().unwrap())), None);
    assert_eq!(with(|it| it.card_contract_id = Some(70002.into())), None);
    assert_eq!(with(|it| it.card_contract_id = None), None);
}

#[test]
fn a_notification_without_a_client_matches_only_a_card_that_processing_confirmed() {
    let without_client = Notification { client_id: None, ..tcn(1) };
    let mut enrollment = requested(0);
    // A request may name any card; only a push confirms that it belongs to the client.
    assert_eq!(matched(&without_client, std::slice::from_ref(&enrollment)), None);
    let pushed = Fact::Pushed { receipt_hashes: vec!["hash".into()], expires_at: at(15) };
    enrollment.add_fact(pushed.recorded(at(0), ""));
    assert_eq!(matched(&without_client, std::slice::from_ref(&enrollment)), Some(enrollment.enrollment_id));
}

#[test]
fn a_notification_matches_no_enrollment_of_which_nothing_was_pushed() {
    let mut failed = requested(60);
    let reason = Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false };
    failed.add_fact(reason.recorded(at(60), ""));
    let newest_first = [failed, requested(30)];
    assert_eq!(matched(&tcn(61), &newest_first), Some(newest_first[1].enrollment_id));
    assert_eq!(matched(&tcn(61), &newest_first[..1]), None);
}

#[test]
fn a_token_that_the_notification_names_counts_more_than_the_time() {
    let mut older = requested(0);
    let known = Fact::Tcn { token_unique_reference: Some("reference".into()), occurred_at: at(1) };
    older.add_fact(RecordedFact { ..known.recorded(at(1), "n-0") });
    let newest_first = [requested(60), older];
    let named = Notification { token_unique_reference: Some("reference".into()), ..tcn(61) };
    assert_eq!(matched(&named, &newest_first), Some(newest_first[1].enrollment_id));
    let other = Notification { token_unique_reference: Some("another".into()), ..tcn(61) };
    assert_eq!(matched(&other, &newest_first), Some(newest_first[0].enrollment_id));
    // A token unique reference does not match another client's enrollment.
    let foreign = Notification { client_id: Some(40001.into()), ..named };
    assert_eq!(matched(&foreign, &newest_first), None);
}

#[test]
fn each_kind_has_its_fact_and_its_name() {
    let described = |kind: NotificationKind| {
        (kind.as_str().to_owned(), kind.name().to_owned(), Notification { kind, ..tcn(1) }.fact())
    };
    let occurred_at = at(1);
    let decision = Decision::Approved;
    let tar = Fact::Tar { decision: decision.clone(), occurred_at: Some(occurred_at) };
    assert_eq!(described(NotificationKind::Tar { decision }), ("TAR".into(), "TAR".into(), Some(tar)));
    let fact = Fact::Tcn { token_unique_reference: None, occurred_at };
    assert_eq!(described(NotificationKind::Tcn), ("TCN".into(), "TCN".into(), Some(fact)));
    let token = TokenState::Suspended;
    let requested_by = Some("ISSUER".to_owned());
    let tvn = Fact::Tvn { token: token.clone(), requested_by: requested_by.clone(), occurred_at };
    assert_eq!(
        described(NotificationKind::Tvn { token, requested_by }),
        ("TVN".into(), "TVN".into(), Some(tvn))
    );
    assert_eq!(
        described(NotificationKind::Other { name: "XYZ".into() }),
        ("other".into(), "XYZ".into(), None)
    );
    let newer: NotificationKind = serde_json::from_value(json!({"kind": "xyz"})).unwrap();
    assert_eq!(described(newer), ("other".into(), "xyz".into(), None));
}

/// One of each kind: the match is exhaustive, so a new kind has to be added here.
fn next_kind(kind: &NotificationKind) -> Option<NotificationKind> {
    Some(match kind {
        NotificationKind::Tar { .. } => NotificationKind::Tcn,
        NotificationKind::Tcn => {
            NotificationKind::Tvn { token: TokenState::Suspended, requested_by: Some("ISSUER".into()) }
        }
        NotificationKind::Tvn { .. } => NotificationKind::Other { name: "XYZ".into() },
        NotificationKind::Other { .. } => {
            serde_json::from_value(json!({"kind": "xyz", "device": {"name": "Watch"}})).unwrap()
        }
        NotificationKind::Unknown(_) => return None,
    })
}

/// One notification kind of each variant.
pub(super) fn every_kind() -> impl Iterator<Item = NotificationKind> {
    let first = NotificationKind::Tar { decision: Decision::Approved };
    std::iter::successors(Some(first), next_kind)
}

#[test]
fn every_kind_is_read_as_it_is_stored_and_one_of_a_newer_version_is_kept() {
    let mut kinds = Vec::new();
    for kind in every_kind() {
        let stored = json!(kind);
        assert_eq!(serde_json::from_value::<NotificationKind>(stored.clone()).unwrap(), kind, "{stored}");
        if !matches!(kind, NotificationKind::Unknown(_)) {
            kinds.push(stored["kind"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(
        kinds,
        NotificationKind::KINDS,
        "add the new kind to NotificationKind::KINDS in shared/model/src/notification.rs"
    );
    assert!(serde_json::from_value::<NotificationKind>(json!({"kind": "tvn"})).is_err());
}
