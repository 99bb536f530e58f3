//! Icons: one path each, drawn in the colour of the text.

use yew::Html;

use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::store::{Command, Store};

const ICONS: [(&str, &str); 30] = [
    ("play", "M7 4.5v15l12-7.5z"),
    ("pause", "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z"),
    ("next", "M6 5v14l9-7zM16 5h2.5v14H16z"),
    ("back", "M18 5v14l-9-7zM5.5 5H8v14H5.5z"),
    ("start", "M5 5h2v14H5zM19 5v14l-10-7z"),
    ("end", "M17 5h2v14h-2zM5 5v14l10-7z"),
    ("next10", "M4 5v14l7-7zM12 5v14l7-7z"),
    ("back10", "M20 5v14l-7-7zM12 5v14l-7-7z"),
    ("up", "M12 7l7 7-1.5 1.5L12 10l-5.5 5.5L5 14z"),
    ("before", "M12 7l7 7-1.5 1.5L12 10l-5.5 5.5L5 14z"),
    ("down", "M12 17l7-7-1.5-1.5L12 14 6.5 8.5 5 10z"),
    ("after", "M12 17l7-7-1.5-1.5L12 14 6.5 8.5 5 10z"),
    ("share", "M12 3l4.5 4.5-1.4 1.4L13 6.8V15h-2V6.8L8.9 8.9 7.5 7.5zM5 12h2v7h10v-7h2v9H5z"),
    (
        "help",
        "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm-1 12h2v\
         2h-2zm1-10a4 4 0 0 0-4 4h2a2 2 0 1 1 3 1.7c-1.2.8-2 1.5-2 3.3h2c0-.9.4-1.2 1.2-1.8A4 \
         4 0 0 0 12 6z",
    ),
    ("book", "M5 3h12a2 2 0 0 1 2 2v16H7a2 2 0 0 1-2-2zm2 2v12h10V5zM9 8h6v1.6H9zm0 3h6v1.6H9z"),
    ("bolt", "M13 2L4 14h6l-1 8 9-12h-6z"),
    (
        "close",
        "M6.4 5L12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4L12 13.4 6.4 19 5 17.6 10.6 12 5 \
         6.4z",
    ),
    ("disk", "M4 4h13l3 3v13H4zm2 2v12h12V8l-2-2h-1v4H7V6zm3 0v2h4V6z"),
    ("open", "M14 4h6v6h-2V7.4l-7.3 7.3-1.4-1.4L16.6 6H14zM4 6h6v2H6v10h10v-4h2v6H4z"),
    ("undo", "M9 4v4h5a6 6 0 0 1 0 12H8v-2h6a4 4 0 0 0 0-8H9v4L3 9z"),
    ("redo", "M15 4v4h-5a6 6 0 0 0 0 12h6v-2h-6a4 4 0 0 1 0-8h5v4l6-5z"),
    ("flag", "M6 3h2v1h10l-2.5 4L18 12H8v9H6z"),
    (
        "ring",
        "M12 2.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM5 9a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5\
         zm14 0a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM8 16.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0\
         -5zm8 0a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
    ),
    (
        "row",
        "M5 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zm7 0a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z\
         m7 0a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
    ),
    (
        "tiers",
        "M12 3.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM5 15.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 \
         0-5zm7 0a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zm7 0a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-\
         5z",
    ),
    ("out", "M5 11h14v2H5z"),
    ("in", "M5 11h6V5h2v6h6v2h-6v6h-2v-6H5z"),
    ("fit", "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z"),
    ("rift", "M12 1l-3 6 5 4-5 5 3 7h2l-3-7 5-5-5-4 3-6zM2 10h4v2H2zM18 10h4v2h-4z"),
    (
        "tools",
        "M6 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4zm6 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4zm6 0a2 2 0 1 1 0 \
         4 2 2 0 0 1 0-4z",
    ),
];

/// The icon of that name; an unknown one is empty.
pub fn icon(name: &str) -> Html {
    let mut drawn = "";
    for (other, path) in ICONS {
        if other == name {
            drawn = path;
        }
    }
    markup(|page| {
        let head = "svg class=icon viewBox='0 0 24 24' width=20 height=20 aria-hidden=true";
        page.el(head, |page| page.el("path", |page| page.attr("d", drawn)));
    })
}

/// What the button that is open shows, says and does: an icon, its name, and its keys if it has
/// any.
pub fn face(page: &mut Markup, store: &Store, [name, label, keys]: [&str; 3], command: Command) {
    page.click(store, command);
    page.attr("aria-label", label);
    match keys {
        "" => page.attr("title", label),
        keys => {
            page.attr("title", &format!("{label} ({keys})"));
            page.attr("aria-keyshortcuts", keys);
        }
    }
    page.put(icon(name));
}
