//! Build of the release binaries, as for Lambda.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::error::BenchError;

/// Builds these functions' release binaries; returns their folder.
pub(crate) fn build(functions: &[&str]) -> Result<PathBuf, BenchError> {
    // This program is `<target>/release/bench`, or `<target>/debug/bench`.
    let this = env::current_exe().map_err(|_| BenchError::Build)?;
    let target = this.parent().and_then(Path::parent).ok_or(BenchError::Build)?;
    let mut cargo = Command::new("cargo");
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--release", "--locked", "--target-dir"]);
    cargo.arg(target).args(functions.iter().flat_map(|function| ["--package", function]));
    match cargo.status() {
        Ok(status) if status.success() => Ok(target.join("release")),
        _ => Err(BenchError::Build),
    }
}
