//! How somebody else sees exactly this run: a link, a frame, a file.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, File, HtmlInputElement, HtmlTextAreaElement};
use yew::virtual_dom::ListenerKind;
use yew::{Html, TargetCast};

use super::dialog::modal;
use crate::scenario::limits::MAX_TEXT;
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::sharing::{CONTROLS, SHAPES, Sharing, THEMES, Wish};
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// The id of a list begins like this; which of them it is follows.
const LIST: &str = "share-";

/// The dialog.
pub fn share(store: &Store, view: &View, shell: &Shell) -> Html {
    let sharing = &shell.sharing;
    let start = sharing.from_start;
    let shared = store.ask(|player| player.share(!start));
    let body = markup(|page| {
        page.el("fieldset class=sides", |page| {
            page.line("legend", "Whoever opens it sees this run");
            let now = format!("from this moment, {}", tell::clock(view.now));
            from(page, store, &now, !start, false);
            from(page, store, "from the start", start, true);
        });
        let text = match shared {
            Ok(shared) => {
                let link = format!("{}{}", browser::base(), shared.fragment);
                page.group(|page| copying(page, store, sharing, &link, &view.title));
                page.el("details", |page| carried(page, &shared.text));
                shared.text
            }
            Err(why) => {
                let said = format!("This run has no link: {why}. Send it as a file.");
                page.line("p class=faults", &said);
                store.ask(|player| player.text())
            }
        };
        page.el("section", |page| {
            page.line("h3", "As a file");
            page.el("div class=actions", |page| {
                page.el("a class=small", |page| {
                    page.attr("download", &file_name(&view.title));
                    page.attr("href", &data_url(&text));
                    page.text("Download the scenario");
                });
                if shell.query.edit {
                    opener(page, store);
                }
            });
            page.line(
                "p class=doc",
                "A file has no limit of length, and is opened here, or by dropping it onto the \
                 page, or on the command line.",
            );
        });
    });
    modal(store, "Share", false, body)
}

/// Where the link leads to.
fn from(page: &mut Markup, store: &Store, label: &str, chosen: bool, start: bool) {
    page.el("label", |page| {
        page.el("input type=radio name=from", |page| {
            page.checked(chosen);
            let change = Command::Share(Wish::FromStart(start));
            page.on(ListenerKind::onchange, store.on(change));
        });
        page.text(label);
    });
}

/// What is copied, and in which form.
fn copying(page: &mut Markup, store: &Store, sharing: &Sharing, link: &str, title: &str) {
    let (framed, snippet) = snippet(sharing.shape, link, title);
    page.el("div class=ask", |page| {
        list(page, store, sharing, 0, "What to copy", SHAPES);
        if framed {
            list(page, store, sharing, 1, "Theme", THEMES);
            list(page, store, sharing, 2, "Controls", CONTROLS);
        }
    });
    page.line("label class=sr for=share-link", "What is copied");
    page.el("textarea id=share-link readonly=readonly rows=5", |page| page.value(&snippet));
    page.el("div class=actions", |page| {
        page.el("button type=button class='small primary' id=copy", |page| {
            page.hear(ListenerKind::onclick, store, copy);
            page.text("Copy");
        });
        let said = match sharing.copied {
            Some(true) => "Copied.".to_string(),
            Some(false) => "Copying is forbidden here. It is selected: press Ctrl+C.".to_string(),
            None => meaning(link.chars().count()),
        };
        page.line("span class=doc role=status id=share-said", &said);
    });
}

fn list(
    page: &mut Markup,
    store: &Store,
    sharing: &Sharing,
    place: usize,
    label: &str,
    words: &[&str],
) {
    page.el("label", |page| {
        page.text(label);
        page.el("select", |page| {
            page.attr("id", &format!("{LIST}{place}"));
            page.hear(ListenerKind::onchange, store, choose);
            for (at, word) in words.iter().enumerate() {
                page.option(&at.to_string(), word, sharing.shape[place] == at);
            }
        });
    });
}

fn carried(page: &mut Markup, text: &str) {
    page.line("summary", "What the link carries");
    page.line(
        "p class=doc",
        "The whole scenario, compressed, behind the hash mark: it reaches no server. The same \
         text gives the same run in every browser.",
    );
    page.line("pre tabindex=0", text);
}

