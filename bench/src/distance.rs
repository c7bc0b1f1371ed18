//! A relay in front of a server on this machine, with the round trip time of one far away.

use std::time::Duration;

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, sleep_until},
};
use url::Url;

use crate::error::BenchError;

/// More than an HTTP message of these APIs.
const CHUNK: usize = 64 * 1024;

/// A running relay; stops when dropped.
pub(crate) struct Relay {
    /// The server's URL, with the relay's port.
    pub(crate) url: Url,
    server: AbortHandle,
}

impl Relay {
    /// Starts a relay to the server of `url`. Its connections take `round_trip` to be made, and bytes take half of it in each direction.
    pub(crate) async fn start(url: &Url, round_trip: Duration) -> Result<Self, BenchError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let address = listener.local_addr().map_err(BenchError::Port)?;
        let upstream = ("127.0.0.1", url.port_or_known_default().unwrap_or_default());
        let mut url = url.clone();
        // Fails only for URLs without a host.
        let _ = url.set_port(Some(address.port()));
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(relay(stream, upstream, round_trip));
            }
        });
        Ok(Self { url, server: server.abort_handle() })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn relay(client: TcpStream, upstream: (&str, u16), round_trip: Duration) {
    let Ok(server) = TcpStream::connect(upstream).await else { return };
    // The kernel has accepted the connection at once: its handshake delays the first bytes instead.
    let connected_at = Instant::now() + round_trip;
    for stream in [&client, &server] {
        drop(stream.set_nodelay(true));
    }
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    tokio::join!(
        forward(client_read, server_write, connected_at, round_trip / 2),
        forward(server_read, client_write, connected_at, round_trip / 2)
    );
}

/// Forwards bytes until one side closes, each `delay` after it arrived, and the first ones after `start` besides.
async fn forward(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    start: Instant,
    delay: Duration,
) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let reading = async move {
        let mut buffer = vec![0; CHUNK];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let bytes = buffer.get(..length).unwrap_or_default().to_vec();
            if sender.send((Instant::now().max(start) + delay, bytes)).is_err() {
                return;
            }
        }
    };
    let writing = async move {
        while let Some((at, bytes)) = receiver.recv().await {
            sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        drop(to.shutdown().await);
    };
    tokio::join!(reading, writing);
}
