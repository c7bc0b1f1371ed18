//! One test's world and browser, and what a person does there. After every test the browser's own logs are read: no
//! error in the console, no request to anybody else, no page with a lax policy.

mod accessibility;
mod driver;
mod look;
mod quiet;

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use local::{Options, World};
use serde_json::{Value, json};
use simulator::Operation;
use thirtyfour::{By, WebDriver, WebElement, prelude::ElementQueryable as _};
use url::Url;

pub(crate) use accessibility::Axe;
use driver::Chromedriver;
pub(crate) use look::Look;

/// How long a person waits for a page.
const PATIENCE: Duration = Duration::from_secs(15);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What a test acts on.
pub(crate) struct Stage {
    /// The whole use case.
    pub(crate) world: World,
    /// The browser.
    pub(crate) driver: WebDriver,
    refusals: AtomicBool,
}

/// Lets a test act, with the schedules running. Without a browser it says so, loudly, and does nothing; in CI it fails.
pub(crate) async fn on_stage(look: Look, act: impl AsyncFnOnce(&Stage)) {
    let Some(chromedriver) = Chromedriver::start().await else {
        assert!(
            std::env::var_os("CI").is_none(),
            "chromedriver is missing: apt-get install chromium chromium-driver"
        );
        eprintln!("NOT TESTED: there is no chromedriver here. apt-get install chromium chromium-driver");
        return;
    };
    let world = World::start(Options::default()).await.expect("a world");
    world.refresh().await.expect("a refresh");
    let profile = tempfile::tempdir().expect("a folder");
    let driver = chromedriver.browser(profile.path(), look).await;
    let stage = Stage { world, driver: driver.clone(), refusals: AtomicBool::new(false) };
    let acted = async {
        stage.wears(look).await;
        act(&stage).await;
        let complaints = quiet::complaints(&stage).await;
        assert!(complaints.is_empty(), "{complaints:#?}");
    };
    let outcome = AssertUnwindSafe(async {
        tokio::select! {
            () = acted => {}
            never = stage.world.run_schedules() => never,
        }
    });
    let outcome = outcome.catch_unwind().await;
    if outcome.is_err() {
        stage.tell().await;
    }
    let quit = driver.quit().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
    quit.expect("Chromium ends");
}

impl Stage {
    /// Changes how the browser looks at the pages from now on.
    pub(crate) async fn wears(&self, look: Look) {
        let (width, height) = look.size;
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": look.scale, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if look.dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// From now on answers that refuse are no surprise: the console may note them.
    pub(crate) fn expect_refusals(&self) {
        self.refusals.store(true, Ordering::Relaxed);
    }

    pub(crate) fn expects_refusals(&self) -> bool {
        self.refusals.load(Ordering::Relaxed)
    }

    /// Where a path of the API's gateway is.
    pub(crate) fn url(&self, path: &str) -> String {
        self.world.base_url().join(path).expect("a path").into()
    }

    /// Where a path of the simulator is.
    pub(crate) fn simulator_url(&self, path: &str) -> String {
        self.world.simulator().base_url().join(path).expect("a path").into()
    }

    pub(crate) fn is_ours(&self, url: &str) -> bool {
        let ours = [self.world.base_url(), self.world.simulator().base_url()].map(Url::origin);
        // Those of Chromium's own pages never leave it.
        let inside = ["data:", "chrome:", "about:"].iter().any(|scheme| url.starts_with(scheme));
        inside || url.parse().is_ok_and(|url: Url| ours.contains(&url.origin()))
    }

    /// Opens a page.
    pub(crate) async fn opens(&self, url: &str) {
        self.driver.goto(url).await.expect("a page");
    }

    /// The first element of this selector, once it is there.
    pub(crate) async fn sees(&self, css: &str) -> WebElement {
        let query = self.driver.query(By::Css(css)).wait(PATIENCE, BETWEEN_LOOKS);
        query.first().await.unwrap_or_else(|_| panic!("nobody sees {css}"))
    }

    /// Waits until the page is about this.
    pub(crate) async fn reads(&self, heading: &str) {
        let by = By::XPath(format!("//h1[contains(normalize-space(), \"{heading}\")]"));
        let query = self.driver.query(by).wait(PATIENCE, BETWEEN_LOOKS);
        query.first().await.unwrap_or_else(|_| panic!("no page says {heading:?}"));
    }

    /// Clicks an element, once it is there and can be clicked; a page that is just being replaced has none.
    pub(crate) async fn clicks(&self, css: &str) {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let element = self.sees(css).await;
            let clicked = match element.scroll_into_view().await {
                Ok(()) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Ok(()) => return,
                Err(error) if Instant::now() > give_up => panic!("{css} cannot be clicked: {error}"),
                Err(_) => tokio::time::sleep(BETWEEN_LOOKS).await,
            }
        }
    }

    /// The text of an element.
    pub(crate) async fn text(&self, css: &str) -> String {
        self.sees(css).await.text().await.expect("a text")
    }

    /// What a script answers.
    pub(crate) async fn asks(&self, script: &str) -> Value {
        self.driver.execute(script, vec![]).await.expect("a script").json().clone()
    }

    /// A command of the DevTools protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) {
        self.driver.cdp().send_raw(command, parameters).await.expect("a command");
    }

    /// Logs in as the first sample cardholder.
    pub(crate) async fn logs_in(&self) {
        self.opens(&self.url("/")).await;
        self.clicks("main button.row").await;
        self.sees(".wallet").await;
    }

    /// Chooses Click to Pay for a card, agrees, and goes there.
    pub(crate) async fn enables(&self, card: u64) {
        self.clicks(&format!("a[href='#/enable/{card}']")).await;
        self.agrees().await;
        self.reads("Add your card").await;
    }

    /// Agrees to what is asked for, and goes on.
    pub(crate) async fn agrees(&self) {
        self.clicks("#consent").await;
        self.clicks("form button.primary").await;
    }

    /// Presses a button of Click to Pay's page.
    pub(crate) async fn presses(&self, button: &str) {
        self.clicks(&format!("form[action$='/{button}'] button")).await;
    }

    /// Cards that were pushed so far.
    pub(crate) fn pushes(&self) -> usize {
        self.world.simulator().calls(Operation::PushMultipleAccounts)
    }

    /// What the page said when a test failed.
    async fn tell(&self) {
        let url = self.driver.current_url().await.map(|url| url.path().to_owned()).unwrap_or_default();
        let text = self.driver.execute("return document.body.innerText", vec![]).await;
        let text = text.map(|text| text.json().to_string()).unwrap_or_default();
        eprintln!("The test stopped at {url}: {text}");
        for entry in self.driver.get_log("browser").await.unwrap_or_default() {
            eprintln!("{}: {}", entry.level, entry.message);
        }
    }
}
