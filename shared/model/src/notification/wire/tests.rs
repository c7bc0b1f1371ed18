use serde_json::json;

use super::*;
use crate::enrollment::{Decision, TokenState};
use crate::notification::tests::every_kind;

fn parse_any(body: &[u8]) -> Result<Delivery, DeliveryError> {
    parse(body, Timestamp::UNIX_EPOCH, None, &CardNumberDetector::default())
}

/// The notifications of a delivery that is not encrypted and holds no invalid message.
fn all(body: &[u8]) -> Vec<Notification> {
    let delivery = parse_any(body).unwrap();
    let is_kind = |message: &UnreadableMessage| matches!(message.error, DeliveryError::Kind);
    assert!(delivery.unreadable.iter().all(is_kind), "{:?}", delivery.unreadable);
    assert_eq!(delivery.with_card_number, 0);
    delivery.notifications
}

#[test]
fn one_delivery_may_hold_several_messages_with_ids_as_numbers_or_text() {
    let body =
        br#"[{"type":"TAR","decision":"APPROVED","cardContractId":70001,"clientId":"40000"},{"type":"TCN"}]"#;
    let read = all(body);
    assert_eq!(read[0].kind, NotificationKind::Tar { decision: Decision::Approved });
    assert_eq!(read[0].card_contract_id.map(|id| id.number()), Some(70001));
    assert_eq!(read[1].kind, NotificationKind::Tcn);
    assert_ne!(read[0].id, read[1].id);
}

