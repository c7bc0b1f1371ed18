//! chromedriver, and a Chromium with a fresh profile.

use std::{path::Path, process::Stdio};

use thirtyfour::{ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::Appearance;

const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// Ends when it is dropped; its browser ends with the session.
pub(crate) struct Chromedriver {
    url: String,
    _process: Child,
}

impl Chromedriver {
    /// On a free port; `None` if there is no chromedriver here.
    pub(crate) async fn start() -> Option<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let mut lines = BufReader::new(process.stdout.take()?).lines();
        while let Some(line) = lines.next_line().await.ok()? {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                return Some(Self { url, _process: process });
            }
        }
        None
    }

    /// A browser with this profile folder.
    pub(crate) async fn browser(&self, profile: &Path, appearance: Appearance) -> WebDriver {
        let mut capabilities = DesiredCapabilities::chrome();
        let (width, height) = appearance.size;
        let arguments =
            [format!("--user-data-dir={}", profile.display()), format!("--window-size={width},{height}")];
        for flag in FLAGS
            .into_iter()
            .map(str::to_owned)
            .chain(arguments)
            .chain(["--lang=en-GB", "about:blank"].map(str::to_owned))
        {
            capabilities.add_arg(&flag).expect("a flag");
        }
        for log in ["browser", "performance"] {
            capabilities.set_logging_prefs(log, LoggingPrefsLogLevel::All).expect("a log");
        }
        WebDriver::new(self.url.clone(), capabilities).await.expect("Chromium starts")
    }
}
