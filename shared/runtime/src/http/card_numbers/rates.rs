//! Measures how often honest requests are rejected and how often a card number passes, and writes the figures into
//! `docs/security.md`. Everything is made up from a fixed seed, so the figures are the same everywhere.

mod misses;
mod populations;
mod rng;

use std::{env, fmt::Write as _, fs, path::Path, thread};

use lambda_http::{Body, http::request};

use super::reject;
use misses::SPELLINGS;
use model::card_number::CardNumberDetector;
use populations::{POPULATIONS, Population, Sample};
use rng::Rng;

const COMMAND: &str = "UPDATE_RATES=1 cargo test -p runtime card_number_rates";
/// Requests of each kind.
const REQUESTS: u32 = 100_000;
/// Card numbers of each network, and of the bank, in each spelling.
const NUMBERS: u32 = 100;
/// The bank of the measurement has two account ranges of Mastercard and one of Maestro.
const ACCOUNT_RANGES: [&str; 3] = ["555555000", "222300000", "679999000"];

fn detector() -> CardNumberDetector {
    CardNumberDetector::new(ACCOUNT_RANGES.iter().map(|range| range.parse().unwrap()).collect())
}

fn is_rejected(sample: Sample, detector: &CardNumberDetector) -> bool {
    let request = request::Builder::new().uri(format!("/?{}", sample.query));
    let request =
        sample.headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let body = sample.body.map_or(Body::Empty, |body| Body::Text(body.to_string()));
    reject(&request.body(body).unwrap(), detector).is_err()
}

fn false_refusals(population: &Population, seed: u64) -> u32 {
    let (mut rng, detector) = (Rng::new(seed), detector());
    let rejected = (0..REQUESTS).filter(|_| is_rejected((population.sample)(&mut rng), &detector));
    u32::try_from(rejected.count()).unwrap()
}

/// The bodies with a card number that pass, and the number of all such requests.
fn misses() -> (Vec<String>, u32) {
    let (mut rng, detector) = (Rng::new(0), detector());
    let (mut missed, mut all) = (Vec::new(), 0);
    for (_, spell) in SPELLINGS {
        for _ in 0..NUMBERS {
            for sample in misses::samples(&mut rng, *spell) {
                all += 1;
                let body = format!("{:?}", sample.body);
                if !is_rejected(sample, &detector) {
                    missed.push(body);
                }
            }
        }
    }
    (missed, all)
}

#[test]
fn card_number_rates_are_those_of_the_security_page() {
    let rates: Vec<(&Population, u32)> = thread::scope(|scope| {
        let measure =
            |(seed, population)| scope.spawn(move || (population, false_refusals(population, seed)));
        let running: Vec<_> = (1..).zip(POPULATIONS).map(measure).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut table = format!("| where | honest values | rejected of {REQUESTS} |\n|---|---|---|\n");
    for (population, rejected) in &rates {
        writeln!(table, "| {} | {} | {rejected} |", population.place, population.values).unwrap();
    }
    let (missed, all) = misses();
    let spellings: Vec<_> = SPELLINGS.iter().map(|(name, _)| *name).collect();
    writeln!(
        table,
        "\n{} of {all} requests with a card number passed: numbers of each network in text and names of fields, and of the \
         bank's\naccount ranges in ids and telephone numbers, written in {} ways: {}.",
        missed.len(),
        spellings.len(),
        spellings.join(", ")
    )
    .unwrap();
    for (population, rejected) in rates {
        assert!(rejected < 10, "{}: {rejected} of {REQUESTS}", population.place);
        assert!(rejected == 0 || !population.is_header, "{}: {rejected}", population.place);
    }
    assert_eq!(missed, Vec::<String>::new(), "card numbers that passed");
    compare(&table);
}

/// The table stands between two comments of the page.
fn compare(table: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/security.md");
    let text = fs::read_to_string(&page).unwrap();
    let start = format!("<!-- measured by: {COMMAND} -->\n\n");
    let (before, rest) = text.split_once(&start).expect("the first comment");
    let (_, after) = rest.split_once("\n<!-- end of the measurement -->").expect("the second comment");
    let expected = format!("{before}{start}{table}\n<!-- end of the measurement -->{after}");
    if env::var_os("UPDATE_RATES").is_some() {
        fs::write(&page, &expected).unwrap();
    }
    let page = fs::read_to_string(&page).unwrap();
    assert!(page == expected, "docs/security.md is out of date, run {COMMAND}. It should say:\n{table}");
}
