//! Rows and columns. The heads of the rows stay in sight while the columns scroll.

use yew::prelude::*;

use super::{head, spot};
use crate::ui::state::store::Store;
use crate::view::{Head, MatrixRow};

/// Draws it.
pub fn matrix(store: &Store, title: &'static str, columns: &[Head], rows: &[MatrixRow]) -> Html {
    let mut marks: Vec<&str> = Vec::new();
    for mark in rows.iter().flat_map(|row| &row.marks) {
        if !marks.contains(&mark.name) {
            marks.push(mark.name);
        }
    }
    html! {
        <div class="matrix" tabindex="0" role="group" aria-label={title}>
            <table>
                <thead><tr><td></td>
                    { for columns.iter().map(|column| html! {
                        <th scope="col" key={column.label.clone()}>{ head(store, column) }</th>
                    }) }
                </tr></thead>
                <tbody>{ for rows.iter().map(|row| one(store, columns, row)) }</tbody>
            </table>
            if !marks.is_empty() {
                <p class="at-zero"><i class="mark" aria-hidden="true"></i>{ marks.join(", ") }</p>
            }
        </div>
    }
}

fn one(store: &Store, columns: &[Head], row: &MatrixRow) -> Html {
    let marks = |index: u64| {
        let here = row.marks.iter().filter(|mark| mark.index == index).map(|mark| mark.name);
        here.collect::<Vec<_>>().join(", ")
    };
    let marked = |name: &str| (!name.is_empty()).then(|| format!("behind it: {name}"));
    let early = marks(0);
    html! {
        <tr key={row.head.label.clone()}>
            <th scope="row" class={classes!((!early.is_empty()).then_some("mark"))}
                title={marked(&early)}>{ head(store, &row.head) }</th>
            { for columns.iter().zip(&row.spots).enumerate().map(|(place, (column, each))| {
                let name = marks(place as u64 + 1);
                html! {
                    <td key={column.label.clone()} title={marked(&name)}
                        class={classes!((!name.is_empty()).then_some("mark"))}>
                        if let Some(each) = each { { spot(store, each) } }
                        if !name.is_empty() { <span class="sr">{ format!(", {name}") }</span> }
                    </td>
                }
            }) }
        </tr>
    }
}
