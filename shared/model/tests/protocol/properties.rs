//! The steps of a scenario, and the invariants that hold in every state.

use mastercard::processing::TokenAction;
use model::{
    card_enrollment::{Command, EnrollmentRecord, ShortHash, decide},
    enrollment::{Fact, Status, TokenState},
};
use stateright::{Model, Property};

use crate::{
    actor::{Actor, Answer, ChangeStage, Stage, TapStage, state_hash},
    scenario::{Kind, Scenario, TokenChange, time},
    state::State,
};

pub(crate) const ONE_PUSH: &str =
    "a card is pushed once for a key, and never while another enrollment holds it";
pub(crate) const ONCE: &str = "a notification counts at one enrollment, and there once";
pub(crate) const KEPT: &str = "an acknowledged notification is kept";
pub(crate) const ENABLED: &str = "a card is enabled only by a token that Mastercard reported";
pub(crate) const OWN: &str = "a request is never refused because of its own enrollment";
pub(crate) const ACCEPTED: &str = "a card is enabled only once the cardholder came back or the list showed the token after the receipts' end";
pub(crate) const REMOVED: &str = "a token that was removed here is never enabled again";
pub(crate) const SUSPENDED: &str = "a token that was suspended here is enabled only by a later resumption";
pub(crate) const RESUMED: &str = "a token that was resumed here is not shown as suspended";
pub(crate) const CHANGE_HEALED: &str = "a suspension or removal whose answer was lost is found";
pub(crate) const HEALED: &str = "an enrollment without a known outcome is due";

/// A step of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Step(usize),
    StepWithLostAnswer(usize),
    Crash(usize),
    /// Reconciliation reads the token list, which shows an active token or none.
    Read {
        place: usize,
        is_active: bool,
    },
    TimePasses,
}

