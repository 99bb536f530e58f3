//! The pictures that protocols compose: seven kinds, all of them plain data.
//!
//! A panel says what there is and what it means. How it looks is decided once for all protocols,
//! where it is drawn; [`Panel::text`] is the same in words, for whoever does not see it.

use super::{NodeId, PanelMark, Span, Tone};

/// A picture of a node, or of the whole cluster.
///
/// Its title is its name: no two panels of one node, or of one cluster, have the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Panel {
    /// A sequence of numbered cells with marks between them: a replicated log.
    Log {
        /// What it is: `log`.
        title: &'static str,
        /// The cells, in order of their index.
        cells: Vec<Cell>,
        /// Marks after an index: the commit mark.
        marks: Vec<PanelMark>,
        /// Whether it survives a crash.
        durable: bool,
    },
    /// Keys with values: a state machine.
    Table {
        /// What it is: `state machine`.
        title: &'static str,
        /// Rows in order, key and value.
        rows: Vec<(String, String)>,
        /// Whether it survives a crash.
        durable: bool,
    },
    /// Things on a circle: the tokens and keys of a hash ring, the members of a ring election.
    Ring {
        /// What it is: `hash ring`.
        title: &'static str,
        /// What is on it, in order of the place.
        places: Vec<RingPlace>,
    },
    /// Things in a row, each leading to the next: versions of a key, the servers of a chain.
    Chain {
        /// What it is: `versions`.
        title: &'static str,
        /// The chains, one below the other.
        rows: Vec<ChainRow>,
        /// Whether it survives a crash.
        durable: bool,
    },
    /// Things below each other: ballots that grew from ballots, the hashes of a Merkle tree.
    Tree {
        /// What it is: `ballots`.
        title: &'static str,
        /// The things, parents before their children; children in the order in which they stand
        /// here.
        nodes: Vec<TreeNode>,
        /// Whether it survives a crash.
        durable: bool,
    },
    /// Things in rows and columns: all logs aligned, who promised what, who waits for whom.
    Matrix {
        /// What it is: `logs`.
        title: &'static str,
        /// What stands above the columns.
        columns: Vec<Head>,
        /// The rows; each has a place for every column.
        rows: Vec<MatrixRow>,
        /// Whether it survives a crash.
        durable: bool,
    },
    /// Numbers over numbers: round trips, a suspicion level with its threshold, load for each node.
    Plot {
        /// What it is: `round trips`.
        title: &'static str,
        /// What runs from left to right.
        x: Axis,
        /// What runs from the bottom to the top.
        y: Axis,
        /// What is plotted.
        series: Vec<Series>,
        /// Levels across the picture: a threshold.
        levels: Vec<Level>,
    },
}

/// A cell of a [`Panel::Log`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The index that stands above the cell, from 1.
    pub index: u64,
    /// What is in it, short: `x=1`.
    pub label: String,
    /// The same, in full.
    pub detail: String,
    /// Whose it is: the term of the entry.
    pub generation: u64,
    /// [`Tone::Settled`] when committed.
    pub tone: Tone,
}

/// One thing in a ring, a chain, a tree or a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Its name within the panel: from one step to the next the same for the same thing.
    pub id: u64,
    /// What it is, short: `x=1`. With everything else switched off this is what can be read.
    pub label: String,
    /// The same, in full; empty if the label says it all.
    pub detail: String,
    /// Whose it is (a term, a ballot, a transaction, an owner): the cyclic palette follows it.
    pub generation: Option<u64>,
    /// What it means.
    pub tone: Tone,
    /// What it leads to when somebody clicks on it.
    pub of: Option<Pointer>,
}

/// What a part of a picture leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// A node: it becomes selected.
    Node(NodeId),
    /// A step: the run goes there.
    Step(u64),
}

/// The head of a row or of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// What stands there.
    pub label: String,
    /// What it leads to.
    pub of: Option<Pointer>,
}

/// Something on a [`Panel::Ring`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingPlace {
    /// Where: the whole circle is 2³², clockwise from the top, as hashes of 32 bits fall.
    pub at: u32,
    /// Whether it owns the arc from the token before it up to itself, or lies on such an arc.
    pub token: bool,
    /// What it is. The arc of a token has the token's generation.
    pub spot: Spot,
}

