//! Lamport and vector time of every event, whatever the protocol.
//!
//! The unit is the event of the trace: receiving a message and sending what follows from it is
//! one event. Each event sets the node's Lamport time to `max(own, received) + 1` (Lamport 1978,
//! IR1 and IR2) and takes the received vector's maximum before its own entry grows by one
//! (Mattern 1989). What it sends carries the time after the event. Clients count as nodes.

use crate::view::NodeId;

/// The logical clocks of a run.
#[derive(Clone, Debug)]
pub struct Causality {
    nodes: usize,
    lamport: Vec<u64>,
    vectors: Vec<u32>,
    sent_lamport: Vec<u64>,
    sent_vectors: Vec<u32>,
}

impl Causality {
    /// All clocks at zero.
    pub fn new(nodes: usize) -> Causality {
        Causality {
            nodes,
            lamport: vec![0; nodes],
            vectors: vec![0; nodes * nodes],
            sent_lamport: Vec::new(),
            sent_vectors: Vec::new(),
        }
    }

    /// An event at a node, which received what is in that slot, if anything.
    pub fn tick(&mut self, node: NodeId, received: Option<u32>) {
        let (n, me) = (self.nodes, node.index());
        if let Some(slot) = received {
            let slot = slot as usize;
            self.lamport[me] = self.lamport[me].max(self.sent_lamport[slot]);
            let theirs = &self.sent_vectors[slot * n..(slot + 1) * n];
            for (own, their) in self.vectors[me * n..(me + 1) * n].iter_mut().zip(theirs) {
                *own = (*own).max(*their);
            }
        }
        self.lamport[me] += 1;
        self.vectors[me * n + me] += 1;
    }

    /// The node sends what is put into that slot.
    pub fn stamp(&mut self, node: NodeId, slot: u32) {
        let (n, me, slot) = (self.nodes, node.index(), slot as usize);
        if self.sent_lamport.len() <= slot {
            self.sent_lamport.resize(slot + 1, 0);
            self.sent_vectors.resize((slot + 1) * n, 0);
        }
        self.sent_lamport[slot] = self.lamport[me];
        let own = &self.vectors[me * n..(me + 1) * n];
        self.sent_vectors[slot * n..(slot + 1) * n].copy_from_slice(own);
    }

    /// A copy of what is in one slot is put into another.
    pub fn copy_stamp(&mut self, from: u32, to: u32) {
        let (n, from, to) = (self.nodes, from as usize, to as usize);
        if self.sent_lamport.len() <= to {
            self.sent_lamport.resize(to + 1, 0);
            self.sent_vectors.resize((to + 1) * n, 0);
        }
        self.sent_lamport[to] = self.sent_lamport[from];
        self.sent_vectors.copy_within(from * n..(from + 1) * n, to * n);
    }

    /// The node's Lamport time.
    pub fn lamport(&self, node: NodeId) -> u64 {
        self.lamport[node.index()]
    }

    /// The node's vector time.
    pub fn vector(&self, node: NodeId) -> &[u32] {
        &self.vectors[node.index() * self.nodes..(node.index() + 1) * self.nodes]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A [2,0,0] that receives [0,2,0] becomes [3,2,0], since a receive ticks.
    #[test]
    fn a_receive_takes_the_maximum_and_ticks() {
        let mut clocks = Causality::new(3);
        let (a, b) = (NodeId(0), NodeId(1));
        for node in [a, a, b, b] {
            clocks.tick(node, None);
        }
        clocks.stamp(b, 0);
        clocks.tick(a, Some(0));
        assert_eq!(clocks.vector(a), [3, 2, 0]);
        assert_eq!(clocks.lamport(a), 3);
        clocks.copy_stamp(0, 4);
        clocks.tick(NodeId(2), Some(4));
        assert_eq!(clocks.vector(NodeId(2)), [0, 2, 1]);
        assert_eq!(clocks.lamport(NodeId(2)), 3);
    }
}
