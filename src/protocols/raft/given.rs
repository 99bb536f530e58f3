//! States that a scenario gives: `given n1 term 6`, `given n1 log 1 1 1 4 4`.

use super::log::{Entry, Term};
use super::state::State;
use crate::view::NodeId;

/// The longest log that can be given.
const ENTRIES_MAX: usize = 200;

/// The highest term that can be given.
const TERM_MAX: Term = 1_000_000;

const EXPECTED: &str = "expected `term N`, `voted_for nK`, `log` with the terms of its entries, \
                        or `commit_index N`";

/// Puts a server into a given state; the error says what was expected.
pub(super) fn given(servers: u32, state: &mut State, words: &[&str]) -> Result<(), String> {
    match words {
        ["term", term] => {
            let term = number(term, TERM_MAX, "a term")?;
            if term < state.log.last_term() {
                let last = state.log.last_term();
                return Err(format!("a log that ends in term {last} needs at least term {last}"));
            }
            state.current_term = term;
            Ok(())
        }
        ["voted_for", "none"] => {
            state.voted_for = None;
            Ok(())
        }
        ["voted_for", name] => {
            state.voted_for = Some(server(servers, name)?);
            Ok(())
        }
        ["log", terms @ ..] => give_log(state, terms),
        ["commit_index", index] => {
            let last = state.log.last_index();
            let expected = format!("an index of the log, which ends at {last}");
            state.commit_index = number(index, last, &expected)?;
            Ok(())
        }
        [word, ..] => Err(format!("`{word}` cannot be given: {EXPECTED}")),
        [] => Err(EXPECTED.to_string()),
    }
}

/// The log becomes entries of these terms, which do nothing; the term rises to the last of them.
fn give_log(state: &mut State, terms: &[&str]) -> Result<(), String> {
    if terms.len() > ENTRIES_MAX {
        return Err(format!("at most {ENTRIES_MAX} entries can be given"));
    }
    let mut entries = Vec::with_capacity(terms.len());
    let mut last = 1;
    for word in terms {
        let term = number(word, TERM_MAX, "the term of an entry")?;
        if term < last {
            return Err(format!(
                "terms start at 1 and never fall along a log: {term} after {last}"
            ));
        }
        last = term;
        entries.push(Entry::no_op(term));
    }
    state.log = entries.into_iter().collect();
    state.commit_index = state.commit_index.min(state.log.last_index());
    state.current_term = state.current_term.max(state.log.last_term());
    Ok(())
}

fn number(word: &str, max: u64, expected: &str) -> Result<u64, String> {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    match word.parse::<u64>() {
        Ok(number) if digits && number <= max => Ok(number),
        _ => Err(format!("`{word}` is not {expected} (0 to {max})")),
    }
}

fn server(servers: u32, name: &str) -> Result<NodeId, String> {
    let names = crate::view::NodeNames { servers, clients: 0 };
    names.find(name).ok_or_else(|| format!("`{name}` is no server: expected n1 to n{servers}"))
}
