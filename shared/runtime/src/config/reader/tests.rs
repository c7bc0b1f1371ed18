use crate::config::{
    Function, List, Settings,
    registry::{
        ENROLLMENTS_TABLE, FEATURED_TOKEN_REQUESTORS, LARGEST_DROP_PERCENT, LOGO_BASE_URL, LOGO_BUCKET,
        NOTIFICATION_DECRYPTION_KEY, PROCESSING_SIGNING_KEY, REDIRECT_KEYS, TENANT,
    },
};
use crate::telemetry::testing::logged;

fn settings(variables: &[(&str, &str)]) -> Settings {
    variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[test]
fn an_operator_reads_all_problems_together() {
    let settings = settings(&[("LARGEST_DROP_PERCENT", "many"), ("LOGO_BASE_URL", "nowhere")]);
    let mut reader = settings.read();
    assert_eq!(reader.value(&LARGEST_DROP_PERCENT), None);
    assert_eq!(reader.value(&LOGO_BASE_URL), None);
    assert_eq!(reader.value(&ENROLLMENTS_TABLE), None);
    let problems = reader.problems().to_string();
    for problem in [
        "LARGEST_DROP_PERCENT: must be 0 to 100",
        "LOGO_BASE_URL: relative URL",
        "ENROLLMENTS_TABLE is not set",
    ] {
        assert!(problems.contains(problem), "{problem} in {problems}");
    }
}

#[test]
fn a_problem_stops_init_even_where_all_values_are_there() {
    let settings = settings(&[("LOGO_BUCKET", "logos"), ("FEATURED_TOKEN_REQUESTORS", "click-to-pay")]);
    let mut reader = settings.read();
    let bucket = reader.value(&LOGO_BUCKET);
    assert_eq!(bucket.as_deref(), Some("logos"));
    assert_eq!(reader.optional(&FEATURED_TOKEN_REQUESTORS), None);
    assert!(reader.finish(bucket).unwrap_err().to_string().contains("FEATURED_TOKEN_REQUESTORS"));
}

#[test]
fn only_settings_whose_readers_may_read_each_other_share_a_secret() {
    let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:k#key";
    let settings = settings(&[
        ("PROCESSING_SIGNING_KEY", arn),
        ("REDIRECT_KEYS", arn),
        ("NOTIFICATION_DECRYPTION_KEY", arn),
    ]);
    let mut reader = settings.read();
    assert!(reader.value(&PROCESSING_SIGNING_KEY).is_some());
    assert_eq!(reader.value(&REDIRECT_KEYS), None);
    assert_eq!(reader.value(&NOTIFICATION_DECRYPTION_KEY), None);
    let problems = reader.problems().to_string();
    assert_eq!(problems.matches("must be a secret that holds nothing else").count(), 2, "{problems}");
}

#[test]
fn an_absent_or_empty_setting_has_its_default_or_none() {
    for settings in [Settings::default(), settings(&[("TENANT", ""), ("FEATURED_TOKEN_REQUESTORS", "")])] {
        let mut reader = settings.read();
        assert_eq!(reader.value(&TENANT).unwrap().to_string(), "default");
        assert_eq!(reader.optional(&FEATURED_TOKEN_REQUESTORS), Some(None));
        assert_eq!(reader.finish(Some(())).ok(), Some(()));
    }
}

#[test]
fn a_function_cannot_read_a_setting_that_is_not_registered_for_it() {
    let settings = settings(&[("LOGO_BUCKET", "logos")]).for_function(Function::ListRequestors);
    let mut reader = settings.read();
    assert_eq!(reader.value(&LOGO_BUCKET), None);
    assert!(!reader.is_set(&LOGO_BUCKET));
    assert_eq!(reader.peek(&LOGO_BUCKET), None);
    assert_eq!(
        reader.problems().to_string(),
        "settings: LOGO_BUCKET: add the function to its entry in shared/runtime/src/config/registry"
    );
}

#[test]
fn entries_of_a_list_may_be_separated_by_spaces() {
    let settings = settings(&[("FEATURED_TOKEN_REQUESTORS", "50123197928, 50111111111,50122222222")]);
    let Some(List(ids)) = settings.read().value(&FEATURED_TOKEN_REQUESTORS) else { panic!("no list") };
    assert_eq!(ids.len(), 3);
}

#[test]
fn a_variable_that_resembles_an_absent_setting_is_logged() {
    let settings = settings(&[("ENROLMENTS_TABLE", "enrollments"), ("TENNANT", "one"), ("PATH", "/bin")]);
    let logged = logged(|| {
        let mut reader = settings.read();
        let values = (reader.value(&ENROLLMENTS_TABLE), reader.value(&TENANT));
        assert!(reader.finish(values.0).is_err());
    });
    let lines: Vec<serde_json::Value> =
        logged.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let pairs: Vec<_> = lines.iter().map(|line| (&line["variable"], &line["setting"])).collect();
    assert_eq!(
        pairs,
        [(&"ENROLMENTS_TABLE".into(), &"ENROLLMENTS_TABLE".into()), (&"TENNANT".into(), &"TENANT".into())]
    );
    assert!(lines.iter().all(|line| line["level"] == "WARN" && line["event"] == "setting_misspelled"));
    assert!(!logged.contains("/bin") && !logged.contains("PATH"));
}
