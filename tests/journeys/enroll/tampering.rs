//! A proxy in front of Token Connect that changes a push.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

const BEFORE: &[u8] = b"\"completeWebsiteActivation\":true";
const AFTER: &[u8] = b"\"completeWebsiteActivation\":nope";

pub(super) async fn start_proxy(to: Url) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((from, _)) = listener.accept().await {
            let upstream = TcpStream::connect(to.socket_addrs(|| None).unwrap()[0]).await.unwrap();
            tokio::spawn(tunnel(from, upstream));
        }
    });
    url
}

async fn tunnel(from: TcpStream, to: TcpStream) {
    let (mut from_read, mut from_write) = from.into_split();
    let (mut to_read, mut to_write) = to.into_split();
    let back = async { tokio::io::copy(&mut to_read, &mut from_write).await.map(drop) };
    let forth = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = from_read.read(&mut buffer).await?;
            if read == 0 {
                return to_write.shutdown().await;
            }
            let sent = &mut buffer[..read];
            if let Some(at) = sent.windows(BEFORE.len()).position(|window| window == BEFORE) {
                sent[at..at + BEFORE.len()].copy_from_slice(AFTER);
            }
            to_write.write_all(sent).await?;
        }
    };
    let _ = tokio::try_join!(back, forth);
}
