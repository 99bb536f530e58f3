//! The page as a whole.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{
    Document, DragEvent, Element, Event, EventTarget, IntersectionObserver,
    IntersectionObserverEntry, KeyboardEvent,
};
use yew::prelude::*;
use yew::virtual_dom::{ListenerKind, VComp};

use super::components::act::{act, partition};
use super::components::compare::{first, second};
use super::components::form::form;
use super::components::help::help;
use super::components::icons::{face, icon};
use super::components::library::library;
use super::components::log::follow;
use super::components::narration::narration;
use super::components::part::{Draw, Part};
use super::components::script::mend;
use super::components::share::{open_file, share};
use super::components::tabs::side;
use super::components::transport::transport;
use super::components::try_this::try_this;
use super::hooks::browser;
use super::hooks::markup::{Markup, markup};
use super::hooks::piece::piece;
use super::host;
use super::keys::{self, Act};
use super::stage::arrange::Wish;
use super::stage::tools::tools;
use super::stage::{Stage, StageProps, pointer, selected_by};
use super::state::query::Controls;
use super::state::scene::Selection;
use super::state::shell::{Dialog, Shell, Tab};
use super::state::store::{Command, Model, Store, View};
use super::state::study;
use super::state::undo::Named;

/// What the page needs.
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The store, which outlives the page.
    pub store: Store,
}

/// The page.
#[component]
pub fn App(props: &AppProps) -> Html {
    let store = props.store.clone();
    let model = {
        let store = store.clone();
        use_state(move || store.model())
    };
    {
        let (store, model) = (store.clone(), model.setter());
        use_effect_with((), move |()| {
            store.listen(Callback::from(move |new: Model| {
                host::changed(&new.scene);
                model.set(new);
            }));
            let listeners = listen(&store);
            move || drop(listeners)
        });
    }
    let model: Model = (*model).clone();
    let (view, shell) = (&model.scene, &*model.shell);
    mark_root(view, shell);
    {
        let (store, model) = (store.clone(), model.clone());
        use_effect(move || {
            browser::settle();
            follow(&store, &model.calm, &model.shell);
        });
    }
    let query = &shell.query;
    let (full, sides) = (query.controls == Controls::Full, !Tab::all(shell).is_empty());
    let class = match (full, sides) {
        (true, true) => "app",
        (true, false) => "app alone",
        (false, true) => "app bare",
        (false, false) => "app embed",
    };
    markup(|page| {
        page.el("div id=app", |page| {
            page.attr("class", class);
            mark(page, view, shell);
            page.when(full, |page| top(page, &store, view, shell));
            page.el("main class=lab", |page| {
                page.when(!full, |page| page.line("h1 class=sr", &view.title));
                page.el("section class=scene aria-label=Stage", |page| {
                    stages(page, &store, &model);
                    part(page, &store, &model, tools);
                    page.when(shell.proposes(), |page| part(page, &store, &model, try_this));
                });
                part(page, &store, &model, deck);
            });
            page.when(sides, |page| part(page, &store, &model, side));
            page.when(shell.notice.is_some(), |page| notice(page, &store, shell));
            page.put(dialog(&store, &model.calm, shell));
            page.line("p class=sr role=status aria-live=polite id=spoken", &shell.spoken);
        });
    })
}

/// The stage, or one for each of two runs, with its head.
fn stages(page: &mut Markup, store: &Store, model: &Model) {
    let stage = |view: &View, lane: usize| {
        let of_stage = StageProps {
            store: store.clone(),
            view: view.clone(),
            shell: model.shell.clone(),
            layout: model.shell.layout.0.clone(),
            stage: model.shell.stage.0.clone(),
            lane,
        };
        Html::from(VComp::new::<Stage>(Rc::new(of_stage), None))
    };
    let Some(lanes) = model.scene.0.pair() else { return page.put(stage(&model.scene, 0)) };
    page.el("div class=pair", |page| {
        for ((lane, scene), head) in lanes.into_iter().enumerate().zip([first as Draw, second]) {
            page.el("div class=lane", |page| {
                page.state("data-faced", model.scene.lane == lane);
                part(page, store, model, head);
                page.put(stage(&View(scene), lane));
            });
        }
    });
}

