//! The Node.js function as it would be deployed: one file, bundled and minified.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::error::BenchError;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/node");

/// The bundle and the program that runs it.
pub(super) struct Bundle {
    node: PathBuf,
    pub(super) node_version: String,
}

impl Bundle {
    /// The name of the file.
    pub(super) const FILE: &'static str = "enroll.cjs";

    /// Installs the packages unless they are there, and bundles the function.
    pub(super) fn build() -> Result<Self, BenchError> {
        let node = program("node").ok_or(BenchError::NoNode("node"))?;
        let npm = program("npm").ok_or(BenchError::NoNode("npm"))?;
        if !Path::new(FOLDER).join("node_modules/.package-lock.json").exists() {
            run(&npm, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
        }
        // Takes less than a second, so that a change of the sources is never forgotten.
        run(&npm, &["run", "--silent", "build"])?;
        let node_version = run(&node, &["--version"])?;
        Ok(Self { node, node_version })
    }

    /// The folder of the bundle.
    pub(super) fn folder() -> PathBuf {
        Path::new(FOLDER).join("dist")
    }

    /// The path of the bundle.
    pub(super) fn file(&self) -> PathBuf {
        Self::folder().join(Self::FILE)
    }

    /// The command that runs a file. OpenSSL's store has the root of `SSL_CERT_FILE` only: Node.js's own would be parsed in each start.
    pub(super) fn command(&self) -> [OsString; 2] {
        [self.node.clone().into_os_string(), "--use-openssl-ca".into()]
    }
}

/// The path of a program: a function's environment has no `PATH`.
fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Runs a command in the folder of the Node.js function; returns what it printed.
fn run(program: &Path, arguments: &[&str]) -> Result<String, BenchError> {
    let command = || format!("{} {}", program.display(), arguments.join(" "));
    let output = Command::new(program).args(arguments).current_dir(FOLDER).output();
    let output = output.map_err(|source| BenchError::Binary { binary: program.to_owned(), source })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(BenchError::Bundle { command: command(), log: text(&output.stderr) }),
    }
}
