//! The redirect at rest: sealed for one attempt of one enrollment of one item, and openable with its key only.

use model::{card_enrollment::SealedRedirect, enrollment::Enrollment};
use runtime::store::{Enrollments, enrollments::RedirectKeys};

use super::{Stores, checks};
use crate::support::{enrollment_fixture::EnrollmentFixture, redirect_key_file::RedirectKeyFile};

checks! {
    a_stored_redirect_opens_with_its_key,
    a_redirect_opens_for_its_own_attempt_enrollment_and_item_only,
    a_damaged_redirect_does_not_open,
    the_same_redirect_is_sealed_differently_each_time,
    a_rotation_of_keys_never_loses_a_redirect,
    an_unknown_key_is_fetched_once_more_and_otherwise_there_is_no_redirect,
    other_writers_carry_the_sealed_bytes_unchanged,
    support_reads_an_enrollment_without_its_redirect,
}

async fn support_reads_an_enrollment_without_its_redirect(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    let stored = fixture.versioned(&stores.enrollments).await.unwrap();
    assert!(stored.redirect(1).is_some());
    let reader = stores.enrollments.reader();
    let read = reader.find(stored.enrollment().enrollment_id).await.unwrap().unwrap();
    assert_eq!(read.redirect(1), None);
    assert_eq!(read.record(), stored.record(), "and everything else");
    let by_card = reader.by_card(stored.enrollment().card_contract_id).await.unwrap();
    assert!(by_card.contains(stored.enrollment()));
    let page = reader.all().next().await.unwrap().unwrap();
    assert!(page.contains(stored.enrollment()));
}

async fn a_stored_redirect_opens_with_its_key(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    let stored = fixture.versioned(&stores.enrollments).await.unwrap();
    let sealed = stored.unexpired_redirect(1, fixture.at()).unwrap();
    let opened = stores.enrollments.open(&stores.keys, stored.enrollment(), sealed).await;
    assert_eq!(opened, Some(fixture.redirect()));
    let another_key = RedirectKeyFile::new().fetch().await;
    assert_eq!(stores.enrollments.open(&another_key, stored.enrollment(), sealed).await, None);
}

async fn a_redirect_opens_for_its_own_attempt_enrollment_and_item_only(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1");
    let sealed = seal(&stores.enrollments, &stores.keys, &fixture);
    let own = fixture.enrollment.clone();
    let later = EnrollmentFixture::new("key-2").enrollment;
    let other_tenant = stores.for_tenant("another-bank").0;
    let second = SealedRedirect { attempt: 2, ..sealed.clone() };
    for (what, enrollments, enrollment, sealed) in [
        ("attempt", &stores.enrollments, own.clone(), &second),
        ("enrollment", &stores.enrollments, later, &sealed),
        ("client", &stores.enrollments, Enrollment { client_id: 40001.into(), ..own.clone() }, &sealed),
        ("card", &stores.enrollments, Enrollment { card_contract_id: 70002.into(), ..own.clone() }, &sealed),
        (
            "requestor",
            &stores.enrollments,
            Enrollment { token_requestor_id: "50999000001".parse().unwrap(), ..own.clone() },
            &sealed,
        ),
        ("tenant", &other_tenant, own.clone(), &sealed),
    ] {
        assert_eq!(enrollments.open(&stores.keys, &enrollment, sealed).await, None, "another {what}");
    }
    assert!(stores.enrollments.open(&stores.keys, &own, &sealed).await.is_some());
}

async fn a_damaged_redirect_does_not_open(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1");
    let sealed = seal(&stores.enrollments, &stores.keys, &fixture);
    let open = async |bytes: Vec<u8>| {
        let damaged = SealedRedirect { sealed: bytes, ..sealed.clone() };
        stores.enrollments.open(&stores.keys, &fixture.enrollment, &damaged).await
    };
    for length in [0, 1, 4, 5, 16, 17, 33, sealed.sealed.len() - 1] {
        assert_eq!(open(sealed.sealed[..length].to_vec()).await, None, "{length} bytes");
    }
    for place in 0..sealed.sealed.len() {
        let mut bytes = sealed.sealed.clone();
        bytes[place] ^= 1;
        assert_eq!(open(bytes).await, None, "byte {place}");
    }
}

