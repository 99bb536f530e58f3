//! The page as a whole.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{
    Document, DragEvent, Element, Event, IntersectionObserver, IntersectionObserverEntry,
    KeyboardEvent,
};
use yew::prelude::*;

use super::components::act::{act, partition};
use super::components::form::form;
use super::components::help::help;
use super::components::icons::icon;
use super::components::library::library;
use super::components::narration::narration;
use super::components::part::{Draw, Part};
use super::components::script::mend;
use super::components::share::{open_file, share};
use super::components::tabs::side;
use super::components::transport::transport;
use super::components::try_this::try_this;
use super::hooks::browser;
use super::host;
use super::keys::{self, Act};
use super::stage::arrange::Wish;
use super::stage::tools::tools;
use super::stage::{Stage, pointer, selected_by};
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
    let Model { scene: view, calm, shell } = (*model).clone();
    mark_root(&view, &shell);
    let query = &shell.query;
    let (full, sides) = (query.controls == Controls::Full, !Tab::all(query).is_empty());
    let part = |draw: Draw| {
        let (store, view, shell) = (store.clone(), calm.clone(), shell.clone());
        html! { <Part {store} {view} {shell} {draw} /> }
    };
    let class = match (full, sides) {
        (true, true) => "app",
        (true, false) => "app alone",
        (false, true) => "app bare",
        (false, false) => "app embed",
    };
    html! {
            <div {class} id="app" data-status={if view.playing { "playing" } else { "paused" }}
                data-step={view.step.to_string()} data-head={view.head.to_string()}
                data-time={view.now.to_string()}
                data-timeline={if query.shows("timeline", true) { "1" } else { "0" }}
                data-digest={view.digest.map(|digest| format!("{digest:016x}"))}
                data-branches={view.branches.len().to_string()}>
                if full { { top(&store, &view, &shell) } }
                <main class="lab">
                    if !full { <h1 class="sr">{ &*view.title }</h1> }
                    <section class="scene" aria-label="Stage">
                        <Stage store={store.clone()} view={view.clone()} shell={shell.clone()}
                            layout={shell.layout.0.clone()} stage={shell.stage.0.clone()} />
                        { part(tools) }
                        if shell.proposes() { { part(try_this) } }
                    </section>
                    { part(deck) }
                </main>
                if sides { { part(side) } }
                { notice(&store, &shell) }
                { dialog(&store, &calm, &shell) }
                <p class="sr" role="status" aria-live="polite" id="spoken">{ &*shell.spoken }</p>
            </div>
    }
}

/// Under the stage: what is told, and time.
fn deck(store: &Store, view: &View, shell: &Shell) -> Html {
    let query = &shell.query;
    let full = query.embed && query.links && query.controls != Controls::None;
    html! {
        <section class="deck" aria-label="Time">
            if query.shows("narration", true) { { narration(view) } }
            if query.controls != Controls::None { { transport(store, view, shell) } }
            if query.controls == Controls::Min || full {
                <div class="ways">
                    if query.controls == Controls::Min {
                        <button type="button" class="tool" aria-haspopup="dialog"
                            aria-label="Help" title="Help (?)"
                            onclick={store.on(Command::Dialog(Some(Dialog::Help)))}>
                            { icon("help") }</button>
                    }
                    if full { { open_full(store, view) } }
                </div>
            }
        </section>
    }
}

/// The root element says what style sheets and tests want to know.
fn mark_root(view: &View, shell: &Shell) {
    browser::mark_root("data-status", if view.playing { "playing" } else { "paused" });
    browser::mark_root("data-embed", if shell.query.embed { "1" } else { "0" });
    browser::mark_root("data-still", if shell.still { "1" } else { "0" });
}

fn top(store: &Store, view: &View, shell: &Shell) -> Html {
    let step_back = |name: &str, label: &'static str, keys: &'static str, what: &Named, command| {
        let title = match what {
            Some(what) => format!("{label}: {what} ({keys})"),
            None => format!("{label} ({keys})"),
        };
        html! {
            <button type="button" class="tool" aria-label={label} {title} id={label.to_ascii_lowercase()}
                aria-keyshortcuts={keys} aria-disabled={what.is_none().to_string()}
                onclick={store.on(command)}>{ icon(name) }</button>
        }
    };
    let tool = |name: &str, label: &str, dialog: Dialog, id: &'static str| {
        html! {
            <button type="button" class="tool wide" {id} aria-haspopup="dialog"
                aria-label={label.to_string()} title={label.to_string()}
                onclick={store.on(Command::Dialog(Some(dialog)))}>
                { icon(name) }<span aria-hidden="true">{ label.to_string() }</span>
            </button>
        }
    };
    html! {
        <header class="top">
            <span class="brand">
                <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
                    <path d="M3 6c7 0 11 12 18 12M3 12h18M3 18c7 0 11-12 18-12" />
                </svg>
                { "Interleave" }
            </span>
            <h1>{ &*view.title }</h1>
            <nav aria-label="Page">
                if shell.query.edit {
                    { step_back("undo", "Undo", "Control+Z", &shell.undo.back, Command::Undo) }
                    { step_back("redo", "Redo", "Control+Shift+Z", &shell.undo.forth,
                        Command::Redo) }
                }
                { tool("book", "Scenarios", Dialog::Library, "library") }
                { tool("share", "Share", Dialog::Share, "share") }
                { tool("help", "Help", Dialog::Help, "help") }
            </nav>
        </header>
    }
}

