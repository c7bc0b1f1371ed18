//! Who sent a request, for the audit trail.

use std::net::IpAddr;

use lambda_http::{Request, RequestExt as _, http::header::USER_AGENT, request::RequestContext};
use model::{
    audit::{Actor, ActorKind, printable},
    card_enrollment::ShortHash,
};

use super::{access_token::AccessToken, request};

/// The sender of a request: the subject of its access token if it has one, its addresses, its `User-Agent`.
pub fn actor(request: &Request, kind: ActorKind) -> Actor {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A route with a token rejects an ID token before anything is written.
    let subject = AccessToken::of(request).ok().and_then(|token| token.claim("sub"));
    // The last address is the one that connected, which API Gateway adds.
    let forwarded = text("x-forwarded-for").rsplit(',').nth(1);
    Actor {
        kind,
        subject: subject.map(|subject| ShortHash::of(subject.as_bytes())),
        source_ip: source_ip(request),
        forwarded_for: forwarded.and_then(|address| address.trim().parse().ok()),
        user_agent: printable(text(USER_AGENT.as_str())),
        correlation_id: printable(&request::id(request)),
    }
}

fn source_ip(request: &Request) -> Option<IpAddr> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::http::request_from_event;

    fn actor_of(headers: Value, source_ip: &str) -> Actor {
        let event = json!({
            "rawPath": "/enrollments", "headers": headers,
            "requestContext": {
                "http": {"method": "POST", "sourceIp": source_ip}, "requestId": "JKJaXmPLvHcESHA=",
                "authorizer": {"jwt": {"claims": {"sub": "user-1"}, "scopes": null}},
            },
        });
        actor(&request_from_event(&event).unwrap(), ActorKind::App)
    }

    #[test]
    fn the_sender_is_known_by_token_address_and_program() {
        let headers =
            json!({"user-agent": "BankApp/3 \"x\"", "x-forwarded-for": "198.51.100.7, 203.0.113.9"});
        let found = actor_of(headers, "203.0.113.9");
        let expected = Actor {
            kind: ActorKind::App,
            subject: Some(ShortHash::of(b"user-1")),
            source_ip: "203.0.113.9".parse().ok(),
            forwarded_for: "198.51.100.7".parse().ok(),
            user_agent: "BankApp/3 ?x?".into(),
            correlation_id: "JKJaXmPLvHcESHA=".into(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_address_is_not_kept() {
        for forwarded in ["", "203.0.113.9", "<script>, 203.0.113.9", "10.0.0.1:80,203.0.113.9"] {
            let found = actor_of(json!({"x-forwarded-for": forwarded}), "somewhere");
            assert_eq!((found.source_ip, found.forwarded_for), (None, None), "{forwarded}");
        }
    }
}
