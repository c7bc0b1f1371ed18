//! The environment of the functions: engines and Mastercard behind TLS and counting proxies, cardholders with cards, and
//! the next event of each function.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use jiff::Timestamp;
use local::{World, cardholder::Cardholder};
use serde_json::Value;
use url::Url;

use super::events::{
    CARDS_PER_CLIENT, body, callback_event, client_of_card, get_enrollment_event, notification_event,
    read_event, tar, text,
};
use crate::{
    counter::Count,
    distance::Relay,
    error::BenchError,
    function::Variables,
    proxy::{CountingProxy, ProxyOptions},
    secrets::SecretsExtension,
    tls::Authority,
};

/// Client ids and card contract ids from here on are not in the sample world.
const FIRST_CARD: u64 = 200_000;

/// What differs between measurements.
#[derive(Clone, Copy, Default)]
pub(crate) struct HarnessOptions {
    /// DynamoDB returns the consumed capacity units.
    pub(crate) units: bool,
    /// The keys of Mastercard's APIs are in one secret.
    pub(crate) one_secret: bool,
    /// To Mastercard, in each connection; zero for a server on this machine.
    pub(crate) round_trip: Duration,
}

/// The local world behind counting proxies.
pub(crate) struct Harness {
    pub(crate) world: World,
    pub(crate) binaries: PathBuf,
    pub(crate) variables: Variables,
    pub(super) dynamodb: CountingProxy,
    token_connect: CountingProxy,
    processing: CountingProxy,
    _s3: CountingProxy,
    _relays: Vec<Relay>,
    app: Cardholder,
    /// An enrollment that is not completed, for `get-enrollment`.
    pending_enrollment: String,
    next_card: AtomicU64,
    _authority: Authority,
    _secrets: SecretsExtension,
}

impl Harness {
    /// Starts the environment with a full catalog.
    pub(crate) async fn start(binaries: PathBuf, options: HarnessOptions) -> Result<Self, BenchError> {
        let HarnessOptions { units, one_secret, round_trip } = options;
        let world = World::start(local::Options::default()).await.map_err(Box::new)?;
        world.refresh().await?;
        world.simulator().set_notifications(None)?;
        let authority = Authority::new()?;
        let tls = ProxyOptions { tls: Some(&authority), units: false };
        let dynamodb = CountingProxy::start(world.dynamodb_url(), ProxyOptions { units, ..tls }).await?;
        let s3 = CountingProxy::start(world.s3_url(), tls).await?;
        let token_connect = CountingProxy::start(&world.simulator().token_connect_url(), tls).await?;
        let processing = CountingProxy::start(&world.simulator().processing_url(), tls).await?;

        let mut relays = Vec::new();
        for proxy in [&token_connect, &processing].into_iter().filter(|_| !round_trip.is_zero()) {
            relays.push(Relay::start(&proxy.url, round_trip).await?);
        }
        let mut mastercard = [&token_connect.url, &processing.url];
        for (url, relay) in mastercard.iter_mut().zip(&relays) {
            *url = &relay.url;
        }
        let [token_connect_url, processing_url] = mastercard;

        let settings = world.settings();
        let mut variables: Variables =
            settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        variables.extend(world.aws_variables().into_iter().map(|(name, value)| (name.to_owned(), value)));
        let without_slash = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let endpoints = [
            ("AWS_ENDPOINT_URL_DYNAMODB", without_slash(&dynamodb.url)),
            ("S3_ENDPOINT_URL", without_slash(&s3.url)),
            ("TOKEN_CONNECT_URL", without_slash(token_connect_url)),
            ("PROCESSING_URL", without_slash(processing_url)),
            // Otherwise the later events of a process wait for the rate limit.
            ("PROCESSING_REQUESTS_PER_SECOND", "1000".into()),
            // As deployed where the units of one enrollment are counted; the many of other measurements would reach a limit.
            ("ENROLLMENT_LIMITS", if units { "on" } else { "off" }.into()),
            ("SSL_CERT_FILE", authority.root().display().to_string()),
        ];
        variables.extend(endpoints.map(|(name, value)| (name.to_owned(), value)));
        let secrets = SecretsExtension::start(&mut variables, one_secret).await?;
        let app = world.cardholder("0")?;
        let next_card = AtomicU64::new(FIRST_CARD);
        let mut harness = Self {
            world,
            binaries,
            variables,
            dynamodb,
            token_connect,
            processing,
            _s3: s3,
            _relays: relays,
            app,
            pending_enrollment: String::new(),
            next_card,
            _authority: authority,
            _secrets: secrets,
        };
        let (_, _, enrolled) = harness.enroll().await?;
        harness.pending_enrollment = text(&enrolled, "enrollmentId");
        Ok(harness)
    }

