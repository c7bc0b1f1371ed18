//! Where our signature base string departs from the one that the gateway would have accepted, and in which part of
//! the request that is.

use serde::Serialize;

/// Characters shown of each string, from the difference on.
const WINDOW: usize = 40;

/// The first character in which two base strings differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// In characters, from zero.
    pub index: usize,
    /// Ours from there on, shortened; empty if ours ends there.
    pub ours: String,
    /// Theirs from there on, shortened; empty if theirs ends there.
    pub theirs: String,
    /// `method`, `base URI` or `parameter <name>`, by our string.
    #[serde(rename = "where")]
    pub place: String,
    /// What usually causes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'static str>,
}

/// The base string in what was pasted: the whole description of `AUTHENTICATION_FAILED`, or the string alone.
pub fn acceptable_base_string(pasted: &str) -> &str {
    let string = pasted.split_once("signature base string:").map_or(pasted, |(_, string)| string);
    string.trim().trim_matches(['"', '\'']).trim()
}

/// `None` if they are the same.
pub fn first_difference(ours: &str, theirs: &str) -> Option<Difference> {
    if ours == theirs {
        return None;
    }
    let same = ours.chars().zip(theirs.chars()).take_while(|(our, their)| our == their);
    let (index, bytes) = same.fold((0, 0), |(index, bytes), (c, _)| (index + 1, bytes + c.len_utf8()));
    let (our_rest, their_rest) =
        (ours.get(bytes..).unwrap_or_default(), theirs.get(bytes..).unwrap_or_default());
    let place = place(ours, bytes);
    let hint = hint(&place, ours, theirs);
    let window = |rest: &str| rest.chars().take(WINDOW).collect();
    Some(Difference { index, ours: window(our_rest), theirs: window(their_rest), place, hint })
}

/// Three parts joined with `&`; in the third, `%26` stands between parameters and `%3D` behind a name.
fn place(base_string: &str, at: usize) -> String {
    let mut parts = base_string.splitn(3, '&');
    let mut next = || parts.next().unwrap_or_default();
    let mut end = next().len();
    if at <= end {
        return "method".into();
    }
    end += 1 + next().len();
    if at <= end {
        return "base URI".into();
    }
    end += 1;
    for parameter in next().split("%26") {
        end += parameter.len() + "%26".len();
        if at < end {
            let name = parameter.split("%3D").next().unwrap_or_default();
            return format!("parameter {name}");
        }
    }
    "end".into()
}

fn hint(place: &str, ours: &str, theirs: &str) -> Option<&'static str> {
    if theirs.replace("%25", "%") == ours.replace("%25", "%") {
        return Some(
            "one of the two is percent-encoded once more: sign what travels, and encode it once in the base string",
        );
    }
    Some(match place {
        "method" => "signed for another method than was sent",
        "base URI" => "signed for another URL than was sent: environment, path, port or a proxy in between",
        "parameter oauth_body_hash" => "the body that arrived is not the one that was hashed",
        "parameter oauth_consumer_key" => "another consumer key",
        "parameter oauth_nonce" | "parameter oauth_timestamp" => {
            "another attempt of the same request: compare with the base string of the attempt that was refused"
        }
        _ => return None,
    })
}
