//! The event of an HTTP API (payload format 2.0), as a function gets it in Lambda. A test compares its structure with the
//! examples in `events/`.

use std::{borrow::Cow, collections::BTreeMap, net::SocketAddr};

use axum::http::{HeaderMap, header, request::Parts};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use super::{
    authorizer::Claims,
    route::{Parameters, Route},
};

/// The client of a connection.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) address: SocketAddr,
    /// `requestContext.authentication.clientCert`, with mutual TLS only.
    pub(crate) certificate: Option<Value>,
}

/// The parts of an event.
pub(super) struct Event<'a> {
    pub(super) route: &'a Route,
    pub(super) parameters: Parameters,
    pub(super) claims: Option<Claims>,
    pub(super) caller: &'a Caller,
    pub(super) request: &'a Parts,
    pub(super) body: &'a [u8],
}

/// A request id of sixteen characters, like API Gateway's.
pub(super) fn request_id() -> String {
    let random = Uuid::new_v4().into_bytes();
    URL_SAFE.encode(random.get(..11).unwrap_or_default())
}

impl Event<'_> {
    pub(super) fn to_json(&self, request_id: &str, now: Timestamp) -> Value {
        let uri = &self.request.uri;
        let query = uri.query().unwrap_or_default();
        let mut event = json!({
            "version": "2.0",
            "routeKey": self.route.key(),
            "rawPath": self.path(),
            "rawQueryString": query,
            "headers": self.headers(),
            "requestContext": self.request_context(request_id, now),
            "isBase64Encoded": false,
        });
        let mut add = |name: &str, value: Value| event[name] = value;
        let cookies: Vec<&str> = values(&self.request.headers, header::COOKIE.as_str())
            .flat_map(|value| value.split(';').map(str::trim))
            .collect();
        if !cookies.is_empty() {
            add("cookies", json!(cookies));
        }
        if !query.is_empty() {
            add("queryStringParameters", json!(joined(form_urlencoded::parse(query.as_bytes()))));
        }
        if !self.parameters.is_empty() {
            let parameters = self.parameters.iter().map(|(name, value)| ((*name).into(), json!(value)));
            add("pathParameters", Value::Object(parameters.collect()));
        }
        if !self.body.is_empty() {
            match self.text() {
                Some(text) => add("body", text.into()),
                None => {
                    add("body", STANDARD.encode(self.body).into());
                    add("isBase64Encoded", true.into());
                }
            }
        }
        event
    }

    fn request_context(&self, request_id: &str, now: Timestamp) -> Value {
        let host = self.host();
        let http = json!({
            "method": self.request.method.as_str(),
            "path": self.path(),
            "protocol": "HTTP/1.1",
            "sourceIp": self.caller.address.ip(),
            "userAgent": values(&self.request.headers, "user-agent").next().unwrap_or_default(),
        });
        let mut context = json!({
            "accountId": "111122223333",
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split('.').next(),
            "http": http,
            "requestId": request_id,
            "routeKey": self.route.key(),
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        });
        if let Some(claims) = &self.claims {
            context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
        }
        if let Some(certificate) = &self.caller.certificate {
            context["authentication"] = json!({ "clientCert": certificate });
        }
        context
    }

    /// Headers with lower-case names, repeated values joined by commas, without cookies, and with the gateway's own.
    fn headers(&self) -> Value {
        let given = self.request.headers.iter().filter(|(name, _)| *name != header::COOKIE);
        let mut headers = joined(
            given.map(|(name, value)| (name.as_str().into(), String::from_utf8_lossy(value.as_bytes()))),
        );
        let scheme = if self.caller.certificate.is_some() { "https" } else { "http" };
        headers.insert("x-forwarded-for".into(), self.caller.address.ip().to_string());
        headers.insert("x-forwarded-port".into(), self.port());
        headers.insert("x-forwarded-proto".into(), scheme.into());
        headers.insert(
            "x-amzn-trace-id".into(),
            format!("Root=1-{:08x}-{}", Timestamp::now().as_second(), trace()),
        );
        json!(headers)
    }

    /// The path, which API Gateway decodes.
    fn path(&self) -> Cow<'_, str> {
        percent_decode_str(self.request.uri.path()).decode_utf8_lossy()
    }

    fn host(&self) -> &str {
        let host = values(&self.request.headers, "host").next().unwrap_or("localhost");
        host.rsplit_once(':').map_or(host, |(name, _)| name)
    }

    fn port(&self) -> String {
        let host = values(&self.request.headers, "host").next().unwrap_or_default();
        host.rsplit_once(':').map_or("80", |(_, port)| port).into()
    }

    /// The body as text if its media type is textual and it is UTF-8; other bodies are sent as base64.
    fn text(&self) -> Option<&str> {
        let media_type = values(&self.request.headers, "content-type").next()?.to_ascii_lowercase();
        let media_type = media_type.split(';').next()?.trim();
        let text = media_type.starts_with("text/")
            || ["application/json", "application/xml", "application/javascript"].contains(&media_type)
            || media_type.ends_with("+json");
        if text { std::str::from_utf8(self.body).ok() } else { None }
    }
}

fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

/// Values by name; values of a repeated name are joined by commas.
fn joined<'a, I>(pairs: I) -> BTreeMap<String, String>
where
    I: Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
{
    let mut joined = BTreeMap::<String, String>::new();
    for (name, value) in pairs {
        joined
            .entry(name.into_owned())
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    joined
}

fn trace() -> String {
    Uuid::new_v4().simple().to_string().chars().take(24).collect()
}
