//! The timeline that a person reads: who said what to whom, when, and how long it took.

use std::{fmt::Write as _, time::Duration};

use jiff::Timestamp;
use simulator::Exchange;

/// One line an exchange, in the order in which they were over; times count from `started`.
pub fn render(mut exchanges: Vec<Exchange>, started: Timestamp) -> String {
    exchanges.sort_by_key(over);
    let mut lines = String::from(
        "   at      step  from            to              what                                        took\n",
    );
    for exchange in &exchanges {
        let step = if exchange.step == 0 { "-".into() } else { exchange.step.to_string() };
        let at = milliseconds(Duration::try_from(over(exchange).duration_since(started)).unwrap_or_default());
        let took = if exchange.took < Duration::from_micros(500) {
            String::new()
        } else {
            milliseconds(exchange.took)
        };
        let line = format!(
            "{at:>8}  {step:>4}  {from:<14}  {to:<14}  {what:<42}  {took:>8}",
            from = exchange.from,
            to = exchange.to,
            what = exchange.what,
        );
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "{}", line.trim_end());
    }
    lines
}

fn over(exchange: &Exchange) -> Timestamp {
    exchange.began.saturating_add(exchange.took).unwrap_or(Timestamp::MAX)
}

fn milliseconds(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}

#[cfg(test)]
mod tests {
    use simulator::Party;

    use super::*;

    #[test]
    fn an_answer_stands_after_what_happened_before_it() {
        let started = Timestamp::now();
        let exchange = |step, after: u64, took: u64| Exchange {
            step,
            from: Party::IssuerApp,
            to: Party::IssuerServer,
            what: format!("step {step}"),
            began: started.saturating_add(Duration::from_millis(after)).unwrap(),
            took: Duration::from_millis(took),
        };
        let text = render(vec![exchange(12, 0, 50), exchange(7, 10, 0), exchange(6, 0, 0)], started);
        let order: Vec<_> =
            text.lines().skip(1).filter_map(|line| line.split_once("step ")).map(|(_, n)| &n[..2]).collect();
        assert_eq!(order.iter().map(|n| n.trim()).collect::<Vec<_>>(), ["6", "7", "12"]);
    }
}
