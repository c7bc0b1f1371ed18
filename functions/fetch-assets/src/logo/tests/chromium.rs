//! Shows SVGs in Chromium, before and after rewriting, and compares the pixels.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use super::super::svg;

/// Width and height of the compared pictures, in pixels.
const SIDE: u16 = 256;
const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--disable-dev-shm-usage",
];
/// The largest [`Difference::stored`] and [`Difference::rendered`] of an accepted logo, in percent.
const LARGEST_STORED: f64 = 0.5;
const LARGEST_RENDERED: f64 = 1.0;
/// How long Chromium may take for all logos of a test.
const TIMEOUT: Duration = Duration::from_secs(600);
const POLL_INTERVAL: Duration = Duration::from_millis(2);
/// How long a connection without a request is kept; Chromium opens some in advance.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);
const PAGE: &str = include_str!("chromium.html");

/// An accepted SVG.
pub(super) struct Logo {
    pub(super) title: String,
    pub(super) original: Vec<u8>,
    pub(super) stored: String,
}

/// How much two pictures of one logo differ: the mean absolute difference of red, green, blue and alpha, in percent of their
/// range. Colors count as much as they are visible.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) title: String,
    /// The original and the stored SVG, both in Chromium.
    pub(super) stored: f64,
    /// The original in Chromium and the stored SVG as the server renders it, with other antialiasing.
    pub(super) rendered: f64,
}

impl Difference {
    pub(super) fn is_small(&self) -> bool {
        self.stored < LARGEST_STORED && self.rendered < LARGEST_RENDERED
    }
}

/// Checks that logos look as in Chromium.
pub(super) fn assert_equal_in_chromium(logos: &[Logo]) {
    let differences: Vec<_> = differences(logos).into_iter().flatten().collect();
    let large: Vec<_> = differences.iter().filter(|difference| !difference.is_small()).collect();
    assert!(large.is_empty(), "{large:#?}");
}

/// Compares logos in Chromium. `None` if there is no Chromium here; in CI the test fails.
pub(super) fn differences(logos: &[Logo]) -> Option<Vec<Difference>> {
    let profile = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let chromium = Command::new("chromium")
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(chromium) = chromium else {
        assert!(std::env::var_os("CI").is_none(), "chromium is missing: apt-get install chromium");
        println!("NOT TESTED: there is no chromium here. apt-get install chromium");
        return None;
    };
    let _chromium = Ended(chromium);
    let rendered: Vec<Vec<u8>> =
        logos.iter().map(|logo| svg::rasterize(&logo.stored, SIDE).unwrap()).collect();
    listener.set_nonblocking(true).unwrap();
    let deadline = Instant::now() + TIMEOUT;
    loop {
        assert!(Instant::now() < deadline, "Chromium does not show the page");
        let Ok((stream, _)) = listener.accept() else {
            sleep(POLL_INTERVAL);
            continue;
        };
        if let Some(results) = answer(&stream, logos, &rendered) {
            let results: Vec<Option<[f64; 2]>> = serde_json::from_str(&results).unwrap();
            assert_eq!(results.len(), logos.len());
            let difference = |(logo, result): (&Logo, Option<[f64; 2]>)| {
                let [stored, rendered] = result.unwrap_or_else(|| panic!("{} is not shown", logo.title));
                Difference { title: logo.title.clone(), stored, rendered }
            };
            return Some(logos.iter().zip(results).map(difference).collect());
        }
    }
}

/// Answers one request; the body of the page's only `POST` is its result.
fn answer(stream: &TcpStream, logos: &[Logo], rendered: &[Vec<u8>]) -> Option<String> {
    stream.set_read_timeout(Some(IDLE_TIMEOUT)).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (mut length, mut header) = (0, String::new());
    while reader.read_line(&mut header).is_ok() && header.trim() != "" {
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        header.clear();
    }
    let path = line.split_ascii_whitespace().nth(1)?.trim_start_matches('/');
    let (kind, index) = path.split_once('/').unwrap_or((path, "0"));
    let index: usize = index.parse().ok()?;
    let sizes =
        || serde_json::to_vec(&logos.iter().map(|logo| size(&logo.stored)).collect::<Vec<_>>()).unwrap();
    let (media_type, body) = match kind {
        "" => ("text/html", PAGE.into()),
        "sizes" => ("application/json", sizes()),
        "original" => ("image/svg+xml", logos[index].original.clone()),
        "stored" => ("image/svg+xml", logos[index].stored.clone().into_bytes()),
        "rendered" => ("image/png", rendered[index].clone()),
        _ => ("text/plain", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    // Chromium may end a connection that it does not need.
    let _ = stream.write_all(&[head.as_bytes(), &body].concat());
    if kind != "result" {
        return None;
    }
    let mut result = vec![0; length];
    reader.read_exact(&mut result).unwrap();
    Some(String::from_utf8(result).unwrap())
}

/// Width and height of a stored SVG: `<svg viewBox="0 0 width height" …`.
fn size(stored: &str) -> Vec<f64> {
    let view_box = stored.split('"').nth(1).unwrap();
    view_box.split(' ').skip(2).map(|side| side.parse().unwrap()).collect()
}

/// Ends the process when it is dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
