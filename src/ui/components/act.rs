//! Everything that can be done to the run, in one dialog: to nodes, to the network, by clients.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::dialog::Modal;
use crate::sim::action::{Action, Direction, Target};
use crate::ui::state::choices::{Choice, choices, proposals};
use crate::ui::state::forms::{Subject, Wish};
use crate::ui::state::scene::Selection;
use crate::ui::state::shell::{Dialog, Edit, Shell};
use crate::ui::state::store::{Command, Store, View};
use crate::view::NodeId;

/// What concerns the run as a whole, with exact values.
pub const RUN: [(&str, Subject); 3] = [
    ("Change the run…", Subject::Run),
    ("How every link behaves…", Subject::Network),
    ("Type the sides of a partition…", Subject::Sides),
];

/// The buttons for some of that.
pub fn run_buttons(store: &Store, list: &[(&'static str, Subject)]) -> Html {
    let button = |(label, subject): &(&'static str, Subject)| {
        html! {
            <button type="button" class="small"
                onclick={store.on(Command::Form(Wish::Open(*subject)))}>{ *label }</button>
        }
    };
    list.iter().map(button).collect()
}

/// The dialog.
pub fn act(store: &Store, view: &View, shell: &Shell) -> Html {
    html! {
        <Modal store={store.clone()} title="Do something">
            <section>
                <h3>{ "Now" }</h3>
                <div class="actions">{ for proposals(view).into_iter().map(|c| choice(store, c)) }
                    <button type="button" class="small"
                        onclick={store.on(Command::Dialog(Some(Dialog::Partition)))}>
                        { "Choose the sides of a partition…" }</button>
                    { run_buttons(store, &RUN) }
                </div>
            </section>
            if view.names.clients > 0 && !view.service.ops.is_empty() {
                { ask(store, view, shell) }
            }
            <section>
                <h3>{ "Nodes" }</h3>
                <table class="act-nodes"><tbody>
                    { for view.nodes.iter().map(|shot| html! {
                        <tr key={shot.id.0}>
                            <th scope="row">{ &shot.name }</th>
                            <td class="actions">
                                { for choices(view, Selection::Node(shot.id)).into_iter()
                                    .filter(|c| !asks(c))
                                    .map(|c| choice_of(store, &shot.name, c)) }
                            </td>
                        </tr>
                    }) }
                </tbody></table>
            </section>
            <p class="empty">
                { "Links and messages: select them on the stage, or with the keys L and M." }
            </p>
        </Modal>
    }
}

/// Whether it is a client's question, for which there is a place of its own.
fn asks(choice: &Choice) -> bool {
    matches!(choice.command, Command::Form(Wish::Open(Subject::Ask(..))))
}

fn choice(store: &Store, choice: Choice) -> Html {
    html! {
        <button type="button" class="small" title={choice.doc}
            onclick={close_after(store, choice.command)}>{ choice.label }</button>
    }
}

fn choice_of(store: &Store, name: &str, choice: Choice) -> Html {
    html! {
        <button type="button" class="small" title={choice.doc}
            aria-label={format!("{} {name}", choice.label)}
            onclick={close_after(store, choice.command)}>{ choice.label }</button>
    }
}

fn close_after(store: &Store, command: Command) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |_| {
        // A form takes the place of this dialog.
        if !matches!(command, Command::Form(_)) {
            store.send(Command::Dialog(None));
        }
        store.send(command.clone());
    })
}

