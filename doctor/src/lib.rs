//! Finds what is wrong with credentials, settings and signatures before the first live call, in words that say what
//! to do. It reads everything through the functions' own readers: what it accepts is what they accept.

mod aws;
pub mod check;
pub mod desk;
pub mod explain;
pub mod operate;
pub mod report;
pub mod settings_file;
