//! Use-case step 5: the token requestors that the app can offer on a platform. Responses are cached in memory; one small
//! read of DynamoDB for each request shows whether the cached catalog is current.

mod cache;
mod encoding;
mod listing;
mod order;
mod query;
mod response;

use jiff::{SignedDuration, Timestamp};
use lambda_http::{
    Body, Error, Request, Response,
    http::{StatusCode, header, response::Builder},
};
use mastercard::digest::sha256_hex;
use model::{card_number::CardNumberDetector, catalog::Catalog, clock::Clock};
use runtime::{
    config::{ConfigError, Runtime, registry},
    http::{self, Code, Problem, RequiredScopes},
    store::TokenRequestors,
};

use cache::CatalogCache;
use listing::CatalogFreshness;
use order::Order;
use query::ListRequestorsQuery;

/// A catalog is stale after this time. A refresh is due every 14 days.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(15 * 24);
/// The largest body, in bytes within the function's response. Lambda limits the whole response to 6 MB.
const MAX_BODY_BYTES: usize = 5_900_000;

/// The function with its dependencies.
pub struct ListRequestors {
    cache: CatalogCache,
    scopes: RequiredScopes,
    card_numbers: CardNumberDetector,
    /// SHA-256 of the version and the settings that a response depends on, for the `ETag`.
    settings_digest: String,
    clock: Clock,
}

impl ListRequestors {
    /// Reads its settings.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (requestors, logo_base_url, order, scopes, card_numbers) = runtime.read_settings(|settings| {
            let requestors = TokenRequestors::from_settings(settings, runtime);
            let logo_base_url = settings.value(&registry::LOGO_BASE_URL);
            let order = Order::from_settings(settings);
            let scopes = RequiredScopes::from_settings(settings, &registry::READ_SCOPES);
            let card_numbers = http::card_number_detector(settings);
            Some((requestors?, logo_base_url?, order?, scopes?, card_numbers?))
        })?;
        let inputs = format!("{} {logo_base_url} {}", env!("CARGO_PKG_VERSION"), order.fingerprint());
        Ok(Self {
            cache: CatalogCache::new(requestors, logo_base_url, order),
            scopes,
            card_numbers,
            settings_digest: sha256_hex(inputs.as_bytes()),
            clock: runtime.clock.clone(),
        })
    }

    /// `GET /token-requestors?platform=ios|android|web[&accountRange=…]`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, &self.card_numbers, async |request| self.list(&request).await).await
    }

    async fn list(&self, request: &Request) -> Result<Response<Body>, Problem> {
        self.scopes.check(request)?;
        let query = ListRequestorsQuery::parse(request)?;
        let gzip = encoding::accepts_gzip(request.headers());
        let current = self.cache.current().await?;
        let etag = self.etag(current.as_ref(), &query, gzip);
        let if_none_match = request.headers().get_all(header::IF_NONE_MATCH);
        if if_none_match.iter().any(|field| matches(field.as_bytes(), &etag)) {
            let response = cacheable(Response::builder().status(StatusCode::NOT_MODIFIED), &etag);
            return response.body(Body::Empty).map_err(Problem::internal);
        }
        let (catalog, listing) = self.cache.listing(current, self.clock.now()).await?;
        let prepared = listing.body(&query, self.freshness(catalog.as_ref())).map_err(Problem::internal)?;
        let mut response = cacheable(Response::builder(), &self.etag(catalog.as_ref(), &query, gzip))
            .header(header::CONTENT_TYPE, "application/json");
        let body = if gzip {
            response = response.header(header::CONTENT_ENCODING, "gzip");
            Body::Binary(prepared.gzip.clone())
        } else {
            Body::Text(prepared.text.clone())
        };
        if encoding::size_in_lambda_response(&body) > MAX_BODY_BYTES {
            return Err(Code::ResponseTooLarge.into());
        }
        response.body(body).map_err(Problem::internal)
    }

    fn freshness(&self, catalog: Option<&Catalog>) -> CatalogFreshness {
        let updated_at = catalog.and_then(|catalog| catalog.updated_at);
        let is_old = |at: Timestamp| self.clock.now().duration_since(at) > STALE_AFTER;
        CatalogFreshness { updated_at, stale: updated_at.is_none_or(is_old) }
    }

    /// The `ETag` of a response: a hash of all that the body depends on, and the encoding.
    fn etag(&self, catalog: Option<&Catalog>, query: &ListRequestorsQuery, gzip: bool) -> String {
        let freshness = self.freshness(catalog);
        let version = catalog.map(|catalog| (catalog.version, catalog.change, catalog.artwork));
        let digest =
            sha256_hex(format!("{} {version:?} {freshness:?} {query:?}", self.settings_digest).as_bytes());
        let digest: String = digest.chars().take(32).collect();
        format!("\"{digest}{}\"", if gzip { "-gzip" } else { "" })
    }
}

/// Whether `If-None-Match` contains this `ETag`, by weak comparison (RFC 9110 section 13.1.2).
fn matches(header: &[u8], etag: &str) -> bool {
    let header = String::from_utf8_lossy(header);
    header.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == etag || tag == "*")
}

fn cacheable(response: Builder, etag: &str) -> Builder {
    // `origin`: API Gateway's CORS header names one origin, and pages of two origins may share a browser's cache.
    let response = response.header(header::ETAG, etag).header(header::VARY, "accept-encoding, origin");
    response.header(header::CACHE_CONTROL, "private, max-age=300")
}
