//! The cells: who asks, with which id in which place.

use jsonwebtoken::dangerous::insecure_decode_claims;
use local::cardholder::Cardholder;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    cast::Party,
    routes::{Kind, Part, Place, Route},
};
use crate::support::app::App;

/// Whose an id is, to the one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Own,
    Foreign,
    /// Well formed, and nobody's.
    Nobodys,
    /// Not such an id at all.
    Garbage,
    /// Not there.
    LeftOut,
}

/// What the app's request bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Of the one or of the other of two cardholders.
    Of(usize),
    None,
    Expired,
    OtherAudience,
    WithoutClient,
}

/// An id in a place.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) place: Place,
    /// Which of the two parties has it, if any.
    owner: Option<usize>,
    whose_else: Whose,
    pub(super) value: Option<String>,
}

impl Token {
    pub(super) const ALL: [Self; 6] =
        [Self::Of(0), Self::Of(1), Self::None, Self::Expired, Self::OtherAudience, Self::WithoutClient];

    /// For whom it is; a token that is good for nobody is tried by the first.
    pub(super) fn caller(self) -> usize {
        match self {
            Self::Of(party) => party,
            _ => 0,
        }
    }

    /// Whether API Gateway lets it in.
    pub(super) fn enters(self) -> bool {
        matches!(self, Self::Of(_) | Self::WithoutClient)
    }

    /// The first cardholder, or the one that it is of, bearing it.
    pub(super) fn borne_by(self, app: &App, parties: &[Party; 2]) -> Cardholder {
        let party = &parties[self.caller()];
        let good = app.world.token_for(&party.client).expect("a token");
        let changed = |name: &str, value: Value| {
            let mut claims: Value = insecure_decode_claims(&good).expect("claims");
            claims[name] = value;
            app.world.token_with(&claims).expect("a token")
        };
        let token = match self {
            Self::Of(_) => return party.cardholder.clone(),
            Self::None => String::new(),
            Self::Expired => changed("exp", json!(1)),
            Self::OtherAudience => changed("aud", json!("https://another.example")),
            Self::WithoutClient => changed("client_id", Value::Null),
        };
        party.cardholder.with_token(token)
    }
}

impl Given {
    /// The same place with another id.
    pub(super) fn with(&self, value: &str) -> Self {
        Self { value: Some(value.into()), ..self.clone() }
    }

    /// Whose it is to a caller.
    pub(super) fn whose(&self, caller: usize) -> Whose {
        match self.owner {
            Some(owner) if owner == caller => Whose::Own,
            Some(_) => Whose::Foreign,
            None => self.whose_else,
        }
    }
}

/// Every id that a route may be given, in each of its places; none for a route that takes no id.
pub(super) fn given(route: &Route, parties: &[Party; 2]) -> Vec<Option<Given>> {
    if route.places.is_empty() {
        return vec![None];
    }
    route.places.iter().flat_map(|place| in_place(place, parties)).map(Some).collect()
}

fn in_place(place: &Place, parties: &[Party; 2]) -> Vec<Given> {
    let given = |owner, whose_else, value| Given { place: place.clone(), owner, whose_else, value };
    let mut all = Vec::new();
    for (owner, party) in parties.iter().enumerate() {
        let mut ids = party.ids(place.kind);
        ids.dedup();
        all.extend(ids.into_iter().map(|id| given(Some(owner), Whose::Own, Some(id))));
    }
    if place.kind == Kind::TokenRequestor {
        all.push(given(None, Whose::Own, Some(simulator::CLICK_TO_PAY.into())));
    }
    let owned: Vec<_> = all.iter().filter_map(|it| it.value.clone()).collect();
    let mut strange = vec![nobodys(place.kind)];
    strange.extend(misshapen(&parties[0].companion(place, "tap"), &parties[0]));
    strange.sort();
    strange.dedup();
    for value in strange.into_iter().filter(|value| !owned.contains(value) && travels(place.part, value)) {
        let whose = if place.kind.fits(&value) { Whose::Nobodys } else { Whose::Garbage };
        all.push(given(None, whose, Some(value)));
    }
    if place.required && place.part != Part::Path {
        all.push(given(None, Whose::LeftOut, None));
    }
    all
}

/// A good one that was never given to anybody.
fn nobodys(kind: Kind) -> String {
    match kind {
        Kind::Enrollment | Kind::Page => Uuid::now_v7().to_string(),
        Kind::Card => "79999".into(),
        Kind::Client => "49999".into(),
        Kind::TokenRequestor => "50999999999".into(),
        Kind::IdempotencyKey => "a-tap-of-nobody".into(),
        Kind::CallbackState => "c3RhdGUtdGhhdC1ub2JvZHktd2FzLWdpdmVu".into(),
        Kind::Receipt => "MCC-STL-00000000-0000-4000-8000-000000000000".into(),
        Kind::Token => "DM4MMC0000ffffffffffffffffffffffffffffffffffffff".into(),
        Kind::Notification => "a-notification-of-nobody".into(),
    }
}

/// What an id becomes in clumsy or hostile hands; and ids of other kinds in its place.
fn misshapen(id: &str, party: &Party) -> Vec<String> {
    let mut all = vec![
        String::new(),
        id.chars().skip(1).collect(),
        format!("{id}0"),
        format!("{id}{id}"),
        id.to_uppercase(),
        format!(" {id}"),
        format!("{id}\n"),
        format!("{id}\0"),
        format!("{id}/"),
        format!("{id}/../{id}"),
        format!("{id},{id}"),
        format!("-{id}"),
        format!("0{id}"),
        format!("{id}' OR '1'='1"),
        format!("ENROLLMENT#{id}"),
        format!("\u{ff10}{id}"),
        "z".repeat(200),
    ];
    let kinds = [Kind::Enrollment, Kind::Card, Kind::CallbackState, Kind::Client];
    all.extend(kinds.into_iter().filter_map(|kind| party.ids(kind).pop()));
    all.push(simulator::CLICK_TO_PAY.into());
    all
}

/// Whether HTTP carries it there as it is: no control characters and no outer spaces in headers, no empty segments.
fn travels(part: Part, value: &str) -> bool {
    match part {
        Part::Path => !value.is_empty(),
        Part::Header => HeaderValue::from_str(value).is_ok() && value.trim() == value,
        Part::Query | Part::Body => true,
    }
}
