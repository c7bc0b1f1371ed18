//! Mastercard's side at one time and another.

use local::{Options, World};
use simulator::TokenRequestor;

use crate::support::world_with;

pub(crate) const CLICK_TO_PAY: &str = simulator::CLICK_TO_PAY;
/// Requestors besides those of the sample world: a refresh stages more than one transaction.
const MORE: usize = 26;
/// Account ranges besides those of the sample world: three calls in all.
const MORE_RANGES: usize = 50;
/// How the ids of those begin who stay for one time only.
const VISITOR: &str = "50888";
const SAMPLE_RANGES: [&str; 4] =
    ["5555550000000000000", "5555560000000000000", "5555570000000000000", "9300000000000000000"];

/// A world in which a refresh takes more than one call and more than one transaction. Nothing was refreshed yet.
pub(crate) async fn large_world() -> World {
    let ranges: Vec<_> = ranges().chain(SAMPLE_RANGES.map(str::to_owned)).collect();
    let settings = [("ACCOUNT_RANGES".to_owned(), ranges.join(","))].into();
    let world = world_with(Options { settings, ..Options::default() }).await;
    let mut click_to_pay = requestor(&world, CLICK_TO_PAY);
    click_to_pay.account_ranges = ranges;
    world.simulator().add_requestor(click_to_pay);
    for n in 0..MORE {
        world.simulator().add_requestor(merchant(
            &world,
            &format!("50777{n:06}"),
            range(n * 2 % MORE_RANGES),
        ));
    }
    moves_on(&world, 0);
    world
}

/// A range of each call that a refresh of the large world makes, and how many ranges it requests for.
pub(crate) fn calls() -> [(String, usize); 3] {
    [(range(0), 25), (range(25), 25), (SAMPLE_RANGES[0].to_owned(), SAMPLE_RANGES.len())]
}

/// First numbers of the additional ranges, in the order in which they are asked for: before all others, 25 a call.
fn ranges() -> impl Iterator<Item = String> {
    (0..MORE_RANGES).map(range)
}

fn range(n: usize) -> String {
    format!("52{n:04}0000000000000")
}

/// Time passes: everybody has another name, Click to Pay another logo; one came and one went.
pub(crate) fn moves_on(world: &World, time: usize) {
    let simulator = world.simulator();
    let is_visitor = |id: &str| id.starts_with(VISITOR);
    for gone in simulator.requestors().into_iter().filter(|it| is_visitor(&it.token_requestor_id)) {
        simulator.remove_requestor(&gone.token_requestor_id).unwrap();
    }
    let visitor = merchant(world, &visitor(time), range(0));
    simulator.add_requestor(TokenRequestor { image_asset_id: None, ..visitor });
    for requestor in simulator.requestors() {
        let consumer_facing_entity_name = name(&requestor.token_requestor_id, time);
        simulator.add_requestor(TokenRequestor { consumer_facing_entity_name, ..requestor });
    }
    simulator.rotate_artwork(CLICK_TO_PAY).unwrap();
}

/// What everybody is called at this time.
pub(crate) fn name(id: &str, time: usize) -> String {
    format!("{id} at {time}")
}

/// Who is there at this time only, with a logo of its own.
pub(crate) fn visitor(time: usize) -> String {
    format!("{VISITOR}{time:06}")
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

/// As it was at another time.
pub(crate) fn restore(world: &World, before: &[TokenRequestor]) {
    for requestor in world.simulator().requestors() {
        world.simulator().remove_requestor(&requestor.token_requestor_id).unwrap();
    }
    before.iter().cloned().for_each(|requestor| world.simulator().add_requestor(requestor));
}
