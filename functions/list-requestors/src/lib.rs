//! Use-case step 5: which token requestors the app can offer on this platform.

use jiff::{SignedDuration, Timestamp};
use lambda_http::{
    Body, Error, Request, Response,
    http::{StatusCode, header},
};
use serde::Serialize;
use shared::{
    asset::Logo,
    card::AccountRange,
    clock::Clock,
    config::{ConfigError, Host},
    http::{self, Problem},
    store::{Catalogue, TokenRequestors},
    token_requestor::{Platform, PushMethodKind, TokenRequestor, TokenRequestorId},
};
use url::Url;

/// A refresh is due every 14 days; a catalogue older than this missed one.
const STALE: SignedDuration = SignedDuration::from_hours(15 * 24);

/// The function; its fields are all that it may touch.
pub struct ListRequestors {
    requestors: TokenRequestors,
    logo_base_url: Url,
    clock: Clock,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    token_requestors: Vec<Offer<'a>>,
    catalogue_updated_at: Option<Timestamp>,
    stale: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Offer<'a> {
    token_requestor_id: &'a TokenRequestorId,
    display_name: &'a str,
    r#type: &'a str,
    logos: Vec<OfferedLogo<'a>>,
    push_methods: &'a [PushMethodKind],
    supports_multiple_pushed_cards: bool,
    supported_account_holder_data: &'a [String],
    account_ranges: &'a [AccountRange],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfferedLogo<'a> {
    media_type: &'a str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
}

impl ListRequestors {
    /// Reads `TOKEN_REQUESTORS_TABLE`, `TENANT`, `LOGO_BASE_URL`.
    pub async fn connect(host: &Host) -> Result<Self, ConfigError> {
        let mut read = host.settings.read();
        let requestors = TokenRequestors::read(&mut read, host);
        let logo_base_url = read.required("LOGO_BASE_URL");
        let (Some(requestors), Some(logo_base_url)) = (requestors, logo_base_url) else {
            return Err(read.problems());
        };
        Ok(Self { requestors, logo_base_url, clock: host.clock.clone() })
    }

    /// `GET /token-requestors?platform=ios|android|web`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, async |request| self.list(&request).await).await
    }

    async fn list(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let pairs = http::query(request, &["platform"])?;
        let platform: Platform = match pairs.as_slice() {
            [(_, platform)] => platform.parse().map_err(|error| Problem::field("platform", error))?,
            _ => return Err(Problem::field("platform", "is to be given once: ios, android or web")),
        };
        let catalogue = self.requestors.catalogue().await?;
        let stale = catalogue.as_ref().is_none_or(|catalogue| self.is_stale(catalogue));
        let etag = etag(catalogue.as_ref(), platform, stale);
        if request
            .headers()
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .any(|known| matches(known.as_bytes(), &etag))
        {
            return cached(Response::builder().status(StatusCode::NOT_MODIFIED), &etag)
                .body(Body::Empty)
                .map_err(Problem::internal);
        }
        let known = self.requestors.list().await?;
        let mut offers: Vec<_> = known
            .iter()
            .filter(|requestor| requestor.reaches(platform))
            .map(|requestor| self.offer(requestor))
            .collect();
        offers.sort_by_cached_key(|offer| {
            (offer.display_name.to_lowercase(), offer.token_requestor_id.clone())
        });
        let catalogue_updated_at = catalogue.map(|catalogue| catalogue.updated_at);
        let answer = Answer { token_requestors: offers, catalogue_updated_at, stale };
        let text = serde_json::to_string(&answer).map_err(Problem::internal)?;
        let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
        cached(response, &etag).body(Body::Text(text)).map_err(Problem::internal)
    }

    fn is_stale(&self, catalogue: &Catalogue) -> bool {
        self.clock.now().duration_since(catalogue.updated_at) > STALE
    }

    fn offer<'a>(&self, requestor: &'a TokenRequestor) -> Offer<'a> {
        Offer {
            token_requestor_id: &requestor.token_requestor_id,
            display_name: &requestor.consumer_facing_entity_name,
            r#type: &requestor.token_requestor_type,
            logos: requestor.logos.iter().map(|logo| self.logo(logo)).collect(),
            push_methods: &requestor.supported_push_methods,
            supports_multiple_pushed_cards: requestor.supports_multiple_pushed_cards,
            supported_account_holder_data: &requestor.supported_account_holder_data,
            account_ranges: &requestor.enabled_account_ranges,
        }
    }

    fn logo<'a>(&self, logo: &'a Logo) -> OfferedLogo<'a> {
        let url = format!("{}/{}", self.logo_base_url.as_str().trim_end_matches('/'), logo.key);
        OfferedLogo { media_type: &logo.media_type, url, width: logo.width, height: logo.height }
    }
}

/// Changes whenever an answer would: with the catalogue, the platform, and when the catalogue goes stale.
fn etag(catalogue: Option<&Catalogue>, platform: Platform, stale: bool) -> String {
    let version = catalogue
        .map_or_else(|| "0".into(), |it| format!("{}-{}", it.version, it.updated_at.as_millisecond()));
    format!("\"{version}-{platform:?}{}\"", if stale { "-stale" } else { "" }).to_lowercase()
}

/// Whether `If-None-Match` names this version, perhaps among others, perhaps weakly.
fn matches(header: &[u8], etag: &str) -> bool {
    let header = String::from_utf8_lossy(header);
    header
        .split(',')
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == etag || known == "*")
}

fn cached(
    response: lambda_http::http::response::Builder,
    etag: &str,
) -> lambda_http::http::response::Builder {
    response.header(header::ETAG, etag).header(header::CACHE_CONTROL, "private, max-age=300")
}
