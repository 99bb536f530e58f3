//! The keys, and what the picture's forms mean.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::dialog::Modal;
use crate::ui::keys::BINDINGS;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store};

/// The help.
pub fn help(store: &Store, shell: &Shell) -> Html {
    html! {
        <Modal store={store.clone()} title="Help" wide={true}>
            <p>{ "A real protocol runs on a simulated network. Watch it, break it, step back, and \
                try something else: every run can be repeated exactly and sent as a link." }</p>
            <div class="columns">
                <section>
                    <h3>{ "Keys" }</h3>
                    <table class="keys"><tbody>
                        { for BINDINGS.iter().map(|binding| html! {
                            <tr key={binding.shown}><td><kbd>{ binding.shown }</kbd></td>
                                <td>{ binding.what }</td></tr>
                        }) }
                        <tr><td><kbd>{ "arrows" }</kbd></td>
                            <td>{ "On a node: walk to the next" }</td></tr>
                    </tbody></table>
                    { switch(store, "Single-character keys", shell.keys, Command::Keys) }
                    { switch(store, "Say what happens to screen readers", shell.announce,
                        Command::Announce) }
                </section>
                <section>
                    <h3>{ "The picture" }</h3>
                    <ul class="plain spaced">
                        <li>{ "A node's shape and letter say its role: a hexagon leads, a diamond \
                            tries to, a circle follows, a square is a client." }</li>
                        <li>{ "The badge is the generation, which only grows. Log cells and \
                            messages of the same generation have the same colour." }</li>
                        <li>{ "The arc around a node is its timer, running down." }</li>
                        <li>{ "A round message asks or tells, a diamond answers; a red rim \
                            refuses. A lost message bursts where it was lost." }</li>
                        <li>{ "Log cells with a whole rim over the line are settled; dashed \
                            ones may still be lost." }</li>
                        <li>{ "A crack through the picture is a partition, each side in its \
                            tint." }</li>
                        <li>{ "An outline around nodes is a quorum that gathers: it closes when \
                            enough have answered." }</li>
                        <li>{ "Nodes can be dragged, or moved by their menu. That changes the \
                            picture, not the run." }</li>
                    </ul>
                </section>
            </div>
        </Modal>
    }
}

fn switch(store: &Store, label: &'static str, on: bool, command: fn(bool) -> Command) -> Html {
    let store = store.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            store.send(command(input.checked()));
        }
    });
    html! {
        <label class="check"><input type="checkbox" checked={on} {onchange} />{ label }</label>
    }
}
