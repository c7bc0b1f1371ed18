//! The catalogue: a refresh writes what differs, hides what is gone, and never loses a working requestor or logo.

use jiff::{SignedDuration, Timestamp};
use shared::{
    asset::{AssetId, Logo},
    store::{Catalogue, Refreshed},
    token_requestor::{TokenRequestor, TokenRequestorId},
};

use super::{Stores, checks};

checks! {
    before_the_first_refresh_there_is_no_catalogue,
    a_refresh_writes_only_what_differs,
    a_refresh_that_names_nobody_changes_nothing,
    a_requestor_that_is_no_longer_named_is_hidden_and_may_return,
    a_logo_is_shown_until_its_successor_is_there,
    a_logo_of_older_artwork_is_refused,
    another_bank_has_its_own_catalogue,
}

const CLICK_TO_PAY: &str = simulator::CLICK_TO_PAY;
const WALLET: &str = "50999000001";

async fn before_the_first_refresh_there_is_no_catalogue(stores: &Stores) {
    assert_eq!(stores.requestors.catalogue().await.unwrap(), None);
    assert_eq!(stores.requestors.list().await.unwrap(), []);
    assert_eq!(stores.requestors.get(&id(CLICK_TO_PAY)).await.unwrap(), None);
}

async fn a_refresh_writes_only_what_differs(stores: &Stores) {
    let both = vec![requestor(CLICK_TO_PAY, "art-1"), requestor(WALLET, "art-2")];
    let first = refresh(stores, both.clone(), 0).await;
    assert_eq!(first, changed(&[CLICK_TO_PAY, WALLET]));
    assert_eq!(stores.requestors.list().await.unwrap(), both);
    assert_eq!(catalogue(stores).await, Catalogue { version: 1, updated_at: at(0) });

    assert_eq!(refresh(stores, both.clone(), 1).await, Refreshed::default());
    assert_eq!(catalogue(stores).await, Catalogue { version: 1, updated_at: at(1) });

    let renamed = TokenRequestor { consumer_facing_entity_name: "New".into(), ..both[1].clone() };
    assert_eq!(refresh(stores, vec![both[0].clone(), renamed.clone()], 2).await, changed(&[WALLET]));
    assert_eq!(stores.requestors.get(&id(WALLET)).await.unwrap(), Some(renamed));
    assert_eq!(catalogue(stores).await, Catalogue { version: 2, updated_at: at(2) });
}

async fn a_refresh_that_names_nobody_changes_nothing(stores: &Stores) {
    let one = vec![requestor(CLICK_TO_PAY, "art-1")];
    refresh(stores, one.clone(), 0).await;
    let before = catalogue(stores).await;
    assert_eq!(refresh(stores, Vec::new(), 1).await, Refreshed::default());
    assert_eq!(stores.requestors.list().await.unwrap(), one);
    assert_eq!(catalogue(stores).await, before);
}

async fn a_requestor_that_is_no_longer_named_is_hidden_and_may_return(stores: &Stores) {
    let both = vec![requestor(CLICK_TO_PAY, "art-1"), requestor(WALLET, "art-2")];
    refresh(stores, both.clone(), 0).await;
    assert!(
        stores.requestors.set_logos(&id(WALLET), &asset("art-2"), &[logo("a.svg")], at(0)).await.unwrap()
    );

    let gone = refresh(stores, both[..1].to_vec(), 1).await;
    assert_eq!(gone, Refreshed { retired: vec![id(WALLET)], ..Refreshed::default() });
    assert_eq!(stores.requestors.get(&id(WALLET)).await.unwrap(), None);
    assert_eq!(stores.requestors.list().await.unwrap(), both[..1]);
    assert_eq!(catalogue(stores).await, Catalogue { version: 3, updated_at: at(1) });
    assert_eq!(refresh(stores, both[..1].to_vec(), 2).await, Refreshed::default(), "it retires once");

    assert_eq!(refresh(stores, both, 3).await, changed(&[WALLET]));
    let back = stores.requestors.get(&id(WALLET)).await.unwrap().unwrap();
    assert_eq!(
        (back.logos.clone(), back.missing_artwork()),
        (vec![logo("a.svg")], None),
        "its logo was kept"
    );
}

