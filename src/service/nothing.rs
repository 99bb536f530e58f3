//! The service of protocols that serve no clients.

use super::{OpError, Service, ServiceInfo};

/// Has no operations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Nothing;

/// An operation that cannot exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Never {}

impl Service for Nothing {
    const INFO: ServiceInfo = ServiceInfo { id: "nothing", title: "No service", ops: &[] };
    type Op = Never;
    type Out = Never;

    fn apply(&mut self, op: &Never) -> Never {
        match *op {}
    }

    fn parse(_words: &[&str]) -> Result<Never, OpError> {
        Err(OpError { word: 0, message: "this protocol serves no clients".to_string() })
    }

    fn print_op(op: &Never) -> String {
        match *op {}
    }

    fn print_out(out: &Never) -> String {
        match *out {}
    }

    fn rows(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    fn generate(_choose: &mut dyn FnMut(u32) -> u32) -> Never {
        unreachable!("a protocol that serves no clients has no workload")
    }

    fn part(op: &Never) -> Option<&str> {
        match *op {}
    }
}
