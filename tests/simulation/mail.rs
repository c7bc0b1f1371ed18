//! Processing's notifications: caught as they leave Mastercard, delivered when and how the seed wants it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    deed::{Deed, Function},
    event::Event,
    evidence::Letter,
    run::Run,
};

/// The most messages in one delivery.
const MOST: usize = 3;

impl Run<'_> {
    /// Takes in what Mastercard sent because of what just happened there, with the moment of it on our clock: the
    /// simulator's own would be real time.
    pub(super) async fn hears_from_mastercard(&mut self) {
        self.sees_tokens();
        for mut body in self.stage.letters().await {
            let client = body["clientId"].as_u64().unwrap();
            let card = body["cardContractId"].as_u64().unwrap();
            let who = self.evidence.people.iter().position(|person| person.client == client).unwrap();
            let number = self.evidence.letters.len() + 1;
            let copies = self.dice.of(&[0, 1, 1, 1, 2, 3]);
            let told = format!("{} {number}", body["type"].as_str().unwrap());
            self.note(format!("Processing sends {told}, to come {copies} times"));
            let occurred_at: Timestamp = self.now() + SignedDuration::from_secs(self.skew());
            body["occurredAt"] = occurred_at.to_string().into();
            body["notificationId"] = format!("letter-{number}").into();
            // Mastercard does not say which fields will come.
            for field in ["notificationId", "clientId", "tokenRequestorId"] {
                if self.dice.chance(10) {
                    body.as_object_mut().unwrap().remove(field);
                }
            }
            self.evidence.letters.push(Letter {
                body,
                occurred_at,
                who,
                card,
                told,
                copies,
                acknowledged: None,
            });
        }
    }

    /// How far Mastercard's clock is ahead of ours; the same throughout a run.
    fn skew(&self) -> i64 {
        i64::try_from(self.evidence.people[0].cards.len()).unwrap() * 9 - 18
    }

    /// Letters that are still to be delivered.
    pub(super) fn undelivered(&self) -> Vec<usize> {
        let letters = self.evidence.letters.iter().enumerate();
        letters.filter(|(_, letter)| letter.copies > 0).map(|(number, _)| number).collect()
    }

    /// Delivers some of them, in any order, together.
    pub(super) async fn delivers(&mut self) -> usize {
        let mut letters = self.undelivered();
        self.dice.shuffle(&mut letters);
        letters.truncate(1 + self.dice.below(MOST));
        letters.iter().for_each(|letter| self.evidence.letters[*letter].copies -= 1);
        self.delivers_these(letters, true).await
    }

    pub(super) async fn delivers_these(&mut self, letters: Vec<usize>, with_certificate: bool) -> usize {
        let named = |letter: &usize| self.evidence.letters[*letter].told.as_str();
        let told = letters.iter().map(named).collect::<Vec<_>>().join(", ");
        let mut bodies: Vec<_> = letters.iter().map(|it| self.evidence.letters[*it].body.clone()).collect();
        let body = if bodies.len() == 1 { bodies.remove(0) } else { Value::Array(bodies) };
        let event = Event::new("POST /notifications", "/notifications").saying(&body);
        let deed = Deed::new(Function::ReceiveNotification, told);
        let deed = if with_certificate {
            let subject = self.stage.world.settings();
            let subject = subject.iter().find(|(name, _)| *name == "NOTIFICATION_CLIENT_SUBJECTS").unwrap().1;
            Deed { letters, ..deed.asking(event.by_bearer_of(subject)) }
        } else {
            deed.asking(event).trespassing(true)
        };
        self.begins(deed).await
    }

    /// What Mastercard learns of a delivery: without a 200 it comes again.
    pub(super) fn acknowledges(&mut self, letters: &[usize], acknowledged: bool) {
        let step = self.trace.step();
        for letter in letters {
            let letter = &mut self.evidence.letters[*letter];
            if acknowledged {
                letter.acknowledged.get_or_insert(step);
            } else {
                letter.copies += 1;
            }
        }
    }
}
