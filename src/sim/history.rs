//! The past of a run: events in segments, keyframes, marks. What was forgotten is computed again.

use std::rc::Rc;

use super::info::MarkKind;
use super::session::Mark;
use super::trace::Event;

/// Events are kept and forgotten in segments of so many.
pub const SEGMENT: u64 = 1_024;
/// At most so many segments are kept; the one that was not asked for longest goes first.
const SEGMENTS_KEPT: usize = 128;
/// The first keyframes stand so many steps apart.
const FIRST_STRIDE: u64 = 128;
/// With more keyframes than this, every second one goes.
const KEYFRAMES_KEPT: usize = 192;
/// All keyframes together take about so many bytes at most.
const KEYFRAME_BYTES: usize = 64 << 20;
/// Beyond so many marks, only faults, leadership and violations are marked.
const MARKS_KEPT: usize = 20_000;

/// The past of a run over clusters of type `C`. Cloning shares everything.
#[derive(Clone)]
pub struct History<C> {
    keyframes: Vec<(u64, Rc<C>)>,
    stride: u64,
    segments: Vec<Option<Rc<Vec<Rc<Event>>>>>,
    used: Vec<u64>,
    clock: u64,
    marks: Vec<Mark>,
}

impl<C> History<C> {
    /// A past that consists of the start.
    pub fn new(start: C) -> History<C> {
        History {
            keyframes: vec![(0, Rc::new(start))],
            stride: FIRST_STRIDE,
            segments: Vec::new(),
            used: Vec::new(),
            clock: 0,
            marks: Vec::new(),
        }
    }

    /// The last keyframe at or before a step.
    pub fn keyframe(&self, step: u64) -> (u64, &Rc<C>) {
        let after = self.keyframes.partition_point(|(at, _)| *at <= step);
        let (at, cluster) = &self.keyframes[after - 1];
        (*at, cluster)
    }

    /// Whether a keyframe is to be taken at this step, the head.
    pub fn wants_keyframe(&self, step: u64) -> bool {
        step.is_multiple_of(self.stride)
            && self.keyframes.last().is_some_and(|(last, _)| *last < step)
    }

    /// Takes a keyframe. When there are too many, those of every second stride go: the memory
    /// stays bounded, and what is replayed to reach a step grows with the run's length only.
    ///
    /// `bytes` is what this one takes: of large ones fewer are kept.
    pub fn push_keyframe(&mut self, step: u64, cluster: C, bytes: usize) {
        self.keyframes.push((step, Rc::new(cluster)));
        let most = (KEYFRAME_BYTES / bytes.max(1)).clamp(4, KEYFRAMES_KEPT);
        while self.keyframes.len() > most {
            self.stride *= 2;
            let stride = self.stride;
            self.keyframes.retain(|(step, _)| step.is_multiple_of(stride));
        }
    }

    /// Writes down the event of the head.
    pub fn push_event(&mut self, event: Event) {
        let place = ((event.step - 1) / SEGMENT) as usize;
        if place == self.segments.len() {
            self.segments.push(Some(Rc::new(Vec::new())));
            self.used.push(self.clock);
            self.forget_segments(place);
        }
        if let Some(segment) = &mut self.segments[place] {
            // A segment with a gap before this event was forgotten: it is computed when asked for.
            if segment.len() as u64 == (event.step - 1) % SEGMENT {
                Rc::make_mut(segment).push(Rc::new(event));
            }
        }
    }

    /// An event, if it is remembered.
    pub fn event(&mut self, step: u64) -> Option<Rc<Event>> {
        let place = (step.checked_sub(1)? / SEGMENT) as usize;
        let segment = self.segments.get(place)?.as_ref()?;
        let event = segment.get(((step - 1) % SEGMENT) as usize)?.clone();
        self.clock += 1;
        self.used[place] = self.clock;
        Some(event)
    }

    /// Remembers a segment that was computed again.
    pub fn put_segment(&mut self, place: usize, events: Vec<Rc<Event>>) {
        self.clock += 1;
        self.segments[place] = Some(Rc::new(events));
        self.used[place] = self.clock;
        self.forget_segments(place);
    }

    /// Marks an event of the head.
    pub fn push_mark(&mut self, mark: Mark) {
        let minor = matches!(mark.kind, MarkKind::Decision | MarkKind::Client);
        let twin = self.marks.last().is_some_and(|l| (l.step, l.kind) == (mark.step, mark.kind));
        if !twin && (self.marks.len() < MARKS_KEPT || !minor) && self.marks.len() < 2 * MARKS_KEPT {
            self.marks.push(mark);
        }
    }

    /// Every mark, in order.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Forgets everything after a step.
    pub fn truncate(&mut self, step: u64) {
        self.keyframes.retain(|(at, _)| *at <= step);
        self.marks.retain(|mark| mark.step <= step);
        self.segments.truncate(step.div_ceil(SEGMENT) as usize);
        self.used.truncate(self.segments.len());
        let rest = step - step.saturating_sub(1) / SEGMENT * SEGMENT;
        if let Some(Some(last)) = self.segments.last_mut()
            && last.len() as u64 > rest
        {
            Rc::make_mut(last).truncate(rest as usize);
        }
    }

    /// Forgets every event, and all keyframes but a few.
    pub fn thin(&mut self) {
        self.segments.iter_mut().for_each(|segment| *segment = None);
        while self.keyframes.len() > 8 {
            let mut place = 0;
            self.keyframes.retain(|_| {
                place += 1;
                place % 2 == 1
            });
        }
    }

    /// How many events and keyframes are remembered.
    pub fn remembered(&self) -> (usize, usize) {
        let events = self.segments.iter().flatten().map(|segment| segment.len()).sum();
        (events, self.keyframes.len())
    }

    fn forget_segments(&mut self, but: usize) {
        let kept = self.segments.iter().flatten().count();
        if kept <= SEGMENTS_KEPT {
            return;
        }
        let candidates = (0..self.segments.len())
            .filter(|&place| place != but && self.segments[place].is_some());
        if let Some(oldest) = candidates.min_by_key(|&place| self.used[place]) {
            self.segments[oldest] = None;
        }
    }
}
