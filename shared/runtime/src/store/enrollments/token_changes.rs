//! The changes of a token that its cardholder or the bank's staff requested: an item of its own, for a token need not have an
//! enrollment. With the audit trail, the start and the end of each change are lines of it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use mastercard::{
    card::{CardContractId, ClientId},
    processing::ClientToken,
};
use model::{
    audit::{AuditedTokenChange, client_pseudonym},
    enrollment::Fact,
    token_changes::{RequestedChange, Run, RunEnd, TokenChangeRefusal, TokenChanges, TokenOperation},
    token_id::TokenId,
    token_list,
};
use uuid::Uuid;

use super::{
    super::{
        StoreError,
        backoff::{backoff, send_while_busy},
        table::{Item, is_condition_error, n, s},
    },
    Enrollments, IdempotencyKey, Versioned,
    audit::AUDIT,
    item::{Attributes, Elements, InvalidItem, Place, bytes, list, time, value},
};

/// Attempts against concurrent writers of the same token.
const ATTEMPTS: u32 = 8;
/// How long the item is kept after its last write: as long as its keys count, and an hour more.
const RETENTION: SignedDuration = SignedDuration::from_hours(25);
/// The prefix of the sort key.
pub(super) const TOKEN: &str = "TOKEN#";

/// A token of a client's card, by this server's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenRef {
    /// The client.
    pub client: ClientId,
    /// The card.
    pub card: CardContractId,
    /// The token.
    pub token: TokenId,
}

/// A change that runs: no other change of the token runs beside it.
#[derive(Debug)]
pub struct RunningChange {
    token: TokenRef,
    /// The line of its start.
    started: AuditedTokenChange,
    run: Run,
    changes: TokenChanges,
    /// Whether the request was sent before, and its outcome is not known.
    pub is_repetition: bool,
    /// When the last change before this one ended.
    pub last_ended_at: Option<Timestamp>,
}

impl Enrollments {
    /// Starts a change, once for its idempotency key and only while no other change of the token runs. It is audited as a change
    /// by the actor of [`Self::for_actor`], and so is its end.
    pub async fn start_token_change(
        &self,
        token: TokenRef,
        key: &IdempotencyKey,
        operation: impl Into<TokenOperation>,
        now: Timestamp,
    ) -> Result<Result<RunningChange, TokenChangeRefusal>, StoreError> {
        self.start_change(token, key, started(token, operation.into(), now)).await
    }

    /// Starts to move a token to another card, where its id is `new_token`. Otherwise as [`Self::start_token_change`].
    pub async fn start_relink(
        &self,
        token: TokenRef,
        new_token: TokenId,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Result<RunningChange, TokenChangeRefusal>, StoreError> {
        let started = started(token, TokenOperation::Relink, now);
        let started = AuditedTokenChange { new_token: Some(new_token), ..started };
        self.start_change(token, key, started).await
    }

    async fn start_change(
        &self,
        token: TokenRef,
        key: &IdempotencyKey,
        started: AuditedTokenChange,
    ) -> Result<Result<RunningChange, TokenChangeRefusal>, StoreError> {
        let run = Run { id: Uuid::new_v4(), began_at: started.at };
        for attempt in 0..ATTEMPTS {
            let stored = self.token_changes(token).await?;
            let (next, is_repetition) = match stored.start(key.hash(), started.operation, run) {
                Ok(next) => next,
                Err(refusal) => return Ok(Err(refusal)),
            };
            if next == stored || self.put_token_changes(token, &next, &started).await? {
                let last_ended_at = stored.ended_at;
                return Ok(Ok(RunningChange {
                    token,
                    started,
                    run,
                    changes: next,
                    is_repetition,
                    last_ended_at,
                }));
            }
            backoff(attempt).await;
        }
        Err(StoreError::Contended)
    }

    /// Ends a change. If another run has taken its place, nothing is written.
    pub async fn end_token_change(
        &self,
        running: &RunningChange,
        end: RunEnd,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(ended) = running.changes.end(running.run, end, now) {
            // A failed condition means that the answer of this very write was lost, or that the run took too long.
            let audited = AuditedTokenChange { end: Some(end), at: now, ..running.started };
            self.put_token_changes(running.token, &ended, &audited).await?;
        }
        Ok(())
    }

    /// Whether this change was requested with this key within a day.
    pub async fn is_token_change_known(
        &self,
        token: TokenRef,
        key: &IdempotencyKey,
        action: impl Into<TokenOperation>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.token_changes(token).await?.is_known(key.hash(), action, now))
    }

    /// The enrollment that made a token of this client, current or past.
    pub async fn enrollment_of_token(
        &self,
        client: ClientId,
        token: &ClientToken,
        now: Timestamp,
    ) -> Result<Option<Versioned>, StoreError> {
        let Some(requestor) = &token.token_requestor_id else { return Ok(None) };
        let place = Place { client, card: token.card_contract_id, requestor: requestor.clone() };
        let items = self.items_of(&place).await?;
        let current = items.card.as_ref().map(|card| &card.current.enrollment);
        let past = items.past.iter().map(|record| &record.enrollment);
        let mut newest_first: Vec<_> = current.into_iter().chain(past).collect();
        newest_first.sort_by_key(|enrollment| std::cmp::Reverse(enrollment.enrollment_id));
        let owner = token_list::enrollment_of(token, newest_first.into_iter(), now);
        let id = owner.map(|enrollment| enrollment.enrollment_id);
        Ok(id.and_then(|id| Versioned::new(items, id)))
    }

