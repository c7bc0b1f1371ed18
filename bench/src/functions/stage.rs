//! Everything around the functions: engines and Mastercard behind TLS and counters, cardholders with cards, and the
//! events that each function would get from them.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use jiff::Timestamp;
use local::{World, cardholder::Cardholder};
use serde_json::Value;
use url::Url;

use crate::{
    count::Count,
    counted::{Counted, Manner},
    error::BenchError,
    function::Variables,
    secrets::Secrets,
    tls::Authority,
};

/// Client ids and card contracts from here on are nobody's in the sample world.
const FIRST: u64 = 200_000;
/// A client's list of tokens shall not grow with the number of measurements.
const CARDS_OF_A_CLIENT: u64 = 20;

/// The world, seen through counters.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) binaries: PathBuf,
    pub(super) variables: Variables,
    pub(super) dynamodb: Counted,
    token_connect: Counted,
    processing: Counted,
    _s3: Counted,
    app: Cardholder,
    asked: String,
    next: AtomicU64,
    _authority: Authority,
    _secrets: Secrets,
}

impl Stage {
    /// Starts it all, with a full catalog. `units`: whether DynamoDB is asked what each request consumes.
    pub(super) async fn start(binaries: PathBuf, units: bool) -> Result<Self, BenchError> {
        let world = World::start(local::Options::default()).await.map_err(Box::new)?;
        world.refresh().await?;
        world.simulator().set_notifications(None)?;
        let authority = Authority::new()?;
        let tls = Manner { tls: Some(&authority), units: false };
        let dynamodb = Counted::before(world.dynamodb_url(), Manner { units, ..tls }).await?;
        let s3 = Counted::before(world.s3_url(), tls).await?;
        let token_connect = Counted::before(&world.simulator().token_connect_url(), tls).await?;
        let processing = Counted::before(&world.simulator().processing_url(), tls).await?;

        let settings = world.settings();
        let mut variables: Variables =
            settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        variables.extend(world.aws_variables().into_iter().map(|(name, value)| (name.to_owned(), value)));
        let plain = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let elsewhere = [
            ("AWS_ENDPOINT_URL_DYNAMODB", plain(&dynamodb.url)),
            ("S3_ENDPOINT_URL", plain(&s3.url)),
            ("TOKEN_CONNECT_URL", plain(&token_connect.url)),
            ("PROCESSING_URL", plain(&processing.url)),
            // Otherwise the later events of a process wait for their turn instead of doing something.
            ("PROCESSING_REQUESTS_PER_SECOND", "1000".into()),
            ("SSL_CERT_FILE", authority.roots().display().to_string()),
        ];
        variables.extend(elsewhere.map(|(name, value)| (name.to_owned(), value)));
        let secrets = Secrets::in_place_of_files(&mut variables).await?;
        let app = world.cardholder("0")?;
        let next = AtomicU64::new(FIRST);
        let mut stage = Self {
            world,
            binaries,
            variables,
            dynamodb,
            token_connect,
            processing,
            _s3: s3,
            app,
            asked: String::new(),
            next,
            _authority: authority,
            _secrets: secrets,
        };
        // One that stays on its way, to be asked about.
        let (_, _, enrolled) = stage.enrolls().await?;
        stage.asked = word(&enrolled, "enrollmentId");
        Ok(stage)
    }

    /// CallLog of Token Connect and of Processing since the last time.
    pub(super) fn mastercard(&self) -> [Count; 2] {
        [self.token_connect.take(), self.processing.take()]
    }

    /// What API Gateway, a schedule or a destination would hand to a function next: each time a card, an enrollment, a
    /// browser, a notification that it has not seen.
    pub(super) async fn event(&self, function: &str) -> Result<Value, BenchError> {
        match function {
            "enroll" => Ok(self.tap()?.1),
            "get-enrollment" => asks_about(FIRST / CARDS_OF_A_CLIENT, &self.asked),
            "receive-callback" => {
                let (app, _, enrolled) = self.enrolls().await?;
                let page = app.opens(&word(&enrolled, "redirectUrl")).await?.accepts().await?;
                came_back(&page.way_back().await?)
            }
            "receive-notification" => {
                let (_, card, _) = self.enrolls().await?;
                approved(client_of(card), card)
            }
            "list-cards" => read("list-cards.json"),
            "list-requestors" => read("list-requestors-gzip.json"),
            _ => Ok(serde_json::json!({})),
        }
    }

