//! Support's commands: they read the enrollments and notifications of all clients. Their output contains no receipts,
//! signatures, token references or card numbers, except for the notifications that [`Support::open_quarantined`] decrypts.

mod consents;
mod erase;
mod quarantine;
mod timeline;
mod tokens;
mod unmatched;

use model::clock::Clock;
use runtime::{
    config::{ConfigError, Runtime, Settings},
    store::{Enrollments, enrollments::EnrollmentReader},
};

use crate::aws;

pub use consents::{ConsentRow, ExportReport};
pub use erase::{ErasureRecord, FoundData};
pub use quarantine::{OpenError, Quarantined};
pub use timeline::Timeline;
pub use tokens::{TokenChangeRecord, TokenError, TokenRow, TokenSupport};
pub use unmatched::Unmatched;

/// Access to the store of enrollments.
pub struct Support {
    enrollments: EnrollmentReader,
    /// To match notifications again, for the quarantine and to erase: these need an operator's rights.
    writer: Enrollments,
    clock: Clock,
}

impl Support {
    /// Reads `ENROLLMENTS_TABLE`, `TENANT` and the AWS configuration.
    ///
    /// # Errors
    /// When a setting is missing or invalid.
    pub async fn connect(settings: Settings) -> Result<Self, ConfigError> {
        let aws = aws::config(&settings, "AWS_ENDPOINT_URL_DYNAMODB").await;
        let runtime = Runtime::new(settings, aws, Clock::default());
        let mut reader = runtime.settings.read();
        let writer = Enrollments::from_settings(&mut reader, &runtime).ok_or_else(|| reader.problems())?;
        Ok(Self { enrollments: writer.reader(), writer, clock: runtime.clock })
    }
}
