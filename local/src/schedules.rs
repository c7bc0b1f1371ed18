//! The schedules of EventBridge Scheduler while `local` runs. The refresh keeps its 14 days; reconciliation runs every two
//! seconds instead of every 5 minutes, so that its effect is visible at once.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::world::World;

const REFRESH: Duration = Duration::from_secs(14 * 24 * 60 * 60);
const RECONCILE: Duration = Duration::from_secs(2);

impl World {
    /// Runs both schedules; never returns.
    pub async fn run_schedules(&self) -> ! {
        let ticks = |period| {
            let mut ticks = interval_at(Instant::now() + period, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            ticks
        };
        let (mut refresh, mut reconcile) = (ticks(REFRESH), ticks(RECONCILE));
        loop {
            let failed = tokio::select! {
                _ = refresh.tick() => self.refresh().await.err(),
                _ = reconcile.tick() => self.reconcile().await.err(),
            };
            if let Some(error) = failed {
                tracing::warn!(%error, "a scheduled function failed");
            }
        }
    }
}
