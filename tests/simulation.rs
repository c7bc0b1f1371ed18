//! Deterministic simulation: whole lives of a few cardholders under a storm of double taps, restarts, crashes, lost
//! answers, crossed notifications and strangers, each run chosen by one seed. See
//! `docs/decisions/0010-a-seeded-scheduler.md`.
//!
//! `SIMULATION_SEEDS=0..10000` runs other seeds than the usual ones; `SIMULATION_SEED=17` runs one and prints what happened.

mod actor;
mod call;
mod calm;
mod deed;
mod dice;
mod event;
mod evidence;
mod fate;
mod gate;
mod invariants;
mod mail;
mod run;
mod stage;
mod storm;
mod trace;
mod way;

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

use run::Run;
use stage::Stage;

/// Unless somebody asks for others.
const SEEDS: Range<u64> = 0..150;
/// Stages at once, each in a thread of its own.
const STAGES: usize = 2;

/// How a run ended.
struct Story {
    trace: Vec<String>,
    verdict: Result<(), String>,
}

#[test]
fn whatever_happens_the_invariants_hold() {
    let (seeds, one) = asked_for();
    let (next, worst) = (AtomicU64::new(seeds.start), Mutex::new(None::<(u64, Story)>));
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..STAGES.min(usize::try_from(seeds.end - seeds.start).unwrap()) {
            scope.spawn(|| {
                on_a_stage(async |stage| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        let earlier =
                            |worst: &Option<(u64, Story)>| worst.as_ref().is_some_and(|(it, _)| *it < seed);
                        if seed >= seeds.end || earlier(&worst.lock().unwrap_or_else(PoisonError::into_inner))
                        {
                            break;
                        }
                        let story = tell(stage, seed).await;
                        let mut worst = worst.lock().unwrap_or_else(PoisonError::into_inner);
                        if (one || story.verdict.is_err()) && !earlier(&worst) {
                            *worst = Some((seed, story));
                        }
                    }
                })
            });
        }
    });
    let (count, took) = (seeds.end - seeds.start, began.elapsed());
    match worst.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((seed, Story { trace, verdict: Err(why) })) => panic!("{}", report(seed, &trace, &why)),
        Some((_, Story { trace, .. })) => say(&format!("{}\n", trace.join("\n"))),
        None => say(&format!("{count} seeds in {took:.1?}\n")),
    }
}

#[test]
fn one_seed_tells_one_story() {
    let tell = || {
        let mut stories = Vec::new();
        on_a_stage(async |stage| {
            for seed in [1, 2, 3, 4] {
                stories.push(tell(stage, seed).await.trace);
            }
        });
        stories
    };
    let (first, second) = (tell(), tell());
    for (first, second) in first.iter().zip(&second) {
        assert!(first.len() > 20, "something happened");
        let differs = first.iter().zip(second).find(|(first, second)| first != second);
        assert_eq!(differs, None);
        assert_eq!(first.len(), second.len());
    }
    assert_ne!(first[0], first[1], "seeds differ");
}

/// Plays on a stage of this thread.
fn on_a_stage(play: impl AsyncFnOnce(&mut Stage)) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async { play(&mut Stage::raise().await).await });
}

/// One run; what is wrong with it, panics too, is its verdict.
async fn tell(stage: &mut Stage, seed: u64) -> Story {
    let mut run = Run::new(stage, seed).await;
    let played = AssertUnwindSafe(async {
        run.storms().await;
        run.calms().await;
    });
    let panicked = played.catch_unwind().await.err().map(|cause| {
        let said = cause.downcast_ref::<String>().cloned();
        said.or_else(|| cause.downcast_ref::<&str>().map(|it| (*it).to_owned())).unwrap_or_default()
    });
    run.ends_here(panicked).await
}

fn report(seed: u64, trace: &[String], why: &str) -> String {
    let mut report = format!("seed {seed}: {why}\n");
    let replay = format!("SIMULATION_SEED={seed} cargo test -p tests --test world simulation::whatever");
    let _ = write!(report, "again: {replay} -- --nocapture\n{}", trace.join("\n"));
    report
}

/// Past the harness, which shows nobody what a passing test printed.
fn say(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// The seeds, and whether it is a single one that somebody wants to see.
fn asked_for() -> (Range<u64>, bool) {
    if let Some(seed) = variable("SIMULATION_SEED") {
        let seed: u64 = seed.parse().expect("SIMULATION_SEED is a number");
        return (seed..seed + 1, true);
    }
    let Some(seeds) = variable("SIMULATION_SEEDS") else { return (SEEDS, false) };
    let (start, end) = seeds.split_once("..").expect("SIMULATION_SEEDS is like 0..300");
    (start.parse().expect("a first seed")..end.parse().expect("an end"), false)
}

fn variable(wanted: &str) -> Option<String> {
    env::vars().find(|(name, _)| name == wanted).map(|(_, value)| value)
}
