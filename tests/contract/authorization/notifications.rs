//! The notification endpoint: which caller, about whose card. Mastercard may notify about every client, but ids of one
//! notification that do not belong together change nothing; such a notification is stored.

use std::{collections::BTreeMap, io::Write as _};

use local::Options;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Harness,
    matrix::{IdCase, Ownership, cases},
    principals::is_notification,
    print,
    routes::{Kind, Parameter, Route},
};
use crate::support::{app::App, notification_client::NotificationClient};

/// Key of its route.
pub(super) const KEY: &str = "POST /notifications";
const SECRET: &str = "the-secret-of-this-test";

/// A caller of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Mastercard,
    WithoutSecret,
    WithAnotherSecret,
    /// A trusted certificate of another name.
    OtherName,
    /// The expected name, from an untrusted authority.
    Impostor,
    WithoutCertificate,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_notification_changes_anothers_enrollment_or_is_accepted_from_others() {
    use Caller::{Impostor, Mastercard, OtherName, WithAnotherSecret, WithoutCertificate, WithoutSecret};
    let known = [Mastercard, WithoutSecret, WithAnotherSecret, Impostor, WithoutCertificate];
    let other_name = BTreeMap::from([("NOTIFICATION_CLIENT_SUBJECTS".into(), "CN=other.example".into())]);
    let (cases, more) = tokio::join!(play(BTreeMap::new(), &known), play(other_name, &[OtherName]));
    print(&format!("authorization: {} cases of the notification endpoint", cases + more));
}

/// Checks the cases of some callers in a new world. Returns how many.
async fn play(mut settings: BTreeMap<String, String>, callers: &[Caller]) -> usize {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(SECRET.as_bytes()).expect("a secret");
    settings.insert("NOTIFICATION_SHARED_SECRET".into(), format!("file:{}", file.path().display()));
    let app = App::start_with(Options { settings, ..Options::default() }).await;
    let mut harness = Harness::new(Route::from_key(KEY), app).await;
    harness.principals = harness.principals.map(|principal| principal.with_token_ids());
    let callers: Vec<_> = callers.iter().map(|caller| (*caller, caller.at(&harness))).collect();
    let mut before = harness.app.stored().await;
    let all = cases(&harness.route, &harness.principals);
    for case in all.iter().flatten() {
        for (caller, client) in callers.iter().filter(|(caller, _)| *caller != Caller::Mastercard) {
            harness.check_refused(*caller, client, case).await;
        }
        assert_eq!(before, harness.app.stored().await, "{case:?}: something changed");
        for (_, client) in callers.iter().filter(|(caller, _)| *caller == Caller::Mastercard) {
            before = harness.check_accepted(client, case, before).await;
        }
    }
    all.len() * callers.len()
}

impl Caller {
    fn at(self, harness: &Harness) -> NotificationClient {
        let world = &harness.app.world;
        match self {
            Self::Mastercard | Self::OtherName => {
                NotificationClient::with_trusted_certificate(world).with_secret(SECRET)
            }
            Self::WithoutSecret => NotificationClient::with_trusted_certificate(world),
            Self::WithAnotherSecret => {
                NotificationClient::with_trusted_certificate(world).with_secret("another-secret")
            }
            Self::Impostor => NotificationClient::with_untrusted_certificate(world).with_secret(SECRET),
            Self::WithoutCertificate => NotificationClient::without_certificate(world).with_secret(SECRET),
        }
    }
}

/// Whether a notification of Mastercard changes the enrollment that it names.
fn changes_enrollment(case: &IdCase) -> bool {
    match (case.parameter.kind, case.ownership(0)) {
        // The sender's id of it: a repeated one changes nothing.
        (Kind::Notification, Ownership::Own | Ownership::Foreign) => false,
        (Kind::Notification, _) | (_, Ownership::Own) => true,
        // An empty text is the same as an absent id.
        (Kind::Client | Kind::TokenRequestor | Kind::Token, _) if case.value.as_deref() == Some("") => true,
        // Without a token, or with a text that is none, the card identifies the enrollment. With another token than the one that
        // its TCN named, the state is that other one's.
        (Kind::Token, Ownership::Foreign | Ownership::Unknown) => false,
        (Kind::Token, _) => true,
        (Kind::Client | Kind::Card | Kind::TokenRequestor, _) => false,
        unknown => panic!("no rule decides whether {unknown:?} changes anything"),
    }
}

impl Harness {
    async fn check_refused(&self, caller: Caller, client: &NotificationClient, case: &IdCase) {
        let response = client.try_send(self.notification(case)).await;
        match caller {
            Caller::Impostor | Caller::WithoutCertificate => {
                assert!(
                    response.is_err_and(|error| !error.is_timeout()),
                    "{caller:?} was accepted with {case:?}"
                );
            }
            _ => {
                let response = response.expect("a response");
                let problem = (response.status, response.body["code"].as_str());
                assert_eq!(problem, (403, Some("forbidden")), "{caller:?} with {case:?}");
            }
        }
    }

    /// Mastercard's notification is accepted and changes only what it may.
    async fn check_accepted(
        &self,
        client: &NotificationClient,
        case: &IdCase,
        before: Vec<Value>,
    ) -> Vec<Value> {
        let [principal, _] = &self.principals;
        assert_eq!(client.send(self.notification(case)).await.status, 200, "{case:?}");
        let after = self.app.stored().await;
        let enrollments = |items: &[Value], own: bool| {
            let items = items.iter().filter(|item| !is_notification(item) && principal.owns(item) == own);
            items.cloned().collect::<Vec<_>>()
        };
        assert_eq!(enrollments(&before, false), enrollments(&after, false), "{case:?} changed another's");
        let changed = enrollments(&before, true) != enrollments(&after, true);
        assert_eq!(changed, changes_enrollment(case) || self.is_own_id(case), "{case:?}");
        after
    }

    /// Whether it is the id of the notification's enrollment, in a spelling that only a notification may have.
    fn is_own_id(&self, case: &IdCase) -> bool {
        let value = case.value.as_deref().unwrap_or_default().trim();
        let value = match case.parameter.kind {
            Kind::Client | Kind::Card => value.trim_start_matches('0'),
            Kind::TokenRequestor => value,
            _ => return false,
        };
        value == self.principals[0].companion(&case.parameter, "")
    }

    fn notification(&self, case: &IdCase) -> String {
        let companion = |parameter: &Parameter| {
            Some(self.principals[0].companion(parameter, &Uuid::new_v4().to_string()))
        };
        let ids = |parameter: &Parameter| {
            if case.parameter == *parameter { case.value.clone() } else { companion(parameter) }
        };
        self.route.send(ids).body
    }
}
