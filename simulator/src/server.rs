//! The HTTP/1.1 server.

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::response::CloseConnection;

/// Serves until the returned future is dropped.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let service = TowerToHyperService::new(router);
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Nagle's algorithm and delayed acknowledgements would add 40 ms to a response of two packets.
                    let _ = stream.set_nodelay(true);
                    stream
                }
                Err(_) => continue,
            },
            Some(_) = connections.join_next() => continue,
        };
        let service = service.clone();
        connections.spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let response = service.call(request);
                async move {
                    // An error makes hyper close the connection without a response.
                    let response = response.await.map_err(std::io::Error::other)?;
                    match response.extensions().get::<CloseConnection>() {
                        Some(_) => Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted)),
                        None => Ok(response),
                    }
                }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            let _ = connection.await;
        });
    }
}
