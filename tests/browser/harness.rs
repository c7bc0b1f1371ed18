//! World and browser of one test, and what a cardholder does there. After every test the browser's logs are checked: no error
//! in the console, no request to another host, no page without a strict policy.

mod accessibility;
mod appearance;
mod browser_logs;
mod driver;
mod keyboard;
mod responses;

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use local::{Options, World};
use serde_json::{Value, json};
use simulator::Operation;
use thirtyfour::{
    By, WebDriver, WebElement, WindowHandle,
    prelude::{ElementQueryable as _, ElementWaitable as _},
};
use url::Url;

pub(crate) use accessibility::Axe;
pub(crate) use appearance::Appearance;
use driver::Chromedriver;
pub(crate) use responses::{CUT_OFF, GATEWAY_FAILED};

/// How long a test waits for a page, also on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a script may run. WebDriver's default of half a minute is too short for axe on a busy machine; the driver's HTTP client
/// waits for two minutes.
const SCRIPT_TIMEOUT: Duration = Duration::from_secs(100);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// World and browser of one test.
pub(crate) struct Harness {
    /// The server, the engines and the simulator.
    pub(crate) world: World,
    /// The browser.
    pub(crate) driver: WebDriver,
    errors_allowed: AtomicBool,
}

/// Runs a test, with the schedules running, and then checks the browser's logs.
pub(crate) async fn with_harness(appearance: Appearance, test: impl AsyncFnOnce(&Harness)) {
    with_options(appearance, Options::default(), async |harness| {
        test(harness).await;
        let violations = browser_logs::violations(harness).await;
        assert!(violations.is_empty(), "{violations:#?}");
    })
    .await;
}

/// Runs a test in a world with these options. Without a browser it prints that and skips the test; in CI it fails.
pub(crate) async fn with_options(appearance: Appearance, options: Options, test: impl AsyncFnOnce(&Harness)) {
    let Some(chromedriver) = Chromedriver::start().await else {
        assert!(
            std::env::var_os("CI").is_none(),
            "chromedriver is missing: apt-get install chromium chromium-driver"
        );
        eprintln!("NOT TESTED: there is no chromedriver here. apt-get install chromium chromium-driver");
        return;
    };
    let world = World::start(options).await.expect("a world");
    world.refresh().await.expect("a refresh");
    let profile = tempfile::tempdir().expect("a folder");
    let driver = chromedriver.browser(profile.path(), appearance).await;
    driver.set_script_timeout(SCRIPT_TIMEOUT).await.expect("a timeout");
    let harness = Harness { world, driver: driver.clone(), errors_allowed: AtomicBool::new(false) };
    let tested = async {
        harness.emulate(appearance).await;
        test(&harness).await;
    };
    let outcome = AssertUnwindSafe(async {
        tokio::select! {
            () = tested => {}
            never = harness.world.run_schedules() => never,
        }
    });
    let outcome = outcome.catch_unwind().await;
    if outcome.is_err() {
        harness.print_page().await;
    }
    let quit = driver.quit().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
    quit.expect("Chromium ends");
}

