//! Step-up authentication (RFC 9470) in the sample app.

use local::Options;

use crate::harness::{Appearance, with_options};

#[tokio::test]
async fn a_cardholder_confirms_the_login_and_the_same_request_enables_the_card() {
    let settings = [("STEP_UP_ACR_VALUES".to_owned(), "urn:bank.example:strong".to_owned())].into();
    let options = Options { settings, ..Options::default() };
    with_options(Appearance::PHONE, options, async |harness| {
        harness.log_in().await;
        harness.click("a[href='#/enable/70001']").await;
        harness.agree().await;
        harness.expect_heading("Please confirm that it is you").await;
        assert_eq!(harness.pushes(), 0);
        let keys = "return JSON.stringify(Object.entries(sessionStorage).filter(([name]) => name.startsWith('request ')))";
        let pending = harness.execute(keys).await;
        harness.click(".actions .primary").await;
        harness.expect_heading("Add your card").await;
        assert_eq!(harness.pushes(), 1);
        harness.press("accept").await;
        harness.click("#return").await;
        harness.expect_heading("Your card is enabled").await;
        assert_ne!(pending, "[]", "the key was kept for the same request");
    })
    .await;
}
