//! Validation of request fields. A field outside of its limits is `INVALID_FIELD_LENGTH`, as documented; one of the
//! wrong type or alphabet is `INVALID_FIELD_VALUE`, which is invented.

use std::ops::RangeInclusive;

use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::{error_response::ErrorResponse, operation::Api};

/// A JSON object of the request. Unknown fields are ignored; names are case-sensitive.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    api: Api,
}

impl<'a> Fields<'a> {
    /// The fields of `body`; `INVALID_JSON` unless it is an object.
    pub(crate) fn of(body: &'a Value, api: Api) -> Result<Self, ErrorResponse> {
        let object = body.as_object().ok_or_else(|| invalid_json(api))?;
        Ok(Self { object, api })
    }

    /// A field's value; `null` counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, ErrorResponse> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(Self { object, api: self.api })),
            Some(_) => Err(self.invalid(name)),
        }
    }

    pub(crate) fn array(
        &self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<&'a [Value], ErrorResponse> {
        match self.get(name) {
            Some(Value::Array(items)) if length.contains(&items.len()) => Ok(items),
            Some(Value::Array(_)) => Err(self.invalid_length(name)),
            _ => Err(self.invalid(name)),
        }
    }

    pub(crate) fn text(
        &self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<Option<&'a str>, ErrorResponse> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if length.contains(&text.chars().count()) => Ok(Some(text)),
            Some(Value::String(_)) => Err(self.invalid_length(name)),
            Some(_) => Err(self.invalid(name)),
        }
    }

    pub(crate) fn required_text(
        &self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<&'a str, ErrorResponse> {
        self.text(name, length)?.ok_or_else(|| self.invalid(name))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, ErrorResponse> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.invalid(name)),
        }
    }

    pub(crate) fn invalid(&self, name: &str) -> ErrorResponse {
        let description = format!("Invalid Field Value - {name}");
        self.api.error(StatusCode::BAD_REQUEST, "INVALID_FIELD_VALUE", &description)
    }

    pub(crate) fn invalid_length(&self, name: &str) -> ErrorResponse {
        let description = format!("Invalid Field Length - {name}");
        self.api.error(StatusCode::BAD_REQUEST, "INVALID_FIELD_LENGTH", &description)
    }
}

/// The error for a body that is not JSON, or not an object.
pub(crate) fn invalid_json(api: Api) -> ErrorResponse {
    api.error(StatusCode::BAD_REQUEST, "INVALID_JSON", "The request body is not valid JSON.")
}

pub(crate) fn parse(body: &[u8], api: Api) -> Result<Value, ErrorResponse> {
    serde_json::from_slice(body).map_err(|_| invalid_json(api))
}
