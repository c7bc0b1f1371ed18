//! Who sent a request, for the audit trail.

use std::net::IpAddr;

use lambda_http::{Request, RequestExt as _, http::header::USER_AGENT, request::RequestContext};
use model::{
    audit::{Actor, ActorKind, printable},
    card_enrollment::ShortHash,
    card_number::CardNumberDetector,
};

use super::{access_token::AccessToken, request};

/// The sender of a request: the subject of its access token if it has one, its addresses, its `User-Agent`.
pub fn actor(request: &Request, kind: ActorKind) -> Actor {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // The last address is the one that connected, which API Gateway adds.
    let forwarded = text("x-forwarded-for").rsplit(',').nth(1);
    Actor {
        kind,
        subject: subject(request),
        source_ip: source_ip(request),
        forwarded_for: forwarded.and_then(|address| address.trim().parse().ok()),
        user_agent: user_agent(text(USER_AGENT.as_str())),
        correlation_id: printable(&request::id(request)),
    }
}

/// What is kept of `User-Agent`: nothing if it contains a card number, of any network.
fn user_agent(raw: &str) -> String {
    if CardNumberDetector::new(Vec::new()).in_text(raw) { String::new() } else { printable(raw) }
}

/// Hash of the access token's `sub`. A route with a token rejects an ID token before anything is written.
pub(super) fn subject(request: &Request) -> Option<ShortHash> {
    let token = AccessToken::of(request).ok()?;
    token.claim("sub").map(|subject| ShortHash::of(subject.as_bytes()))
}

/// The address that connected to API Gateway.
pub(super) fn source_ip(request: &Request) -> Option<IpAddr> {
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
    fn a_card_number_in_the_name_of_the_program_is_not_kept() {
        for agent in
            ["App 5555555555554444", "5555 5555 5555 4444", &format!("{}5555555555554444", "x ".repeat(28))]
        {
            assert_eq!(actor_of(json!({"user-agent": agent}), "").user_agent, "", "{agent}");
        }
        let usual = "Mozilla/5.0 (Linux; Android 14; SM-G991B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.230";
        assert_eq!(actor_of(json!({"user-agent": usual}), "").user_agent, usual[..64]);
    }

    #[test]
    fn what_is_no_address_is_not_kept() {
        for forwarded in ["", "203.0.113.9", "<script>, 203.0.113.9", "10.0.0.1:80,203.0.113.9"] {
            let found = actor_of(json!({"x-forwarded-for": forwarded}), "somewhere");
            assert_eq!((found.source_ip, found.forwarded_for), (None, None), "{forwarded}");
        }
    }
}
