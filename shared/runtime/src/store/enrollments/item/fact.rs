//! A recorded fact as a list: `[kind, time, fields…, attempt?, calls?]`, about a third of the size of a map. A fact that
//! does not survive this form, such as one of a newer version, is stored as a map.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use mastercard::call::Call;
use model::{
    card_enrollment::ShortHash,
    enrollment::{Consent, Fact, RecordedFact},
    token_id::TokenId,
};
use uuid::Uuid;

use super::{
    super::super::table::{n, s},
    attributes::{Elements, bytes, list, time, value},
    lists::{decode_authentication, encode_authentication},
};

/// The stored form.
pub(super) fn encode(recorded: &RecordedFact) -> AttributeValue {
    let compact = compact(recorded);
    match compact.filter(|compact| decode_list(compact).as_ref() == Some(recorded)) {
        Some(compact) => compact,
        None => value(recorded),
    }
}

/// Reads the stored form.
pub(super) fn decode(stored: &AttributeValue) -> Option<RecordedFact> {
    match stored {
        AttributeValue::L(_) => decode_list(stored),
        _ => serde_dynamo::from_attribute_value(stored.clone()).ok(),
    }
}

fn compact(recorded: &RecordedFact) -> Option<AttributeValue> {
    let RecordedFact { at, attempt, fact, calls, .. } = recorded;
    let mut elements = vec![s(fact.kind()), time(*at)];
    elements.extend(fields(recorded)?);
    if *attempt > 1 || !calls.is_empty() {
        elements.push(n((*attempt).into()));
    }
    if !calls.is_empty() {
        elements.push(list(calls.iter().map(encode_call)));
    }
    Some(list(elements))
}

fn fields(recorded: &RecordedFact) -> Option<Vec<AttributeValue>> {
    let id = || recorded.notification_id().map(|id| bytes(id.as_bytes()));
    Some(match &recorded.fact {
        Fact::Restarted { platform, callback, consent, respond_by } => {
            let Consent { terms_version, accepted_at, authentication } = consent;
            let mut fields =
                vec![value(platform), s(callback), s(terms_version), time(*accepted_at), time(*respond_by)];
            fields.extend(authentication.as_deref().map(encode_authentication));
            fields
        }
        Fact::Pushed { receipt_hashes, expires_at } => {
            let hashes: Option<Vec<_>> =
                receipt_hashes.iter().map(|hash| Some(bytes(&hex::decode(hash).ok()?))).collect();
            vec![list(hashes?), time(*expires_at)]
        }
        Fact::PushFailed { reason, retryable } => vec![value(reason), AttributeValue::Bool(*retryable)],
        Fact::PushUnknown | Fact::TokenListReadFailed => Vec::new(),
        Fact::Tar { decision, occurred_at } => vec![value(decision), optional_time(*occurred_at), id()?],
        Fact::Tcn { token_unique_reference, occurred_at } => {
            vec![value(token_unique_reference), time(*occurred_at), id()?]
        }
        // One that states who requested the change is stored as a map.
        Fact::Tvn { token, requested_by: None, occurred_at } => {
            vec![value(token), time(*occurred_at), id()?]
        }
        Fact::Tvn { requested_by: Some(_), .. } => return None,
        Fact::Callback { result } => vec![value(result)],
        Fact::TokenList { token } => vec![value(token)],
        Fact::TokenChangeRequested { action, token_id } => vec![value(action), bytes(token_id.as_bytes())],
        Fact::TokenChangeConfirmed { action, token_id, listed } => {
            vec![value(action), bytes(token_id.as_bytes()), value(listed)]
        }
        Fact::Unknown(_) => return None,
    })
}

