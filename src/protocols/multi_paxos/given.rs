//! States that a scenario gives: `given n1 promised 2.1`, `given n1 log 1.1 1.1 - 2.1`.

use super::ledger::{Ledger, Proposal};
use super::state::State;
use crate::protocols::ballot::Ballot;
use crate::protocols::sessions::Command;

/// The most slots that can be given.
const SLOTS_MAX: usize = 200;

const EXPECTED: &str = "expected `promised B`, `log` with the ballots in which its slots were \
                        accepted (`-`: not at all), or `chosen N`";

/// Puts a server into a given state; the error says what was expected.
pub(super) fn given(servers: u32, state: &mut State, words: &[&str]) -> Result<(), String> {
    match words {
        ["promised", word] => {
            let promised = ballot(servers, word)?;
            let highest = highest(&state.accepted);
            if promised < highest {
                return Err(format!("who accepted {highest} has promised nothing lower"));
            }
            promise(state, promised);
            Ok(())
        }
        ["log", words @ ..] if words.len() <= SLOTS_MAX => {
            state.accepted = Ledger::default();
            state.learned = Ledger::default();
            state.chosen = 0;
            for (slot, word) in (1..).zip(words.iter()).filter(|(_, word)| **word != "-") {
                let ballot = ballot(servers, word)?;
                state.accepted.set(slot, Proposal { ballot, command: Command::NoOp });
            }
            promise(state, state.promised.max(highest(&state.accepted)));
            Ok(())
        }
        ["log", ..] => Err(format!("at most {SLOTS_MAX} slots can be given")),
        ["chosen", word] => {
            let last = state.accepted.range(1, u64::MAX).take_while(|slot| slot.is_some()).count();
            let chosen = word.parse().ok().filter(|chosen| *chosen <= last as u64);
            let Some(chosen) = chosen else {
                return Err(format!("`{word}` is no slot of the log before its first gap"));
            };
            for slot in 1..=chosen {
                if let Some(proposal) = state.accepted.get(slot) {
                    state.learned.set(slot, proposal.clone());
                }
            }
            state.chosen = chosen;
            Ok(())
        }
        [word, ..] => Err(format!("`{word}` cannot be given: {EXPECTED}")),
        [] => Err(EXPECTED.to_string()),
    }
}

/// Whose ballot is promised has used its round.
fn promise(state: &mut State, promised: Ballot) {
    state.promised = promised;
    if promised.node() == state.me {
        state.round = promised.round;
    }
}

fn highest(accepted: &Ledger) -> Ballot {
    let ballots = accepted.range(1, u64::MAX).flatten().map(|proposal| proposal.ballot);
    ballots.max().unwrap_or_default()
}

fn ballot(servers: u32, word: &str) -> Result<Ballot, String> {
    let known = |ballot: &Ballot| ballot.node().0 < servers;
    let ballot = Ballot::parse(word).filter(known);
    ballot.ok_or_else(|| format!("`{word}` is no ballot of a server: expected, say, `2.1`"))
}
