//! Keys and values.

use yew::prelude::*;

/// Draws them.
pub fn table(rows: &[(String, String)]) -> Html {
    html! {
        <table class="fields"><tbody>
            { for rows.iter().map(|(key, value)| html! {
                <tr><th scope="row">{ key }</th><td>{ value }</td></tr>
            }) }
        </tbody></table>
    }
}
