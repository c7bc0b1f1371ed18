//! Two cardholders with ids of every kind: from an enrollment with a valid redirect, and from one that was restarted and
//! completed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use local::cardholder::{Cardholder, Response};
use serde_json::Value;
use simulator::CLICK_TO_PAY;
use url::Url;

use super::routes::{Kind, Parameter, Route};
use crate::support::app::App;

/// Ids of one enrollment.
#[derive(Clone, Default)]
struct Ids {
    enrollment: String,
    card: String,
    state: String,
    receipt: String,
}

/// Ids of one cardholder.
#[derive(Clone)]
pub(super) struct Principal {
    pub(super) client: String,
    pub(super) cardholder: Cardholder,
    /// Used for the live enrollment, and to restart the settled one.
    key: String,
    live: Ids,
    settled: Ids,
    token: String,
    token_id: String,
    notifications: Vec<String>,
}

impl Principal {
    /// Enrolls two cards.
    pub(super) async fn enroll(app: &App, client: &str, [live, settled]: [&str; 2]) -> Self {
        let cardholder = app.world.cardholder(client).expect("a cardholder");
        let key = format!("key-of-{client}");
        let begin = async |card: &str, key: &str| {
            let ids = |parameter: &Parameter| match parameter.kind {
                Kind::Card => Some(card.to_owned()),
                Kind::TokenRequestor => Some(CLICK_TO_PAY.into()),
                _ => Some(key.to_owned()),
            };
            ready(app.send_as(&cardholder, &Route::from_key("POST /enrollments").send(ids)).await, card)
        };
        let live = begin(live, &key).await;
        let first = begin(settled, &format!("first-{key}")).await;
        let again = Route::from_key("POST /enrollments/{enrollmentId}/attempts");
        let again = again.send(|parameter| match parameter.kind {
            Kind::Enrollment => Some(first.enrollment.clone()),
            _ => Some(key.clone()),
        });
        let again = app.send_as(&cardholder, &again).await;
        let redirect = again.body["redirectUrl"].as_str().expect("a redirect").to_owned();
        let settled = ready(again, settled);
        let page =
            cardholder.open_redirect(&redirect).await.expect("a page").accept_terms().await.expect("the end");
        page.return_to_bank().await.expect("the callback URL");
        let token = app.world.simulator().tokens_of(client.parse().expect("a number")).remove(0);
        let token = token.token_unique_reference;
        let token_id = cardholder.token_id(&settled.card, CLICK_TO_PAY).await.expect("a token");
        let (client, notifications) = (client.into(), Vec::new());
        Self { client, cardholder, key, live, settled, token, token_id, notifications }
    }

    /// With the ids of all notifications about it, once they have arrived.
    pub(super) async fn with_notifications(mut self, app: &App) -> Self {
        app.world.simulator().notifications_settled().await;
        let stored = app.stored().await;
        let inbox = stored.iter().filter(|item| is_notification(item)).map(|item| &item["notification"]);
        let own = inbox.filter(|notification| notification["clientId"] == self.client.as_str());
        self.notifications = own.filter_map(|it| it["id"].as_str().map(str::to_owned)).collect();
        self
    }

    /// Its ids of a kind.
    pub(super) fn ids(&self, kind: Kind) -> Vec<String> {
        let Self { live, settled, .. } = self;
        let both = |id: fn(&Ids) -> &String| vec![id(live).clone(), id(settled).clone()];
        match kind {
            Kind::Enrollment => both(|ids| &ids.enrollment),
            Kind::Page => vec![settled.enrollment.clone()],
            Kind::Card => both(|ids| &ids.card),
            Kind::IdempotencyKey => vec![self.key.clone()],
            Kind::CallbackState => both(|ids| &ids.state),
            Kind::Receipt => both(|ids| &ids.receipt),
            Kind::Client => vec![self.client.clone()],
            Kind::Token => vec![self.token.clone()],
            Kind::TokenId => vec![self.token_id.clone()],
            Kind::Notification => self.notifications.clone(),
            // Shared by all clients.
            Kind::TokenRequestor => Vec::new(),
        }
    }

    /// Its id for the other parameters of a case. The idempotency key is a new one, which has no effect: the card has a live
    /// enrollment, and the other enrollment is settled.
    pub(super) fn companion(&self, parameter: &Parameter, fresh: &str) -> String {
        match parameter.kind {
            Kind::Enrollment | Kind::Page => self.settled.enrollment.clone(),
            Kind::Card => self.live.card.clone(),
            Kind::CallbackState => self.live.state.clone(),
            Kind::Receipt => self.live.receipt.clone(),
            Kind::TokenRequestor => CLICK_TO_PAY.into(),
            Kind::Client => self.client.clone(),
            Kind::Token => self.token.clone(),
            Kind::TokenId => self.token_id.clone(),
            Kind::IdempotencyKey | Kind::Notification => fresh.into(),
        }
    }

    /// With the ids that Mastercard's notifications contain: those of the card that has a token.
    pub(super) fn with_token_ids(&self) -> Self {
        Self { live: self.settled.clone(), ..self.clone() }
    }

    /// Ids that no other client may see.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let all = [&self.live, &self.settled].into_iter();
        let ids = all.flat_map(|ids| [&*ids.enrollment, &*ids.card, &*ids.state, &*ids.receipt]);
        ids.chain([&*self.client, &*self.key, &*self.token, &*self.token_id])
    }

    /// Whether a stored item belongs to this principal.
    pub(super) fn owns(&self, item: &Value) -> bool {
        item["clientId"] == self.client.as_str()
            || item["pk"].as_str().is_some_and(|pk| pk.ends_with(&format!("#{}", self.client)))
    }
}

/// Whether a stored item is a notification.
pub(super) fn is_notification(item: &Value) -> bool {
    item["sk"] == "NOTIFICATION"
}

/// The ids in a 201, and the callback state in its signature.
fn ready(response: Response, card: &str) -> Ids {
    assert_eq!(response.status, 201, "{:?}", response.body["code"]);
    let text = |field: &Value| field.as_str().expect("a text").to_owned();
    let signature = text(&response.body["signature"]);
    let payload = signature.split('.').nth(1).and_then(|location| URL_SAFE_NO_PAD.decode(location).ok());
    let payload: Value = serde_json::from_slice(&payload.expect("a payload")).expect("JSON");
    let callback: Url = text(&payload["callbackURL"]).parse().expect("a URL");
    let state = callback.path_segments().and_then(|mut it| it.next_back()).expect("a state").to_owned();
    Ids {
        enrollment: text(&response.body["enrollmentId"]),
        card: card.into(),
        state,
        receipt: text(&response.body["pushAccountReceipts"][0]),
    }
}