/// In a frame: the same run, at the same moment, in a page of its own.
fn open_full(store: &Store, view: &View) -> Html {
    let fragment = match view.playing {
        true => String::new(),
        false => store.ask(|player| player.share(true)).map(|s| s.fragment).unwrap_or_default(),
    };
    let refresh = {
        let store = store.clone();
        Callback::from(move |event: MouseEvent| {
            let link =
                event.target_dyn_into::<Element>().and_then(|e| e.closest("a").ok().flatten());
            store.send(Command::Pause);
            let shared = store.ask(|player| player.share(true));
            if let (Some(link), Ok(shared)) = (link, shared) {
                let href = format!("{}{}", browser::base(), shared.fragment);
                let _ = link.set_attribute("href", &href);
            }
        })
    };
    html! {
        <a class="open-full" href={format!("{}{fragment}", browser::base())} target="_blank"
            rel="noopener" onclick={refresh}>{ icon("open") }{ "Open in full" }</a>
    }
}

fn notice(store: &Store, shell: &Shell) -> Html {
    let Some(notice) = &shell.notice else { return Html::default() };
    let class = if notice.wrong { "notice wrong" } else { "notice" };
    html! {
        <section {class} aria-label="Notice">
            <p>{ &*notice.text }</p>
            <button type="button" class="tool" aria-label="Dismiss"
                onclick={store.on(Command::Dismiss)}>{ icon("close") }</button>
        </section>
    }
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
fn listen(store: &Store) -> Vec<gloo_events::EventListener> {
    let Some(window) = browser::window() else { return Vec::new() };
    let Some(document) = browser::document() else { return Vec::new() };
    let on_key = {
        let store = store.clone();
        move |event: &Event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                on_key(&store, event);
            }
        }
    };
    let on_hash = {
        let store = store.clone();
        move |_: &Event| {
            let fragment = browser::fragment();
            if fragment.len() > 1 {
                store.send(Command::OpenFragment(fragment));
            }
        }
    };
    let in_sight = Rc::new(Cell::new(true));
    let on_sight = {
        let (store, document, in_sight) = (store.clone(), document.clone(), in_sight.clone());
        move |_: &Event| store.seen(in_sight.get() && !document.hidden())
    };
    let on_light = |event: &Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        browser::light(target.as_ref());
    };
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    let mut list = vec![
        gloo_events::EventListener::new(&document, "mouseover", on_light),
        gloo_events::EventListener::new(&document, "focusin", on_light),
        gloo_events::EventListener::new_with_options(&document, "keydown", options, on_key),
        gloo_events::EventListener::new(&window, "hashchange", on_hash),
        gloo_events::EventListener::new(&document, "visibilitychange", on_sight),
    ];
    list.extend(accept_files(store, &document));
    watch_sight(store, &document, in_sight);
    for taste in
        ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]
    {
        let Some(taste) = window.match_media(taste).ok().flatten() else { continue };
        let store = store.clone();
        list.push(gloo_events::EventListener::new(&taste, "change", move |_| store.repaint()));
    }
    list
}

/// A file that is dropped onto the page is opened.
fn accept_files(store: &Store, document: &Document) -> [gloo_events::EventListener; 2] {
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    ["dragover", "drop"].map(|name| {
        let store = store.clone();
        gloo_events::EventListener::new_with_options(document, name, options, move |event| {
            let given = event.dyn_ref::<DragEvent>().and_then(|event| event.data_transfer());
            let Some(given) = given.filter(|_| store.query().edit) else { return };
            if !given.types().includes(&"Files".into(), 0) {
                return;
            }
            event.prevent_default();
            if name == "drop" {
                open_file(&store, given.files().and_then(|files| files.get(0)));
            }
        })
    })
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
fn on_key(store: &Store, event: &KeyboardEvent) {
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
