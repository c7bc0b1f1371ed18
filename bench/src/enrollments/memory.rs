//! Resident memory of this process, once a second.

use std::time::Duration;

use tokio::{
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    error::BenchError,
    machine::{field, kilobytes},
};

/// Samples memory until its deadline.
pub(super) struct MemorySampler(JoinHandle<Vec<u32>>);

impl MemorySampler {
    /// Starts sampling once a second until `deadline`.
    pub(super) fn start(deadline: Instant) -> Self {
        Self(tokio::spawn(async move {
            let mut seconds = interval(Duration::from_secs(1));
            seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let mut samples = Vec::new();
            while Instant::now() < deadline {
                seconds.tick().await;
                samples.extend(field("/proc/self/status", "VmRSS").and_then(|size| kilobytes(&size)));
            }
            samples
        }))
    }

    /// The samples in megabytes, in order of time.
    pub(super) async fn samples(self) -> Result<Vec<f64>, BenchError> {
        Ok(self.0.await?.into_iter().map(|kilobytes| f64::from(kilobytes) / 1e3).collect())
    }
}
