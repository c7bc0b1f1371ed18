//! The API description, `infra/openapi.yaml`, and checks of responses against it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::{Validator, draft202012};
use local::cardholder::Response;
use reqwest::Method;
use serde_json::{Value, json};

/// The document. Clients must accept fields and values that it does not have; for the tests such a field or value is one that somebody
/// forgot to describe.
pub(crate) static API_DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let mut document: Value =
        serde_saphyr::from_str(&read("infra/openapi.yaml")).expect("infra/openapi.yaml is YAML");
    let Value::Object(schemas) = &mut document["components"]["schemas"] else { panic!("no schemas") };
    // Mastercard may add fields to its notifications.
    schemas.iter_mut().filter(|(name, _)| *name != "Notification").for_each(|(_, schema)| close(schema));
    document
});

/// Rejects fields and values that a schema does not name.
fn close(schema: &mut Value) {
    if let Some(values) = schema.get("x-extensible-enum").cloned() {
        schema["enum"] = values;
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.values_mut().for_each(close);
        if schema.get("additionalProperties").is_none() {
            schema["additionalProperties"] = json!(false);
        }
    }
    if let Some(items) = schema.get_mut("items") {
        close(items);
    }
}

/// A file of the project, by its path from the root.
pub(crate) fn read(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Its route keys, such as `GET /cards`.
pub(crate) fn routes() -> BTreeSet<String> {
    let paths = API_DESCRIPTION["paths"].as_object().expect("paths");
    let keys = paths.iter().flat_map(|(template, item)| {
        let methods = item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
        let methods = methods.filter(|method| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&&**method));
        methods.map(move |method| format!("{method} {template}"))
    });
    keys.collect()
}

/// The path template that matches a request's path.
pub(crate) fn template(path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |template: &&String| {
        let (expected, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let pair = |(expected, given): (&&str, &&str)| expected == given || expected.starts_with('{');
        expected.len() == given.len() && expected.iter().zip(&given).all(pair)
    };
    API_DESCRIPTION["paths"].as_object()?.keys().find(fits).map(String::as_str)
}

/// Checks a response against the API description: route, status, headers, content type and schema.
pub(crate) fn conforms(method: &Method, template: &str, response: &Response) {
    let what = format!("{method} {template} {}", response.status);
    let operation = format!("/paths/{}/{}", escaped(template), method.as_str().to_lowercase());
    let pointer = resolved(format!("{operation}/responses/{}", response.status));
    let documented =
        API_DESCRIPTION.pointer(&pointer).unwrap_or_else(|| panic!("the API description has no {what}"));
    for (name, header) in documented["headers"].as_object().into_iter().flatten() {
        let given = response.headers.get(&name.to_lowercase());
        assert!(given.is_some() || header["required"] != true, "{what} lacks {name}");
        let at = resolved(format!("{pointer}/headers/{}", escaped(name)));
        if let Some(given) = given {
            let given = given.parse::<i64>().map_or_else(|_| json!(given), |number| json!(number));
            assert_eq!(violations(&format!("{at}/schema"), &given), [""; 0], "{what}, header {name}");
        }
    }
    let media_type = response.headers.get("content-type").and_then(|it| it.split(';').next());
    let Some(media_type) = media_type else {
        assert!(documented["content"].is_null(), "{what} lacks its content");
        return;
    };
    let content = format!("{pointer}/content/{}", escaped(media_type));
    assert!(
        API_DESCRIPTION.pointer(&content).is_some(),
        "the API description has no {media_type} for {what}"
    );
    if media_type.ends_with("json") {
        assert_eq!(violations(&format!("{content}/schema"), &response.body), [""; 0], "{what}");
    }
    if media_type == "application/problem+json" {
        let codes = API_DESCRIPTION.pointer(&format!("{content}/x-codes")).and_then(Value::as_array);
        let is_documented = codes.is_some_and(|codes| codes.contains(&response.body["code"]));
        assert!(is_documented, "{what} has no code {}", response.body["code"]);
        assert_eq!(response.body["status"], response.status, "{what}");
    }
}

/// Violations of the schema at `pointer` in a document, without its values.
pub(crate) fn violations(pointer: &str, document: &Value) -> Vec<String> {
    let validator = validator(pointer);
    let errors = validator.iter_errors(document);
    errors.map(|error| format!("{} at {}", error.masked(), error.instance_path())).collect()
}

/// Built once for each schema, since this takes longer than a validation.
fn validator(pointer: &str) -> Arc<Validator> {
    static MADE: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let made = || {
        let mut schema = API_DESCRIPTION.clone();
        schema["$ref"] = json!(format!("#{}", pointer.replace('{', "%7B").replace('}', "%7D")));
        let validator = draft202012::options().should_validate_formats(true).build(&schema);
        Arc::new(validator.unwrap_or_else(|error| panic!("{pointer} is not a schema: {error}")))
    };
    let mut validators = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(validators.entry(pointer.to_owned()).or_insert_with(made))
}

/// Follows a `$ref`, if there is one at the end of the pointer.
pub(crate) fn resolved(pointer: String) -> String {
    let reference = API_DESCRIPTION.pointer(&pointer).and_then(|it| it["$ref"].as_str());
    reference.and_then(|it| it.strip_prefix('#')).map_or(pointer.clone(), str::to_owned)
}

/// A name as a part of a JSON pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
