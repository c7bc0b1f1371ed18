//! Many cardholders at once, each from the first tap to the enabled card and on to the next, through the local gateway.

mod cardholder;
mod evidence;
mod memory;
mod notifications;
mod report;

use std::{sync::Arc, time::Duration};

use local::World;
use simulator::{Delivery, NotificationPlan};
use tokio::{task::JoinSet, time::Instant};

use crate::{error::BenchError, machine::Machine};
use cardholder::{Life, Lived};
use evidence::Evidence;
use memory::Memory;
use notifications::Acknowledged;
use report::Report;

/// CallLog of Processing in a second that Mastercard has announced to answer; the simulator answers more with 429.
const PROCESSING_LIMIT: usize = 30;
/// How often each notification comes.
const COPIES: u32 = 3;

/// How many, for how long.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Cardholders at once
    #[arg(long, value_name = "N", default_value_t = 200)]
    cardholders: u64,
    /// Seconds in which they begin enrollments; what is begun then is carried through
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Milliseconds that Mastercard adds to each answer
    #[arg(long, value_name = "N", default_value_t = 50)]
    latency_ms: u64,
    /// Seconds for which a cardholder reads the token requestor's terms: half as many to half as many again
    #[arg(long, value_name = "N", default_value_t = 20)]
    reading_seconds: u64,
}

/// Lets them all in, waits until the last one is done, and looks at what is left behind.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Report, BenchError> {
    let folder = tempfile::tempdir();
    let folder = folder.map_err(|source| BenchError::File { what: "a temporary folder".into(), source })?;
    let simulator = simulator::Options {
        latency: Duration::from_millis(arguments.latency_ms),
        rate_limit: Some(PROCESSING_LIMIT),
        // It would grow with every enrollment, and nobody reads it here.
        journal_capacity: 0,
        ..simulator::Options::default()
    };
    // The tables are on disk: in memory they would grow as they should, and hide what grows as it should not.
    let data = Some(folder.path().to_owned());
    let options = local::Options { data, simulator, ..local::Options::default() };
    let world = Arc::new(World::start(options).await.map_err(Box::new)?);
    world.refresh().await?;
    let thrice = Delivery { copies: COPIES, ..Delivery::default() };
    let plan =
        NotificationPlan { tar: thrice.clone(), tcn: thrice.clone(), tvn: thrice, ..Default::default() };
    world.simulator().set_notification_plan(plan);

    let acknowledged = Acknowledged::of(world.simulator());
    let began = Instant::now();
    let until = began + Duration::from_secs(arguments.seconds);
    let memory = Memory::watch(until);
    let app = world.cardholder("0")?;
    let mut lives = JoinSet::new();
    for number in 0..arguments.cardholders {
        let life = Life::new(&world, &app, number, Duration::from_secs(arguments.reading_seconds))?;
        lives.spawn(life.live(until));
    }
    let mut lived = Vec::new();
    while let Some(life) = lives.join_next().await {
        lived.push(life?);
    }
    let took = began.elapsed();
    world.simulator().notifications_settled().await;
    let acknowledged = acknowledged.count().await?;
    let evidence = Evidence { acknowledged, ..Evidence::of(&world, &app, &lived).await? };
    let lived = Lived::together(lived);
    // From the middle of the middle third of the samples to the middle of the last one.
    let seconds = until - began;
    let between = began + seconds / 2..began + seconds * 5 / 6;
    let between = lived.ends.iter().filter(|end| between.contains(end)).count();
    let memory = memory.samples().await?;
    Ok(Report::new(Machine::this(), arguments, took, lived, &evidence, &memory, between))
}
