//! An identity provider on this machine: its OpenID configuration and keys, over TLS.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    sync::Arc,
    thread,
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// A key (RFC 7517), as far as it is read.
pub(crate) const RSA: &str = r#"{"kty": "RSA", "kid": "1"}"#;

/// Starts it with these keys, as items of a JSON array, and writes its certificate. Returns the issuer. It runs until the test's process
/// ends.
pub(crate) fn start(certificate_file: &Path, keys: &'static str) -> String {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    fs::write(certificate_file, certificate.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let issuer = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let own = issuer.clone();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = BufReader::new(StreamOwned::new(tls, connection.unwrap()));
            let request: Vec<String> =
                stream.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let body = match request.first().map(String::as_str).unwrap_or_default() {
                "GET /.well-known/openid-configuration HTTP/1.1" => {
                    format!(r#"{{"issuer": "{own}", "jwks_uri": "{own}/keys"}}"#)
                }
                "GET /keys HTTP/1.1" => format!(r#"{{"keys": [{keys}]}}"#),
                _ => String::new(),
            };
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.get_mut().write_all(format!("{head}{body}").as_bytes());
        }
    });
    issuer
}
