//! One letter for each kind of message, unlike the others of the same form.

use crate::sim::info::Info;

/// The letters of a protocol's messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Glyphs(Vec<(&'static str, char)>);

impl Glyphs {
    /// Chooses them: a capital of the name that no other message of the same form has, else any
    /// letter of it.
    pub fn new(info: &Info) -> Glyphs {
        let mut chosen: Vec<(&'static str, char, bool)> =
            vec![("Request", '?', false), ("Reply", '!', true)];
        for message in info.messages {
            let id = message.id;
            let free = |letter: &char| {
                !chosen.iter().any(|(_, taken, reply)| {
                    *reply == message.reply && taken.eq_ignore_ascii_case(letter)
                })
            };
            let capitals = id.chars().filter(char::is_ascii_uppercase);
            let others = id.chars().filter(char::is_ascii_lowercase);
            let letter = capitals.chain(others).find(free).unwrap_or('·');
            chosen.push((id, letter.to_ascii_uppercase(), message.reply));
        }
        Glyphs(chosen.into_iter().map(|(id, letter, _)| (id, letter)).collect())
    }

    /// The letter of a kind.
    pub fn letter(&self, kind: &str) -> char {
        self.0.iter().find(|(id, _)| *id == kind).map_or('·', |(_, letter)| *letter)
    }
}
