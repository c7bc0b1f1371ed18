//! The notification endpoint: mutual TLS on a separate port, with `POST /notifications` only. The function gets the client
//! certificate as API Gateway passes it.

mod certificate;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, RootCertStore, ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::{VerifierBuilderError, WebPkiClientVerifier},
    },
};

pub(crate) use certificate::{client_cert, subject_dn};

use crate::{
    gateway::{Caller, Gateway},
    identity::Identity,
    shutdown::Shutdown,
};

/// Connections whose TLS handshake takes longer are closed.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// The endpoint's TLS configuration is invalid.
#[derive(Debug, thiserror::Error)]
pub enum MtlsEndpointError {
    /// A certificate or key is not PEM.
    #[error("a certificate or key of the notification endpoint cannot be parsed")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// A certificate or key is rejected by the TLS library.
    #[error("a certificate or key of the notification endpoint cannot be used")]
    Tls(#[from] rustls::Error),
    /// The certificate authority cannot verify client certificates.
    #[error("the certificate authority of the notification endpoint cannot be used")]
    Authority(#[from] VerifierBuilderError),
}

/// Serves until shutdown.
pub(crate) fn serve(
    listener: TcpListener,
    identity: &Identity,
    gateway: Arc<Gateway>,
    shutdown: Shutdown,
) -> Result<(), MtlsEndpointError> {
    let acceptor = TlsAcceptor::from(Arc::new(tls_config(identity)?));
    tokio::spawn(async move {
        let mut stop = std::pin::pin!(shutdown.wait());
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut stop => return,
            };
            let Ok((stream, address)) = accepted else { continue };
            let connection = serve_connection(acceptor.clone(), stream, address, Arc::clone(&gateway));
            let stop = shutdown.wait();
            tokio::spawn(async move {
                tokio::select! {
                    outcome = connection => if let Err(error) = outcome {
                        tracing::info!(event = "tls_handshake_failed", %error, "TLS handshake of a notification failed");
                    },
                    () = stop => {}
                }
            });
        }
    });
    Ok(())
}

fn tls_config(identity: &Identity) -> Result<ServerConfig, MtlsEndpointError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(identity.notifications_authority.as_bytes())?)?;
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
    let chain = vec![CertificateDer::from_pem_slice(identity.endpoint_certificate.as_bytes())?];
    let key = PrivateKeyDer::from_pem_slice(identity.endpoint_key.as_bytes())?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier);
    Ok(config.with_single_cert(chain, key)?)
}

async fn serve_connection(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    address: SocketAddr,
    gateway: Arc<Gateway>,
) -> io::Result<()> {
    let stream = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await??;
    let presented = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let certificate: Option<Value> = presented.and_then(|certificate| client_cert(certificate.as_ref()));
    if certificate.is_none() {
        return Err(io::Error::other("the client certificate cannot be read"));
    }
    let caller = Caller { address, certificate };
    let router = axum::Router::new().fallback(move |request| {
        let (gateway, caller) = (Arc::clone(&gateway), caller.clone());
        async move { gateway.handle(request, caller).await }
    });
    let service = TowerToHyperService::new(router);
    let server = auto::Builder::new(TokioExecutor::new());
    server.serve_connection(TokioIo::new(stream), service).await.map_err(io::Error::other)
}

#[cfg(test)]
mod tests;
