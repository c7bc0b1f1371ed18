//! Runs the examples against the simulator.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, reason = "the tests call `run` of the examples, not `main`")]
#![allow(clippy::duplicate_mod, reason = "each example is a program of its own and has the module `connect`")]

use simulator::{CLICK_TO_PAY, Options, Portal, Simulator};
use tokio::net::TcpListener;

#[path = "../examples/list_requestors.rs"]
mod list_requestors;
#[path = "../examples/list_tokens.rs"]
mod list_tokens;
#[path = "../examples/parse_callback.rs"]
mod parse_callback;
#[path = "../examples/push_card.rs"]
mod push_card;

/// A running simulator and the folder with the issuer's credentials.
struct Sandbox {
    simulator: Simulator,
    credentials: tempfile::TempDir,
}

impl Sandbox {
    async fn start() -> Self {
        let credentials = tempfile::tempdir().unwrap();
        let portal = Portal::generate().unwrap();
        portal.credentials().write_to(credentials.path()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let simulator = Simulator::start(listener, portal, Options::default()).await.unwrap();
        Self { simulator, credentials }
    }

    /// The arguments of an example: gateway, credentials, then `further`.
    fn arguments(&self, further: &[&str]) -> impl Iterator<Item = String> {
        let gateway = self.simulator.base_url().to_string();
        let credentials = self.credentials.path().to_str().unwrap().to_owned();
        let further: Vec<_> = further.iter().copied().map(str::to_owned).collect();
        [gateway, credentials].into_iter().chain(further)
    }
}

#[tokio::test]
async fn eligible_token_requestors_are_listed_with_their_logos() {
    let sandbox = Sandbox::start().await;
    let output = list_requestors::run(sandbox.arguments(&["555555000"])).await.unwrap();
    assert!(output.contains(&format!("{CLICK_TO_PAY} Click to Pay")), "{output}");
    assert!(output.contains("  logo: image/svg+xml, "), "{output}");
}

#[tokio::test]
async fn a_card_is_pushed_and_the_redirect_has_the_signature() {
    let sandbox = Sandbox::start().await;
    let origin = sandbox.simulator.click_to_pay_origin();
    let output = push_card::run(sandbox.arguments(&["40000", "70001", CLICK_TO_PAY, &origin])).await.unwrap();
    assert!(output.starts_with("receipts: 1\n"), "{output}");
    assert!(output.contains("?pushAccountData=eyJ"), "{output}");
}

#[tokio::test]
async fn a_blocked_card_is_not_pushed() {
    let sandbox = Sandbox::start().await;
    let origin = sandbox.simulator.click_to_pay_origin();
    let error =
        push_card::run(sandbox.arguments(&["40000", "70003", CLICK_TO_PAY, &origin])).await.unwrap_err();
    assert!(error.to_string().contains("CARD_CONTRACT_NOT_ACTIVE"), "{error}");
}

#[tokio::test]
async fn the_tokens_of_a_cardholder_are_listed() {
    let sandbox = Sandbox::start().await;
    let origin = sandbox.simulator.click_to_pay_origin();
    let output = push_card::run(sandbox.arguments(&["40000", "70001", CLICK_TO_PAY, &origin])).await.unwrap();
    // Click to Pay tokenizes the card when the redirect is opened.
    let (_, redirect) = output.trim().split_once("redirect: ").unwrap();
    reqwest::get(redirect).await.unwrap();
    let output = list_tokens::run(sandbox.arguments(&["40000"])).await.unwrap();
    assert!(output.contains("card 70001: Active, MDES for Merchants\n"), "{output}");
    assert!(output.contains("getTokensByClient: "), "{output}");
}

#[test]
fn a_callback_is_parsed() {
    let query = "s=1&results%5BMCC-1%5D=APPROVED%7CDM4MMC&results%5BMCC-2%5D=CANCELLED".to_owned();
    let output = parse_callback::run([query].into_iter()).unwrap();
    let expected =
        "MCC-1: Approved; verify it in the token list\nMCC-2: Cancelled; the cardholder may try again\n";
    assert_eq!(output, expected);
}
