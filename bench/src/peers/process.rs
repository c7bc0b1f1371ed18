//! A new process of either function, and its first answer.

use std::{ffi::OsString, time::Duration};

use super::bundle::Bundle;
use crate::{
    error::BenchError,
    function::Function,
    functions::{harness::Harness, timing},
};

/// The function that is compared; both get its events.
pub(super) const ENROLL: &str = "enroll";

/// What starts both functions.
pub(super) struct Starter<'a> {
    pub(super) harness: &'a Harness,
    pub(super) bundle: &'a Bundle,
}

/// A process after its first event.
pub(super) struct Process {
    pub(super) function: Function,
    /// From exec to the response to the first event.
    pub(super) first_answer: Duration,
}

impl Starter<'_> {
    /// Starts both functions, one after the other, each as the last argument of `wrapper`. Returns `enroll` first.
    pub(super) async fn both(
        &self,
        wrapper: &[OsString],
        enroll_first: bool,
    ) -> Result<[Process; 2], BenchError> {
        if enroll_first {
            return Ok([self.enroll(wrapper).await?, self.node(wrapper).await?]);
        }
        let node = self.node(wrapper).await?;
        Ok([self.enroll(wrapper).await?, node])
    }

    async fn enroll(&self, wrapper: &[OsString]) -> Result<Process, BenchError> {
        let Harness { binaries, variables, .. } = self.harness;
        self.answer(Function::start_under(wrapper, binaries, ENROLL, variables).await?).await
    }

    async fn node(&self, wrapper: &[OsString]) -> Result<Process, BenchError> {
        let wrapper = [wrapper, &self.bundle.command()].concat();
        let variables = &self.harness.variables;
        self.answer(Function::start_under(&wrapper, &Bundle::folder(), Bundle::FILE, variables).await?).await
    }

    async fn answer(&self, mut function: Function) -> Result<Process, BenchError> {
        let [first, _, _] = timing::invoke(self.harness, &mut function, ENROLL).await?;
        let first_answer = function.startup + first;
        Ok(Process { function, first_answer })
    }
}
