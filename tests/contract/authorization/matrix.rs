//! The cases: which token, with which id in which parameter.

use jsonwebtoken::dangerous::insecure_decode_claims;
use local::cardholder::Cardholder;
use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    principals::Principal,
    routes::{Kind, Location, Parameter, Route},
};
use crate::support::app::App;

/// How an id relates to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ownership {
    Own,
    Foreign,
    /// Well formed, and never issued.
    Unknown,
    /// Not in the form of such an id.
    Malformed,
    /// Left out.
    Missing,
}

/// The token of the app's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Of the principal with this index.
    Of(usize),
    None,
    Expired,
    OtherAudience,
    WithoutClient,
    /// An ID token, as Amazon Cognito marks it.
    Id,
    /// With the scope of the other methods only.
    ScopeToRead,
    ScopeToWrite,
    ScopeToChangeTokens,
    /// Of a login without a second factor.
    Weak,
    /// Of a login that was too long ago.
    Old,
}

/// An id in a parameter.
#[derive(Clone, Debug)]
pub(super) struct IdCase {
    pub(super) parameter: Parameter,
    /// Index of the principal that has it, if any.
    owner: Option<usize>,
    ownership: Ownership,
    pub(super) value: Option<String>,
}

impl Token {
    pub(super) const ALL: [Self; 12] = [
        Self::Of(0),
        Self::Of(1),
        Self::None,
        Self::Expired,
        Self::OtherAudience,
        Self::WithoutClient,
        Self::Id,
        Self::ScopeToRead,
        Self::ScopeToWrite,
        Self::ScopeToChangeTokens,
        Self::Weak,
        Self::Old,
    ];

    /// Index of the principal that uses it.
    pub(super) fn caller(self) -> usize {
        match self {
            Self::Of(principal) => principal,
            _ => 0,
        }
    }

    /// Whether API Gateway accepts it.
    pub(super) fn is_accepted(self) -> bool {
        !matches!(self, Self::None | Self::Expired | Self::OtherAudience)
    }

    /// Whether it has the scope that this route needs.
    pub(super) fn has_scope(self, route: &Route) -> bool {
        match self {
            Self::ScopeToRead => route.method == Method::GET,
            Self::ScopeToWrite => route.method == Method::POST && !route.is_about_tokens(),
            Self::ScopeToChangeTokens => route.method == Method::POST && route.is_about_tokens(),
            _ => true,
        }
    }

    /// Whether the login behind it is strong and recent.
    pub(super) fn is_stepped_up(self) -> bool {
        !matches!(self, Self::Weak | Self::Old)
    }

    /// The cardholder with this token.
    pub(super) fn bearer(self, app: &App, principals: &[Principal; 2]) -> Cardholder {
        let principal = &principals[self.caller()];
        let valid = app.world.token_for(&principal.client).expect("a token");
        let changed = |name: &str, value: Value| {
            let mut claims: Value = insecure_decode_claims(&valid).expect("claims");
            claims[name] = value;
            app.world.token_with(&claims).expect("a token")
        };
        let token = match self {
            Self::Of(_) => return principal.cardholder.clone(),
            Self::None => String::new(),
            Self::Expired => changed("exp", json!(1)),
            Self::OtherAudience => changed("aud", json!("https://another.example")),
            Self::WithoutClient => changed("client_id", Value::Null),
            Self::Id => changed("token_use", json!("id")),
            Self::Weak => changed("acr", json!("urn:bank.example:password")),
            Self::Old => changed("auth_time", json!(1)),
            Self::ScopeToRead => changed("scope", json!("openid enroll:read")),
            Self::ScopeToWrite => changed("scope", json!("openid enroll:write")),
            Self::ScopeToChangeTokens => changed("scope", json!("openid tokens:write")),
        };
        principal.cardholder.with_token(token)
    }
}

impl IdCase {
    /// The same parameter with another id.
    pub(super) fn with(&self, value: &str) -> Self {
        Self { value: Some(value.into()), ..self.clone() }
    }

