//! Hostile links and texts: no panic, no hang, no allocation above 16 MiB, each with its message.
//!
//! `INTERLEAVE_MUTATIONS` says how many of each are tried (if it says nothing 100,000 in an
//! optimized build, 25,000 otherwise). One test
//! alone stands in this file, because memory is counted for the whole program.

use interleave::scenario::library;
use interleave::scenario::link::{LinkError, encode_text, open};
use interleave::scenario::{Scenario, parse, parse_bytes};
use interleave::sim::rng::Rng;
use interleave::sim::session::Watch;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MOST: usize = 16 << 20;

/// Words that do damage where they do not belong, or where they do.
const WORDS: &[&str] = &[
    "nodes=64",
    "nodes=0",
    "clients=8",
    "clients=99999999999999999999",
    "delay=0s",
    "delay=3600s..3600s",
    "delay=0s+exp(3600s)",
    "duplicate=100%",
    "loss=100%",
    "election=1ms",
    "heartbeat=1ms",
    "interval=1ms",
    "at",
    "0s",
    "0s/999999999",
    "3600s",
    "until",
    "until 3600s",
    "clock off",
    "all",
    "leader",
    "leader.next_index.n1",
    "c1",
    "<>",
    ">",
    "|",
    "=",
    "#",
    "\"",
    "\\",
    "expect always",
    "18446744073709551615",
    "-1",
    "drift=-50%",
    "offset=-3600s",
    "n1#4294967295.4294967295",
    "\u{202e}",
    "🚀",
];

fn mutate(rng: &mut Rng, text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..rng.between(1, 6) {
        let place = rng.below(bytes.len() as u64 + 1) as usize;
        let other = rng.below(bytes.len() as u64 + 1) as usize;
        let (start, end) = (place.min(other), place.max(other));
        match rng.below(8) {
            0 if !bytes.is_empty() => {
                let place = place.min(bytes.len() - 1);
                bytes[place] = rng.next_u64() as u8;
            }
            1 => drop(bytes.drain(start..end.min(start + 40))),
            2 => {
                let copy = bytes[start..end.min(start + 200)].to_vec();
                bytes.splice(other..other, copy);
            }
            3 => bytes.truncate(place.max(bytes.len() / 2)),
            4 if rng.below(8) == 0 => {
                let line = bytes.split(|&byte| byte == b'\n').next_back().unwrap_or(&[]).to_vec();
                let times = rng.between(1, 3_000) as usize;
                let mut many = line.repeat(times.min(100_000 / line.len().max(1)));
                many.push(b'\n');
                bytes.extend(many);
            }
            _ => {
                let word = WORDS[rng.below(WORDS.len() as u64) as usize];
                let spaced = format!(" {word}{}", [" ", "\n"][rng.below(2) as usize]);
                bytes.splice(place..place, spaced.into_bytes());
            }
        }
    }
    bytes
}

/// What the work allocates at its peak, beyond what was there before.
fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = work();
    (result, MEMORY.peak_usage().saturating_sub(before))
}

/// Starts what is a scenario after all, and lets a little of it happen.
fn try_out(scenario: &Scenario) {
    let mut session = scenario.start(Watch::PROPERTIES).expect("what is read can start");
    session.run_to(scenario.until, 500);
}

fn check_text(bytes: &[u8]) {
    let parsed = parse_bytes(bytes);
    match &parsed.scenario {
        None => {
            let first = parsed.diagnostics.first().expect("a text that is no scenario says why");
            assert!(!first.message.is_empty() && first.line > 0 && first.column > 0);
            let shown = parsed.diagnostics.iter().map(ToString::to_string);
            assert!(shown.map(|text| text.len()).max().unwrap_or(0) < 4_000, "a message too long");
        }
        Some(scenario) => try_out(scenario),
    }
}

fn check_link(link: &str) {
    match open(link) {
        Ok(opened) => try_out(&opened.scenario),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() < 4_000 && !text.contains('\n'), "{text}");
            if let LinkError::Invalid { diagnostics, .. } = &error {
                assert!(!diagnostics.is_empty());
            }
        }
    }
}

#[test]
fn hostile_links_and_texts_do_no_harm() {
    let default = if cfg!(debug_assertions) { 25_000 } else { 100_000 };
    let wish = std::env::var("INTERLEAVE_MUTATIONS").ok();
    let count: u64 = wish.map_or(default, |wish| wish.parse().expect("a number"));
    let mut rng = Rng::new(0x0bad_5eed);
    let links: Vec<String> = library::all()
        .iter()
        .map(|entry| encode_text(entry.text, 1, None).expect("it fits"))
        .collect();
    let (mut scenarios, mut largest) = (0u64, 0);
    for round in 0..count {
        let place = rng.below(library::all().len() as u64) as usize;
        let text = mutate(&mut rng, library::all()[place].text);
        let (_, used) = peak(|| check_text(&text));
        assert!(used <= MOST, "round {round}: {used} bytes\n{}", String::from_utf8_lossy(&text));
        largest = largest.max(used);
        scenarios +=
            u64::from(std::str::from_utf8(&text).is_ok_and(|t| parse(t).scenario.is_some()));
        let link = match rng.below(3) {
            0 => mutate(&mut rng, &links[place]),
            // A good envelope around a bad text.
            1 => match encode_text(&String::from_utf8_lossy(&text), 1, None) {
                Ok(link) => link.into_bytes(),
                Err(_) => continue,
            },
            _ => {
                let mut link = links[place].clone().into_bytes();
                let place = rng.below(link.len() as u64) as usize;
                link[place] = b"ABCz019-_.&=/#%"[rng.below(15) as usize];
                link
            }
        };
        let link = String::from_utf8_lossy(&link);
        let (_, used) = peak(|| check_link(&link));
        assert!(used <= MOST, "round {round}: {used} bytes\n{link}");
        largest = largest.max(used);
    }
    assert!(scenarios > count / 100, "hardly any mutation is a scenario: {scenarios}");
    println!("{count} texts, of which {scenarios} are scenarios; at most {largest} bytes");
}
