//! Honest requests, each with one kind of value.

use serde_json::{Value, json};

use super::Rng;

/// The parts of a request that differ.
#[derive(Default)]
pub(super) struct Sample {
    pub(super) query: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

/// Requests of one kind.
pub(super) struct Population {
    pub(super) place: &'static str,
    pub(super) values: &'static str,
    pub(super) is_header: bool,
    pub(super) sample: fn(&mut Rng) -> Sample,
}

const fn header(place: &'static str, values: &'static str, sample: fn(&mut Rng) -> Sample) -> Population {
    Population { place, values, is_header: true, sample }
}

const fn field(place: &'static str, values: &'static str, sample: fn(&mut Rng) -> Sample) -> Population {
    Population { place, values, is_header: false, sample }
}

pub(super) const POPULATIONS: &[Population] = &[
    header("`x-datadog-trace-id`, `x-datadog-parent-id`", "64-bit decimal numbers", |rng| {
        headers([
            ("x-datadog-trace-id", rng.u64().to_string()),
            ("x-datadog-parent-id", rng.u64().to_string()),
        ])
    }),
    header("`x-cloud-trace-context`", "Google's trace and span ids", |rng| {
        headers([("x-cloud-trace-context", format!("{}/{};o=1", rng.hex(32), rng.u64()))])
    }),
    header("`baggage`, `sentry-trace`", "Sentry's ids, keys and sampling numbers", |rng| {
        let (trace, key, sample) = (rng.hex(32), rng.hex(32), rng.digits(16));
        let baggage =
            format!("sentry-trace_id={trace},sentry-public_key={key},sentry-sample_rand=0.{sample}");
        headers([("baggage", baggage), ("sentry-trace", format!("{trace}-{}-1", rng.hex(16)))])
    }),
    header("`traceparent`, `b3`, `x-amzn-trace-id`", "hexadecimal trace ids", |rng| {
        let (trace, span) = (rng.hex(32), rng.hex(16));
        let amazon = format!("Root=1-{}-{}", rng.hex(8), rng.hex(24));
        let (w3c, b3) = (format!("00-{trace}-{span}-01"), format!("{trace}-{span}-1"));
        headers([("traceparent", w3c), ("b3", b3), ("x-amzn-trace-id", amazon)])
    }),
    header("`cookie`", "ids of Google, Meta, Optimizely and Yandex", |rng| {
        let (seconds, millis) = (time(rng) / 1000, time(rng));
        let google = format!("_ga=GA1.2.{}.{seconds}", rng.between(1, 2_147_483_647));
        let optimizely = format!("optimizelyEndUserId=oeu{millis}r0.{}", rng.digits(16));
        let others = format!("_fbp=fb.1.{millis}.{}; _ym_uid={seconds}{}", rng.u64() >> 33, rng.digits(9));
        headers([("cookie", format!("{google}; {optimizely}; {others}"))])
    }),
    header("`idempotency-key`", "UUIDs, 18 digits, times with random digits", |rng| {
        let key = match rng.between(0, 2) {
            0 => rng.uuid(),
            1 => rng.digits(18),
            _ => format!("{}-{}", time(rng), rng.digits(4)),
        };
        headers([("idempotency-key", key)])
    }),
    field("`cardContractId`", "numbers of 1 to 19 digits", |rng| {
        let digits = rng.between(0, 18);
        let id = format!("{}{}", rng.between(1, 9), rng.digits(digits));
        Sample {
            query: format!("cardContractId={id}"),
            body: Some(json!({"cardContractId": id})),
            ..Sample::default()
        }
    }),
    field("`accountRange`", "starts of ranges, padded with zeros", |rng| {
        let digits = rng.between(9, 11);
        let start = format!("{:0<19}", format!("5{}", rng.digits(digits - 1)));
        Sample { query: format!("accountRange={start}"), ..Sample::default() }
    }),
    field("`nextToken`, `enrollmentId`", "UUIDs", |rng| {
        let query = format!("nextToken={}", rng.uuid());
        Sample { query, body: Some(json!({"enrollmentId": rng.uuid()})), ..Sample::default() }
    }),
    field("`phoneNumber`", "7 to 15 digits", |rng| {
        let digits = rng.between(7, 15);
        body(json!({"phoneNumber": rng.digits(digits)}))
    }),
    field("`name`", "names of people", |rng| body(json!({"name": format!("{}/{}", word(rng), word(rng))}))),
    field("`address`", "house numbers, streets, units, postal codes", |rng| {
        let house = rng.between(1, 9999);
        let line1 = match rng.between(0, 3) {
            0 => format!("{house} {} Street", word(rng)),
            1 => format!("{}straat {house}/{}", word(rng), rng.between(1, 300)),
            2 => format!(
                "{}-{}-{}, {}-ku",
                rng.between(1, 9),
                rng.between(1, 30),
                rng.between(1, 30),
                word(rng)
            ),
            _ => format!("P.O. Box {}, Plot {house}-{}", rng.between(1, 999_999), rng.between(1, 99)),
        };
        let line2 = format!("Apt {}, Floor {}", rng.between(1, 9999), rng.between(1, 60));
        let postal_code = match rng.between(0, 2) {
            0 => rng.digits(5),
            1 => format!("{}-{}", rng.digits(5), rng.digits(4)),
            _ => format!("{}-{}", rng.digits(5), rng.digits(3)),
        };
        body(json!({"address": {"line1": line1, "line2": line2, "postalCode": postal_code}}))
    }),
    field("`emailAddress`", "names, often with digits; one in 1000 a telephone number", |rng| {
        let digits = rng.between(0, 6);
        let length = rng.between(10, 13);
        let local = if rng.one_in(1000) {
            rng.digits(length)
        } else {
            format!("{}.{}", word(rng), rng.digits(digits))
        };
        body(json!({"emailAddress": format!("{local}@mail.example")}))
    }),
    field("`termsVersion`", "dates, versions, SHA-1 and SHA-256, short commit ids", |rng| {
        let version = match rng.between(0, 4) {
            0 => format!("20{}-{:02}-{:02}", rng.between(20, 40), rng.between(1, 12), rng.between(1, 28)),
            1 => format!("v{}.{}.{}", rng.between(0, 20), rng.between(0, 99), rng.between(0, 9999)),
            2 => rng.hex(40),
            3 => rng.hex(64),
            _ => rng.hex(8),
        };
        body(json!({"consent": {"termsVersion": version}}))
    }),
    field("any text", "UUIDs", |rng| body(json!({"termsVersion": rng.uuid()}))),
    field("any text", "times in seconds, milliseconds, microseconds and nanoseconds", |rng| {
        let time = format!("{}{}", time(rng), rng.digits(6));
        body(json!({"termsVersion": time[..rng.pick(&[10, 13, 16, 19])]}))
    }),
    field("`acceptedAt`, `occurredAt`", "times of RFC 3339, with 0 to 9 decimals and any offset", |rng| {
        let at = jiff::Timestamp::from_millisecond(i64::try_from(time(rng)).unwrap()).unwrap();
        let seconds = at.strftime("%Y-%m-%d%%%H:%M:%S").to_string().replace('%', rng.pick(&["T", " "]));
        let decimals = rng.pick(&[0, 3, 6, 9]);
        let fraction = if decimals == 0 { String::new() } else { format!(".{}", rng.digits(decimals)) };
        let offset = format!("{}{:02}:00", rng.pick(&["+", "-"]), rng.between(0, 12));
        body(json!({"acceptedAt": format!("{seconds}{fraction}{}", rng.pick(&["", "Z", &offset]))}))
    }),
    field("a notification", "its ids, references and times", |rng| {
        body(json!([{
            "notificationId": rng.u64().to_string(), "correlationId": rng.hex(16), "clientId": rng.between(1, 999_999_999),
            "cardContractId": rng.u64() >> 1, "tokenRequestorId": rng.digits(11), "walletName": word(rng),
            "tokenUniqueReference": format!("DM4MMC0000{}", rng.hex(38)), "occurredAt": time(rng), "responseCode": "00",
        }]))
    }),
];

fn headers<const N: usize>(headers: [(&'static str, String); N]) -> Sample {
    Sample { headers: headers.into(), ..Sample::default() }
}

fn body(body: Value) -> Sample {
    Sample { body: Some(body), ..Sample::default() }
}

/// Milliseconds since 1970, in the years 2020 to 2040.
fn time(rng: &mut Rng) -> u64 {
    rng.between(1_577_836_800_000, 2_208_988_800_000)
}

fn word(rng: &mut Rng) -> String {
    let syllables = ["ka", "lin", "mo", "ra", "ste", "ven", "tor", "al", "ix", "ez", "san", "de", "hu", "jo"];
    (0..rng.between(2, 4)).map(|_| rng.pick(&syllables)).collect()
}
