//! Events as API Gateway sends them (HTTP API, payload format 2.0), with the claims that the JWT authorizer verified and
//! the client certificate of the mutual TLS endpoint.

use lambda_http::Request;
use serde_json::{Value, json};

#[derive(Clone)]
pub(crate) struct Event(Value);

impl Event {
    /// An event of a route such as `GET /enrollments/{enrollmentId}`, without claims or certificate.
    pub(crate) fn new(route: &str, path: &str) -> Self {
        let (method, _) = route.split_once(' ').unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut event = json!({
            "version": "2.0",
            "routeKey": route,
            "rawPath": path,
            "rawQueryString": query,
            "headers": { "accept": "application/json", "host": "api.bank.example" },
            "requestContext": {
                "accountId": "111122223333",
                "apiId": "simulation",
                "domainName": "api.bank.example",
                "domainPrefix": "api",
                "http": {
                    "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7",
                    "userAgent": "simulation",
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": route,
                "stage": "$default",
                "time": "05/Jan/2026:10:30:00 +0000",
                "timeEpoch": 1_767_609_000_000_u64,
            },
            "isBase64Encoded": false,
        });
        let template = route.split_once(' ').unwrap().1;
        let pairs = template.split('/').zip(path.split('/'));
        let parameters = pairs.filter_map(|(name, value)| {
            Some((name.strip_prefix('{')?.strip_suffix('}')?.to_owned(), Value::from(value)))
        });
        let parameters: serde_json::Map<_, _> = parameters.collect();
        if !parameters.is_empty() {
            event["pathParameters"] = Value::Object(parameters);
        }
        Self(event)
    }

    /// With the verified claims of this client's token.
    pub(crate) fn with_client(mut self, client: u64) -> Self {
        self.0["requestContext"]["authorizer"] =
            json!({ "jwt": { "claims": { "client_id": client.to_string() }, "scopes": null } });
        self
    }

    /// With a client certificate of this subject.
    pub(crate) fn with_client_certificate(mut self, subject: &str) -> Self {
        self.0["requestContext"]["authentication"] = json!({ "clientCert": {
            "clientCertPem": "CERTIFICATE",
            "subjectDN": subject,
            "issuerDN": "CN=Example Issuing Authority,O=Example",
            "serialNumber": "a1:b2:c3:d4:e5",
            "validity": { "notBefore": "Jan  1 00:00:00 2026 GMT", "notAfter": "Jan  1 00:00:00 2032 GMT" },
        } });
        self
    }

    pub(crate) fn with_header(mut self, header: &str, value: &str) -> Self {
        self.0["headers"][header] = value.into();
        self
    }

    pub(crate) fn with_body(self, body: &Value) -> Self {
        let mut event = self.with_header("content-type", "application/json");
        event.0["body"] = body.to_string().into();
        event
    }

    pub(crate) fn path(&self) -> &str {
        self.0["rawPath"].as_str().unwrap()
    }

    pub(crate) fn request(&self) -> Request {
        lambda_http::request::from_str(&self.0.to_string()).unwrap()
    }
}