/// What tests and the pages around a frame want to know of the run.
fn mark(page: &mut Markup, view: &View, shell: &Shell) {
    page.attr("data-status", if view.playing { "playing" } else { "paused" });
    page.attr("data-timeline", if shell.query.shows("timeline", true) { "1" } else { "0" });
    for (name, number) in [
        ("data-step", view.step),
        ("data-head", view.head),
        ("data-time", view.now),
        ("data-branches", view.branches.len() as u64),
    ] {
        page.attr(name, &number.to_string());
    }
    if let Some(digest) = view.digest {
        page.attr("data-digest", &format!("{digest:016x}"));
    }
}

/// A part of the page that is drawn again when it has changed.
fn part(page: &mut Markup, store: &Store, model: &Model, draw: Draw) {
    let (store, view, shell) = (store.clone(), model.calm.clone(), model.shell.clone());
    page.put(piece(Rc::new(Part { store, view, shell, draw }), None));
}

/// Under the stage: what is told, and time.
fn deck(store: &Store, view: &View, shell: &Shell) -> Html {
    let query = &shell.query;
    let full = query.embed && query.links && query.controls != Controls::None;
    let least = query.controls == Controls::Min;
    markup(|page| {
        page.el("section class=deck aria-label=Time", |page| {
            page.when(query.shows("narration", true), |page| narration(page, view));
            page.when(query.controls != Controls::None, |page| {
                transport(page, store, view, shell);
            });
            page.when(least || full, |page| {
                page.el("div class=ways", |page| {
                    page.when(least, |page| {
                        page.el("button type=button class=tool aria-haspopup=dialog", |page| {
                            let help = Command::Dialog(Some(Dialog::Help));
                            face(page, store, ["help", "Help", ""], help);
                            page.attr("title", "Help (?)");
                        });
                    });
                    page.when(full, |page| open_full(page, store, view));
                });
            });
        });
    })
}

/// The root element says what style sheets and tests want to know.
fn mark_root(view: &View, shell: &Shell) {
    browser::mark_root("data-status", if view.playing { "playing" } else { "paused" });
    browser::mark_root("data-embed", if shell.query.embed { "1" } else { "0" });
    browser::mark_root("data-still", if shell.still { "1" } else { "0" });
}

fn top(page: &mut Markup, store: &Store, view: &View, shell: &Shell) {
    page.el("header class=top", |page| {
        page.el("span class=brand", |page| {
            page.el("svg viewBox='0 0 24 24' width=24 height=24 aria-hidden=true", |page| {
                page.el("path d='M3 6c7 0 11 12 18 12M3 12h18M3 18c7 0 11-12 18-12'", |_| {});
            });
            page.text("Interleave");
        });
        page.line("h1", &view.title);
        page.el("nav aria-label=Page", |page| {
            if shell.query.edit {
                let undo = ["undo", "Undo", "Control+Z"];
                step_back(page, store, undo, &shell.undo.back, Command::Undo);
                let redo = ["redo", "Redo", "Control+Shift+Z"];
                step_back(page, store, redo, &shell.undo.forth, Command::Redo);
            }
            for (name, id, label, dialog) in [
                ("book", "library", "Scenarios", Dialog::Library),
                ("share", "share", "Share", Dialog::Share),
                ("help", "help", "Help", Dialog::Help),
            ] {
                page.el("button type=button class='tool wide' aria-haspopup=dialog", |page| {
                    page.attr("id", id);
                    face(page, store, [name, label, ""], Command::Dialog(Some(dialog)));
                    page.line("span aria-hidden=true", label);
                });
            }
        });
    });
}

