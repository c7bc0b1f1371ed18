//! Forms that are not logos: documents are stored, other types are rejected.

use super::*;

#[test]
fn documents_are_kept_and_never_shown() {
    for (media_type, data) in [
        ("application/pdf", "%PDF-1.7\n"),
        ("text/html", "<script>alert(1)</script>"),
        ("text/plain", "Terms"),
        ("text/html; charset=utf-8", "<p>"),
    ] {
        let checked = checked(media_type, data);
        let [object] = checked.objects.as_slice() else { panic!("{media_type}") };
        assert_eq!((checked.logos.len(), object.media_type), (0, None), "{media_type}");
        assert_eq!(checked.kept, [format!("kept/{}", sha256_hex(data.as_bytes()))]);
    }
}

#[test]
fn a_form_that_is_neither_logo_nor_document_is_rejected() {
    for (media_type, data, reason) in [
        ("image/jpeg", "\u{ff}", "unknown_type"),
        ("application/jwk+json", "{}", "unknown_type"),
        ("", "x", "unknown_type"),
        ("application/pdf", "<script>alert(1)</script>", "mislabeled"),
        ("image/svg+xml", "\u{1f}\u{8b}", "mislabeled"),
        ("image/svg+xml", "%PDF-1.7", "mislabeled"),
        ("text/html", "", "empty"),
    ] {
        assert_eq!(reasons(&checked(media_type, data)), [reason], "{media_type}");
    }
    let gzipped = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0];
    assert_eq!(reasons(&checked("image/svg+xml", gzipped)), ["mislabeled"]);
    let utf16: Vec<u8> = "<svg/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        reasons(&checked("image/svg+xml", [&[0xff, 0xfe], utf16.as_slice()].concat())),
        ["mislabeled"]
    );
}

#[test]
fn a_form_that_is_not_base64_is_rejected_and_the_others_stay() {
    let broken = MediaContent { media_type: "image/png".into(), data: None, width: None, height: None };
    let checked = check(vec![broken, content("text/plain", "Terms")]);
    assert_eq!((reasons(&checked), checked.kept.len()), (vec!["not_base64"], 1));
}

#[test]
fn only_eight_forms_are_checked_and_only_32_characters_of_their_type_are_recorded() {
    let forms = (0..1000).map(|_| content(&"x".repeat(5000), "x")).collect();
    let checked = check(forms);
    assert_eq!((checked.refused.len(), reasons(&checked)[8]), (9, "too_many_forms"));
    assert!(checked.refused.iter().all(|form| form.media_type.len() == 32));
}

#[test]
fn two_forms_of_one_content_are_one_object() {
    let svg =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="2" height="2"/></svg>"#;
    let checked = check(vec![content("image/svg+xml", svg), content("IMAGE/SVG+XML", svg)]);
    let svgs = checked.objects.iter().filter(|object| object.media_type == Some(SVG)).count();
    assert_eq!((svgs, checked.logos.len()), (1, 2));
}
