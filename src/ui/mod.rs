//! The page: what a person sees, and nothing that a protocol needs.
//!
//! Two clocks run here. Yew renders what changes from event to event; what moves in between is
//! drawn by one loop of animation frames that rests whenever nothing moves. In reading order: what
//! is asked of the browser; the state and the one place that changes it; the stage; everything
//! around it.

pub mod hooks;

pub mod state;

pub mod stage;

pub mod panels;

pub mod components;

pub mod keys;

mod app;
mod card;
mod exports;
mod host;

use crate::scenario::library;
use hooks::browser;
use state::query::Query;
use state::shell::{Dialog, Notice, Shell};
use state::source;
use state::store::{Command, Store};

/// Starts the page in place of the static shell of `index.html`.
pub fn main() {
    yew::set_custom_panic_hook(Box::new(|info| card::show(&info.to_string())));
    card::watch();
    if !library::set(browser::boot_library()) {
        return card::show("the library that came with the program is not one");
    }
    let (query, wrong) = Query::parse(&browser::query());
    // The palette is marked by the document itself, which follows the system's wish as well.
    browser::mark_root("data-theme", query.theme);
    browser::mark_root("lang", &query.lang);
    let still = browser::media("(prefers-reduced-motion: reduce)");
    let fragment = browser::fragment();
    // A bare `#` or `#/` names nothing.
    let linked = !fragment.trim_start_matches(['#', '/']).is_empty();
    let mut shell = Shell::new(query, still);
    if !wrong.is_empty() {
        shell.notice = Some(Notice { text: wrong.join("\n").into(), wrong: true });
    }
    let mut broken = None;
    let opened = match linked.then(|| source::open_fragment(&fragment)) {
        Some(Ok(opened)) => Ok(opened),
        Some(Err(error)) => {
            broken = Some(error);
            source::open_default()
        }
        None => source::open_default(),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let lines: Vec<&str> = error.problems.iter().map(|line| &**line).collect();
            return card::show(&lines.join("\n"));
        }
    };
    if let Some(error) = broken {
        shell.dialog = Some(Dialog::Mend);
        shell.broken = Some(std::rc::Rc::new(error));
    }
    // A link, a frame and a person who wants no motion all begin at rest.
    let autoplay = shell.query.autoplay.unwrap_or(!shell.query.embed && !linked);
    let plays = autoplay && !shell.still && shell.broken.is_none();
    browser::set_title(&opened.source.title);
    let store = Store::new(opened, shell);
    exports::attach(&store);
    mount(&store);
    host::attach(&store);
    if !linked && !store.query().looped {
        store.ask(|player| player.go_on());
    }
    if plays {
        store.send(Command::Toggle);
    }
}

fn mount(store: &Store) {
    let root = browser::document().and_then(|document| document.get_element_by_id("root"));
    let Some(root) = root else { return };
    root.set_inner_html("");
    let props = app::AppProps { store: store.clone() };
    yew::Renderer::<app::App>::with_root_and_props(root, props).render();
}
