//! Load test: many concurrent cardholders, each enrolling one card after the other through the local gateway.

mod idle;
mod memory;
mod notifications;
mod observed_counts;
mod report;
mod results;
mod token_changes;
mod virtual_user;

use std::{sync::Arc, time::Duration};

use local::World;
use simulator::{Delivery, NotificationPlan};
use tokio::{task::JoinSet, time::Instant};

use crate::{error::BenchError, machine::Machine};
use memory::MemorySampler;
use notifications::AcknowledgmentCounter;
use observed_counts::ObservedCounts;
use report::{Measured, Report};
use results::UserResults;
use token_changes::TokenChanges;
use virtual_user::VirtualUser;

/// How often each notification is sent.
const COPIES: u32 = 3;

/// Options of the load test.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Concurrent cardholders
    #[arg(long, value_name = "N", default_value_t = 200)]
    cardholders: u64,
    /// Seconds in which enrollments are started; started enrollments are completed
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Latency of Mastercard's responses, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 50)]
    latency_ms: u64,
    /// Mean seconds in which a cardholder reads the token requestor's terms; uniform between 50 % and 150 % of it
    #[arg(long, value_name = "N", default_value_t = 20)]
    reading_seconds: u64,
    /// Requests per second that Processing accepts, 1 to 500; by default as in production
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=500))]
    processing_limit: Option<u16>,
    /// Enrollments per second to reach; by default any number
    #[arg(long, value_name = "N")]
    at_least: Option<f64>,
    /// Changes of tokens after the enrollments, each with a notification
    #[arg(long, value_name = "N", default_value_t = 0)]
    token_changes: usize,
}

/// Runs the load test and checks the final state.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Report, BenchError> {
    let folder = tempfile::tempdir();
    let folder = folder.map_err(|source| BenchError::File { file: "a temporary folder".into(), source })?;
    let processing_limit = arguments.processing_limit.map_or(simulator::RATE_LIMIT, usize::from);
    let simulator = simulator::Options {
        latency: Duration::from_millis(arguments.latency_ms),
        rate_limit: Some(processing_limit),
        // The journal would grow with every enrollment, and is not read here.
        journal_capacity: 0,
        ..simulator::Options::default()
    };
    // The tables are on disk: in memory their growth would hide a memory leak.
    let data = Some(folder.path().to_owned());
    // `enroll` has 40 % of this: four fifths of what Processing accepts, since no other function calls it here.
    let requests = (2 * processing_limit).to_string();
    let settings = [("PROCESSING_REQUESTS_PER_SECOND".into(), requests)].into();
    let options = local::Options { data, simulator, settings, ..local::Options::default() };
    let world = Arc::new(World::start(options).await.map_err(Box::new)?);
    world.refresh().await?;
    let thrice = Delivery { copies: COPIES, ..Delivery::default() };
    let plan =
        NotificationPlan { tar: thrice.clone(), tcn: thrice.clone(), tvn: thrice, ..Default::default() };
    world.simulator().set_notification_plan(plan);

    let acknowledged = AcknowledgmentCounter::start(world.simulator());
    let started_at = Instant::now();
    let deadline = started_at + Duration::from_secs(arguments.seconds);
    let memory = MemorySampler::start(deadline);
    let app = world.cardholder("0")?;
    let mut users = JoinSet::new();
    for number in 0..arguments.cardholders {
        let user = VirtualUser::new(&world, &app, number, Duration::from_secs(arguments.reading_seconds))?;
        users.spawn(user.run(deadline));
    }
    let mut results = Vec::new();
    while let Some(result) = users.join_next().await {
        results.push(result?);
    }
    let duration = started_at.elapsed();
    world.simulator().notifications_settled().await;
    let token_changes = TokenChanges::make(&world, &results, arguments.token_changes).await;
    let acknowledged = acknowledged.count().await?;
    let observed = ObservedCounts { acknowledged, ..ObservedCounts::collect(&world, &app, &results).await? };
    let results = UserResults::merge(results);
    // From the middle of the middle third of the samples to the middle of the last one.
    let seconds = deadline - started_at;
    let interval = started_at + seconds / 2..started_at + seconds * 5 / 6;
    let enrollments_between = results.completed_at.iter().filter(|end| interval.contains(end)).count();
    let memory = memory.samples().await?;
    let idle = idle::share_of_a_core(&world).await?;
    let measured = Measured { duration, memory, enrollments_between, token_changes, idle };
    Ok(Report::new(Machine::this(), arguments, results, &observed, &measured))
}
