//! Notifications over mutual TLS: the endpoint accepts only a client with Mastercard's certificate.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::aws_lc_rs};

use super::issuer::Issuer;
use crate::{CLICK_TO_PAY, NotificationPlan, NotificationTarget};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn leaf(authority: &Authority, name: &str) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    (params.signed_by(&key, authority).unwrap(), key)
}

/// Starts an endpoint that acknowledges requests of clients with a certificate of `authority`; returns its port.
async fn serve_mtls(authority: &Authority) -> u16 {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    // Explicit, since another crate of the workspace may enable a second provider.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let (certificate, key) = leaf(authority, "localhost");
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_client_cert_verifier(verifier).with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                    .await
                    .unwrap();
                let _ = stream.shutdown().await;
            }
        }
    });
    port
}

#[tokio::test]
async fn the_mtls_endpoint_accepts_only_mastercards_certificate() {
    let issuer = Issuer::new().await;
    issuer.enable(40_000, 70_001).await;
    let authority = authority();
    let port = serve_mtls(&authority).await;
    let (certificate, key) = leaf(&authority, "notifications.example");
    let with_certificate = NotificationTarget {
        identity_pem: Some(certificate.pem() + &key.serialize_pem()),
        root_certificate_pem: Some(authority.pem()),
        ..NotificationTarget::plain(format!("https://localhost:{port}/notifications").parse().unwrap())
    };
    let without = NotificationTarget { identity_pem: None, ..with_certificate.clone() };
    issuer.simulator.set_notification_plan(NotificationPlan { retries: 0, ..NotificationPlan::default() });
    for (target, expected) in
        [(with_certificate, "TVN notification, acknowledged"), (without, "TVN notification, not delivered")]
    {
        issuer.simulator.set_notifications(Some(target)).unwrap();
        issuer.simulator.suspend_token(70_001, CLICK_TO_PAY).unwrap();
        issuer.simulator.notifications_settled().await;
        assert_eq!(issuer.simulator.journal().last().unwrap().summary, expected);
    }
}

#[tokio::test]
async fn an_invalid_client_certificate_is_rejected_when_it_is_set() {
    let issuer = Issuer::new().await;
    let url = "https://localhost/notifications".parse().unwrap();
    let target =
        NotificationTarget { identity_pem: Some("nothing".to_owned()), ..NotificationTarget::plain(url) };
    issuer.simulator.set_notifications(Some(target)).unwrap_err();
}
