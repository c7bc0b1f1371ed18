//! Measures the rewriting with public payment logos, which npm installs: how many are accepted, and how they look.
//!
//! `npm ci --prefix tests/browser --ignore-scripts && cargo unit fetch-assets public_payment_logos -- --nocapture` prints the
//! figures of `docs/logos.md`. `LOGO_FOLDERS` may name other folders with SVGs, separated by colons.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{
    super::svg,
    chromium::{Difference, Logo, differences},
};

/// Folders of `tests/browser/node_modules`, and the percentage of their SVGs that is accepted at least.
const SETS: [(&str, usize); 2] = [("payment-icons", 95), ("card-info/src", 95)];

/// All SVGs below a folder, by path.
fn svgs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { svgs(&path) } else { vec![path] });
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|it| it == "svg")).collect();
    files.sort();
    files
}

#[test]
fn public_payment_logos_look_as_in_a_browser() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser/node_modules");
    // Folders of other logos, which are measured only.
    let others = std::env::var_os("LOGO_FOLDERS").unwrap_or_default();
    let others = std::env::split_paths(&others).filter(|folder| folder.is_dir()).map(|folder| (folder, 0));
    let sets = SETS.map(|(set, required)| (packages.join(set), required));
    for (set, required) in others.chain(sets) {
        let files = svgs(&set);
        if files.is_empty() {
            assert!(
                std::env::var_os("CI").is_none(),
                "missing: npm ci --prefix tests/browser --ignore-scripts"
            );
            println!("NOT TESTED: {}. npm ci --prefix tests/browser --ignore-scripts", set.display());
            continue;
        }
        measure(&set.display().to_string(), &files, required);
    }
}

fn measure(set: &str, files: &[PathBuf], required: usize) {
    let mut logos = Vec::new();
    let mut rejected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        let original = fs::read(file).unwrap();
        let title = file.display().to_string();
        match svg::rewrite(&original) {
            Ok(stored) => logos.push(Logo { title, original, stored }),
            Err(reason) => rejected.entry(reason.to_string()).or_default().push(title),
        }
    }
    println!("{set}: {} of {} accepted; rejected: {rejected:#?}", logos.len(), files.len());
    let accepted = logos.len() * 100 / files.len();
    assert!(accepted >= required, "{set}: {accepted} %");
    let Some(mut differences) = differences(&logos) else { return };
    let count = f64::from(u32::try_from(logos.len()).unwrap());
    type Part = (&'static str, fn(&Difference) -> f64);
    let parts: [Part; 2] =
        [("stored", |difference| difference.stored), ("rendered", |difference| difference.rendered)];
    for (title, part) in parts {
        let mean = differences.iter().map(part).sum::<f64>() / count;
        let largest = differences.iter().map(part).fold(0.0, f64::max);
        println!("{set}: {title}: {mean:.3} % on average, at most {largest:.3} %");
    }
    differences.sort_by(|a, b| (b.stored + b.rendered).total_cmp(&(a.stored + a.rendered)));
    for Difference { title, stored, rendered } in differences.iter().take(5) {
        println!("  {stored:.3} % stored, {rendered:.3} % rendered: {title}");
    }
    assert!(required == 0 || differences.iter().all(Difference::is_small), "{set}");
}