#[test]
fn a_repeated_message_has_the_same_id_in_any_order_of_its_fields() {
    let id = |body: &[u8], arrived| {
        parse(body, arrived, None, &CardNumberDetector::default()).unwrap().notifications[0].id.clone()
    };
    let first = id(br#"{"type":"TCN","cardContractId":70001}"#, Timestamp::UNIX_EPOCH);
    let second = id(br#"{"cardContractId":70001, "type":"TCN"}"#, Timestamp::MAX);
    assert_eq!(first, second);
    assert_ne!(first, id(br#"{"cardContractId":70002, "type":"TCN"}"#, Timestamp::MAX));
    assert_eq!(id(br#"{"type":"TCN","notificationId":"n-1"}"#, Timestamp::MAX), "n-1");
}

#[test]
fn values_are_read_in_either_case_and_unknown_ones_are_kept() {
    let kind = |message: Value| all(message.to_string().as_bytes())[0].kind.clone();
    let tar = |value: &str| kind(json!({"type": "TAR", "decision": value}));
    assert_eq!(tar("approved"), NotificationKind::Tar { decision: Decision::Approved });
    assert_eq!(tar("DECLINED"), NotificationKind::Tar { decision: Decision::Declined });
    assert_eq!(tar("Perhaps"), NotificationKind::Tar { decision: Decision::Other("PERHAPS".into()) });
    let tvn = |value: &str| kind(json!({"type": "TVN", "tokenStatus": value}));
    assert_eq!(tvn("Suspended"), NotificationKind::Tvn { token: TokenState::Suspended, requested_by: None });
    assert_eq!(
        tvn("FROZEN"),
        NotificationKind::Tvn { token: TokenState::Other("FROZEN".into()), requested_by: None }
    );
    assert_eq!(kind(json!({"type": "TVN"})), NotificationKind::Other { name: "TVN".into() });
    let long = kind(json!({"type": "X".repeat(100)}));
    assert_eq!(long, NotificationKind::Other { name: "X".repeat(32) });
}

#[test]
fn who_requested_a_change_is_read_from_both_of_its_names() {
    let requested_by = |field: &str, value: Value| {
        let mut message = json!({"type": "TVN", "tokenStatus": "SUSPENDED"});
        message[field] = value;
        match &all(message.to_string().as_bytes())[0].kind {
            NotificationKind::Tvn { token: TokenState::Suspended, requested_by } => requested_by.clone(),
            other => panic!("{other:?}"),
        }
    };
    for (field, value, expected) in [
        ("requestedBy", json!("Cardholder"), Some("CARDHOLDER")),
        ("triggeredBy", json!("TOKEN_REQUESTOR"), Some("TOKEN_REQUESTOR")),
        // A word that is not known is kept in a form that is safe to show.
        ("requestedBy", json!("<b>Wallet 2</b>"), Some("_B_WALLET_2__B_")),
        // It is for support only: a value of another type does not make the message unreadable.
        ("requestedBy", json!(["ISSUER"]), None),
        ("requestedBy", json!(" "), None),
        ("requestedBy", Value::Null, None),
    ] {
        assert_eq!(requested_by(field, value.clone()).as_deref(), expected, "{value}");
    }
    let long = requested_by("requestedBy", json!("X".repeat(100)));
    assert_eq!(long.map(|word| word.len()), Some(32));
}

#[test]
fn a_message_that_cannot_be_read_does_not_hide_the_others() {
    let unreadable =
        [json!(7), json!({"type": ""}), json!({"encryptedPayload": {"encryptedData": "00"}, "type": "TCN"})];
    let [number, empty, encrypted] = unreadable.clone();
    let body = json!([{"type": "TCN"}, number, empty, encrypted, {"type": "TAR"}]).to_string();
    let delivery = parse_any(body.as_bytes()).unwrap();
    assert_eq!(delivery.notifications.len(), 2);
    let messages: Vec<_> = delivery.unreadable.iter().map(|message| message.error.to_string()).collect();
    let form = "a notification is not in the expected form";
    let decryption = "a notification is encrypted and cannot be decrypted";
    // A TAR without its decision is kept, and an operator can read it too.
    let kind = "a notification has an unknown kind, an incomplete one or an invalid id";
    assert_eq!(messages, [form, form, decryption, kind]);
    let contents: Vec<_> = delivery.unreadable.into_iter().map(|message| message.content).collect();
    assert_eq!(contents[..3], unreadable);
}

#[test]
fn a_body_that_is_not_json_is_one_unreadable_message() {
    for body in [&b"<tcn>zebra</tcn>"[..], b"", b"{\"zebra\xFF"] {
        let delivery = parse_any(body).unwrap();
        let [message] = delivery.unreadable.as_slice() else { panic!("{delivery:?}") };
        assert!(matches!(message.error, DeliveryError::Json(_)));
        assert_eq!(message.content.as_str(), Some(&*String::from_utf8_lossy(body)));
        assert!(!format!("{delivery:?}").contains("zebra"), "the content is not in logs");
    }
}

#[test]
fn a_card_number_beside_what_cannot_be_decrypted_is_found() {
    let number = "5555555555554444";
    let body = json!({"walletName": number, "encryptedPayload": {"encryptedData": "00"}}).to_string();
    let delivery = parse_any(body.as_bytes()).unwrap();
    assert_eq!((delivery.with_card_number, delivery.unreadable.len()), (1, 0));
    for plaintext in [json!({"encryptedData": number}), json!({"accountNumber": number}), json!(number)] {
        let body = json!({"encryptedPayload": plaintext}).to_string();
        let delivery = parse_any(body.as_bytes()).unwrap();
        assert_eq!((delivery.with_card_number, delivery.unreadable.len()), (1, 0), "{plaintext}");
    }
    // Encrypted digits are not card numbers.
    let body =
        json!({"encryptedPayload": {"encryptedData": number.repeat(8), "iv": number.repeat(2)}}).to_string();
    let delivery = parse_any(body.as_bytes()).unwrap();
    assert_eq!((delivery.with_card_number, delivery.unreadable.len()), (0, 1));
}

#[test]
fn a_notification_with_mistakes_in_its_encoding_is_read() {
    let body = b"\xef\xbb\xbf{\"type\": \"TCN\", \"walletName\": \"caf\xe9\", \"note\": \"\\ud83d\"}";
    let delivery = parse_any(body).unwrap();
    assert_eq!((delivery.notifications.len(), delivery.unreadable.len()), (1, 0), "{delivery:?}");
    assert_eq!(delivery.notifications[0].kind, NotificationKind::Tcn);
}

#[test]
fn a_time_later_than_the_arrival_counts_as_the_arrival() {
    let arrived: Timestamp = "2026-11-01T10:00:00Z".parse().unwrap();
    let occurred_at = |stated: &str| {
        let body = json!({"type": "TCN", "occurredAt": stated}).to_string();
        parse(body.as_bytes(), arrived, None, &CardNumberDetector::default()).unwrap().notifications[0]
            .occurred_at
    };
    for ahead in ["2026-11-01T10:00:01Z", "2026-11-02T10:00:00Z", "9999-12-30T00:00:00Z"] {
        assert_eq!(occurred_at(ahead), arrived, "{ahead}");
    }
    let before = "2026-11-01T09:59:59Z";
    assert_eq!(occurred_at(before), before.parse().unwrap());
}

#[test]
fn an_invalid_time_or_id_is_left_out() {
    let body = json!({"type": "TCN", "occurredAt": "yesterday", "clientId": -1, "cardContractId": "x",
        "tokenRequestorId": "short", "tokenUniqueReference": "X".repeat(65), "notificationId": "n".repeat(129)});
    let [read] = all(body.to_string().as_bytes()).try_into().unwrap();
    assert_eq!(
        (read.occurred_at, read.client_id, read.card_contract_id),
        (Timestamp::UNIX_EPOCH, None, None)
    );
    assert_eq!((read.token_requestor_id, read.token_unique_reference, read.id.len()), (None, None, 64));
}

#[test]
fn ids_with_fractions_leading_zeros_or_as_numbers_are_the_same_ids() {
    let read = |client: Value, card: Value, requestor: Value| {
        let message = json!({"notificationId": 7, "type": "tcn", "clientId": client, "cardContractId": card,
            "tokenRequestorId": requestor, "responseCode": "00"});
        let [read] = all(message.to_string().as_bytes()).try_into().unwrap();
        (read.id, read.kind, read.client_id, read.card_contract_id, read.token_requestor_id)
    };
    let expected = read(json!(40000), json!(70006), json!("50123197928"));
    assert_eq!((expected.0.as_str(), &expected.1), ("7", &NotificationKind::Tcn));
    assert!(expected.2.is_some() && expected.3.is_some() && expected.4.is_some());
    for (client, card, requestor) in [
        (json!(40000.0), json!(70006.0), json!("50123197928")),
        (json!("00040000"), json!(" 70006"), json!(50_123_197_928_u64)),
        (json!("40000"), json!("70006.0"), json!(50_123_197_928.0)),
    ] {
        assert_eq!(read(client, card, requestor), expected);
    }
}

#[test]
fn a_field_of_the_wrong_type_makes_its_message_unreadable_and_is_named() {
    for (field, value) in [
        ("tokenStatus", json!(7)),
        ("decision", json!(true)),
        ("tokenUniqueReference", json!(7)),
        ("clientId", json!([40000])),
        ("notificationId", json!({})),
    ] {
        let mut message = json!({"type": "TVN", "tokenStatus": "SUSPENDED"});
        message[field] = value;
        let delivery = parse_any(json!([message, {"type": "TCN"}]).to_string().as_bytes()).unwrap();
        assert_eq!(delivery.notifications.len(), 1, "{field}");
        let error = delivery.unreadable[0].error.to_string();
        assert_eq!(error, format!("a notification has a field of the wrong type: /{field}"));
    }
}

#[test]
fn a_time_before_click_to_pay_is_replaced_by_that_of_arrival() {
    let arrived: Timestamp = "2026-01-05T10:30:00Z".parse().unwrap();
    let at = |at: &str| {
        let body = json!({"type": "TCN", "occurredAt": at}).to_string();
        parse(body.as_bytes(), arrived, None, &CardNumberDetector::default()).unwrap().notifications[0]
            .occurred_at
    };
    let valid = "2026-01-05T10:29:58Z";
    assert_eq!(at(valid), valid.parse().unwrap());
    for wrong in ["0008-01-05T10:29:58Z", "1970-01-02T00:00:00Z"] {
        assert_eq!(at(wrong), arrived, "{wrong}");
    }
}

#[test]
fn a_message_with_an_invalid_id_is_kept_and_records_no_fact() {
    for field in [
        r#""clientId":"40000 1""#,
        r#""clientId":1.5"#,
        r#""cardContractId":-1"#,
        r#""tokenRequestorId":"501""#,
    ] {
        let read = all(format!(r#"{{"type":"TCN",{field}}}"#).as_bytes());
        assert_eq!(
            (&read[0].kind, read[0].fact()),
            (&NotificationKind::Other { name: "TCN".into() }, None),
            "{field}"
        );
    }
    assert_eq!(all(br#"{"type":"TCN","clientId":null}"#)[0].kind, NotificationKind::Tcn);
}

/// The message that reports a kind: the match is exhaustive, so a new kind has to be added here.
fn message_of(kind: &NotificationKind) -> Option<Value> {
    Some(match kind {
        NotificationKind::Tar { .. } => json!({"type": "TAR", "decision": "APPROVED"}),
        NotificationKind::Tcn => json!({"type": "TCN"}),
        NotificationKind::Tvn { .. } => {
            json!({"type": "TVN", "tokenStatus": "SUSPENDED", "requestedBy": "ISSUER"})
        }
        NotificationKind::Other { name } => json!({"type": name}),
        NotificationKind::Unknown(_) => return None,
    })
}

#[test]
fn every_kind_is_read_from_its_message() {
    for kind in every_kind() {
        let Some(message) = message_of(&kind) else { continue };
        let read = all(message.to_string().as_bytes());
        assert_eq!(read[0].kind, kind, "add it to `kind_of` in shared/model/src/notification/wire/words.rs");
    }
}

#[test]
fn an_unknown_kind_is_kept() {
    let read = all(br#"{"type":"XYZ"}"#);
    assert_eq!(read[0].kind, NotificationKind::Other { name: "XYZ".into() });
    assert_eq!(read[0].fact(), None);
}

/// The number is a published test number.
#[test]
fn a_message_with_a_card_number_in_any_field_or_name_is_not_read_and_the_others_are() {
    for message in [
        json!({"type": "TCN", "walletName": "5555 5555 5555 4444"}),
        json!({"type": "TCN", "notificationId": "n-1", "deep": [{"5555.5555.5555.4444": null}]}),
        json!({"type": "5555555555554444"}),
        json!({"type": "TCN", "number": 5_555_555_555_554_444_u64}),
    ] {
        let body = json!([{"type": "TCN", "cardContractId": 70001}, message]).to_string();
        let delivery = parse_any(body.as_bytes()).unwrap();
        assert_eq!(delivery.notifications.len(), 1);
        assert_eq!((delivery.with_card_number, delivery.unreadable.len()), (1, 0), "{message}");
    }
    assert!(matches!(parse_any(b"<pan>5555555555554444</pan>"), Err(DeliveryError::CardNumber)));
}

/// Ids are compared with the bank's own account ranges.
#[test]
fn an_id_of_the_sender_that_looks_like_another_banks_card_number_is_accepted() {
    let body = br#"{"type":"TCN","notificationId":"5555555555554444","tokenNumber":"5555555555554444"}"#;
    assert_eq!(all(body)[0].id, "5555555555554444");
    let own = CardNumberDetector::new(vec!["555555000".parse().unwrap()]);
    let delivery = parse(body, Timestamp::UNIX_EPOCH, None, &own).unwrap();
    assert_eq!(delivery.with_card_number, 1);
}

#[test]
fn a_delivery_that_is_empty_or_too_large_is_rejected() {
    let many = format!("[{}]", vec!["{}"; MAX_MESSAGES + 1].join(","));
    for body in [&b"[]"[..], many.as_bytes()] {
        assert!(matches!(parse_any(body), Err(DeliveryError::Count)));
    }
    let full = format!("[{}]", vec![r#"{"type":"TCN"}"#; MAX_MESSAGES].join(","));
    assert_eq!(all(full.as_bytes()).len(), MAX_MESSAGES);
}
