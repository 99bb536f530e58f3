//! What is selected, in full: every field, what changed in this step, what can be done to it.

use yew::prelude::*;

use super::icons::icon;
use super::log::lights;
use super::overview::overview;
use super::why::why;
use crate::sim::session::{LinkShot, NodeShot, TimerShot};
use crate::ui::panels;
use crate::ui::stage::node_shape;
use crate::ui::state::choices::{self, Choice, choices};
use crate::ui::state::scene::{Scene, Selection};
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::Wish;
use crate::ui::state::tell;
use crate::view::{Field, MessageName, NodeId};

/// The inspector.
pub fn inspector(store: &Store, view: &View, shell: &Shell) -> Html {
    if let Some(asked) = &shell.study.why {
        return why(store, view, asked);
    }
    match shell.selection {
        None => overview(store, view, shell),
        Some(Selection::Node(id)) => node(store, view, id),
        Some(Selection::Link(a, b)) => link(store, view, a, b),
        Some(Selection::Message(name)) => message(store, view, name),
    }
}

/// A small disk: this is on stable storage.
pub fn durable_mark() -> Html {
    html! {
        <span class="durable" title="On stable storage: it survives a crash">
            { icon("disk") }<span class="sr">{ " (survives a crash)" }</span>
        </span>
    }
}

fn head(store: &Store, title: Html, kind: &str) -> Html {
    html! {
        <header class="head">
            <h2>{ title }</h2>
            <span class="kind">{ kind.to_string() }</span>
            <button type="button" class="tool" aria-label="Select nothing"
                onclick={store.on(Command::Select(None))}>{ icon("close") }</button>
        </header>
    }
}

fn buttons(store: &Store, list: Vec<Choice>) -> Html {
    if list.is_empty() {
        return Html::default();
    }
    html! {
        <div class="actions" role="group" aria-label="Actions">
            { for list.into_iter().map(|choice| html! {
                <button type="button" class="small" key={choice.label.clone()} title={choice.doc}
                    aria-keyshortcuts={choice.key} onclick={store.on(choice.command)}>
                    { choice.label }
                    if let Some(key) = choice.key { <kbd aria-hidden="true">{ key }</kbd> }
                </button>
            }) }
        </div>
    }
}

fn node(store: &Store, view: &View, id: NodeId) -> Html {
    let Some(shot) = view.node(id) else { return Html::default() };
    let role = view.info.roles.iter().find(|role| role.id == shot.view.role);
    let before = view.before.as_ref().filter(|before| before.id == id);
    let changed = view.event.as_ref().filter(|event| event.node == Some(id));
    let from = changed.map(|event| lights(view, event));
    html! {
        <article class="inspect" data-inspect={shot.name.clone()}>
            { head(store, html! { <>{ node_shape(shot) }{ &shot.name }</> }, shot.view.role) }
            <p class="state">
                if !shot.up { <b class="chip-down">{ "crashed" }</b> }
                if shot.paused { <b class="chip-paused">{ "paused" }</b> }
                { &shot.view.headline }
            </p>
            if let Some(role) = role { <p class="doc">{ role.doc }</p> }
            { buttons(store, choices(view, Selection::Node(id))) }
            if let Some(event) = changed {
                <p class="just"><b>{ "Just now: " }</b>{ tell::told(event, view.info, view.names) }
                    { " " }<button type="button" class="link" aria-keyshortcuts="Q"
                        onclick={store.on(Command::Study(Wish::Why(Some(event.step))))}>
                        { "Why?" }</button>
                </p>
            }
            <h3>{ "State" }</h3>
            { fields(view, &shot.view.fields, before.map(|before| &before.view.fields[..]),
                from.clone()) }
            { for shot.view.quorums.iter().map(|quorum| html! {
                <p class="gathered">{ tell::gathered(quorum, view.names) }</p>
            }) }
            { for shot.view.panels.iter().enumerate().map(|(place, panel)| {
                let old = before.and_then(|before| before.view.panels.get(place));
                let news = old.is_some_and(|old| old != panel);
                html! {
                    <div class={news.then_some("news")} data-lights={from.clone().filter(|_| news)}>
                        { panels::panel(store, panel) }
                        if news { <span class="sr">{ "changed in this step" }</span> }
                    </div>
                }
            }) }
            { timers(view, shot, before.map(|before| &**before), from) }
            { clocks(view, shot) }
        </article>
    }
}

