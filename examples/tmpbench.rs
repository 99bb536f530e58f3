use interleave::protocols;
use interleave::sim::info::*;
use interleave::sim::session::*;
fn main() {
    let id = std::env::args().nth(1).unwrap_or("ping".into());
    let e = protocols::find(&id).unwrap();
    let mut params = Params::defaults(e.info);
    if id == "ping" {
        params.values[0] = ParamValue::Duration(1000);
        params.servers = 5;
    }
    let only = std::env::args().nth(2);
    for (name, watch) in [("raw", Watch::RAW), ("props", Watch::PROPERTIES), ("all", Watch::ALL)] {
        if only.as_deref().is_some_and(|o| o != name) {
            continue;
        }
        let setup = Setup {
            params: params.clone(),
            seed: 42,
            network: Weather::default(),
            clients: ClientRules::default(),
            manual: false,
            given: vec![],
            script: vec![],
        };
        let mut s = e.start(setup, watch).unwrap();
        let n = std::env::var("EV").ok().and_then(|v| v.parse().ok()).unwrap_or(if name == "all" {
            300_000
        } else {
            3_000_000
        });
        let t = std::time::Instant::now();
        let done = s.run_to(u64::MAX / 2, n);
        let el = t.elapsed().as_secs_f64();
        println!(
            "{name}: {done} events {:.1} ns/event, {:.2} M/s mem {} MB",
            el * 1e9 / done as f64,
            done as f64 / el / 1e6,
            s.memory() / 1000000
        );
    }
}