/// A list says by its id which one it is.
fn choose(store: &Store, event: &Event) {
    let id = event.target_dyn_into::<Element>().map(|list| list.id()).unwrap_or_default();
    let list = id.strip_prefix(LIST).and_then(|list| list.parse().ok());
    if let (Some(list), Ok(place)) = (list, browser::filled(event).parse()) {
        store.send(Command::Share(Wish::Shape(list, place)));
    }
}

/// What the length of a link means for the person who sends it.
fn meaning(length: usize) -> String {
    let what = match length {
        0..=500 => "it fits into any message",
        501..=2_000 => "it fits into a chat message",
        2_001..=8_000 => "some chats cut that off; a mail or a page holds it",
        _ => "that is too long for most chats; rather send the file",
    };
    format!("The link has {length} characters: {what}.")
}

/// The text to be copied, and whether it holds a frame.
fn snippet([shape, theme, controls]: [usize; 3], link: &str, title: &str) -> (bool, String) {
    let (base, fragment) = link.split_at(link.find('#').unwrap_or(link.len()));
    let mut framed = format!("{base}?embed=1");
    for (name, words, place) in [("theme", THEMES, theme), ("controls", CONTROLS, controls)] {
        if let Some(word) = words.get(place).filter(|_| place > 0) {
            framed.push_str(&format!("&{name}={word}"));
        }
    }
    framed.push_str(fragment);
    let frame = |source: &str| {
        format!(
            "<iframe {source}=\"{}\" title=\"{} (interactive)\" width=\"100%\" height=\"480\" \
             style=\"width:100%;height:480px;border:0\" loading=\"lazy\" \
             allow=\"fullscreen; clipboard-write\" referrerpolicy=\"no-referrer\"></iframe>",
            escape(&framed),
            escape(title)
        )
    };
    match shape {
        1 => {
            let (link, frame) = (escape(link), frame("src"));
            (true, format!("{frame}\n<p><a href=\"{link}\">Open in a new tab</a></p>"))
        }
        2 => (false, format!("[{}]({link})", title.replace(['[', ']'], " "))),
        3 => (true, frame("data-src")),
        4 => (true, format!("%%html\n{}", frame("src"))),
        _ => (false, link.to_string()),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// `the-first-vote.scenario`
fn file_name(title: &str) -> String {
    let mut name = String::new();
    for letter in title.chars().take(60) {
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    format!("{}.scenario", if name.is_empty() { "run" } else { name })
}

fn data_url(text: &str) -> String {
    format!("data:text/plain;charset=utf-8,{}", js_sys::encode_uri_component(text))
}

/// Copies; where that is forbidden, selects the text so that a person can.
fn copy(store: &Store, _: &Event) {
    let Some(area) = browser::element("share-link") else { return };
    let store = store.clone();
    spawn_local(async move {
        let done = match browser::clipboard() {
            Some(clipboard) => {
                JsFuture::from(clipboard.write_text(&browser::value(&area))).await.is_ok()
            }
            None => false,
        };
        if let Some(area) = area.dyn_ref::<HtmlTextAreaElement>().filter(|_| !done) {
            let _ = area.focus();
            area.select();
        }
        store.send(Command::Share(Wish::Copied(done)));
    });
}

/// The button that opens a file, and the field behind it.
fn opener(page: &mut Markup, store: &Store) {
    page.el("button type=button class=small", |page| {
        page.hear(ListenerKind::onclick, store, |_, _| {
            let field = browser::element("open-file").and_then(|field| field.dyn_into().ok());
            let Some(field) = field else { return };
            let field: HtmlInputElement = field;
            field.click();
        });
        page.text("Open a file…");
    });
    let head = "input type=file id=open-file hidden=hidden tabindex=-1 aria-hidden=true \
                accept=.scenario,.txt,text/plain";
    page.el(head, |page| {
        page.hear(ListenerKind::onchange, store, |store, event| {
            let field = event.target_dyn_into::<HtmlInputElement>();
            let files = field.and_then(|field| field.files());
            open_file(store, files.and_then(|files| files.get(0)));
        });
    });
}

/// Opens a file that a person chose, or dropped onto the page.
pub fn open_file(store: &Store, file: Option<File>) {
    let Some(file) = file else { return };
    let store = store.clone();
    if file.size() > MAX_TEXT as f64 {
        let why = format!("{} is too large: a scenario has at most 64 KiB.", file.name());
        store.send(Command::Dialog(None));
        return store.send(Command::Notify(why, true));
    }
    spawn_local(async move {
        let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
        store.send(match text {
            Some(text) => Command::OpenText(text),
            None => Command::Notify(format!("{} cannot be read.", file.name()), true),
        });
    });
}
