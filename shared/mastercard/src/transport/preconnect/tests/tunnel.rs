//! A proxy in the environment, through which TLS is tunneled. A child process pushes, because a test must not change its own
//! environment.

use std::{
    env,
    io::{Read as _, stdin},
    process::Stdio,
};

use tokio::task::spawn_blocking;

use super::*;
use crate::testing::behind_proxy;

/// The variable that tells the child process whom to trust.
const CERTIFICATE: &str = "TRUSTED_CERTIFICATE";
const HOST: &str = "token-connect.example";

#[tokio::test]
#[ignore = "the test below runs it"]
async fn a_process_that_pushes_through_a_tunnel() {
    let certificate = env::var_os(CERTIFICATE).unwrap().into_string().unwrap();
    let transport = Transport::with_extra_ca_certs(certificate.as_bytes()).unwrap();
    let url = format!("https://{HOST}/mdes").parse().unwrap();
    let client = TokenConnect::new(url, signer(), transport).preconnect();
    // Until the tunnel is open.
    spawn_blocking(|| stdin().read_to_end(&mut Vec::new())).await.unwrap().unwrap();
    push(client).await;
}

#[tokio::test]
async fn a_push_uses_the_tunnel_through_a_proxy_that_was_opened_for_it() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (tls, certificate) = tls(HOST);
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let test = "transport::preconnect::tests::tunnel::a_process_that_pushes_through_a_tunnel";
    let mut process = behind_proxy(&address, test)
        .env(CERTIFICATE, certificate)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();

    let mut connection = accept(&proxy).await;
    let request = request(&mut connection).await;
    assert!(request.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")), "{request}");
    connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    let mut connection = tls.accept(connection).await.unwrap();
    drop(process.stdin.take());
    respond(&mut connection).await;

    assert!(process.wait().unwrap().success());
    assert!(timeout(Duration::from_millis(50), proxy.accept()).await.is_err(), "a second tunnel");
}
