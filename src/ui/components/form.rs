//! The one drawing of every form: a heading, gaps with what they mean, what is wrong at the gap
//! where it is wrong.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::dialog::Modal;
use crate::ui::state::forms::{Blank, Gap, Kind, Wish};
use crate::ui::state::store::{Command, Store};

/// The open form.
pub fn form(store: &Store, blank: &Blank) -> Html {
    let onsubmit = {
        let store = store.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            store.send(Command::Form(Wish::Submit));
        })
    };
    let mut group = "";
    let wide = blank.gaps.len() > 4;
    html! {
        <Modal store={store.clone()} title={blank.title.clone()} {wide}>
            <p class="doc">{ blank.doc }</p>
            <form class="gaps" {onsubmit} novalidate=true>
                { for blank.gaps.iter().enumerate().map(|(at, each)| {
                    let news = each.group != group;
                    group = each.group;
                    html! {
                        <>
                            if news { <h3>{ group }</h3> }
                            { gap(store, at, each) }
                        </>
                    }
                }) }
                <ul class="faults" aria-live="polite">
                    { for blank.faults.iter().map(|fault| html! { <li>{ quoted(fault) }</li> }) }
                </ul>
                <div class="actions">
                    <button type="submit" class="small primary" id="form-do">
                        { if wide { "Run with these" } else { "Do it" } }</button>
                    <button type="button" class="small"
                        onclick={store.on(Command::Dialog(None))}>{ "Cancel" }</button>
                </div>
            </form>
        </Modal>
    }
}

fn gap(store: &Store, at: usize, gap: &Gap) -> Html {
    let id = format!("gap-{at}");
    let about = format!("about-{at}");
    let wrong = gap.fault.is_some();
    let invalid = wrong.then_some("true");
    let set = |value: &str| store.on::<MouseEvent>(Command::Form(Wish::Fill(at, value.into())));
    let field = match &gap.kind {
        Kind::Text(_) | Kind::Seed => html! {
            <input type="text" id={id.clone()} value={gap.value.to_string()} maxlength="200"
                autocomplete="off" autocapitalize="off" spellcheck="false"
                aria-invalid={invalid} aria-describedby={about.clone()}
                oninput={typed(store, at)} />
        },
        Kind::Choice(words) => html! {
            <select id={id.clone()} aria-invalid={invalid} aria-describedby={about.clone()}
                onchange={chosen(store, at)}>
                { for words.iter().map(|word| html! {
                    <option value={*word} selected={**word == *gap.value}>
                        { if word.is_empty() { "as it is" } else { word } }</option>
                }) }
            </select>
        },
        Kind::Check => html! {
            <input type="checkbox" id={id.clone()} checked={&*gap.value == "on"}
                aria-describedby={about.clone()}
                onclick={set(if &*gap.value == "on" { "off" } else { "on" })} />
        },
    };
    html! {
        <div class={classes!("gap", wrong.then_some("wrong"), (gap.kind == Kind::Check).then_some("check"))}>
            <label for={id}>{ &gap.label }</label>
            <span class="fill">
                { field }
                if gap.kind == Kind::Seed {
                    <button type="button" class="small"
                        onclick={store.on(Command::Form(Wish::Reseed(at)))}>
                        { "Another seed" }</button>
                }
                if let Kind::Text(presets) = gap.kind {
                    { for presets.iter().map(|preset| html! {
                        <button type="button" class="small preset" onclick={set(preset)}
                            aria-label={format!("{}: {preset}", gap.label)}
                            aria-pressed={(*preset == &*gap.value).to_string()}>{ *preset }</button>
                    }) }
                }
            </span>
            <p id={about} class="about">
                if let Some(fault) = &gap.fault { <b>{ quoted(fault) }</b> } else { { quoted(&gap.doc) } }
            </p>
        </div>
    }
}

/// What stands between backticks is what is written.
fn quoted(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    let part = |(at, part): (usize, &str)| match at % 2 {
        1 => html! { <code>{ part }</code> },
        _ => html! { part },
    };
    parts.map(part).collect()
}

fn typed(store: &Store, at: usize) -> Callback<InputEvent> {
    let store = store.clone();
    Callback::from(move |event: InputEvent| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            let value: Rc<str> = input.value().into();
            store.send(Command::Form(Wish::Fill(at, value)));
        }
    })
}

fn chosen(store: &Store, at: usize) -> Callback<Event> {
    let store = store.clone();
    Callback::from(move |event: Event| {
        if let Some(list) = event.target_dyn_into::<HtmlSelectElement>() {
            store.send(Command::Form(Wish::Fill(at, list.value().into())));
        }
    })
}
