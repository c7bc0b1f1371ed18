//! What the browser noted while a test ran, and what must not be in it.

use serde_json::Value;

use super::Stage;

/// What was wrong, a sentence each.
pub(crate) async fn complaints(stage: &Stage) -> Vec<String> {
    let mut complaints = Vec::new();
    for entry in stage.driver.get_log("browser").await.expect("the console") {
        let refused = entry.source.as_deref() == Some("network") && stage.expects_refusals();
        if ["SEVERE", "WARNING"].contains(&entry.level.as_str()) && !refused {
            complaints.push(format!("in the console: {}", entry.message));
        }
    }
    for entry in stage.driver.get_log("performance").await.expect("the network") {
        let event: Value = serde_json::from_str(&entry.message).expect("an event");
        let (method, about) = (&event["message"]["method"], &event["message"]["params"]);
        match method.as_str() {
            Some("Network.requestWillBeSent") => {
                let url = about["request"]["url"].as_str().unwrap_or_default();
                if !stage.is_ours(url) {
                    complaints.push(format!("a request to somebody else: {url}"));
                }
            }
            Some("Network.responseReceived") if about["type"] == "Document" => {
                complaints.extend(policy_complaint(&about["response"]));
            }
            _ => {}
        }
    }
    complaints
}

fn policy_complaint(page: &Value) -> Option<String> {
    let headers = page["headers"].as_object().filter(|_| page["protocol"] == "http/1.1")?;
    let header = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned()
    };
    let (policy, referrer) = (header("content-security-policy"), header("referrer-policy"));
    let strict = policy.starts_with("default-src 'none'") && !policy.contains("unsafe");
    let well = strict && referrer == "no-referrer";
    (!well).then(|| format!("{} has the policy {policy:?} and the referrer policy {referrer:?}", page["url"]))
}
