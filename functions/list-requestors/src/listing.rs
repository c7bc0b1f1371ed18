//! One state of the catalog, ready to be answered: every offer is JSON already, and whole answers are made when they
//! are first asked for and then kept.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::{catalog::Snapshot, http::Cause, token_requestor::TokenRequestor};
use url::Url;

use crate::{asked::Asked, encoding, offer::Offer, order::Order};

/// Whole answers that are kept: for three platforms, and for the account ranges that were asked for last. Ten are 20 MB
/// of a catalog of two thousand requestors.
const KEPT: usize = 10;

/// What an answer says about time, which passes while the catalog stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) stale: bool,
}

/// One state of the catalog.
pub(crate) struct Listing {
    /// In the order for people.
    entries: Vec<Entry>,
    /// What was asked for last comes first.
    answers: Mutex<VecDeque<(Asked, Moment, Arc<Answer>)>>,
}

struct Entry {
    requestor: TokenRequestor,
    json: Box<RawValue>,
}

/// A whole body.
pub(crate) struct Answer {
    pub(crate) text: String,
    /// The same, compressed.
    pub(crate) gzip: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    token_requestors: Vec<&'a RawValue>,
    catalog_updated_at: Option<Timestamp>,
    stale: bool,
}

impl Listing {
    pub(crate) fn new(snapshot: &Snapshot, order: &Order, logos: &Url) -> Result<Self, serde_json::Error> {
        let mut entries = Vec::new();
        for known in snapshot.offered() {
            let json = to_raw_value(&Offer::new(&known.requestor, snapshot.logos(known), logos))?;
            entries.push(Entry { requestor: known.requestor.clone(), json });
        }
        entries.sort_by(|one, other| order.compare(&one.requestor, &other.requestor));
        Ok(Self { entries, answers: Mutex::default() })
    }

    /// From memory if it was made already; requests that come together wait for one of them to make it.
    pub(crate) fn answer(&self, asked: &Asked, moment: Moment) -> Result<Arc<Answer>, Cause> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let made = answers.iter().position(|(of, at, _)| of == asked && *at == moment);
        let (_, _, answer) = match made.and_then(|at| answers.remove(at)) {
            Some(made) => made,
            None => (asked.clone(), moment, Arc::new(self.make(asked, moment)?)),
        };
        answers.push_front((asked.clone(), moment, Arc::clone(&answer)));
        answers.truncate(KEPT);
        Ok(answer)
    }

    fn make(&self, asked: &Asked, moment: Moment) -> Result<Answer, Cause> {
        let fits = |requestor: &TokenRequestor| {
            let takes = |range| requestor.enabled_account_ranges.contains(range);
            requestor.reaches(asked.platform) && asked.account_range.as_ref().is_none_or(takes)
        };
        let entries = self.entries.iter().filter(|entry| fits(&entry.requestor));
        let document = Document {
            token_requestors: entries.map(|entry| &*entry.json).collect(),
            catalog_updated_at: moment.updated_at,
            stale: moment.stale,
        };
        let text = serde_json::to_string(&document)?;
        let gzip = encoding::gzip(&text)?;
        Ok(Answer { text, gzip })
    }
}
