//! The picture of replicated logs side by side, for every protocol that has them.

use crate::view::{
    Cell, Head, MatrixRow, NodeId, NodeNames, Panel, PanelMark, Pointer, Spot, show_generation,
};

/// The most columns of all logs side by side: the end of the longest.
const COLUMNS_MAX: u64 = 40;

/// A server's log.
pub struct LogRow<'a> {
    /// The server.
    pub node: NodeId,
    /// The index of its last cell; 0 if it is empty.
    pub last: u64,
    /// How far it is settled, and how far it is applied.
    pub marks: [PanelMark; 2],
    /// The cell at an index, if there is one.
    pub cell: Box<dyn Fn(u64) -> Option<Cell> + 'a>,
}

/// All logs aligned, a column for each index; the generation stands before the label.
pub fn aligned(rows: &[LogRow<'_>], names: NodeNames) -> Panel {
    let last = rows.iter().map(|row| row.last).max().unwrap_or(0);
    let before = last.saturating_sub(COLUMNS_MAX);
    let spot = |row: &LogRow<'_>, index: u64| {
        let Cell { label, detail, generation, tone, .. } = (row.cell)(index)?;
        let label = format!("{} {label}", show_generation(generation));
        let spot = Spot::new(u64::from(row.node.0) << 32 | index, label).detail(detail);
        Some(spot.generation(generation).tone(tone).of(Pointer::Node(row.node)))
    };
    let line = |row: &LogRow<'_>| {
        let marks = row.marks.iter().filter(|mark| mark.index >= before);
        let mark = |mark: &PanelMark| PanelMark { index: mark.index - before, name: mark.name };
        MatrixRow {
            head: Head::node(names.name(row.node), row.node),
            spots: (before + 1..=last).map(|index| spot(row, index)).collect(),
            marks: marks.map(mark).collect(),
        }
    };
    Panel::Matrix {
        title: "all logs",
        columns: (before + 1..=last).map(|index| Head::new(index.to_string())).collect(),
        rows: rows.iter().map(line).collect(),
        durable: true,
    }
}
