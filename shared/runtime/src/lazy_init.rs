//! Init of a function. A wrong setting or key ends the process, so that a deployment with it fails visibly. A fault that may
//! pass, such as an extension that is not ready, never does: the function is then connected when the next event arrives.

use std::time::Duration;

use mastercard::Deadline;
use tokio::sync::OnceCell;

use crate::{config::ConfigError, telemetry};

/// Limit for connecting when an event arrives; the event's own deadline may be earlier.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(6);

/// A function that is connected at init or, if a fault that may pass prevented that, by the first event for which it
/// succeeds.
pub struct LazyInit<T, C> {
    connect: C,
    function: OnceCell<T>,
}

impl<T, C, F> LazyInit<T, C>
where
    C: Fn() -> F,
    F: Future<Output = Result<T, ConfigError>>,
{
    /// Connects the function, unless a fault that may pass prevents it.
    ///
    /// # Errors
    /// When a setting, secret or key is wrong: see [`ConfigError::is_transient`].
    pub async fn start(connect: C) -> Result<Self, ConfigError> {
        let connected = match Box::pin(connect()).await {
            Ok(function) => Some(function),
            Err(error) if error.is_transient() => {
                let cause = telemetry::chain(&error);
                tracing::warn!(event = "init_deferred", cause, "init deferred to the next event");
                None
            }
            Err(error) => return Err(error),
        };
        Ok(Self { connect, function: OnceCell::new_with(connected) })
    }

    /// The function, which is connected now if it is not yet.
    ///
    /// # Errors
    /// When connecting fails again, or the deadline is earlier. The next event tries again.
    pub(crate) async fn get(&self, deadline: Deadline) -> Result<&T, ConfigError> {
        // Boxed, as in `start`: the compiler limits how deep the types of futures may nest.
        let connected = self.function.get_or_try_init(|| Box::pin((self.connect)()));
        tokio::time::timeout(deadline.remaining(), connected).await.unwrap_or(Err(ConfigError::OutOfTime))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;
    use crate::config::SecretUnavailable;

    const NAME: &str = "TOKEN_CONNECT_SIGNING_KEY";

    fn secret(source: SecretUnavailable) -> ConfigError {
        ConfigError::Secret { name: NAME, source }
    }

    /// Connecting that fails so many times, for a reason that may pass.
    fn failing(times: usize) -> impl Fn() -> std::future::Ready<Result<&'static str, ConfigError>> {
        let calls = AtomicUsize::new(0);
        move || {
            let fails = calls.fetch_add(1, Relaxed) < times;
            std::future::ready(if fails {
                Err(secret(SecretUnavailable::OutOfTime))
            } else {
                Ok("connected")
            })
        }
    }

    #[tokio::test]
    async fn a_fault_that_passes_does_not_end_the_process_and_the_next_event_connects() {
        let function = LazyInit::start(failing(2)).await.unwrap();
        let soon = || Deadline::after(Duration::from_secs(5));
        assert!(function.get(soon()).await.unwrap_err().is_transient());
        for _ in 0..2 {
            assert_eq!(*function.get(soon()).await.unwrap(), "connected");
        }
    }

    #[tokio::test]
    async fn a_secret_that_cannot_be_used_ends_the_init() {
        for source in [SecretUnavailable::NotText, SecretUnavailable::Empty] {
            let source = std::cell::Cell::new(Some(source));
            let connect = || std::future::ready(Err::<(), _>(secret(source.take().unwrap())));
            assert!(LazyInit::start(connect).await.is_err());
        }
    }

    #[tokio::test]
    async fn an_event_waits_no_longer_than_its_deadline() {
        let calls = &AtomicUsize::new(0);
        let connect = move || async move {
            if calls.fetch_add(1, Relaxed) == 0 {
                return Err(secret(SecretUnavailable::OutOfTime));
            }
            std::future::pending::<Result<(), _>>().await
        };
        let function = LazyInit::start(connect).await.unwrap();
        let error = function.get(Deadline::after(Duration::from_millis(10))).await.unwrap_err();
        assert!(matches!(error, ConfigError::OutOfTime));
    }
}
