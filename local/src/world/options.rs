//! Options of a `World`.

use std::{collections::BTreeMap, path::PathBuf};

use url::Url;

/// By default: free ports, memory and a temporary folder, its own simulator. Has no `Debug`, since settings may be
/// secret.
#[derive(Clone, Default)]
pub struct Options {
    /// Folder for tables, logos, keys and the audit trail between runs. The simulator's cards and tokens are always in memory.
    pub data: Option<PathBuf>,
    /// Port of the app's API on 127.0.0.1; 0 selects a free one.
    pub port: u16,
    /// URL of another Token Connect; ends in `/mdes`.
    pub token_connect_url: Option<Url>,
    /// URL of another Mastercard Processing; ends in `/global-processing/digital`.
    pub processing_url: Option<Url>,
    /// Changes to the functions' environment, by variable name; an empty value removes the variable.
    pub settings: BTreeMap<String, String>,
    /// Origins of other sites whose pages may call the app's API, such as `https://bank.example`; none by default.
    pub web_origins: Vec<String>,
    /// Options of the simulator. Its notification target is always the `World`'s notification endpoint.
    pub simulator: simulator::Options,
}
