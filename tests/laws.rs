//! What holds for every protocol of the catalog and every scenario of the library.
//!
//! `INTERLEAVE_SEEDS` says how many faulty seeds each law tries (1,000 if it says nothing).
//! `INTERLEAVE_BLESS=1` rewrites the golden traces.

use std::fs;
use std::path::Path;

use interleave::protocols::{CATALOG, Entry};
use interleave::scenario::library::{self, LibraryEntry};
use interleave::scenario::run::Runner;
use interleave::scenario::{Scenario, fuzz, link, parse, run, trace};
use interleave::sim::action::{Action, MessageRef, Target};
use interleave::sim::info::PropertyKind;
use interleave::sim::rng::Rng;
use interleave::sim::session::{Session, Watch};
use interleave::sim::trace::EventKind;
use interleave::view::NodeId;

fn seeds() -> u64 {
    let wish = std::env::var("INTERLEAVE_SEEDS").ok();
    wish.map_or(1_000, |wish| wish.parse().expect("INTERLEAVE_SEEDS is a number"))
}

fn library() -> impl Iterator<Item = (&'static LibraryEntry, Scenario)> {
    library::all().iter().map(|entry| {
        let scenario = entry.scenario().unwrap_or_else(|fault| panic!("{}: {fault}", entry.id));
        (entry, scenario)
    })
}

fn digest(scenario: &Scenario, watch: Watch) -> (u64, u64) {
    let mut session = scenario.start(watch).expect("it starts");
    session.run_to(scenario.until, 1_000_000);
    (session.step_count(), session.digest())
}

#[test]
fn every_scenario_shows_what_it_expects() {
    for (entry, scenario) in library() {
        let report = run::run(&scenario).expect("it starts");
        assert!(report.passed(), "{}:\n  {}", entry.id, report.failures().join("\n  "));
        assert!(!report.outcomes.is_empty(), "{} expects nothing", entry.id);
        assert!(!scenario.title.is_empty() && !scenario.says.is_empty(), "{}", entry.id);
    }
}

#[test]
fn every_action_of_the_library_has_an_effect() {
    for (entry, scenario) in library() {
        let mut session = scenario.start(Watch::ALL).expect("it starts");
        session.run_to(scenario.until, 1_000_000);
        for step in 1..=session.head() {
            let event = session.event(step).expect("a trace is kept");
            if let EventKind::Action { action, void: Some(why) } = &event.kind {
                panic!("{}: {action:?} at step {step}: {why}", entry.id);
            }
        }
    }
}

#[test]
fn every_panel_fits_together_at_every_step_and_has_a_name_of_its_own() {
    for (entry, scenario) in library() {
        let mut session = scenario.start(Watch::RAW).expect("it starts");
        let mut seen = 0;
        while session.next_at().is_some_and(|at| at <= scenario.until) && seen < 400 {
            seen += 1;
            session.step();
            let names = session.names();
            let nodes = names.servers().map(|node| session.node(node).view.panels);
            for panels in nodes.chain([session.picture()]) {
                let mut titles: Vec<&str> = panels.iter().map(|panel| panel.title()).collect();
                titles.sort_unstable();
                titles.dedup();
                assert_eq!(titles.len(), panels.len(), "{}: two panels of one title", entry.id);
                for panel in &panels {
                    assert_eq!(panel.faults(), [""; 0], "{}: {panel:?}", entry.id);
                    assert!(panel.text().iter().all(|line| !line.is_empty()), "{panel:?}");
                }
            }
        }
    }
}

#[test]
fn the_table_of_the_library_and_its_folder_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenario/library");
    let mut files: Vec<String> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("a file").file_name().into_string().expect("a name"))
        .collect();
    files.sort();
    let mut table: Vec<String> =
        library::all().iter().map(|entry| format!("{}.scenario", entry.id)).collect();
    table.sort();
    assert_eq!(files, table);
}

