//! The logos of all requestors, as `data:` URLs.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{StreamExt as _, stream};
use mastercard::{asset::Logo, token_requestor::TokenRequestorId};
use model::catalog::Snapshot;

use crate::logos::{LogoError, Logos};

/// Logos that are read concurrently.
const CONCURRENCY: usize = 16;

/// For each token requestor the PNG, or else the SVG. A browser runs no script of an SVG in an `img`.
pub(super) async fn load(
    snapshot: &Snapshot,
    logos: &Logos,
) -> Result<BTreeMap<TokenRequestorId, String>, LogoError> {
    let mut reads = Vec::new();
    for entry in snapshot.entries.values() {
        let forms = snapshot.logos(entry);
        let form = |media_type: &str| forms.iter().find(|logo| logo.media_type == media_type);
        if let Some(logo) = form("image/png").or_else(|| form("image/svg+xml")) {
            reads.push(read(entry.requestor.token_requestor_id.clone(), logo.clone(), logos.clone()));
        }
    }
    let read: Vec<_> = stream::iter(reads).buffer_unordered(CONCURRENCY).collect().await;
    let mut logo_urls = BTreeMap::new();
    for logo_url in read {
        if let (id, Some(url)) = logo_url? {
            logo_urls.insert(id, url);
        }
    }
    Ok(logo_urls)
}

async fn read(
    id: TokenRequestorId,
    logo: Logo,
    logos: Logos,
) -> Result<(TokenRequestorId, Option<String>), LogoError> {
    let found = logos.get(&logo.key).await?;
    let url = |content| format!("data:{};base64,{}", logo.media_type, STANDARD.encode::<Vec<u8>>(content));
    Ok((id, found.map(|found| url(found.content))))
}