async fn a_logo_is_shown_until_its_successor_is_there(stores: &Stores) {
    refresh(stores, vec![requestor(CLICK_TO_PAY, "art-1")], 0).await;
    assert!(stored(stores).await.missing_artwork().is_some());
    assert!(set_logo(stores, "art-1", "a.svg").await);
    let first = stored(stores).await;
    assert_eq!((first.logos.clone(), first.missing_artwork()), (vec![logo("a.svg")], None));
    assert_eq!(
        catalogue(stores).await,
        Catalogue { version: 2, updated_at: at(0) },
        "Mastercard was not asked"
    );

    refresh(stores, vec![requestor(CLICK_TO_PAY, "art-2")], 1).await;
    let between = stored(stores).await;
    assert_eq!(between.logos, [logo("a.svg")]);
    assert_eq!(between.missing_artwork().unwrap().asset_id, asset("art-2"));
    assert!(set_logo(stores, "art-2", "b.svg").await);
    let second = stored(stores).await;
    assert_eq!((second.logos.clone(), second.missing_artwork()), (vec![logo("b.svg")], None));
}

async fn a_logo_of_older_artwork_is_refused(stores: &Stores) {
    refresh(stores, vec![requestor(CLICK_TO_PAY, "art-2")], 0).await;
    let before = (stored(stores).await, catalogue(stores).await);
    assert!(!set_logo(stores, "art-1", "a.svg").await);
    let nobody = stores.requestors.set_logos(&id(WALLET), &asset("art-2"), &[logo("a.svg")], at(1)).await;
    assert!(!nobody.unwrap(), "a requestor that nobody named");
    assert_eq!((stored(stores).await, catalogue(stores).await), before);
    assert_eq!(stores.requestors.list().await.unwrap().len(), 1);
}

async fn another_bank_has_its_own_catalogue(stores: &Stores) {
    refresh(stores, vec![requestor(CLICK_TO_PAY, "art-1")], 0).await;
    let (_, theirs) = stores.of_tenant("another-bank");
    assert_eq!((theirs.catalogue().await.unwrap(), theirs.list().await.unwrap()), (None, vec![]));
}

async fn refresh(stores: &Stores, fresh: Vec<TokenRequestor>, day: i64) -> Refreshed {
    stores.requestors.refresh(fresh, at(day)).await.unwrap()
}

async fn set_logo(stores: &Stores, art: &str, key: &str) -> bool {
    stores.requestors.set_logos(&id(CLICK_TO_PAY), &asset(art), &[logo(key)], at(5)).await.unwrap()
}

async fn stored(stores: &Stores) -> TokenRequestor {
    stores.requestors.get(&id(CLICK_TO_PAY)).await.unwrap().unwrap()
}

async fn catalogue(stores: &Stores) -> Catalogue {
    stores.requestors.catalogue().await.unwrap().unwrap()
}

fn at(day: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (20_000 + day))
}

fn id(raw: &str) -> TokenRequestorId {
    raw.parse().unwrap()
}

fn asset(raw: &str) -> AssetId {
    raw.parse().unwrap()
}

fn logo(key: &str) -> Logo {
    Logo { media_type: "image/svg+xml".into(), key: key.into(), width: None, height: None }
}

fn changed(ids: &[&str]) -> Refreshed {
    Refreshed { changed: ids.iter().map(|raw| id(raw)).collect(), retired: Vec::new() }
}

fn requestor(raw: &str, art: &str) -> TokenRequestor {
    TokenRequestor {
        token_requestor_id: id(raw),
        name: "Example Ltd".into(),
        consumer_facing_entity_name: "Example".into(),
        token_requestor_type: "MERCHANT".into(),
        wallet_id: None,
        image_asset_id: Some(asset(art)),
        enabled_account_ranges: vec!["555555".repeat(2).parse().unwrap()],
        supported_push_methods: Vec::new(),
        available_push_methods: Vec::new(),
        supports_multiple_pushed_cards: false,
        supported_account_holder_data: Vec::new(),
        supports_card_holder_authentication: false,
        logos: Vec::new(),
        logo_asset_id: None,
    }
}
