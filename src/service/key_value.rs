//! A key-value store with compare-and-set and append.

use std::rc::Rc;

use super::{OpError, OpInfo, Service, ServiceInfo};
use crate::order::SortedMap;

/// The store. Keys and values are short texts without spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyValue {
    values: SortedMap<Rc<str>, Rc<str>>,
}

/// An operation on the store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyValueOp {
    /// Read a key.
    Get(Rc<str>),
    /// Set a key.
    Put(Rc<str>, Rc<str>),
    /// Append to the text of a key. Applying it twice shows.
    Append(Rc<str>, Rc<str>),
    /// Set a key to the last text if it has the first.
    Cas(Rc<str>, Rc<str>, Rc<str>),
    /// Remove a key.
    Delete(Rc<str>),
}

/// What the store answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyValueOut {
    /// Done.
    Ok,
    /// Compare-and-set found another value, and did nothing.
    Mismatch,
    /// What a read found; `None` if the key is absent.
    Value(Option<Rc<str>>),
}

impl KeyValueOp {
    /// The operation in a few characters.
    pub fn short(&self) -> String {
        match self {
            KeyValueOp::Get(key) => format!("{key}?"),
            KeyValueOp::Put(key, value) => format!("{key}={value}"),
            KeyValueOp::Append(key, text) => format!("{key}+={text}"),
            KeyValueOp::Cas(key, old, new) => format!("{key}:{old}→{new}"),
            KeyValueOp::Delete(key) => format!("-{key}"),
        }
    }
}

impl KeyValue {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|value| &**value)
    }
}

impl Service for KeyValue {
    const INFO: ServiceInfo = ServiceInfo {
        id: "key_value",
        title: "Key-value store",
        ops: &[
            OpInfo { name: "get", args: &["key"], doc: "Reads a key." },
            OpInfo { name: "put", args: &["key", "value"], doc: "Sets a key." },
            OpInfo {
                name: "append",
                args: &["key", "text"],
                doc: "Appends to the text of a key: done twice, it shows.",
            },
            OpInfo {
                name: "cas",
                args: &["key", "old", "new"],
                doc: "Sets a key to the new value if it has the old one.",
            },
            OpInfo { name: "delete", args: &["key"], doc: "Removes a key." },
        ],
    };
    type Op = KeyValueOp;
    type Out = KeyValueOut;

    fn apply(&mut self, op: &KeyValueOp) -> KeyValueOut {
        match op {
            KeyValueOp::Get(key) => KeyValueOut::Value(self.values.get(key).cloned()),
            KeyValueOp::Put(key, value) => {
                self.values.insert(key.clone(), value.clone());
                KeyValueOut::Ok
            }
            KeyValueOp::Append(key, text) => {
                let old = self.values.get(key).map_or("", |value| &**value);
                let new: Rc<str> = format!("{old}{text}").into();
                self.values.insert(key.clone(), new);
                KeyValueOut::Ok
            }
            KeyValueOp::Cas(key, old, new) => {
                if self.values.get(key) != Some(old) {
                    return KeyValueOut::Mismatch;
                }
                self.values.insert(key.clone(), new.clone());
                KeyValueOut::Ok
            }
            KeyValueOp::Delete(key) => {
                self.values.remove(key);
                KeyValueOut::Ok
            }
        }
    }

    fn parse(words: &[&str]) -> Result<KeyValueOp, OpError> {
        let place = Self::INFO.find(words)?;
        let arg = |k: usize| Rc::<str>::from(words[k]);
        Ok(match place {
            0 => KeyValueOp::Get(arg(1)),
            1 => KeyValueOp::Put(arg(1), arg(2)),
            2 => KeyValueOp::Append(arg(1), arg(2)),
            3 => KeyValueOp::Cas(arg(1), arg(2), arg(3)),
            _ => KeyValueOp::Delete(arg(1)),
        })
    }

    fn print_op(op: &KeyValueOp) -> String {
        match op {
            KeyValueOp::Get(key) => format!("get {key}"),
            KeyValueOp::Put(key, value) => format!("put {key} {value}"),
            KeyValueOp::Append(key, text) => format!("append {key} {text}"),
            KeyValueOp::Cas(key, old, new) => format!("cas {key} {old} {new}"),
            KeyValueOp::Delete(key) => format!("delete {key}"),
        }
    }

    fn print_out(out: &KeyValueOut) -> String {
        match out {
            KeyValueOut::Ok => "ok".to_string(),
            KeyValueOut::Mismatch => "mismatch".to_string(),
            KeyValueOut::Value(Some(value)) => value.to_string(),
            KeyValueOut::Value(None) => "absent".to_string(),
        }
    }

    fn rows(&self) -> Vec<(String, String)> {
        let rows = self.values.entries().iter();
        rows.map(|(key, value)| (key.to_string(), value.to_string())).collect()
    }

    fn generate(choose: &mut dyn FnMut(u32) -> u32) -> KeyValueOp {
        let key: Rc<str> = ["x", "y", "z"][choose(3) as usize].into();
        let kind = choose(10);
        let mut value = || Rc::<str>::from(choose(10).to_string());
        match kind {
            0..=3 => KeyValueOp::Put(key, value()),
            4..=6 => KeyValueOp::Get(key),
            7..=8 => KeyValueOp::Append(key, value()),
            _ => KeyValueOp::Cas(key, value(), value()),
        }
    }

    fn part(op: &KeyValueOp) -> Option<&str> {
        match op {
            KeyValueOp::Get(key)
            | KeyValueOp::Put(key, _)
            | KeyValueOp::Append(key, _)
            | KeyValueOp::Cas(key, _, _)
            | KeyValueOp::Delete(key) => Some(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_prints_as_it_parses() {
        for text in ["get x", "put x 1", "append x 1", "cas x 1 2", "delete x"] {
            let words: Vec<&str> = text.split(' ').collect();
            let op = KeyValue::parse(&words).expect(text);
            assert_eq!(KeyValue::print_op(&op), text);
        }
    }

    #[test]
    fn a_wrong_operation_says_which_word_is_wrong() {
        assert_eq!(KeyValue::parse(&["pot", "x"]).unwrap_err().word, 0);
        assert_eq!(KeyValue::parse(&["put", "x"]).unwrap_err().word, 2);
        assert_eq!(KeyValue::parse(&["put", "x", "1", "2"]).unwrap_err().word, 3);
    }

    #[test]
    fn compare_and_set_changes_only_what_matches() {
        let mut store = KeyValue::default();
        let mut run = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            KeyValue::print_out(&store.apply(&KeyValue::parse(&words).expect(text)))
        };
        assert_eq!(run("cas x 1 2"), "mismatch");
        assert_eq!(run("put x 1"), "ok");
        assert_eq!(run("cas x 1 2"), "ok");
        assert_eq!(run("append x 3"), "ok");
        assert_eq!(run("get x"), "23");
        assert_eq!(run("delete x"), "ok");
        assert_eq!(run("get x"), "absent");
    }
}
