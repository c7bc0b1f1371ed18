//! Generates `docs/configuration.md` and compares it.

use crate::config::Function;
use std::{fmt::Write as _, path::Path};

use super::*;

const COMMAND: &str = "UPDATE_SETTINGS_PAGE=1 cargo test -p runtime settings_page";

const INTRODUCTION: &str = "\
# Settings

Environment variables; each function reads only its own. All problems are reported together at init, which then stops. A
*reference* is a Secrets Manager ARN, or `file:/path` without AWS; a setting never contains the secret itself. `ARN#key` names one
value of a secret that holds several, a JSON object of texts, in which a `.p12` or other binary content is base64; a start asks once for
such a secret. Settings with *its own* refuse it: whoever may read a secret may read all of it. In AWS each setting is
a parameter of `infra/template.yaml` with the same name in camel case (`ACCOUNT_RANGES`, `AccountRanges`), or made by the
template (tables, bucket, addresses). An empty value counts as absent. An unknown variable whose name resembles a setting that is
not set is logged at init (`setting_misspelled`), and is a row of `doctor check`.
";

const RULES: &str = "
Init stops when a base URL is not `https` (loopback excepted), when the two APIs or a labeled consumer key belong to different
environments, when half of a second key set is missing, and when a certificate does not belong to its key. It logs how many days each
key has left, as a warning below 45.

A secret that cannot be fetched for a reason that may pass (the extension is not ready, overloaded, or not reachable) does not stop init: the
function fetches it when its next event arrives. By AWS's documentation this is the rule, because the extension can be called only once an event
has arrived. A key that is wrong then fails every event, and not init: `doctor check` finds it before the deployment.

A function also reads what Lambda sets (`AWS_*`, `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`, `AWS_XRAY_DAEMON_ADDRESS`), the proxy for
Mastercard (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), and `SSL_CERT_FILE`, the file of the root certificates that it trusts instead of Mozilla's.

All variables of one function together may have 4 KB in Lambda. In `enroll`, which has the longest, there is room for about 190 account
ranges of 9 digits, or for 60 with every optional key.
";

fn page() -> String {
    let mut page = format!(
        "<!-- Generated from shared/runtime/src/config/registry. Edit there, then run: {COMMAND} -->\n\n{INTRODUCTION}"
    );
    for section in SECTIONS {
        let _ = write!(page, "\n## {}\n\n", section.title);
        page.push_str(
            "| name | type | default | names a secret | functions | meaning |\n|---|---|---|---|---|---|\n",
        );
        for Entry { definition, kind, meaning } in section.settings {
            let Definition { name, secret, own_secret, .. } = definition;
            let (default, functions) = (default(definition.presence), functions(definition.functions));
            let secret = match (secret, own_secret) {
                (true, true) => "yes, its own",
                (true, false) => "yes",
                (false, true) => "no; its own",
                (false, false) => "no",
            };
            let _ = writeln!(page, "| `{name}` | {kind} | {default} | {secret} | {functions} | {meaning} |");
        }
    }
    page + RULES
}

fn default(presence: Presence) -> String {
    match presence {
        Presence::Required => "required".into(),
        Presence::Default(text) => format!("`{text}`"),
        Presence::Optional(effect) => effect.into(),
    }
}

fn functions(functions: &[Function]) -> String {
    match functions {
        [] => "none".into(),
        all if all == Function::ALL => "all".into(),
        some => some.iter().map(|function| function.as_str()).collect::<Vec<_>>().join(", "),
    }
}

#[test]
fn settings_page_and_registry_agree() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    if std::env::vars().any(|(name, _)| name == "UPDATE_SETTINGS_PAGE") {
        std::fs::write(&file, page()).unwrap();
    }
    let stored = std::fs::read_to_string(&file).unwrap();
    let difference = page()
        .lines()
        .zip(stored.lines())
        .find(|(ours, stored)| ours != stored)
        .map(|(line, _)| line.to_owned());
    assert!(
        page() == stored,
        "docs/configuration.md differs from shared/runtime/src/config/registry, first at {difference:?}. \
         Edit the registry, not the page; then run: {COMMAND}"
    );
}