#[test]
fn the_same_scenario_runs_the_same_whoever_watches() {
    for (entry, scenario) in library() {
        let first = digest(&scenario, Watch::PROPERTIES);
        for watch in [Watch::PROPERTIES, Watch::RAW, Watch::ALL] {
            assert_eq!(digest(&scenario, watch), first, "{} with {watch:?}", entry.id);
        }
    }
}

#[test]
fn seeking_is_replaying() {
    let mut rng = Rng::new(1);
    for (entry, scenario) in library() {
        let mut session = scenario.start(Watch::ALL).expect("it starts");
        session.run_to(scenario.until, 1_000_000);
        for _ in 0..12 {
            let step = rng.between(0, session.head());
            session.seek(step);
            let mut other = scenario.start(Watch::PROPERTIES).expect("it starts");
            while other.step_count() < step {
                assert!(other.step(), "{} ends before step {step}", entry.id);
            }
            assert_eq!(session.digest(), other.digest(), "{} at step {step}", entry.id);
            assert_eq!(session.now(), other.now(), "{} at step {step}", entry.id);
            for node in session.names().all() {
                let (one, other) = (session.node(node).view, other.node(node).view);
                assert_eq!(one, other, "{} at step {step}", entry.id);
            }
        }
    }
}

#[test]
fn a_fork_leaves_the_original_alone() {
    for (entry, scenario) in library() {
        let whole = digest(&scenario, Watch::ALL);
        let mut session = scenario.start(Watch::ALL).expect("it starts");
        session.run_to(scenario.until / 2, 1_000_000);
        let mut fork = session.fork();
        fork.act(Action::Crash(Target::All)).expect("servers can crash");
        fork.run_to(scenario.until, 1_000_000);
        session.run_to(scenario.until, 1_000_000);
        assert_eq!((session.step_count(), session.digest()), whole, "{}", entry.id);
        assert_ne!(fork.digest(), session.digest(), "{}", entry.id);
    }
}

#[test]
fn faulty_seeds_break_nothing_and_reach_everything() {
    for entry in CATALOG {
        let info = entry.info;
        let (mut notes, mut reached) = (0, 0);
        for seed in 0..seeds() {
            let scenario = fuzz::scenario(entry, seed, None);
            let found = fuzz::judge(&scenario).expect("it starts");
            assert_eq!(found.breach, None, "{} seed {seed}:\n{}", info.id, scenario.to_text());
            let again = fuzz::judge(&scenario).expect("it starts");
            assert_eq!(found, again, "{} seed {seed} ran two ways", info.id);
            notes |= found.notes_reached;
            reached |= found.reached;
        }
        for (_, scenario) in library().filter(|(_, scenario)| scenario.entry.info.id == info.id) {
            notes |= run::run(&scenario).expect("it starts").notes_reached;
        }
        for (place, note) in info.notes.iter().enumerate() {
            assert!(notes >> place & 1 == 1, "{}: nothing tells {}", info.id, note.id);
        }
        for (place, property) in info.properties.iter().enumerate() {
            let sometimes = property.kind == PropertyKind::Sometimes;
            let seen = reached >> place & 1 == 1;
            assert!(!sometimes || seen, "{}: {} is never seen", info.id, property.id);
        }
    }
}

#[test]
fn every_flaw_is_caught_by_fuzzing() {
    for entry in CATALOG {
        for (place, flaw) in entry.info.flaws.iter().enumerate() {
            let caught = (0..fuzz::SEEDS).find_map(|seed| {
                let scenario = fuzz::scenario(entry, seed, Some(place));
                let breach = fuzz::judge(&scenario).expect("it starts").breach?;
                Some((breach.kind.name(entry.info), fuzz::as_counterexample(&scenario, &breach)))
            });
            let (caught, counterexample) =
                caught.unwrap_or_else(|| panic!("nothing catches {}", flaw.id));
            let report = interleave::scenario::run::run(&counterexample).expect("it starts");
            assert_eq!(report.failures(), Vec::<String>::new(), "it says all that it breaks");
            assert!(flaw.caught_by.contains(&caught), "{} is caught by {caught}", flaw.id);
        }
    }
}

