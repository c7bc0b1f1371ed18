use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

/// The answer of a field report.
const NOT_READY: (u16, &str) = (400, "not ready to serve traffic, please wait");

/// An extension that gives these responses in turn, the last one again and again, and counts the requests.
async fn serve(responses: &'static [(u16, &'static str)]) -> (Extension, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let extension = Extension::new(listener.local_addr().unwrap().port(), "token").unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            assert!(request.starts_with("GET /secretsmanager/get?secretId=arn%3Aaws"), "{request}");
            assert!(request.contains("x-aws-parameters-secrets-token: token"), "{request}");
            let (status, body) = responses[count.fetch_add(1, Relaxed).min(responses.len() - 1)];
            let length = body.len();
            let head = format!("HTTP/1.1 {status} \r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        }
    });
    (extension, requests)
}

async fn fetch(responses: &'static [(u16, &'static str)]) -> (Result<String, SecretUnavailable>, usize) {
    let (extension, requests) = serve(responses).await;
    let fetched = extension.fetch("arn:aws:secretsmanager:eu-west-1:1:secret:k").await;
    let text = fetched.map(|secret| String::from_utf8(secret.expose_secret().to_vec()).unwrap());
    (text, requests.load(Relaxed))
}

#[tokio::test]
async fn an_extension_that_is_not_ready_or_overloaded_may_answer_later() {
    for (status, body) in
        [NOT_READY, (429, "ThrottlingException"), (500, "an unexpected error occurred"), (503, "")]
    {
        let (secret, requests) = fetch(Box::leak(Box::new([(status, body)]))).await;
        let error = secret.unwrap_err();
        assert_eq!(error.to_string(), format!("the Parameters and Secrets extension answered {status}"));
        assert_eq!((error.is_transient(), requests), (true, 1));
    }
    let nobody = Extension::new(1, "token").unwrap().fetch("arn").await.unwrap_err();
    assert!(nobody.is_transient(), "{nobody}");
}

#[tokio::test]
async fn a_secret_that_does_not_exist_or_is_forbidden_does_not_appear_later() {
    for error in PERMANENT_ERRORS {
        let body = format!("{{\"__type\":\"{error}\",\"Message\":\"secret k\"}}");
        let responses: &'static [_] = Box::leak(Box::new([(400, &*body.leak())]));
        let (secret, requests) = fetch(responses).await;
        let rejected = secret.unwrap_err();
        let expected = format!("the Parameters and Secrets extension answered 400 ({error})");
        assert_eq!((rejected.to_string(), rejected.is_transient(), requests), (expected, false, 1));
    }
}

#[test]
fn a_secret_is_text_or_bytes() {
    let parse = |response: &str| content(response.as_bytes());
    let text = parse(r#"{"ARN":"arn","SecretString":"-----BEGIN","SecretBinary":null}"#).unwrap();
    assert_eq!(text.expose_secret(), b"-----BEGIN");
    let bytes = parse(r#"{"SecretBinary":"MIID/w=="}"#).unwrap();
    assert_eq!(bytes.expose_secret(), [0x30, 0x82, 0x03, 0xff]);
    assert!(matches!(parse(r#"{"ARN":"arn"}"#), Err(SecretUnavailable::Empty)));
    assert!(matches!(parse("no JSON"), Err(SecretUnavailable::InvalidResponse(_))));
    assert!(!format!("{text:?} {bytes:?}").contains("BEGIN"));
}

#[tokio::test]
async fn keys_of_one_secret_that_are_fetched_together_share_a_request() {
    let bundle = r#"{"SecretString":"{\"signing\":\"s\",\"decryption\":\"d\"}"}"#;
    let (extension, requests) = serve(Box::leak(Box::new([(200, bundle)]))).await;
    let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:k";
    let fetch = async |key| extension.fetch_key(arn, key).await.map(|it| it.expose_secret().to_vec());
    let (signing, decryption, missing) =
        tokio::join!(fetch("signing"), fetch("decryption"), fetch("missing"));
    assert_eq!((signing.unwrap(), decryption.unwrap()), (b"s".to_vec(), b"d".to_vec()));
    assert!(matches!(missing, Err(SecretUnavailable::NoSuchKey)));
    assert_eq!(requests.load(Relaxed), 1);
    assert_eq!(fetch("signing").await.unwrap(), b"s");
    assert_eq!(requests.load(Relaxed), 2, "nothing is kept");
}
