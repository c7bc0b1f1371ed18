//! A client certificate in API Gateway's format: `requestContext.authentication.clientCert`.

use jiff::Timestamp;
use serde_json::{Value, json};
use x509_cert::{
    Certificate,
    der::{Decode as _, DecodePem as _, EncodePem as _, pem::LineEnding},
    time::Time,
};

/// From the DER of the TLS handshake; `None` if it is not a certificate.
pub(crate) fn client_cert(der: &[u8]) -> Option<Value> {
    let certificate = Certificate::from_der(der).ok()?;
    let content = certificate.tbs_certificate();
    let serial = content.serial_number().as_bytes().iter().map(|byte| format!("{byte:02x}"));
    Some(json!({
        "clientCertPem": certificate.to_pem(LineEnding::LF).ok()?,
        "subjectDN": content.subject().to_string(),
        "issuerDN": content.issuer().to_string(),
        "serialNumber": serial.collect::<Vec<_>>().join(":"),
        "validity": {
            "notBefore": time(content.validity().not_before)?,
            "notAfter": time(content.validity().not_after)?,
        },
    }))
}

/// The subject of a PEM certificate, in the format of [`client_cert`]: `NOTIFICATION_CLIENT_SUBJECTS` is compared with it.
pub(crate) fn subject_dn(pem: &str) -> Option<String> {
    Some(Certificate::from_pem(pem).ok()?.tbs_certificate().subject().to_string())
}

/// `Jan  1 00:00:00 2026 GMT`.
fn time(time: Time) -> Option<String> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
    Some(Timestamp::from_second(seconds).ok()?.strftime("%b %e %H:%M:%S %Y GMT").to_string())
}
