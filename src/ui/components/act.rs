//! Everything that can be done to the run, in one dialog: to nodes, to the network, by clients.

use web_sys::{Element, Event};
use yew::virtual_dom::ListenerKind;
use yew::{Callback, Html, TargetCast};

use super::dialog::modal;
use crate::sim::action::{Action, Direction, Target};
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::{Markup, markup};
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

const BUTTON: &str = "button type=button class=small";

/// The buttons for some of that.
pub fn run_buttons(page: &mut Markup, store: &Store, list: &[(&'static str, Subject)]) {
    for (label, subject) in list {
        page.press(BUTTON, store, label, Command::Form(Wish::Open(*subject)));
    }
}

/// The dialog.
pub fn act(store: &Store, view: &View, shell: &Shell) -> Html {
    let body = markup(|page| {
        page.el("section", |page| {
            page.line("h3", "Now");
            page.el("div class=actions", |page| {
                for each in proposals(view) {
                    choice(page, store, "", each);
                }
                let sides = Command::Dialog(Some(Dialog::Partition));
                page.press(BUTTON, store, "Choose the sides of a partition…", sides);
                run_buttons(page, store, &RUN);
            });
        });
        if view.names.clients > 0 && !view.service.ops.is_empty() {
            page.el("section", |page| ask(page, store, view, shell));
        }
        page.el("section", |page| {
            page.line("h3", "Nodes");
            page.el("table class=act-nodes", |page| {
                page.el("tbody", |page| nodes(page, store, view))
            });
        });
        page.line(
            "p class=empty",
            "Links and messages: select them on the stage, or with the keys L and M.",
        );
    });
    modal(store, "Do something", false, body)
}

fn nodes(page: &mut Markup, store: &Store, view: &View) {
    for shot in &view.nodes {
        page.el("tr", |page| {
            page.key(&shot.name);
            page.line("th scope=row", &shot.name);
            page.el("td class=actions", |page| {
                for each in choices(view, Selection::Node(shot.id)) {
                    // For what clients ask there is a place of its own.
                    if !matches!(each.command, Command::Form(Wish::Open(Subject::Ask(..)))) {
                        choice(page, store, &shot.name, each);
                    }
                }
            });
        });
    }
}

/// A button for something that can be done, to a node if one is named.
fn choice(page: &mut Markup, store: &Store, name: &str, choice: Choice) {
    page.el(BUTTON, |page| {
        page.attr("title", choice.doc);
        if !name.is_empty() {
            page.attr("aria-label", &format!("{} {name}", choice.label));
        }
        page.on(ListenerKind::onclick, close_after(store, choice.command));
        page.text(&choice.label);
    });
}

fn close_after(store: &Store, command: Command) -> Callback<Event> {
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
fn ask(page: &mut Markup, store: &Store, view: &View, shell: &Shell) {
    let ops = view.service.ops;
    // Nothing chosen yet: the first operation that changes anything, by the look of it.
    let op = shell.form.op.or_else(|| ops.iter().position(|op| op.args.len() == 2)).unwrap_or(0);
    let op = op.min(ops.len() - 1);
    let chosen = &ops[op];
    page.line("h3", "A client asks");
    page.el("form class=ask", |page| {
        page.hear(ListenerKind::onsubmit, store, submit);
        page.el("label", |page| {
            page.text("who");
            page.el("select", |page| {
                for client in view.names.clients() {
                    let first = client.0 == view.names.servers;
                    page.option(&client.0.to_string(), &view.name(client), first);
                }
            });
        });
        page.el("label", |page| {
            page.text("what");
            page.el("select id=ask-op", |page| {
                page.hear(ListenerKind::onchange, store, choose);
                for (at, known) in ops.iter().enumerate() {
                    page.option(&at.to_string(), known.name, at == op);
                }
            });
        });
        page.el("span class=args", |page| {
            page.key(chosen.name);
            let mut value = "x";
            for arg in chosen.args {
                page.el("label", |page| {
                    page.text(arg);
                    let head = "input type=text required=required maxlength=60 size=6 \
                                autocomplete=off pattern=[^\\s]+ title='A word without spaces'";
                    page.el(head, |page| page.value(value));
                });
                value = "1";
            }
        });
        page.line("button type=submit class='small primary'", "Ask");
    });
    page.line("p class=doc", chosen.doc);
}

/// Another operation is chosen.
fn choose(store: &Store, event: &Event) {
    let op = browser::filled(event).parse().unwrap_or(0);
    store.send(Command::Edit(Edit::Op(op)));
}

/// The client asks what stands in the form.
fn submit(store: &Store, event: &Event) {
    event.prevent_default();
    let Some(form) = event.target_dyn_into::<Element>() else { return };
    let lists = values(&form, "select");
    let [client, op] = &lists[..] else { return };
    let (Ok(client), Ok(op)) = (client.parse(), op.parse::<usize>()) else { return };
    let Some(chosen) = store.model().scene.service.ops.get(op) else { return };
    let mut words = vec![chosen.name.to_string()];
    words.append(&mut values(&form, "input"));
    store.send(Command::Dialog(None));
    store.send(Command::Act(Action::Request { client: NodeId(client), op: words }));
}

/// What stands in the fields below an element.
fn values(parent: &Element, kind: &str) -> Vec<String> {
    let list = parent.get_elements_by_tag_name(kind);
    let mut values = Vec::new();
    for at in 0..list.length() {
        if let Some(field) = list.item(at) {
            values.push(browser::value(&field));
        }
    }
    values
}

/// The sides of a partition, by check boxes.
pub fn partition(store: &Store, view: &View, shell: &Shell) -> Html {
    let mut sides = [Vec::new(), Vec::new()];
    for node in view.names.servers() {
        let side = usize::from(!shell.form.side.contains(&node));
        sides[side].push(Target::Node(node));
    }
    let [inside, outside] = [sides[0].len(), sides[1].len()];
    let valid = inside > 0 && outside > 0;
    // Every link between the sides, at the same moment.
    let mut between = Vec::new();
    for one in &sides[0] {
        for other in &sides[1] {
            between.push(Action::Hold(one.clone(), other.clone(), Direction::BothWays));
        }
    }
    let hold = Command::ActAll(between);
    let cut = Command::Act(Action::Partition(sides.into()));
    let body = markup(|page| {
        page.el("fieldset class=sides", |page| {
            page.line("legend", "Nodes on the first side; the others are on the second");
            for node in view.names.servers() {
                page.el("label", |page| {
                    page.el("input type=checkbox", |page| {
                        page.checked(shell.form.side.contains(&node));
                        let change = Command::Edit(Edit::Side(node));
                        page.on(ListenerKind::onchange, store.on(change));
                    });
                    page.text(&view.name(node));
                });
            }
        });
        page.line(
            "p class=doc",
            &format!(
                "{inside} and {outside}: nodes hear only their own side until the network heals."
            ),
        );
        page.el("div class=actions", |page| {
            page.el("button type=button class='small primary'", |page| {
                page.flag("disabled", !valid);
                page.on(ListenerKind::onclick, close_after(store, cut));
                page.text("Partition");
            });
            page.el(BUTTON, |page| {
                page.flag("disabled", !valid);
                page.attr("title", "Messages between the sides wait until the network heals.");
                page.on(ListenerKind::onclick, close_after(store, hold));
                page.text("Hold between the sides");
            });
            run_buttons(page, store, &RUN[2..]);
            page.press(BUTTON, store, "Back", Command::Dialog(Some(Dialog::Act)));
        });
    });
    modal(store, "Partition", false, body)
}
