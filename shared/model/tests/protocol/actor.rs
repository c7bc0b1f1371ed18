//! The running requests. A step is one request to the table or to Mastercard; between two steps others may run.

use jiff::SignedDuration;
use mastercard::{processing::TokenAction, token_requestor::Platform};
use model::{
    card_enrollment::{
        Arrival, Command, Items, NewEnrollment, NotificationOutcome, Outcome, Refusal, RequestHashes,
        ShortHash, decide,
    },
    enrollment::{
        CallbackResult, Consent, Decision, Enrollment, EnrollmentId, Fact, RecordedFact, TokenState,
    },
    notification::{Notification, NotificationKind},
};

use crate::{
    bug::Bug,
    scenario::{Kind, Scenario, TokenChange, hash, time},
    state::{Push, State},
};

/// A running request. `seen` is what it read last.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Actor {
    /// `POST /enrollments`.
    Tap { tap: usize, stage: TapStage },
    /// `POST /notifications` with one copy of a message.
    Delivery { message: usize, copy: u8, stage: Stage },
    /// `GET /callback/{state}`.
    Callback { place: usize, stage: Stage },
    /// `POST /cards/{cardContractId}/tokens/{tokenId}/suspend`, `resume` or `remove`.
    TokenChange { change: usize, stage: ChangeStage },
}

/// The stage of a token's change: it is recorded as requested, sent, and recorded as confirmed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ChangeStage {
    Idle,
    Request { seen: Items },
    Send,
    Confirm { seen: Items },
    Ended,
}

/// The stage of a request to enroll; `at` is the time of the request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TapStage {
    Idle,
    Begin {
        at: usize,
        seen: Items,
    },
    Push {
        at: usize,
        seen: Items,
    },
    Record {
        at: usize,
        pushed_at: usize,
        seen: Items,
    },
    /// Answered that another enrollment holds the card, or that the same request runs.
    Refused,
    Ended,
}

/// The stage of a request that reads and then writes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    Idle,
    Loaded { seen: Items },
    Ended,
}

/// Whether the answer of a step's write arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Arrives,
    /// The write was carried out; the SDK sends it again.
    Lost,
}

pub(crate) fn enrollment_id(tap: usize, at: usize) -> EnrollmentId {
    let mut bytes = [0; 16];
    bytes[0] = at as u8;
    bytes[1] = tap as u8 + 1;
    EnrollmentId::from_bytes(bytes)
}

fn new_attempt(scenario: &Scenario, tap: usize, at: usize) -> NewEnrollment {
    let place = scenario.taps[tap].place;
    let now = time(at);
    NewEnrollment {
        enrollment: Enrollment {
            enrollment_id: enrollment_id(tap, at),
            client_id: (40000 + place as u64).into(),
            card_contract_id: 70001.into(),
            token_requestor_id: "50123197928".parse().unwrap(),
            platform: Platform::Ios,
            callback: "mobile-app".into(),
            consent: Consent { terms_version: "1".into(), accepted_at: now, authentication: None },
            created_at: now,
            respond_by: now + SignedDuration::from_secs(10),
            facts: Vec::new(),
        },
        request: RequestHashes {
            key: hash(1, scenario.taps[tap].key),
            fingerprint: hash(2, 0),
            state: state_hash(tap),
        },
    }
}

fn notification(scenario: &Scenario, message: usize, copy: u8) -> Notification {
    let sent = scenario.messages[message];
    let copy = if scenario.bug == Some(Bug::NoDedupe) { copy } else { 0 };
    Notification {
        id: format!("{message}-{copy}"),
        kind: match sent.kind {
            Kind::Tar => NotificationKind::Tar { decision: Decision::Approved },
            Kind::Tcn => NotificationKind::Tcn,
            Kind::Resumed => NotificationKind::Tvn { token: TokenState::Active, requested_by: None },
            Kind::Removed => NotificationKind::Tvn { token: TokenState::Deactivated, requested_by: None },
        },
        occurred_at: time(sent.occurred),
        client_id: Some((40000 + sent.place as u64).into()),
        card_contract_id: Some(70001.into()),
        token_requestor_id: Some("50123197928".parse().unwrap()),
        token_unique_reference: (sent.kind != Kind::Tar).then(|| "token".into()),
    }
}

