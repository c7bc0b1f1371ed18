//! Soak test: many enrollments in one process, with its peak memory and throughput.

use std::process::Command;

use jiff::Timestamp;
use serde::Serialize;

use super::{events::body, harness::Harness};
use crate::{error::BenchError, function::Function};

const NAME: &str = "enroll";

/// RSA operations of an enrollment without `cardsAsOf`: a signature for each call of Mastercard, a decryption for each response of Processing.
/// The yardstick is that number for every enrollment: one that needs fewer is faster than it.
const RSA_OPERATIONS: f64 = 5.0;

/// The figures of the soak test of `enroll`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Soak {
    /// Of each run.
    pub(super) enrollments: u32,
    pub(super) peak_megabytes: f64,
    /// The app sends nothing: `enroll` reads the token list.
    pub(super) without_list: Run,
    /// The app sends `cardsAsOf` of the list that it has just read.
    pub(super) with_list: Run,
    /// OpenSSL on the same machine; `None` without OpenSSL.
    pub(super) openssl: Option<OpenSsl>,
}

/// Many enrollments.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    /// Enrollments per second of CPU time.
    pub(super) enrollments_per_second: f64,
    /// RSA signatures of one enrollment: one per call to Mastercard.
    pub(super) signatures: f64,
    /// RSA decryptions of one enrollment: one per response of Processing.
    pub(super) decryptions: f64,
}

/// Signatures per second of `openssl speed rsa2048`.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenSsl {
    /// With the instructions that the functions use: aws-lc built for size has no AVX-512 code.
    pub(super) signatures_per_second: f64,
    /// With AVX-512.
    pub(super) with_avx512: f64,
}

/// Enrollments per second of which RSA alone would be the limit, at this many RSA operations per second.
pub(super) fn rsa_limit(operations_per_second: f64) -> f64 {
    operations_per_second / RSA_OPERATIONS
}

/// Runs the soak test, and OpenSSL before and after it; the better of both counts.
pub(super) async fn run(harness: &Harness, enrollments: u32) -> Result<Soak, BenchError> {
    let before = tokio::task::block_in_place(OpenSsl::measure);
    let mut function = Function::start(&harness.binaries, NAME, &harness.variables).await?;
    let _ = function.invoke(harness.event(NAME).await?).await?;
    let without_list = enroll(&mut function, harness, enrollments, false).await?;
    let with_list = enroll(&mut function, harness, enrollments, true).await?;
    let after = tokio::task::block_in_place(OpenSsl::measure);
    Ok(Soak {
        enrollments,
        peak_megabytes: f64::from(function.peak_kb()) / 1e3,
        without_list,
        with_list,
        openssl: before.zip(after).map(|(before, after)| before.better(after)),
    })
}

async fn enroll(
    function: &mut Function,
    harness: &Harness,
    enrollments: u32,
    is_listed: bool,
) -> Result<Run, BenchError> {
    let _ = harness.mastercard();
    let started_at = function.cpu_time();
    for _ in 0..enrollments {
        let mut event = harness.event(NAME).await?;
        if is_listed {
            let mut fields = body(&event);
            fields["cardsAsOf"] = Timestamp::now().to_string().into();
            event["body"] = fields.to_string().into();
        }
        let invocation = function.invoke(event).await?;
        if invocation.response["statusCode"] != 201 {
            return Err(BenchError::InvalidResult {
                detail: format!("{NAME} responded {}", invocation.response["statusCode"]),
            });
        }
    }
    let cpu_time = function.cpu_time().zip(started_at);
    let cpu_seconds = cpu_time.map_or(f64::INFINITY, |(end, start)| (end - start).as_secs_f64());
    let calls =
        harness.mastercard().map(|count| crate::report::count(count.requests) / f64::from(enrollments));
    Ok(Run {
        enrollments_per_second: f64::from(enrollments) / cpu_seconds,
        signatures: calls.iter().sum(),
        decryptions: calls[1],
    })
}

/// Makes OpenSSL ignore AVX-512's integer multiplication (IFMA), which only its RSA uses. No effect on arm64.
const WITHOUT_AVX512: (&str, &str) = ("OPENSSL_ia32cap", ":~0x200000");

impl OpenSsl {
    fn measure() -> Option<Self> {
        Some(Self {
            signatures_per_second: signatures_per_second(Some(WITHOUT_AVX512))?,
            with_avx512: signatures_per_second(None)?,
        })
    }

    fn better(self, other: Self) -> Self {
        Self {
            signatures_per_second: self.signatures_per_second.max(other.signatures_per_second),
            with_avx512: self.with_avx512.max(other.with_avx512),
        }
    }
}

fn signatures_per_second(variable: Option<(&str, &str)>) -> Option<f64> {
    let openssl = ["speed", "-seconds", "3", "rsa2048"];
    let output = Command::new("openssl").args(openssl).envs(variable).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().find(|line| line.starts_with("rsa") && line.contains("2048"))?;
    // `rsa 2048 bits 0.000857s 0.000025s 1166.4 39876.9`
    line.split_whitespace().rev().nth(1)?.parse().ok()
}
