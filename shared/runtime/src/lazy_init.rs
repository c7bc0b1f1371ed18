//! Init of a function. A wrong setting ends the process, so that a deployment with it fails visibly. A fault that may pass never
//! does: the function is then connected when the next event arrives. This is the rule and not the exception for secrets in
//! Secrets Manager, because AWS's extension answers only once an event has arrived.

use std::time::Duration;

use mastercard::Deadline;
use tokio::sync::OnceCell;

use crate::{config::ConfigError, telemetry};

/// Pauses between the attempts to connect when an event arrives: AWS's extension may hear of the event later than the function.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1600),
];
/// Limit for connecting when an event arrives; the event's own deadline may be earlier.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(6);

/// A function that is connected at init or, if a fault that may pass prevented that, by the first event for which it
/// succeeds.
pub struct LazyInit<T, C> {
    connect: C,
    function: OnceCell<T>,
    pauses: &'static [Duration],
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
                tracing::info!(event = "init_deferred", cause, "init deferred to the next event");
                None
            }
            Err(error) => return Err(error),
        };
        Ok(Self { connect, function: OnceCell::new_with(connected), pauses: &PAUSES })
    }

    /// The function, which is connected now if it is not yet, with several attempts.
    ///
    /// # Errors
    /// When the last attempt fails, or the deadline is earlier. The next event tries again.
    pub(crate) async fn get(&self, deadline: Deadline) -> Result<&T, ConfigError> {
        // Boxed, as in `start`: the compiler limits how deep the types of futures may nest.
        let connected = self.function.get_or_try_init(|| Box::pin(self.connect_with_pauses()));
        tokio::time::timeout(deadline.remaining(), connected).await.unwrap_or(Err(ConfigError::OutOfTime))
    }

    async fn connect_with_pauses(&self) -> Result<T, ConfigError> {
        for pause in self.pauses {
            match (self.connect)().await {
                Err(error) if error.is_transient() => tokio::time::sleep(*pause).await,
                result => return result,
            }
        }
        (self.connect)().await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;
    use crate::config::SecretUnavailable;

    const SHORT: [Duration; 3] = [Duration::from_millis(1); 3];
    const NAME: &str = "TOKEN_CONNECT_SIGNING_KEY";

    fn secret(source: SecretUnavailable) -> ConfigError {
        ConfigError::Secret { name: NAME, source }
    }

    fn not_ready() -> ConfigError {
        secret(SecretUnavailable::Rejected { status: 400, error: None })
    }

    /// Connecting that fails so many times, for a reason that may pass, and how often it was tried.
    fn failing(
        times: usize,
        calls: &AtomicUsize,
    ) -> impl Fn() -> std::future::Ready<Result<&'static str, ConfigError>> {
        move || {
            let fails = calls.fetch_add(1, Relaxed) < times;
            std::future::ready(if fails { Err(not_ready()) } else { Ok("connected") })
        }
    }

    fn soon() -> Deadline {
        Deadline::after(CONNECT_TIMEOUT)
    }

    #[tokio::test]
    async fn init_does_not_wait_for_an_extension_that_answers_only_once_an_event_has_arrived() {
        let calls = AtomicUsize::new(0);
        let mut function = LazyInit::start(failing(3, &calls)).await.unwrap();
        assert_eq!(calls.load(Relaxed), 1);
        function.pauses = &SHORT;
        for _ in 0..2 {
            assert_eq!(*function.get(soon()).await.unwrap(), "connected");
            assert_eq!(calls.load(Relaxed), 4);
        }
    }

    #[tokio::test]
    async fn a_fault_that_outlasts_an_event_is_reported_and_the_next_event_connects() {
        let calls = AtomicUsize::new(0);
        let mut function = LazyInit::start(failing(SHORT.len() + 2, &calls)).await.unwrap();
        function.pauses = &SHORT;
        let error = function.get(soon()).await.unwrap_err();
        assert!(error.is_transient() && telemetry::chain(&error).contains("answered 400"), "{error}");
        assert_eq!(*function.get(soon()).await.unwrap(), "connected");
    }

    #[tokio::test]
    async fn a_secret_that_cannot_be_used_ends_the_init_and_fails_an_event_at_once() {
        for source in [SecretUnavailable::NotText, SecretUnavailable::Empty] {
            let source = std::cell::Cell::new(Some(source));
            let connect = || std::future::ready(Err::<(), _>(secret(source.take().unwrap())));
            assert!(LazyInit::start(connect).await.is_err());
        }
        let calls = &AtomicUsize::new(0);
        let connect = move || {
            let wrong = calls.fetch_add(1, Relaxed) > 0;
            std::future::ready(Err::<(), _>(if wrong {
                secret(SecretUnavailable::NotText)
            } else {
                not_ready()
            }))
        };
        let function = LazyInit::start(connect).await.unwrap();
        assert!(!function.get(soon()).await.unwrap_err().is_transient());
        assert_eq!(calls.load(Relaxed), 2);
    }

    #[tokio::test]
    async fn an_event_waits_no_longer_than_its_deadline() {
        let calls = &AtomicUsize::new(0);
        let connect = move || async move {
            if calls.fetch_add(1, Relaxed) == 0 {
                return Err(not_ready());
            }
            std::future::pending::<Result<(), _>>().await
        };
        let function = LazyInit::start(connect).await.unwrap();
        let error = function.get(Deadline::after(Duration::from_millis(10))).await.unwrap_err();
        assert!(matches!(error, ConfigError::OutOfTime));
    }
}
