//! The standalone simulator: `cargo run -p simulator`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use simulator::{NotificationTarget, Options, Portal, RATE_LIMIT, Scale, Simulator};
use tokio::net::TcpListener;
use url::Url;

/// Token requestors listed at the start.
const LISTED_REQUESTORS: usize = 20;

/// Token Connect, Mastercard Processing, MDES and Click to Pay on one loopback port.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 9010)]
    port: u16,
    /// Folder for the issuer's keys, certificates and consumer keys and for `portal.json`, reused in later runs.
    /// Without it they are generated at every start and not written.
    #[arg(long)]
    credentials: Option<PathBuf>,
    /// URL that TAR, TCN and TVN notifications are posted to.
    #[arg(long)]
    notify: Option<Url>,
    /// Plain JSON instead of JWE in the bodies of Processing.
    #[arg(long)]
    plain: bool,
    /// Three tokens of client 40000 at the start, of differing status, as in Mastercard's sandbox.
    #[arg(long)]
    sandbox_tokens: bool,
    /// Delay of every response, in milliseconds.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Number of generated token requestors; with it all logos are large.
    #[arg(long)]
    requestors: Option<usize>,
    /// Number of generated account ranges, from 5200000000000000000.
    #[arg(long, default_value_t = 500, requires = "requestors")]
    ranges: usize,
    /// Approximate size of each logo's PNG, in bytes.
    #[arg(long, default_value_t = 100_000, requires = "requestors")]
    logo_bytes: usize,
}

impl Arguments {
    fn scale(&self) -> Option<Scale> {
        let Self { ranges, logo_bytes, .. } = *self;
        self.requestors.map(|requestors| Scale { requestors, ranges, logo_bytes })
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let portal = match &arguments.credentials {
        Some(dir) => {
            let unusable = |error: &dyn std::fmt::Display| {
                format!("The folder {} cannot be used: {error}.", dir.display())
            };
            let portal = Portal::load_or_generate(dir).map_err(|error| unusable(&error))?;
            portal.credentials().write_to(dir).map_err(|error| unusable(&error))?;
            portal
        }
        None => Portal::generate().map_err(|error| format!("Keys cannot be generated: {error}."))?,
    };
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        format!("Port {} on 127.0.0.1 cannot be used ({error}); choose another with --port.", arguments.port)
    })?;
    let scale = arguments.scale();
    let options = Options {
        notifications: arguments.notify.map(NotificationTarget::plain),
        processing_jwe: !arguments.plain,
        latency: Duration::from_millis(arguments.latency_ms),
        scale,
        sandbox_tokens: arguments.sandbox_tokens,
        rate_limit: Some(RATE_LIMIT),
        ..Options::default()
    };
    let simulator = Simulator::start(listener, portal, options).await.map_err(|error| format!("{error}."))?;
    print_overview(&simulator);
    tokio::select! {
        () = print_exchanges(&simulator) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}

fn print_overview(simulator: &Simulator) {
    println!("Token Connect  {}", simulator.token_connect_url());
    println!("Processing     {}", simulator.processing_url());
    println!("Click to Pay   {}", simulator.click_to_pay_origin());
    println!("Control        {}__simulator", simulator.base_url());
    println!("\nToken requestors");
    let requestors = simulator.requestors();
    for requestor in requestors.iter().take(LISTED_REQUESTORS) {
        println!("  {}  {}", requestor.token_requestor_id, requestor.consumer_facing_entity_name);
    }
    if let more @ 1.. = requestors.len().saturating_sub(LISTED_REQUESTORS) {
        println!("  and {more} more");
    }
    println!("\nCard contracts (client, contract, status, account range)");
    for card in simulator.cards() {
        let range = card.account_range.unwrap_or_default();
        println!("  {:>9}  {}  {}  {range}", card.client_id, card.card_contract_id, card.status);
    }
    println!();
}

/// Prints every exchange as it happens.
async fn print_exchanges(simulator: &Simulator) {
    use tokio::sync::broadcast::error::RecvError;
    let mut exchanges = simulator.subscribe();
    loop {
        match exchanges.recv().await {
            Ok(exchange) => {
                let (step, duration) = (exchange.step, exchange.duration.as_millis());
                println!(
                    "{step:>2}  {:>13} -> {:<13}  {} ({duration} ms)",
                    exchange.from, exchange.to, exchange.summary
                );
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
