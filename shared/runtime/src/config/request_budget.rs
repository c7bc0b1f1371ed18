//! The shares of Mastercard Processing's rate limit. The limit counts for the bank's client id, over all processes of all
//! functions, and processes do not know of each other. So each function has a share, and each of its processes an equal
//! part of it: Lambda's reserved concurrency is the most processes that there can be.

use std::time::Duration;

use super::{Function, SettingsReader, registry};
use mastercard::RateLimit;

/// Percentages of the limit. What is left is for `doctor`, and for retries. Background work has less than a third.
const SHARES: [(Function, u32); 4] = [
    (Function::Enroll, 40),
    (Function::ListCards, 20),
    (Function::ManageTokens, 10),
    (Function::ReconcileEnrollments, 20),
];

/// The longest time from one request of a process to the next: an enrollment, which makes two, then starts within
/// `ENROLL_TIMEOUT_SECONDS`.
const MAX_INTERVAL: Duration = Duration::from_secs(2);

/// The rate limit of one process; `None` if a problem was noted.
pub(super) fn of_process(settings: &mut SettingsReader<'_>) -> Option<RateLimit> {
    let limit = settings.value(&registry::PROCESSING_REQUESTS_PER_SECOND);
    let concurrency = settings.value(&registry::RESERVED_CONCURRENCY);
    let (limit, processes) = (limit?, concurrency?);
    let share = SHARES.iter().find(|(function, _)| settings.function() == Some(*function));
    // Tools are one process, and call only now and then.
    let Some((_, percent)) = share else { return Some(limit) };
    let part = limit.part(*percent, processes.get().into());
    if part.interval() > MAX_INTERVAL {
        settings.problem(
            &registry::RESERVED_CONCURRENCY,
            format_args!(
                "each process would send less than one request in {MAX_INTERVAL:?}; lower it, or raise {}",
                registry::PROCESSING_REQUESTS_PER_SECOND.name()
            ),
        );
        return None;
    }
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Settings, registry::Presence};

    fn read(function: Function, vars: &[(&str, &str)]) -> Result<RateLimit, String> {
        let settings = vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = settings.collect::<Settings>().for_function(function);
        let mut reader = settings.read();
        let part = of_process(&mut reader);
        reader.finish(part).map_err(|error| error.to_string())
    }

    /// Requests of all processes in a thousand seconds.
    fn per_thousand_seconds(part: RateLimit, processes: u128) -> u128 {
        Duration::from_secs(1_000).as_nanos() * processes / part.interval().as_nanos()
    }

    #[test]
    fn all_processes_of_all_functions_stay_below_the_limit_and_background_work_has_at_most_a_third() {
        let processes = [
            (Function::Enroll, 10),
            (Function::ListCards, 10),
            (Function::ReconcileEnrollments, 1),
            (Function::ManageTokens, 5),
        ];
        let rates = processes.map(|(function, processes)| {
            let part = read(function, &[("RESERVED_CONCURRENCY", &processes.to_string())]).unwrap();
            per_thousand_seconds(part, processes)
        });
        assert!(rates.iter().sum::<u128>() <= 27_001, "{rates:?}");
        assert!(rates[2] <= 10_000 && rates[2] < rates[0], "{rates:?}");
    }

    #[test]
    fn every_function_that_calls_processing_has_a_share() {
        let shares = SHARES.map(|(function, _)| function);
        let definition = registry::PROCESSING_REQUESTS_PER_SECOND.definition();
        assert_eq!(definition.presence, Presence::Default("30"));
        assert!(definition.functions.iter().all(|function| shares.contains(function)));
        assert_eq!(registry::RESERVED_CONCURRENCY.definition().functions, definition.functions);
    }

    #[test]
    fn more_processes_or_a_higher_limit_change_the_part_of_each() {
        let part = |vars| read(Function::Enroll, vars).unwrap().interval().as_millis();
        assert_eq!(part(&[]), 83);
        assert_eq!(part(&[("RESERVED_CONCURRENCY", "10")]), 833);
        let agreed = [("RESERVED_CONCURRENCY", "10"), ("PROCESSING_REQUESTS_PER_SECOND", "300")];
        assert_eq!(part(&agreed), 83);
    }

    #[test]
    fn a_concurrency_that_leaves_a_process_too_few_requests_stops_init() {
        let problem = read(Function::Enroll, &[("RESERVED_CONCURRENCY", "50")]).unwrap_err();
        assert!(problem.contains("RESERVED_CONCURRENCY") && problem.contains("2s"), "{problem}");
        for raw in ["0", "10001", "-1", "1.5"] {
            let problem = read(Function::Enroll, &[("RESERVED_CONCURRENCY", raw)]).unwrap_err();
            assert!(problem.contains("1 to 10000"), "{problem}");
        }
    }
}