impl Model for Scenario {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let taps = (0..self.taps.len()).map(|tap| Actor::Tap { tap, stage: TapStage::Idle });
        let deliveries = self.messages.iter().enumerate().flat_map(|(message, sent)| {
            (0..sent.copies).map(move |copy| Actor::Delivery { message, copy, stage: Stage::Idle })
        });
        let callbacks =
            self.callbacks.iter().map(|place| Actor::Callback { place: *place, stage: Stage::Idle });
        let changes =
            (0..self.changes.len()).map(|change| Actor::TokenChange { change, stage: ChangeStage::Idle });
        vec![State {
            now: 0,
            table: vec![Default::default(); self.places],
            actors: taps.chain(deliveries).chain(callbacks).chain(changes).collect(),
            pushes: Vec::new(),
            acknowledged: Default::default(),
            inbox: Default::default(),
            listed: Default::default(),
            changed: Default::default(),
            answered: Default::default(),
            reads_left: self.reads,
            faults_left: self.faults,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (index, actor) in state.actors.iter().enumerate() {
            if !actor.can_step(self, state) {
                continue;
            }
            actions.push(Action::Step(index));
            if state.faults_left > 0 {
                actions.push(Action::Crash(index));
                if actor.may_write() {
                    actions.push(Action::StepWithLostAnswer(index));
                }
            }
        }
        for place in 0..self.places {
            let card = state.table[place].card.as_ref();
            let is_due =
                card.is_some_and(|card| card.current.due_at.is_some_and(|due| due <= time(state.now)));
            if state.reads_left > 0 && is_due {
                // The list of a removed token shows none.
                let is_removed = state.changed.iter().any(|change| {
                    self.changes[*change] == TokenChange { place, action: TokenAction::Remove }
                });
                let shown = [true, false].into_iter().filter(|is_active| !(*is_active && is_removed));
                actions.extend(shown.map(|is_active| Action::Read { place, is_active }));
            }
        }
        if state.now + 1 < self.times {
            actions.push(Action::TimePasses);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Step(index) => {
                let actor = state.actors[index].clone().step(self, &mut state, Answer::Arrives);
                state.actors[index] = actor;
            }
            Action::StepWithLostAnswer(index) => {
                state.faults_left -= 1;
                let actor = state.actors[index].clone().step(self, &mut state, Answer::Lost);
                state.actors[index] = actor;
            }
            Action::Crash(index) => {
                state.faults_left -= 1;
                state.actors[index] = state.actors[index].clone().crashed();
            }
            Action::Read { place, is_active } => {
                state.reads_left -= 1;
                read(&mut state, place, is_active);
            }
            Action::TimePasses => state.now += 1,
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![
            Property::always(ONE_PUSH, |_, state: &State| {
                let keys: Vec<_> = state.pushes.iter().map(|push| (push.place, push.key)).collect();
                let is_unique = keys.iter().all(|key| keys.iter().filter(|other| *other == key).count() == 1);
                is_unique && state.pushes.iter().all(|push| !push.is_held_by_another)
            }),
            Property::always(ONCE, |scenario: &Self, state: &State| {
                (0..scenario.messages.len()).all(|message| count(scenario, state, message) <= 1)
            }),
            Property::always(KEPT, |scenario: &Self, state: &State| {
                let is_kept =
                    |message: &usize| count(scenario, state, *message) > 0 || state.inbox.contains(message);
                state.acknowledged.iter().all(is_kept)
            }),
            Property::always(ENABLED, |scenario: &Self, state: &State| {
                (0..scenario.places).all(|place| {
                    let is_reported = state.listed.contains(&place)
                        || scenario.messages.iter().any(|sent| {
                            sent.place == place && matches!(sent.kind, Kind::Tcn | Kind::Resumed)
                        }) && records(state, place).any(reports_token);
                    is_reported
                        || records(state, place).all(|record| status(record, state) != Status::Enabled)
                })
            }),
            Property::always(OWN, |scenario: &Self, state: &State| {
                state.actors.iter().all(|actor| match actor {
                    Actor::Tap { tap, stage: TapStage::Refused } => {
                        let card = state.table[scenario.taps[*tap].place].card.as_ref();
                        let mut requests = card.iter().flat_map(|card| &card.current.requests);
                        requests.all(|request| request.state != state_hash(*tap))
                    }
                    _ => true,
                })
            }),
            Property::always(ACCEPTED, |scenario: &Self, state: &State| {
                (0..scenario.places).all(|place| {
                    let has_returned = state.actors.iter().any(|actor| match actor {
                        Actor::Callback { place: returned, stage } => {
                            *returned == place && *stage != Stage::Idle
                        }
                        _ => false,
                    });
                    let is_shown = |record: &EnrollmentRecord| {
                        record.enrollment.facts.iter().any(|recorded| {
                            // No receipt is valid any more at the second time.
                            let is_active = Fact::TokenList { token: Some(TokenState::Active) };
                            recorded.fact == is_active && recorded.at >= time(1)
                        })
                    };
                    let is_accepted = |record| has_returned || is_shown(record);
                    records(state, place)
                        .all(|record| is_accepted(record) || status(record, state) != Status::Enabled)
                })
            }),
            Property::always(REMOVED, |scenario: &Self, state: &State| {
                answered(scenario, state, TokenAction::Remove)
                    .all(|place| !has(state, place, Status::Enabled))
            }),
            Property::always(SUSPENDED, |scenario: &Self, state: &State| {
                let may_resume = |place| {
                    let is_resumption =
                        |change: &TokenChange| change.place == place && change.action == TokenAction::Resume;
                    state.changed.iter().any(|change| is_resumption(&scenario.changes[*change]))
                };
                answered(scenario, state, TokenAction::Suspend)
                    .all(|place| may_resume(place) || !has(state, place, Status::Enabled))
            }),
            Property::always(RESUMED, |scenario: &Self, state: &State| {
                answered(scenario, state, TokenAction::Resume)
                    .all(|place| !has(state, place, Status::Suspended))
            }),
            Property::always(CHANGE_HEALED, |scenario: &Self, state: &State| {
                let is_running = |actor: &Actor| match actor {
                    Actor::TokenChange { stage, .. } => {
                        !matches!(stage, ChangeStage::Idle | ChangeStage::Ended)
                    }
                    _ => false,
                };
                let is_known = |record: &EnrollmentRecord| {
                    status(record, state) != Status::Enabled || record.due_at.is_some()
                };
                let last = state.changed.last().map(|change| scenario.changes[*change]);
                let last = last.filter(|change| change.action != TokenAction::Resume);
                state.actors.iter().any(is_running)
                    || last.is_none_or(|change| records(state, change.place).all(is_known))
            }),
            Property::always(HEALED, |scenario: &Self, state: &State| {
                let is_open = |status| matches!(status, Status::Pending | Status::Ready | Status::Authorized);
                let mut all = (0..scenario.places).flat_map(|place| records(state, place));
                all.all(|record| record.due_at.is_some() || !is_open(record.status))
            }),
        ];
        if self.bug.is_none() && !self.callbacks.is_empty() {
            properties.push(Property::sometimes("a card is enabled", |_, state: &State| {
                records(state, 0).any(|record| status(record, state) == Status::Enabled)
            }));
        }
        if self.bug.is_none() && !self.changes.is_empty() {
            properties
                .push(Property::sometimes("each change is answered", |scenario: &Self, state: &State| {
                    state.answered.len() == scenario.changes.len()
                }));
        }
        if self.bug.is_none() && self.name == "takeover" {
            properties.push(Property::sometimes("a later enrollment takes the card", |_, state: &State| {
                !state.table[0].past.is_empty()
            }));
        }
        properties
    }
}

/// Reconciliation: reads the token list for the current enrollment and records it.
fn read(state: &mut State, place: usize, is_active: bool) {
    let now = time(state.now);
    let token = is_active.then_some(TokenState::Active);
    let fact = Fact::TokenList { token }.recorded(now, &now.to_string());
    let enrollment_id = state.table[place].card.as_ref().unwrap().current.enrollment.enrollment_id;
    let command = Command::Record { enrollment_id, facts: &[fact], redirect: None };
    let change = decide(&state.table[place], command, now).unwrap();
    if is_active {
        state.listed.insert(place);
    }
    state.put(place, &change);
}

fn records(state: &State, place: usize) -> impl Iterator<Item = &EnrollmentRecord> {
    let items = &state.table[place];
    items.card.iter().map(|card| &card.current).chain(&items.past)
}

fn status(record: &EnrollmentRecord, state: &State) -> Status {
    record.enrollment.status_at(time(state.now)).status
}

fn has(state: &State, place: usize, wanted: Status) -> bool {
    records(state, place).any(|record| status(record, state) == wanted)
}

/// The places of this kind's changes that the cardholder got an answer for.
fn answered(scenario: &Scenario, state: &State, action: TokenAction) -> impl Iterator<Item = usize> {
    let changes = state.answered.iter().map(|change| scenario.changes[*change]);
    changes.filter(move |change| change.action == action).map(|change| change.place)
}

/// Whether a TCN or a TVN about an active token is recorded.
fn reports_token(record: &EnrollmentRecord) -> bool {
    record.enrollment.facts.iter().any(|recorded| {
        matches!(recorded.fact, Fact::Tcn { .. } | Fact::Tvn { token: TokenState::Active, .. })
    })
}

/// How often a message is recorded, over all enrollments of all cards.
fn count(scenario: &Scenario, state: &State, message: usize) -> usize {
    let copies = scenario.messages[message].copies;
    let ids: Vec<_> = (0..copies).map(|copy| ShortHash::of(format!("{message}-{copy}").as_bytes())).collect();
    let facts = (0..scenario.places)
        .flat_map(|place| records(state, place))
        .flat_map(|record| &record.enrollment.facts);
    facts.filter(|recorded| recorded.notification_id().is_some_and(|id| ids.contains(&id))).count()
}
