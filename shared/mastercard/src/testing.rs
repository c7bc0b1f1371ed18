//! Test fixtures: a key generated at run time, a certificate for it, and an HTTP server with scripted replies.

use std::{
    collections::HashMap,
    env,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::Command,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use url::Url;
use x509_cert::der::pem::{self, LineEnding};

use super::{
    deadline::Deadline,
    error::{ApiError, Upstream},
    keys::{Certificate, SigningKey},
    oauth1::Signer,
    response::ApiResponse,
};

/// A test certificate whose private key was destroyed.
pub(super) const CERTIFICATE: &str = include_str!("../testdata/certificate.pem");

static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

pub(super) fn to_pem(label: &str, der: &[u8]) -> String {
    pem::encode_string(label, LineEnding::LF, der).unwrap()
}

pub(super) fn pkcs8() -> Vec<u8> {
    let der: Pkcs8V1Der<'_> = KEY.as_der().unwrap();
    der.as_ref().to_vec()
}

pub(super) fn private_key_pem() -> String {
    to_pem("PRIVATE KEY", &pkcs8())
}

/// [`CERTIFICATE`] with the public key replaced by that of [`private_key_pem`]. Its signature becomes invalid, which no
/// test verifies.
pub(super) fn certificate_pem() -> String {
    let original = Certificate::from_pem("original", CERTIFICATE).unwrap().public_key().to_vec();
    let ours = KEY.public_key().as_der().unwrap().as_ref().to_vec();
    let (_, mut der) = pem::decode_vec(CERTIFICATE.as_bytes()).unwrap();
    let at = der.windows(original.len()).position(|window| window == original).unwrap();
    der[at..at + original.len()].copy_from_slice(&ours);
    to_pem("CERTIFICATE", &der)
}

pub(super) fn signer() -> Signer {
    Signer::new("client!key", SigningKey::from_pem("signing key", &private_key_pem()).unwrap())
}

pub(super) fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

/// This program, to run one ignored test with a proxy in its environment, which a test must not change in its own process.
pub(super) fn behind_proxy(proxy: &str, test: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", test])
        .envs(["HTTP_PROXY", "HTTPS_PROXY"].map(|name| (name, proxy)))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    command
}

/// An error of Token Connect with one reason code, or none if `code` is empty.
pub(super) fn api_error(status: u16, source: &str, code: &str) -> ApiError {
    let response = ApiResponse {
        upstream: Upstream::TokenConnect,
        operation: "getAsset",
        status: StatusCode::from_u16(status).unwrap(),
        body: json!({"errors": [{"source": source, "reasonCode": code}]}).to_string().into_bytes(),
        retry_after: None,
        clock_ahead_seconds: None,
        correlation_id: "c-1".into(),
        base_string: String::new(),
    };
    response.api_error().unwrap()
}

/// One scripted reply.
#[derive(Clone)]
pub(super) enum Reply {
    /// Status, extra headers (each ending in CRLF), body.
    Response(u16, &'static str, Vec<u8>),
    /// The bytes of a whole response.
    Raw(Vec<u8>),
    /// Reads the request, then closes the connection.
    CloseConnection,
}

impl Reply {
    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Response(status, headers, body) => {
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
                );
                [head.into_bytes(), body].concat()
            }
            Self::Raw(bytes) => bytes,
            Self::CloseConnection => Vec::new(),
        }
    }
}

/// A 200 with this body.
pub(super) fn ok(body: impl ToString) -> Reply {
    Reply::Response(200, "", body.to_string().into_bytes())
}

/// A response with this status and body.
pub(super) fn status(status: u16, body: impl ToString) -> Reply {
    Reply::Response(status, "", body.to_string().into_bytes())
}

/// A received request; header names are lowercase.
pub(super) struct ReceivedRequest {
    pub(super) line: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl ReceivedRequest {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Sends each reply to one request, then stops listening.
pub(super) struct FakeServer {
    pub(super) url: Url,
    received: Arc<Mutex<Vec<ReceivedRequest>>>,
}

impl FakeServer {
    pub(super) fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap()).parse().unwrap();
        let received = Arc::<Mutex<Vec<ReceivedRequest>>>::default();
        let (requests, script): (_, Vec<Reply>) = (received.clone(), script.into_iter().collect());
        std::thread::spawn(move || {
            for reply in script {
                let (mut stream, _) = listener.accept().unwrap();
                requests.lock().unwrap().push(read(&mut BufReader::new(&mut stream)));
                // The client may close the connection before it has read the whole body.
                let _ = stream.write_all(&reply.into_bytes());
            }
        });
        Self { url, received }
    }

    /// Port 1, on which nothing listens. (A port that was free before may belong to another test by now.)
    pub(super) fn unreachable() -> Self {
        Self { url: "http://127.0.0.1:1/api".parse().unwrap(), received: Arc::default() }
    }

    pub(super) fn received(&self) -> Vec<ReceivedRequest> {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}

fn read(stream: &mut impl BufRead) -> ReceivedRequest {
    let mut lines = stream.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty());
    let line = lines.next().unwrap();
    let headers: HashMap<String, String> = lines
        .map(|line| {
            line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())).unwrap()
        })
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    ReceivedRequest { line, headers, body }
}