/// A row of a [`Panel::Chain`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainRow {
    /// What the chain belongs to: a key. Empty if there is only one.
    pub head: Head,
    /// Its links, from left to right.
    pub spots: Vec<Spot>,
    /// What each is to the next, for those who do not see the arrow: `then`, `older`.
    pub joint: &'static str,
}

/// A thing in a [`Panel::Tree`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeNode {
    /// The place of its parent in the list; `None` for a root.
    pub parent: Option<u32>,
    /// What leads from the parent to it; may be empty.
    pub branch: String,
    /// What it is.
    pub spot: Spot,
}

/// A row of a [`Panel::Matrix`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// What stands before it.
    pub head: Head,
    /// One for each column; `None` where nothing is.
    pub spots: Vec<Option<Spot>>,
    /// Marks behind a column, counted from 1 (0: before the first): the commit mark.
    pub marks: Vec<PanelMark>,
}

/// An axis of a [`Panel::Plot`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// What runs along it: `question`.
    pub label: &'static str,
    /// How its numbers are read.
    pub unit: Unit,
    /// What it shows at least; what is plotted beyond makes it longer.
    pub range: Option<(i64, i64)>,
}

/// How a number of a plot is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// As it is.
    Number,
    /// A length of time, in microseconds.
    Time,
    /// A fraction: 1,250 is 1.25.
    Thousandths,
}

/// Numbers of a [`Panel::Plot`] that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What they are.
    pub label: String,
    /// How they are drawn.
    pub form: Form,
    /// Whose they are.
    pub generation: Option<u64>,
    /// What they mean.
    pub tone: Tone,
    /// Left to right: x and y.
    pub points: Vec<(i64, i64)>,
}

/// How a [`Series`] is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// From point to point.
    Line,
    /// As it was until the next point.
    Steps,
    /// Each by itself.
    Points,
    /// From the foot of the picture up.
    Bars,
}

/// A level across a [`Panel::Plot`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// What it is: `threshold`.
    pub label: String,
    /// How high.
    pub at: i64,
    /// What it means.
    pub tone: Tone,
}

impl Spot {
    /// A thing without generation, meaning or aim.
    pub fn new(id: u64, label: impl Into<String>) -> Spot {
        let (label, detail) = (label.into(), String::new());
        Spot { id, label, detail, generation: None, tone: Tone::Neutral, of: None }
    }

    /// The same, with what it is in full.
    pub fn detail(self, detail: impl Into<String>) -> Spot {
        Spot { detail: detail.into(), ..self }
    }

    /// The same, belonging to a generation.
    pub fn generation(self, generation: u64) -> Spot {
        Spot { generation: Some(generation), ..self }
    }

    /// The same, with a meaning.
    pub fn tone(self, tone: Tone) -> Spot {
        Spot { tone, ..self }
    }

    /// The same, leading somewhere.
    pub fn of(self, of: Pointer) -> Spot {
        Spot { of: Some(of), ..self }
    }

    /// Everything about it in words.
    pub fn text(&self) -> String {
        let mut text = match self.detail.is_empty() {
            true => self.label.clone(),
            false => self.detail.clone(),
        };
        if self.tone != Tone::Neutral {
            text.push_str(", ");
            text.push_str(self.tone.word());
        }
        text
    }
}

impl Head {
    /// A head that leads nowhere.
    pub fn new(label: impl Into<String>) -> Head {
        Head { label: label.into(), of: None }
    }

    /// A head that stands for a node.
    pub fn node(label: impl Into<String>, node: NodeId) -> Head {
        Head { label: label.into(), of: Some(Pointer::Node(node)) }
    }
}

impl RingPlace {
    /// The place of the `which`th of `count` things that lie at equal distances, from 0.
    pub fn spread(which: u32, count: u32) -> u32 {
        ((u64::from(which) << 32) / u64::from(count.max(1))) as u32
    }

    /// How far round the circle it lies, in thousandths.
    pub fn thousandths(&self) -> u32 {
        ((u64::from(self.at) * 1_000 + (1 << 31)) >> 32) as u32
    }
}

impl Unit {
    /// A number as a person reads it.
    pub fn show(self, number: i64) -> String {
        let sign = if number < 0 { "-" } else { "" };
        let size = number.unsigned_abs();
        match self {
            Unit::Number => number.to_string(),
            Unit::Time => format!("{sign}{}", Span(size)),
            Unit::Thousandths => {
                let text = format!("{sign}{}.{:03}", size / 1_000, size % 1_000);
                text.trim_end_matches('0').trim_end_matches('.').to_string()
            }
        }
    }
}

