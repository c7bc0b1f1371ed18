//! The parameters and fields of each route in the API description: ids and others. An unknown name fails the test.

use std::sync::LazyLock;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    app::ApiRequest,
    openapi::{API_DESCRIPTION, escaped, resolved, violations},
};

/// What an id identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Enrollment,
    /// Start of a page of enrollments.
    Page,
    Card,
    IdempotencyKey,
    CallbackState,
    Receipt,
    TokenRequestor,
    Client,
    /// Token unique reference.
    Token,
    /// This server's id of a token.
    TokenId,
    Notification,
}

/// Where a request has the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Location {
    Path,
    Query,
    Header,
    Body,
}

/// A parameter or field for an id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Parameter {
    pub(super) location: Location,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// A route of API Gateway and the API description.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) key: String,
    pub(super) method: Method,
    pub(super) template: String,
    /// Needs no token.
    pub(super) public: bool,
    pub(super) parameters: Vec<Parameter>,
    /// Parameters and fields that are not ids, with valid values.
    rest: Vec<(Location, String, Value)>,
}

impl Kind {
    /// By the name in the API description; `None` for what is not an id.
    fn named(name: &str) -> Option<Self> {
        match name {
            "enrollmentId" => Some(Self::Enrollment),
            "nextToken" => Some(Self::Page),
            "cardContractId" => Some(Self::Card),
            "Idempotency-Key" => Some(Self::IdempotencyKey),
            "state" => Some(Self::CallbackState),
            "results" => Some(Self::Receipt),
            "tokenRequestorId" => Some(Self::TokenRequestor),
            "clientId" => Some(Self::Client),
            "tokenUniqueReference" => Some(Self::Token),
            "tokenId" => Some(Self::TokenId),
            "notificationId" => Some(Self::Notification),
            "platform" | "callback" | "consent" | "locale" | "accountHolder" | "accountRange" | "limit"
            | "cardsAsOf" => None,
            "Accept-Encoding" | "If-None-Match" | "confirm" => None,
            "type" | "tokenStatus" | "occurredAt" | "correlationId" | "walletName" => None,
            "decision" | "responseCode" | "reasonCode" | "requestedBy" | "triggeredBy" => None,
            unknown => panic!("unknown parameter or field: {unknown}"),
        }
    }

    /// Whether a text has the form of such an id. States, receipts and notification ids have no form.
    pub(super) fn fits(self, text: &str) -> bool {
        let schema = match self {
            Self::Enrollment | Self::Page => "/components/schemas/EnrollmentId",
            Self::Card | Self::Client => "/components/schemas/CardContractId",
            Self::TokenRequestor => "/components/schemas/TokenRequestorId",
            Self::IdempotencyKey => "/paths/~1enrollments/post/parameters/0/schema",
            Self::TokenId => "/components/schemas/TokenId",
            Self::Token => "/components/schemas/Notification/properties/tokenUniqueReference",
            Self::CallbackState | Self::Receipt | Self::Notification => return true,
        };
        violations(schema, &json!(text)).is_empty()
    }
}

