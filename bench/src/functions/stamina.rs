//! A thousand enrollments in one process: how much memory it comes to hold, and how many a core would do in a second.

use std::process::Command;

use serde::Serialize;

use super::stage::Stage;
use crate::{error::BenchError, function::Function};

/// What `enroll` did in one process.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stamina {
    pub(super) enrollments: u32,
    pub(super) peak_megabytes: f64,
    /// If a processor did nothing else: by the time for which one was busy with it.
    pub(super) enrollments_a_second: f64,
    /// RSA signatures of one enrollment: one for each call of Mastercard.
    pub(super) signatures: f64,
    /// RSA decryptions of one enrollment: one for each answer of Processing.
    pub(super) decryptions: f64,
    /// What OpenSSL signs beside it; none without OpenSSL.
    pub(super) openssl: Option<OpenSsl>,
}

/// What `openssl speed rsa2048` signs in a second.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenSsl {
    /// With the instructions that the functions use: a small aws-lc has no AVX-512 code, and arm64 nothing like it.
    pub(super) signatures_a_second: f64,
    /// With all that this processor has.
    pub(super) with_avx512: f64,
}

impl Stamina {
    /// How many enrollments a second the RSA operations alone would allow, at so many of them a second.
    pub(super) fn allowed(&self, operations_a_second: f64) -> f64 {
        operations_a_second / (self.signatures + self.decryptions)
    }
}

/// Runs OpenSSL before and after, and takes the better of both.
pub(super) async fn stamina(stage: &Stage, enrollments: u32) -> Result<Stamina, BenchError> {
    const NAME: &str = "enroll";
    let before = tokio::task::block_in_place(OpenSsl::measured);
    let mut function = Function::start(&stage.binaries, NAME, &stage.variables).await?;
    let _ = function.invoke(stage.event(NAME).await?).await?;
    let _ = stage.mastercard();
    let began = function.busy();
    for _ in 0..enrollments {
        let answered = function.invoke(stage.event(NAME).await?).await?;
        if answered.answer["statusCode"] != 201 {
            return Err(BenchError::Unusable {
                what: format!("{NAME} answers {}", answered.answer["statusCode"]),
            });
        }
    }
    let busy = function.busy().zip(began).map_or(f64::INFINITY, |(now, began)| (now - began).as_secs_f64());
    let calls = stage.mastercard().map(|count| crate::report::count(count.requests) / f64::from(enrollments));
    let after = tokio::task::block_in_place(OpenSsl::measured);
    Ok(Stamina {
        enrollments,
        peak_megabytes: f64::from(function.peak_kilobytes()) / 1e3,
        enrollments_a_second: f64::from(enrollments) / busy,
        signatures: calls.iter().sum(),
        decryptions: calls[1],
        openssl: before.zip(after).map(|(before, after)| before.better(after)),
    })
}

/// OpenSSL's name for the processor without AVX-512's integer multiplication (IFMA), which only its RSA uses. Means nothing on arm64.
const WITHOUT_AVX512: (&str, &str) = ("OPENSSL_ia32cap", ":~0x200000");

impl OpenSsl {
    fn measured() -> Option<Self> {
        Some(Self { signatures_a_second: signed(Some(WITHOUT_AVX512))?, with_avx512: signed(None)? })
    }

    fn better(self, other: Self) -> Self {
        Self {
            signatures_a_second: self.signatures_a_second.max(other.signatures_a_second),
            with_avx512: self.with_avx512.max(other.with_avx512),
        }
    }
}

fn signed(variable: Option<(&str, &str)>) -> Option<f64> {
    let openssl = ["speed", "-seconds", "3", "rsa2048"];
    let told = Command::new("openssl").args(openssl).envs(variable).output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let line = told.lines().find(|line| line.starts_with("rsa") && line.contains("2048"))?;
    // `rsa 2048 bits 0.000857s 0.000025s 1166.4 39876.9`
    line.split_whitespace().rev().nth(1)?.parse().ok()
}