impl Axis {
    /// An axis that shows whatever is plotted, and nothing else.
    pub fn new(label: &'static str, unit: Unit) -> Axis {
        Axis { label, unit, range: None }
    }

    /// An axis that shows at least that.
    pub fn from(label: &'static str, unit: Unit, lo: i64, hi: i64) -> Axis {
        Axis { label, unit, range: Some((lo, hi)) }
    }

    /// From where to where it goes if these numbers are to be on it: never without any length.
    #[inline(never)]
    pub fn span(&self, numbers: &[i64]) -> (i64, i64) {
        let mut span = self.range;
        for &number in numbers {
            let (lo, hi) = span.unwrap_or((number, number));
            span = Some((lo.min(number), hi.max(number)));
        }
        let (lo, hi) = span.unwrap_or((0, 1));
        if lo == hi { (lo, hi.saturating_add(1)) } else { (lo, hi) }
    }

    /// A few round numbers between two ends, to be written along the axis.
    #[inline(never)]
    pub fn ticks((lo, hi): (i64, i64)) -> Vec<i64> {
        let length = hi.abs_diff(lo).max(1);
        let mut step = 1_u64;
        // 1, 2, 5, 10, 20, 50, … until at most four steps fit.
        for factor in [2_u64, 5, 10].into_iter().cycle() {
            if length / step <= 4 {
                break;
            }
            let decade = 10_u64.pow(step.ilog10());
            step = decade.saturating_mul(factor);
        }
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let first = lo.div_euclid(step).saturating_mul(step);
        let ticks = (0..8).map(|which| first.saturating_add(step.saturating_mul(which)));
        ticks.filter(|tick| (lo..=hi).contains(tick)).collect()
    }
}

