//! An SVG is a document that can act: it runs scripts, fetches, animates. None is stored as it came. What this module
//! knows (`allowed`) and can afford (`weight`) is read into shapes and written anew by `usvg`, so that what is stored
//! holds nothing but shapes. `docs/decisions/0008-svg-is-rewritten.md` says why.

mod allowed;
mod raster;
mod value;
mod weight;

use roxmltree::{Document, ParsingOptions};
use usvg::{ImageHrefResolver, Indent, Options, Tree, WriteOptions};

use super::{LARGEST, LARGEST_SIDE, Refused};

pub(super) use raster::{SIDE, raster};

/// Elements, texts and comments.
const MOST_NODES: u32 = 30_000;
/// Attributes of one element: the parser compares each with all others.
const MOST_ATTRIBUTES: usize = 100;

/// The drawing in words of our own: shapes, groups, gradients, clip paths and masks, with a `viewBox`, so that it scales.
pub(super) fn rewrite(svg: &[u8]) -> Result<String, Refused> {
    let text = std::str::from_utf8(svg).map_err(|_| Refused::Mislabeled)?;
    let tree = read(text.trim_start_matches('\u{feff}').trim_start())?;
    if !tree.root().has_children() {
        return Err(Refused::Blank);
    }
    let (width, height) = (tree.size().width(), tree.size().height());
    if width.max(height) > LARGEST_SIDE {
        return Err(Refused::TooLarge);
    }
    let plain = WriteOptions { indent: Indent::None, coordinates_precision: 5, ..WriteOptions::default() };
    let written = tree.to_string(&plain);
    let rest = written.strip_prefix("<svg ").ok_or(Refused::Damaged)?;
    let written = format!(r#"<svg viewBox="0 0 {width} {height}" {rest}"#);
    if written.len() > LARGEST {
        return Err(Refused::TooLarge);
    }
    // The writer is trusted as little as the reader; and what it wrote may weigh more.
    checked(&written)?;
    Ok(written)
}

/// The shapes of a drawing that is allowed and not too heavy.
fn read(text: &str) -> Result<Tree, Refused> {
    if !text.starts_with('<') {
        return Err(Refused::Mislabeled);
    }
    let drawing = checked(text)?;
    let nothing_from_elsewhere =
        ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options { image_href_resolver: nothing_from_elsewhere, ..Options::default() };
    Tree::from_xmltree(&drawing, &options).map_err(|_| Refused::Damaged)
}

fn checked(text: &str) -> Result<Document<'_>, Refused> {
    let drawing = parse(text)?;
    allowed::check(&drawing)?;
    weight::check(&drawing)?;
    Ok(drawing)
}

/// XML without a document type, and so without entities of its own.
fn parse(text: &str) -> Result<Document<'_>, Refused> {
    if text.to_ascii_lowercase().contains("<!doctype") {
        return Err(Refused::ActiveContent);
    }
    if text.split('<').any(|tag| tag.matches('=').count() > MOST_ATTRIBUTES) {
        return Err(Refused::TooComplex);
    }
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => Refused::TooComplex,
        roxmltree::Error::DtdDetected => Refused::ActiveContent,
        _ => Refused::Damaged,
    })
}
