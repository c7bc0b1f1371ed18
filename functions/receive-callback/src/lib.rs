//! receive-callback
