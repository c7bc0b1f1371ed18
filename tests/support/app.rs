//! The bank's app against a whole `World`; every response is checked against the API description.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use local::{
    Options, World,
    cardholder::{Cardholder, Response},
    journey::CLIENT_ID,
};
use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use super::{
    leaks::leak,
    open_world_with,
    openapi::{conforms, template},
};

/// A `World` whose catalog is filled, and the sample cardholder in it.
pub(crate) struct App {
    pub(crate) world: World,
    pub(crate) cardholder: Cardholder,
}

/// A request of the app, valid or not.
#[derive(Clone)]
pub(crate) struct ApiRequest {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl ApiRequest {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// `POST /enrollments` with a new idempotency key.
    pub(crate) fn enroll(body: &Value) -> Self {
        let keyed =
            Self::new(Method::POST, "/enrollments").with("idempotency-key", &Uuid::new_v4().to_string());
        keyed.with("content-type", "application/json").with_body(body.to_string())
    }

    /// With an additional header; a name may occur twice.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn with_body(self, body: impl Into<String>) -> Self {
        Self { body: body.into(), ..self }
    }
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        Self::in_world(open_world_with(options).await)
    }

    /// With a `World` that is running.
    pub(crate) fn in_world(world: World) -> Self {
        let cardholder = world.cardholder(CLIENT_ID).expect("a cardholder");
        Self { world, cardholder }
    }

    /// Sends it with the cardholder's token.
    pub(crate) async fn send(&self, request: &ApiRequest) -> Response {
        self.send_as(&self.cardholder, request).await
    }

    /// Sends it as another cardholder.
    pub(crate) async fn send_as(&self, cardholder: &Cardholder, request: &ApiRequest) -> Response {
        let headers: Vec<_> = request.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let response =
            cardholder.request(request.method.clone(), &request.path, &headers, request.body.clone()).await;
        let response = response.expect("a response");
        let template = template(&request.path).expect("a path of the contract");
        conforms(&request.method, template, &response);
        if response.status >= 400 {
            assert_eq!(leak(&response.body.to_string()), None, "{} {}", request.method, template);
            // Retrying the same request is useless then; a new one may succeed later.
            let must_not_wait =
                response.body["retryable"] == false && response.body["code"] != "too_many_enrollments";
            assert!(!(must_not_wait && response.headers.contains_key("retry-after")), "{}", response.body);
        }
        response
    }

    /// All items of the enrollments table, sorted.
    pub(crate) async fn stored(&self) -> Vec<Value> {
        let db = self.world.dynamodb();
        let scan = db.scan().table_name(&self.world.tables().enrollments).into_paginator().items().send();
        let items: Vec<_> = scan.collect::<Result<_, _>>().await.expect("a scan");
        let mut items: Vec<_> = items.into_iter().map(|item| json(AttributeValue::M(item))).collect();
        items.iter_mut().for_each(Value::sort_all_objects);
        items.sort_by_cached_key(Value::to_string);
        items
    }
}

/// An attribute value as plain JSON.
fn json(value: AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.into(),
        AttributeValue::Bool(truth) => truth.into(),
        AttributeValue::L(items) => items.into_iter().map(json).collect(),
        AttributeValue::M(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, json(value))).collect())
        }
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::B(bytes) => STANDARD.encode(bytes).into(),
        other => panic!("nothing is stored as {}", std::any::type_name_of_val(&other)),
    }
}
