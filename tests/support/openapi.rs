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

/// The document.
pub(crate) static API_DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    serde_saphyr::from_str(&read("infra/openapi.yaml")).expect("infra/openapi.yaml is YAML")
});

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
