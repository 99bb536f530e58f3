//! A log: cells in a row that wraps, with the marks below them.

use yew::prelude::*;

use crate::view::{Cell, PanelMark, Tone};

/// Draws it.
pub fn log(cells: &[Cell], marks: &[PanelMark]) -> Html {
    let cell = |cell: &Cell| {
        let settled = (cell.tone == Tone::Settled).then_some("settled");
        let class = classes!(format!("gen-{}", cell.generation % 8), settled);
        let said = if settled.is_some() { ", settled" } else { "" };
        let here = marks.iter().filter(|mark| mark.index == cell.index);
        let here: Vec<&str> = here.map(|mark| mark.name).collect();
        html! {
            <li {class} key={cell.index} title={cell.detail.clone()}>
                <span class="index">{ cell.index }</span>
                <span class="cell"><b>{ cell.generation }</b>
                    <span>{ &cell.label }</span>
                    <span class="sr">{ said }</span></span>
                <span class="marks">{ here.join(" ") }</span>
            </li>
        }
    };
    let early = marks.iter().filter(|mark| mark.index == 0);
    html! {
        <>
            <ol class="log-cells">{ for cells.iter().map(cell) }</ol>
            { for early.map(|mark| html! {
                <p class="at-zero"><code>{ mark.name }</code>{ " stands before the first." }</p>
            }) }
        </>
    }
}
