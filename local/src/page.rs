//! The catalog as one self-contained page for people: no script, no request, and of what Mastercard said only text and
//! pictures.

mod card;
mod pictures;
mod told;
mod when;

use std::{collections::BTreeMap, io, path::Path};

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use mastercard::{digest::sha256_base64, token_requestor::TokenRequestorId};
use model::catalog::{CatalogEntry, ChangeRecord, Snapshot};
use runtime::store::{StoreError, TokenRequestors};

use crate::{
    logos::{LogoError, Logos},
    private_file,
    world::World,
};
use card::Card;
use told::Told;
use when::When;

const STYLE: &str = include_str!("../templates/style.css");
/// Changes that the page tells of.
const CHANGES: usize = 5;
/// As `list-requestors` has it.
const STALE: SignedDuration = SignedDuration::from_hours(15 * 24);

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The table could not be read.
    #[error("the catalog could not be read")]
    Store(#[from] StoreError),
    /// The bucket could not be read.
    #[error(transparent)]
    Logo(#[from] LogoError),
    /// The page could not be put together.
    #[error("the page could not be put together")]
    Template(#[from] askama::Error),
    /// The system refused.
    #[error("the file {file} cannot be written")]
    File {
        /// Which.
        file: String,
        /// Why.
        source: io::Error,
    },
}

/// What the page shows.
pub struct Contents<'a> {
    /// The catalog.
    pub snapshot: &'a Snapshot,
    /// A picture, as a `data:` URL, for each requestor that has one.
    pub pictures: &'a BTreeMap<TokenRequestorId, String>,
    /// The last changes, newest first.
    pub changes: &'a [ChangeRecord],
    /// The time.
    pub now: Timestamp,
}

#[derive(Template)]
#[template(path = "catalog.html")]
struct Page<'a> {
    policy: String,
    version: Option<u64>,
    updated_at: Option<When>,
    stale: bool,
    offered: Vec<Card<'a>>,
    retired: Vec<Card<'a>>,
    quarantined: usize,
    changes: Vec<Told>,
    now: When,
}

/// Writes the page about the catalog as it is now, readable by its owner.
///
/// # Errors
/// When the stores cannot be read or the file cannot be written.
pub async fn write(world: &World, file: &Path) -> Result<(), PageError> {
    let page = html(world.token_requestors(), &world.logos, world.clock().now()).await?;
    let written = private_file::write(file, page.as_bytes());
    written.map_err(|source| PageError::File { file: file.display().to_string(), source })
}

/// The page about the catalog as it is now.
pub(crate) async fn html(
    store: &TokenRequestors,
    logos: &Logos,
    now: Timestamp,
) -> Result<String, PageError> {
    let (snapshot, changes) = (store.snapshot().await?, store.changes(CHANGES).await?);
    let pictures = pictures::of(&snapshot, logos).await?;
    Ok(render(&Contents { snapshot: &snapshot, pictures: &pictures, changes: &changes, now })?)
}

/// What a browser may do with the page: show its pictures and its one style.
pub(crate) fn policy() -> String {
    format!("default-src 'none'; img-src data:; style-src 'sha256-{}'", sha256_base64(STYLE.as_bytes()))
}

/// The page.
///
/// # Errors
/// Hardly: when a value cannot be written as text.
pub fn render(contents: &Contents<'_>) -> Result<String, askama::Error> {
    let Contents { snapshot, pictures, changes, now } = *contents;
    let mut known: Vec<&CatalogEntry> = snapshot.entries.values().collect();
    known.sort_by_cached_key(|known| known.requestor.consumer_facing_entity_name.to_lowercase());
    let (retired, offered): (Vec<&CatalogEntry>, Vec<_>) =
        known.into_iter().partition(|known| known.retired_at.is_some());
    let updated_at = snapshot.catalog.as_ref().and_then(|catalog| catalog.updated_at);
    let page = Page {
        policy: policy(),
        version: snapshot.catalog.as_ref().map(|catalog| catalog.version),
        updated_at: updated_at.map(When),
        stale: updated_at.is_none_or(|at| now.duration_since(at) > STALE),
        quarantined: offered.iter().filter(|known| known.quarantine.is_some()).count(),
        offered: cards(offered, pictures),
        retired: cards(retired, pictures),
        changes: changes.iter().map(|changed| Told::new(changed, snapshot)).collect(),
        now: When(now),
    };
    page.render()
}

fn cards<'a>(
    known: Vec<&'a CatalogEntry>,
    pictures: &'a BTreeMap<TokenRequestorId, String>,
) -> Vec<Card<'a>> {
    let picture =
        |known: &CatalogEntry| pictures.get(&known.requestor.token_requestor_id).map(String::as_str);
    known.into_iter().map(|known| Card::new(known, picture(known))).collect()
}

#[cfg(test)]
mod tests;
