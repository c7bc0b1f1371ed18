//! Progress bars, from the events that the functions log in Lambda too: `progress_unit`, `progress_done` and
//! `progress_total`.

use std::{
    collections::BTreeMap,
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::MakeWriter,
    layer::{Context, Layer},
};

/// One bar for each task, by its name.
#[derive(Clone, Default)]
pub(crate) struct Progress {
    all: MultiProgress,
    bars: Arc<Mutex<BTreeMap<String, ProgressBar>>>,
}

/// The progress fields of an event.
#[derive(Default)]
struct ProgressFields {
    unit: Option<String>,
    done: Option<u64>,
    total: Option<u64>,
}

impl Progress {
    /// Bars on standard error.
    pub(crate) fn on_terminal() -> Self {
        Self::default()
    }

    /// A writer that prints lines above the bars.
    pub(crate) fn writer(&self) -> LogWriter {
        LogWriter(self.all.clone())
    }

    fn show(&self, unit: String, done: u64, total: u64) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(unit).or_insert_with_key(|unit| {
            let style = ProgressStyle::with_template("{msg:<16} {wide_bar} {pos:>5}/{len} {elapsed:>4}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            self.all.add(ProgressBar::new(total)).with_style(style).with_message(unit.clone())
        });
        bar.set_length(total);
        bar.set_position(done);
        if done >= total {
            bar.finish_and_clear();
        }
    }
}

impl<S: Subscriber> Layer<S> for Progress {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = ProgressFields::default();
        event.record(&mut fields);
        if let ProgressFields { unit: Some(unit), done: Some(done), total: Some(total) } = fields {
            self.show(unit, done, total);
        }
    }
}

impl Visit for ProgressFields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "progress_done" => self.done = Some(value),
            "progress_total" => self.total = Some(value),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "progress_unit" {
            self.unit = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// Standard error, above the bars.
pub(crate) struct LogWriter(MultiProgress);

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self(self.0.clone())
    }
}

impl io::Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::Write::write_all(&mut io::stderr(), line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::Write::flush(&mut io::stderr())
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[test]
    fn logged_progress_moves_a_bar_for_each_task() {
        let progress = Progress::default();
        let subscriber = tracing_subscriber::registry().with(progress.clone());
        tracing::subscriber::with_default(subscriber, || {
            for done in [25_usize, 50] {
                tracing::info!(
                    progress_unit = "account ranges",
                    progress_done = done,
                    progress_total = 50_usize,
                    "on"
                );
            }
            tracing::info!(progress_unit = "assets", progress_done = 1_usize, progress_total = 7_usize, "on");
            tracing::info!(done = 9, "something else");
        });
        let bars = progress.bars.lock().unwrap();
        let positions: Vec<_> =
            bars.iter().map(|(unit, bar)| (unit.as_str(), bar.position(), bar.length())).collect();
        assert_eq!(positions, [("account ranges", 50, Some(50)), ("assets", 1, Some(7))]);
        assert!(bars["account ranges"].is_finished() && !bars["assets"].is_finished());
    }
}