impl Panel {
    /// Its title, which is its name.
    pub fn title(&self) -> &'static str {
        match self {
            Panel::Log { title, .. }
            | Panel::Table { title, .. }
            | Panel::Ring { title, .. }
            | Panel::Chain { title, .. }
            | Panel::Tree { title, .. }
            | Panel::Matrix { title, .. }
            | Panel::Plot { title, .. } => title,
        }
    }

    /// Whether what it shows survives a crash.
    pub fn durable(&self) -> bool {
        match self {
            Panel::Log { durable, .. }
            | Panel::Table { durable, .. }
            | Panel::Chain { durable, .. }
            | Panel::Tree { durable, .. }
            | Panel::Matrix { durable, .. } => *durable,
            Panel::Ring { .. } | Panel::Plot { .. } => false,
        }
    }

    /// The same in words, a line for each fact; none if there is nothing to be seen.
    #[inline(never)]
    pub fn text(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match self {
            Panel::Log { cells, marks, .. } => {
                for cell in cells {
                    let settled = if cell.tone == Tone::Settled { ", settled" } else { "" };
                    let marks = marks_at(marks, cell.index);
                    lines.push(format!("{}: {}{settled}{marks}", cell.index, cell.detail));
                }
            }
            Panel::Table { rows, .. } => {
                for (key, value) in rows {
                    lines.push(format!("{key}: {value}"));
                }
            }
            Panel::Ring { places, .. } => {
                for place in places {
                    lines.push(ring_line(place));
                }
            }
            Panel::Chain { rows, .. } => {
                for row in rows {
                    lines.push(chain_line(row));
                }
            }
            Panel::Tree { nodes, .. } => {
                for node in nodes {
                    lines.push(tree_line(nodes, node));
                }
            }
            Panel::Matrix { columns, rows, .. } => {
                for row in rows {
                    lines.push(matrix_line(columns, row));
                }
            }
            Panel::Plot { x, y, series, levels, .. } => {
                for series in series {
                    lines.push(series_line(x, y, series));
                }
                for level in levels {
                    lines.push(format!("{}: {}", level.label, y.unit.show(level.at)));
                }
            }
        }
        lines
    }

    /// What is wrong with the data, if anything: an error of whoever composed it, and what a test
    /// of every protocol asks for.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut ids: Vec<u64> = self.spots().iter().map(|spot| spot.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != count {
            faults.push("two spots have the same id".to_string());
        }
        match self {
            Panel::Ring { places, .. } if !places.is_sorted_by_key(|place| place.at) => {
                faults.push("the places are not in order".to_string());
            }
            Panel::Tree { nodes, .. } => {
                let early = |(at, node): (usize, &TreeNode)| {
                    node.parent.is_none_or(|parent| (parent as usize) < at)
                };
                if !nodes.iter().enumerate().all(early) {
                    faults.push("a child stands before its parent".to_string());
                }
            }
            Panel::Matrix { columns, rows, .. } => {
                let fits = |row: &MatrixRow| {
                    row.spots.len() == columns.len()
                        && row.marks.iter().all(|mark| mark.index <= columns.len() as u64)
                };
                if !rows.iter().all(fits) {
                    faults.push("a row does not have a place for every column".to_string());
                }
            }
            Panel::Plot { series, .. } => {
                let ordered = |series: &Series| series.points.is_sorted_by_key(|(x, _)| *x);
                if !series.iter().all(ordered) {
                    faults.push("the points are not in order".to_string());
                }
            }
            Panel::Log { cells, .. } if !cells.is_sorted_by_key(|cell| cell.index) => {
                faults.push("the cells are not in order".to_string());
            }
            _ => {}
        }
        faults
    }

    fn spots(&self) -> Vec<&Spot> {
        match self {
            Panel::Ring { places, .. } => places.iter().map(|place| &place.spot).collect(),
            Panel::Chain { rows, .. } => rows.iter().flat_map(|row| &row.spots).collect(),
            Panel::Tree { nodes, .. } => nodes.iter().map(|node| &node.spot).collect(),
            Panel::Matrix { rows, .. } => {
                rows.iter().flat_map(|row| row.spots.iter().flatten()).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The names of the marks behind an index, as the end of a sentence about it.
fn marks_at(marks: &[PanelMark], index: u64) -> String {
    let mut text = String::new();
    for mark in marks {
        if mark.index == index {
            text.push_str(", ");
            text.push_str(mark.name);
        }
    }
    text
}

fn ring_line(place: &RingPlace) -> String {
    let at = Unit::Thousandths.show(i64::from(place.thousandths()));
    let what = if place.token { "up to" } else { "at" };
    format!("{what} {at}: {}", place.spot.text())
}

fn chain_line(row: &ChainRow) -> String {
    let spots: Vec<String> = row.spots.iter().map(Spot::text).collect();
    let spots = spots.join(&format!(", {} ", row.joint));
    match row.head.label.as_str() {
        "" => spots,
        label => format!("{label}: {spots}"),
    }
}

/// A thing with what it grew from, as a path would be read.
fn tree_line(nodes: &[TreeNode], node: &TreeNode) -> String {
    let parent = node.parent.and_then(|parent| nodes.get(parent as usize));
    let branch = if node.branch.is_empty() { "" } else { " by " };
    match parent {
        Some(parent) => {
            format!("{}, below {}{branch}{}", node.spot.text(), parent.spot.label, node.branch)
        }
        None => node.spot.text(),
    }
}

fn matrix_line(columns: &[Head], row: &MatrixRow) -> String {
    let mut parts: Vec<String> = Vec::new();
    for mark in row.marks.iter().filter(|mark| mark.index == 0) {
        parts.push(format!("{} before the first", mark.name));
    }
    for (place, spot) in row.spots.iter().enumerate() {
        let marks = marks_at(&row.marks, place as u64 + 1);
        if let (Some(spot), Some(column)) = (spot, columns.get(place)) {
            parts.push(format!("{} {}{marks}", column.label, spot.text()));
        }
    }
    if parts.is_empty() {
        parts.push("nothing".to_string());
    }
    format!("{}: {}", row.head.label, parts.join("; "))
}

fn series_line(x: &Axis, y: &Axis, series: &Series) -> String {
    let points = series.points.iter();
    let points = points
        .map(|(at, value)| format!("{} {}: {}", x.label, x.unit.show(*at), y.unit.show(*value)));
    let points: Vec<String> = points.collect();
    match points.is_empty() {
        true => format!("{}: nothing yet", series.label),
        false => format!("{}: {}", series.label, points.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots(labels: &[&str]) -> Vec<Spot> {
        labels.iter().enumerate().map(|(id, label)| Spot::new(id as u64, *label)).collect()
    }

    #[test]
    fn every_kind_is_read_as_it_is_seen() {
        let place =
            |at, token, label: &str| RingPlace { at, token, spot: Spot::new(at.into(), label) };
        let ring = Panel::Ring {
            title: "ring",
            places: vec![place(1 << 30, true, "n1"), place(1 << 31, false, "k")],
        };
        assert_eq!(ring.text(), ["up to 0.25: n1", "at 0.5: k"]);
        let chain = Panel::Chain {
            title: "versions",
            rows: vec![ChainRow {
                head: Head::new("x"),
                spots: spots(&["3", "2"]),
                joint: "older",
            }],
            durable: true,
        };
        assert_eq!(chain.text(), ["x: 3, older 2"]);
        let node = |parent, spot| TreeNode { parent, branch: String::new(), spot };
        let tree = Panel::Tree {
            title: "tree",
            nodes: vec![
                node(None, Spot::new(0, "root")),
                node(Some(0), Spot::new(1, "leaf").tone(Tone::Settled)),
            ],
            durable: false,
        };
        assert_eq!(tree.text(), ["root", "leaf, settled, below root"]);
        let matrix = Panel::Matrix {
            title: "logs",
            columns: vec![Head::new("1"), Head::new("2")],
            rows: vec![MatrixRow {
                head: Head::node("n1", NodeId(0)),
                spots: vec![Some(Spot::new(1, "a").detail("put a")), None],
                marks: vec![PanelMark { index: 1, name: "commit_index" }],
            }],
            durable: true,
        };
        assert_eq!(matrix.text(), ["n1: 1 put a, commit_index"]);
        let plot = Panel::Plot {
            title: "round trips",
            x: Axis::new("question", Unit::Number),
            y: Axis::new("took", Unit::Time),
            series: vec![Series {
                label: "n2".to_string(),
                form: Form::Points,
                generation: None,
                tone: Tone::Neutral,
                points: vec![(1, 12_000), (4, 20_500)],
            }],
            levels: vec![Level { label: "limit".into(), at: 100_000, tone: Tone::Suspect }],
        };
        assert_eq!(plot.text(), ["n2: question 1: 12ms; question 4: 20.5ms", "limit: 100ms"]);
        for panel in [ring, chain, tree, matrix, plot] {
            assert_eq!(panel.faults(), [""; 0], "{panel:?}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_named() {
        let row = MatrixRow { head: Head::new("n1"), spots: vec![None; 2], marks: Vec::new() };
        let columns = vec![Head::new("1")];
        let matrix = Panel::Matrix { title: "m", columns, rows: vec![row], durable: false };
        assert_eq!(matrix.faults().len(), 1);
        let orphan = TreeNode { parent: Some(0), branch: String::new(), spot: Spot::new(0, "") };
        let tree = Panel::Tree { title: "t", nodes: vec![orphan], durable: false };
        assert_eq!(tree.faults().len(), 1);
        let twins = vec![Spot::new(7, "a"), Spot::new(7, "b")];
        let rows = vec![ChainRow { head: Head::new(""), spots: twins, joint: "then" }];
        assert_eq!(Panel::Chain { title: "c", rows, durable: false }.faults().len(), 1);
    }

    #[test]
    fn axes_are_never_empty_and_their_ticks_are_round() {
        assert_eq!(Axis::ticks((0, 100)), [0, 50, 100]);
        assert_eq!(Axis::ticks((0, 4)), [0, 1, 2, 3, 4]);
        assert_eq!(Axis::ticks((3, 17)), [5, 10, 15]);
        assert_eq!(Axis::ticks((-20, 20)), [-20, -10, 0, 10, 20]);
        assert!(!Axis::ticks((0, i64::MAX)).is_empty());
        assert!(Axis::ticks((i64::MIN, i64::MAX)).len() <= 8);
        let axis = Axis::from("x", Unit::Number, 0, 10);
        assert_eq!(axis.span(&[4, 20]), (0, 20));
        assert_eq!(Axis::new("x", Unit::Number).span(&[4]), (4, 5));
        assert_eq!(Axis::new("x", Unit::Number).span(&[]), (0, 1));
        assert_eq!(Unit::Thousandths.show(-1_250), "-1.25");
        assert_eq!(RingPlace::spread(1, 4), 1 << 30);
    }
}
