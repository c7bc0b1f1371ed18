//! Step-up authentication (RFC 9470) in the sample app.

use local::Options;

use crate::harness::{Appearance, with_options};

#[tokio::test]
async fn a_cardholder_confirms_the_login_and_the_same_request_enables_the_card() {
    let settings = [("STEP_UP_ACR_VALUES".to_owned(), "urn:bank.example:strong".to_owned())].into();
    let options = Options { settings, ..Options::default() };
    with_options(Appearance::PHONE, options, async |harness| {
        // Signed in with a password only, which the card says before it is tapped.
        harness.log_in_as(2).await;
        assert_eq!(harness.text(".owned:first-child .sample").await, "Sample: needs a second factor");
        harness.click("a[href^='#/enable/80001']").await;
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
        harness.click(".actions .primary").await;
        harness.find(".owned:nth-child(2)").await;
        let notes = harness.execute("return document.querySelectorAll('.sample').length").await;
        assert_eq!(notes, 1, "only the card that will be declined: the login has a second factor now");
        assert_ne!(pending, "[]", "the key was kept for the same request");
    })
    .await;
}
