//! One panel of each kind that no protocol of the catalog shows yet, for tests to look at.

use crate::view::NodeId;
use crate::view::{
    Axis, Form, Head, Level, Panel, Pointer, RingPlace, Series, Spot, Tone, TreeNode, Unit,
};

/// The panel of that kind.
#[inline(never)]
pub fn sample(kind: &str) -> Option<Panel> {
    Some(match kind {
        "ring" => Panel::Ring { title: "sample ring", places: (0..10).map(place).collect() },
        "tree" => {
            let nodes = (0..7).map(|id: u32| TreeNode {
                parent: (id > 0).then(|| (id - 1) / 2),
                branch: if id == 3 { "b".to_string() } else { String::new() },
                spot: mixed(id),
            });
            Panel::Tree { title: "sample tree", nodes: nodes.collect(), durable: true }
        }
        "plot" => {
            let forms = [Form::Line, Form::Steps, Form::Bars];
            let series = forms.into_iter().zip(1_i64..).map(|(form, factor)| Series {
                label: factor.to_string(),
                form,
                generation: Some(factor as u64),
                tone: Tone::Neutral,
                points: (0..9).map(|x| (x, x * factor * 300)).collect(),
            });
            let level = Level { label: "limit".to_string(), at: 4_000, tone: Tone::Suspect };
            Panel::Plot {
                title: "sample plot",
                x: Axis::new("x", Unit::Number),
                y: Axis::new("y", Unit::Thousandths),
                series: series.collect(),
                levels: vec![level],
            }
        }
        "chain" => {
            let spots = (0..7).map(mixed).collect();
            let row = crate::view::ChainRow { head: Head::new("x"), spots, joint: "then" };
            Panel::Chain { title: "sample chain", rows: vec![row], durable: true }
        }
        _ => return None,
    })
}

fn mixed(id: u32) -> Spot {
    let tones = [
        Tone::Settled,
        Tone::Neutral,
        Tone::Leading,
        Tone::Trying,
        Tone::Suspect,
        Tone::Violated,
        Tone::Down,
    ];
    let spot = Spot::new(u64::from(id), format!("s{id}")).generation(u64::from(id));
    spot.tone(tones[id as usize % 7]).of(Pointer::Node(NodeId(id % 2)))
}

fn place(id: u32) -> RingPlace {
    let spot = mixed(id % 3);
    RingPlace {
        at: RingPlace::spread(id, 10),
        token: id.is_multiple_of(2),
        spot: Spot { id: u64::from(id), label: format!("p{id}"), ..spot },
    }
}
