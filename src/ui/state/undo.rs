//! Undo and redo: what was done to the run, last thing first.
//!
//! An entry is the whole run as it was before something was done to it, branches and position
//! included. Going back puts it in place and keeps the run that was left for going forth, so that
//! redoing needs no repetition of anything and gives the same digest. A branch that was begun is
//! not taken away by undoing: see [`crate::sim::tree::Tree::restore`].

use std::rc::Rc;

use super::player::Kept;
use super::script::Sheet;
use super::shell::{Aside, Shell, Tab};
use super::store::Store;
use super::study::{Desk, Study};
use crate::ui::stage::arrange::Arrange;

/// How many things can be undone.
const DEPTH: usize = 64;

/// What would be undone or redone, in words.
pub type Named = Option<Rc<str>>;

/// What the buttons offer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Undoable {
    /// What was done last.
    pub back: Named,
    /// What was undone last.
    pub forth: Named,
}

/// Something that was done, or undone.
struct Entry {
    what: Rc<str>,
    /// The run on the other side of it; `None` if only a text was written that never ran.
    run: Option<Kept>,
    /// A text that was written there and did not run.
    draft: Option<Rc<Sheet>>,
}

/// Everything that can be undone and redone.
#[derive(Default)]
pub struct Undo {
    done: Vec<Entry>,
    undone: Vec<Entry>,
    /// Whether the last thing was an edit of the text that still goes on: one thing to a person,
    /// however often it ran in between.
    editing: bool,
}

impl Undo {
    /// Puts the run aside as it was before something was done to it.
    pub fn remember(&mut self, what: &str, run: Kept, draft: Option<Rc<Sheet>>) {
        self.undone.clear();
        self.editing = false;
        if self.done.len() == DEPTH {
            self.done.remove(0);
        }
        self.done.push(Entry { what: what.into(), run: Some(run), draft });
    }

    /// The same for an edit of the text, which may go on.
    pub fn remember_edit(&mut self, run: Kept) {
        self.undone.clear();
        if !std::mem::replace(&mut self.editing, true) {
            self.remember(EDIT, run, None);
            self.editing = true;
        }
    }

    /// Whoever writes on after this begins another edit.
    pub fn close_edit(&mut self) {
        self.editing = false;
    }
}

const EDIT: &str = "edit of the text";

impl Store {
    /// Undoes the last thing, or does it again. Says what happened.
    pub(super) fn undo(&self, back: bool) -> String {
        let Some(what) = self.go(back) else {
            return format!("There is nothing to {}.", if back { "undo" } else { "redo" });
        };
        self.name_undo();
        self.save_hash();
        let verb = if back { "Undone" } else { "Done again" };
        format!("{verb}: {what}. {}", self.position())
    }

    /// Goes back one entry, or forth.
    fn go(&self, back: bool) -> Named {
        let mut shell = self.0.shell.borrow_mut();
        let mut undo = self.0.undo.borrow_mut();
        undo.editing = false;
        let draft = shell.script.unrun();
        if back && draft.is_some() {
            // A text that does not run is the last thing that was done: back to what ran.
            undo.undone.push(Entry { what: EDIT.into(), run: None, draft });
            shell.script.set_draft(None);
            return Some(EDIT.into());
        }
        let entry = if back { undo.done.pop() } else { undo.undone.pop() }?;
        shell.script.set_draft(entry.draft);
        if let Some(run) = entry.run {
            let run = Some(self.0.player.borrow_mut().restore(run));
            let left = Entry { what: entry.what.clone(), run, draft };
            if back {
                undo.undone.push(left)
            } else {
                undo.done.push(left)
            }
            self.settle_in(&mut shell);
        }
        Some(entry.what)
    }

    /// The page around the run fits the run that is there now.
    pub(super) fn settle_in(&self, shell: &mut Shell) {
        let player = self.0.player.borrow();
        let names = player.session().names();
        crate::ui::hooks::browser::set_title(&player.source().title);
        crate::ui::card::keep(player.text());
        let was = self.0.scene.borrow().names;
        // What was found was found in another run; what is looked for stays.
        let sieve = std::mem::take(&mut shell.study.sieve);
        shell.study = Study::default();
        if names == was {
            shell.study.sieve = sieve;
        }
        *self.0.desk.borrow_mut() = Desk::default();
        shell.fit(names, was);
        if names != was {
            let plan = shell.stage.plan;
            shell.stage = Aside(Rc::new(Arrange::new(plan, player.session())));
        }
        let pair = player.session().beside().is_some();
        if pair != shell.pair {
            (shell.pair, shell.tab) = (pair, if pair { Tab::Compare } else { Tab::Inspect });
        }
        let (width, height) = (shell.layout.width, shell.layout.height);
        shell.lay_out(names, width, height);
        self.lay_out(shell);
    }

    /// The buttons say what they would do.
    pub(super) fn name_undo(&self) {
        let undo = self.0.undo.borrow();
        let mut shell = self.0.shell.borrow_mut();
        let last = |list: &[Entry]| list.last().map(|entry| entry.what.clone());
        let draft = shell.script.unrun().map(|_| EDIT.into());
        shell.undo = Undoable { back: draft.or(last(&undo.done)), forth: last(&undo.undone) };
    }
}
