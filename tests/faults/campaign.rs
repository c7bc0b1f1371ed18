//! A campaign: more cardholders tap than Processing's rate limit admits, while reconciliation runs. As on Lambda, `enroll`
//! has several processes that do not know of each other, and each handles one event at a time.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use enroll::Enroll;
use jiff::SignedDuration;
use local::{Options, World, cardholder::Cardholder};
use runtime::config::{Function, Settings};
use serde_json::Value;
use simulator::{Exchange, Operation};
use tokio::time::{Instant, sleep};

use crate::{
    simulation::event::Event,
    support::{
        enrollment_fixture::EnrollmentFixture,
        function_runtime::{enrollments, runtime_of},
        open_world_with,
    },
};

const TAPS: u64 = 120;
const TAPS_PER_SECOND: u64 = 60;
/// Processes of `enroll`, as the template reserves them.
const PROCESSES: usize = 10;
/// Enrollments that are due for reconciliation, each of another client.
const DUE: u64 = 60;
const FIRST_TAPPER: u64 = 300_000;
const FIRST_DUE: u64 = 500_000;

/// The processes of `enroll` that are idle.
struct Processes(Mutex<Vec<Enroll>>);

impl Processes {
    async fn start(world: &World) -> Self {
        let mut settings: Vec<_> =
            world.settings().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        settings.push(("RESERVED_CONCURRENCY".into(), PROCESSES.to_string()));
        let settings = settings.into_iter().collect::<Settings>().for_function(Function::Enroll);
        let runtime = runtime_of(world).with_settings(settings);
        let mut processes = Vec::new();
        for _ in 0..PROCESSES {
            processes.push(Enroll::connect(&runtime).await.unwrap());
        }
        Self(processes.into())
    }

    /// The response's status and body; `None` if no process is idle, which Lambda answers without the function.
    async fn invoke(&self, event: &Event) -> Option<(u16, Value)> {
        let process = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        let response = process.handle(event.request()).await.unwrap();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        let body = serde_json::from_slice(response.body().as_ref()).unwrap();
        let must_wait = response.status() == 503;
        assert!(!must_wait || response.headers().contains_key("retry-after"), "{body}");
        Some((response.status().as_u16(), body))
    }
}

/// One cardholder: taps, and repeats the same request with the same key until it is answered with a redirect.
async fn tap(processes: &Processes, number: u64, campaign: Instant) {
    let (client, card) = (FIRST_TAPPER + number, FIRST_TAPPER + number);
    let event = Event::new("POST /enrollments", "/enrollments").with_client(client);
    let event = event.with_body(&Cardholder::smallest_request(&card.to_string()));
    let event = event.with_header("idempotency-key", &format!("tap-{number}"));
    tokio::time::sleep_until(campaign + Duration::from_secs(1) * u32::try_from(number).unwrap() / 60).await;
    loop {
        match processes.invoke(&event).await {
            Some((201, body)) => return assert_eq!(body["status"], "READY"),
            Some((status, body)) => assert_eq!((status, &body["retryable"]), (503, &true.into()), "{body}"),
            None => {}
        }
        sleep(Duration::from_millis(500 + number)).await;
    }
}

/// Runs reconciliation. Returns how many enrollments it checked, and how many of them have another status now.
async fn reconcile(world: &World) -> (u64, u64) {
    let report = world.reconcile().await.unwrap();
    assert_eq!((&report["unread"], &report["failed"]), (&0.into(), &0.into()), "{report}");
    let healed = report["healed"].as_array().unwrap().len();
    (report["checked"].as_u64().unwrap(), u64::try_from(healed).unwrap())
}

/// Whether Processing refused the call because of its rate limit.
fn is_refused(exchange: &Exchange) -> bool {
    exchange.summary.contains(": 429 ")
}

#[tokio::test]
async fn a_campaign_of_sixty_taps_a_second_loses_no_push_and_goes_before_reconciliation() {
    assert_eq!(TAPS_PER_SECOND, 60);
    let simulator =
        simulator::Options { rate_limit: Some(simulator::RATE_LIMIT), ..simulator::Options::default() };
    let world = open_world_with(Options { simulator, ..Options::default() }).await;
    for number in 0..TAPS {
        world.simulator().add_card(FIRST_TAPPER + number, FIRST_TAPPER + number);
    }
    let enrollments = enrollments(&world);
    for client in FIRST_DUE..FIRST_DUE + DUE {
        world.simulator().add_card(client, client);
        let interrupted = EnrollmentFixture::new("key").with_client(client).with_card(client);
        let an_hour_ago = interrupted.at() - SignedDuration::from_hours(1);
        interrupted.with_created_at(an_hour_ago).start(&enrollments).await;
    }
    let processes = Processes::start(&world).await;

    let campaign = Instant::now();
    let is_over = AtomicBool::new(false);
    let taps = async {
        futures_util::future::join_all((0..TAPS).map(|number| tap(&processes, number, campaign))).await;
        is_over.store(true, SeqCst);
    };
    let reconciliation = async {
        let (mut checked, mut healed) = (0, 0);
        while !is_over.load(SeqCst) {
            let report = reconcile(&world).await;
            (checked, healed) = (checked + report.0, healed + report.1);
            sleep(Duration::from_secs(1)).await;
        }
        (checked, healed)
    };
    let ((), (checked, mut healed)) = tokio::join!(taps, reconciliation);
    let seconds = campaign.elapsed().as_secs();

    // Each card was pushed once, however often its cardholder had to repeat the request.
    let pushes = world.simulator().calls(Operation::PushMultipleAccounts);
    assert_eq!(pushes, usize::try_from(TAPS).unwrap());
    let processing = [Operation::SearchFundingAccounts, Operation::GetTokensByClient];
    let calls: usize = processing.into_iter().map(|operation| world.simulator().calls(operation)).sum();
    let refused = world.simulator().journal().iter().filter(|exchange| is_refused(exchange)).count();
    assert!(refused * 10 <= calls, "{refused} of {calls} calls were refused");
    assert!(
        checked <= seconds * 10 + 10,
        "{checked} lists in {seconds} s are more than a third of the limit"
    );

    // What was left is not lost.
    for _ in 0..10 {
        healed += reconcile(&world).await.1;
    }
    assert_eq!(healed, DUE, "each once");
}
