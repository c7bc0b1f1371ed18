//! The browser's logs of a test, and checks for errors, requests to other hosts and weak policies.

use serde_json::Value;

use super::Harness;

/// Violations, one sentence each.
pub(crate) async fn violations(harness: &Harness) -> Vec<String> {
    let mut violations = Vec::new();
    for entry in harness.driver.get_log("browser").await.expect("the console") {
        let refused = entry.source.as_deref() == Some("network") && harness.allows_errors();
        if ["SEVERE", "WARNING"].contains(&entry.level.as_str()) && !refused {
            violations.push(format!("in the console: {}", entry.message));
        }
    }
    for entry in harness.driver.get_log("performance").await.expect("the network") {
        let event: Value = serde_json::from_str(&entry.message).expect("an event");
        let (method, params) = (&event["message"]["method"], &event["message"]["params"]);
        match method.as_str() {
            Some("Network.requestWillBeSent") => {
                let url = params["request"]["url"].as_str().unwrap_or_default();
                if !harness.is_local(url) {
                    violations.push(format!("a request to another host: {url}"));
                }
            }
            Some("Network.responseReceived") if params["type"] == "Document" => {
                violations.extend(policy_violation(&params["response"]));
            }
            _ => {}
        }
    }
    violations
}

fn policy_violation(page: &Value) -> Option<String> {
    let headers = page["headers"].as_object().filter(|_| page["protocol"] == "http/1.1")?;
    let header = |name: &str| {
        let found = headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned()
    };
    let (policy, referrer) = (header("content-security-policy"), header("referrer-policy"));
    let strict = policy.starts_with("default-src 'none'") && !policy.contains("unsafe");
    let is_strict = strict && referrer == "no-referrer";
    (!is_strict)
        .then(|| format!("{} has the policy {policy:?} and the referrer policy {referrer:?}", page["url"]))
}
