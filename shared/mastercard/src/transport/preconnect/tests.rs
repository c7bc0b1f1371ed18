mod tunnel;

use std::task::Context;

use hyper::rt::ReadBufCursor;
use serde_json::json;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::{
    TokenConnect, Transport,
    testing::{FakeServer, signer, soon},
    token_connect::{PushError, PushMultipleAccounts},
};

async fn listen() -> (TcpListener, TokenConnect) {
    listen_for("http", Transport::new().unwrap()).await
}

async fn listen_for(scheme: &str, transport: Transport) -> (TcpListener, TokenConnect) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("{scheme}://{}/api", listener.local_addr().unwrap()).parse().unwrap();
    (listener, TokenConnect::new(url, signer(), transport))
}

async fn accept(listener: &TcpListener) -> TcpStream {
    timeout(Duration::from_secs(60), listener.accept()).await.expect("a connection").unwrap().0
}

/// Reads a request up to its body.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut request = Vec::new();
    while !request.windows(4).any(|it| it == b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "no request");
    }
    String::from_utf8_lossy(&request).into_owned()
}

/// Responds to a push, the length of whose body does not matter.
async fn respond(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    request(stream).await;
    let body = json!({"pushAccountReceipts": [{"pushAccountReceipt": "MCC-1"}]}).to_string();
    let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(response.as_bytes()).await.unwrap();
}

async fn push(client: TokenConnect) {
    let pushed = client.push_multiple_accounts(&PushMultipleAccounts::for_test("{}"), soon()).await;
    assert_eq!(pushed.unwrap().receipts.len(), 1);
}

#[tokio::test]
async fn a_push_uses_the_connection_that_was_opened_for_it() {
    let (listener, client) = listen().await;
    let client = client.preconnect();
    let mut connection = accept(&listener).await;
    tokio::join!(push(client), respond(&mut connection));
    assert!(timeout(Duration::from_millis(50), listener.accept()).await.is_err(), "a second connection");
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_not_used() {
    let (listener, client) = listen().await;
    let client = client.preconnect();
    drop(accept(&listener).await);
    let responding = async { respond(&mut accept(&listener).await).await };
    tokio::join!(push(client), responding);
}

/// A server with TLS, and a client that trusts it.
async fn listen_with_tls() -> (TcpListener, TlsAcceptor, TokenConnect) {
    let (tls, certificate) = tls("127.0.0.1");
    let transport = Transport::with_extra_ca_certs(certificate.as_bytes()).unwrap();
    let (listener, client) = listen_for("https", transport).await;
    (listener, tls, client)
}

/// The TLS of a server of this name, and its certificate as PEM.
fn tls(name: &str) -> (TlsAcceptor, String) {
    let certified = rcgen::generate_simple_self_signed([name.into()]).unwrap();
    let (certificate, key) = (certified.cert.der().clone(), certified.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate], key.try_into().unwrap()).unwrap();
    (TlsAcceptor::from(Arc::new(config)), certified.cert.pem())
}

/// The client has not read the server's session tickets when the push begins.
#[tokio::test]
async fn a_push_uses_the_connection_with_its_tls_session() {
    let (listener, tls, client) = listen_with_tls().await;
    let client = client.preconnect();
    let mut connection = tls.accept(accept(&listener).await).await.unwrap();
    tokio::join!(push(client), respond(&mut connection));
}

#[tokio::test]
async fn a_tls_session_that_the_server_ended_is_not_used() {
    let (listener, tls, client) = listen_with_tls().await;
    let client = client.preconnect();
    let mut connection = tls.accept(accept(&listener).await).await.unwrap();
    connection.shutdown().await.unwrap();
    let responding = async {
        let mut connection = tls.accept(accept(&listener).await).await.unwrap();
        respond(&mut connection).await;
    };
    tokio::join!(push(client), responding);
}

#[tokio::test]
async fn a_push_opens_another_connection_if_the_handshake_of_the_one_opened_for_it_hangs() {
    let (listener, tls, client) = listen_with_tls().await;
    let client = client.preconnect();
    let _hanging = accept(&listener).await;
    let responding = async { respond(&mut tls.accept(accept(&listener).await).await.unwrap()).await };
    tokio::join!(push(client), responding);
}

#[tokio::test]
async fn nothing_is_sent_on_a_connection_that_is_not_needed() {
    let (listener, client) = listen().await;
    let client = client.preconnect();
    let mut connection = accept(&listener).await;
    // Until the client has the connection too.
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(client);
    let mut received = Vec::new();
    timeout(Duration::from_secs(60), connection.read_to_end(&mut received)).await.unwrap().unwrap();
    assert!(received.is_empty());
}

#[tokio::test]
async fn only_the_first_push_has_a_connection_already() {
    let (listener, client) = listen().await;
    let client = client.preconnect();
    let responding = async {
        for _ in 0..2 {
            respond(&mut accept(&listener).await).await;
        }
    };
    let pushing = async {
        push(client.clone()).await;
        push(client).await;
    };
    tokio::join!(pushing, responding);
}

#[tokio::test]
async fn a_push_to_a_server_that_is_down_fails_as_without_a_connection() {
    let unreachable = FakeServer::unreachable();
    let client = TokenConnect::new(unreachable.url.clone(), signer(), Transport::new().unwrap()).preconnect();
    let deadline = crate::Deadline::after(Duration::from_secs(2));
    let pushed = client.push_multiple_accounts(&PushMultipleAccounts::for_test("{}"), deadline).await;
    assert!(matches!(pushed, Err(PushError::Rejected(_))), "{pushed:?}");
}

/// A connection on which nothing arrives, or which has ended.
#[derive(Debug)]
struct Connection {
    is_open: bool,
}

impl Read for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: ReadBufCursor<'_>,
    ) -> Poll<Result<(), std::io::Error>> {
        if self.is_open { Poll::Pending } else { Poll::Ready(Ok(())) }
    }
}

#[tokio::test]
async fn a_connection_is_taken_once_while_it_is_new_and_open() {
    let now = Instant::now();
    let long_ago = now.checked_sub(MAX_AGE).unwrap();
    for (is_open, opened_at, expected) in [(true, now, true), (false, now, false), (true, long_ago, false)] {
        let slot = Slot(Arc::new(Mutex::new(Some((Connection { is_open }, opened_at)))));
        assert_eq!(slot.take().await.is_some(), expected, "{is_open}");
        assert!(slot.take().await.is_none());
    }
}
