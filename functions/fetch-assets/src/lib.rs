//! fetch-assets