    /// A card that was never enrolled, and the event of the tap on it.
    pub(super) fn tap(&self) -> Result<(u64, Value), BenchError> {
        let card = self.card();
        let mut event = read("enroll.json")?;
        event["headers"]["idempotency-key"] = format!("bench-{card}").into();
        event["requestContext"]["authorizer"]["jwt"]["claims"]["client_id"] =
            client_of(card).to_string().into();
        let mut body = body(&event);
        body["cardContractId"] = card.to_string().into();
        event["body"] = body.to_string().into();
        Ok((card, event))
    }

    /// The app and browser of the client of a card.
    pub(super) fn cardholder(&self, card: u64) -> Result<Cardholder, BenchError> {
        Ok(self.app.anew().with_token(self.world.token_for(&client_of(card).to_string())?))
    }

    fn card(&self) -> u64 {
        let card = self.next.fetch_add(1, Ordering::Relaxed);
        self.world.simulator().add_card(client_of(card), card);
        card
    }

    /// An enrollment that is begun at the local gateway, where nothing is measured.
    async fn enrolls(&self) -> Result<(Cardholder, u64, Value), BenchError> {
        let card = self.card();
        let cardholder = self.cardholder(card)?;
        let enrolled = cardholder.enrolls(&card.to_string()).await?;
        Ok((cardholder, card, enrolled))
    }
}

/// `GET /enrollments/{enrollmentId}`
pub(super) fn asks_about(client: u64, enrollment: &str) -> Result<Value, BenchError> {
    let mut event = read("get-enrollment.json")?;
    event["requestContext"]["authorizer"]["jwt"]["claims"]["client_id"] = client.to_string().into();
    event["pathParameters"]["enrollmentId"] = enrollment.into();
    Ok(event)
}

/// The browser with the results.
pub(super) fn came_back(callback: &Url) -> Result<Value, BenchError> {
    let mut event = read("receive-callback-approved.json")?;
    event["rawPath"] = callback.path().into();
    event["rawQueryString"] = callback.query().into();
    event["queryStringParameters"] = callback.query_pairs().collect();
    event["pathParameters"]["state"] = callback.path_segments().and_then(|mut path| path.next_back()).into();
    Ok(event)
}

/// A delivery at Mastercard's door, with the certificate that the settings expect.
pub(super) fn delivered(body: &str) -> Result<Value, BenchError> {
    let mut event = read("receive-notification-tar.json")?;
    event["body"] = body.into();
    Ok(event)
}

/// `GET /cards` of a client.
pub(super) fn asks_for_cards(client: u64) -> Result<Value, BenchError> {
    let mut event = read("list-cards.json")?;
    event["requestContext"]["authorizer"]["jwt"]["claims"]["client_id"] = client.to_string().into();
    Ok(event)
}

/// Which client a card of the measurements belongs to.
pub(super) fn client_of(card: u64) -> u64 {
    card / CARDS_OF_A_CLIENT
}

/// One of the repository's example events.
pub(super) fn read(file: &str) -> Result<Value, BenchError> {
    let path = format!("{}/../events/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read(&path).and_then(|text| Ok(serde_json::from_slice(&text)?));
    text.map_err(|source| BenchError::File { what: path, source })
}

/// The JSON in an event or an answer.
pub(super) fn body(event: &Value) -> Value {
    event["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
}

pub(super) fn word(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

/// TAR says yes to a card.
fn approved(client: u64, card: u64) -> Result<Value, BenchError> {
    let mut body = body(&read("receive-notification-tar.json")?);
    body["notificationId"] = format!("bench-{card}").into();
    body["occurredAt"] = Timestamp::now().to_string().into();
    body["clientId"] = client.into();
    body["cardContractId"] = card.into();
    delivered(&body.to_string())
}
