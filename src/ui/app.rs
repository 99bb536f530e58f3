//! The page as a whole.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};
use yew::prelude::*;

use super::components::act::{act, partition};
use super::components::help::help;
use super::components::icons::icon;
use super::components::library::library;
use super::components::narration::narration;
use super::components::part::{Draw, Part};
use super::components::script::mend;
use super::components::share::share;
use super::components::tabs::side;
use super::components::transport::transport;
use super::components::try_this::try_this;
use super::hooks::browser;
use super::keys::{self, Act};
use super::stage::{Stage, selected_by};
use super::state::scene::Selection;
use super::state::shell::{Dialog, Shell};
use super::state::store::{Command, Model, Store, View};
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
            store.listen(Callback::from(move |new: Model| model.set(new)));
            let listeners = listen(&store);
            move || drop(listeners)
        });
    }
    let Model { scene: view, calm, shell } = (*model).clone();
    mark_root(&view, &shell);
    let embed = shell.query.embed;
    let part = |draw: Draw| {
        let (store, view, shell) = (store.clone(), calm.clone(), shell.clone());
        html! { <Part {store} {view} {shell} {draw} /> }
    };
    let class = if embed { "app embed" } else { "app" };
    html! {
            <div {class} id="app" data-status={if view.playing { "playing" } else { "paused" }}
                data-step={view.step.to_string()} data-head={view.head.to_string()}
                data-time={view.now.to_string()}
                data-digest={view.digest.map(|digest| format!("{digest:016x}"))}
                data-branches={view.branches.len().to_string()}>
                if !embed { { top(&store, &view, &shell) } }
                <main class="lab">
                    if embed { <h1 class="sr">{ &*view.title }</h1> }
                    <section class="scene" aria-label="Stage">
                        <Stage store={store.clone()} view={view.clone()} shell={shell.clone()} />
                        if !embed { { part(try_this) } }
                    </section>
                    { part(deck) }
                </main>
                if !embed { { part(side) } }
                { notice(&store, &shell) }
                { dialog(&store, &calm, &shell) }
                <p class="sr" role="status" aria-live="polite" id="spoken">{ &*shell.spoken }</p>
            </div>
    }
}

/// Under the stage: what is told, and time.
fn deck(store: &Store, view: &View, shell: &Shell) -> Html {
    html! {
        <section class="deck" aria-label="Time">
            { narration(view) }
            { transport(store, view) }
            if shell.query.embed { { open_full(store, view) } }
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
            <button type="button" class="tool" aria-label={label} {title} id={label.to_lowercase()}
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
                { step_back("undo", "Undo", "Control+Z", &shell.undo.back, Command::Undo) }
                { step_back("redo", "Redo", "Control+Shift+Z", &shell.undo.forth, Command::Redo) }
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
        <div {class} role="status">
            <p>{ &*notice.text }</p>
            <button type="button" class="tool" aria-label="Dismiss"
                onclick={store.on(Command::Dismiss)}>{ icon("close") }</button>
        </div>
    }
}

fn dialog(store: &Store, view: &View, shell: &Shell) -> Html {
    match shell.dialog {
        None => Html::default(),
        Some(Dialog::Help) => help(store, shell.keys),
        Some(Dialog::Library) => library(store),
        Some(Dialog::Share) => share(store, view, shell),
        Some(Dialog::Act) => act(store, view, shell),
        Some(Dialog::Partition) => partition(store, view, shell),
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
    let on_sight = {
        let (store, document) = (store.clone(), document.clone());
        move |_: &Event| store.seen(!document.hidden())
    };
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    let mut list = vec![
        gloo_events::EventListener::new_with_options(&document, "keydown", options, on_key),
        gloo_events::EventListener::new(&window, "hashchange", on_hash),
        gloo_events::EventListener::new(&document, "visibilitychange", on_sight),
    ];
    let scheme = window.match_media("(prefers-color-scheme: dark)").ok().flatten();
    if let Some(scheme) = scheme {
        let store = store.clone();
        list.push(gloo_events::EventListener::new(&scheme, "change", move |_| store.repaint()));
    }
    list
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
            if model.shell.context.is_some() {
                store.send(Command::Context(None));
            } else if model.shell.notice.is_some() {
                store.send(Command::Dismiss);
            } else if model.shell.selection.is_some() {
                store.send(Command::Select(None));
            } else {
                return false;
            }
        }
        Act::Find => {
            let Some(Selection::Node(node)) = model.shell.selection else { return false };
            browser::focus(&format!("focus-{}", model.scene.name(node)));
        }
    }
    true
}
