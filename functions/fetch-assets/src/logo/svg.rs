//! Rewrites an SVG. An SVG can run scripts, load other files and animate, so that none is stored as received. If it passes the
//! allow list (`allow_list`), has only values that `usvg` shows as browsers do (`normalize`) and is within the limits
//! (`complexity`), `usvg` reads it into shapes and writes these; the stored file contains nothing else.
//! `docs/decisions/0008-svg-is-rewritten.md` has the reasons.

mod allow_list;
mod attribute;
mod cascade;
mod color;
mod complexity;
mod css;
mod encoding;
mod grammar;
mod normalize;
mod property;
mod raster;
mod size;
mod value;

use roxmltree::{Document, ParsingOptions};
use usvg::{ImageHrefResolver, Indent, Options, Tree, WriteOptions};

use super::{MAX_BYTES, MAX_SIDE, RejectionReason};

pub(super) use raster::{SIDE, rasterize};

/// The most elements, texts and comments.
const MAX_NODES: u32 = 30_000;
/// The most attributes of one element. The parser compares each with all others.
const MAX_ATTRIBUTES: usize = 100;

/// The SVG, rewritten: shapes, groups, gradients, clip paths and masks. Its `viewBox` lets it scale.
pub(super) fn rewrite(svg: &[u8]) -> Result<String, RejectionReason> {
    let text = encoding::decode(svg)?;
    let tree = read(text.trim_start_matches('\u{feff}').trim_start())?;
    if !tree.root().has_children() {
        return Err(RejectionReason::Blank);
    }
    let (width, height) = (tree.size().width(), tree.size().height());
    if width.max(height) > MAX_SIDE {
        return Err(RejectionReason::TooLarge);
    }
    let plain = WriteOptions { indent: Indent::None, coordinates_precision: 5, ..WriteOptions::default() };
    let written = tree.to_string(&plain);
    let rest = written.strip_prefix("<svg ").ok_or(RejectionReason::Damaged)?;
    let written = format!(r#"<svg viewBox="0 0 {width} {height}" {rest}"#);
    if written.len() > MAX_BYTES {
        return Err(RejectionReason::TooLarge);
    }
    // The writer may have errors too, and its output may be larger than its input.
    normalized(&written)?;
    Ok(written)
}

/// Checks an SVG and reads its shapes.
fn read(text: &str) -> Result<Tree, RejectionReason> {
    let normalized = normalized(text)?;
    let no_images =
        ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options { image_href_resolver: no_images, ..Options::default() };
    Tree::from_xmltree(&parse(&normalized)?, &options).map_err(|_| RejectionReason::Damaged)
}

/// Checks an SVG against the allow list and the limits, and normalizes it.
fn normalized(text: &str) -> Result<String, RejectionReason> {
    if !text.starts_with('<') {
        return Err(RejectionReason::Mislabeled);
    }
    let text = encoding::without_document_type(text)?;
    let document = parse(&text)?;
    allow_list::check(&document)?;
    let normalized = normalize::normalize(&document)?;
    complexity::check(&parse(&normalized)?)?;
    Ok(normalized)
}

/// Parses XML. A document type is rejected, since it can define entities.
fn parse(text: &str) -> Result<Document<'_>, RejectionReason> {
    if text.split('<').any(|tag| tag.matches('=').count() > MAX_ATTRIBUTES) {
        return Err(RejectionReason::TooComplex);
    }
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => RejectionReason::TooComplex,
        roxmltree::Error::DtdDetected => RejectionReason::ActiveContent,
        _ => RejectionReason::Damaged,
    })
}
