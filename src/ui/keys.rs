//! The keyboard in one table: the handler, the help and `aria-keyshortcuts` all read it.

use crate::sim::action::Action;
use crate::ui::stage::arrange::{Wish as Stage, ZOOM};
use crate::ui::state::choices::choices;
use crate::ui::state::forms::{Subject, Wish};
use crate::ui::state::scene::{Scene, Selection};
use crate::ui::state::shell::Dialog;
use crate::ui::state::store::Command;
use crate::ui::state::study::Jump;

/// What a key does.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// The same command whatever is selected.
    Do(fn() -> Command),
    /// What the choice with this key does to what has the focus, or is selected.
    Choose,
    /// Closes what is open, else takes the selection away.
    Leave,
    /// Brings the selection into sight.
    Find,
    /// What has the focus takes it itself.
    There,
    /// Shows what led to the present event.
    Why,
}

/// A row of the table.
#[derive(Clone, Copy)]
pub struct Binding {
    /// The values of `KeyboardEvent.key`.
    pub keys: &'static [&'static str],
    /// Whether Shift must be held; `None`: it does not matter.
    pub shift: Option<bool>,
    /// Whether Ctrl must be held, or Command where keyboards have that.
    pub ctrl: bool,
    /// As the help shows it.
    pub shown: &'static str,
    /// What it does, as the help says it.
    pub what: &'static str,
    /// What it does.
    pub act: Act,
    /// Whether it is a single character, which can be switched off.
    pub character: bool,
}

const fn key(
    keys: &'static [&'static str],
    shown: &'static str,
    what: &'static str,
    act: Act,
) -> Binding {
    Binding { keys, shift: None, ctrl: false, shown, what, act, character: true }
}

/// A single character without Shift, whatever Caps Lock says.
const fn plain(
    keys: &'static [&'static str],
    shown: &'static str,
    what: &'static str,
    command: fn() -> Command,
) -> Binding {
    Binding { shift: Some(false), ..key(keys, shown, what, Act::Do(command)) }
}

/// A single character with Shift.
const fn shifted(
    keys: &'static [&'static str],
    shown: &'static str,
    what: &'static str,
    command: fn() -> Command,
) -> Binding {
    Binding { shift: Some(true), ..key(keys, shown, what, Act::Do(command)) }
}

const fn named(
    keys: &'static [&'static str],
    shift: Option<bool>,
    shown: &'static str,
    what: &'static str,
    act: Act,
) -> Binding {
    Binding { keys, shift, ctrl: false, shown, what, act, character: false }
}

const fn held(
    keys: &'static [&'static str],
    shift: Option<bool>,
    shown: &'static str,
    what: &'static str,
    act: Act,
) -> Binding {
    Binding { keys, shift, ctrl: true, shown, what, act, character: false }
}

