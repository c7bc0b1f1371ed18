//! Deterministic simulation: random workloads of a few cardholders under fault injection (duplicate requests, crashes,
//! lost responses, reordered notifications, access to others' data). One seed decides everything in a run. See
//! `docs/decisions/0010-a-seeded-scheduler.md`.
//!
//! `SIMULATION_SEEDS=0..300` plays these seeds instead of [`DEFAULT_SEEDS`], as CI does. `SIMULATION_SEED=17` plays one seed
//! and prints its trace.

mod actor;
mod browser_state;
mod call;
pub(crate) mod event;
mod fault;
mod fault_phase;
mod gate;
mod harness;
mod history;
mod index_lag;
mod invariants;
mod invocation;
mod notifications;
mod outcome;
mod perturbation;
mod quiesce;
mod rng;
mod run;
mod step;
mod trace;
mod workload;

use std::{
    env,
    fmt::Write as _,
    io::Write as _,
    ops::Range,
    panic::AssertUnwindSafe,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use futures_util::FutureExt as _;
use tokio::{runtime::Builder, task::LocalSet};

use harness::Harness;
use run::Run;

/// Seeds without `SIMULATION_SEEDS`: few, since a seed takes tenths of a second.
const DEFAULT_SEEDS: Range<u64> = 0..10;
/// How often a seed is played on a busy machine.
const MAX_PLAYS: usize = 10;
/// Threads, each with a harness.
const THREADS: usize = 2;

/// The trace of a run, and the invariant that it broke.
struct RunReport {
    trace: Vec<String>,
    verdict: Result<(), String>,
}

#[test]
fn whatever_happens_the_invariants_hold() {
    let (seeds, is_single) = selected_seeds();
    let (next, worst) = (AtomicU64::new(seeds.start), Mutex::new(None::<(u64, RunReport)>));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..THREADS.min(usize::try_from(seeds.end - seeds.start).unwrap()) {
            scope.spawn(|| {
                with_harness(async |harness| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        let is_earlier = |worst: &Option<(u64, RunReport)>| {
                            worst.as_ref().is_some_and(|(failed, _)| *failed < seed)
                        };
                        if seed >= seeds.end
                            || is_earlier(&worst.lock().unwrap_or_else(PoisonError::into_inner))
                        {
                            break;
                        }
                        let report = play(harness, seed).await;
                        let mut worst = worst.lock().unwrap_or_else(PoisonError::into_inner);
                        if (is_single || report.verdict.is_err()) && !is_earlier(&worst) {
                            *worst = Some((seed, report));
                        }
                    }
                })
            });
        }
    });
    let (count, elapsed) = (seeds.end - seeds.start, start.elapsed());
    match worst.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((seed, RunReport { trace, verdict: Err(reason) })) => {
            panic!("{}", describe_failure(seed, &trace, &reason))
        }
        Some((_, RunReport { trace, .. })) => print(&format!("{}\n", trace.join("\n"))),
        None => print(&format!("{count} seeds in {elapsed:.1?}\n")),
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let play_all = || {
        let mut traces = Vec::new();
        with_harness(async |harness| {
            for seed in [1, 2, 3, 4] {
                traces.push(play(harness, seed).await.trace);
            }
        });
        traces
    };
    let (first, second) = (play_all(), play_all());
    for (first, second) in first.iter().zip(&second) {
        assert!(first.len() > 20, "the run has steps");
        let difference = first.iter().zip(second).find(|(first, second)| first != second);
        assert_eq!(difference, None);
        assert_eq!(first.len(), second.len());
    }
    assert_ne!(first[0], first[1], "seeds differ");
}

/// Runs this with a harness, on this thread.
fn with_harness(play: impl AsyncFnOnce(&mut Harness)) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async { play(&mut Harness::start().await).await });
}

/// Plays one seed, again if the machine was too busy for the timeouts of the clients.
async fn play(harness: &mut Harness, seed: u64) -> RunReport {
    for _ in 1..MAX_PLAYS {
        if let Some(report) = play_once(harness, seed).await {
            return report;
        }
    }
    play_once(harness, seed).await.expect("a machine that is not too busy")
}

/// Plays one seed. A panic is an error of its verdict. `None` if an actor may have reached a timeout in real time.
async fn play_once(harness: &mut Harness, seed: u64) -> Option<RunReport> {
    let mut run = Run::new(harness, seed).await;
    let phases = AssertUnwindSafe(async {
        run.run_fault_phase().await;
        run.quiesce().await;
    });
    let panic = phases.catch_unwind().await.err().map(|payload| {
        let message = payload.downcast_ref::<String>().cloned();
        message.or_else(|| payload.downcast_ref::<&str>().map(|it| (*it).to_owned())).unwrap_or_default()
    });
    let is_void = panic.is_some() && run.is_overdue();
    let report = run.finish(panic).await;
    (!is_void).then_some(report)
}

fn describe_failure(seed: u64, trace: &[String], reason: &str) -> String {
    let mut report = format!("seed {seed}: {reason}\n");
    let replay = format!("SIMULATION_SEED={seed} cargo test -p tests --test world simulation::whatever");
    let _ = write!(report, "replay: {replay} -- --nocapture\n{}", trace.join("\n"));
    report
}

/// Prints although the test passes: libtest captures only what the print macros write.
fn print(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// The seeds to play, and whether `SIMULATION_SEED` names a single one.
fn selected_seeds() -> (Range<u64>, bool) {
    if let Some(seed) = variable("SIMULATION_SEED") {
        let seed: u64 = seed.parse().expect("SIMULATION_SEED is a number");
        return (seed..seed + 1, true);
    }
    let Some(seeds) = variable("SIMULATION_SEEDS") else { return (DEFAULT_SEEDS, false) };
    let (start, end) = seeds.split_once("..").expect("SIMULATION_SEEDS is like 0..300");
    (start.parse().expect("a first seed")..end.parse().expect("an end"), false)
}

fn variable(name: &str) -> Option<String> {
    env::vars().find(|(it, _)| it == name).map(|(_, value)| value)
}
