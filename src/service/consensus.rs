//! One decision: what is proposed first is decided, and everybody is told that.

use std::rc::Rc;

use super::{OpError, OpInfo, Service, ServiceInfo};

/// The decision, if there is one. Values are short texts without spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Consensus {
    decided: Option<Rc<str>>,
}

/// Propose a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Propose(pub Rc<str>);

impl Service for Consensus {
    const INFO: ServiceInfo = ServiceInfo {
        id: "consensus",
        title: "Consensus",
        ops: &[OpInfo {
            name: "propose",
            args: &["value"],
            doc: "Proposes a value, and is told the one that was chosen.",
        }],
    };
    type Op = Propose;
    type Out = Rc<str>;

    fn apply(&mut self, op: &Propose) -> Rc<str> {
        self.decided.get_or_insert_with(|| op.0.clone()).clone()
    }

    fn parse(words: &[&str]) -> Result<Propose, OpError> {
        Self::INFO.find(words)?;
        Ok(Propose(words[1].into()))
    }

    fn print_op(op: &Propose) -> String {
        format!("propose {}", op.0)
    }

    fn print_out(out: &Rc<str>) -> String {
        out.to_string()
    }

    fn rows(&self) -> Vec<(String, String)> {
        let rows = self.decided.iter();
        rows.map(|value| ("decided".to_string(), value.to_string())).collect()
    }

    fn generate(choose: &mut dyn FnMut(u32) -> u32) -> Propose {
        Propose(choose(10).to_string().into())
    }

    fn part(_op: &Propose) -> Option<&str> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_decides_and_everybody_gets_that_answer() {
        let mut decision = Consensus::default();
        for text in ["propose x", "propose y", "propose x"] {
            let words: Vec<&str> = text.split(' ').collect();
            let op = Consensus::parse(&words).expect(text);
            assert_eq!(Consensus::print_op(&op), text);
            assert_eq!(&*decision.apply(&op), "x");
        }
    }

    #[test]
    fn a_wrong_operation_says_which_word_is_wrong() {
        for (words, word) in
            [(&["put", "x"][..], 0), (&["propose"], 1), (&["propose", "x", "y"], 2)]
        {
            assert_eq!(Consensus::parse(words).unwrap_err().word, word);
        }
    }
}
