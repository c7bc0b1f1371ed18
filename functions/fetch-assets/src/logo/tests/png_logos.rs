//! PNG: valid, damaged and mislabeled files, and files rendered from an SVG.

use ::png::{BitDepth, ColorType, Encoder, Info};

use super::*;

const LOGO_SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><rect width="4" height="2" fill="red"/></svg>"#;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    let pixels = vec![200; usize::try_from(width * height * 4).unwrap()];
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

/// A chunk with a valid checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let content = [kind.as_slice(), data].concat();
    let crc = content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    });
    [&u32::try_from(data.len()).unwrap().to_be_bytes(), content.as_slice(), &(!crc).to_be_bytes()].concat()
}

/// Puts a chunk behind the header, which takes 33 bytes.
fn with_chunk(png: &[u8], kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let (header, rest) = png.split_at(33);
    [header, &chunk(kind, content), rest].concat()
}

#[test]
fn a_png_is_stored_under_the_name_of_its_content_with_its_size() {
    let checked = checked("image/png", png(192, 100));
    let [logo] = checked.logos.as_slice() else { panic!("{checked:?}") };
    assert_eq!((logo.width, logo.height), (Some(192), Some(100)));
    assert_eq!(logo.key, format!("logos/{}.png", sha256_hex(&checked.objects[0].bytes)));
}

#[test]
fn parameters_and_case_of_a_media_type_do_not_matter() {
    assert_eq!(checked("IMAGE/PNG; charset=binary", png(2, 2)).logos[0].media_type, "image/png");
    assert_eq!(checked("Image/SVG+XML;charset=utf-8", LOGO_SVG).logos[0].media_type, "image/svg+xml");
}

#[test]
fn a_damaged_or_mislabeled_png_is_rejected() {
    let good = png(8, 8);
    let [mut wrong_checksum, mut wrong_pixels] = [good.clone(), good.clone()];
    wrong_checksum[29] ^= 1;
    let middle = good.len() - 20;
    wrong_pixels[middle] ^= 1;
    let huge = with_size(&good, 2049, 8);
    let bomb = with_size(&good, 2048, 2048);
    let cases: [(&str, &[u8], &str); 18] = [
        ("an SVG", LOGO_SVG.as_bytes(), "mislabeled"),
        ("a JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF", "mislabeled"),
        ("a GIF", b"GIF89a\x01\0\x01\0", "mislabeled"),
        ("HTML", b"<!doctype html><script>alert(1)</script>", "mislabeled"),
        ("a signature alone", &good[..8], "damaged"),
        ("a header alone", &good[..33], "damaged"),
        ("a PNG without an end", &good[..good.len() - 12], "damaged"),
        ("a PNG cut in the middle", &good[..good.len() / 2], "damaged"),
        ("a wrong checksum of the header", &wrong_checksum, "damaged"),
        ("pixels that were changed", &wrong_pixels, "damaged"),
        ("a length beyond the file", &[&good[..33], b"\xff\xff\xff\xffIDAT"].concat(), "damaged"),
        ("an unknown critical chunk", &with_chunk(&good, b"EVIL", b"x"), "damaged"),
        ("an animation", &with_chunk(&good, b"acTL", &[0; 8]), "animated"),
        ("a width of 0", &with_size(&good, 0, 8), "damaged"),
        ("a width above the limit", &huge, "too_large"),
        ("fewer pixels than the header says", &bomb, "damaged"),
        ("more bytes than a logo may have", &vec![0; MAX_BYTES + 1], "too_large"),
        ("nothing", b"", "empty"),
    ];
    for (title, bytes, reason) in cases {
        let checked = checked("image/png", bytes);
        assert_eq!((reasons(&checked), checked.objects.len()), (vec![reason], 0), "{title}");
    }
}

/// The PNG with another size in its header.
fn with_size(png: &[u8], width: u32, height: u32) -> Vec<u8> {
    let rest = [&png[24..29]].concat();
    let header = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &rest].concat();
    [&png[..8], &chunk(b"IHDR", &header), &png[33..]].concat()
}