impl Route {
    /// The route with this key, such as `GET /cards`.
    pub(super) fn from_key(key: &str) -> Self {
        let (method, template) = key.split_once(' ').expect("a route key");
        let at = format!("/paths/{}/{}", escaped(template), method.to_lowercase());
        let operation =
            API_DESCRIPTION.pointer(&at).unwrap_or_else(|| panic!("the API description has no {key}"));
        let mut route = Self {
            key: key.into(),
            method: method.parse().expect("a method"),
            template: template.into(),
            public: operation["security"]
                .as_array()
                .is_some_and(|schemes| schemes.iter().all(|it| it["bearer"].is_null())),
            parameters: Vec::new(),
            rest: Vec::new(),
        };
        let parameters = operation["parameters"].as_array().into_iter().flatten().enumerate();
        for (index, _) in parameters {
            let parameter = resolved(format!("{at}/parameters/{index}"));
            let parameter = API_DESCRIPTION.pointer(&parameter).expect("a parameter");
            let location = match parameter["in"].as_str() {
                Some("path") => Location::Path,
                Some("query") => Location::Query,
                Some("header") => Location::Header,
                other => panic!("{key} has a parameter in {other:?}"),
            };
            route.add_parameter(
                location,
                parameter["name"].as_str().expect("a name"),
                parameter["required"] == true,
            );
        }
        let body = resolved(format!("{at}/requestBody/content/application~1json/schema"));
        let body = if API_DESCRIPTION.pointer(&format!("{body}/oneOf")).is_some() {
            resolved(format!("{body}/oneOf/0"))
        } else {
            body
        };
        let body = API_DESCRIPTION.pointer(&body).unwrap_or(&Value::Null);
        let required = body["required"].as_array().into_iter().flatten().collect::<Vec<_>>();
        for name in body["properties"].as_object().into_iter().flat_map(|fields| fields.keys()) {
            route.add_parameter(Location::Body, name, required.contains(&&json!(name)));
        }
        let named =
            |segment: &str| segment.strip_prefix('{').and_then(|it| it.strip_suffix('}')).map(str::to_owned);
        for name in template.split('/').filter_map(named) {
            let known = route
                .parameters
                .iter()
                .any(|parameter| parameter.location == Location::Path && parameter.name == name);
            assert!(known, "{key} takes {name}, which is not a known id");
        }
        route
    }

    fn add_parameter(&mut self, location: Location, name: &str, required: bool) {
        match (Kind::named(name), valid_value(name)) {
            (Some(kind), _) => {
                self.parameters.push(Parameter { location, name: name.into(), kind, required })
            }
            (None, Some(value)) => self.rest.push((location, name.into(), value)),
            (None, None) => {
                assert!(!required, "{} requires {name}, for which `valid_value` has no value", self.key)
            }
        }
    }

    /// Whether it is about the tokens of a card.
    pub(super) fn is_about_tokens(&self) -> bool {
        self.template.starts_with("/cards/{cardContractId}/tokens")
    }

    /// A request with the ids that `id` returns; where it returns `None`, the parameter is left out.
    pub(super) fn send(&self, id: impl Fn(&Parameter) -> Option<String>) -> ApiRequest {
        let ids = self
            .parameters
            .iter()
            .filter_map(|parameter| Some((parameter.location, &parameter.name, json!(id(parameter)?))));
        let rest = self.rest.iter().map(|(location, name, value)| (*location, name, value.clone()));
        let (mut path, mut query, mut body) = (self.template.clone(), Vec::new(), json!({}));
        let mut request = ApiRequest::new(self.method.clone(), "");
        for (location, name, value) in ids.chain(rest) {
            let text = value.as_str().unwrap_or_default();
            match location {
                Location::Path => path = path.replace(&format!("{{{name}}}"), &encoded(text)),
                Location::Query if name == "results" => {
                    query.push(format!("results%5B{}%5D=APPROVED", encoded(text)))
                }
                Location::Query => query.push(format!("{name}={}", encoded(text))),
                Location::Header => request = request.with(name, text),
                Location::Body => body[name] = value,
            }
        }
        if self.method == Method::POST {
            request = request.with("content-type", "application/json").with_body(body.to_string());
        }
        request.path = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        request
    }
}

/// When the cardholders accepted the terms.
static ACCEPTED_AT: LazyLock<String> = LazyLock::new(|| Timestamp::now().to_string());

/// A valid value of what is not an id; always the same, so that a repeated request is identical.
fn valid_value(name: &str) -> Option<Value> {
    match name {
        "platform" => Some(json!("ios")),
        "callback" => Some(json!("mobile-app")),
        "consent" => Some(json!({ "termsVersion": "2026-01", "acceptedAt": *ACCEPTED_AT })),
        "confirm" => Some(json!(true)),
        "type" => Some(json!("TVN")),
        "tokenStatus" => Some(json!("SUSPENDED")),
        _ => None,
    }
}

/// Percent-encodes every byte but letters, digits and hyphens.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