impl Harness {
    /// Emulates a device and a color scheme from now on.
    pub(crate) async fn emulate(&self, appearance: Appearance) {
        let (width, height) = appearance.size;
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": appearance.scale, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if appearance.dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// From now on the console may have errors of requests that failed.
    pub(crate) fn allow_errors(&self) {
        self.errors_allowed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn allows_errors(&self) -> bool {
        self.errors_allowed.load(Ordering::Relaxed)
    }

    /// URL of a path of the API.
    pub(crate) fn url(&self, path: &str) -> String {
        self.world.base_url().join(path).expect("a path").into()
    }

    /// URL of a path of the simulator.
    pub(crate) fn simulator_url(&self, path: &str) -> String {
        self.world.simulator().base_url().join(path).expect("a path").into()
    }

    pub(crate) fn is_local(&self, url: &str) -> bool {
        let ours = [self.world.base_url(), self.world.simulator().base_url()].map(Url::origin);
        // Chromium does not send these over the network.
        let inside = ["data:", "chrome:", "about:"].iter().any(|scheme| url.starts_with(scheme));
        inside || url.parse().is_ok_and(|url: Url| ours.contains(&url.origin()))
    }

    /// Opens a page.
    pub(crate) async fn open(&self, url: &str) {
        self.driver.goto(url).await.expect("a page");
    }

    /// The first element of this selector, once it exists.
    pub(crate) async fn find(&self, css: &str) -> WebElement {
        let query = self.driver.query(By::Css(css)).wait(TIMEOUT, POLL_INTERVAL);
        query.first().await.unwrap_or_else(|_| panic!("no element {css}"))
    }

    /// Waits for a heading with this text.
    pub(crate) async fn expect_heading(&self, heading: &str) {
        let by = By::XPath(format!("//h1[contains(normalize-space(), \"{heading}\")]"));
        let query = self.driver.query(by).wait(TIMEOUT, POLL_INTERVAL);
        query.first().await.unwrap_or_else(|_| panic!("no page has the heading {heading:?}"));
    }

    /// Waits for a message that starts with this text.
    pub(crate) async fn expect_message(&self, message: &str) {
        let by = By::XPath(format!("//*[@role='status' and starts-with(normalize-space(), \"{message}\")]"));
        let query = self.driver.query(by).wait(TIMEOUT, POLL_INTERVAL);
        query.first().await.unwrap_or_else(|_| panic!("no message {message:?}"));
    }

    /// Clicks an element, once it exists and can be clicked; a page that is being replaced has none.
    pub(crate) async fn click(&self, css: &str) {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let element = self.find(css).await;
            let clicked = match element.scroll_into_view().await {
                Ok(()) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Ok(()) => return,
                Err(error) if Instant::now() > deadline => panic!("{css} cannot be clicked: {error}"),
                Err(_) => tokio::time::sleep(POLL_INTERVAL).await,
            }
        }
    }

    /// The text of an element, once it exists; a page that polls replaces its elements.
    pub(crate) async fn text(&self, css: &str) -> String {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            match self.find(css).await.text().await {
                Ok(text) => return text,
                Err(error) if Instant::now() > deadline => panic!("{css} has no text: {error}"),
                Err(_) => tokio::time::sleep(POLL_INTERVAL).await,
            }
        }
    }

    /// Goes on in another tab, which is in front then: a page in the background does not poll.
    pub(crate) async fn switch_to(&self, tab: WindowHandle) {
        self.driver.switch_to_window(tab).await.expect("a tab");
        self.devtools("Page.bringToFront", json!({})).await;
    }

    /// Waits until a script has this result: the browser handles some events, as of dialogs and images, after the click
    /// that caused them.
    pub(crate) async fn expect_result(&self, script: &str, expected: Value) {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let result = self.execute(script).await;
            if result == expected {
                return;
            }
            assert!(Instant::now() < deadline, "{script} has the result {result}, not {expected}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// The result of a script.
    pub(crate) async fn execute(&self, script: &str) -> Value {
        self.driver.execute(script, vec![]).await.expect("a script").json().clone()
    }

    /// A command of the DevTools protocol, with its result.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.expect("a command")
    }

    /// Logs in as the first sample cardholder.
    pub(crate) async fn log_in(&self) {
        self.log_in_as(1).await;
    }

    /// Logs in as the sample cardholder at this position, from 1.
    pub(crate) async fn log_in_as(&self, position: usize) {
        self.open(&self.url("/")).await;
        self.click(&format!("main li:nth-child({position}) button.row")).await;
        self.find(".wallet").await;
    }

    /// Selects Click to Pay for a card, consents, and continues to it.
    pub(crate) async fn enable(&self, card: u64) {
        self.click(&format!("a[href^='#/enable/{card}']")).await;
        self.agree().await;
        self.expect_heading("Add your card").await;
    }

    /// Consents and continues.
    pub(crate) async fn agree(&self) {
        self.click("#consent").await;
        self.click("form button.primary").await;
    }

    /// Presses a button of Click to Pay's page, and waits until the next page replaces this one. A navigation that
    /// is still under way would otherwise win over a page that the test opens next.
    pub(crate) async fn press(&self, button: &str) {
        let css = format!("form[action$='/{button}'] button");
        let pressed = self.find(&css).await;
        self.click(&css).await;
        let replaced = pressed.wait_until().wait(TIMEOUT, POLL_INTERVAL).stale().await;
        replaced.unwrap_or_else(|error| panic!("{css} was pressed and the page stays: {error}"));
    }

    /// Cards that were pushed so far.
    pub(crate) fn pushes(&self) -> usize {
        self.world.simulator().calls(Operation::PushMultipleAccounts)
    }

    /// Prints the text of the page and the console of a failed test.
    async fn print_page(&self) {
        let url = self.driver.current_url().await.map(|url| url.path().to_owned()).unwrap_or_default();
        let text = self.driver.execute("return document.body.innerText", vec![]).await;
        let text = text.map(|text| text.json().to_string()).unwrap_or_default();
        eprintln!("The test stopped at {url}: {text}");
        for entry in self.driver.get_log("browser").await.unwrap_or_default() {
            eprintln!("{}: {}", entry.level, entry.message);
        }
    }
}
