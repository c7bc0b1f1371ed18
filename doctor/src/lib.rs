//! Checks credentials, settings and signatures before the first live call, and answers support's and operators'
//! questions after it. Settings are read by the functions' own readers, so `doctor` accepts what the functions accept.

pub mod audit;
mod aws;
mod aws_cli;
pub mod check;
pub mod explain;
pub mod init;
pub mod interruption;
pub mod operate;
pub mod report;
pub mod samconfig;
pub mod sandbox;
pub mod settings_file;
pub mod support;
mod trial_search;
