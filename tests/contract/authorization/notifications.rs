//! The notification endpoint: which caller, about whose card. Mastercard may notify about every client, but ids of one
//! notification that do not belong together change nothing; such a notification is stored.

use std::{collections::BTreeMap, io::Write as _};

use local::Options;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Stage,
    matrix::{IdCase, Ownership, given},
    principals::is_notification,
    routes::{Kind, Parameter, Route},
    told,
};
use crate::support::{app::App, notification_client::NotificationClient};

/// Key of its route.
pub(super) const KEY: &str = "POST /notifications";
const SECRET: &str = "the-secret-of-this-test";

/// A caller of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Knocks {
    Mastercard,
    WithoutSecret,
    WithAnotherSecret,
    /// A trusted certificate of another name.
    SomebodyElse,
    /// The expected name, from an untrusted authority.
    Impostor,
    WithoutCertificate,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_notification_changes_anothers_enrollment_or_is_accepted_from_others() {
    use Knocks::{Impostor, Mastercard, SomebodyElse, WithAnotherSecret, WithoutCertificate, WithoutSecret};
    let known = [Mastercard, WithoutSecret, WithAnotherSecret, Impostor, WithoutCertificate];
    let other_name = BTreeMap::from([("NOTIFICATION_CLIENT_SUBJECTS".into(), "CN=somebody.example".into())]);
    let (cells, more) = tokio::join!(play(BTreeMap::new(), &known), play(other_name, &[SomebodyElse]));
    told(&format!("authorization: {} cells at Mastercard's door", cells + more));
}

/// Checks the cases of some callers in a new world. Returns how many.
async fn play(mut settings: BTreeMap<String, String>, callers: &[Knocks]) -> usize {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(SECRET.as_bytes()).expect("a secret");
    settings.insert("NOTIFICATION_SHARED_SECRET".into(), format!("file:{}", file.path().display()));
    let app = App::start_with(Options { settings, ..Options::default() }).await;
    let mut stage = Stage::of(Route::of(KEY), app).await;
    stage.principals = stage.principals.map(|principal| principal.with_its_token());
    let callers: Vec<_> = callers.iter().map(|caller| (*caller, caller.at(&stage))).collect();
    let mut before = stage.app.stored().await;
    let all = given(&stage.route, &stage.principals);
    for given in all.iter().flatten() {
        for (caller, client) in callers.iter().filter(|(caller, _)| *caller != Knocks::Mastercard) {
            stage.check_refused(*caller, client, given).await;
        }
        assert_eq!(before, stage.app.stored().await, "{given:?}: something changed");
        for (_, client) in callers.iter().filter(|(caller, _)| *caller == Knocks::Mastercard) {
            before = stage.check_accepted(client, given, before).await;
        }
    }
    all.len() * callers.len()
}

impl Knocks {
    fn at(self, stage: &Stage) -> NotificationClient {
        let world = &stage.app.world;
        match self {
            Self::Mastercard | Self::SomebodyElse => NotificationClient::of(world).with_secret(SECRET),
            Self::WithoutSecret => NotificationClient::of(world),
            Self::WithAnotherSecret => NotificationClient::of(world).with_secret("another-secret"),
            Self::Impostor => NotificationClient::with_untrusted_certificate(world).with_secret(SECRET),
            Self::WithoutCertificate => NotificationClient::without_certificate(world).with_secret(SECRET),
        }
    }
}

/// Whether a notification of Mastercard changes the enrollment that it names.
fn moves(given: &IdCase) -> bool {
    match (given.parameter.kind, given.ownership(0)) {
        // The sender's id of it: a repeated one changes nothing.
        (Kind::Notification, Ownership::Own | Ownership::Foreign) => false,
        (Kind::Notification, _) | (_, Ownership::Own) => true,
        // The card identifies the enrollment; the token only decides between several of that card.
        (Kind::Token, _) => true,
        (Kind::Client | Kind::Card | Kind::TokenRequestor, _) => false,
        unknown => panic!("no rule says whether {unknown:?} moves anything"),
    }
}

impl Stage {
    async fn check_refused(&self, caller: Knocks, client: &NotificationClient, given: &IdCase) {
        let answer = client.try_send(self.notification(given)).await;
        match caller {
            Knocks::Impostor | Knocks::WithoutCertificate => {
                assert!(
                    answer.is_err_and(|error| !error.is_timeout()),
                    "{caller:?} was let in with {given:?}"
                );
            }
            _ => {
                let answer = answer.expect("an answer");
                let told = (answer.status, answer.body["code"].as_str());
                assert_eq!(told, (403, Some("forbidden")), "{caller:?} with {given:?}");
            }
        }
    }

    /// Mastercard's notification is accepted and changes only what it may.
    async fn check_accepted(
        &self,
        client: &NotificationClient,
        given: &IdCase,
        before: Vec<Value>,
    ) -> Vec<Value> {
        let [principal, _] = &self.principals;
        assert_eq!(client.send(self.notification(given)).await.status, 200, "{given:?}");
        let after = self.app.stored().await;
        let enrollments = |items: &[Value], own: bool| {
            let items = items.iter().filter(|item| !is_notification(item) && principal.owns(item) == own);
            items.cloned().collect::<Vec<_>>()
        };
        assert_eq!(enrollments(&before, false), enrollments(&after, false), "{given:?} moved another's");
        let moved = enrollments(&before, true) != enrollments(&after, true);
        assert_eq!(moved, moves(given), "{given:?}");
        after
    }

    fn notification(&self, given: &IdCase) -> String {
        let companion = |parameter: &Parameter| {
            Some(self.principals[0].companion(parameter, &Uuid::new_v4().to_string()))
        };
        let ids = |parameter: &Parameter| {
            if given.parameter == *parameter { given.value.clone() } else { companion(parameter) }
        };
        self.route.send(ids).body
    }
}
