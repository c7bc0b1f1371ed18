//! What is no logo: kept or refused.

use super::*;

#[test]
fn documents_are_kept_and_never_shown() {
    for (media_type, data) in [
        ("application/pdf", "%PDF-1.7\n"),
        ("text/html", "<script>alert(1)</script>"),
        ("text/plain", "Terms"),
        ("text/html; charset=utf-8", "<p>"),
    ] {
        let accepted = accepted(media_type, data);
        let [object] = accepted.objects.as_slice() else { panic!("{media_type}") };
        assert_eq!((accepted.logos.len(), object.media_type), (0, None), "{media_type}");
        assert_eq!(accepted.kept, [format!("kept/{}", sha256_hex(data.as_bytes()))]);
    }
}

#[test]
fn what_is_neither_logo_nor_document_is_refused() {
    for (media_type, data, reason) in [
        ("image/jpeg", "\u{ff}", "unknown_type"),
        ("application/jwk+json", "{}", "unknown_type"),
        ("", "x", "unknown_type"),
        ("application/pdf", "<script>alert(1)</script>", "mislabeled"),
        ("image/svg+xml", "\u{1f}\u{8b}", "mislabeled"),
        ("image/svg+xml", "%PDF-1.7", "mislabeled"),
        ("text/html", "", "empty"),
    ] {
        assert_eq!(reasons(&accepted(media_type, data)), [reason], "{media_type}");
    }
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0];
    assert_eq!(reasons(&accepted("image/svg+xml", packed)), ["mislabeled"]);
    let wide: Vec<u8> = "<svg/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        reasons(&accepted("image/svg+xml", [&[0xff, 0xfe], wide.as_slice()].concat())),
        ["mislabeled"]
    );
}

#[test]
fn a_form_that_is_not_base64_is_refused_and_the_others_stay() {
    let broken = MediaContent { media_type: "image/png".into(), data: None, width: None, height: None };
    let accepted = accept(vec![broken, content("text/plain", "Terms")]);
    assert_eq!((reasons(&accepted), accepted.kept.len()), (vec!["not_base64"], 1));
}

#[test]
fn only_so_many_forms_are_looked_at_and_only_so_much_of_their_type_is_kept() {
    let forms = (0..1000).map(|_| content(&"x".repeat(5000), "x")).collect();
    let accepted = accept(forms);
    assert_eq!((accepted.refused.len(), reasons(&accepted)[8]), (9, "too_many_forms"));
    assert!(accepted.refused.iter().all(|form| form.media_type.len() == 32));
}

#[test]
fn two_forms_of_one_content_are_one_object() {
    let svg =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="2" height="2"/></svg>"#;
    let accepted = accept(vec![content("image/svg+xml", svg), content("IMAGE/SVG+XML", svg)]);
    let drawings = accepted.objects.iter().filter(|object| object.media_type == Some(SVG)).count();
    assert_eq!((drawings, accepted.logos.len()), (1, 2));
}
