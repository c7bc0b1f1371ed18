//! One run of one seed: the actors, whose turn it is, and what becomes of each request.
//!
//! Whatever is under way waits at the gate. One actor is let go on at a time, until it waits there again or is done; so
//! everything that happens, happens in the order that the seed chose.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use model::clock::Clock;
use serde_json::Value;
use simulator::CLICK_TO_PAY;

use super::{
    Story,
    actor::{Actor, By},
    call::Call,
    deed::{Deed, Ending},
    dice::Dice,
    evidence::{Evidence, Person, Said, Token},
    fate::Fate,
    gate::{Reply, STUCK},
    invariants::judge,
    stage::{Set, Stage},
    trace::Trace,
    way::Ways,
};

/// How long Lambda lets a function live, by the functions' own clock: as long as `enroll` takes for itself.
const LIFE: SignedDuration = SignedDuration::from_secs(25);

pub(super) struct Run<'a> {
    pub(super) stage: &'a mut Stage,
    pub(super) set: Set,
    pub(super) dice: Dice,
    pub(super) clock: Clock,
    pub(super) began: Timestamp,
    /// Moments that were: none comes twice, though the clock may be set back.
    moments: BTreeSet<Timestamp>,
    pub(super) actors: Vec<Actor>,
    begun: usize,
    /// Requests whose sender was ended; they may still arrive.
    pub(super) strays: Vec<(By, Call)>,
    /// How much goes wrong.
    pub(super) weather: usize,
    pub(super) ways: Ways,
    pub(super) evidence: Evidence,
    pub(super) trace: Trace,
}

impl<'a> Run<'a> {
    pub(super) async fn new(stage: &'a mut Stage, seed: u64) -> Self {
        let began = "2030-01-01T08:00:00Z".parse().unwrap();
        let clock = Clock::fixed_at(began);
        let set = stage.set(&clock).await;
        let mut dice = Dice::new(seed);
        let mut people = Vec::new();
        for person in 0..dice.between(2, 4).unsigned_abs() {
            let client = 1_000_000 + set.number * 10 + person;
            let first = 100_000_000 + set.number * 20 + person * 4;
            let cards: Vec<_> = (first..first + dice.between(1, 3).unsigned_abs()).collect();
            cards.iter().for_each(|card| stage.simulator().add_card(client, *card));
            people.push(Person { name: format!("C{}", person + 1), client, cards });
        }
        people.last_mut().unwrap().name = "A".into();
        let base = stage.world.base_url().as_str().trim_end_matches('/');
        let evidence = Evidence {
            people,
            origin: stage.simulator().click_to_pay_origin(),
            app_links: vec!["bankapp://click-to-pay".into(), format!("{base}/")],
            ..Evidence::default()
        };
        let weather = dice.of(&[0, 1, 1, 2]);
        Self {
            stage,
            set,
            dice,
            clock,
            began,
            moments: BTreeSet::new(),
            actors: Vec::new(),
            begun: 0,
            strays: Vec::new(),
            weather,
            ways: Ways::default(),
            evidence,
            trace: Trace::default(),
        }
    }

    /// Takes stock of what was seen, and clears up.
    pub(super) async fn ends_here(mut self, panicked: Option<String>) -> Story {
        self.actors.iter().for_each(|actor| actor.task.abort());
        self.evidence.names = self.trace.names();
        let verdict = panicked.map_or_else(|| judge(&self.evidence), Err);
        self.stage.strike(&self.set.tables).await;
        Story { trace: self.trace.into_lines(), verdict }
    }

