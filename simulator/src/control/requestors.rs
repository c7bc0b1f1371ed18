//! Token requestors and their logos.

use serde_json::Value;
use uuid::Uuid;

use super::not_found::NotFound;
use crate::{simulator::Simulator, world::requestor::TokenRequestor};

impl Simulator {
    /// The current token requestors.
    #[must_use]
    pub fn requestors(&self) -> Vec<TokenRequestor> {
        self.mastercard.records().requestors.clone()
    }

    /// Adds a token requestor, or replaces the one with its id. Without an asset id it gets a new logo.
    pub fn add_requestor(&self, mut requestor: TokenRequestor) {
        let asset = requestor.image_asset_id.get_or_insert_with(|| Uuid::new_v4().to_string()).clone();
        let mut records = self.mastercard.records();
        records.assets.insert(asset);
        records.requestors.retain(|known| known.token_requestor_id != requestor.token_requestor_id);
        records.requestors.push(requestor);
    }

    /// Removes a token requestor; its logo stays available.
    ///
    /// # Errors
    /// If there is no such token requestor.
    pub fn remove_requestor(&self, token_requestor_id: &str) -> Result<(), NotFound> {
        let requestors = &mut self.mastercard.records().requestors;
        let before = requestors.len();
        requestors.retain(|known| known.token_requestor_id != token_requestor_id);
        if requestors.len() < before { Ok(()) } else { Err(NotFound("token requestor")) }
    }

    /// Gives a token requestor a new logo and returns its asset id; the old asset stays available.
    ///
    /// # Errors
    /// If there is no such token requestor.
    pub fn rotate_artwork(&self, token_requestor_id: &str) -> Result<String, NotFound> {
        let asset = Uuid::new_v4().to_string();
        let mut records = self.mastercard.records();
        let mut requestors = records.requestors.iter_mut();
        let requestor = requestors.find(|known| known.token_requestor_id == token_requestor_id);
        requestor.ok_or(NotFound("token requestor"))?.image_asset_id = Some(asset.clone());
        records.assets.insert(asset.clone());
        Ok(asset)
    }

    /// Takes the logo of a token requestor away, which is listed without an asset id then; the asset stays available.
    ///
    /// # Errors
    /// If there is no such token requestor.
    pub fn remove_artwork(&self, token_requestor_id: &str) -> Result<(), NotFound> {
        let mut records = self.mastercard.records();
        let mut requestors = records.requestors.iter_mut();
        let requestor = requestors.find(|known| known.token_requestor_id == token_requestor_id);
        requestor.ok_or(NotFound("token requestor"))?.image_asset_id = None;
        Ok(())
    }

    /// Sets the `mediaContents` of an asset, existing or new: `[{"type", "data"}, …]`, the data in Base64. They are
    /// returned unchecked.
    pub fn set_asset(&self, asset_id: &str, media_contents: Value) {
        let mut records = self.mastercard.records();
        records.assets.insert(asset_id.to_owned());
        records.asset_contents.insert(asset_id.to_owned(), media_contents);
    }
}
