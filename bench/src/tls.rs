//! TLS of the proxies: a certificate authority per run, and a listener with its certificate.

use std::{fs, io, net::SocketAddr, path::Path, sync::Arc};

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs},
    server::TlsStream,
};

use crate::error::BenchError;

/// The certificate authority of this run.
pub(crate) struct Authority {
    root: NamedTempFile,
    acceptor: TlsAcceptor,
}

impl Authority {
    pub(crate) fn new() -> Result<Self, BenchError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Root");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names)?.signed_by(&key, &authority)?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())?;
        let unwritable = |source| BenchError::File { file: "a temporary file".into(), source };
        let root = NamedTempFile::new().map_err(unwritable)?;
        fs::write(&root, authority.pem()).map_err(unwritable)?;
        Ok(Self { root, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// PEM file with the root certificate, for `SSL_CERT_FILE`: it is trusted in place of Mozilla's, which are compiled in.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// Wraps a listener in TLS.
    pub(crate) fn tls_listener(&self, listener: TcpListener) -> TlsListener {
        TlsListener { listener, acceptor: self.acceptor.clone() }
    }
}

/// Accepts TLS connections, one handshake at a time.
pub(crate) struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            let _ = stream.set_nodelay(true);
            // A client whose handshake failed connects again.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
