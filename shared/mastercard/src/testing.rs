//! For the tests of this module: a key made at run time, a certificate around it, and a Mastercard that answers
//! by a script.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
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
    transport::ApiResponse,
};

/// A throw-away certificate whose private key was destroyed.
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

/// The certificate above with our public key in the place of its own, which is as long. Its signature no longer
/// fits; nothing here looks at it.
pub(super) fn certificate_pem() -> String {
    let theirs = Certificate::from_pem("theirs", CERTIFICATE).unwrap().public_key().to_vec();
    let ours = KEY.public_key().as_der().unwrap().as_ref().to_vec();
    let (_, mut der) = pem::decode_vec(CERTIFICATE.as_bytes()).unwrap();
    let at = der.windows(theirs.len()).position(|window| window == theirs).unwrap();
    der[at..at + theirs.len()].copy_from_slice(&ours);
    to_pem("CERTIFICATE", &der)
}

pub(super) fn signer() -> Signer {
    Signer::new("client!key", SigningKey::from_pem("signing key", &private_key_pem()).unwrap())
}

pub(super) fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

/// A refusal by Token Connect with one error, without a code if that is empty.
pub(super) fn refusal(status: u16, source: &str, code: &str) -> ApiError {
    let answer = ApiResponse {
        upstream: Upstream::TokenConnect,
        operation: "getAsset",
        status: StatusCode::from_u16(status).unwrap(),
        body: json!({"errors": [{"source": source, "reasonCode": code}]}).to_string().into_bytes(),
        retry_after: None,
        correlation_id: "c-1".into(),
        base_string: String::new(),
    };
    super::error::refusal(&answer).unwrap()
}

/// One line of the script.
#[derive(Clone)]
pub(super) enum Reply {
    /// Status, extra headers (each ending in CRLF), body.
    Says(u16, &'static str, Vec<u8>),
    /// Reads the request, then closes the connection.
    HangsUp,
}

/// 200 with that body.
pub(super) fn ok(body: impl ToString) -> Reply {
    Reply::Says(200, "", body.to_string().into_bytes())
}

/// That status with that body.
pub(super) fn status(status: u16, body: impl ToString) -> Reply {
    Reply::Says(status, "", body.to_string().into_bytes())
}

/// A request as it arrived; header names in lower case.
pub(super) struct InboxEntry {
    pub(super) line: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl InboxEntry {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Answers one request for each line of the script, then is gone.
pub(super) struct Mastercard {
    pub(super) url: Url,
    received: Arc<Mutex<Vec<InboxEntry>>>,
}

impl Mastercard {
    pub(super) fn answers(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap()).parse().unwrap();
        let received = Arc::<Mutex<Vec<InboxEntry>>>::default();
        let (seen, script): (_, Vec<Reply>) = (received.clone(), script.into_iter().collect());
        std::thread::spawn(move || {
            for reply in script {
                let (mut stream, _) = listener.accept().unwrap();
                seen.lock().unwrap().push(read(&mut BufReader::new(&mut stream)));
                if let Reply::Says(status, headers, body) = reply {
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
                    );
                    // A client that has read enough may hang up first.
                    let _ = stream.write_all(&[head.into_bytes(), body].concat());
                }
            }
        });
        Self { url, received }
    }

    /// A port at which nobody listens: one that was free a moment ago may be another test's by now, this one never is.
    pub(super) fn nowhere() -> Self {
        Self { url: "http://127.0.0.1:1/api".parse().unwrap(), received: Arc::default() }
    }

    pub(super) fn received(&self) -> Vec<InboxEntry> {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}

fn read(stream: &mut impl BufRead) -> InboxEntry {
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
    InboxEntry { line, headers, body }
}
