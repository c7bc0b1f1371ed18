//! get-enrollment