async fn the_same_redirect_is_sealed_differently_each_time(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1");
    let [one, other] = [(); 2].map(|()| seal(&stores.enrollments, &stores.keys, &fixture));
    // Version and key are the same; nonce and ciphertext are not.
    assert_eq!(one.sealed[..5], other.sealed[..5]);
    assert_ne!(one.sealed[5..17], other.sealed[5..17]);
    assert_ne!(one.sealed[17..], other.sealed[17..]);
}

/// Each step of a rotation, with a reader that has the step before and one that has started since.
async fn a_rotation_of_keys_never_loses_a_redirect(stores: &Stores) {
    let (enrollments, fixture) = (&stores.enrollments, EnrollmentFixture::new("key-1"));
    let (file, [old, new]) = (RedirectKeyFile::new(), [RedirectKeyFile::key(), RedirectKeyFile::key()]);
    let mut sealed = Vec::new();
    file.write(&[&old]);
    let mut earlier_reader = file.fetch().await;
    for keys in [&[&old][..], &[&old, &new], &[&new, &old], &[&new]] {
        file.write(keys);
        let current = file.fetch().await;
        let now = seal(enrollments, &current, &fixture);
        // A redirect lives minutes; with the last step those of the old key have expired.
        sealed.retain(|known: &SealedRedirect| keys.len() > 1 || known.sealed[1..5] == now.sealed[1..5]);
        sealed.push(now);
        for redirect in &sealed {
            for reader in [&earlier_reader, &current] {
                let opened = enrollments.open(reader, &fixture.enrollment, redirect).await;
                assert_eq!(opened, Some(fixture.redirect()), "{} keys", keys.len());
            }
        }
        earlier_reader = current;
    }
    let with_old_key = async |keys: &RedirectKeys| {
        file.write(&[&old]);
        let sealed = seal(enrollments, &file.fetch().await, &fixture);
        file.write(&[&new]);
        enrollments.open(keys, &fixture.enrollment, &sealed).await
    };
    assert_eq!(with_old_key(&earlier_reader).await, None, "the old key is gone");
}

async fn an_unknown_key_is_fetched_once_more_and_otherwise_there_is_no_redirect(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1");
    let file = RedirectKeyFile::new();
    let (reader, first) = (file.fetch().await, RedirectKeyFile::key());
    file.write(&[&first]);
    let sealed = seal(&stores.enrollments, &file.fetch().await, &fixture);
    let open = async || stores.enrollments.open(&reader, &fixture.enrollment, &sealed).await;
    file.write(&[&RedirectKeyFile::key()]);
    assert_eq!(open().await, None, "the secret does not have it either");
    file.write_text("not a key");
    assert_eq!(open().await, None, "the secret cannot be parsed");
    file.write(&[&RedirectKeyFile::key(), &first]);
    assert_eq!(open().await, Some(fixture.redirect()));
    file.write_text("not a key");
    assert_eq!(open().await, Some(fixture.redirect()), "it is known now");
}

/// Reconciliation, callback and notifications have no key.
async fn other_writers_carry_the_sealed_bytes_unchanged(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let pushed = fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    let sealed = pushed.stored.redirect(1).cloned();
    assert!(sealed.is_some());
    let failed = model::enrollment::Fact::TokenListReadFailed.recorded(fixture.at(), "");
    let (client, id) = (fixture.enrollment.client_id, fixture.id());
    stores.enrollments.record_facts(client, id, &[failed], fixture.at()).await.unwrap().unwrap();
    let stored = fixture.versioned(&stores.enrollments).await.unwrap();
    assert_eq!(stored.enrollment().facts.len(), 2);
    assert_eq!(stored.redirect(1).cloned(), sealed);
}

fn seal(enrollments: &Enrollments, keys: &RedirectKeys, fixture: &EnrollmentFixture) -> SealedRedirect {
    enrollments.seal(keys, &fixture.enrollment, 1, &fixture.redirect()).unwrap()
}
