//! Which forms of an asset are fit to be a logo. Pure: bytes in, what to store out.
//!
//! The declared type has to agree with the content. A PNG is decoded whole, an SVG is written anew; PDF, text and HTML
//! are kept and never shown; anything else is refused.

mod png;
mod svg;

#[cfg(any(test, fuzzing))]
pub mod probe;
#[cfg(test)]
mod tests;

use mastercard::{
    asset::{Logo, RefusedForm},
    digest::sha256_hex,
    token_connect::MediaContent,
};

/// No form is larger, in bytes, as it came or as it is stored.
const LARGEST: usize = 1024 * 1024;
/// Units of an SVG each way, at most.
const LARGEST_SIDE: f32 = 4096.0;
/// Forms of one asset that are looked at.
const MOST_FORMS: usize = 8;
/// What is remembered of a media type; Mastercard's have up to 32 characters.
const LONGEST_TYPE: usize = 32;

const PNG: &str = "image/png";
const SVG: &str = "image/svg+xml";

/// Why a form of an asset was refused. As text: the one word that is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// The content is not base64.
    #[error("not_base64")]
    NotBase64,
    /// Neither a logo nor one of the documents that are kept.
    #[error("unknown_type")]
    UnknownType,
    /// No content at all.
    #[error("empty")]
    Empty,
    /// More bytes, pixels or units than a logo may have.
    #[error("too_large")]
    TooLarge,
    /// The content is something else than its media type says, or has something else behind it.
    #[error("mislabeled")]
    Mislabeled,
    /// The content cannot be read to its end.
    #[error("damaged")]
    Damaged,
    /// A PNG with more pictures than one.
    #[error("animated")]
    Animated,
    /// An SVG with anything in it that is not known to stand still and alone.
    #[error("active_content")]
    ActiveContent,
    /// An SVG that takes too much to draw.
    #[error("too_complex")]
    TooComplex,
    /// An SVG that shows nothing.
    #[error("blank")]
    Blank,
    /// One more form than are looked at.
    #[error("too_many_forms")]
    TooManyForms,
}

/// What to store of an asset.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    /// The logos among the objects.
    pub(crate) logos: Vec<Logo>,
    /// The keys of those that are kept and never shown.
    pub(crate) kept: Vec<String>,
    /// The forms that are not among the objects.
    pub(crate) refused: Vec<RefusedForm>,
    /// For the bucket, each once.
    pub(crate) objects: Vec<Object>,
}

/// What lies in the bucket under the name of its content.
#[derive(Debug)]
pub(crate) struct Object {
    /// `logos/<sha-256>.<png|svg>` or `kept/<sha-256>`.
    pub(crate) key: String,
    /// Of a logo; `None` for what is kept, which is only bytes.
    pub(crate) media_type: Option<&'static str>,
    /// The content.
    pub(crate) bytes: Vec<u8>,
}

enum Form {
    Png(png::Picture),
    Svg(String),
    Kept(Vec<u8>),
}

/// Looks at all forms of an asset. If there is a drawing and no picture, a picture is made of the drawing.
pub(crate) fn accept(contents: Vec<MediaContent>) -> Accepted {
    let mut accepted = Accepted::default();
    let (mut has_picture, mut drawing) = (false, None);
    for (at, MediaContent { media_type, data, .. }) in contents.into_iter().enumerate() {
        let form = if at < MOST_FORMS { form(&media_type, data) } else { Err(Refused::TooManyForms) };
        match form {
            Ok(Form::Png(picture)) => {
                has_picture = true;
                accepted.picture(picture);
            }
            Ok(Form::Svg(svg)) => {
                accepted.logo(SVG, "svg", None, svg.clone().into_bytes());
                drawing.get_or_insert(svg);
            }
            Ok(Form::Kept(bytes)) => {
                let key = format!("kept/{}", sha256_hex(&bytes));
                accepted.kept.push(key.clone());
                accepted.objects.push(Object { key, media_type: None, bytes });
            }
            Err(refused) => accepted.refuse(&media_type, refused),
        }
        if at == MOST_FORMS {
            break;
        }
    }
    if let Some(drawing) = drawing.filter(|_| !has_picture) {
        match svg::raster(&drawing) {
            Ok(bytes) => accepted.picture(png::Picture { bytes, width: svg::SIDE, height: svg::SIDE }),
            Err(refused) => accepted.refuse(PNG, refused),
        }
    }
    accepted
}

fn form(media_type: &str, data: Option<Vec<u8>>) -> Result<Form, Refused> {
    let data = data.ok_or(Refused::NotBase64)?;
    if data.is_empty() {
        return Err(Refused::Empty);
    }
    if data.len() > LARGEST {
        return Err(Refused::TooLarge);
    }
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        PNG => png::picture(&data).map(Form::Png),
        SVG => svg::rewrite(&data).map(Form::Svg),
        "application/pdf" if data.starts_with(b"%PDF-") => Ok(Form::Kept(data)),
        "application/pdf" => Err(Refused::Mislabeled),
        "text/plain" | "text/html" => Ok(Form::Kept(data)),
        _ => Err(Refused::UnknownType),
    }
}

impl Accepted {
    fn picture(&mut self, png::Picture { bytes, width, height }: png::Picture) {
        self.logo(PNG, "png", Some((width, height)), bytes);
    }

    fn logo(&mut self, media_type: &'static str, extension: &str, size: Option<(u32, u32)>, bytes: Vec<u8>) {
        let key = format!("logos/{}.{extension}", sha256_hex(&bytes));
        let (width, height) = size.unzip();
        if !self.objects.iter().any(|object| object.key == key) {
            self.logos.push(Logo { media_type: media_type.into(), key: key.clone(), width, height });
            self.objects.push(Object { key, media_type: Some(media_type), bytes });
        }
    }

    fn refuse(&mut self, media_type: &str, refused: Refused) {
        let media_type = media_type.chars().filter(|c| !c.is_control()).take(LONGEST_TYPE).collect();
        self.refused.push(RefusedForm { media_type, reason: refused.to_string() });
    }
}