    /// Calls to Token Connect and to Processing since the last call.
    pub(super) fn mastercard(&self) -> [Count; 2] {
        [self.token_connect.take(), self.processing.take()]
    }

    /// The next event of a function from API Gateway, a schedule or a destination, each time with a new card, enrollment,
    /// browser or notification.
    pub(super) async fn event(&self, function: &str) -> Result<Value, BenchError> {
        match function {
            "enroll" => Ok(self.enroll_request()?.1),
            "get-enrollment" => get_enrollment_event(FIRST_CARD / CARDS_PER_CLIENT, &self.pending_enrollment),
            "receive-callback" => {
                let (app, _, enrolled) = self.enroll().await?;
                let page = app.open_redirect(&text(&enrolled, "redirectUrl")).await?.accept_terms().await?;
                callback_event(&page.callback_url().await?)
            }
            "receive-notification" => {
                let (_, card, _) = self.enroll().await?;
                notification_event(&tar(client_of_card(card), card)?.to_string())
            }
            "list-cards" => read_event("list-cards.json"),
            "manage-tokens" => read_event("manage-tokens-list.json"),
            "list-requestors" => read_event("list-requestors-gzip.json"),
            _ => Ok(serde_json::json!({})),
        }
    }

    /// `POST /notifications` with a TAR for each of `count` newly pushed cards.
    pub(super) async fn delivery(&self, count: usize) -> Result<Value, BenchError> {
        let mut notifications = Vec::with_capacity(count);
        for _ in 0..count {
            let (_, card, _) = self.enroll().await?;
            notifications.push(tar(client_of_card(card), card)?);
        }
        notification_event(&Value::from(notifications).to_string())
    }

    /// A new card and the event of its `POST /enrollments`.
    pub(super) fn enroll_request(&self) -> Result<(u64, Value), BenchError> {
        let card = self.card();
        let mut event = read_event("enroll.json")?;
        event["headers"]["idempotency-key"] = format!("bench-{card}").into();
        event["requestContext"]["authorizer"]["jwt"]["claims"]["client_id"] =
            client_of_card(card).to_string().into();
        let mut body = body(&event);
        body["cardContractId"] = card.to_string().into();
        body["consent"]["acceptedAt"] = Timestamp::now().to_string().into();
        event["body"] = body.to_string().into();
        Ok((card, event))
    }

    /// The app and browser of the client that owns a card.
    pub(super) fn cardholder(&self, card: u64) -> Result<Cardholder, BenchError> {
        Ok(self.app.without_steps().with_token(self.world.token_for(&client_of_card(card).to_string())?))
    }

    fn card(&self) -> u64 {
        let card = self.next_card.fetch_add(1, Ordering::Relaxed);
        self.world.simulator().add_card(client_of_card(card), card);
        card
    }

    /// Enrolls a new card at the local gateway, where nothing is measured.
    async fn enroll(&self) -> Result<(Cardholder, u64, Value), BenchError> {
        let card = self.card();
        let cardholder = self.cardholder(card)?;
        let enrolled = cardholder.enroll(&card.to_string()).await?;
        Ok((cardholder, card, enrolled))
    }
}
