//! Scenarios: what can go wrong, set with one click, and what to watch then.

use crate::{
    faults::{Fault, Times},
    mastercard::Mastercard,
    notifications::{Delivery, NotificationPlan},
    operation::Operation,
};

/// A scenario, and what it shows in the pages of the issuer's side.
pub(super) struct Scenario {
    pub(super) slug: &'static str,
    pub(super) title: &'static str,
    /// What to watch, and where.
    pub(super) watch: &'static str,
    /// Faults of each operation; the others work.
    faults: fn(Operation) -> Option<(Fault, Times)>,
    plan: fn() -> NotificationPlan,
}

/// Calls of the issuer, without the cardholder's browser.
fn of_issuer(operation: Operation, fault: Fault) -> Option<(Fault, Times)> {
    (operation != Operation::Provision).then_some((fault, Times::Always))
}

/// The scenarios, in the order of the panel.
pub(super) const SCENARIOS: [Scenario; 6] = [
    Scenario {
        slug: "all-well",
        title: "Everything works",
        watch: "Clears all faults and sends all notifications at once. The bank app enables a card in seconds.",
        faults: |_| None,
        plan: NotificationPlan::default,
    },
    Scenario {
        slug: "tcn-lost",
        title: "TCN lost",
        watch: "Enable a card. Support's page marks the TCN as missing; the token list, which the server reads instead, \
            enables the card in the bank app.",
        faults: |_| None,
        plan: || NotificationPlan {
            tcn: Delivery { copies: 0, ..Delivery::default() },
            ..NotificationPlan::default()
        },
    },
    Scenario {
        slug: "late",
        title: "Notifications late",
        watch: "Enable a card and return at once. The bank app waits, and Live shows steps 17 and 21 ten seconds after the \
            others.",
        faults: |_| None,
        plan: || {
            let late = || Delivery { copies: 1, delay_milliseconds: 10_000 };
            NotificationPlan { tar: late(), tcn: late(), tvn: late(), ..NotificationPlan::default() }
        },
    },
    Scenario {
        slug: "push-lost",
        title: "Answer to the push lost",
        watch: "Enable a card. The bank app is not sure, and does not push again; support's page shows that the outcome is \
            unknown, and when the token list is read.",
        faults: |operation| {
            (operation == Operation::PushMultipleAccounts).then_some((Fault::ResponseLost, Times::Next(1)))
        },
        plan: NotificationPlan::default,
    },
    Scenario {
        slug: "clock-off",
        title: "Clock off by an hour",
        watch: "Mastercard rejects every signature, if its check of their time is on, as it is when local runs the \
            simulator. The bank app shows the cards without their state; enabling one fails, and the log says that the keys \
            or the clock are wrong.",
        faults: |operation| of_issuer(operation, Fault::ClockAhead { seconds: 3_600 }),
        plan: NotificationPlan::default,
    },
    Scenario {
        slug: "down",
        title: "Mastercard down",
        watch: "Every call gets a 503. The bank app shows the cards without their state, and says that Mastercard cannot be \
            reached; after a few tries it says so at once. Support's page shows the failed pushes.",
        faults: |operation| of_issuer(operation, Fault::Status { code: 503, json: true }),
        plan: NotificationPlan::default,
    },
];

impl Scenario {
    pub(super) fn find(slug: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|it| it.slug == slug)
    }

    /// Replaces all faults and the notification plan.
    pub(super) fn set(&self, mastercard: &Mastercard) {
        mastercard.faults.clear();
        mastercard.notifier.set_plan((self.plan)());
        for operation in Operation::ALL {
            if let Some((fault, times)) = (self.faults)(operation) {
                mastercard.faults.set(operation, "", fault, times);
            }
        }
    }
}
