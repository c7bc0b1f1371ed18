//! Compares the signature base string that the gateway expected with the one that was signed: the position of the first
//! difference and the component there, never a value.

use std::fmt;

use percent_encoding::percent_decode_str;

/// The comparison of our signature base string with the one that the gateway expected.
///
/// ```
/// use push_provisioning_client::{BaseStringComparison, BaseStringComponent};
///
/// let comparison = BaseStringComparison::Different { position: 19, component: BaseStringComponent::BaseUri };
/// assert_eq!(comparison.to_string(), "differ at 19, in the base URI");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseStringComparison {
    /// The base strings are equal, so the key, the consumer key or the clock is wrong.
    Equal,
    /// The request that arrived is not the one that was signed.
    Different {
        /// Offset of the first difference in our base string, in bytes.
        position: usize,
        /// The component at that offset.
        component: BaseStringComponent,
    },
}

/// A component of a base string (RFC 5849 §3.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseStringComponent {
    /// The HTTP method.
    Method,
    /// Scheme, host, port or path.
    BaseUri,
    /// A query or OAuth parameter, by name; `None` if the name could be a value.
    Parameter(Option<String>),
}

impl BaseStringComparison {
    /// `None` if the gateway's description contains no base string.
    pub(crate) fn compare(ours: &str, description: &str) -> Option<Self> {
        let expected = expected_base_string(description)?;
        let position = ours.bytes().zip(expected.bytes()).take_while(|(a, b)| a == b).count();
        if position == ours.len() && position == expected.len() {
            return Some(Self::Equal);
        }
        // Ours may be a prefix of the expected one.
        let longer = if position < ours.len() { ours } else { expected };
        Some(Self::Different { position, component: component(longer, position) })
    }
}

/// Finds the base string in a description: the only word that contains `&http`. A base string contains no whitespace,
/// colon, quote or bracket.
fn expected_base_string(description: &str) -> Option<&str> {
    let delimiter =
        |c: char| c.is_whitespace() || matches!(c, ':' | '"' | '\'' | '<' | '>' | '[' | ']' | '(' | ')');
    description
        .split(delimiter)
        .find(|word| word.contains("&http"))
        .map(|word| word.trim_end_matches([',', ';']))
}

/// The component of `METHOD&base URI&parameters` at the position. `%26` separates parameters, `%3D` name and value.
fn component(base_string: &str, position: usize) -> BaseStringComponent {
    let mut parts = base_string.splitn(3, '&');
    let (method, base_uri) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let parameters = method.len() + base_uri.len() + 2;
    if position <= method.len() {
        return BaseStringComponent::Method;
    }
    if position < parameters {
        return BaseStringComponent::BaseUri;
    }
    let mut end = parameters;
    let contains_position = |parameter: &&str| {
        end += parameter.len() + "%26".len();
        position < end
    };
    let parameter = parts.next().unwrap_or_default().split("%26").find(contains_position).unwrap_or_default();
    let name = parameter.split("%3D").next().unwrap_or_default();
    let name = percent_decode_str(name).decode_utf8().ok();
    let plain = |name: &str| {
        let plain = |b: u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.');
        (1..=64).contains(&name.len()) && name.bytes().all(plain)
    };
    BaseStringComponent::Parameter(name.filter(|name| plain(name)).map(Into::into))
}

impl fmt::Display for BaseStringComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal => f.write_str("agree"),
            Self::Different { position, component } => write!(f, "differ at {position}, in {component}"),
        }
    }
}

impl fmt::Display for BaseStringComponent {
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

    fn compare(expected: &str) -> String {
        let description = format!("Invalid signature. Acceptable signature base string: {expected}");
        BaseStringComparison::compare(OURS, &description).unwrap().to_string()
    }

    #[test]
    fn the_display_names_position_and_component_but_no_value() {
        assert_eq!(compare(OURS), "agree");
        assert_eq!(compare(&OURS.replace("POST", "PUT")), "differ at 1, in the method");
        assert_eq!(compare(&OURS.replace("a.ex", "b.ex")), "differ at 19, in the base URI");
        assert_eq!(compare(&OURS.replace("a%3D1", "a%3D2")), "differ at 36, in the parameter a");
        assert_eq!(compare(&OURS.replace("%3D12", "%3D13")), "differ at 55, in the parameter oauth_nonce");
        assert_eq!(
            compare(&format!("{OURS}%26oauth_version%3D1.0")),
            "differ at 56, in the parameter oauth_nonce"
        );
        assert_eq!(compare(&OURS[..40]), "differ at 40, in the parameter oauth_nonce");
    }

    #[test]
    fn the_base_string_is_found_between_any_other_words() {
        for description in [
            format!("\"{OURS}\""),
            format!("expected <{OURS}>, got another"),
            format!("BASE STRING:{OURS}; see https://developer.mastercard.com?a&b"),
        ] {
            assert_eq!(
                BaseStringComparison::compare(OURS, &description),
                Some(BaseStringComparison::Equal),
                "{description}"
            );
        }
        for description in ["", "signature base string:", "unknown consumer key & more"] {
            assert_eq!(BaseStringComparison::compare(OURS, description), None, "{description}");
        }
    }

    #[test]
    fn a_parameter_name_that_may_be_a_value_is_not_shown() {
        let ours = "GET&http%3A%2F%2Fa%2F&5555%3D1";
        let compared = BaseStringComparison::compare(ours, "GET&http%3A%2F%2Fa%2F&5555%3D2").unwrap();
        assert!(compared.to_string().ends_with("in a parameter"), "{compared}");
    }
}
