//! Reading: a client sees only its own enrollments, newest first; a callback state finds one enrollment, for two hours.

use jiff::SignedDuration;
use mastercard::secret::CallbackState;
use model::enrollment::{Enrollment, EnrollmentId, Fact, PushFailure};
use runtime::store::enrollments::{BeginOutcome, Enrollments};

use super::{Stores, checks, eventually};
use crate::support::enrollment_fixture::{CARD, CLIENT, EnrollmentFixture, facts};

checks! {
    another_client_sees_nothing_of_an_enrollment,
    another_client_records_nothing_on_an_enrollment,
    another_bank_sees_nothing_of_an_enrollment,
    enrollments_are_listed_in_pages_newest_first,
    a_page_of_one_card_holds_no_other_card,
    a_notification_finds_the_enrollments_of_its_card_newest_first,
    support_finds_an_enrollment_by_its_id_alone,
    an_export_holds_every_enrollment_of_this_bank_and_none_of_another,
    a_returning_browser_is_identified_by_its_state_for_two_hours,
    items_without_an_attempt_belong_to_the_first_attempt,
    secrets_are_not_stored_in_plain_text,
}

const OTHER_CLIENT: u64 = 40001;

async fn another_client_sees_nothing_of_an_enrollment(stores: &Stores) {
    let (enrollments, fixture) = (&stores.enrollments, pushed(stores).await);
    let requestor = &fixture.enrollment.token_requestor_id;
    assert_eq!(enrollments.get(OTHER_CLIENT.into(), fixture.id()).await.unwrap(), None);
    let stored = fixture.stored(enrollments).await.unwrap();
    let of_other_client = Enrollment { client_id: OTHER_CLIENT.into(), ..stored };
    assert_eq!(enrollments.redirect(&of_other_client, 1, fixture.at()).await.unwrap(), None);
    assert_eq!(enrollments.lock_holder(OTHER_CLIENT.into(), CARD.into(), requestor).await.unwrap(), None);
    assert!(list(enrollments, OTHER_CLIENT, None, 50, None).await.0.is_empty());
    assert!(list(enrollments, OTHER_CLIENT, Some(CARD), 50, Some(fixture.id())).await.0.is_empty());
}

async fn another_client_records_nothing_on_an_enrollment(stores: &Stores) {
    let (enrollments, fixture) = (&stores.enrollments, pushed(stores).await);
    let before = fixture.stored(enrollments).await;
    let fact = [Fact::PushUnknown.recorded(fixture.at(), "")];
    assert_eq!(
        enrollments.record_facts(OTHER_CLIENT.into(), fixture.id(), &fact, fixture.at()).await.unwrap(),
        None
    );
    assert_eq!(fixture.stored(enrollments).await, before);
}

async fn another_bank_sees_nothing_of_an_enrollment(stores: &Stores) {
    let (theirs, _) = stores.for_tenant("another-bank");
    let fixture = pushed(stores).await;
    assert_eq!(fixture.stored(&theirs).await, None);
    assert_eq!(fixture.by_state(&theirs).await, None);
    assert_eq!(fixture.begin(&theirs).await, BeginOutcome::Started, "same client, card and key");
    eventually(async || stores.enrollments.by_card(CARD.into()).await.unwrap(), |found| found.len() == 1)
        .await;
    assert_eq!(theirs.by_card(CARD.into()).await.unwrap(), [fixture.enrollment]);
}

async fn support_finds_an_enrollment_by_its_id_alone(stores: &Stores) {
    let (theirs, _) = stores.for_tenant("another-bank");
    let fixture = pushed(stores).await;
    let found =
        eventually(async || stores.enrollments.find(fixture.id()).await.unwrap(), Option::is_some).await;
    assert_eq!(found, fixture.stored(&stores.enrollments).await);
    assert_eq!(stores.enrollments.find(EnrollmentFixture::new("never-started").id()).await.unwrap(), None);
    assert_eq!(theirs.find(fixture.id()).await.unwrap(), None);
}

async fn an_export_holds_every_enrollment_of_this_bank_and_none_of_another(stores: &Stores) {
    let (theirs, _) = stores.for_tenant("another-bank");
    EnrollmentFixture::new("key-1").start(&theirs).await;
    let ours = five_enrollments(stores).await;
    let (mut exported, mut pages) = (Vec::new(), stores.enrollments.all());
    while let Some(page) = pages.next().await.unwrap() {
        exported.extend(ids(page));
    }
    exported.sort();
    assert_eq!(exported, ours);
}

async fn enrollments_are_listed_in_pages_newest_first(stores: &Stores) {
    let [a, b, c, d, e] = five_enrollments(stores).await;
    let enrollments = &stores.enrollments;
    assert_eq!(list(enrollments, CLIENT, None, 2, None).await, (vec![e, d], Some(d)));
    assert_eq!(list(enrollments, CLIENT, None, 2, Some(d)).await, (vec![c, b], Some(b)));
    assert_eq!(list(enrollments, CLIENT, None, 2, Some(b)).await, (vec![a], None));
    assert_eq!(list(enrollments, CLIENT, None, 5, None).await, (vec![e, d, c, b, a], None));
}