#[test]
fn every_flaw_has_a_scenario_that_shows_what_it_breaks() {
    for entry in CATALOG {
        for (place, flaw) in entry.info.flaws.iter().enumerate() {
            let shown = library().any(|(_, scenario)| {
                let report = run::run(&scenario).expect("it starts");
                let mut broken = report.verdicts.iter().filter(|verdict| verdict.broken());
                scenario.entry.info.id == entry.info.id
                    && scenario.setup.params.flaws[place]
                    && broken.any(|verdict| flaw.caught_by.contains(&verdict.property.id))
            });
            assert!(shown, "no scenario shows what {} breaks", flaw.id);
        }
    }
}

#[test]
fn links_lead_to_the_run_that_was_shared() {
    for (entry, scenario) in library() {
        let link = link::encode(&scenario, entry.text, None).expect("it fits");
        let opened = link::open(&link).expect("it opens");
        assert_eq!(opened.document.to_string(), entry.text, "{}", entry.id);
        let one = digest(&opened.scenario, Watch::PROPERTIES);
        assert_eq!(one, digest(&scenario, Watch::PROPERTIES), "{}", entry.id);
    }
}

#[test]
fn what_the_fuzzer_makes_is_a_text_like_any_other() {
    for entry in CATALOG {
        for seed in 0..seeds().min(200) {
            let scenario = fuzz::scenario(entry, seed, None);
            let text = scenario.to_text();
            let parsed = parse(&text);
            let Some(read) = parsed.scenario else {
                panic!("seed {seed}: {:?}\n{text}", parsed.diagnostics);
            };
            assert_eq!(read.setup, scenario.setup, "seed {seed}\n{text}");
            assert_eq!(read.until, scenario.until, "seed {seed}\n{text}");
        }
    }
}

/// Acts on a run as the page does, at positions of chance, and writes it into the document.
fn act_at_random(entry: &'static Entry, seed: u64) {
    let mut rng = Rng::new(seed);
    let mut scenario = fuzz::scenario(entry, seed, None);
    scenario.until += 2_000_000;
    let text = scenario.to_text();
    let parsed = parse(&text);
    let scenario = parsed.scenario.expect("a scenario");
    let mut session = scenario.start(Watch::ALL).expect("it starts");
    let actions = fuzz::scenario(entry, seed ^ 0x5eed, None).setup.script;
    for other in actions.into_iter().take(8) {
        match rng.below(3) {
            0 => drop(session.run_to(rng.between(0, scenario.until), 1_000)),
            1 => {
                let step = rng.between(0, session.head());
                session.seek(step);
            }
            _ => drop(session.step()),
        }
        let late = match &other.action {
            Action::Rule(rule) => rule.until <= session.now(),
            _ => session.now() >= scenario.until,
        };
        // Clusters differ in size: what does not fit is not taken.
        if !late {
            drop(session.act(other.action));
        }
    }
    let end = scenario.until.max(session.now());
    session.run_to(end, 100_000);
    let document = parsed.document.with_script(&scenario, &session.setup().script);
    let replayed = parse(&document.to_string());
    let Some(replayed) = replayed.scenario else {
        panic!("seed {seed}: {:?}\n{document}", replayed.diagnostics);
    };
    let mut other = replayed.start(Watch::PROPERTIES).expect("it starts");
    other.run_to(end, 100_000);
    assert_eq!(
        (other.step_count(), other.digest()),
        (session.step_count(), session.digest()),
        "seed {seed}\n{document}"
    );
}

#[test]
fn what_was_done_on_a_run_replays_from_its_text() {
    for entry in CATALOG {
        for seed in 0..seeds().min(300) {
            act_at_random(entry, seed);
        }
    }
}

