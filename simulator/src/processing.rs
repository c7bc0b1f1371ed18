//! Mastercard Processing Digital and the card management system behind it. Its specification is not public: paths,
//! header and token fields are documented, request and answer of the search are one plausible reading.

pub(crate) mod envelope;
pub(crate) mod searches;
pub(crate) mod tokens;
