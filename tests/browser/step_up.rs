//! Step-up authentication (RFC 9470) in the sample app.

use local::{Options, cardholder::Cardholder};

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
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        harness.click(".actions .primary").await;
        harness.find(".owned:nth-child(2)").await;
        let notes = harness.execute("return document.querySelectorAll('.sample').length").await;
        assert_eq!(notes, 1, "only the card that will be declined: the login has a second factor now");
        assert_ne!(pending, "[]", "the key was kept for the same request");
    })
    .await;
}

#[tokio::test]
async fn a_login_that_is_too_weak_for_the_redirect_leads_to_a_restart_which_asks_for_a_stronger_one() {
    let settings = [("STEP_UP_ACR_VALUES".to_owned(), "urn:bank.example:strong".to_owned())].into();
    let options = Options { settings, ..Options::default() };
    with_options(Appearance::PHONE, options, async |harness| {
        // On a device whose login has a second factor.
        let other_device = harness.world.cardholder("40001").unwrap();
        let request = Cardholder::smallest_request("80001");
        let ready = other_device.enroll_request("another-device", &request).await.unwrap().body;
        let id = ready["enrollmentId"].as_str().unwrap();
        harness.log_in_as(2).await;
        harness.open(&harness.url(&format!("/#/enrollment/{id}"))).await;
        harness.expect_heading("Not finished yet").await;
        let onward = format!("a.primary[href='#/again/{id}']");
        assert_eq!(harness.text(&onward).await, "Continue at Click to Pay");
        harness.click(&onward).await;
        harness.agree().await;
        harness.expect_heading("Please confirm that it is you").await;
        assert_eq!(harness.pushes(), 1);
        harness.click(".actions .primary").await;
        harness.expect_heading("Add your card").await;
        assert_eq!(harness.pushes(), 2);
    })
    .await;
}
