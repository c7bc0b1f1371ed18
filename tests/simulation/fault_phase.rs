//! The first phase of a run: operations of the workload, visits to Click to Pay, notifications and perturbations run
//! concurrently, with faults.

use super::{fault::Fault, run::Run, workload::Operation};

/// The most actions of a fault phase.
const MAX_ACTIONS: usize = 400;
/// The most invocations in progress.
const MAX_ACTORS: usize = 5;

/// What may happen next.
#[derive(Clone, Copy)]
enum Action {
    /// A step of the actor with this number.
    Step(usize),
    StartOperation,
    /// An app opens the redirect with this index.
    OpenRedirect(usize),
    /// The visit with this index ends.
    EndVisit(usize),
    /// A browser follows the return with this index.
    Return(usize),
    DeliverNotifications,
    /// The orphaned request with this index is processed.
    ProcessOrphan(usize),
    Perturb,
}

impl Run<'_> {
    pub(super) async fn run_fault_phase(&mut self) {
        let mut workload = self.generate_workload();
        let mut perturbations = self.rng.between(2, 8);
        for _ in 0..MAX_ACTIONS {
            let mut actions = self.possible_actions(&workload);
            if actions.is_empty() {
                break;
            }
            if perturbations > 0 {
                actions.push((4, Action::Perturb));
            }
            match self.rng.weighted(&actions) {
                Action::Step(number) => {
                    let actor = self.actors.iter().find(|actor| actor.number == number).unwrap();
                    let fault = Fault::random(&mut self.rng, &actor.waiting[0].call, self.fault_rate);
                    self.step(number, fault).await;
                }
                Action::StartOperation => {
                    let operation = workload.pop().unwrap();
                    self.start_operation(operation).await;
                }
                Action::OpenRedirect(index) => self.open_redirect(index).await,
                Action::EndVisit(index) => self.end_visit(index).await,
                Action::Return(index) => drop(self.return_to_bank(index).await),
                Action::DeliverNotifications => drop(self.deliver_some().await),
                Action::ProcessOrphan(index) => self.process_orphan(index).await,
                Action::Perturb => {
                    perturbations -= 1;
                    self.perturb().await;
                }
            }
        }
    }

    /// The actions that are possible now, with their weights.
    fn possible_actions(&self, workload: &[Operation]) -> Vec<(usize, Action)> {
        let mut actions: Vec<_> = self.actors.iter().map(|actor| (10, Action::Step(actor.number))).collect();
        let orphans = 0..self.orphans.len();
        actions.extend(orphans.map(|index| (2, Action::ProcessOrphan(index))));
        let redirects = self.browsers.redirects.iter().enumerate();
        let redirects = redirects.filter(|(_, redirect)| redirect.openings > 0);
        actions.extend(redirects.map(|(index, _)| (6, Action::OpenRedirect(index))));
        actions.extend((0..self.browsers.visits.len()).map(|index| (6, Action::EndVisit(index))));
        if self.actors.len() < MAX_ACTORS {
            let returns = self.browsers.returns.iter().enumerate().filter(|(_, it)| it.times > 0);
            actions.extend(returns.map(|(index, _)| (5, Action::Return(index))));
            if !self.undelivered().is_empty() {
                actions.push((8, Action::DeliverNotifications));
            }
            if !workload.is_empty() {
                actions.push((8, Action::StartOperation));
            }
        }
        actions
    }
}
