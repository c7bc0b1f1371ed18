//! Sessions of cardholders and their callbacks.

use std::sync::PoisonError;

use serde::Serialize;
use uuid::Uuid;

use crate::{
    click_to_pay::{
        callback::CallbackStyle,
        session::{Phase, Session},
    },
    simulator::Simulator,
};

impl Simulator {
    /// The latest sessions, in no particular order.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionSummary> {
        let sessions = self.mastercard.sessions.lock();
        let summary = |session: &Session| SessionSummary {
            id: session.id,
            requestor_name: session.requestor_name.clone(),
            headline: session.headline().as_str(),
            finished: session.phase == Phase::Finished,
        };
        sessions.iter().map(|(_, session)| summary(session)).collect()
    }

    /// Sets how callbacks are composed.
    pub fn set_callback_style(&self, style: CallbackStyle) {
        *self.mastercard.callback_style.lock().unwrap_or_else(PoisonError::into_inner) = style;
    }
}

/// A cardholder's session at a token requestor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionSummary {
    /// The id in `/click-to-pay/sessions/{id}`.
    pub id: Uuid,
    /// Name of the token requestor.
    pub requestor_name: String,
    /// The page's headline.
    pub headline: &'static str,
    /// Whether only the callback is left.
    pub finished: bool,
}
