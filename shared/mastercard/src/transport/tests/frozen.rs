//! What happens after AWS Lambda froze the process: the server reset its idle connections, and the process did not run
//! to notice.

use std::{net::TcpListener as StdListener, sync::mpsc, time::Duration};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use url::Url;

use super::{Transport, signer, soon};
use crate::{
    TokenConnect,
    token_connect::{PushError, PushMultipleAccounts, PushedAccounts},
};

/// An API whose server keeps connections open until it resets all of them. It runs in a thread of its own.
struct KeepAliveServer {
    url: Url,
    resets: watch::Sender<u32>,
    closed: mpsc::Receiver<()>,
}

impl KeepAliveServer {
    fn start() -> Self {
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap()).parse().unwrap();
        let (resets, on_reset) = watch::channel(0);
        let (on_close, closed) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                listener.set_nonblocking(true).unwrap();
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, on_reset.clone(), on_close.clone()));
                }
            });
        });
        Self { url, resets, closed }
    }

    /// Resets `connections` idle connections, while the caller's thread is blocked as in a frozen process.
    fn reset_while_frozen(&self, connections: usize) {
        self.resets.send_modify(|resets| *resets += 1);
        for _ in 0..connections {
            self.closed.recv_timeout(Duration::from_secs(10)).expect("an idle connection");
        }
    }
}

/// Responds to one request after the other until the reset.
async fn serve(stream: TcpStream, mut on_reset: watch::Receiver<u32>, on_close: mpsc::Sender<()>) {
    on_reset.mark_unchanged();
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        tokio::select! {
            read = stream.read_line(&mut line) => if !matches!(read, Ok(1..)) { return },
            Ok(()) = on_reset.changed() => {
                stream.get_ref().set_zero_linger().unwrap();
                drop(stream);
                let _ = on_close.send(());
                return;
            }
        }
        let (mut header, mut length) = (String::new(), 0);
        while stream.read_line(&mut header).await.is_ok_and(|read| read > 2) {
            if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            header.clear();
        }
        stream.read_exact(&mut vec![0; length]).await.unwrap();
        let body = match line.contains("pushMultipleAccounts") {
            true => json!({"pushAccountReceipts": [{"pushAccountReceipt": "MCC-1"}]}),
            false => json!({"tokenRequestors": []}),
        };
        let body = body.to_string();
        let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(response.as_bytes()).await.unwrap();
    }
}

async fn read(client: &TokenConnect) {
    client.get_eligible_token_requestors(&["555555000".parse().unwrap()], soon()).await.unwrap();
}

async fn push(client: &TokenConnect) -> Result<PushedAccounts, PushError> {
    client.push_multiple_accounts(&PushMultipleAccounts::for_test("{}"), soon()).await
}

#[tokio::test]
async fn a_push_after_a_freeze_does_not_use_a_connection_from_before() {
    let server = KeepAliveServer::start();
    let client = TokenConnect::new(server.url.clone(), signer(), Transport::new().unwrap());
    for _ in 0..6 {
        read(&client).await;
        server.reset_while_frozen(1);
        assert_eq!(push(&client).await.unwrap().receipts.len(), 1);
    }
}

#[tokio::test]
async fn a_push_does_not_use_a_connection_that_was_opened_for_it_and_reset() {
    for _ in 0..6 {
        let server = KeepAliveServer::start();
        let client = TokenConnect::new(server.url.clone(), signer(), Transport::new().unwrap()).preconnect();
        // Normally the connection is open then. If not, the push waits for it.
        tokio::time::sleep(Duration::from_millis(20)).await;
        server.reset_while_frozen(1);
        assert_eq!(push(&client).await.unwrap().receipts.len(), 1);
    }
}

#[tokio::test]
async fn reads_after_a_freeze_are_repeated() {
    let server = KeepAliveServer::start();
    for _ in 0..6 {
        let client = TokenConnect::new(server.url.clone(), signer(), Transport::new().unwrap());
        tokio::join!(read(&client), read(&client), read(&client));
        server.reset_while_frozen(3);
        tokio::join!(read(&client), read(&client), read(&client));
    }
}
