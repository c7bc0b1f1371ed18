//! The way to one API: its base URL, its signing key, and when a call is made again.

use reqwest::Method;
use url::Url;

use super::{
    deadline::{Attempts, Deadline},
    error::{Answerer, MastercardError},
    oauth1::Signer,
    transport::{Answer, Request, Transport},
};

#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) answerer: Answerer,
    pub(super) base_url: Url,
    pub(super) signer: Signer,
    pub(super) transport: Transport,
}

impl Channel {
    /// A request to a path below the base URL; the path is already percent-encoded.
    pub(super) fn request(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Request {
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}/{path}", self.base_url.path().trim_end_matches('/')));
        Request { operation, method, url, headers: Default::default(), body }
    }

    /// Asks for something that changes nothing: up to three attempts, each made and signed anew.
    pub(super) async fn read<T>(
        &self,
        deadline: Deadline,
        request: impl Fn() -> Result<Request, MastercardError>,
        understand: impl Fn(Answer) -> Result<T, MastercardError>,
    ) -> Result<T, MastercardError> {
        let mut attempts = Attempts::until(deadline);
        loop {
            let answer = self.exchange(request()?, attempts.share()).await;
            match answer.and_then(&understand) {
                Err(error) if error.retryable() && attempts.pause(error.retry_after()).await => {}
                outcome => return outcome,
            }
        }
    }

    /// Sends something that may take effect: again only while it certainly has not left.
    pub(super) async fn push(
        &self,
        deadline: Deadline,
        request: impl Fn() -> Result<Request, MastercardError>,
    ) -> Result<Answer, MastercardError> {
        let mut attempts = Attempts::until(deadline);
        loop {
            match self.exchange(request()?, attempts.remaining()).await {
                Err(MastercardError::Unreached(_)) if attempts.pause(None).await => {}
                outcome => return outcome,
            }
        }
    }

    async fn exchange(
        &self,
        request: Request,
        timeout: std::time::Duration,
    ) -> Result<Answer, MastercardError> {
        if timeout.is_zero() {
            return Err(MastercardError::OutOfTime);
        }
        self.transport.exchange(self.answerer, &self.signer, request, timeout).await
    }
}