    /// How the id relates to this caller.
    pub(super) fn ownership(&self, caller: usize) -> Ownership {
        match self.owner {
            Some(owner) if owner == caller => Ownership::Own,
            Some(_) => Ownership::Foreign,
            None => self.ownership,
        }
    }
}

/// Every id for each parameter of a route; `None` for a route without parameters for ids.
pub(super) fn cases(route: &Route, principals: &[Principal; 2]) -> Vec<Option<IdCase>> {
    if route.parameters.is_empty() {
        return vec![None];
    }
    route.parameters.iter().flat_map(|parameter| cases_of(parameter, principals)).map(Some).collect()
}

fn cases_of(parameter: &Parameter, principals: &[Principal; 2]) -> Vec<IdCase> {
    let case = |owner, ownership, value| IdCase { parameter: parameter.clone(), owner, ownership, value };
    let mut all = Vec::new();
    for (owner, principal) in principals.iter().enumerate() {
        let mut ids = principal.ids(parameter.kind);
        if matches!(parameter.kind, Kind::Enrollment | Kind::Page) {
            // Swift writes a UUID in upper case.
            let upper: Vec<_> = ids.iter().map(|id| id.to_uppercase()).collect();
            ids.extend(upper);
        }
        ids.dedup();
        all.extend(ids.into_iter().map(|id| case(Some(owner), Ownership::Own, Some(id))));
    }
    if parameter.kind == Kind::TokenRequestor {
        all.push(case(None, Ownership::Own, Some(simulator::CLICK_TO_PAY.into())));
    }
    let owned: Vec<_> = all.iter().filter_map(|it| it.value.clone()).collect();
    let mut unknown = vec![never_issued(parameter.kind)];
    unknown.extend(malformed(&principals[0].companion(parameter, "tap"), &principals[0]));
    unknown.sort();
    unknown.dedup();
    for value in
        unknown.into_iter().filter(|value| !owned.contains(value) && can_be_sent(parameter.location, value))
    {
        let ownership = if parameter.kind.fits(&value) { Ownership::Unknown } else { Ownership::Malformed };
        all.push(case(None, ownership, Some(value)));
    }
    if parameter.required && parameter.location != Location::Path {
        all.push(case(None, Ownership::Missing, None));
    }
    all
}

/// A well-formed id that was never issued.
fn never_issued(kind: Kind) -> String {
    match kind {
        Kind::Enrollment | Kind::Page => Uuid::now_v7().to_string(),
        Kind::Card => "79999".into(),
        Kind::Client => "49999".into(),
        Kind::TokenRequestor => "50999999999".into(),
        Kind::IdempotencyKey => "an-unused-key".into(),
        Kind::CallbackState => "c3RhdGUtdGhhdC1ub2JvZHktd2FzLWdpdmVu".into(),
        Kind::Receipt => "MCC-STL-00000000-0000-4000-8000-000000000000".into(),
        Kind::TokenId => "0123456789abcdef0123456789abcdef".into(),
        Kind::Token => "DM4MMC0000ffffffffffffffffffffffffffffffffffffff".into(),
        Kind::Notification => "an-unknown-notification".into(),
    }
}

/// Malformed variants of an id, and ids of other kinds.
fn malformed(id: &str, principal: &Principal) -> Vec<String> {
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
        format!("PAST#{id}"),
        format!("\u{ff10}{id}"),
        "z".repeat(200),
    ];
    let kinds = [Kind::Enrollment, Kind::Card, Kind::CallbackState, Kind::Client];
    all.extend(kinds.into_iter().filter_map(|kind| principal.ids(kind).pop()));
    all.push(simulator::CLICK_TO_PAY.into());
    all
}

/// Whether HTTP can carry it there: no control characters and no outer spaces in headers, no empty path segments.
fn can_be_sent(location: Location, value: &str) -> bool {
    match location {
        Location::Path => !value.is_empty(),
        Location::Header => HeaderValue::from_str(value).is_ok() && value.trim() == value,
        Location::Query | Location::Body => true,
    }
}
