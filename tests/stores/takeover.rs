//! A card is taken over only from an enrollment that is not live at that time.

use jiff::SignedDuration;
use model::enrollment::{Decision, Fact, Status};
use runtime::store::{Enrollments, enrollments::BeginOutcome};

use crate::support::{
    self,
    crash_proxy::{CrashProxy, LastWrite},
    enrollment_fixture::{EnrollmentFixture, facts},
    function_runtime::enrollments,
};

/// The first transaction meets the guard, the second is the takeover: the proxy holds it until the approval is recorded.
#[tokio::test]
async fn a_late_approval_prevents_a_concurrent_takeover_of_the_card() {
    let world = support::world().await;
    let direct = enrollments(&world);
    let late = EnrollmentFixture::new("key-1").start(&direct).await;
    facts(&direct, &late, [late.pushed()]).await;
    let ended = late.at() + SignedDuration::from_mins(11);

    let proxy = CrashProxy::crash_after(1, LastWrite::Late, &world).await;
    let runtime = proxy.runtime(&world);
    let held = Enrollments::from_settings(&mut runtime.settings.read(), &runtime).unwrap();
    let other = EnrollmentFixture::new("key-2").with_created_at(ended);
    let approval = async {
        proxy.crashed().await;
        let approved = Fact::Tar { decision: Decision::Approved, occurred_at: Some(ended) };
        let updated = facts(&direct, &late, [approved]).await;
        assert_eq!(updated.status_at(ended).status, Status::Authorized);
        proxy.release();
    };
    let (outcome, ()) = tokio::join!(other.begin_at(&held, ended), approval);
    assert_eq!(outcome, BeginOutcome::CardLocked(late.id()));
    assert_eq!(other.stored(&direct).await, None);
    assert_eq!(proxy.writes(), ["TransactWriteItems"; 2]);
}
