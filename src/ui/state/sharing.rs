//! What is being filled in where runs come from and go to: the library and the share dialog.

use std::rc::Rc;

/// The form of what is copied: its name, and the word for it in the address of a test.
pub const SHAPES: &[&str] = &[
    "Link, for a message",
    "Frame, for a page or a course (HTML)",
    "Link in Markdown",
    "Slide of reveal.js",
    "Notebook cell (HTML)",
];

/// What the page in a frame may look like; the first is what needs no word in the address.
pub const THEMES: &[&str] = &["auto", "light", "dark"];

/// How much there is to press in a frame; the first needs no word.
pub const CONTROLS: &[&str] = &["min", "full", "none"];

/// A change.
#[derive(Clone, Debug)]
pub enum Wish {
    /// The link leads to the start.
    FromStart(bool),
    /// It was copied, or could only be selected.
    Copied(bool),
    /// Another form, theme or amount of controls: which of the three lists, and the place in it.
    Shape(usize, usize),
    /// Look for these words in the library.
    Search(Rc<str>),
    /// Only the protocol of that place in the catalog.
    Only(Option<usize>),
}

/// What was filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sharing {
    /// Whether a link is to lead to the start and not to the present moment.
    pub from_start: bool,
    /// Whether it was copied, or could only be selected.
    pub copied: Option<bool>,
    /// The form, the theme and the controls.
    pub shape: [usize; 3],
    /// What is looked for.
    pub search: Rc<str>,
    /// The only protocol that is listed.
    pub only: Option<usize>,
}

impl Sharing {
    /// Makes a change.
    pub fn wish(&mut self, wish: Wish) {
        self.copied = None;
        match wish {
            Wish::FromStart(start) => self.from_start = start,
            Wish::Copied(done) => self.copied = Some(done),
            Wish::Shape(list, place) => {
                if let Some(shape) = self.shape.get_mut(list) {
                    *shape = place;
                }
            }
            Wish::Search(words) => self.search = words,
            Wish::Only(place) => self.only = place,
        }
    }

    /// A dialog opens: what was said and looked for the last time is over.
    pub fn begin(&mut self) {
        self.copied = None;
        self.search = Rc::default();
    }
}
