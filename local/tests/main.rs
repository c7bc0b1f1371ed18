//! The `World`, its pages and programs, and the documents that a run of it keeps correct.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod app_integration;
mod catalog;
mod live;
mod program;
mod sample_app;
mod world;