async fn a_page_of_one_card_holds_no_other_card(stores: &Stores) {
    let [a, _, c, _, e] = five_enrollments(stores).await;
    let enrollments = &stores.enrollments;
    assert_eq!(list(enrollments, CLIENT, Some(CARD), 2, None).await, (vec![e, c], Some(c)));
    assert_eq!(list(enrollments, CLIENT, Some(CARD), 2, Some(c)).await, (vec![a], None));
    assert_eq!(list(enrollments, CLIENT, Some(79999), 2, None).await, (vec![], None));
}

async fn a_notification_finds_the_enrollments_of_its_card_newest_first(stores: &Stores) {
    let [a, _, c, _, e] = five_enrollments(stores).await;
    let found = async || ids(stores.enrollments.by_card(CARD.into()).await.unwrap());
    assert_eq!(eventually(found, |found| found.len() == 3).await, [e, c, a]);
}

async fn a_returning_browser_is_identified_by_its_state_for_two_hours(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let other = EnrollmentFixture::new("key-2").with_card(70002).start(&stores.enrollments).await;
    let end = fixture.at() + SignedDuration::from_hours(2);
    let find = async |state: &CallbackState, at| {
        let found = stores.enrollments.by_state(state, at).await.unwrap();
        found.map(|(versioned, attempt)| (versioned.enrollment, attempt))
    };
    assert_eq!(
        find(&fixture.state, end - SignedDuration::from_millis(1)).await,
        Some((fixture.enrollment.clone(), 1))
    );
    assert_eq!(find(&other.state, fixture.at()).await, Some((other.enrollment, 1)));
    assert_eq!(find(&CallbackState::new("never-given"), fixture.at()).await, None);
    assert_eq!(find(&fixture.state, end).await, None);
}

async fn items_without_an_attempt_belong_to_the_first_attempt(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    for mut item in stores.scan(&stores.tables.enrollments).await {
        if item.remove("attempt").is_some() {
            let put = stores.db.put_item().table_name(&stores.tables.enrollments);
            put.set_item(Some(item)).send().await.unwrap();
        }
    }
    let returned = stores.enrollments.by_state(&fixture.state, fixture.at()).await.unwrap();
    assert_eq!(returned, Some((fixture.versioned(&stores.enrollments), 1)));
    assert_eq!(
        EnrollmentFixture::new("key-1").begin(&stores.enrollments).await,
        BeginOutcome::Replayed(fixture.id(), 1)
    );
}

async fn secrets_are_not_stored_in_plain_text(stores: &Stores) {
    let fixture = pushed(stores).await;
    for item in stores.scan(&stores.tables.enrollments).await {
        assert_eq!(item["tenant"].as_s().map(String::as_str), Ok("default"));
        let redirect = item["sk"].as_s().is_ok_and(|sk| sk.starts_with("REDIRECT#"));
        let printed = format!("{item:?}");
        assert!(
            !printed.contains(fixture.state.expose()) && !printed.contains(&fixture.key),
            "{:?}",
            item["sk"]
        );
        assert_eq!(printed.contains("MCC-SAMPLE"), redirect, "{:?}", item["sk"]);
    }
}

async fn pushed(stores: &Stores) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new("a-key-that-is-long-enough").start(&stores.enrollments).await;
    let fact = fixture.pushed().recorded(fixture.at(), "");
    let (base, redirect) = (fixture.versioned(&stores.enrollments), fixture.redirect());
    stores.enrollments.record_push(base, fact, &redirect, fixture.at()).await.unwrap().unwrap();
    fixture
}

/// Five failed enrollments, a second apart; the first, third and fifth are of the sample card.
async fn five_enrollments(stores: &Stores) -> [EnrollmentId; 5] {
    let start = EnrollmentFixture::new("any").at() - SignedDuration::from_secs(5);
    let mut ids = Vec::new();
    for n in 0_u8..5 {
        let fixture = EnrollmentFixture::new(&format!("key-{n}")).with_card(CARD + u64::from(n % 2));
        let fixture = fixture
            .with_created_at(start + SignedDuration::from_secs(n.into()))
            .start(&stores.enrollments)
            .await;
        facts(&stores.enrollments, &fixture, [failed()]).await;
        ids.push(fixture.id());
    }
    ids.try_into().unwrap()
}

fn failed() -> Fact {
    Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true }
}

async fn list(
    enrollments: &Enrollments,
    client: u64,
    card: Option<u64>,
    limit: usize,
    start: Option<EnrollmentId>,
) -> (Vec<EnrollmentId>, Option<EnrollmentId>) {
    let page = enrollments.list(client.into(), card.map(Into::into), limit, start).await.unwrap();
    (ids(page.enrollments), page.next)
}

fn ids(enrollments: Vec<model::enrollment::Enrollment>) -> Vec<EnrollmentId> {
    enrollments.into_iter().map(|enrollment| enrollment.enrollment_id).collect()
}
