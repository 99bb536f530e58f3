//! The pictures that protocols compose: every protocol's panels are drawn here.

use yew::prelude::*;

use crate::view::{Panel, Tone};

/// Draws a panel.
pub fn panel(panel: &Panel) -> Html {
    match panel {
        Panel::Log { title, cells, marks, durable } => html! {
            <section class="picture">
                { heading(title, *durable) }
                if cells.is_empty() {
                    <p class="empty">{ "Empty." }</p>
                }
                <ol class="log-cells">
                    { for cells.iter().map(|cell| {
                        let settled = (cell.tone == Tone::Settled).then_some("settled");
                        let class = classes!(format!("gen-{}", cell.generation % 8), settled);
                        let said = if settled.is_some() { ", settled" } else { "" };
                        let here: Vec<&str> = marks.iter().filter(|mark| mark.index == cell.index)
                            .map(|mark| mark.name).collect();
                        html! {
                            <li {class} key={cell.index} title={cell.detail.clone()}>
                                <span class="index">{ cell.index }</span>
                                <span class="cell"><b>{ cell.generation }</b>
                                    <span>{ &cell.label }</span>
                                    <span class="sr">{ said }</span></span>
                                <span class="marks">{ here.join(" ") }</span>
                            </li>
                        }
                    }) }
                </ol>
                { for marks.iter().filter(|mark| mark.index == 0).map(|mark| html! {
                    <p class="at-zero"><code>{ mark.name }</code>{ " stands before the first." }</p>
                }) }
            </section>
        },
        Panel::Table { title, rows, durable } => html! {
            <section class="picture">
                { heading(title, *durable) }
                if rows.is_empty() {
                    <p class="empty">{ "Empty." }</p>
                } else {
                    <table class="fields"><tbody>
                        { for rows.iter().map(|(key, value)| html! {
                            <tr><th scope="row">{ key }</th><td>{ value }</td></tr>
                        }) }
                    </tbody></table>
                }
            </section>
        },
    }
}

fn heading(title: &str, durable: bool) -> Html {
    html! { <h3>{ title }if durable { { super::components::inspector::durable_mark() } }</h3> }
}
