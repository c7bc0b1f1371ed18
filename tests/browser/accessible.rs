//! Every page by the rules that axe knows: on a laptop by daylight, on a phone at night.

use crate::stage::{Axe, Look, Stage, on_stage};

async fn visits_everything(stage: &Stage, axe: &Axe) {
    let is_well = async |page: &str| {
        let complaints = axe.complaints(stage).await;
        assert!(complaints.is_empty(), "{page}: {complaints:#?}");
    };
    stage.opens(&stage.url("/")).await;
    stage.reads("Who are you today?").await;
    is_well("log in").await;
    stage.logs_in().await;
    is_well("the cards").await;
    stage.clicks("a[href='#/enable/70001']").await;
    stage.reads("Enable your card").await;
    is_well("the choice").await;
    stage.clicks("form button.primary").await;
    is_well("the choice, without consent").await;
    stage.agrees().await;
    stage.reads("Add your card").await;
    stage.clicks("summary").await;
    is_well("Click to Pay's terms").await;
    stage.presses("accept").await;
    stage.reads("Your card is enabled").await;
    is_well("Click to Pay's unknown_state_page").await;
    stage.clicks("#return").await;
    stage.sees(".timeline").await;
    is_well("the outcome").await;
    stage.opens(&stage.simulator_url("__simulator/panel")).await;
    is_well("the panel").await;
    stage.opens(&stage.url("/support")).await;
    is_well("support's view").await;
    stage.clicks("tbody a").await;
    stage.sees(".timeline").await;
    is_well("an enrollment").await;
    stage.opens(&stage.url("/support/catalog")).await;
    is_well("the catalog").await;
    stage.opens(&stage.url("/live")).await;
    stage.clicks("#pace option[value=real]").await;
    stage.clicks("#play").await;
    stage.sees(".picture li:last-child .lit").await;
    is_well("the steps").await;
}

#[tokio::test]
async fn every_page_is_accessible_on_a_laptop_by_daylight() {
    let Some(axe) = Axe::installed() else { return };
    on_stage(Look::LAPTOP, async |stage| visits_everything(stage, &axe).await).await;
}

#[tokio::test]
async fn every_page_is_accessible_on_a_phone_at_night() {
    let Some(axe) = Axe::installed() else { return };
    on_stage(Look::PHONE, async |stage| visits_everything(stage, &axe).await).await;
}
