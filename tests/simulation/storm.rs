//! The storm: taps, double taps, restarts, looks, ways through Click to Pay and back, notifications, reconciliations, a
//! refresh, somebody who tries the things of others, all at once and with whatever can go wrong.

use jiff::SignedDuration;
use serde_json::{Value, json};
use simulator::CLICK_TO_PAY;

use super::{
    deed::{Deed, Function},
    event::Event,
    fate::Fate,
    run::Run,
};

/// A storm ends after so many moves at the latest.
const MOST_MOVES: usize = 400;
/// Invocations under way at once.
const MOST_ACTORS: usize = 5;

/// What may happen next.
#[derive(Clone, Copy)]
enum Move {
    Step(usize),
    Begin,
    Open(usize),
    EndVisit(usize),
    ComeBack(usize),
    Deliver,
    Arrive(usize),
    Twist,
}

/// What somebody is going to want.
#[derive(Clone, Copy)]
pub(super) enum Wish {
    Tap,
    Restart,
    Look,
    Reconcile,
    Refresh,
    Trespass,
}

impl Run<'_> {
    pub(super) async fn storms(&mut self) {
        let mut wishes = self.wishes();
        let mut twists = self.dice.between(2, 8);
        for _ in 0..MOST_MOVES {
            let mut moves = self.moves(!wishes.is_empty());
            if moves.is_empty() {
                break;
            }
            if twists > 0 {
                moves.push((4, Move::Twist));
            }
            match self.dice.weighted(&moves) {
                Move::Step(number) => {
                    let actor = self.actors.iter().find(|actor| actor.number == number).unwrap();
                    let fate = Fate::drawn(&mut self.dice, &actor.waiting[0].call, self.weather);
                    self.steps(number, fate).await;
                }
                Move::Begin => {
                    let wish = wishes.pop().unwrap();
                    self.grants(wish).await;
                }
                Move::Open(at) => self.opens(at).await,
                Move::EndVisit(at) => self.ends_visit(at).await,
                Move::ComeBack(at) => drop(self.comes_back(at).await),
                Move::Deliver => drop(self.delivers().await),
                Move::Arrive(at) => self.stray_arrives(at).await,
                Move::Twist => {
                    twists -= 1;
                    self.twists().await;
                }
            }
        }
    }

    fn moves(&self, wishes: bool) -> Vec<(usize, Move)> {
        let mut moves: Vec<_> = self.actors.iter().map(|actor| (10, Move::Step(actor.number))).collect();
        let strays = 0..self.strays.len();
        moves.extend(strays.map(|at| (2, Move::Arrive(at))));
        let open = self.ways.redirects.iter().enumerate().filter(|(_, redirect)| redirect.openings > 0);
        moves.extend(open.map(|(at, _)| (6, Move::Open(at))));
        moves.extend((0..self.ways.visits.len()).map(|at| (6, Move::EndVisit(at))));
        if self.actors.len() < MOST_ACTORS {
            let back = self.ways.returns.iter().enumerate().filter(|(_, back)| back.times > 0);
            moves.extend(back.map(|(at, _)| (5, Move::ComeBack(at))));
            if !self.undelivered().is_empty() {
                moves.push((8, Move::Deliver));
            }
            if wishes {
                moves.push((8, Move::Begin));
            }
        }
        moves
    }

    fn wishes(&mut self) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let counts = [
            (Wish::Tap, 2, 8),
            (Wish::Restart, 0, 2),
            (Wish::Look, 0, 3),
            (Wish::Reconcile, 1, 3),
            (Wish::Trespass, 1, 4),
        ];
        for (wish, least, most) in counts {
            let count = usize::try_from(self.dice.between(least, most)).unwrap();
            wishes.extend(std::iter::repeat_n(wish, count));
        }
        if self.dice.chance(20) {
            wishes.push(Wish::Refresh);
        }
        self.dice.shuffle(&mut wishes);
        // Nothing can be looked at, restarted or reconciled before the first tap.
        wishes.push(Wish::Tap);
        wishes
    }

    async fn grants(&mut self, wish: Wish) {
        let who = self.dice.below(self.evidence.people.len());
        let deed = match wish {
            Wish::Tap => self.tap(who),
            Wish::Restart => self.restart(who),
            Wish::Look => self.look(who),
            Wish::Reconcile => Some(Deed::new(Function::Reconcile, "the schedule")),
            Wish::Refresh => {
                self.evidence.refreshed = true;
                Some(Deed::new(Function::Refresh, "the schedule"))
            }
            Wish::Trespass => return self.trespasses().await,
        };
        if let Some(deed) = deed {
            self.begins(deed).await;
        }
    }

    /// A finger on "enable": under one of few keys, for one of few cards.
    fn tap(&mut self, who: usize) -> Option<Deed> {
        let card = self.dice.below(self.evidence.people[who].cards.len());
        let (key, callback) =
            (self.dice.below(2), self.dice.of(&["mobile-app", "mobile-app", "mobile-app", "web-bank"]));
        let deed = self.enrolls(who, self.evidence.people[who].cards[card], callback);
        let told = format!("card {} under key {key}, back to {callback}", card + 1);
        Some(Deed { told, ..deed }.under(&format!("tap-{key}")))
    }

    pub(super) fn enrolls(&self, who: usize, card: u64, callback: &str) -> Deed {
        let mut body = manner(callback);
        body["cardContractId"] = card.to_string().into();
        body["tokenRequestorId"] = CLICK_TO_PAY.into();
        let event = Event::new("POST /enrollments", "/enrollments").saying(&body);
        let event = event.of(self.evidence.people[who].client);
        Deed { card: Some(card), ..Deed::new(Function::Enroll, "").by(who).asking(event) }
    }

    fn restart(&mut self, who: usize) -> Option<Deed> {
        let id = self.someones(|owner| owner == who)?;
        Some(self.restarts(who, &id).under(&format!("tap-{}", self.dice.below(2))))
    }

    fn restarts(&mut self, who: usize, id: &str) -> Deed {
        let path = format!("/enrollments/{id}/attempts");
        let event = Event::new("POST /enrollments/{enrollmentId}/attempts", &path);
        let event = event.saying(&manner("mobile-app")).of(self.evidence.people[who].client);
        let told = format!("{} anew", self.trace.enrollment(id));
        Deed::new(Function::Enroll, told).by(who).asking(event)
    }

    fn look(&mut self, who: usize) -> Option<Deed> {
        let (client, card) = (self.evidence.people[who].client, self.evidence.people[who].cards[0]);
        match (self.dice.below(4), self.someones(|owner| owner == who)) {
            (0, _) => {
                let event = Event::new("GET /enrollments", "/enrollments").of(client);
                Some(Deed::new(Function::GetEnrollment, "all of them").by(who).asking(event))
            }
            (1, _) => Some(self.asks_about_card(who, card)),
            (_, Some(id)) => Some(self.asks_about(who, &id)),
            (_, None) => None,
        }
    }

    fn asks_about(&mut self, who: usize, id: &str) -> Deed {
        let event = Event::new("GET /enrollments/{enrollmentId}", &format!("/enrollments/{id}"));
        let told = self.trace.enrollment(id);
        Deed::new(Function::GetEnrollment, told).by(who).asking(event.of(self.evidence.people[who].client))
    }

    fn asks_about_card(&self, who: usize, card: u64) -> Deed {
        let event = Event::new("GET /cards", &format!("/cards?cardContractId={card}"));
        let event = event.of(self.evidence.people[who].client);
        Deed { card: Some(card), ..Deed::new(Function::ListCards, "a card").by(who).asking(event) }
    }

    /// One enrollment that somebody knows.
    fn someones(&mut self, owner: impl Fn(usize) -> bool) -> Option<String> {
        let of = self.ways.known.iter().filter(|(who, _)| owner(*who)).map(|(_, id)| id.clone());
        let ids: Vec<_> = of.collect();
        if ids.is_empty() { None } else { Some(self.dice.of(&ids)) }
    }

    /// The last of the cast tries what belongs to others.
    async fn trespasses(&mut self) {
        let who = self.evidence.people.len() - 1;
        let victim = self.dice.below(who);
        let card = self.dice.of(&self.evidence.people[victim].cards.clone());
        let foreign = self.someones(|owner| owner != who);
        match (self.dice.below(7), foreign) {
            (0, Some(id)) => {
                let deed = self.asks_about(who, &id).trespassing(true);
                self.begins(deed).await;
            }
            (1, Some(id)) => {
                let deed = self.restarts(who, &id).under("tap-0").trespassing(true);
                self.begins(deed).await;
            }
            (2, _) => {
                let deed = self.asks_about_card(who, card);
                self.begins(deed).await;
            }
            (3, _) => {
                self.guesses_a_state(who).await;
            }
            (4, _) if !self.evidence.letters.is_empty() => {
                let letter = self.dice.below(self.evidence.letters.len());
                self.delivers_these(vec![letter], false).await;
            }
            _ => {
                let deed = Deed { told: "a card of another".into(), ..self.enrolls(who, card, "mobile-app") };
                let key = self.dice.below(2);
                self.begins(deed.under(&format!("tap-{key}"))).await;
            }
        }
    }

    /// Something else moves: the clock, a card, a token.
    async fn twists(&mut self) {
        let person = self.dice.below(self.evidence.people.len());
        let card = self.dice.of(&self.evidence.people[person].cards.clone());
        match self.dice.below(20) {
            0..8 => {
                let seconds = self.dice.between(2, 9);
                self.later(SignedDuration::from_secs(seconds)).await;
            }
            8..10 => self.later(SignedDuration::from_secs(4 * 60 + 7)).await,
            10..12 => self.later(SignedDuration::from_mins(16)).await,
            12 => {
                self.later(SignedDuration::from_hours(3)).await;
                self.tidies_up().await;
            }
            13 => {
                let seconds = self.dice.between(1, 4);
                self.note(format!("our clock is set back by {seconds} s"));
                self.clock.advance(SignedDuration::from_secs(-seconds));
            }
            14..16 => self.card_is_blocked_or_freed(person, card).await,
            _ => self.token_changes(person, card).await,
        }
    }

    async fn later(&mut self, by: SignedDuration) {
        self.note(format!("{by:#} pass"));
        self.passes(by).await;
    }

    async fn card_is_blocked_or_freed(&mut self, person: usize, card: u64) {
        let blocked = !self.evidence.blocked.contains(&card);
        let word = if blocked { "blocked" } else { "freed" };
        self.note(format!("a card of {} is {word}", self.evidence.people[person].name));
        self.stage.simulator().set_card_status(card, if blocked { "43" } else { "00" }).unwrap();
        match blocked {
            true => self.evidence.blocked.push(card),
            false => self.evidence.blocked.retain(|it| *it != card),
        }
    }

    /// The cardholder, or the bank, suspends, resumes or deletes a token, if there is one.
    async fn token_changes(&mut self, person: usize, card: u64) {
        let simulator = self.stage.simulator();
        let changed = match self.dice.below(4) {
            0 => ("suspended", simulator.suspend_token(card, CLICK_TO_PAY)),
            1 | 2 => ("resumed", simulator.resume_token(card, CLICK_TO_PAY)),
            _ => ("deleted", simulator.delete_token(card, CLICK_TO_PAY)),
        };
        if let (word, Ok(())) = changed {
            self.note(format!("a token of {} is {word}", self.evidence.people[person].name));
            self.hears_from_mastercard().await;
        }
    }

    pub(super) async fn stray_arrives(&mut self, at: usize) {
        let (by, call) = self.strays.remove(at);
        let what = self.trace.call(&call);
        self.note(format!("{what} of #{}, which is no more, arrives", by.actor));
        self.arrives(by, &call, true).await;
    }
}

/// How somebody wants it; the same words each time, so that a key that comes again comes with the same request.
fn manner(callback: &str) -> Value {
    json!({
        "platform": "ios",
        "callback": callback,
        "consent": { "termsVersion": "2029-12", "acceptedAt": "2029-12-31T23:00:00Z" },
    })
}
