//! Everything that can be done to the run, in one dialog: to nodes, to the network, by clients.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::dialog::Modal;
use crate::sim::action::{Action, Target};
use crate::ui::state::choices::{Choice, choices, proposals};
use crate::ui::state::scene::Selection;
use crate::ui::state::shell::Dialog;
use crate::ui::state::store::{Command, Store, View};
use crate::view::NodeId;

/// What the dialogs need.
#[derive(Properties, PartialEq)]
pub struct ActProps {
    /// The run.
    pub view: View,
}

/// The dialog.
#[component]
pub fn ActDialog(props: &ActProps) -> Html {
    let store = use_context::<Store>().expect("the store");
    let view = &props.view;
    html! {
        <Modal title="Do something">
            <section>
                <h3>{ "Now" }</h3>
                <div class="actions">{ for proposals(view).into_iter().map(|c| choice(&store, c)) }
                    <button type="button" class="small"
                        onclick={store.on(Command::Dialog(Some(Dialog::Partition)))}>
                        { "Choose the sides of a partition…" }</button>
                </div>
            </section>
            if view.names.clients > 0 && !view.service.ops.is_empty() {
                <AskForm view={view.clone()} />
            }
            <section>
                <h3>{ "Nodes" }</h3>
                <table class="act-nodes"><tbody>
                    { for view.nodes.iter().map(|shot| html! {
                        <tr key={shot.id.0}>
                            <th scope="row">{ &shot.name }</th>
                            <td class="actions">
                                { for choices(view, Selection::Node(shot.id)).into_iter()
                                    .map(|c| choice_of(&store, &shot.name, c)) }
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

fn choice(store: &Store, choice: Choice) -> Html {
    html! {
        <button type="button" class="small" title={choice.doc} onclick={close_after(store, choice.command)}>
            { choice.label }</button>
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
        store.send(Command::Dialog(None));
        store.send(command.clone());
    })
}

/// A client asks: which client, which operation, with what.
#[component]
fn AskForm(props: &ActProps) -> Html {
    let store = use_context::<Store>().expect("the store");
    let view = &props.view;
    let op = use_state(|| 0_usize);
    let (who, args) = (use_node_ref(), use_node_ref());
    let ops = view.service.ops;
    let chosen = &ops[(*op).min(ops.len() - 1)];
    let onchange = {
        let op = op.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                op.set(usize::try_from(select.selected_index()).unwrap_or(0));
            }
        })
    };
    let onsubmit = {
        let (who, args, store) = (who.clone(), args.clone(), store.clone());
        let servers = view.names.servers;
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let client = who.cast::<HtmlSelectElement>().map_or(0, |list| list.selected_index());
            let client = NodeId(servers + u32::try_from(client).unwrap_or(0));
            let mut words = vec![chosen.name.to_string()];
            words.extend(values(&args));
            store.send(Command::Dialog(None));
            store.send(Command::Act(Action::Request { client, op: words }));
        })
    };
    html! {
        <section>
            <h3>{ "A client asks" }</h3>
            <form class="ask" {onsubmit}>
                <label>{ "who" }<select ref={who}>
                    { for view.names.clients().map(|client| html! {
                        <option>{ view.name(client) }</option>
                    }) }
                </select></label>
                <label>{ "what" }<select id="ask-op" {onchange}>
                    { for ops.iter().map(|op| html! { <option>{ op.name }</option> }) }
                </select></label>
                <span class="args" ref={args} key={chosen.name}>
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
fn values(parent: &NodeRef) -> Vec<String> {
    use wasm_bindgen::JsCast;
    let Some(parent) = parent.cast::<web_sys::Element>() else { return Vec::new() };
    let list = parent.get_elements_by_tag_name("input");
    (0..list.length())
        .filter_map(|at| list.item(at)?.dyn_into::<HtmlInputElement>().ok())
        .map(|input| input.value())
        .collect()
}

/// The sides of a partition, by check boxes.
#[component]
pub fn PartitionDialog(props: &ActProps) -> Html {
    let store = use_context::<Store>().expect("the store");
    let view = &props.view;
    let count = view.names.servers as usize;
    let first = use_state(|| (0..count).map(|node| node < count / 2).collect::<Vec<bool>>());
    let chosen = (*first).clone();
    let inside = chosen.iter().filter(|inside| **inside).count();
    let valid = inside > 0 && inside < count;
    let side = |wanted: bool| -> Vec<Target> {
        view.names
            .servers()
            .filter(|node| chosen.get(node.index()) == Some(&wanted))
            .map(Target::Node)
            .collect()
    };
    let action = Action::Partition(vec![side(true), side(false)]);
    html! {
        <Modal title="Partition">
            <fieldset class="sides">
                <legend>{ "Nodes on the first side; the others are on the second" }</legend>
                { for view.names.servers().map(|node| {
                    let first = first.clone();
                    let checked = chosen.get(node.index()).copied().unwrap_or(false);
                    let onchange = Callback::from(move |_: Event| {
                        let mut next = (*first).clone();
                        if let Some(slot) = next.get_mut(node.index()) { *slot = !*slot; }
                        first.set(next);
                    });
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
                    onclick={close_after(&store, Command::Act(action))}>{ "Partition" }</button>
                <button type="button" class="small"
                    onclick={store.on(Command::Dialog(Some(Dialog::Act)))}>{ "Back" }</button>
            </div>
        </Modal>
    }
}
