//! SVG: the hostile and the honest.

use std::{collections::BTreeMap, fs, path::Path};

use resvg::tiny_skia::Pixmap;

use super::{
    super::{Refused, probe, svg},
    *,
};

/// Hostile only in what does not reach the drawing.
const DISARMED: [&str; 4] = [
    "a-namespace-that-closes-its-quotes",
    "a-script-as-a-data-attribute",
    "a-script-in-a-comment",
    "a-script-in-the-title",
];

fn corpus(folder: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| (file.file_stem().unwrap().to_str().unwrap().into(), fs::read(file).unwrap())).collect()
}

#[test]
fn nothing_hostile_gets_through() {
    let hostile = corpus("hostile");
    assert!(hostile.len() >= 45, "{}", hostile.len());
    let mut through = Vec::new();
    for (title, svg) in &hostile {
        let accepted = accepted(SVG, svg.as_slice());
        for drawing in accepted.objects.iter().filter(|object| object.media_type == Some(SVG)) {
            through.push(title.as_str());
            probe::assert_harmless(std::str::from_utf8(&drawing.bytes).unwrap());
        }
    }
    assert_eq!(through, DISARMED);
}

#[test]
fn an_honest_drawing_still_shows_what_it_showed() {
    let honest = corpus("honest");
    assert!(honest.len() >= 10, "{}", honest.len());
    for (title, original) in &honest {
        let written = svg::rewrite(original).unwrap_or_else(|refused| panic!("{title}: {refused}"));
        probe::assert_harmless(&written);
        let (before, after) = (drawn(original), drawn(written.as_bytes()));
        let inked = after.pixels().iter().filter(|pixel| pixel.alpha() > 0).count();
        assert!(inked > 1000, "{title}: {inked} pixels");
        let differing = |(a, b): (&u8, &u8)| a.abs_diff(*b) > 8;
        let differing = before.data().iter().zip(after.data()).filter(|it| differing(*it)).count();
        assert!(differing < 500, "{title}: {differing} differ\n{written}");
    }
}

/// Drawn without any of our own code.
fn drawn(svg: &[u8]) -> Pixmap {
    let tree = usvg::Tree::from_data(svg, &usvg::Options::default()).unwrap();
    let mut canvas = Pixmap::new(192, 192).unwrap();
    resvg::render(&tree, usvg::Transform::identity(), &mut canvas.as_mut());
    canvas
}

#[test]
fn a_drawing_that_was_written_anew_scales() {
    let svg =
        br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="2" height="2"/></svg>"#;
    let written = svg::rewrite(svg).unwrap();
    assert!(written.starts_with(r#"<svg viewBox="0 0 2 2" width="2" height="2""#), "{written}");
}

#[test]
fn many_shapes_are_too_many_but_a_large_logo_is_not() {
    let drawing = |shapes: usize| {
        let circle = r#"<circle cx="9" cy="9" r="5"/>"#.repeat(shapes);
        format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 192 192">{circle}</svg>"#)
    };
    assert!(svg::rewrite(drawing(3_000).as_bytes()).is_ok());
    assert_eq!(svg::rewrite(drawing(20_000).as_bytes()), Err(Refused::TooComplex));
    assert_eq!(svg::rewrite(drawing(100_000).as_bytes()), Err(Refused::TooComplex));
}

#[test]
fn an_element_with_thousands_of_attributes_takes_no_time() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    let svg = format!(r#"<svg xmlns="http://www.w3.org/2000/svg"{attributes}/>"#);
    assert_eq!(svg::rewrite(svg.as_bytes()), Err(Refused::TooComplex));
}

#[test]
fn whatever_a_drawing_is_it_is_written_anew_or_refused() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/svg");
    let kept = fs::read_dir(seeds).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    for bytes in corpus("hostile").into_values().chain(corpus("honest").into_values()).chain(kept) {
        for end in (0..=bytes.len()).rev().step_by(1 + bytes.len() / 30) {
            probe::svg(&bytes[..end]);
        }
    }
}
