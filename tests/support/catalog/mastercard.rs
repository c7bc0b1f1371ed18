//! Mastercard's token requestors. A *time* is the number of a state: with the next time, names, a logo and one requestor
//! change.

use local::{Options, World};
use simulator::TokenRequestor;

use crate::support::world_with;

pub(crate) const CLICK_TO_PAY: &str = simulator::CLICK_TO_PAY;
/// Additional requestors, so that a refresh stages more than one transaction.
const ADDITIONAL_REQUESTORS: usize = 26;
/// Additional account ranges, so that a refresh makes three calls.
const ADDITIONAL_RANGES: usize = 50;
/// Prefix of the ids of requestors that exist at one time only.
const TEMPORARY: &str = "50888";
const SAMPLE_RANGES: [&str; 4] =
    ["5555550000000000000", "5555560000000000000", "5555570000000000000", "9300000000000000000"];

/// A world in which a refresh takes more than one call and more than one transaction, before its first refresh.
pub(crate) async fn large_world() -> World {
    let ranges: Vec<_> = ranges().chain(SAMPLE_RANGES.map(str::to_owned)).collect();
    let settings = [("ACCOUNT_RANGES".to_owned(), ranges.join(","))].into();
    let world = world_with(Options { settings, ..Options::default() }).await;
    let mut click_to_pay = requestor(&world, CLICK_TO_PAY);
    click_to_pay.account_ranges = ranges;
    world.simulator().add_requestor(click_to_pay);
    for n in 0..ADDITIONAL_REQUESTORS {
        world.simulator().add_requestor(merchant(
            &world,
            &format!("50777{n:06}"),
            range(n * 2 % ADDITIONAL_RANGES),
        ));
    }
    advance_mastercard(&world, 0);
    world
}

/// The first range of each call of a refresh of the large world, and the number of its ranges.
pub(crate) fn calls() -> [(String, usize); 3] {
    [(range(0), 25), (range(25), 25), (SAMPLE_RANGES[0].to_owned(), SAMPLE_RANGES.len())]
}

/// First numbers of the additional ranges, in the order of the requests: before all others, 25 per call.
fn ranges() -> impl Iterator<Item = String> {
    (0..ADDITIONAL_RANGES).map(range)
}

fn range(n: usize) -> String {
    format!("52{n:04}0000000000000")
}

/// Changes Mastercard's state to that of this time: each requestor has another name, Click to Pay has another logo, one
/// requestor is added and one is removed.
pub(crate) fn advance_mastercard(world: &World, time: usize) {
    let simulator = world.simulator();
    let is_temporary = |id: &str| id.starts_with(TEMPORARY);
    for temporary in simulator.requestors().into_iter().filter(|it| is_temporary(&it.token_requestor_id)) {
        simulator.remove_requestor(&temporary.token_requestor_id).unwrap();
    }
    let added = merchant(world, &temporary_requestor(time), range(0));
    simulator.add_requestor(TokenRequestor { image_asset_id: None, ..added });
    for requestor in simulator.requestors() {
        let consumer_facing_entity_name = name(&requestor.token_requestor_id, time);
        simulator.add_requestor(TokenRequestor { consumer_facing_entity_name, ..requestor });
    }
    simulator.rotate_artwork(CLICK_TO_PAY).unwrap();
}

/// Name of a requestor at this time.
pub(crate) fn name(id: &str, time: usize) -> String {
    format!("{id} at {time}")
}

/// Id of the requestor that exists at this time only.
pub(crate) fn temporary_requestor(time: usize) -> String {
    format!("{TEMPORARY}{time:06}")
}

pub(crate) fn requestor(world: &World, id: &str) -> TokenRequestor {
    let all = world.simulator().requestors();
    all.into_iter().find(|requestor| requestor.token_requestor_id == id).unwrap()
}

/// Like Click to Pay, in one account range; with the logo that Click to Pay has now.
fn merchant(world: &World, id: &str, range: String) -> TokenRequestor {
    TokenRequestor {
        token_requestor_id: id.to_owned(),
        account_ranges: vec![range],
        ..requestor(world, CLICK_TO_PAY)
    }
}

/// Restores an earlier state.
pub(crate) fn restore(world: &World, before: &[TokenRequestor]) {
    for requestor in world.simulator().requestors() {
        world.simulator().remove_requestor(&requestor.token_requestor_id).unwrap();
    }
    before.iter().cloned().for_each(|requestor| world.simulator().add_requestor(requestor));
}