/// One thing that somebody may do by hand at the present position.
fn something_by_hand(rng: &mut Rng, entry: &Entry, session: &dyn Session) -> Option<Action> {
    let info = entry.info;
    let names = session.names();
    let target = Target::Node(NodeId(rng.below(u64::from(names.servers)) as u32));
    let flights = session.flights();
    let flight = match flights.len() as u64 {
        0 => None,
        count => Some(MessageRef::Named(flights[rng.below(count) as usize].name)),
    };
    Some(match rng.below(10) {
        0..=4 => Action::Deliver(flight?),
        5 => Action::Drop(flight?),
        6 => Action::Duplicate(flight?),
        7 => Action::Crash(target),
        8 => Action::Restart(target),
        _ => {
            let timer = info.timers[rng.below(info.timers.len() as u64) as usize].id.to_string();
            Action::Fire { target, timer }
        }
    })
}

#[test]
fn what_was_done_by_hand_replays_from_its_text() {
    for entry in CATALOG {
        for seed in 0..seeds().min(100) {
            let mut rng = Rng::new(seed);
            let text = format!("interleave 1\n{} # by hand\nclock off\n", entry.info.id);
            let parsed = parse(&text);
            let scenario = parsed.scenario.expect("a scenario");
            let mut session = scenario.start(Watch::ALL).expect("it starts");
            for _ in 0..60 {
                match rng.below(12) {
                    0 => {
                        let step = rng.between(0, session.head());
                        session.seek(step);
                    }
                    1..=3 => drop(session.run_to(session.now() + 10_000, 1_000)),
                    _ => {}
                }
                if let Some(action) = something_by_hand(&mut rng, entry, &*session) {
                    session.act(action).expect("it makes sense");
                }
            }
            session.run_to(scenario.until, 100_000);
            let document = parsed.document.with_script(&scenario, &session.setup().script);
            let replayed = parse(&document.to_string());
            let Some(replayed) = replayed.scenario else {
                panic!("seed {seed}: {:?}\n{document}", replayed.diagnostics);
            };
            let other = digest(&replayed, Watch::PROPERTIES);
            assert_eq!(other, (session.step_count(), session.digest()), "{seed}\n{document}");
        }
    }
}

/// The events that tell something, in words, and the digest of all of them.
fn golden(scenario: &Scenario) -> String {
    let mut runner = Runner::new(scenario, Watch::ALL).expect("it starts");
    let mut out = String::new();
    while runner.step() {
        let session = runner.session();
        let (names, info) = (session.names(), session.info());
        let event = session.event(session.step_count()).expect("a trace is kept");
        let done = matches!(event.kind, EventKind::Action { .. });
        let told = !event.notes.is_empty() || !event.reached.is_empty();
        if done || told || !event.broke.is_empty() {
            out.push_str(&trace::line(&event, names, info));
            out.push('\n');
        }
    }
    let report = runner.finish();
    out.push_str(&format!("steps {}, digest {:016x}\n", report.steps, report.digest));
    // Neither of two runs side by side sees the other: one trace comes after the other.
    if let Some(beside) = &scenario.beside {
        out.push_str(&format!("beside {}\n{}", beside.entry.info.id, golden(beside)));
    }
    out
}

#[test]
fn golden_traces_stay_what_they_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = std::env::var_os("INTERLEAVE_BLESS").is_some();
    for (entry, scenario) in library() {
        let folder = root.join(scenario.entry.info.id);
        let path = folder.join(format!("{}.txt", entry.id));
        let new = golden(&scenario);
        if bless {
            fs::create_dir_all(&folder).expect("the folder");
            fs::write(&path, &new).expect("the file");
            continue;
        }
        let old = fs::read_to_string(&path).unwrap_or_default();
        let differs = old.lines().zip(new.lines()).position(|(old, new)| old != new);
        let place = differs.unwrap_or_else(|| old.lines().count().min(new.lines().count()));
        assert!(
            old == new,
            "{} runs otherwise from line {} of its golden trace on:\n  {}\n  {}\n\
             if that is meant, raise Info::revision and run again with INTERLEAVE_BLESS=1",
            entry.id,
            place + 1,
            old.lines().nth(place).unwrap_or("(end)"),
            new.lines().nth(place).unwrap_or("(end)"),
        );
    }
}
