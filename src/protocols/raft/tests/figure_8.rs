//! Figure 8, message by message: why counting decides nothing about entries of earlier terms.

use crate::protocols::raft::Raft;
use crate::protocols::trouble::{at, broken, request, setup};
use crate::sim::action::{Action, MessageRef, Scheduled, Target};
use crate::sim::info::ParamValue;
use crate::sim::protocol::Protocol;
use crate::sim::run::Run;
use crate::sim::session::{Session, Watch};
use crate::view::{NodeId, Value};

/// A script without a clock. Servers are numbered from 1, as in the figure.
#[derive(Default)]
struct Script(Vec<Scheduled>);

impl Script {
    fn then(&mut self, action: Action) {
        let time = self.0.len() as u64 + 1;
        self.0.push(at(time, action));
    }

    fn campaign(&mut self, candidate: u32, voters: &[u32]) {
        self.then(Action::Fire { target: server(candidate), timer: "election".to_string() });
        for &voter in voters {
            self.deliver(candidate, voter, "RequestVote");
            self.deliver(voter, candidate, "RequestVoteReply");
        }
    }

    fn append(&mut self, leader: u32, follower: u32) {
        self.deliver(leader, follower, "AppendEntries");
        self.deliver(follower, leader, "AppendEntriesReply");
    }

    /// Client number `n` writes to the server of the same number.
    fn write(&mut self, n: u32, op: &str) {
        self.then(request(4 + n, op));
        self.deliver(5 + n, n, "Request");
    }

    fn deliver(&mut self, from: u32, to: u32, kind: &str) {
        let (from, to, kind) = (NodeId(from - 1), NodeId(to - 1), Some(kind.to_string()));
        self.then(Action::Deliver(MessageRef::Oldest { from, to, kind }));
    }
}

fn server(number: u32) -> Target {
    Target::Node(NodeId(number - 1))
}

/// The figure from (a) to (d); every server has an entry of term 1 to begin with.
fn figure_8() -> Vec<Scheduled> {
    let mut script = Script::default();
    // (a) S1 leads term 2 and replicates the entry at index 2 to S2 alone.
    script.campaign(1, &[2, 3]);
    script.deliver(1, 5, "RequestVote");
    script.append(1, 2);
    script.write(1, "put x 2");
    script.append(1, 2);
    // (b) S1 crashes; S5 is elected for term 3 by S3 and S4, and takes another entry at index 2.
    script.then(Action::Crash(server(1)));
    script.campaign(5, &[3, 4]);
    script.write(5, "put x 3");
    // (c) S5 crashes; S1 restarts, is elected for term 4, and continues replication to S3.
    script.then(Action::Crash(server(5)));
    script.then(Action::Restart(server(1)));
    script.deliver(5, 1, "RequestVote");
    script.campaign(1, &[2, 3]);
    script.append(1, 2);
    script.append(1, 3); // A heartbeat of term 2 that was still on its way.
    script.append(1, 3); // Refused: S3 has no index 2.
    script.append(1, 3);
    // (d) S1 crashes; S5 is elected for term 5 by S3 and S4, and replicates its own entry.
    script.then(Action::Crash(server(1)));
    script.then(Action::Restart(server(5)));
    script.deliver(1, 5, "RequestVote");
    script.campaign(5, &[3, 4]);
    for follower in [3, 4] {
        for _ in 0..4 {
            script.append(5, follower);
        }
    }
    script.0
}

fn run(flaws: &[&str]) -> Run {
    let mut setup = setup(Raft::INFO, 5, 5, flaws);
    setup.manual = true;
    let no_op = Raft::INFO.params.iter().position(|param| param.name == "no_op").expect("declared");
    setup.params.values[no_op] = ParamValue::Flag(false);
    let log = || vec!["log".to_string(), "1".to_string()];
    setup.given = (0..5).map(|node| (NodeId(node), log())).collect();
    setup.script = figure_8();
    let mut run = Run::new::<Raft>(setup, Watch::PROPERTIES).expect("a good setup");
    run.run_to(1_000, 10_000);
    run
}

fn value(run: &Run, number: u32, field: &str) -> Value {
    let view = run.node(NodeId(number - 1)).view;
    view.field(field).expect("a field").value.clone()
}

#[test]
fn without_the_flaw_the_entry_of_term_2_is_on_a_majority_and_not_committed() {
    let run = run(&[]);
    assert_eq!(broken(&run), [] as [String; 0]);
    assert_eq!(value(&run, 3, "last_log_term"), Value::Int(3), "S5 overwrote it on S3");
    assert_eq!(value(&run, 5, "current_term"), Value::Int(5));
    assert_eq!(value(&run, 5, "commit_index"), Value::Int(0));
    let withheld = Raft::INFO.notes.iter().position(|note| note.id == "commit_withheld");
    assert_eq!(run.notes_reached() >> withheld.expect("declared") & 1, 1);
}

#[test]
fn commit_old_term_commits_an_entry_that_is_overwritten() {
    let broken = broken(&run(&["commit_old_term"]));
    assert_eq!(
        broken,
        [
            "leader_completeness: n5 leads term 5 with an entry of term 3 at index 2, where an \
             entry of term 2 was committed in term 4",
            "state_machine_safety: at index 2 n1 applied put x 2 (c1, term 2), n5 put x 3 (c5, \
             term 3)",
        ]
    );
}
