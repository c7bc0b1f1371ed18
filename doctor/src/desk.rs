//! The support desk: what this server knows of enrollments and notifications, for people who may look at all clients'.
//! Nothing that it prints is secret: no receipts, signatures, token references or card numbers.

mod consents;
mod story;
mod unmatched;

use model::clock::Clock;
use runtime::{
    config::{ConfigError, Runtime, Settings},
    store::Enrollments,
};

use crate::aws;

pub use consents::{ConsentRow, Exported};
pub use story::Story;
pub use unmatched::Unmatched;

/// The desk; its fields are all that it may touch.
pub struct Desk {
    enrollments: Enrollments,
    clock: Clock,
}

impl Desk {
    /// Reads `ENROLLMENTS_TABLE` and `TENANT`, and where AWS is.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed.
    pub async fn connect(settings: Settings) -> Result<Self, ConfigError> {
        let aws = aws::config(&settings, "DYNAMODB").await;
        let host = Runtime::new(settings, aws, Clock::default());
        let mut read = host.settings.read();
        let enrollments = Enrollments::read(&mut read, &host).ok_or_else(|| read.problems())?;
        Ok(Self { enrollments, clock: host.clock })
    }

    /// The desk of a store.
    #[must_use]
    pub fn of(enrollments: Enrollments, clock: Clock) -> Self {
        Self { enrollments, clock }
    }
}