fn decode_list(stored: &AttributeValue) -> Option<RecordedFact> {
    let mut elements = Elements::of(stored)?;
    let kind: String = elements.value()?;
    let at = elements.time()?;
    let mut source = at.to_string();
    let mut set_source = |id: ShortHash| source = id.to_string();
    let fact = match kind.as_str() {
        "restarted" => {
            let (platform, callback) = (elements.value()?, elements.value()?);
            let (terms_version, accepted_at) = (elements.value()?, elements.time()?);
            let respond_by = elements.time()?;
            let authentication = match elements.next_list() {
                Some(stored) => Some(Box::new(decode_authentication(stored)?)),
                None => None,
            };
            let consent = Consent { terms_version, accepted_at, authentication };
            Fact::Restarted { platform, callback, consent, respond_by }
        }
        "pushed" => {
            let hashes = elements.next()?.as_l().ok()?.iter();
            let receipt_hashes =
                hashes.map(|hash| Some(hex::encode(hash.as_b().ok()?.as_ref()))).collect::<Option<_>>()?;
            Fact::Pushed { receipt_hashes, expires_at: elements.time()? }
        }
        "push_failed" => {
            Fact::PushFailed { reason: elements.value()?, retryable: *elements.next()?.as_bool().ok()? }
        }
        "push_unknown" => Fact::PushUnknown,
        "tar" => {
            let fact = Fact::Tar { decision: elements.value()?, occurred_at: elements.optional_time()? };
            set_source(elements.hash()?);
            fact
        }
        "tcn" => {
            let fact = Fact::Tcn { token_unique_reference: elements.value()?, occurred_at: elements.time()? };
            set_source(elements.hash()?);
            fact
        }
        "tvn" => {
            let fact =
                Fact::Tvn { token: elements.value()?, requested_by: None, occurred_at: elements.time()? };
            set_source(elements.hash()?);
            fact
        }
        "callback" => Fact::Callback { result: elements.value()? },
        "token_list" => Fact::TokenList { token: elements.value()? },
        "token_list_read_failed" => Fact::TokenListReadFailed,
        "token_change_requested" => {
            let (action, token_id) = (elements.value()?, TokenId::from_hash(elements.hash()?));
            Fact::TokenChangeRequested { action, token_id }
        }
        "token_change_confirmed" => {
            let (action, token_id) = (elements.value()?, TokenId::from_hash(elements.hash()?));
            Fact::TokenChangeConfirmed { action, token_id, listed: elements.value()? }
        }
        _ => return None,
    };
    let of_one_attempt = fact.is_of_one_attempt();
    let mut recorded = fact.recorded(at, &source);
    if let Some(attempt) = elements.next() {
        let attempt = attempt.as_n().ok()?.parse().ok()?;
        recorded =
            if of_one_attempt { recorded.in_attempt(attempt) } else { RecordedFact { attempt, ..recorded } };
    }
    let calls = match elements.next() {
        Some(calls) => calls.as_l().ok()?.iter().map(decode_call).collect::<Option<_>>()?,
        None => Vec::new(),
    };
    Some(recorded.with_calls(calls))
}

/// Operations that are stored by their position, which is shorter than the name. Only append.
const OPERATIONS: [&str; 4] =
    ["getTokensByClient", "searchFundingAccounts", "pushMultipleAccounts", "setTokenStatus"];

/// `[operation, milliseconds, status, correlation id]`; an id that is a UUID as its 16 bytes.
fn encode_call(call: &Call) -> AttributeValue {
    let Call { operation, milliseconds, status, correlation_id } = call;
    let uuid = Uuid::try_parse(correlation_id).ok().filter(|uuid| uuid.to_string() == *correlation_id);
    let position =
        (0_i64..).zip(OPERATIONS).find(|(_, known)| known == operation).map(|(position, _)| position);
    list([
        position.map_or_else(|| s(operation), n),
        value(milliseconds),
        value(status),
        uuid.map_or_else(|| s(correlation_id), |uuid| bytes(uuid.as_bytes())),
    ])
}

fn decode_call(stored: &AttributeValue) -> Option<Call> {
    let mut elements = Elements::of(stored)?;
    let operation = match elements.next()? {
        // One of a newer version is only a label for support.
        AttributeValue::N(position) => match OPERATIONS.get(position.parse::<usize>().ok()?) {
            Some(operation) => (*operation).to_owned(),
            None => format!("operation {position}"),
        },
        name => name.as_s().ok()?.clone(),
    };
    let (milliseconds, status) = (elements.value()?, elements.value()?);
    let correlation_id = match elements.next()? {
        AttributeValue::B(id) => Uuid::from_slice(id.as_ref()).ok()?.to_string(),
        id => id.as_s().ok()?.clone(),
    };
    Some(Call { operation, milliseconds, status, correlation_id })
}

fn optional_time(at: Option<Timestamp>) -> AttributeValue {
    at.map_or(AttributeValue::Null(true), time)
}
