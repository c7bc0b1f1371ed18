//! The programs and commands of `doctor`, against a `World`.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod audit;
mod check;
mod erase;
mod init;
mod operate;
mod outputs;
mod program;
mod quarantine;
mod redrive;
mod sandbox;
mod support;
mod support_commands;
mod tokens;
