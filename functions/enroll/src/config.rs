//! Settings of enrollment: where cardholders may be redirected to, and where they return.

use std::time::Duration;

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mastercard::{redirect::AllowedOrigin, secret::CallbackState, token_requestor::TokenRequestorId};
use runtime::{
    config::{
        AppLinks, List, Pairs, SettingsReader,
        registry::{self, ALLOWED_REDIRECT_ORIGINS, CALLBACK_BASE_URL},
    },
    http::Problem,
};
use url::Url;

/// Random bytes in a callback state; 128 bits would do.
const STATE_BYTES: usize = 24;
/// What remains of Mastercard's 256 characters for the address itself, once a state is appended.
const LONGEST_BASE: usize = 200;

/// Settings of this function alone.
pub struct EnrollConfig {
    /// The token requestor of a request that names none.
    pub(crate) default_requestor: TokenRequestorId,
    /// Lifetime of push account receipts: 5 to 15 minutes.
    pub(crate) validity_minutes: u8,
    pub(crate) app_links: AppLinks,
    /// How long the app waits; Lambda's own deadline may be sooner.
    pub(crate) timeout: Duration,
    allowed_origins: Vec<(TokenRequestorId, AllowedOrigin)>,
    unsigned: Vec<TokenRequestorId>,
    callback_base_url: Url,
}

impl EnrollConfig {
    /// Reads them; `None` if a problem was noted.
    pub fn read(read: &mut SettingsReader<'_>) -> Option<Self> {
        let default_requestor = read.value(&registry::DEFAULT_TOKEN_REQUESTOR_ID);
        let validity_minutes = read.value(&registry::RECEIPTS_VALIDITY_MINUTES);
        let app_links = read.value(&registry::APP_LINKS);
        let timeout = read.value(&registry::ENROLL_TIMEOUT_SECONDS);
        let allowed_origins = allowed_origins(read);
        let unsigned = read.optional(&registry::UNSIGNED_REDIRECTS);
        let callback_base_url = callback_base_url(read);
        Some(Self {
            default_requestor: default_requestor?,
            validity_minutes: validity_minutes?.get(),
            app_links: app_links?,
            timeout: Duration::from_secs(timeout?.get().into()),
            allowed_origins: allowed_origins?,
            unsigned: unsigned?.map_or_else(Vec::new, |List(ids)| ids),
            callback_base_url: callback_base_url?,
        })
    }

    /// Where this requestor's push methods may lead.
    pub(crate) fn origins(&self, requestor: &TokenRequestorId) -> Vec<AllowedOrigin> {
        let of = |(id, origin): &(TokenRequestorId, AllowedOrigin)| (id == requestor).then(|| origin.clone());
        self.allowed_origins.iter().filter_map(of).collect()
    }

    /// Whether receipts may travel to this requestor without a signature around them.
    pub(crate) fn allows_unsigned(&self, requestor: &TokenRequestorId) -> bool {
        self.unsigned.contains(requestor)
    }

    /// The address for step 25; the state in it is all that the returning browser needs to bring.
    pub fn callback_url(&self, state: &CallbackState) -> String {
        format!("{}/{}", self.callback_base_url.as_str().trim_end_matches('/'), state.expose())
    }

    /// 192 random bits, in letters that need no encoding.
    pub fn new_state(&self) -> Result<CallbackState, Problem> {
        let mut bytes = [0; STATE_BYTES];
        rand::fill(&mut bytes).map_err(|_| Problem::internal("no randomness"))?;
        Ok(CallbackState::new(URL_SAFE_NO_PAD.encode(bytes)))
    }
}

fn allowed_origins(read: &mut SettingsReader<'_>) -> Option<Vec<(TokenRequestorId, AllowedOrigin)>> {
    let Pairs(pairs) = read.value(&ALLOWED_REDIRECT_ORIGINS)?;
    let parsed: Option<_> =
        pairs.into_iter().map(|(id, origin)| Some((id.parse().ok()?, origin.parse().ok()?))).collect();
    if parsed.is_none() {
        let what = "wants <token requestor id>=<scheme://host[:port]>, comma separated";
        read.problem(&ALLOWED_REDIRECT_ORIGINS, what);
    }
    parsed
}

fn callback_base_url(read: &mut SettingsReader<'_>) -> Option<Url> {
    let url = read.value(&CALLBACK_BASE_URL)?;
    if url.as_str().len() <= LONGEST_BASE && url.query().is_none() && url.fragment().is_none() {
        return Some(url);
    }
    let what = format_args!("has at most {LONGEST_BASE} characters, no query and no fragment");
    read.problem(&CALLBACK_BASE_URL, what);
    None
}

#[cfg(test)]
pub(crate) mod tests;