impl Actor {
    /// The number of its stage, the times that it remembers, and what it read last.
    pub(crate) fn progress(&self) -> (u8, [usize; 2], Option<&Items>) {
        match self {
            Self::Tap { stage: TapStage::Idle, .. } => (0, [0, 0], None),
            Self::Tap { stage: TapStage::Begin { at, seen }, .. } => (1, [*at, 0], Some(seen)),
            Self::Tap { stage: TapStage::Push { at, seen }, .. } => (2, [*at, 0], Some(seen)),
            Self::Tap { stage: TapStage::Record { at, pushed_at, seen }, .. } => {
                (3, [*at, *pushed_at], Some(seen))
            }
            Self::Tap { stage: TapStage::Ended, .. } => (4, [0, 0], None),
            Self::Tap { stage: TapStage::Refused, .. } => (13, [0, 0], None),
            Self::TokenChange { stage, .. } => match stage {
                ChangeStage::Idle => (8, [0, 0], None),
                ChangeStage::Request { seen } => (9, [0, 0], Some(seen)),
                ChangeStage::Send => (10, [0, 0], None),
                ChangeStage::Confirm { seen } => (11, [0, 0], Some(seen)),
                ChangeStage::Ended => (12, [0, 0], None),
            },
            Self::Delivery { stage, .. } | Self::Callback { stage, .. } => match stage {
                Stage::Idle => (5, [0, 0], None),
                Stage::Loaded { seen } => (6, [0, 0], Some(seen)),
                Stage::Ended => (7, [0, 0], None),
            },
        }
    }

    /// Whether a step is possible.
    pub(crate) fn can_step(&self, scenario: &Scenario, state: &State) -> bool {
        let is_pushed = |place: usize| state.pushes.iter().any(|push| push.place == place);
        match self {
            Self::Tap { stage, .. } => !matches!(stage, TapStage::Refused | TapStage::Ended),
            Self::Delivery { message, stage, .. } => {
                let sent = scenario.messages[*message];
                *stage != Stage::Ended && sent.occurred <= state.now && is_pushed(sent.place)
            }
            Self::Callback { place, stage } => *stage != Stage::Ended && is_pushed(*place),
            // There is a token once its TCN arrived, and one change of it at a time.
            Self::TokenChange { change, stage } => {
                let card = state.table[scenario.changes[*change].place].card.as_ref();
                *stage != ChangeStage::Ended
                    && card.is_some_and(|card| card.current.enrollment.has_token("token"))
                    && state.actors.iter().all(|other| !other.is_change_before(*change))
            }
        }
    }

    /// Whether this is a change that was requested before the one with this index, and has not ended.
    fn is_change_before(&self, index: usize) -> bool {
        matches!(self, Self::TokenChange { change, stage } if *change < index && *stage != ChangeStage::Ended)
    }

    /// Whether the next step may write, so that its answer may be lost.
    pub(crate) fn may_write(&self) -> bool {
        match self {
            Self::Tap { stage, .. } => {
                !matches!(stage, TapStage::Push { .. } | TapStage::Refused | TapStage::Ended)
            }
            Self::Delivery { stage, .. } | Self::Callback { stage, .. } => {
                matches!(stage, Stage::Loaded { .. })
            }
            Self::TokenChange { stage, .. } => {
                matches!(stage, ChangeStage::Request { .. } | ChangeStage::Confirm { .. })
            }
        }
    }

    /// The actor after one step, which changes `state`.
    pub(crate) fn step(self, scenario: &Scenario, state: &mut State, answer: Answer) -> Self {
        match self {
            Self::Tap { tap, stage } => {
                Self::Tap { tap, stage: step_tap(scenario, state, tap, stage, answer) }
            }
            Self::Delivery { message, copy, stage } => {
                let stage = step_delivery(scenario, state, message, copy, stage, answer);
                Self::Delivery { message, copy, stage }
            }
            Self::Callback { place, stage } => {
                Self::Callback { place, stage: step_callback(scenario, state, place, stage, answer) }
            }
            Self::TokenChange { change, stage } => {
                Self::TokenChange { change, stage: step_change(scenario, state, change, stage, answer) }
            }
        }
    }

    /// The actor after a crash. Mastercard delivers a message again that was not acknowledged.
    pub(crate) fn crashed(self) -> Self {
        match self {
            Self::Tap { tap, .. } => Self::Tap { tap, stage: TapStage::Ended },
            Self::Delivery { message, copy, .. } => Self::Delivery { message, copy, stage: Stage::Idle },
            Self::Callback { place, .. } => Self::Callback { place, stage: Stage::Ended },
            Self::TokenChange { change, .. } => Self::TokenChange { change, stage: ChangeStage::Ended },
        }
    }
}

