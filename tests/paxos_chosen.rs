//! What is chosen, counted anew from everything that any acceptor ever accepted, against the
//! properties that are checked as the run goes on.

use std::collections::{BTreeMap, BTreeSet};

use interleave::protocols::find;
use interleave::scenario::fuzz;
use interleave::sim::info::ParamValue;
use interleave::sim::session::Watch;
use interleave::view::Value;

/// Runs a seed; answers whether anything was chosen, and whether two values were.
fn compare(seed: u64, flaw: Option<usize>) -> (bool, bool) {
    let entry = find("paxos").expect("in the catalog");
    let scenario = fuzz::scenario(entry, seed, flaw);
    let params = &scenario.setup.params;
    let ParamValue::Count(acceptors) = params.value(entry.info, "acceptors") else { panic!() };
    let acceptors = acceptors.min(u64::from(params.servers)) as usize;
    let mut session = scenario.start(Watch::PROPERTIES).expect("it starts");
    let mut history: BTreeMap<(String, String), BTreeSet<u32>> = BTreeMap::new();
    let mut first = None;
    while session.next_at().is_some_and(|at| at <= scenario.until) && session.step() {
        let names = session.names();
        for node in names.servers() {
            let view = session.node(node).view;
            let field = |name| view.field(name).expect("a field").value.clone();
            if field("accepted_value") != Value::None {
                let proposal = ["accepted_ballot", "accepted_value"].map(|f| field(f).show(names));
                let [ballot, value] = proposal;
                history.entry((ballot, value)).or_default().insert(node.0);
            }
        }
        let step = session.step_count();
        let chosen = history.values().any(|by| by.len() * 2 > acceptors);
        first = first.or(chosen.then_some(step));
    }
    let chosen = history.iter().filter(|(_, by)| by.len() * 2 > acceptors);
    let values: BTreeSet<&String> = chosen.map(|((_, value), _)| value).collect();
    let verdicts = session.verdicts();
    let finding = |id| {
        let verdict = verdicts.iter().find(|verdict| verdict.property.id == id);
        verdict.expect("a property").finding.clone()
    };
    let step = finding("value_chosen").map(|finding| finding.step);
    assert_eq!(step, first, "seed {seed}, flaw {flaw:?}: when something was chosen");
    let broken = finding("agreement");
    if values.len() > 1 {
        assert!(broken.is_some(), "seed {seed}, flaw {flaw:?}: {values:?} are chosen");
    } else if let Some(broken) = broken {
        let said = broken.because.contains("learned");
        assert!(said, "seed {seed}, flaw {flaw:?}: {values:?}, yet {}", broken.because);
    }
    (!values.is_empty(), values.len() > 1)
}

#[test]
fn what_is_chosen_is_what_the_properties_say() {
    let chosen = (0..300).filter(|&seed| compare(seed, None) == (true, false)).count();
    assert!(chosen > 200, "in {chosen} of 300 runs something is chosen");
    let entry = find("paxos").expect("in the catalog");
    let mut two = 0;
    for flaw in 0..entry.info.flaws.len() {
        two += (0..150).filter(|&seed| compare(seed, Some(flaw)).1).count();
    }
    assert!(two > 10, "with flaws, {two} runs choose two values");
}
