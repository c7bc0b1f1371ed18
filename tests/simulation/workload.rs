//! The workload: random operations of cardholders, of the schedules, and of one cardholder who tries to access the data of
//! others.

use model::token_id::TokenId;
use serde_json::{Value, json};
use simulator::CLICK_TO_PAY;

use super::{
    event::Event,
    invocation::{Function, Invocation},
    run::Run,
};

#[derive(Clone, Copy)]
pub(super) enum Operation {
    Enroll,
    Restart,
    Read,
    /// A cardholder suspends, resumes or removes a token.
    ChangeToken,
    Reconcile,
    Refresh,
    AccessOthersData,
}

impl Run<'_> {
    /// Random operations; the last one is the first to start.
    pub(super) fn generate_workload(&mut self) -> Vec<Operation> {
        let mut operations = Vec::new();
        let counts = [
            (Operation::Enroll, 2, 8),
            (Operation::Restart, 0, 2),
            (Operation::Read, 0, 3),
            (Operation::ChangeToken, 0, 5),
            (Operation::Reconcile, 1, 3),
            (Operation::AccessOthersData, 1, 4),
        ];
        for (operation, min, max) in counts {
            let count = usize::try_from(self.rng.between(min, max)).unwrap();
            operations.extend(std::iter::repeat_n(operation, count));
        }
        if self.rng.chance(20) {
            operations.push(Operation::Refresh);
        }
        self.rng.shuffle(&mut operations);
        // The other operations need an enrollment.
        operations.push(Operation::Enroll);
        operations
    }

    /// Starts an operation of a random principal.
    pub(super) async fn start_operation(&mut self, operation: Operation) {
        let principal = self.rng.below(self.history.principals.len());
        let invocation = match operation {
            Operation::Enroll => Some(self.enroll(principal)),
            Operation::Restart => self.restart(principal),
            Operation::Read => self.read(principal),
            Operation::ChangeToken => self.change_own_token(principal),
            Operation::Reconcile => Some(Invocation::new(Function::Reconcile, "the schedule")),
            Operation::Refresh => {
                self.history.refreshed = true;
                Some(Invocation::new(Function::Refresh, "the schedule"))
            }
            Operation::AccessOthersData => return self.access_others_data().await,
        };
        if let Some(invocation) = invocation {
            self.start(invocation).await;
        }
    }

    /// An enrollment of one of few cards, with one of few idempotency keys.
    fn enroll(&mut self, principal: usize) -> Invocation {
        let card = self.rng.below(self.history.principals[principal].cards.len());
        let (key, callback) =
            (self.rng.below(2), self.rng.choose(&["mobile-app", "mobile-app", "mobile-app", "web-bank"]));
        let card_contract_id = self.history.principals[principal].cards[card];
        let invocation = self.enroll_request(principal, card_contract_id, callback);
        let label = format!("card {} with key {key}, callback {callback}", card + 1);
        Invocation { label, ..invocation }.with_key(&format!("tap-{key}"))
    }

    pub(super) fn enroll_request(&self, principal: usize, card: u64, callback: &str) -> Invocation {
        let mut body = attempt_body(callback);
        body["cardContractId"] = card.to_string().into();
        body["tokenRequestorId"] = CLICK_TO_PAY.into();
        let event = Event::new("POST /enrollments", "/enrollments").with_body(&body);
        let invocation = self.request(principal, Function::Enroll, "", event);
        Invocation { card: Some(card), ..invocation }
    }

    fn restart(&mut self, principal: usize) -> Option<Invocation> {
        let id = self.known_enrollment(|owner| owner == principal)?;
        let request = self.restart_request(principal, &id);
        Some(request.with_key(&format!("tap-{}", self.rng.below(2))))
    }

    fn restart_request(&mut self, principal: usize, id: &str) -> Invocation {
        let path = format!("/enrollments/{id}/attempts");
        let event = Event::new("POST /enrollments/{enrollmentId}/attempts", &path);
        let label = format!("{} again", self.trace.enrollment(id));
        self.request(principal, Function::Enroll, &label, event.with_body(&attempt_body("mobile-app")))
    }

    fn read(&mut self, principal: usize) -> Option<Invocation> {
        let card = self.history.principals[principal].cards[0];
        match (self.rng.below(4), self.known_enrollment(|owner| owner == principal)) {
            (0, _) => {
                let event = Event::new("GET /enrollments", "/enrollments");
                Some(self.request(principal, Function::GetEnrollment, "all enrollments", event))
            }
            (1, _) => Some(self.card_request(principal, card)),
            (_, Some(id)) => Some(self.enrollment_request(principal, &id)),
            (_, None) => None,
        }
    }

    fn enrollment_request(&mut self, principal: usize, id: &str) -> Invocation {
        let event = Event::new("GET /enrollments/{enrollmentId}", &format!("/enrollments/{id}"));
        let label = self.trace.enrollment(id);
        self.request(principal, Function::GetEnrollment, &label, event)
    }

    fn card_request(&self, principal: usize, card: u64) -> Invocation {
        let event = Event::new("GET /cards", &format!("/cards?cardContractId={card}"));
        Invocation { card: Some(card), ..self.request(principal, Function::ListCards, "a card", event) }
    }

    fn change_own_token(&mut self, principal: usize) -> Option<Invocation> {
        let card = self.rng.choose(&self.history.principals[principal].cards.clone());
        self.token_request(principal, principal, card)
    }

    /// A change of a token of the owner's card by a principal, with one of few idempotency keys. `None` without a token.
    fn token_request(&mut self, principal: usize, owner: usize, card: u64) -> Option<Invocation> {
        let action = self.rng.choose(&["suspend", "resume", "remove"]);
        let key = self.rng.below(2);
        let client = self.history.principals[owner].client;
        let mut tokens = self.harness.simulator().tokens_of(client);
        tokens.retain(|token| token.card_contract_id == card);
        if tokens.is_empty() {
            return None;
        }
        let token = tokens.swap_remove(self.rng.below(tokens.len()));
        let requestor = token.token_requestor_id.parse().unwrap();
        let id = TokenId::new(client.into(), card.into(), &requestor, &token.token_unique_reference);
        let path = format!("/cards/{card}/tokens/{id}/{action}");
        let event = Event::new(&format!("POST /cards/{{cardContractId}}/tokens/{{tokenId}}/{action}"), &path);
        let event = if action == "remove" { event.with_body(&json!({ "confirm": true })) } else { event };
        let invocation = self.request(principal, Function::ManageTokens, action, event);
        Some(
            Invocation { card: Some(card), token: Some(id), ..invocation }.with_key(&format!("change-{key}")),
        )
    }

    /// A request with the token of a principal.
    pub(super) fn request(
        &self,
        principal: usize,
        function: Function,
        label: &str,
        event: Event,
    ) -> Invocation {
        let event = event.with_client(self.history.principals[principal].client);
        Invocation::new(function, label).with_principal(principal).with_event(event)
    }

    /// A random enrollment that an app of such an owner knows.
    fn known_enrollment(&mut self, is_owner: impl Fn(usize) -> bool) -> Option<String> {
        let known = self.browsers.known_enrollments.iter();
        let ids: Vec<_> = known.filter(|(owner, _)| is_owner(*owner)).map(|(_, id)| id.clone()).collect();
        if ids.is_empty() { None } else { Some(self.rng.choose(&ids)) }
    }

    /// The last principal tries to read or change what belongs to others.
    async fn access_others_data(&mut self) {
        let principal = self.history.principals.len() - 1;
        let victim = self.rng.below(principal);
        let card = self.rng.choose(&self.history.principals[victim].cards.clone());
        let foreign = self.known_enrollment(|owner| owner != principal);
        match (self.rng.below(8), foreign) {
            (0, Some(id)) => {
                let invocation = self.enrollment_request(principal, &id).unauthorized();
                self.start(invocation).await;
            }
            (1, Some(id)) => {
                let invocation = self.restart_request(principal, &id).with_key("tap-0").unauthorized();
                self.start(invocation).await;
            }
            (2, _) => {
                let invocation = self.card_request(principal, card);
                self.start(invocation).await;
            }
            (7, _) => {
                if let Some(invocation) = self.token_request(principal, victim, card) {
                    self.start(invocation.unauthorized()).await;
                }
            }
            (3, _) => {
                self.guess_state(principal).await;
            }
            (4, _) if !self.history.notifications.is_empty() => {
                let notification = self.rng.below(self.history.notifications.len());
                self.deliver(vec![notification], false).await;
            }
            _ => {
                let label = "another's card".into();
                let invocation = Invocation { label, ..self.enroll_request(principal, card, "mobile-app") };
                let key = self.rng.below(2);
                self.start(invocation.with_key(&format!("tap-{key}"))).await;
            }
        }
    }
}

/// The body of a new attempt. It is the same each time, so that a repeated idempotency key has the same request.
fn attempt_body(callback: &str) -> Value {
    json!({
        "platform": "ios",
        "callback": callback,
        "consent": { "termsVersion": "2024-12", "acceptedAt": "2024-12-31T23:00:00Z" },
    })
}
