//! What became of each property.

use super::info::{Info, PropertyInfo, PropertyKind};
use crate::view::{NodeId, Time};

/// The verdicts of a run up to now, one for each of [`Info::properties`].
#[derive(Clone, Debug)]
pub struct Verdicts {
    properties: &'static [PropertyInfo],
    found: Vec<Option<Finding>>,
    step: u64,
    at: Time,
    fresh: bool,
}

/// When a property was first broken, or first reached, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The step after which it was seen.
    pub step: u64,
    /// The virtual time of that step.
    pub at: Time,
    /// The nodes that it is about.
    pub nodes: Vec<NodeId>,
    /// The particulars: `n1 and n3 both lead term 2`.
    pub because: String,
}

/// A property and its state.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Which.
    pub property: &'static PropertyInfo,
    /// `None`: holds so far, or is not reached yet.
    pub finding: Option<Finding>,
}

impl Verdict {
    /// Whether this is a violation: an `always` that was broken.
    pub fn broken(&self) -> bool {
        self.property.kind == PropertyKind::Always && self.finding.is_some()
    }
}

impl Verdicts {
    /// Nothing found yet.
    pub fn new(info: &Info) -> Verdicts {
        let properties = info.properties;
        let found = vec![None; properties.len()];
        Verdicts { properties, found, step: 0, at: 0, fresh: false }
    }

    /// Says that property `id` was broken (or reached, if it is a `sometimes`). Only the first
    /// finding counts. `because` runs only for that one.
    ///
    /// # Panics
    /// If the protocol declares no such property: its author's error.
    pub fn found(&mut self, id: &str, nodes: &[NodeId], because: impl FnOnce() -> String) {
        if let Some(slot) = self.unfound(id) {
            self.keep(slot, nodes, because());
        }
    }

    /// The place of a property of which nothing was found yet. Apart from [`Verdicts::found`], which
    /// stands in line wherever something is checked.
    #[inline(never)]
    fn unfound(&self, id: &str) -> Option<usize> {
        let at = self.properties.iter().position(|property| property.id == id);
        let slot = at.expect("a declared property");
        self.found[slot].is_none().then_some(slot)
    }

    #[inline(never)]
    fn keep(&mut self, slot: usize, nodes: &[NodeId], because: String) {
        let nodes = nodes.to_vec();
        self.found[slot] = Some(Finding { step: self.step, at: self.at, nodes, because });
        self.fresh = true;
    }

    /// Every property with its state.
    pub fn all(&self) -> Vec<Verdict> {
        let pairs = self.properties.iter().zip(&self.found);
        pairs.map(|(property, finding)| Verdict { property, finding: finding.clone() }).collect()
    }

    /// Whether any `always` property is broken.
    pub fn any_broken(&self) -> bool {
        self.properties
            .iter()
            .zip(&self.found)
            .any(|(property, finding)| property.kind == PropertyKind::Always && finding.is_some())
    }

    /// The kernel says which step is being judged.
    pub(super) fn begin(&mut self, step: u64, at: Time) {
        self.fresh &= self.step == step;
        self.step = step;
        self.at = at;
    }

    /// The properties of a kind that were first found at that step, the last that was judged, by
    /// their place in [`Info::properties`].
    pub(super) fn fresh(&self, kind: PropertyKind, step: u64) -> Vec<u32> {
        let mut places = Vec::new();
        if self.fresh && self.step == step {
            for (place, (property, finding)) in self.properties.iter().zip(&self.found).enumerate()
            {
                let now = finding.as_ref().is_some_and(|finding| finding.step == step);
                if property.kind == kind && now {
                    places.push(place as u32);
                }
            }
        }
        places
    }
}
