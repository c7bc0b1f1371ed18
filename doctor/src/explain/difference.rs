//! The first difference between our signature base string and the one that the gateway reported, and the part of the
//! request that it belongs to.

use serde::Serialize;

/// Characters of each string that are shown, from the difference on.
const WINDOW: usize = 40;

/// The first character in which two base strings differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Position in characters, from zero.
    pub index: usize,
    /// The rest of our string, shortened; empty if ours ends there.
    pub ours: String,
    /// The rest of the gateway's string, shortened; empty if theirs ends there.
    pub theirs: String,
    /// `method`, `base URI`, `parameter <name>` or `end`, in our string.
    #[serde(rename = "where")]
    pub location: String,
    /// The usual cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'static str>,
}

/// Extracts the base string from the description of `AUTHENTICATION_FAILED`; a base string alone is returned as it is.
pub fn acceptable_base_string(pasted: &str) -> &str {
    let string = pasted.split_once("signature base string:").map_or(pasted, |(_, string)| string);
    string.trim().trim_matches(['"', '\'']).trim()
}

/// Compares two base strings; `None` if they are equal.
pub fn first_difference(ours: &str, theirs: &str) -> Option<Difference> {
    if ours == theirs {
        return None;
    }
    let same = ours.chars().zip(theirs.chars()).take_while(|(our, their)| our == their);
    let (index, bytes) = same.fold((0, 0), |(index, bytes), (c, _)| (index + 1, bytes + c.len_utf8()));
    let (our_rest, their_rest) =
        (ours.get(bytes..).unwrap_or_default(), theirs.get(bytes..).unwrap_or_default());
    let location = location(ours, bytes);
    let hint = hint(&location, ours, theirs);
    let window = |rest: &str| rest.chars().take(WINDOW).collect();
    Some(Difference { index, ours: window(our_rest), theirs: window(their_rest), location, hint })
}

/// The part of a base string at a byte position. A base string has three parts joined with `&`; in the third,
/// parameters are separated by `%26`, names and values by `%3D`.
fn location(base_string: &str, at: usize) -> String {
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

fn hint(location: &str, ours: &str, theirs: &str) -> Option<&'static str> {
    if theirs.replace("%25", "%") == ours.replace("%25", "%") {
        return Some(
            "one of the two is percent-encoded once more: sign what is sent, and encode it once in the base string",
        );
    }
    Some(match location {
        "method" => "signed with another method than the one sent",
        "base URI" => {
            "signed with another URL than the one sent: environment, path, port or a proxy in between"
        }
        "parameter oauth_body_hash" => "the body that was sent is not the one that was hashed",
        "parameter oauth_consumer_key" => "another consumer key",
        "parameter oauth_nonce" | "parameter oauth_timestamp" => {
            "another attempt of the same request: compare with the base string of the rejected attempt"
        }
        _ => return None,
    })
}