#[test]
fn bytes_after_the_end_of_a_png_are_not_stored() {
    let good = png(8, 8);
    for after in [b"\0\0\0\0".as_slice(), b"\n", b"<script>alert(1)</script>", &good] {
        let checked = checked("image/png", [good.as_slice(), after].concat());
        assert_eq!((reasons(&checked), &checked.objects[0].bytes), (vec![], &good), "{after:?}");
    }
}

#[test]
fn what_the_colors_of_a_png_mean_is_stored() {
    let mut with_profile = Vec::new();
    let mut info = Info::with_size(8, 8);
    (info.color_type, info.bit_depth) = (ColorType::Rgba, BitDepth::Eight);
    info.icc_profile = Some(vec![7; 400].into());
    let encoder = Encoder::with_info(&mut with_profile, info).unwrap();
    encoder.write_header().unwrap().write_image_data(&[200; 256]).unwrap();
    let display_p3 = with_chunk(&png(8, 8), b"cICP", &[12, 13, 0, 1]);
    for original in [with_profile, display_p3] {
        assert_eq!(checked("image/png", original.as_slice()).objects[0].bytes, original);
    }
}

#[test]
fn a_color_profile_that_cannot_be_read_is_not_stored() {
    for content in [b"name\0\0not zlib".as_slice(), b"name\0\x01", b""] {
        let checked = checked("image/png", with_chunk(&png(8, 8), b"iCCP", content));
        assert_eq!((reasons(&checked), &checked.objects[0].bytes), (vec![], &png(8, 8)), "{content:?}");
    }
}

#[test]
fn a_png_that_its_metadata_turns_is_rejected() {
    let exif = |orientation: u8| {
        let big =
            [b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation], &[0; 6]].concat();
        let little =
            [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation], &[0; 7]].concat();
        [big, little].map(|exif| with_chunk(&png(8, 8), b"eXIf", &exif))
    };
    for turned in exif(6) {
        assert_eq!(reasons(&checked("image/png", turned)), ["unsupported"]);
    }
    for upright in exif(1) {
        assert_eq!(checked("image/png", upright).objects[0].bytes, png(8, 8));
    }
    for damaged in [b"MM\0*\xff\xff\xff\xff".as_slice(), b"II*\0\x04\0\0\0", b""] {
        assert_eq!(
            checked("image/png", with_chunk(&png(8, 8), b"eXIf", damaged)).objects[0].bytes,
            png(8, 8)
        );
    }
}

#[test]
fn text_in_a_png_is_not_stored() {
    let with_text = with_chunk(&png(8, 8), b"tEXt", b"Comment\0<script>alert(1)</script>");
    let checked = checked("image/png", with_text);
    assert_eq!(checked.objects[0].bytes, png(8, 8));
}

#[test]
fn a_png_is_rendered_from_an_svg_only_if_mastercard_sent_none() {
    let alone = checked("image/svg+xml", LOGO_SVG);
    let types: Vec<_> = alone.logos.iter().map(|logo| (logo.media_type.as_str(), logo.width)).collect();
    assert_eq!(types, [("image/svg+xml", None), ("image/png", Some(192))]);
    assert_eq!(alone.objects[1].bytes, checked("image/svg+xml", LOGO_SVG).objects[1].bytes);

    let both = check(vec![content("image/svg+xml", LOGO_SVG), content("image/png", png(8, 8))]);
    assert_eq!((both.logos.len(), both.logos[1].width), (2, Some(8)));
    let broken = check(vec![content("image/svg+xml", LOGO_SVG), content("image/png", "not a PNG")]);
    assert_eq!((broken.logos[1].width, reasons(&broken)), (Some(192), vec!["mislabeled"]));
}

#[test]
fn a_png_rendered_from_a_wide_svg_shows_it_completely_and_centered() {
    let rendered = &checked("image/svg+xml", LOGO_SVG).objects[1].bytes;
    let rendered = resvg::tiny_skia::Pixmap::decode_png(rendered).unwrap();
    let alpha = |x, y| rendered.pixel(x, y).unwrap().alpha();
    assert_eq!(
        [alpha(96, 40), alpha(96, 96), alpha(0, 96), alpha(191, 96), alpha(96, 150)],
        [0, 255, 255, 255, 0]
    );
}
