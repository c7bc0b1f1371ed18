use axum::http::Method;
use futures_util::FutureExt as _;
use lambda_http::RequestExt as _;
use rcgen::{CertificateParams, KeyPair};
use reqwest::{Certificate, Client};
use serde_json::json;

use super::*;
use crate::{
    gateway::{Handler, Route},
    identity::Keys,
    shutdown,
};

/// An endpoint whose function responds with the client certificate.
async fn endpoint() -> (String, Identity, shutdown::ShutdownGuard) {
    let identity = Keys::of_this_process().unwrap().identity;
    let handler: Handler = Arc::new(|request| {
        async move {
            let context = json!(request.request_context_ref());
            let certificate = context.pointer("/authentication/clientCert").cloned().unwrap_or_default();
            Ok(lambda_http::Response::new(lambda_http::Body::Text(certificate.to_string())))
        }
        .boxed()
    });
    let gateway = Gateway::new(vec![Route::open(Method::POST, "/notifications", handler)]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let (guard, shutdown) = shutdown::channel();
    serve(listener, &identity, gateway, shutdown).unwrap();
    (url, identity, guard)
}

fn client(identity: &Identity, presented: Option<&str>) -> Client {
    let authority = Certificate::from_pem(identity.notifications_authority.as_bytes()).unwrap();
    let client = Client::builder().tls_certs_only([authority]).no_proxy();
    match presented {
        Some(pem) => client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap()).build().unwrap(),
        None => client.build().unwrap(),
    }
}

#[tokio::test]
async fn mastercards_client_certificate_reaches_the_function() {
    let (url, identity, _guard) = endpoint().await;
    let mastercard = client(&identity, Some(&identity.client_identity()));
    let response = mastercard.post(format!("{url}/notifications")).body("{}").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let certificate: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(certificate["subjectDN"], json!(subject_dn(&identity.client_certificate)));
    assert_eq!(certificate["subjectDN"], "CN=notifications.mastercard.example,O=Simulator");
    assert_eq!(certificate["issuerDN"], "CN=Throw-Away Authority,O=Simulator");
    assert!(certificate["clientCertPem"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE"));
    assert!(certificate["validity"]["notAfter"].as_str().unwrap().ends_with(" GMT"));
    let other_route = mastercard.get(format!("{url}/token-requestors?platform=ios")).send().await.unwrap();
    assert_eq!(other_route.status(), 404);
}

#[tokio::test]
async fn a_client_without_a_certificate_of_mastercard_is_rejected() {
    let (url, identity, _guard) = endpoint().await;
    let key = KeyPair::generate().unwrap();
    let forged = CertificateParams::default().self_signed(&key).unwrap();
    let forged = format!("{}{}", forged.pem(), key.serialize_pem());
    for presented in [None, Some(forged.as_str())] {
        let sent = client(&identity, presented).post(format!("{url}/notifications")).body("{}").send().await;
        assert!(sent.is_err());
    }
}

#[tokio::test]
async fn an_unfinished_handshake_does_not_block_other_clients() {
    let (url, identity, _guard) = endpoint().await;
    let _silent = TcpStream::connect(url.trim_start_matches("https://")).await.unwrap();
    let mastercard = client(&identity, Some(&identity.client_identity()));
    let response = mastercard.post(format!("{url}/notifications")).body("{}").send().await.unwrap();
    assert_eq!(response.status(), 200);
}
