//! An accepted SVG looks as it does in a browser; anything else is rejected. Each SVG here is shown in Chromium, too.

use super::{
    super::{RejectionReason, svg},
    chromium::{Logo, assert_equal_in_chromium},
    svg_logos::corpus,
};

const TRIANGLE: &str = r#"d="M0 0H9V9Z""#;

fn svg_of(content: &str) -> String {
    let content = content.replace("TRIANGLE", TRIANGLE);
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{content}</svg>"#)
}

/// What an SVG contains, and what the stored file has for it.
const SHOWN: [(&str, &str); 30] = [
    (r#"<path fill="rgb(235 0 27 / 50%)" TRIANGLE/>"#, r##"fill="#eb001b" fill-opacity="0.50"##),
    (r#"<path fill="rgba(235,0,27,50%)" TRIANGLE/>"#, r##"fill="#eb001b" fill-opacity="0.50"##),
    (r#"<path fill="RGBA(235, 0, 27, .5)" TRIANGLE/>"#, r##"fill="#eb001b" fill-opacity="0.50"##),
    (r#"<path fill="rgb(none 100% 0)" TRIANGLE/>"#, r##"fill="#00ff00""##),
    (r##"<path fill="#eb001b80" TRIANGLE/>"##, r##"fill="#eb001b" fill-opacity="0.50"##),
    (r#"<path fill="hsl(.5turn 100% 25% / 1)" TRIANGLE/>"#, r##"fill="#008080""##),
    (r#"<path fill="hsla(180, 100%, 25%, 1)" TRIANGLE/>"#, r##"fill="#008080""##),
    (r#"<path fill="hwb(180 0% 50%)" TRIANGLE/>"#, r##"fill="#008080""##),
    (r#"<path fill="rebeccapurple" TRIANGLE/>"#, r##"fill="#663399""##),
    (r#"<path fill="DarkGoldenRod" TRIANGLE/>"#, r##"fill="#b8860b""##),
    (r#"<path fill="transparent" stroke="red" TRIANGLE/>"#, r##"stroke="#ff0000""##),
    (r##"<g color="#eb001b"><path fill="currentcolor" TRIANGLE/></g>"##, r##"fill="#eb001b""##),
    (r##"<path style="fill:#eb001b;fill:notacolor" TRIANGLE/>"##, r##"fill="#eb001b""##),
    (r##"<path style="fill:#1c1c1c;fill:color(display-p3 0.1 0.1 0.1);" TRIANGLE/>"##, r##"fill="#1c1c1c""##),
    (
        r##"<path fill="none" style="stroke:#1c1c1c;stroke:color(display-p3 0.1 0.1 0.1)" TRIANGLE/>"##,
        r##"stroke="#1c1c1c""##,
    ),
    (r##"<path fill="blue" style="fill:notacolor;fill:#eb001b" TRIANGLE/>"##, r##"fill="#eb001b""##),
    (r##"<style>.a{fill:#eb001b}path{fill:blue}</style><path class="a" TRIANGLE/>"##, r##"fill="#eb001b""##),
    (
        r##"<style>#a{fill:#eb001b}.a{fill:blue}</style><path id="a" class="a" TRIANGLE/>"##,
        r##"fill="#eb001b""##,
    ),
    (
        r##"<style>.a{fill:#eb001b!important}</style><path class="a" style="fill:blue" TRIANGLE/>"##,
        r##"fill="#eb001b""##,
    ),
    (
        r##"<style>/* a */ .b, .a { fill : #eb001b ; }</style><path class="c a" TRIANGLE/>"##,
        r##"fill="#eb001b""##,
    ),
    (
        r##"<style><![CDATA[.a{fill:#eb001b}]]></style><path class="a" fill="red" TRIANGLE/>"##,
        r##"fill="#eb001b""##,
    ),
    (r##"<g fill="#eb001b"><path fill="blue" style="fill:inherit" TRIANGLE/></g>"##, r##"fill="#eb001b""##),
    (r##"<path id="a" fill="#eb001b" TRIANGLE/><path id="a" fill="none" TRIANGLE/>"##, r##"fill="#eb001b""##),
    (r##"stray <g>text<path fill="#eb001b" TRIANGLE/></g>"##, r##"fill="#eb001b""##),
    (r##"<!-- <!doctype svg> --><path fill="#eb001b" TRIANGLE/>"##, r##"fill="#eb001b""##),
    (r##"<path fill="url(#none) #eb001b" TRIANGLE/>"##, r##"fill="#eb001b""##),
    (
        r##"<metadata><a:b xmlns:a="urn:editor">x</a:b></metadata><path xmlns:a="urn:editor" a:style="fill:blue" a:fill="blue" fill="#eb001b" TRIANGLE/>"##,
        r##"fill="#eb001b""##,
    ),
    (
        r#"<style>.a{mix-blend-mode:multiply}</style><path fill="red" TRIANGLE/><path class="a" fill="lime" TRIANGLE/>"#,
        "mix-blend-mode:multiply",
    ),
    (r##"<path fill="#eb001b" transform="rotate(45 5 5)" TRIANGLE/>"##, r#"transform="matrix("#),
    (
        r##"<svg x="2" y="2" viewBox="0 0 5 5" width="5" height="5"><path fill="#eb001b" d="M0 0H9V9Z"/></svg>"##,
        r##"fill="#eb001b""##,
    ),
];

#[test]
fn what_a_browser_shows_is_stored_and_looks_the_same() {
    let mut logos = Vec::new();
    for (content, expected) in SHOWN {
        let original = svg_of(content).into_bytes();
        let stored = svg::rewrite(&original).unwrap_or_else(|reason| panic!("{content}: {reason}"));
        assert!(stored.contains(expected), "{content}\n{stored}");
        logos.push(Logo { title: content.into(), original, stored });
    }
    assert_equal_in_chromium(&logos);
}

/// What a browser shows and the renderer does not, or not alike.
const UNSUPPORTED: [&str; 37] = [
    r#"<style>.a{transform:rotate(45deg)}</style><path class="a" TRIANGLE/>"#,
    r#"<path style="transform:translate(2px)" TRIANGLE/>"#,
    r#"<path transform="rotate(45deg)" TRIANGLE/>"#,
    r#"<path transform="scale(2) nonsense" TRIANGLE/>"#,
    r##"<symbol id="a" transform="scale(2)"><path TRIANGLE/></symbol><use href="#a"/>"##,
    r##"<style>g{path{fill:#eb001b}}</style><g><path TRIANGLE/></g>"##,
    r##"<style>:root{fill:#eb001b}</style><path TRIANGLE/>"##,
    r#"<style>path:not(.a){fill:red}</style><path TRIANGLE/>"#,
    r#"<style>g path{fill:red}</style><g><path TRIANGLE/></g>"#,
    r#"<style>g>path{fill:red}</style><g><path TRIANGLE/></g>"#,
    r#"<style>path[d]{fill:red}</style><path TRIANGLE/>"#,
    r#"<style>path{fill:red</style><path TRIANGLE/>"#,
    r#"<path vector-effect="non-scaling-stroke" stroke="red" TRIANGLE/>"#,
    r#"<path fill="notacolor" TRIANGLE/>"#,
    r#"<path fill="color(display-p3 1 0 0)" TRIANGLE/>"#,
    r#"<path style="fill:red;fill:oklch(70% 0.1 20)" TRIANGLE/>"#,
    r#"<path style="fill:red;fill:CanvasText" TRIANGLE/>"#,
    r#"<path style="fill:red;fill:unset" TRIANGLE/>"#,
    r#"<path style="fill:red;fill:context-fill" TRIANGLE/>"#,
    r#"<path style="fill:red;fill:rgb(1,2)" TRIANGLE/>"#,
    r#"<path style="stroke-width:2;stroke-width:1rem" stroke="red" TRIANGLE/>"#,
    r#"<path stroke="red" stroke-width="1em" TRIANGLE/>"#,
    r#"<path stroke="red" stroke-dasharray="2 1" TRIANGLE/>"#,
    r#"<path stroke="red" stroke-linejoin="arcs" TRIANGLE/>"#,
    r##"<path fill="url(#a)" id="a" TRIANGLE/>"##,
    r##"<path clip-path="url(#none)" TRIANGLE/>"##,
    r#"<path clip-path="circle(4px)" TRIANGLE/>"#,
    r#"<path opacity="half" TRIANGLE/>"#,
    r#"<path d="M0 0H9V9Zoops"/>"#,
    r#"<polygon points="0,0 9,0 9"/>"#,
    r#"<rect width="calc(5px)" height="5"/>"#,
    r#"<text>Bank</text><path TRIANGLE/>"#,
    r#"<g color-interpolation="linearRGB"><path TRIANGLE/></g>"#,
    r#"<path style="mask:url(#a) luminance" TRIANGLE/>"#,
    r##"<metadata><path id="a" TRIANGLE/></metadata><use href="#a"/>"##,
    r#"<path style="fill:red;fill:-webkit-link" TRIANGLE/>"#,
    r#"<path style="fill:red;font-family:'a;fill:blue" TRIANGLE/>"#,
];

#[test]
fn what_would_look_different_is_rejected() {
    for content in UNSUPPORTED {
        let rewritten = svg::rewrite(svg_of(content).as_bytes());
        let reason = rewritten.as_ref().err();
        let is_rejected =
            matches!(reason, Some(RejectionReason::Unsupported | RejectionReason::ActiveContent));
        assert!(is_rejected, "{content}: {rewritten:?}");
    }
    // The size would depend on the page.
    for size in
        ["", r#"width="100%" height="100%""#, r#"width="50%" viewBox="0 0 9 9""#, r#"width="9em" height="9""#]
    {
        let svg = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size}><path {TRIANGLE}/></svg>"#);
        assert_eq!(svg::rewrite(svg.as_bytes()), Err(RejectionReason::Unsupported), "{size}");
    }
}

#[test]
fn an_svg_is_decoded_by_its_declaration() {
    let declared = |encoding: &str| {
        format!(
            r#"<?xml version="1.0" encoding="{encoding}"?>{}"#,
            svg_of(r#"<g class="é"><path TRIANGLE/></g>"#)
        )
    };
    let expected = svg::rewrite(declared("UTF-8").as_bytes()).unwrap();
    let latin: Vec<u8> =
        declared("ISO-8859-1").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let units: Vec<u16> = declared("UTF-16").encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for (title, bytes) in [
        ("Latin-1", latin),
        ("UTF-16, little endian", [b"\xff\xfe", little.as_slice()].concat()),
        ("UTF-16, big endian", [b"\xfe\xff", big.as_slice()].concat()),
        ("UTF-16 without a byte order mark", little),
        ("UTF-8 with a byte order mark", [b"\xef\xbb\xbf", declared("utf-8").as_bytes()].concat()),
        ("UTF-8 that was UTF-16", declared("utf-16").into_bytes()),
        ("without a declaration", svg_of(r#"<g class="é"><path TRIANGLE/></g>"#).into_bytes()),
    ] {
        assert_eq!(svg::rewrite(&bytes).as_ref(), Ok(&expected), "{title}");
    }
    assert_eq!(svg::rewrite(declared("Shift_JIS").as_bytes()), Err(RejectionReason::Unsupported));
    let latin_as_utf8 = svg_of("<desc>\u{e9}</desc>")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect::<Vec<_>>();
    assert_eq!(svg::rewrite(&latin_as_utf8), Err(RejectionReason::Mislabeled));
}

#[test]
fn a_document_type_is_left_out_and_its_definitions_are_rejected() {
    let shape = svg_of("<path TRIANGLE/>");
    let public = r#"<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">"#;
    let expected = svg::rewrite(shape.as_bytes());
    assert!(expected.is_ok());
    for before in [
        format!("<?xml version='1.0'?>\n<!-- a -->{public}\n"),
        public.into(),
        "<!---->".into(),
        "<!-- <!DOCTYPE svg> -->".into(),
    ] {
        assert_eq!(svg::rewrite(format!("{before}{shape}").as_bytes()), expected, "{before}");
    }
    for before in [
        r#"<!DOCTYPE svg [<!ENTITY a "b">]>"#,
        r#"<!DOCTYPE svg SYSTEM "a>b" [<!ENTITY a "b">]>"#,
        &format!("{public}{public}"),
    ] {
        assert!(svg::rewrite(format!("{before}{shape}").as_bytes()).is_err(), "{before}");
    }
}

#[test]
fn a_benign_svg_looks_as_in_a_browser() {
    let benign = corpus("benign").into_iter();
    let logos =
        benign.map(|(title, original)| Logo { stored: svg::rewrite(&original).unwrap(), title, original });
    assert_equal_in_chromium(&logos.collect::<Vec<_>>());
}
