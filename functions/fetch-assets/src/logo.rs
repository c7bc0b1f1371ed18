//! Checks the forms of an asset. A *form* is one element of `mediaContents` in Token Connect's response: a media type and a
//! file. An asset may have several forms of one logo, such as an SVG and a PNG. A pure function from files to the objects to
//! store.
//!
//! The declared media type has to agree with the content. A PNG is decoded completely, an SVG is rewritten; PDF, text and HTML
//! are stored but never shown; any other type is rejected.

mod png;
mod svg;

#[cfg(any(test, fuzzing))]
pub mod fuzzing;
#[cfg(test)]
mod tests;

use mastercard::{
    asset::{Logo, RejectedForm},
    digest::sha256_hex,
    token_connect::MediaContent,
};

/// The most bytes of a form, as received and as stored.
const MAX_BYTES: usize = 1024 * 1024;
/// The largest width and height of an SVG, in its units.
const MAX_SIDE: f32 = 4096.0;
/// Forms of one asset that are checked, at most.
const MAX_FORMS: usize = 8;
/// Characters of a rejected form's media type that are recorded. Mastercard's types have at most 32.
const MAX_TYPE_LENGTH: usize = 32;

const PNG: &str = "image/png";
const SVG: &str = "image/svg+xml";

/// Why a form of an asset was rejected. Its `Display` is the code that is recorded in [`RejectedForm::reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RejectionReason {
    /// The content is not base64.
    #[error("not_base64")]
    NotBase64,
    /// The media type is neither that of a logo nor that of a document.
    #[error("unknown_type")]
    UnknownType,
    /// The content has no bytes.
    #[error("empty")]
    Empty,
    /// More bytes, pixels or units than a logo may have.
    #[error("too_large")]
    TooLarge,
    /// The content is not of its media type.
    #[error("mislabeled")]
    Mislabeled,
    /// The content is invalid or incomplete.
    #[error("damaged")]
    Damaged,
    /// An animated PNG.
    #[error("animated")]
    Animated,
    /// An SVG with an element, attribute, property or reference outside the allow list.
    #[error("active_content")]
    ActiveContent,
    /// An SVG that the renderer could not show as browsers do, or a PNG that its metadata turns.
    #[error("unsupported")]
    Unsupported,
    /// An SVG that would take too much time or memory to render.
    #[error("too_complex")]
    TooComplex,
    /// An SVG without visible content.
    #[error("blank")]
    Blank,
    /// The asset has more than eight forms.
    #[error("too_many_forms")]
    TooManyForms,
}

/// An asset after the checks.
#[derive(Debug, Default)]
pub(crate) struct CheckedAsset {
    /// The logos among the objects.
    pub(crate) logos: Vec<Logo>,
    /// The keys of the documents among the objects, which are never shown.
    pub(crate) kept: Vec<String>,
    /// The forms that are not stored.
    pub(crate) refused: Vec<RejectedForm>,
    /// The objects for the bucket, without duplicates.
    pub(crate) objects: Vec<Object>,
}

/// An object for the bucket.
#[derive(Debug)]
pub(crate) struct Object {
    /// `logos/<sha-256>.<png|svg>` or `kept/<sha-256>`.
    pub(crate) key: String,
    /// The media type of a logo; `None` for a document, so that it is never served under its type.
    pub(crate) media_type: Option<&'static str>,
    /// The content.
    pub(crate) bytes: Vec<u8>,
}

enum Form {
    Png(png::Png),
    Svg(String),
    Kept(Vec<u8>),
}

/// Checks all forms of an asset. If it has an SVG and no PNG, a PNG is rendered from the first SVG.
pub(crate) fn check(contents: Vec<MediaContent>) -> CheckedAsset {
    let mut asset = CheckedAsset::default();
    let (mut has_png, mut first_svg) = (false, None);
    for (index, MediaContent { media_type, data, .. }) in contents.into_iter().enumerate() {
        let form =
            if index < MAX_FORMS { form(&media_type, data) } else { Err(RejectionReason::TooManyForms) };
        match form {
            Ok(Form::Png(png)) => {
                has_png = true;
                asset.add_png(png);
            }
            Ok(Form::Svg(svg)) => {
                asset.add_logo(SVG, "svg", None, svg.clone().into_bytes());
                first_svg.get_or_insert(svg);
            }
            Ok(Form::Kept(bytes)) => {
                let key = format!("kept/{}", sha256_hex(&bytes));
                asset.kept.push(key.clone());
                asset.objects.push(Object { key, media_type: None, bytes });
            }
            Err(reason) => asset.reject(&media_type, reason),
        }
        if index == MAX_FORMS {
            break;
        }
    }
    if let Some(svg) = first_svg.filter(|_| !has_png) {
        match svg::rasterize(&svg, svg::SIDE) {
            Ok(bytes) => asset.add_png(png::Png { bytes, width: svg::SIDE.into(), height: svg::SIDE.into() }),
            Err(reason) => asset.reject(PNG, reason),
        }
    }
    asset
}

fn form(media_type: &str, data: Option<Vec<u8>>) -> Result<Form, RejectionReason> {
    let data = data.ok_or(RejectionReason::NotBase64)?;
    if data.is_empty() {
        return Err(RejectionReason::Empty);
    }
    if data.len() > MAX_BYTES {
        return Err(RejectionReason::TooLarge);
    }
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        PNG => png::check(&data).map(Form::Png),
        SVG => svg::rewrite(&data).map(Form::Svg),
        "application/pdf" if data.starts_with(b"%PDF-") => Ok(Form::Kept(data)),
        "application/pdf" => Err(RejectionReason::Mislabeled),
        "text/plain" | "text/html" => Ok(Form::Kept(data)),
        _ => Err(RejectionReason::UnknownType),
    }
}

impl CheckedAsset {
    fn add_png(&mut self, png::Png { bytes, width, height }: png::Png) {
        self.add_logo(PNG, "png", Some((width, height)), bytes);
    }

    fn add_logo(
        &mut self,
        media_type: &'static str,
        extension: &str,
        size: Option<(u32, u32)>,
        bytes: Vec<u8>,
    ) {
        let key = format!("logos/{}.{extension}", sha256_hex(&bytes));
        let (width, height) = size.unzip();
        if !self.objects.iter().any(|object| object.key == key) {
            self.logos.push(Logo { media_type: media_type.into(), key: key.clone(), width, height });
            self.objects.push(Object { key, media_type: Some(media_type), bytes });
        }
    }

    fn reject(&mut self, media_type: &str, reason: RejectionReason) {
        let media_type = media_type.chars().filter(|c| !c.is_control()).take(MAX_TYPE_LENGTH).collect();
        self.refused.push(RejectedForm { media_type, reason: reason.to_string() });
    }
}
