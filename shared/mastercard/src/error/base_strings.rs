//! Where the signature base string that the gateway would have accepted departs from ours: a place and a name, never
//! a value.

use std::fmt;

use percent_encoding::percent_decode_str;

/// Ours and the gateway's, compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseStrings {
    /// The same was signed, so the key, the consumer key or the clock is wrong.
    Agree,
    /// Something else was signed than arrived.
    Differ {
        /// Bytes of our base string before the first difference.
        position: usize,
        /// The part in which it lies.
        component: Component,
    },
}

/// A part of a base string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Component {
    /// The HTTP method.
    Method,
    /// Scheme, host, port or path.
    BaseUri,
    /// A parameter of the query or of OAuth, by name; without one if the name is not a plain one.
    Parameter(Option<String>),
}

impl BaseStrings {
    /// Compares; `None` if no base string is in the gateway's description.
    pub(super) fn compare(ours: &str, description: &str) -> Option<Self> {
        let theirs = acceptable(description)?;
        let position = ours.bytes().zip(theirs.bytes()).take_while(|(our, their)| our == their).count();
        if position == ours.len() && position == theirs.len() {
            return Some(Self::Agree);
        }
        // Where ours has ended, only theirs can say what more there is.
        let told_by = if position < ours.len() { ours } else { theirs };
        Some(Self::Differ { position, component: component(told_by, position) })
    }
}

/// The base string in a description. Nothing else in it has `&http` inside, and a base string has neither spaces nor
/// colons nor quotes.
fn acceptable(description: &str) -> Option<&str> {
    let around =
        |c: char| c.is_whitespace() || matches!(c, ':' | '"' | '\'' | '<' | '>' | '[' | ']' | '(' | ')');
    description
        .split(around)
        .find(|word| word.contains("&http"))
        .map(|word| word.trim_end_matches([',', ';']))
}

/// `METHOD&base URI&parameters`; between parameters stands `%26`, behind a name `%3D`.
fn component(base_string: &str, position: usize) -> Component {
    let mut parts = base_string.splitn(3, '&');
    let (method, base_uri) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let parameters = method.len() + base_uri.len() + 2;
    if position <= method.len() {
        return Component::Method;
    }
    if position < parameters {
        return Component::BaseUri;
    }
    let mut end = parameters;
    let holds = |parameter: &&str| {
        end += parameter.len() + "%26".len();
        position < end
    };
    let parameter = parts.next().unwrap_or_default().split("%26").find(holds).unwrap_or_default();
    let name = parameter.split("%3D").next().unwrap_or_default();
    let name = percent_decode_str(name).decode_utf8().ok();
    let plain = |name: &str| {
        let plain = |b: u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.');
        (1..=64).contains(&name.len()) && name.bytes().all(plain)
    };
    Component::Parameter(name.filter(|name| plain(name)).map(Into::into))
}

impl fmt::Display for BaseStrings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agree => f.write_str("agree"),
            Self::Differ { position, component } => write!(f, "differ at {position}, in {component}"),
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("the method"),
            Self::BaseUri => f.write_str("the base URI"),
            Self::Parameter(Some(name)) => write!(f, "the parameter {name}"),
            Self::Parameter(None) => f.write_str("a parameter"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "POST&https%3A%2F%2Fa.example%2F&a%3D1%26oauth_nonce%3D12";

    fn compared(theirs: &str) -> String {
        let description = format!("Invalid signature. Acceptable signature base string: {theirs}");
        BaseStrings::compare(OURS, &description).unwrap().to_string()
    }

    #[test]
    fn an_operator_is_told_where_the_base_strings_differ_and_no_value() {
        assert_eq!(compared(OURS), "agree");
        assert_eq!(compared(&OURS.replace("POST", "PUT")), "differ at 1, in the method");
        assert_eq!(compared(&OURS.replace("a.ex", "b.ex")), "differ at 19, in the base URI");
        assert_eq!(compared(&OURS.replace("a%3D1", "a%3D2")), "differ at 36, in the parameter a");
        assert_eq!(compared(&OURS.replace("%3D12", "%3D13")), "differ at 55, in the parameter oauth_nonce");
        assert_eq!(
            compared(&format!("{OURS}%26oauth_version%3D1.0")),
            "differ at 56, in the parameter oauth_nonce"
        );
        assert_eq!(compared(&OURS[..40]), "differ at 40, in the parameter oauth_nonce");
    }

    #[test]
    fn the_base_string_is_found_whatever_stands_around_it() {
        for description in [
            format!("\"{OURS}\""),
            format!("expected <{OURS}>, got another"),
            format!("BASE STRING:{OURS}; see https://developer.mastercard.com?a&b"),
        ] {
            assert_eq!(BaseStrings::compare(OURS, &description), Some(BaseStrings::Agree), "{description}");
        }
        for description in ["", "signature base string:", "unknown consumer key & more"] {
            assert_eq!(BaseStrings::compare(OURS, description), None, "{description}");
        }
    }

    #[test]
    fn a_name_that_may_be_a_value_is_not_told() {
        let ours = "GET&http%3A%2F%2Fa%2F&5555%3D1";
        let compared = BaseStrings::compare(ours, "GET&http%3A%2F%2Fa%2F&5555%3D2").unwrap();
        assert!(compared.to_string().ends_with("in a parameter"), "{compared}");
    }
}
