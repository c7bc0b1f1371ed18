//! The outputs of the template, of which a command in docs/deploy.md makes the configuration of `doctor`.

use std::collections::BTreeSet;

use aws_config::{BehaviorVersion, SdkConfig};
use doctor::init::setting_name;
use model::clock::Clock;
use runtime::{
    config::{
        Runtime, Settings,
        registry::{self, Presence},
    },
    store::Enrollments,
};

/// The settings that the command makes of the outputs.
fn outputs() -> BTreeSet<String> {
    let (_, outputs) = include_str!("../../infra/template.yaml").split_once("\nOutputs:\n").unwrap();
    let names = outputs.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    names.filter(|name| !name.starts_with(' ')).map(setting_name).collect()
}

#[test]
fn every_setting_with_which_enrollments_are_written_is_an_output_of_the_template() {
    let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
    let runtime = Runtime::new(Settings::default(), aws, Clock::default());
    let mut reader = runtime.settings.read();
    assert!(Enrollments::from_settings(&mut reader, &runtime).is_none(), "there is no setting");
    let read = reader.absent();
    assert!(read.contains(&"ENROLLMENT_RETENTION_DAYS"), "{read:?}");
    let outputs = outputs();
    for setting in read {
        assert!(outputs.contains(*setting), "infra/template.yaml: add an output for {setting}");
    }
}

#[test]
fn every_setting_that_only_doctor_requires_is_an_output_of_the_template() {
    let of_doctor = registry::definitions().filter(|definition| definition.functions.is_empty());
    let required: Vec<_> = of_doctor.filter(|it| it.presence == Presence::Required).collect();
    assert!(!required.is_empty());
    let outputs = outputs();
    for setting in required {
        assert!(outputs.contains(setting.name), "infra/template.yaml: add an output for {}", setting.name);
    }
}