/// The table.
pub const BINDINGS: &[Binding] = &[
    key(&[" ", "k", "K"], "Space or K", "Play or pause", Act::Do(|| Command::Toggle)),
    named(&["ArrowRight"], Some(false), "→", "Next event", Act::Do(|| Command::Step(1))),
    named(&["ArrowLeft"], Some(false), "←", "Previous event", Act::Do(|| Command::Step(-1))),
    key(&["."], ".", "Next event", Act::Do(|| Command::Step(1))),
    key(&[","], ",", "Previous event", Act::Do(|| Command::Step(-1))),
    named(&["ArrowRight"], Some(true), "Shift →", "Ten events on", Act::Do(|| Command::Step(10))),
    named(&["ArrowLeft"], Some(true), "Shift ←", "Ten events back", Act::Do(|| Command::Step(-10))),
    named(&["Home"], None, "Home", "To the start", Act::Do(|| Command::Seek(0))),
    named(&["End"], None, "End", "To the end of what is known", Act::Do(|| Command::End)),
    key(&["<"], "<", "Slower", Act::Do(|| Command::Shift(-1))),
    key(&[">"], ">", "Faster", Act::Do(|| Command::Shift(1))),
    plain(&["n", "N"], "N", "Next event at this node", || Command::Jump(Jump::Node, true)),
    plain(&["p", "P"], "P", "Previous event at this node", || Command::Jump(Jump::Node, false)),
    shifted(&["n", "N"], "Shift N", "Next event of this kind", || Command::Jump(Jump::Kind, true)),
    shifted(&["p", "P"], "Shift P", "Previous event of this kind", || {
        Command::Jump(Jump::Kind, false)
    }),
    plain(&["b", "B"], "B", "Next mark", || Command::Jump(Jump::Mark, true)),
    shifted(&["b", "B"], "Shift B", "Previous mark", || Command::Jump(Jump::Mark, false)),
    key(&["!"], "!", "To the first violation", Act::Do(|| Command::Jump(Jump::Violation, true))),
    key(&["q", "Q"], "Q", "Why did this happen?", Act::Why),
    key(&["m", "M"], "M", "Select the next message", Act::Do(|| Command::NextMessage)),
    key(&["l", "L"], "L", "Select the next link", Act::Do(|| Command::NextLink)),
    key(&["c", "C"], "C", "Node: crash, or restart", Act::Choose),
    key(&["z", "Z"], "Z", "Node: pause, or resume", Act::Choose),
    shifted(&["I"], "Shift I", "Choose the sides of a partition…", || {
        Command::Dialog(Some(Dialog::Partition))
    }),
    key(&["i", "I"], "I", "Node: isolate, or reconnect", Act::Choose),
    shifted(&["X"], "Shift X", "Heal the network", || Command::Act(Action::Heal)),
    key(&["x", "X"], "X", "Link: cut, or mend", Act::Choose),
    key(&["h", "H"], "H", "Link: hold, or release", Act::Choose),
    key(&["v", "V"], "V", "Message: deliver now", Act::Choose),
    key(&["d", "D"], "D", "Message: drop", Act::Choose),
    key(&["u", "U"], "U", "Message: duplicate", Act::Choose),
    key(&["w", "W"], "W", "Message: delay", Act::Choose),
    key(&["t", "T"], "T", "Node: fire its first timer", Act::Choose),
    key(&["o", "O"], "O", "Client: ask for something…", Act::Choose),
    key(&["e", "E"], "E", "Exactly: a clock, a link, a delay…", Act::Choose),
    key(&["s", "S"], "S", "Change the run…", Act::Do(|| Command::Form(Wish::Open(Subject::Run)))),
    plain(&["r", "R"], "R", "Draw a rift on the stage", || Command::Stage(Stage::Rift)),
    key(&["j", "J"], "J", "Node: move to…", Act::Choose),
    key(
        &["+", "="],
        "+",
        "Look at the stage from nearer",
        Act::Do(|| Command::Stage(Stage::Zoom(ZOOM, None))),
    ),
    key(
        &["-", "−"],
        "−",
        "From farther away",
        Act::Do(|| Command::Stage(Stage::Zoom(1.0 / ZOOM, None))),
    ),
    key(&["0"], "0", "The whole stage", Act::Do(|| Command::Stage(Stage::Fit))),
    named(&[], None, "Alt + arrows", "On a node: move it", Act::There),
    key(&["f", "F"], "F", "Bring the selection into sight", Act::Find),
    held(
        &["z", "Z"],
        Some(false),
        "Ctrl Z",
        "Undo (on a Mac ⌘ instead of Ctrl)",
        Act::Do(|| Command::Undo),
    ),
    held(&["z", "Z"], Some(true), "Ctrl Shift Z", "Redo", Act::Do(|| Command::Redo)),
    held(&["y", "Y"], Some(false), "Ctrl Y", "Redo", Act::Do(|| Command::Redo)),
    key(&["a", "A"], "A", "Do something…", Act::Do(|| Command::Dialog(Some(Dialog::Act)))),
    key(&["?"], "?", "This help", Act::Do(|| Command::Dialog(Some(Dialog::Help)))),
    named(&["Escape"], None, "Esc", "Close, or select nothing", Act::Leave),
];

/// The row for a key, with Shift and with Ctrl or not.
pub fn find(key: &str, shift: bool, ctrl: bool) -> Option<&'static Binding> {
    BINDINGS.iter().find(|binding| {
        binding.keys.contains(&key)
            && binding.ctrl == ctrl
            && binding.shift.is_none_or(|wanted| wanted == shift)
    })
}

/// What the choice with a key does to what is focused, if it has such a choice.
pub fn choose(scene: &Scene, what: Option<Selection>, key: &str) -> Option<Command> {
    let key = key.to_ascii_uppercase();
    let list = choices(scene, what?);
    list.into_iter().find(|choice| choice.key == Some(&*key)).map(|choice| choice.command)
}