/// A client asks: which client, which operation, with what.
fn ask(store: &Store, view: &View, shell: &Shell) -> Html {
    let ops = view.service.ops;
    // Nothing chosen yet: the first operation that changes anything, by the look of it.
    let op = shell.form.op.or_else(|| ops.iter().position(|op| op.args.len() == 2)).unwrap_or(0);
    let op = op.min(ops.len() - 1);
    let chosen = &ops[op];
    let onchange = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                let op = usize::try_from(select.selected_index()).unwrap_or(0);
                store.send(Command::Edit(Edit::Op(op)));
            }
        })
    };
    let onsubmit = {
        let (store, servers) = (store.clone(), view.names.servers);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(form) = event.target_dyn_into::<Element>() else { return };
            let client = form.query_selector("select").ok().flatten();
            let client = client.and_then(|list| list.dyn_into::<HtmlSelectElement>().ok());
            let client = client.map_or(0, |list| list.selected_index());
            let client = NodeId(servers + u32::try_from(client).unwrap_or(0));
            let mut words = vec![chosen.name.to_string()];
            words.extend(values(&form));
            store.send(Command::Dialog(None));
            store.send(Command::Act(Action::Request { client, op: words }));
        })
    };
    html! {
        <section>
            <h3>{ "A client asks" }</h3>
            <form class="ask" {onsubmit}>
                <label>{ "who" }<select>
                    { for view.names.clients().map(|client| html! {
                        <option selected={client.0 == view.names.servers}>
                            { view.name(client) }
                        </option>
                    }) }
                </select></label>
                <label>{ "what" }<select id="ask-op" {onchange}>
                    { for ops.iter().enumerate().map(|(at, known)| html! {
                        <option selected={at == op}>{ known.name }</option>
                    }) }
                </select></label>
                <span class="args" key={chosen.name}>
                    { for chosen.args.iter().enumerate().map(|(at, arg)| html! {
                        <label>{ *arg }<input type="text" required=true maxlength="60" size="6"
                            autocomplete="off" pattern="[^\\s]+" title="A word without spaces"
                            value={if at == 0 { "x" } else { "1" }} /></label>
                    }) }
                </span>
                <button type="submit" class="small primary">{ "Ask" }</button>
            </form>
            <p class="doc">{ chosen.doc }</p>
        </section>
    }
}

/// What stands in the inputs below an element.
fn values(parent: &Element) -> Vec<String> {
    let list = parent.get_elements_by_tag_name("input");
    (0..list.length())
        .filter_map(|at| list.item(at)?.dyn_into::<HtmlInputElement>().ok())
        .map(|input| input.value())
        .collect()
}

/// The sides of a partition, by check boxes.
pub fn partition(store: &Store, view: &View, shell: &Shell) -> Html {
    let count = view.names.servers as usize;
    let first = &shell.form.side;
    let inside = first.len();
    let valid = inside > 0 && inside < count;
    let side = |wanted: bool| -> Vec<Target> {
        let nodes = view.names.servers();
        nodes.filter(|node| first.contains(node) == wanted).map(Target::Node).collect()
    };
    let action = Action::Partition(vec![side(true), side(false)]);
    // Every link between the sides, at the same moment.
    let others = side(false);
    let between = side(true).into_iter().flat_map(|one| {
        let hold = |other: &Target| Action::Hold(one.clone(), other.clone(), Direction::BothWays);
        others.iter().map(hold).collect::<Vec<_>>()
    });
    let hold = Command::ActAll(between.collect());
    html! {
        <Modal store={store.clone()} title="Partition">
            <fieldset class="sides">
                <legend>{ "Nodes on the first side; the others are on the second" }</legend>
                { for view.names.servers().map(|node| {
                    let checked = first.contains(&node);
                    let onchange = store.on::<Event>(Command::Edit(Edit::Side(node)));
                    html! {
                        <label key={node.0}><input type="checkbox" {checked} {onchange} />
                            { view.name(node) }</label>
                    }
                }) }
            </fieldset>
            <p class="doc">{ format!("{inside} and {}: ", count - inside) }
                { "nodes hear only their own side until the network heals." }</p>
            <div class="actions">
                <button type="button" class="small primary" disabled={!valid}
                    onclick={close_after(store, Command::Act(action))}>{ "Partition" }</button>
                <button type="button" class="small" disabled={!valid}
                    title="Messages between the sides wait until the network heals."
                    onclick={close_after(store, hold)}>{ "Hold between the sides" }</button>
                { run_buttons(store, &RUN[2..]) }
                <button type="button" class="small"
                    onclick={store.on(Command::Dialog(Some(Dialog::Act)))}>{ "Back" }</button>
            </div>
        </Modal>
    }
}
