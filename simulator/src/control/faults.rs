//! Faults and call counts.

use crate::{
    faults::{Fault, Times},
    operation::Operation,
    simulator::Simulator,
};

impl Simulator {
    /// Injects a fault into the next calls of an operation (`2`, or [`Times::Always`]); replaces its previous fault.
    pub fn set_fault(&self, operation: Operation, fault: Fault, times: impl Into<Times>) {
        self.mastercard.faults.set(operation, "", fault, times.into());
    }

    /// Injects a fault into the calls that contain a text, such as an account range or asset id, in their path or in
    /// their body as sent.
    pub fn set_fault_matching(
        &self,
        operation: Operation,
        matching: &str,
        fault: Fault,
        times: impl Into<Times>,
    ) {
        self.mastercard.faults.set(operation, matching, fault, times.into());
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.mastercard.faults.clear();
    }

    /// Calls of an operation so far, failed ones included.
    #[must_use]
    pub fn calls(&self, operation: Operation) -> usize {
        self.mastercard.calls().get(&operation).copied().unwrap_or_default()
    }
}