    /// The enrollment at which a change of a token was requested: the last one, if several were.
    pub async fn enrollment_of_requested_change(
        &self,
        token: TokenRef,
    ) -> Result<Option<Versioned>, StoreError> {
        let of_card = self.of_client_and_card(token.client, Some(token.card)).await?;
        let is_requested = |stored: &Versioned| {
            let mut facts = stored.enrollment().facts.iter().map(|recorded| &recorded.fact);
            facts.any(|fact| {
                matches!(fact, Fact::TokenChangeRequested { token_id, .. } if *token_id == token.token)
            })
        };
        Ok(of_card.into_iter().find(is_requested))
    }

    async fn token_changes(&self, token: TokenRef) -> Result<TokenChanges, StoreError> {
        let item = self.table.get_item(&self.client_key(token.client), &token.sort_key()).await?;
        Ok(item.as_ref().map(decode).transpose()?.unwrap_or_default())
    }

    /// Whether it was written: the stored revision is the one before.
    async fn put_token_changes(
        &self,
        token: TokenRef,
        changes: &TokenChanges,
        audited: &AuditedTokenChange,
    ) -> Result<bool, StoreError> {
        let mut item = encode(changes);
        item.insert("pk".into(), s(&self.client_key(token.client)));
        item.insert("sk".into(), s(&token.sort_key()));
        item.insert("tenant".into(), s(&self.table.tenant.to_string()));
        item.insert("ttl".into(), n((audited.at + RETENTION).as_second()));
        item.extend(self.token_change_attribute(audited).map(|line| (AUDIT.into(), line)));
        let put = self.table.db.put_item().table_name(&self.table.name).set_item(Some(item));
        let put = match changes.revision {
            1 => put.condition_expression("attribute_not_exists(pk)"),
            revision => put
                .condition_expression("revision = :revision")
                .expression_attribute_values(":revision", n(revision.saturating_sub(1))),
        };
        match send_while_busy(|| put.clone().send()).await {
            Ok(_) => Ok(true),
            Err(error) if is_condition_error(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl TokenRef {
    fn sort_key(&self) -> String {
        format!("{TOKEN}{}#{}", self.card, self.token)
    }
}

fn started(token: TokenRef, operation: TokenOperation, at: Timestamp) -> AuditedTokenChange {
    let client = client_pseudonym(token.client);
    AuditedTokenChange { token: token.token, new_token: None, client, operation, end: None, at }
}

fn encode(changes: &TokenChanges) -> Item {
    let TokenChanges { requests, ended_at, revision } = changes;
    let optional_time = |at: Option<Timestamp>| at.map_or(AttributeValue::Null(true), time);
    let request = |request: &RequestedChange| {
        let RequestedChange { key, action, requested_at, run, outcome } = request;
        let run_id = run.map_or(AttributeValue::Null(true), |run| bytes(run.id.as_bytes()));
        list([
            bytes(key.as_bytes()),
            value(action),
            time(*requested_at),
            run_id,
            optional_time(run.map(|run| run.began_at)),
            value(outcome),
        ])
    };
    let mut item = Item::from([
        ("changes".into(), list(requests.iter().map(request))),
        ("revision".into(), n(*revision)),
    ]);
    item.extend(ended_at.map(|at| ("endedAt".into(), time(at))));
    item
}

fn decode(item: &Item) -> Result<TokenChanges, InvalidItem> {
    let attributes = Attributes(item);
    let request = |stored: &AttributeValue| {
        let mut elements = Elements::of(stored)?;
        let (key, action, requested_at) = (elements.hash()?, elements.value()?, elements.time()?);
        let run_id = elements.next()?.as_b().ok().and_then(|id| Uuid::from_slice(id.as_ref()).ok());
        let began_at = elements.optional_time()?;
        let run = run_id.zip(began_at).map(|(id, began_at)| Run { id, began_at });
        Some(RequestedChange { key, action, requested_at, run, outcome: elements.value()? })
    };
    let requests: Option<_> = attributes.list("changes")?.iter().map(request).collect();
    Ok(TokenChanges {
        requests: requests.ok_or(InvalidItem("changes"))?,
        ended_at: attributes.time("endedAt")?,
        revision: attributes.number("revision")?.ok_or(InvalidItem("revision"))?,
    })
}

#[cfg(test)]
mod tests {
    use mastercard::processing::TokenAction::Suspend;
    use model::card_enrollment::ShortHash;

    use super::*;

    #[test]
    fn changes_are_read_as_they_were_written() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut changes = TokenChanges::default();
        for number in 0..16_u8 {
            let run = Run { id: Uuid::new_v4(), began_at: at(number.into()) };
            let (running, _) = changes.start(ShortHash::of(&[number]), Suspend, run).unwrap();
            assert_eq!(decode(&encode(&running)).unwrap(), running);
            let end = RunEnd::Ended(model::token_changes::TokenChangeOutcome::StillSuspended);
            changes = running.end(run, end, run.began_at).unwrap();
            assert_eq!(decode(&encode(&changes)).unwrap(), changes);
        }
    }
}
