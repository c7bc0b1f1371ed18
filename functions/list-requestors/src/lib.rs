//! Use-case step 5: which token requestors the app can offer on this platform. Answers come from memory, and one small
//! read says whether the catalog is still the one in memory.

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
use model::{catalog::Catalog, clock::Clock};
use runtime::{
    config::{ConfigError, Runtime, registry},
    http::{self, Code, Problem},
    store::TokenRequestors,
};

use cache::CatalogCache;
use listing::CatalogFreshness;
use order::Order;
use query::ListRequestorsQuery;

/// A refresh is due every 14 days; a catalog older than this missed one.
const STALE: SignedDuration = SignedDuration::from_hours(15 * 24);
/// The largest answer, in bytes as API Gateway gets it from Lambda, which takes 6 MB with everything around it.
const LARGEST_ANSWER: usize = 5_900_000;

/// The function; its fields are all that it may touch.
pub struct ListRequestors {
    cache: CatalogCache,
    /// Of everything but the catalog that makes an answer what it is.
    settings_digest: String,
    clock: Clock,
}

impl ListRequestors {
    /// Reads its settings.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (requestors, logo_base_url, order) = runtime.read_settings(|read| {
            let requestors = TokenRequestors::read(read, runtime);
            let logo_base_url = read.value(&registry::LOGO_BASE_URL);
            let order = Order::read(read);
            Some((requestors?, logo_base_url?, order?))
        })?;
        let inputs = format!("{} {logo_base_url} {}", env!("CARGO_PKG_VERSION"), order.fingerprint());
        Ok(Self {
            cache: CatalogCache::new(requestors, logo_base_url, order),
            settings_digest: sha256_hex(inputs.as_bytes()),
            clock: runtime.clock.clone(),
        })
    }

    /// `GET /token-requestors?platform=ios|android|web[&accountRange=…]`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, async |request| self.list(&request).await).await
    }

    async fn list(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let query = ListRequestorsQuery::parse(request)?;
        let gzip = encoding::wants_gzip(request.headers());
        let current = self.cache.current().await?;
        let etag = self.etag(current.as_ref(), &query, gzip);
        let known = request.headers().get_all(header::IF_NONE_MATCH);
        if known.iter().any(|known| matches(known.as_bytes(), &etag)) {
            let response = cached(Response::builder().status(StatusCode::NOT_MODIFIED), &etag);
            return response.body(Body::Empty).map_err(Problem::internal);
        }
        let (shown, listing) = self.cache.listing(current, self.clock.now()).await?;
        let answer = listing.answer(&query, self.freshness(shown.as_ref())).map_err(Problem::internal)?;
        let mut response = cached(Response::builder(), &self.etag(shown.as_ref(), &query, gzip))
            .header(header::CONTENT_TYPE, "application/json");
        let body = if gzip {
            response = response.header(header::CONTENT_ENCODING, "gzip");
            Body::Binary(answer.gzip.clone())
        } else {
            Body::Text(answer.text.clone())
        };
        if encoding::size_to_lambda(&body) > LARGEST_ANSWER {
            return Err(Code::AnswerTooLarge.into());
        }
        response.body(body).map_err(Problem::internal)
    }

    fn freshness(&self, catalog: Option<&Catalog>) -> CatalogFreshness {
        let updated_at = catalog.and_then(|catalog| catalog.updated_at);
        let old = |at: Timestamp| self.clock.now().duration_since(at) > STALE;
        CatalogFreshness { updated_at, stale: updated_at.is_none_or(old) }
    }

    /// Changes whenever an answer would, and differs between the encodings of one answer.
    fn etag(&self, catalog: Option<&Catalog>, query: &ListRequestorsQuery, gzip: bool) -> String {
        let freshness = self.freshness(catalog);
        let state = catalog.map(|it| (it.version, it.change, it.artwork));
        let digest =
            sha256_hex(format!("{} {state:?} {freshness:?} {query:?}", self.settings_digest).as_bytes());
        let digest: String = digest.chars().take(32).collect();
        format!("\"{digest}{}\"", if gzip { "-gzip" } else { "" })
    }
}

/// Whether `If-None-Match` names this version, perhaps among others, perhaps weakly.
fn matches(header: &[u8], etag: &str) -> bool {
    let header = String::from_utf8_lossy(header);
    header
        .split(',')
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == etag || known == "*")
}

fn cached(response: Builder, etag: &str) -> Builder {
    let response = response.header(header::ETAG, etag).header(header::VARY, "accept-encoding");
    response.header(header::CACHE_CONTROL, "private, max-age=300")
}