fn step_tap(scenario: &Scenario, state: &mut State, tap: usize, stage: TapStage, answer: Answer) -> TapStage {
    let place = scenario.taps[tap].place;
    match stage {
        TapStage::Idle if scenario.bug == Some(Bug::GuardReadFirst) => {
            TapStage::Begin { at: state.now, seen: state.table[place].clone() }
        }
        TapStage::Idle => begin(scenario, state, tap, state.now, Items::default(), answer),
        TapStage::Begin { at, seen } => begin(scenario, state, tap, at, seen, answer),
        TapStage::Push { at, seen } => {
            // The function gives up at its deadline.
            if state.now > at {
                return TapStage::Ended;
            }
            let enrollment = enrollment_id(tap, at);
            let current = state.table[place].card.as_ref().map(|card| &card.current.enrollment);
            let is_held_by_another =
                current.is_some_and(|it| it.enrollment_id != enrollment && it.is_live(time(state.now)));
            state.pushes.push(Push { place, key: scenario.taps[tap].key, enrollment, is_held_by_another });
            TapStage::Record { at, pushed_at: state.now, seen }
        }
        TapStage::Record { at, pushed_at, seen } => {
            let expires_at = time(pushed_at) + SignedDuration::from_mins(15);
            let fact = Fact::Pushed { receipt_hashes: Vec::new(), expires_at }.recorded(time(pushed_at), "");
            let enrollment_id = enrollment_id(tap, at);
            match record(scenario, state, place, enrollment_id, &[fact], seen, answer) {
                None => TapStage::Ended,
                Some(seen) => TapStage::Record { at, pushed_at, seen },
            }
        }
        TapStage::Refused => TapStage::Refused,
        TapStage::Ended => TapStage::Ended,
    }
}

/// The hash of the secret in the callback state of a request: each has its own, also a repeated one.
pub(crate) fn state_hash(tap: usize) -> ShortHash {
    hash(3, tap as u8)
}

fn begin(
    scenario: &Scenario,
    state: &mut State,
    tap: usize,
    at: usize,
    seen: Items,
    answer: Answer,
) -> TapStage {
    let place = scenario.taps[tap].place;
    let new = new_attempt(scenario, tap, at);
    if scenario.bug == Some(Bug::LostAnswerByKey)
        && seen.card.as_ref().is_some_and(|card| card.current.requests[0].key == new.request.key)
    {
        return TapStage::Push { at, seen };
    }
    let change = match decide(&seen, Command::Begin(&new), time(at)) {
        Ok(change) if change.card.is_none() && scenario.bug == Some(Bug::LostAnswerNotRecognized) => {
            return TapStage::Refused;
        }
        Ok(change) if change.card.is_none() => return TapStage::Push { at, seen },
        Ok(change) => change,
        Err(_) => return TapStage::Refused,
    };
    let is_written = match scenario.bug {
        Some(Bug::GuardReadFirst) => {
            state.put(place, &change);
            true
        }
        _ => state.write(place, &change),
    };
    match (is_written, answer) {
        (true, Answer::Arrives) => TapStage::Push { at, seen: current(state, place) },
        (true, Answer::Lost) => TapStage::Begin { at, seen },
        // The refused write returns the current item.
        (false, _) => TapStage::Begin { at, seen: current(state, place) },
    }
}

/// Records facts. `None` once they are recorded, or what the actor has read now.
fn record(
    scenario: &Scenario,
    state: &mut State,
    place: usize,
    id: EnrollmentId,
    facts: &[RecordedFact],
    seen: Items,
    answer: Answer,
) -> Option<Items> {
    let command = Command::Record { enrollment_id: id, facts, redirect: None };
    let change = match decide(&seen, command, time(state.now)) {
        Ok(change) => change,
        Err(Refusal::NotFound) if seen != state.table[place] => return Some(state.table[place].clone()),
        // A planted bug may have lost the enrollment.
        Err(_) if scenario.bug.is_some() => return None,
        Err(refusal) => panic!("{refusal:?} in {}", scenario.name),
    };
    if change.card.is_none() && change.past.is_empty() {
        return None;
    }
    let is_written = state.write(place, &change);
    match (is_written, answer) {
        (true, Answer::Arrives) => None,
        (true, Answer::Lost) => Some(seen),
        (false, _) => Some(state.table[place].clone()),
    }
}

