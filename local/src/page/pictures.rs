//! The logos of all requestors, as `data:` URLs.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{StreamExt as _, stream};
use mastercard::{asset::Logo, token_requestor::TokenRequestorId};
use model::catalog::Snapshot;

use crate::logos::{LogoError, Logos};

/// Logos that are read at once.
const AT_ONCE: usize = 16;

/// Of each requestor the PNG, as the app would show it, or else the drawing. In an `img` a browser runs nothing of it.
pub(super) async fn of(
    snapshot: &Snapshot,
    logos: &Logos,
) -> Result<BTreeMap<TokenRequestorId, String>, LogoError> {
    let mut shown = Vec::new();
    for known in snapshot.entries.values() {
        let forms = snapshot.logos(known);
        let form = |media_type: &str| forms.iter().find(|logo| logo.media_type == media_type);
        if let Some(logo) = form("image/png").or_else(|| form("image/svg+xml")) {
            shown.push(read(known.requestor.token_requestor_id.clone(), logo.clone(), logos.clone()));
        }
    }
    let read: Vec<_> = stream::iter(shown).buffer_unordered(AT_ONCE).collect().await;
    let mut pictures = BTreeMap::new();
    for picture in read {
        if let (id, Some(url)) = picture? {
            pictures.insert(id, url);
        }
    }
    Ok(pictures)
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
