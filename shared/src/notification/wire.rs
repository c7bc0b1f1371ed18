//! PROVISIONAL. Mastercard publishes neither path, payload nor authentication of its TAR, TCN and TVN
//! notifications. This file assumes: JSON, one object or an array of objects, with the fields of [`Message`].
//! A bank that knows its real format changes this file and nothing else.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{News, Notification};
use crate::{digest::sha256_hex, enrollment::TokenState};

/// The most messages in one delivery.
const MOST: usize = 100;

/// One message as assumed. Ids come as numbers or strings; what is not known is ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    notification_id: Option<String>,
    r#type: String,
    occurred_at: Option<Timestamp>,
    client_id: Option<Value>,
    card_contract_id: Option<Value>,
    token_requestor_id: Option<String>,
    token_unique_reference: Option<String>,
    decision: Option<String>,
    token_status: Option<String>,
}

/// A delivery that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON, or not the assumed fields.
    #[error("the notification is not in the expected form")]
    Form(#[source] serde_json::Error),
    /// Nothing, or too much at once.
    #[error("a delivery holds 1 to {MOST} notifications")]
    Count,
}

/// Reads a delivery. `arrived` stands in for a time that a message does not name.
pub fn parse(body: &[u8], arrived: Timestamp) -> Result<Vec<Notification>, Unreadable> {
    let delivery: Value = serde_json::from_slice(body).map_err(Unreadable::Form)?;
    let messages = match delivery {
        Value::Array(messages) => messages,
        message => vec![message],
    };
    if messages.is_empty() || messages.len() > MOST {
        return Err(Unreadable::Count);
    }
    messages.into_iter().map(|message| read(message, arrived)).collect()
}

fn read(mut message: Value, arrived: Timestamp) -> Result<Notification, Unreadable> {
    message.sort_all_objects();
    let fingerprint = sha256_hex(message.to_string().as_bytes());
    let message: Message = serde_json::from_value(message).map_err(Unreadable::Form)?;
    let news = news(&message);
    Ok(Notification {
        id: message.notification_id.filter(|id| !id.is_empty() && id.len() <= 128).unwrap_or(fingerprint),
        news,
        occurred_at: message.occurred_at.unwrap_or(arrived),
        client_id: number(message.client_id.as_ref()),
        card_contract_id: number(message.card_contract_id.as_ref()),
        token_requestor_id: message.token_requestor_id.and_then(|id| id.parse().ok()),
        token_unique_reference: message.token_unique_reference.filter(|reference| reference.len() <= 64),
    })
}

fn news(message: &Message) -> News {
    let word = |word: &Option<String>| Value::String(word.clone().unwrap_or_default().to_ascii_uppercase());
    match message.r#type.as_str() {
        "TAR" => serde_json::from_value(word(&message.decision)).map(|decision| News::Tar { decision }),
        "TCN" => Ok(News::Tcn),
        "TVN" => {
            serde_json::from_value::<TokenState>(word(&message.token_status)).map(|token| News::Tvn { token })
        }
        other => Ok(News::Other { name: other.chars().take(32).collect() }),
    }
    .unwrap_or_else(|_| News::Other { name: message.r#type.clone() })
}

fn number<T: std::str::FromStr>(value: Option<&Value>) -> Option<T> {
    match value? {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrollment::Decision;

    #[test]
    fn one_delivery_may_hold_several_messages_with_ids_as_numbers_or_text() {
        let body = br#"[{"type":"TAR","decision":"APPROVED","cardContractId":70001,"clientId":"40000"},{"type":"TCN"}]"#;
        let read = parse(body, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(read[0].news, News::Tar { decision: Decision::Approved });
        assert_eq!(read[0].card_contract_id.map(|id| id.number()), Some(70001));
        assert_eq!(read[1].news, News::Tcn);
        assert_ne!(read[0].id, read[1].id);
    }

    #[test]
    fn the_same_message_twice_has_the_same_id() {
        let body = br#"{"type":"TCN","cardContractId":70001}"#;
        let (first, second) =
            (parse(body, Timestamp::UNIX_EPOCH).unwrap(), parse(body, Timestamp::MAX).unwrap());
        assert_eq!(first[0].id, second[0].id);
    }

    #[test]
    fn a_kind_of_the_future_is_kept() {
        let read = parse(br#"{"type":"ACN"}"#, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(read[0].news, News::Other { name: "ACN".into() });
        assert_eq!(read[0].fact(), None);
    }

    #[test]
    fn an_empty_delivery_or_one_without_a_type_is_refused() {
        for body in [&b"[]"[..], b"{}", b"7", b"", b"[{}]"] {
            assert!(parse(body, Timestamp::UNIX_EPOCH).is_err());
        }
    }
}
