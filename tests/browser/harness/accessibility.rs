//! axe, which checks accessibility. It comes from npm, pinned by `package-lock.json`, when first needed.

use std::{fs, path::Path, process::Command, sync::Mutex};

use serde_json::Value;

use super::Harness;

/// The script of axe.
pub(crate) struct Axe(String);

impl Axe {
    /// Installs it if necessary. Without npm it prints that and returns `None`; in CI it fails.
    pub(crate) fn installed() -> Option<Self> {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _one = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let script = folder.join("node_modules/axe-core/axe.min.js");
        if !script.exists() {
            let npm = Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .current_dir(folder)
                .output();
            if !npm.is_ok_and(|npm| npm.status.success()) {
                assert!(std::env::var_os("CI").is_none(), "axe could not be installed: is npm there?");
                eprintln!("NOT TESTED: axe could not be installed. Accessibility needs npm.");
                return None;
            }
        }
        Some(Self(fs::read_to_string(script).expect("axe")))
    }

    /// All violations of the current page, one line each.
    pub(crate) async fn violations(&self, harness: &Harness) -> Vec<String> {
        harness.driver.execute(self.0.as_str(), vec![]).await.expect("axe runs");
        let script = "const done = arguments[arguments.length - 1]; axe.run({resultTypes: ['violations']}).then(done, done)";
        let found = harness.driver.execute_async(script, vec![]).await.expect("a result of axe");
        let violations = found.json()["violations"].as_array().expect("violations").clone();
        violations.iter().flat_map(lines).collect()
    }
}

fn lines(violation: &Value) -> Vec<String> {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    nodes.map(|node| format!("{}: {} {}", violation["id"], node["failureSummary"], node["html"])).collect()
}
