//! Malicious and benign SVGs.

use std::{collections::BTreeMap, fs, path::Path};

use resvg::tiny_skia::Pixmap;

use super::{
    super::{RejectionReason, fuzzing, svg},
    *,
};

/// Malicious only in parts that rewriting removes.
const HARMLESS_ONCE_REWRITTEN: [&str; 7] = [
    "document-type",
    "duplicate-id",
    "script-in-comment",
    "script-in-data-attribute",
    "script-in-id",
    "script-in-title",
    "unused-namespace-attribute-injection",
];

pub(super) fn corpus(folder: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| (file.file_stem().unwrap().to_str().unwrap().into(), fs::read(file).unwrap())).collect()
}

#[test]
fn no_malicious_content_is_stored() {
    let malicious = corpus("malicious");
    assert!(malicious.len() >= 45, "{}", malicious.len());
    let mut stored = Vec::new();
    for (title, svg) in &malicious {
        let checked = checked(SVG, svg.as_slice());
        for object in checked.objects.iter().filter(|object| object.media_type == Some(SVG)) {
            stored.push(title.as_str());
            fuzzing::assert_harmless(std::str::from_utf8(&object.bytes).unwrap());
        }
    }
    assert_eq!(stored, HARMLESS_ONCE_REWRITTEN);
}

#[test]
fn a_benign_svg_looks_the_same_after_rewriting() {
    let benign = corpus("benign");
    assert!(benign.len() >= 10, "{}", benign.len());
    for (title, original) in &benign {
        let written = svg::rewrite(original).unwrap_or_else(|reason| panic!("{title}: {reason}"));
        fuzzing::assert_harmless(&written);
        let (before, after) = (rendered(original), rendered(written.as_bytes()));
        let visible = after.pixels().iter().filter(|pixel| pixel.alpha() > 0).count();
        assert!(visible > 1000, "{title}: {visible} pixels");
        let differing = |(a, b): (&u8, &u8)| a.abs_diff(*b) > 8;
        let differing = before.data().iter().zip(after.data()).filter(|pair| differing(*pair)).count();
        assert!(differing < 500, "{title}: {differing} differ\n{written}");
    }
}

/// Rendered by `usvg` and `resvg` alone.
fn rendered(svg: &[u8]) -> Pixmap {
    let tree = usvg::Tree::from_data(svg, &usvg::Options::default()).unwrap();
    let mut canvas = Pixmap::new(192, 192).unwrap();
    resvg::render(&tree, usvg::Transform::identity(), &mut canvas.as_mut());
    canvas
}

#[test]
fn a_rewritten_svg_scales() {
    let svg =
        br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="2" height="2"/></svg>"#;
    let written = svg::rewrite(svg).unwrap();
    assert!(written.starts_with(r#"<svg viewBox="0 0 2 2" width="2" height="2""#), "{written}");
}

#[test]
fn an_svg_with_too_many_shapes_is_rejected_and_a_large_logo_is_not() {
    let svg_with = |shapes: usize| {
        let circle = r#"<circle cx="9" cy="9" r="5"/>"#.repeat(shapes);
        format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 192 192">{circle}</svg>"#)
    };
    assert!(svg::rewrite(svg_with(3_000).as_bytes()).is_ok());
    assert_eq!(svg::rewrite(svg_with(20_000).as_bytes()), Err(RejectionReason::TooComplex));
    assert_eq!(svg::rewrite(svg_with(100_000).as_bytes()), Err(RejectionReason::TooComplex));
}

#[test]
fn an_element_with_thousands_of_attributes_is_rejected_immediately() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    let svg = format!(r#"<svg xmlns="http://www.w3.org/2000/svg"{attributes}/>"#);
    assert_eq!(svg::rewrite(svg.as_bytes()), Err(RejectionReason::TooComplex));
}

#[test]
fn any_bytes_are_rewritten_or_rejected() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/svg");
    let seeds = fs::read_dir(seeds).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    for bytes in corpus("malicious").into_values().chain(corpus("benign").into_values()).chain(seeds) {
        for end in (0..=bytes.len()).rev().step_by(1 + bytes.len() / 30) {
            fuzzing::svg(&bytes[..end]);
        }
    }
}