/// Fields as a table: the paper's name, the value, and what it was before this step.
fn fields(scene: &Scene, now: &[Field], before: Option<&[Field]>, from: Option<String>) -> Html {
    let names = scene.names;
    html! {
        <table class="fields"><tbody>
            { for now.iter().map(|field| {
                let old = before.and_then(|old| old.iter().find(|old| old.name == field.name));
                let old = old.filter(|old| old.value != field.value);
                let class = old.is_some().then_some("changed");
                html! {
                    <tr {class} key={field.name} data-field={field.name}
                        data-lights={from.clone().filter(|_| old.is_some())}>
                        <th scope="row" title={field.name}>{ field.paper }
                            if field.durable { { durable_mark() } }
                        </th>
                        <td>
                            { field.value.show(names) }
                            if let Some(old) = old {
                                <del><span class="sr">{ "before: " }</span>
                                    { old.value.show(names) }</del>
                            }
                        </td>
                    </tr>
                }
            }) }
        </tbody></table>
    }
}

/// The timers, with what this step set and what it stopped.
fn timers(view: &View, shot: &NodeShot, before: Option<&NodeShot>, from: Option<String>) -> Html {
    let old = before.map_or(&shot.timers[..], |before| &before.timers[..]);
    let stopped = old.iter().filter(|old| shot.timers.iter().all(|new| new.name != old.name));
    let all: Vec<(&TimerShot, bool)> = shot
        .timers
        .iter()
        .map(|timer| (timer, true))
        .chain(stopped.map(|timer| (timer, false)))
        .collect();
    if all.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ "Timers" }</h3>
            <table class="fields"><tbody>
                { for all.into_iter().map(|(timer, runs)| {
                    let doc = view.info.timers.iter().find(|known| known.id == timer.name);
                    let was = old.iter().find(|old| old.name == timer.name);
                    let changed = !runs || was.is_none_or(|was| was.due_at != timer.due_at);
                    let was = was.filter(|_| changed).map(|was| tell::clock(was.due_at));
                    let now = match runs {
                        true => format!("goes off at {}", tell::clock(timer.due_at)),
                        false => "does not run".to_string(),
                    };
                    html! {
                        <tr key={timer.name} title={doc.map(|known| known.doc)}
                            class={changed.then_some("changed")}
                            data-lights={from.clone().filter(|_| changed)}>
                            <th scope="row">{ timer.name }</th>
                            <td>{ now }
                                if let Some(was) = was {
                                    <del><span class="sr">{ "before: " }</span>{ was }</del>
                                }
                            </td>
                        </tr>
                    }
                }) }
            </tbody></table>
        </>
    }
}

fn clocks(view: &View, shot: &NodeShot) -> Html {
    let vector: Vec<String> = view
        .names
        .all()
        .zip(&shot.vector)
        .map(|(node, count)| format!("{}:{count}", view.name(node)))
        .collect();
    let off = shot.offset_us != 0 || shot.drift_ppm != 0;
    html! {
        <>
            <h3>{ "Time" }</h3>
            <table class="fields"><tbody>
                <tr><th scope="row">{ "its clock" }</th><td>{ tell::clock(shot.clock) }
                    if off { { format!(" ({:+} µs, {:+} ppm)", shot.offset_us, shot.drift_ppm) } }
                </td></tr>
                <tr><th scope="row">{ "Lamport time" }</th><td>{ shot.lamport }</td></tr>
                <tr><th scope="row">{ "vector time" }</th><td>{ vector.join(" ") }</td></tr>
                if shot.crashes > 0 {
                    <tr><th scope="row">{ "crashes" }</th><td>{ shot.crashes }</td></tr>
                }
            </tbody></table>
        </>
    }
}

