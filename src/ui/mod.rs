//! The page: what a person sees, and nothing that a protocol needs.

use yew::{Html, component, html};

#[component]
fn App() -> Html {
    html! { <main><h1>{ "Interleave" }</h1></main> }
}

/// Starts the page in place of the static shell of `index.html`.
pub fn main() {
    yew::Renderer::<App>::new().render();
}
