//! Responses of the API that reach the app damaged or late, although the server has done what was asked.

use serde_json::Value;

use super::Harness;

/// API Gateway's response if the function fails.
pub(crate) const GATEWAY_FAILED: &str =
    "Response.json({ message: 'Internal Server Error' }, { status: 500 })";
/// The server's response, whose body ends early.
pub(crate) const CUT_OFF: &str = "new Response((await response.text()).slice(0, 40), response)";

/// The server's response, as late as `release` is called. Its body is there then, so that the app goes on in the same task.
const HELD: &str = "await response.json().then((body) => new Promise((resolve) => {
        const { ok, status, headers } = response;
        window.release = () => resolve({ ok, status, headers, json: async () => body });
        document.documentElement.dataset.response = 'held';
    }))";

/// Replaces the response to the next `POST` of the page.
const REPLACE: &str = "const { fetch } = window;
    window.fetch = async (path, options) => {
        const response = await fetch(path, options);
        if (options?.method !== 'POST') return response;
        window.fetch = fetch;
        return REPLACEMENT;
    };";

/// Lets the app have the held response. Its result is where the app navigates then.
const RELEASE: &str = "const [done] = arguments;
    const addresses = [];
    navigation.addEventListener('navigate', ({ destination }) => addresses.push(destination.url));
    delete document.documentElement.dataset.response;
    window.release();
    setTimeout(() => done(addresses));";

impl Harness {
    /// The next `POST` of this page reaches the server, and the app gets `replacement` instead of its response: JavaScript, in
    /// which `response` is the server's. Until the page navigates to another document.
    pub(crate) async fn replace_next_response(&self, replacement: &str) {
        self.execute(&REPLACE.replace("REPLACEMENT", replacement)).await;
    }

    /// The next `POST` of this page reaches the server, and the app waits for the response until it is released.
    pub(crate) async fn hold_next_response(&self) {
        self.replace_next_response(HELD).await;
    }

    /// Waits until the server has responded, and what it sent is held.
    pub(crate) async fn expect_held_response(&self) {
        self.find("html[data-response=held]").await;
    }

    /// Lets the app have the held response. Returns the addresses to which the app navigates then.
    pub(crate) async fn release_response(&self) -> Value {
        self.driver.execute_async(RELEASE, vec![]).await.expect("the page stays").json().clone()
    }
}
