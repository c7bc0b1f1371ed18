//! The record of an erasure: stored before the first deletion and again after the last one, so that an erasure that was
//! interrupted leaves evidence. With the audit trail, both writes are lines of it.

use jiff::Timestamp;
use mastercard::{card::ClientId, digest::sha256_hex};
use model::{
    audit::{Actor, ActorKind, client_pseudonym},
    card_enrollment::ShortHash,
};
use uuid::Uuid;

use super::{
    super::{
        super::{
            StoreError,
            backoff::send_while_busy,
            table::{Item, n, s},
        },
        Enrollments,
        audit::{AUDIT, AuditLine, AuditTrail},
    },
    ClientItems,
};

/// An erasure, from its begin to its end.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// When it started.
    pub started_at: Timestamp,
    /// SHA-256 of the client id, for comparison after a restore.
    pub client_sha256: String,
    id: Uuid,
    client: ShortHash,
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureState {
    /// It was started, and these items were found.
    Started,
    /// Everything that was found is deleted.
    Finished,
    /// It ended before everything was deleted.
    Stopped,
}

impl ErasureState {
    /// The code in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
        }
    }
}

impl Erasure {
    /// A new one, of the data of this client.
    pub fn new(client: ClientId, started_at: Timestamp) -> Self {
        let client_sha256 = sha256_hex(client.to_string().as_bytes());
        Self { started_at, client_sha256, id: Uuid::new_v4(), client: client_pseudonym(client) }
    }
}

impl Enrollments {
    /// Stores how far an erasure is, in place of what was stored of it before. Without the client id.
    ///
    /// # Errors
    /// When the item cannot be written.
    pub async fn record_erasure(
        &self,
        erasure: &Erasure,
        state: ErasureState,
        items: ClientItems,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let count = |items: usize| n(i64::try_from(items).unwrap_or(i64::MAX));
        let mut item = Item::from([
            ("pk".into(), s(&format!("ERASURE#{}", self.table.tenant))),
            ("sk".into(), s(&format!("{}#{}", erasure.started_at, erasure.id))),
            ("tenant".into(), s(&self.table.tenant.to_string())),
            ("clientSha256".into(), s(&erasure.client_sha256)),
            ("state".into(), s(state.as_str())),
            ("enrollments".into(), count(items.enrollments)),
            ("counters".into(), count(items.counters)),
            ("notifications".into(), count(items.notifications)),
            ("tokens".into(), count(items.tokens)),
            ("ttl".into(), n((now + self.retention).as_second())),
        ]);
        if let AuditTrail::On(_) = self.audit {
            // CloudTrail records which operator it was.
            let actor = Actor::internal(ActorKind::Operator, &erasure.id.to_string());
            let line = AuditLine {
                client: erasure.client.to_string(),
                action: "erasure",
                status: state.as_str(),
                at: now.to_string(),
                ..AuditLine::default()
            };
            item.insert(AUDIT.into(), line.by(&actor));
        }
        let put = self.table.db.put_item().table_name(&self.table.name).set_item(Some(item));
        send_while_busy(|| put.clone().send()).await?;
        Ok(())
    }
}
