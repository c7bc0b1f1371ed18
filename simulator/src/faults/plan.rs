//! The faults that are set, by operation.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Fault, Times};
use crate::operation::Operation;

/// At most one fault per operation.
#[derive(Default)]
pub(crate) struct FaultPlan(Mutex<HashMap<Operation, PlannedFault>>);

struct PlannedFault {
    fault: Fault,
    times: Times,
    /// Only calls that contain this text in their path or body fail; empty for all calls.
    matching: String,
}

impl FaultPlan {
    pub(crate) fn set(&self, operation: Operation, matching: &str, fault: Fault, times: Times) {
        let planned = PlannedFault { fault, times, matching: matching.to_owned() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(operation, planned);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// One line per fault, sorted.
    pub(crate) fn describe(&self) -> Vec<String> {
        let planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<_> = planned
            .iter()
            .map(|(operation, PlannedFault { fault, times, .. })| {
                format!("{}: {fault:?}, {times:?}", operation.name())
            })
            .collect();
        lines.sort();
        lines
    }

    /// The fault of one call, given its path and body; counts the call.
    pub(crate) fn take<const N: usize>(&self, operation: Operation, call: [&[u8]; N]) -> Option<Fault> {
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let PlannedFault { fault, times, matching } = planned.get_mut(&operation)?;
        let contains = |part: &&[u8]| String::from_utf8_lossy(part).contains(matching.as_str());
        if !matching.is_empty() && !call.iter().any(contains) {
            return None;
        }
        let fault = fault.clone();
        match times {
            Times::Always => {}
            Times::Next(left @ 2..) => *left -= 1,
            Times::Next(left) => {
                let exhausted = *left == 0;
                planned.remove(&operation);
                if exhausted {
                    return None;
                }
            }
        }
        Some(fault)
    }
}
