//! receive-notification
