//! A view of the whole catalog as all readers see it, to be compared with an earlier view.

use std::collections::BTreeMap;

use local::World;
use mastercard::{digest::sha256_hex, token_requestor::TokenRequestorId};
use model::catalog::{Catalog, CatalogEntry};
use serde_json::{Value, json};

/// The catalog as all readers see it at one time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CatalogView {
    pub(crate) catalog: Option<Catalog>,
    /// All entries, retired ones too, as functions read them.
    pub(crate) entries: BTreeMap<TokenRequestorId, CatalogEntry>,
    /// The app's list on each platform, without logos.
    pub(crate) listed: BTreeMap<&'static str, Vec<Value>>,
    /// Keys of the logos in the app's list, by requestor.
    pub(crate) logos: BTreeMap<String, Value>,
    pub(crate) updated_at: Value,
}

impl CatalogView {
    /// Reads the catalog. Every listed logo exists, and its content has the hash in its name.
    pub(crate) async fn read(world: &World) -> Self {
        let snapshot = world.token_requestors().snapshot().await.unwrap();
        let mut view = Self {
            catalog: snapshot.catalog.clone(),
            entries: snapshot.entries.clone(),
            listed: BTreeMap::new(),
            logos: BTreeMap::new(),
            updated_at: Value::Null,
        };
        for entry in snapshot.offered() {
            let keys: Vec<_> = snapshot.logos(entry).iter().map(|logo| logo.key.clone()).collect();
            view.logos.insert(entry.requestor.token_requestor_id.to_string(), json!(keys));
        }
        for platform in ["android", "ios", "web"] {
            let response = world.cardholder("40000").unwrap().token_requestors(platform).await.unwrap();
            assert_eq!(response.status, 200, "{}", response.body);
            let mut listed = response.body["tokenRequestors"].as_array().unwrap().clone();
            for entry in &mut listed {
                let logos = entry.as_object_mut().unwrap().remove("logos").unwrap();
                let base = world.base_url().as_str();
                let key = |logo: &Value| logo["url"].as_str().unwrap().strip_prefix(base).unwrap().to_owned();
                let keys: Vec<_> = logos.as_array().unwrap().iter().map(key).collect();
                let id = entry["tokenRequestorId"].as_str().unwrap();
                assert_eq!(view.logos[id], json!(keys), "{id}");
            }
            view.listed.insert(platform, listed);
            view.updated_at = response.body["catalogUpdatedAt"].clone();
        }
        view.check_logos_exist(world).await;
        view
    }

    async fn check_logos_exist(&self, world: &World) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let keys = self.logos.values().flat_map(|keys| keys.as_array().unwrap());
        for key in keys.map(|key| key.as_str().unwrap()).collect::<std::collections::BTreeSet<_>>() {
            let response = http.get(world.base_url().join(key).unwrap()).send().await.unwrap();
            assert_eq!(response.status(), 200, "{key}");
            let content = sha256_hex(&response.bytes().await.unwrap());
            assert!(key.contains(&content), "{key} holds {content}");
        }
    }

    /// Whether this is exactly the old catalog or exactly the new one. A requestor may have its new logos in the old catalog,
    /// and its old logos in the new one.
    pub(crate) fn is_one_of(&self, old: &Self, new: &Self) -> bool {
        let requestors = |view: &Self| (view.entries.clone(), view.listed.clone());
        let is_consistent = (requestors(self) == requestors(old) && self.updated_at == old.updated_at)
            || requestors(self) == requestors(new);
        let logos = |(id, logos): (&String, &Value)| {
            Some(logos) == old.logos.get(id) || Some(logos) == new.logos.get(id)
        };
        // A new requestor has no old logo.
        let is_new = |id: &String, logos: &Value| !old.logos.contains_key(id) && logos == &json!([]);
        is_consistent && self.logos.iter().all(|(id, value)| logos((id, value)) || is_new(id, value))
    }

    /// Name of a requestor that is not retired.
    pub(crate) fn name(&self, id: &str) -> Option<&str> {
        let entry = self.entries.get(&id.parse().unwrap())?;
        let is_offered = entry.retired_at.is_none();
        is_offered.then_some(entry.requestor.consumer_facing_entity_name.as_str())
    }
}