    /// Notes what happens, some milliseconds after what happened before.
    pub(super) fn note(&mut self, what: impl std::fmt::Display) {
        self.clock.advance(SignedDuration::from_millis(self.dice.between(3, 17)));
        while !self.moments.insert(self.clock.now()) {
            self.clock.advance(SignedDuration::from_millis(1));
        }
        self.trace.note(self.began, self.clock.now(), what);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Time passes, for Mastercard too; what is older than Lambda allows is ended.
    pub(super) async fn passes(&mut self, by: SignedDuration) {
        self.clock.advance(by);
        self.stage.simulator().age_receipts(by);
        let over = |actor: &Actor| self.clock.now().duration_since(actor.began) > LIFE;
        let over: Vec<_> = self.actors.iter().filter(|actor| over(actor)).map(|actor| actor.number).collect();
        for number in over {
            let fate = self.dice.of(&[Fate::Crash, Fate::CrashAfter, Fate::Crash]);
            self.steps(number, fate).await;
        }
    }

    /// An invocation begins, and goes on until its first request.
    pub(super) async fn begins(&mut self, deed: Deed) -> usize {
        self.begun += 1;
        let number = self.begun;
        let who = deed.who.map(|who| format!(" of {}", self.evidence.people[who].name)).unwrap_or_default();
        self.note(format!("#{number} {:?}{who} begins: {}", deed.function, deed.told));
        self.ways.remember(&deed);
        let actor = Actor::begin(number, deed, self.set.host.clone(), self.now());
        self.actors.push(actor);
        self.settles(number).await;
        number
    }

    /// Goes on without any fault until it is done.
    pub(super) async fn finishes(&mut self, number: usize) {
        while self.actors.iter().any(|actor| actor.number == number) {
            self.steps(number, Fate::Passes).await;
        }
    }

    /// The same, from the new_attempt.
    pub(super) async fn does(&mut self, deed: Deed) {
        let number = self.begins(deed).await;
        self.finishes(number).await;
    }

    /// The actor takes one step: what it waits for meets its fate.
    pub(super) async fn steps(&mut self, number: usize, fate: Fate) {
        assert!(self.stage.gate.is_quiet(), "somebody asks whose turn it is not");
        let at = self.actors.iter().position(|actor| actor.number == number).unwrap();
        let (by, waiting) = (self.actors[at].by(), self.actors[at].take_waiting());
        // Beside each other, one may fail alone.
        let spared = if waiting.len() > 1 && self.dice.chance(50) {
            self.dice.below(waiting.len())
        } else {
            usize::MAX
        };
        let mut answers = Vec::new();
        for (place, waiting) in waiting.into_iter().enumerate() {
            let fate = match fate.of(&waiting.call) {
                fate if place == spared && !fate.ends() => Fate::Passes,
                fate => fate,
            };
            let what = self.trace.call(&waiting.call);
            self.note(format!("#{number} {what}: {fate}"));
            let arrived = match fate.arrives() {
                true => Some(self.arrives(by, &waiting.call, false).await),
                false => None,
            };
            if let Fate::CrashThenArrives = fate {
                self.strays.push((by, waiting.call));
                continue;
            }
            self.actors[at].heard(&waiting.call.operation, fate != Fate::Passes);
            answers.push((fate.answer(&waiting.call, arrived), waiting));
        }
        if fate.ends() {
            let actor = self.actors.remove(at);
            actor.task.abort();
            assert!(actor.task.await.is_err(), "it was waiting");
            return self.acknowledges(&actor.deed.letters, false);
        }
        for (answer, waiting) in answers {
            match answer {
                Some(reply) => waiting.answer(reply),
                None => drop(waiting),
            }
        }
        self.settles(number).await;
    }

    /// A request arrives where it was sent.
    pub(super) async fn arrives(&mut self, by: By, call: &Call, stray: bool) -> Reply {
        let body = match self.trace.with_named_shards(call) {
            Some(json) => json.to_string().into(),
            None => call.body.clone(),
        };
        let reply = self.stage.gate.carry(call, body).await;
        let step = self.trace.step();
        self.evidence.arrived(step, self.clock.now(), by, call, &reply, stray);
        reply
    }

    /// Waits until the actor can do nothing more by itself.
    async fn settles(&mut self, number: usize) {
        let at = self.actors.iter().position(|actor| actor.number == number).unwrap();
        while !self.actors[at].is_settled() {
            let by = self.actors[at].by();
            let waiting = tokio::select! {
                waiting = self.stage.gate.next() => waiting,
                ending = &mut self.actors[at].task => {
                    let actor = self.actors.remove(at);
                    return self.ends(actor, ending.expect("a function does not panic"));
                }
                () = tokio::time::sleep(STUCK) => panic!("#{number} neither asks nor ends"),
            };
            if self.actors[at].may_pass(&waiting.call) {
                let reply = self.arrives(by, &waiting.call, false).await;
                let shown = self.actors[at].shown(&waiting.call, reply);
                waiting.answer(shown);
            } else {
                self.actors[at].waiting.push(waiting);
            }
        }
    }

    fn ends(&mut self, actor: Actor, ending: Ending) {
        let number = actor.number;
        match ending {
            Ending::Answered(answer, text) => {
                let id = answer.body["enrollmentId"].as_str().map(|id| self.trace.enrollment(id));
                let words =
                    [&answer.body["status"], &answer.body["code"]].into_iter().filter_map(Value::as_str);
                let words: Vec<_> = words.map(str::to_owned).chain(id).collect();
                self.note(format!("#{number} answers {} {}", answer.status, words.join(" ")));
                self.learns(&actor.deed, &answer);
                self.acknowledges(&actor.deed.letters, answer.status == 200);
                let step = self.trace.step();
                self.evidence.said.push(Said { step, actor: number, deed: actor.deed, answer, text });
            }
            Ending::Returned(report) => {
                let of = |name: &str| report.get(name).map(|it| format!(" {name} {}", count(it)));
                let counts = ["checked", "healed", "notificationsApplied", "failed", "requestors"];
                let counts: String = counts.into_iter().filter_map(of).collect();
                self.note(format!("#{number} returns{counts}"));
            }
            Ending::Failed(why) => self.note(format!("#{number} fails: {why}")),
        }
    }

    /// Looks at the tokens that Mastercard has: each is remembered from the first look on.
    pub(super) fn sees_tokens(&mut self) {
        let step = self.trace.step();
        for person in &self.evidence.people {
            for token in self.stage.simulator().tokens_of(person.client) {
                let known =
                    self.evidence.tokens.iter().any(|it| it.reference == token.token_unique_reference);
                if !known && token.token_requestor_id == CLICK_TO_PAY {
                    let (card, reference) = (token.card_contract_id, token.token_unique_reference);
                    self.evidence.tokens.push(Token { step, card, reference });
                }
            }
        }
    }

    /// DynamoDB tidies up what has had its time, some time later.
    pub(super) async fn tidies_up(&mut self) {
        let now = self.now().as_second();
        let number = |item: &AttributeValue| item.as_n().ok().and_then(|it| it.parse::<i64>().ok());
        for item in self.stage.stored(&self.set.tables).await {
            if item.get("ttl").and_then(number).is_some_and(|ttl| ttl < now) {
                let delete = self.stage.db().delete_item().table_name(&self.set.tables.enrollments);
                let delete = delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
                delete.send().await.unwrap();
            }
        }
        self.note("DynamoDB tidies up what is over");
    }
}

fn count(value: &Value) -> usize {
    value
        .as_array()
        .map_or_else(|| value.as_u64().and_then(|it| it.try_into().ok()).unwrap_or_default(), Vec::len)
}
