//! How a `World` is set up.

use std::{collections::BTreeMap, path::PathBuf};

use url::Url;

/// The defaults are a `World` of its own: free ports, memory and a temporary folder, its own simulator. It does not
/// print, since settings may be secret.
#[derive(Clone, Default)]
pub struct Options {
    /// Keeps tables, logos and keys there between runs. The simulator's cards and tokens are in memory always.
    pub data: Option<PathBuf>,
    /// Port of the app's API on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Another Token Connect; ends in `/mdes`.
    pub token_connect_url: Option<Url>,
    /// Another Mastercard Processing; ends in `/global-processing/digital`.
    pub processing_url: Option<Url>,
    /// Changes to the functions' environment: a variable by its name; an empty value leaves it out.
    pub settings: BTreeMap<String, String>,
    /// The simulator's. Its notification target is the `World`'s door, whatever is set here.
    pub simulator: simulator::Options,
}
