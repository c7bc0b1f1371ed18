//! The timeline of a journey as text: sender, receiver, time and duration of each exchange.

use std::{fmt::Write as _, time::Duration};

use jiff::Timestamp;
use simulator::Exchange;

/// One line per exchange, ordered by the time of its end; times are relative to `started`.
pub fn render(mut exchanges: Vec<Exchange>, started: Timestamp) -> String {
    exchanges.sort_by_key(end_of);
    let mut lines = String::from(
        "   at      step  from            to              what                                        took\n",
    );
    for exchange in &exchanges {
        let step = if exchange.step == 0 { "-".into() } else { exchange.step.to_string() };
        let at =
            milliseconds(Duration::try_from(end_of(exchange).duration_since(started)).unwrap_or_default());
        let duration = if exchange.duration < Duration::from_micros(500) {
            String::new()
        } else {
            milliseconds(exchange.duration)
        };
        let (from, to) = (exchange.from.to_string(), exchange.to.to_string());
        line(&mut lines, [&at, &step, &from, &to, &exchange.summary, &duration]);
    }
    lines
}

fn line(lines: &mut String, [at, step, from, to, summary, duration]: [&str; 6]) {
    let line = format!("{at:>8}  {step:>4}  {from:<14}  {to:<14}  {summary:<44}  {duration:>7}");
    // Writing to a `String` cannot fail.
    let _ = writeln!(lines, "{}", line.trim_end());
}

fn end_of(exchange: &Exchange) -> Timestamp {
    exchange.started_at.saturating_add(exchange.duration).unwrap_or(Timestamp::MAX)
}

fn milliseconds(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 { format!("{milliseconds:.1} ms") } else { format!("{milliseconds:.0} ms") }
}

#[cfg(test)]
mod tests {
    use simulator::Party;

    use super::*;

    #[test]
    fn a_response_is_listed_after_what_happened_before_it() {
        let started = Timestamp::now();
        let exchange = |step, after: u64, duration: u64| Exchange {
            step,
            from: Party::IssuerApp,
            to: Party::IssuerServer,
            summary: format!("step {step}"),
            started_at: started.saturating_add(Duration::from_millis(after)).unwrap(),
            duration: Duration::from_millis(duration),
            messages: Vec::new(),
        };
        let text = render(vec![exchange(12, 0, 50), exchange(7, 10, 0), exchange(6, 0, 0)], started);
        let order: Vec<_> = text.lines().skip(1).filter_map(|line| line.split_whitespace().nth(2)).collect();
        assert_eq!(order, ["6", "7", "12"]);
    }
}