fn message(store: &Store, view: &View, name: MessageName) -> Html {
    let content = store.ask(|player| player.session().message(name));
    let flight = view.flights.iter().find(|flight| flight.name == name);
    let loss = view.losses.iter().find(|loss| loss.flight.name == name);
    let text = name.text(view.names);
    let (Some(content), Some(about)) = (content, flight.or(loss.map(|loss| &loss.flight))) else {
        return html! {
            <article class="inspect">
                { head(store, html! { &text }, "message") }
                <p class="empty">{ "It is no longer on its way. Step back to see it again." }</p>
            </article>
        };
    };
    let doc = view.info.messages.iter().find(|message| message.id == content.kind);
    let when = match (flight, loss) {
        (_, Some(loss)) => format!("{} at {}", loss.why.text(), tell::clock(loss.lost_at)),
        (Some(flight), _) if flight.held => "waits".to_string(),
        _ => match about.due_at {
            Some(due) => format!("arrives at {}", tell::clock(due)),
            None => "waits to be delivered".to_string(),
        },
    };
    html! {
        <article class="inspect" data-inspect={text.clone()}>
            { head(store, html! { content.kind }, &text) }
            <p class="state">
                { node_button(store, view, name.from) }{ " → " }
                { node_button(store, view, about.to) }
                { format!(" · {}", content.summary) }
            </p>
            if let Some(doc) = doc { <p class="doc">{ doc.doc }</p> }
            { buttons(store, choices(view, Selection::Message(name))) }
            <h3>{ "On its way" }</h3>
            <table class="fields"><tbody>
                <tr><th scope="row">{ "sent" }</th><td>
                    { tell::clock(about.sent_at) }{ " " }
                    <button type="button" class="link"
                        onclick={store.on(Command::Seek(about.sent_step))}>
                        { format!("event {}", about.sent_step) }</button>{ " " }
                    <button type="button" class="link"
                        onclick={store.on(Command::Study(Wish::Why(Some(about.sent_step))))}>
                        { "Why?" }</button>
                </td></tr>
                <tr><th scope="row">{ "then" }</th><td>{ when }</td></tr>
                if name.copy > 1 {
                    <tr><th scope="row">{ "copy" }</th>
                        <td>{ format!("number {}", name.copy) }</td></tr>
                }
            </tbody></table>
            <h3>{ "What it says" }</h3>
            { fields(view, &content.fields, None, None) }
        </article>
    }
}

fn node_button(store: &Store, view: &View, node: NodeId) -> Html {
    html! {
        <button type="button" class="link"
            onclick={store.on(Command::Select(Some(Selection::Node(node))))}>
            { view.name(node) }
        </button>
    }
}

fn link(store: &Store, view: &View, a: NodeId, b: NodeId) -> Html {
    let Some(pair) = view.link(a, b) else { return Html::default() };
    let title =
        html! { <>{ node_button(store, view, a) }{ " – " }{ node_button(store, view, b) }</> };
    let (name_a, name_b) = (view.name(a), view.name(b));
    html! {
        <article class="inspect" data-inspect={format!("{name_a}-{name_b}")}>
            { head(store, title, "link") }
            { buttons(store, choices(view, Selection::Link(a, b))) }
            { way(store, (a, &name_a), (b, &name_b), &pair.there) }
            { way(store, (b, &name_b), (a, &name_a), &pair.back) }
        </article>
    }
}

fn way(
    store: &Store,
    (from, from_name): (NodeId, &str),
    (to, to_name): (NodeId, &str),
    link: &LinkShot,
) -> Html {
    use crate::scenario::units::{show_delay, show_share};
    let state = match (link.cut, link.held) {
        (true, _) => "cut: messages are lost",
        (_, true) => "holds: messages wait",
        _ => "open",
    };
    let weather = &link.weather;
    html! {
        <>
            <h3>{ format!("{from_name} → {to_name}") }</h3>
            if store.query().edit { { buttons(store, choices::this_way(from, to, link)) } }
            <table class="fields"><tbody>
                <tr><th scope="row">{ "state" }</th><td>{ state }</td></tr>
                <tr><th scope="row">{ "delay" }</th><td>{ show_delay(weather.delay) }</td></tr>
                <tr><th scope="row">{ "loss" }</th><td>{ show_share(weather.loss_ppm) }</td></tr>
                <tr><th scope="row">{ "duplicates" }</th>
                    <td>{ show_share(weather.duplicate_ppm) }</td></tr>
                <tr><th scope="row">{ "order" }</th>
                    <td>{ if weather.fifo { "as sent" } else { "any" } }</td></tr>
                <tr><th scope="row">{ "on it now" }</th><td>{ link.in_flight }</td></tr>
                <tr><th scope="row">{ "sent, lost" }</th>
                    <td>{ format!("{}, {}", link.sent, link.lost) }</td></tr>
            </tbody></table>
        </>
    }
}
