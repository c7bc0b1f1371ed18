//! The catalog as one self-contained HTML page: no scripts and no requests; Mastercard's values are shown as text and
//! images only.

mod card;
mod changes;
mod logo_urls;
mod utc_time;

use std::{collections::BTreeMap, io, path::Path, sync::LazyLock};

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use mastercard::{digest::sha256_base64, token_requestor::TokenRequestorId};
use model::catalog::{CatalogEntry, ChangeRecord, Snapshot};
use runtime::store::{StoreError, TokenRequestors};
use simulator::{Language, PageLanguage};

use crate::{
    language::Texts as _,
    logos::{LogoError, Logos},
    navigation::Navigation,
    private_file,
    world::World,
};
use card::Card;
use changes::VersionChanges;
use utc_time::UtcTime;

/// The design of every page, and what only this one shows: the file has no other style sheet.
static STYLE: LazyLock<String> =
    LazyLock::new(|| [simulator::DESIGN, include_str!("../templates/catalog.css")].concat());
/// The icon, as the page's policy allows it.
static ICON: LazyLock<String> = LazyLock::new(|| {
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(include_str!("../sample-app/icon.svg")))
});
/// Number of versions whose changes are shown.
const CHANGES: usize = 5;
/// Age of a stale catalog, as in `list-requestors`.
const STALE: SignedDuration = SignedDuration::from_hours(15 * 24);

/// The page could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The table could not be read.
    #[error("the catalog could not be read")]
    Store(#[from] StoreError),
    /// The bucket could not be read.
    #[error(transparent)]
    Logo(#[from] LogoError),
    /// The template failed.
    #[error("the page could not be rendered")]
    Template(#[from] askama::Error),
    /// The file could not be written.
    #[error("the file {file} cannot be written")]
    File {
        /// Its path.
        file: String,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// The content of the page.
pub struct Contents<'a> {
    /// The catalog.
    pub snapshot: &'a Snapshot,
    /// Logos as `data:` URLs, by token requestor.
    pub logo_urls: &'a BTreeMap<TokenRequestorId, String>,
    /// The last changes, newest first.
    pub changes: &'a [ChangeRecord],
    /// The current time.
    pub now: Timestamp,
    /// The language of a request; a file is in English, and has no links to `local`'s other pages.
    pub request: Option<PageLanguage>,
}

#[derive(Template)]
#[template(path = "catalog.html")]
struct Page<'a> {
    w: Language,
    policy: String,
    style: &'static str,
    icon: &'static str,
    navigation: Option<Navigation>,
    version: Option<u64>,
    updated_at: Option<UtcTime>,
    stale: bool,
    offered: Vec<Card<'a>>,
    retired: Vec<Card<'a>>,
    quarantined: usize,
    changes: Vec<VersionChanges>,
    now: UtcTime,
}

/// Writes the page of the current catalog to a file that only its owner can read.
///
/// # Errors
/// When the stores cannot be read or the file cannot be written.
pub async fn write(world: &World, file: &Path) -> Result<(), PageError> {
    let page = html(world.token_requestors(), &world.logos, world.clock().now(), None).await?;
    let written = private_file::write(file, page.as_bytes());
    written.map_err(|source| PageError::File { file: file.display().to_string(), source })
}

/// The page of the current catalog.
pub(crate) async fn html(
    store: &TokenRequestors,
    logos: &Logos,
    now: Timestamp,
    request: Option<PageLanguage>,
) -> Result<String, PageError> {
    let (snapshot, changes) = (store.snapshot().await?, store.changes(CHANGES).await?);
    let logo_urls = logo_urls::load(&snapshot, logos).await?;
    Ok(render(&Contents { snapshot: &snapshot, logo_urls: &logo_urls, changes: &changes, now, request })?)
}

/// The content security policy: `data:` images and the page's own style only.
pub(crate) fn policy() -> String {
    format!("default-src 'none'; img-src data:; style-src 'sha256-{}'", sha256_base64(STYLE.as_bytes()))
}

/// Renders the page.
///
/// # Errors
/// When the template fails.
pub fn render(contents: &Contents<'_>) -> Result<String, askama::Error> {
    let Contents { snapshot, logo_urls, changes, now, request } = *contents;
    let w = request.map_or(Language::English, |request| request.language);
    let time = |at| UtcTime(at, w);
    let mut entries: Vec<&CatalogEntry> = snapshot.entries.values().collect();
    entries.sort_by_cached_key(|entry| entry.requestor.consumer_facing_entity_name.to_lowercase());
    let (retired, offered): (Vec<&CatalogEntry>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.retired_at.is_some());
    let updated_at = snapshot.catalog.as_ref().and_then(|catalog| catalog.updated_at);
    let page = Page {
        w,
        policy: policy(),
        style: STYLE.as_str(),
        icon: ICON.as_str(),
        navigation: request.map(|page| Navigation::new(page, "/support/catalog", ICON.as_str())),
        version: snapshot.catalog.as_ref().map(|catalog| catalog.version),
        updated_at: updated_at.map(time),
        stale: updated_at.is_none_or(|at| now.duration_since(at) > STALE),
        quarantined: offered.iter().filter(|entry| entry.quarantine.is_some()).count(),
        offered: cards(offered, logo_urls, w),
        retired: cards(retired, logo_urls, w),
        changes: changes.iter().map(|changed| VersionChanges::new(changed, snapshot, w)).collect(),
        now: time(now),
    };
    page.render()
}

fn cards<'a>(
    entries: Vec<&'a CatalogEntry>,
    logo_urls: &'a BTreeMap<TokenRequestorId, String>,
    w: Language,
) -> Vec<Card<'a>> {
    let logo_url =
        |entry: &CatalogEntry| logo_urls.get(&entry.requestor.token_requestor_id).map(String::as_str);
    entries.into_iter().map(|entry| Card::new(entry, logo_url(entry), w)).collect()
}

#[cfg(test)]
mod tests;