fn step_delivery(
    scenario: &Scenario,
    state: &mut State,
    message: usize,
    copy: u8,
    stage: Stage,
    answer: Answer,
) -> Stage {
    let place = scenario.messages[message].place;
    let seen = match stage {
        Stage::Idle => return Stage::Loaded { seen: state.table[place].clone() },
        Stage::Ended => return Stage::Ended,
        Stage::Loaded { seen } => seen,
    };
    let arrivals = [Arrival { notification: notification(scenario, message, copy), at: time(state.now) }];
    let mut change = decide(&seen, Command::Notify(&arrivals), time(state.now)).unwrap();
    let is_unmatched = change.outcome == Outcome::Notified(vec![NotificationOutcome::Unmatched]);
    if scenario.bug == Some(Bug::PastAlone) && !change.past.is_empty() {
        change.card = None;
    }
    if (change.card.is_some() || !change.past.is_empty()) && !state.write(place, &change) {
        return Stage::Loaded { seen: state.table[place].clone() };
    }
    if answer == Answer::Lost {
        return Stage::Loaded { seen };
    }
    if is_unmatched {
        state.inbox.insert(message);
    }
    if scenario.bug == Some(Bug::TokenAsAcceptance) && scenario.messages[message].kind == Kind::Tcn {
        accept(state, place);
    }
    state.acknowledged.insert(message);
    Stage::Ended
}

/// Records a positive callback of the current enrollment.
fn accept(state: &mut State, place: usize) {
    let items = &state.table[place];
    let enrollment_id = items.card.as_ref().unwrap().current.enrollment.enrollment_id;
    let now = time(state.now);
    let facts = [Fact::Callback { result: CallbackResult::Approved }.recorded(now, "")];
    let change =
        decide(items, Command::Record { enrollment_id, facts: &facts, redirect: None }, now).unwrap();
    state.put(place, &change);
}

fn step_callback(
    scenario: &Scenario,
    state: &mut State,
    place: usize,
    stage: Stage,
    answer: Answer,
) -> Stage {
    let seen = match stage {
        Stage::Idle => return Stage::Loaded { seen: state.table[place].clone() },
        Stage::Ended => return Stage::Ended,
        Stage::Loaded { seen } => seen,
    };
    let pushed = state.pushes.iter().find(|push| push.place == place).map(|push| push.enrollment);
    let now = time(state.now);
    let mut facts = vec![Fact::Callback { result: CallbackResult::Approved }.recorded(now, "")];
    if scenario.bug == Some(Bug::CallbackAsTruth) {
        facts.push(Fact::TokenList { token: Some(TokenState::Active) }.recorded(now, "callback"));
    }
    match record(scenario, state, place, pushed.unwrap(), &facts, seen, answer) {
        None => Stage::Ended,
        Some(seen) => Stage::Loaded { seen },
    }
}

fn step_change(
    scenario: &Scenario,
    state: &mut State,
    change: usize,
    stage: ChangeStage,
    answer: Answer,
) -> ChangeStage {
    let TokenChange { place, action } = scenario.changes[change];
    let enrollment = &state.table[place].card.as_ref().unwrap().current.enrollment;
    let (id, token_id) = (enrollment.enrollment_id, enrollment.token_id("token"));
    let (at, key) = (enrollment.after_facts(time(state.now)), format!("change-{change}"));
    match stage {
        ChangeStage::Idle if scenario.bug == Some(Bug::ChangeNotRequested) => ChangeStage::Send,
        ChangeStage::Idle => ChangeStage::Request { seen: state.table[place].clone() },
        ChangeStage::Request { seen } => {
            let fact = Fact::TokenChangeRequested { action, token_id };
            match record(scenario, state, place, id, &[fact.recorded(at, &key)], seen, answer) {
                None => ChangeStage::Send,
                Some(seen) => ChangeStage::Request { seen },
            }
        }
        ChangeStage::Send => {
            state.changed.insert(change);
            ChangeStage::Confirm { seen: state.table[place].clone() }
        }
        ChangeStage::Confirm { seen } => {
            let recorded_action = match scenario.bug {
                Some(Bug::RemovalAsSuspension) => TokenAction::Suspend,
                Some(Bug::SuspensionAsResumption) => TokenAction::Resume,
                _ => action,
            };
            let listed = Some(match recorded_action {
                TokenAction::Suspend => TokenState::Suspended,
                TokenAction::Resume => TokenState::Active,
                TokenAction::Remove => TokenState::Deactivated,
            });
            let fact = Fact::TokenChangeConfirmed { action: recorded_action, token_id, listed };
            match record(scenario, state, place, id, &[fact.recorded(at, &key)], seen, answer) {
                None => {
                    state.answered.insert(change);
                    ChangeStage::Ended
                }
                Some(seen) => ChangeStage::Confirm { seen },
            }
        }
        ChangeStage::Ended => ChangeStage::Ended,
    }
}

/// What a refused or successful write of the card enrollment leaves in the hand: the card's item.
fn current(state: &State, place: usize) -> Items {
    Items { card: state.table[place].card.clone(), past: Vec::new() }
}
