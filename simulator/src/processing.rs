//! Mastercard Processing Digital and the card management system behind it. Its specification is not public: paths,
//! header and token fields are documented, request and response of the search are inferred.

pub(crate) mod envelope;
pub(crate) mod searches;
pub(crate) mod token_changes;
pub(crate) mod tokens;