fn step_back(page: &mut Markup, store: &Store, names: [&str; 3], what: &Named, command: Command) {
    let [id, label, keys] = names;
    page.el("button type=button class=tool", |page| {
        face(page, store, names, command);
        page.attr("id", id);
        page.state("aria-disabled", what.is_none());
        if let Some(what) = what {
            page.attr("title", &format!("{label}: {what} ({keys})"));
        }
    });
}

/// In a frame: the same run, at the same moment, in a page of its own.
fn open_full(page: &mut Markup, store: &Store, view: &View) {
    let fragment = match view.playing {
        true => String::new(),
        false => address(store).unwrap_or_default(),
    };
    page.el("a class=open-full target=_blank rel=noopener", |page| {
        page.attr("href", &format!("{}{fragment}", browser::base()));
        page.hear(ListenerKind::onclick, store, |store, event| {
            let link = event.target_dyn_into::<Element>();
            let link = link.and_then(|element| element.closest("a").ok().flatten());
            store.send(Command::Pause);
            if let (Some(link), Some(fragment)) = (link, address(store)) {
                let _ = link.set_attribute("href", &format!("{}{fragment}", browser::base()));
            }
        });
        page.put(icon("open"));
        page.text("Open in full");
    });
}

fn address(store: &Store) -> Option<String> {
    store.ask(|player| player.share(true)).ok().map(|shared| shared.fragment)
}

fn notice(page: &mut Markup, store: &Store, shell: &Shell) {
    let Some(notice) = &shell.notice else { return };
    page.el("section aria-label=Notice", |page| {
        page.attr("class", if notice.wrong { "notice wrong" } else { "notice" });
        page.line("p", &notice.text);
        page.el("button type=button class=tool aria-label=Dismiss", |page| {
            page.click(store, Command::Dismiss);
            page.put(icon("close"));
        });
    });
}

fn dialog(store: &Store, view: &View, shell: &Shell) -> Html {
    match shell.dialog {
        None => Html::default(),
        Some(Dialog::Help) => help(store, shell),
        Some(Dialog::Library) => library(store, shell),
        Some(Dialog::Share) => share(store, view, shell),
        Some(Dialog::Act) => act(store, view, shell),
        Some(Dialog::Partition) => partition(store, view, shell),
        Some(Dialog::Form) => match &shell.blank {
            Some(blank) => form(store, blank),
            None => Html::default(),
        },
        Some(Dialog::Mend) => match &shell.broken {
            Some(broken) => mend(store, shell, broken),
            None => Html::default(),
        },
    }
}

/// What the page listens to besides its own elements, until dropped.
fn listen(store: &Store) -> Vec<EventListener> {
    let Some(window) = browser::window() else { return Vec::new() };
    let Some(document) = browser::document() else { return Vec::new() };
    let mut list = vec![
        hear(&document, "mouseover", store, on_light),
        hear(&document, "focusin", store, on_light),
        hear(&document, "keydown", store, on_key),
        hear(&document, "dragover", store, on_file),
        hear(&document, "drop", store, on_file),
        hear(&window, "hashchange", store, |store, _| {
            let fragment = browser::fragment();
            if fragment.len() > 1 {
                store.send(Command::OpenFragment(fragment));
            }
        }),
    ];
    let in_sight = Rc::new(Cell::new(true));
    let on_sight = {
        let (store, document, in_sight) = (store.clone(), document.clone(), in_sight.clone());
        move |_: &Event| store.seen(in_sight.get() && !document.hidden())
    };
    list.push(EventListener::new(&document, "visibilitychange", on_sight));
    watch_sight(store, &document, in_sight);
    for taste in
        ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]
    {
        if let Ok(Some(taste)) = window.match_media(taste) {
            list.push(hear(&taste, "change", store, |store, _| store.repaint()));
        }
    }
    list
}

fn hear(
    target: &EventTarget,
    name: &'static str,
    store: &Store,
    act: fn(&Store, &Event),
) -> EventListener {
    let store = store.clone();
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(target, name, options, move |event| act(&store, event))
}

fn on_light(_: &Store, event: &Event) {
    browser::light(event.target_dyn_into::<Element>().as_ref());
}

