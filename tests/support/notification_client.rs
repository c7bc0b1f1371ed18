//! A client of the notification endpoint: Mastercard, or an unauthorized caller.

use std::time::Duration;

use local::{World, cardholder::Response};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};
use reqwest::{Certificate, Client, Identity, Method};
use url::Url;

use super::openapi::conforms;

/// A caller of `POST /notifications`.
pub(crate) struct NotificationClient {
    http: Client,
    url: Url,
    secret: Option<String>,
}

impl NotificationClient {
    /// With the client certificate that the endpoint accepts.
    pub(crate) fn with_trusted_certificate(world: &World) -> Self {
        let identity =
            Identity::from_pem(world.notifications_client_identity().as_bytes()).expect("an identity");
        Self::new(world, Some(identity))
    }

    pub(crate) fn without_certificate(world: &World) -> Self {
        Self::new(world, None)
    }

    /// With a self-signed client certificate of the expected name.
    pub(crate) fn with_untrusted_certificate(world: &World) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::OrganizationName, "Simulator");
        params.distinguished_name.push(DnType::CommonName, "notifications.mastercard.example");
        params.insert_extended_key_usage(ExtendedKeyUsagePurpose::ClientAuth);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate").pem();
        let identity = Identity::from_pem(format!("{certificate}{}", key.serialize_pem()).as_bytes());
        Self::new(world, Some(identity.expect("an identity")))
    }

    /// With this as the shared secret.
    pub(crate) fn with_secret(self, secret: &str) -> Self {
        Self { secret: Some(secret.into()), ..self }
    }

    fn new(world: &World, identity: Option<Identity>) -> Self {
        let authority =
            Certificate::from_pem(world.notifications_authority().as_bytes()).expect("an authority");
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(20)).tls_certs_only([authority]);
        let http = identity.into_iter().fold(http, reqwest::ClientBuilder::identity);
        Self { http: http.build().expect("a client"), url: world.notifications_url().clone(), secret: None }
    }

    /// Sends a notification. The response conforms to the API description.
    pub(crate) async fn send(&self, body: impl Into<String>) -> Response {
        self.try_send(body).await.expect("a response")
    }

    /// Sends a notification; the handshake may fail. A machine that is too busy to answer in time says nothing about either, so it is
    /// asked again.
    pub(crate) async fn try_send(&self, body: impl Into<String>) -> reqwest::Result<Response> {
        let body = body.into();
        for _ in 0..4 {
            match self.send_once(body.clone()).await {
                Err(error) if error.is_timeout() => {}
                answer => return answer,
            }
        }
        self.send_once(body).await
    }

    async fn send_once(&self, body: String) -> reqwest::Result<Response> {
        let request = self.http.post(self.url.clone()).header("content-type", "application/json");
        let secret =
            self.secret.iter().fold(request, |request, it| request.header("x-notification-secret", it));
        let response = secret.body(body).send().await?;
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value)));
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let body = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
        let response = Response { status, headers, body };
        conforms(&Method::POST, "/notifications", &response);
        Ok(response)
    }
}
