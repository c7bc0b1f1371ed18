//! The forms of the panel.

use serde::Deserialize;

use super::menu;
use crate::{
    click_to_pay::callback::CallbackStyle,
    faults::Times,
    mastercard::Mastercard,
    notifications::{Delivery, NotificationPlan},
    operation::Operation,
    world::token::TokenStatus,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlanForm {
    tar_copies: u32,
    tar_delay: u64,
    tcn_copies: u32,
    tcn_delay: u64,
    tvn_copies: u32,
    tvn_delay: u64,
    tcn_before_tar: Option<String>,
    tvn_on_cancel: Option<String>,
    retries: u32,
    backoff: u64,
}

#[derive(Deserialize)]
pub(super) struct FaultForm {
    operation: Operation,
    fault: String,
    times: String,
}

#[derive(Deserialize)]
pub(super) struct CardForm {
    pub(super) card: u64,
    pub(super) status: String,
}

#[derive(Deserialize)]
pub(super) struct TokenForm {
    /// `{card contract id}/{token requestor id}`
    pub(super) token: String,
    pub(super) status: TokenStatus,
}

#[derive(Deserialize)]
pub(super) struct StyleForm {
    pub(super) style: CallbackStyle,
}

impl PlanForm {
    pub(super) fn into_plan(self) -> NotificationPlan {
        let delivery = |copies, delay_milliseconds| Delivery { copies, delay_milliseconds };
        NotificationPlan {
            tar: delivery(self.tar_copies, self.tar_delay),
            tcn: delivery(self.tcn_copies, self.tcn_delay),
            tvn: delivery(self.tvn_copies, self.tvn_delay),
            tcn_before_tar: self.tcn_before_tar.is_some(),
            retries: self.retries,
            backoff_milliseconds: self.backoff,
            tvn_on_cancel: self.tvn_on_cancel.is_some(),
        }
    }
}

impl FaultForm {
    /// Injects the fault; `None` if the form is invalid.
    pub(super) fn set(self, mastercard: &Mastercard) -> Option<()> {
        let (_, _, fault) = menu::faults().into_iter().find(|(slug, _, _)| *slug == self.fault)?;
        let times = match self.times.as_str() {
            "always" => Times::Always,
            times => Times::Next(times.parse().ok()?),
        };
        mastercard.faults.set(self.operation, "", fault, times);
        Some(())
    }
}