/// A file that is dropped onto the page is opened.
fn on_file(store: &Store, event: &Event) {
    let given = event.dyn_ref::<DragEvent>().and_then(|event| event.data_transfer());
    let Some(given) = given.filter(|_| store.query().edit) else { return };
    if !given.types().includes(&"Files".into(), 0) {
        return;
    }
    event.prevent_default();
    if event.type_() == "drop" {
        open_file(store, given.files().and_then(|files| files.get(0)));
    }
}

/// A frame that was scrolled out of sight rests until it is back.
fn watch_sight(store: &Store, document: &Document, in_sight: Rc<Cell<bool>>) {
    let Some(root) = document.document_element().filter(|_| browser::framed()) else { return };
    let (store, document) = (store.clone(), document.clone());
    let see = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let last = entries.pop().dyn_into::<IntersectionObserverEntry>();
        in_sight.set(last.is_ok_and(|entry| entry.is_intersecting()));
        store.seen(in_sight.get() && !document.hidden());
    });
    if let Ok(observer) = IntersectionObserver::new(see.as_ref().unchecked_ref()) {
        observer.observe(&root);
        // The page watches for as long as it is open.
        see.forget();
    }
}

/// A key that nobody nearer to it has taken.
fn on_key(store: &Store, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    if event.default_prevented() || event.is_composing() || event.alt_key() {
        return;
    }
    let ctrl = event.ctrl_key() || event.meta_key();
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if browser::typing(target.as_ref()) {
        return;
    }
    let button = target.as_ref().is_some_and(|element| element.tag_name() == "BUTTON");
    if pointer::key(store, event, button) {
        return event.prevent_default();
    }
    let key = event.key();
    let Some(binding) = keys::find(&key, event.shift_key(), ctrl) else { return };
    let model = store.model();
    if binding.character && !model.shell.keys {
        return;
    }
    let native = |what: &str| {
        target.as_ref().is_some_and(|element| element.closest(what).ok().flatten().is_some())
    };
    if key == " " && native("button, summary, a, input, [role=tab], [role=menuitem]") {
        return;
    }
    let moves = matches!(&*key, "ArrowLeft" | "ArrowRight" | "Home" | "End");
    let scrolls = target
        .as_ref()
        .is_some_and(|element| element.matches(".events, .panel, pre").unwrap_or(false));
    if moves && (scrolls || native("input, select, [role=tablist]")) {
        return;
    }
    let focused = target.as_ref().and_then(|element| selected_by(store, element));
    if perform(store, &model, binding.act, &key, focused) {
        event.prevent_default();
    }
}

fn perform(store: &Store, model: &Model, act: Act, key: &str, focused: Option<Selection>) -> bool {
    match act {
        Act::Do(command) => store.send(command()),
        Act::Choose => {
            let scene = &model.scene;
            let command = keys::choose(scene, focused, key)
                .or_else(|| keys::choose(scene, model.shell.selection, key));
            match command {
                Some(command) => store.send(command),
                None => return false,
            }
        }
        Act::Leave => {
            if browser::fold(".jumps[open]") {
                return true;
            } else if model.shell.context.is_some() {
                store.send(Command::Context(None));
            } else if model.shell.notice.is_some() {
                store.send(Command::Dismiss);
            } else if model.shell.study.why.is_some() {
                store.send(Command::Study(study::Wish::Why(None)));
            } else if model.shell.selection.is_some() {
                store.send(Command::Select(None));
            } else {
                return host::leave();
            }
        }
        Act::There => return false,
        Act::Why => match model.scene.step {
            step if step == 0 || model.shell.query.embed => return false,
            step => store.send(Command::Study(study::Wish::Why(Some(step)))),
        },
        Act::Find => {
            let Some(Selection::Node(node)) = model.shell.selection else { return false };
            browser::focus(&format!("focus-{}", model.scene.name(node)));
            store.send(Command::Stage(Wish::LookAt(node, true)));
        }
    }
    true
}
