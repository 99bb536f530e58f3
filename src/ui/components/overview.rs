//! What one sees while nothing is selected: what this is, what the forms mean, and the picture's
//! facts as a table.

use yew::prelude::*;

use crate::sim::session::NodeShot;
use crate::ui::panels;
use crate::ui::stage::glyphs::Glyphs;
use crate::ui::stage::{rift, role_shape};
use crate::ui::state::scene::Selection;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;
use crate::view::{NodeId, Quorum};

/// More messages than this are only counted.
const LISTED: usize = 40;

/// The overview.
pub fn overview(store: &Store, view: &View, shell: &Shell) -> Html {
    let info = view.info;
    html! {
        <article class="inspect overview">
            <h2>{ info.title }</h2>
            <p class="doc">{ info.summary }</p>
            <p class="source">{ info.reference }</p>
            { picture(store, view, shell) }
            <p class="empty">
                { "Select a node, a link or a message to see everything about it." }
            </p>
            { twin(store, view) }
            <h3>{ "Nodes" }</h3>
            <dl class="legend">
                { for info.roles.iter().map(|role| html! {
                    <><dt>{ role_shape(role.tone) }{ role.id }</dt><dd>{ role.doc }</dd></>
                }) }
            </dl>
            { messages_legend(view) }
            { timers_legend(view) }
        </article>
    }
}

/// The protocol's own pictures of the whole cluster.
fn picture(store: &Store, view: &View, shell: &Shell) -> Html {
    let mut list = store.ask(|player| player.session().picture());
    list.extend(shell.sample.as_deref().and_then(panels::sample));
    if list.is_empty() {
        return Html::default();
    }
    html! {
        <details class="whole" open=true data-step={view.step.to_string()}>
            <summary>{ "Picture" }</summary>
            { for list.iter().map(|each| panels::panel(store, each)) }
        </details>
    }
}

fn messages_legend(view: &View) -> Html {
    let glyphs = Glyphs::new(view.info);
    let kinds = view.info.messages.iter();
    let mut rows: Vec<(&str, bool, &str)> =
        kinds.map(|kind| (kind.id, kind.reply, kind.doc)).collect();
    if view.names.clients > 0 {
        rows.push(("Request", false, "A client asks."));
        rows.push(("Reply", true, "The answer to a client."));
    }
    html! {
        <>
            <h3>{ "Messages" }</h3>
            <dl class="legend">
                { for rows.into_iter().map(|(id, reply, doc)| {
                    let class = if reply { "glyph reply" } else { "glyph" };
                    html! {
                        <><dt><i {class} aria-hidden="true">
                            <b>{ glyphs.letter(id).to_string() }</b></i>
                            { id }</dt><dd>{ doc }</dd></>
                    }
                }) }
            </dl>
        </>
    }
}

fn timers_legend(view: &View) -> Html {
    if view.info.timers.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ "Timers, the arcs around a node" }</h3>
            <dl class="legend">
                { for view.info.timers.iter().map(|timer| html! {
                    <><dt>{ timer.id }</dt><dd>{ timer.doc }</dd></>
                }) }
            </dl>
        </>
    }
}

/// Every link that is cut or holds its messages, in words.
fn broken_links(view: &View) -> Vec<String> {
    view.links
        .iter()
        .filter(|link| link.there.cut || link.back.cut || link.there.held || link.back.held)
        .map(|link| {
            let one = |state: bool, other: bool, word: &str| match (state, other) {
                (true, true) => Some(format!("{word} both ways")),
                (true, false) => {
                    Some(format!("{word} from {} to {}", view.name(link.a), view.name(link.b)))
                }
                (false, true) => {
                    Some(format!("{word} from {} to {}", view.name(link.b), view.name(link.a)))
                }
                _ => None,
            };
            let cut = one(link.there.cut, link.back.cut, "cut");
            let held = one(link.there.held, link.back.held, "held");
            let state: Vec<String> = cut.into_iter().chain(held).collect();
            format!("{} – {}: {}", view.name(link.a), view.name(link.b), state.join(", "))
        })
        .collect()
}

/// The picture's facts as text: every node, every message on its way, every link that is not as
/// it should be.
fn twin(store: &Store, view: &View) -> Html {
    let links = broken_links(view);
    html! {
        <details class="twin" open=true>
            <summary>{ "As a table" }</summary>
            <table>
                <caption class="sr">{ "Every node" }</caption>
                <thead><tr><th scope="col">{ "node" }</th><th scope="col">{ "is" }</th>
                    <th scope="col">{ "in" }</th><th scope="col">{ "timers" }</th></tr></thead>
                <tbody>
                    { for view.nodes.iter().map(|shot| {
                        let is = match () {
                            () if !shot.up => "crashed".to_string(),
                            () if shot.paused => format!("{}, paused", shot.view.role),
                            () if shot.client => "client".to_string(),
                            () => shot.view.role.to_string(),
                        };
                        let timers: Vec<String> = shot.timers.iter()
                            .map(|timer| format!("{} {}", timer.name, tell::clock(timer.due_at)))
                            .collect();
                        let select = Command::Select(Some(Selection::Node(shot.id)));
                        html! {
                            <tr key={shot.id.0} data-node={shot.name.clone()}>
                                <th scope="row"><button type="button" class="link"
                                    onclick={store.on(select)}>
                                    { &shot.name }</button></th>
                                <td>{ is }</td><td>{ headline(shot) }</td>
                                <td>{ timers.join(", ") }</td>
                            </tr>
                        }
                    }) }
                </tbody>
            </table>
            { sides(view) }
            if !links.is_empty() {
                <ul class="plain">
                    { for links.into_iter().map(|line| html! { <li>{ line }</li> }) }
                </ul>
            }
            <h3>{ messages(view.flights.len()) }</h3>
            <ul class="plain flights">
                { for view.flights.iter().take(LISTED).map(|flight| {
                    let when = flight.due_at.filter(|_| !flight.held)
                        .map_or_else(|| "waits".to_string(), tell::clock);
                    let select = Command::Select(Some(Selection::Message(flight.name)));
                    html! {
                        <li key={flight.name.text(view.names)}><button type="button" class="link"
                            onclick={store.on(select)}>
                            { format!("{} {} → {}", flight.kind, view.name(flight.name.from),
                                view.name(flight.to)) }</button>
                            <span class="num">{ when }</span></li>
                    }
                }) }
            </ul>
        </details>
    }
}

/// What a node is in, and whose answers it gathers.
fn headline(shot: &NodeShot) -> String {
    let gathered = shot.view.quorums.iter().map(Quorum::count);
    let parts = std::iter::once(shot.view.headline.clone()).chain(gathered);
    parts.collect::<Vec<_>>().join(", ")
}

/// Who hears whom, if not everybody does.
fn sides(view: &View) -> Html {
    let Some(sides) = rift::sides(view) else { return Html::default() };
    let line = |(place, nodes): (usize, Vec<NodeId>)| {
        let names: Vec<String> = nodes.into_iter().map(|node| view.name(node)).collect();
        html! { <li>{ format!("side {}: {}", place + 1, names.join(" ")) }</li> }
    };
    html! {
        <ul class="plain sides-of">
            { for rift::members(&sides).into_iter().enumerate().map(line) }
        </ul>
    }
}

fn messages(count: usize) -> String {
    match count {
        0 => "No messages on their way".to_string(),
        1 => "1 message on its way".to_string(),
        count => format!("{count} messages on their way"),
    }
}
