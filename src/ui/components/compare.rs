//! Two runs side by side: what each has cost, above its stage and in a table.

use yew::Html;

use crate::scenario::{Document, LANES};
use crate::sim::tally::{ROWS, Tally};
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::hooks::number::Px;
use crate::ui::state::scene::Scene;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// The rows that stand above a stage.
const BRIEF: [usize; 4] = [0, 5, 6, 7];
/// Outages shorter than this share of the time would not be seen: they are drawn that wide.
const SLIVER: f64 = 0.4;

/// The names of two runs: of their protocols, with their place where those are the same.
fn titles(lanes: &[std::rc::Rc<Scene>; 2]) -> [String; 2] {
    let twins = lanes[0].info.id == lanes[1].info.id;
    [0, 1].map(|lane| match twins {
        true => format!("{}, {}", lanes[lane].info.title, LANES[lane]),
        false => lanes[lane].info.title.to_string(),
    })
}

/// The head of the first stage.
pub fn first(store: &Store, view: &View, _: &Shell) -> Html {
    head(store, view, 0)
}

/// The head of the second stage.
pub fn second(store: &Store, view: &View, _: &Shell) -> Html {
    head(store, view, 1)
}

/// The name of a run, which faces it, and what it has cost in four numbers.
fn head(store: &Store, view: &View, lane: usize) -> Html {
    let Some(lanes) = view.0.pair() else { return Html::default() };
    let tally = &store.ask(|player| player.tallies())[lane];
    let (scene, shown) = (&lanes[lane], tally.shown());
    let faced = view.lane == lane;
    let broken = scene.verdicts.iter().filter(|verdict| verdict.broken()).count();
    markup(|page| {
        page.el("header class=lane-head", |page| {
            page.el("button type=button class=lane-name", |page| {
                page.attr("id", ["lane-first", "lane-second"][lane]);
                page.click(store, Command::Face(lane));
                page.state("aria-pressed", faced);
                page.attr("title", "Panels and keys speak of this run");
                page.text(&titles(&lanes)[lane]);
                if !scene.flaws.is_empty() {
                    page.line("span class=lane-flaws", &scene.flaws.join(", "));
                }
            });
            if broken > 0 {
                page.el("span class='count bad'", |page| {
                    page.text(&broken.to_string());
                    page.line("span class=sr", " broken");
                });
            }
            page.el("dl class=figures", |page| {
                for row in BRIEF {
                    let (name, doc) = ROWS[row];
                    page.el("div", |page| {
                        page.attr("title", doc);
                        page.line("dt", name);
                        let brief = shown[row].split(',').next().unwrap_or_default();
                        page.el("dd", |page| {
                            page.attr("data-figure", name);
                            page.text(brief);
                        });
                    });
                }
            });
        });
    })
}

/// The table, when the service answered, and what one may do with two runs.
pub fn compare(page: &mut Markup, store: &Store, view: &View) {
    let Some(lanes) = view.0.pair() else { return };
    let tallies = store.ask(|player| player.tallies());
    let titles = titles(&lanes);
    page.line("h2", "Side by side");
    page.line(
        "p class=quiet",
        "One clock, the same nodes, clients and faults. The other panels speak of the stage that \
         was clicked last.",
    );
    page.el("table class=compare", |page| {
        page.el("thead", |page| {
            page.el("tr", |page| {
                page.line("th class=sr scope=col", "What");
                for title in &titles {
                    page.line("th scope=col", title);
                }
            });
        });
        page.el("tbody", |page| rows(page, &tallies));
    });
    page.line("h2 class=minor", "When the service did not answer");
    for (title, tally) in titles.iter().zip(&tallies) {
        strip(page, title, tally, view.now);
    }
    page.el("details", |page| {
        page.line("summary", "What is counted");
        page.el("dl class=counted", |page| {
            for (name, doc) in &ROWS {
                page.line("dt", name);
                page.line("dd", doc);
            }
        });
    });
    if view.locked {
        return;
    }
    page.el("p class=actions", |page| {
        for (lane, title) in titles.iter().enumerate() {
            let text = store.ask(|player| player.text());
            let alone = Document::parse(&text).alone(lane).to_string();
            let head = "button type=button class=small";
            page.press(head, store, &format!("{title} alone"), Command::Rerun(alone));
        }
    });
}

fn rows(page: &mut Markup, tallies: &[Tally; 2]) {
    let shown = tallies.each_ref().map(Tally::shown);
    for (place, (name, doc)) in ROWS.iter().enumerate() {
        page.el("tr", |page| {
            page.attr("title", doc);
            page.line("th scope=row", name);
            for lane in &shown {
                let (most, rest) = lane[place].split_once(',').unwrap_or((&lane[place], ""));
                page.el("td", |page| {
                    page.attr("data-figure", name);
                    page.text(most);
                    page.line("span class=doc", rest.trim());
                });
            }
        });
    }
}

/// The time up to now, with what was unavailable of it.
fn strip(page: &mut Markup, title: &str, tally: &Tally, now: u64) {
    let whole = now.max(1) as f64 / 100.0;
    let mut spoken = format!("{title}: ");
    for (from, to) in &tally.outages {
        spoken += &format!("{} to {}; ", tell::clock(*from), tell::clock(*to));
    }
    let never = tally.outages.is_empty();
    page.el("figure class=strip", |page| {
        page.el("figcaption", |page| {
            page.text(spoken.trim_end_matches("; ").trim_end_matches(": "));
            page.when(never, |page| page.text(": never"));
        });
        page.el("div aria-hidden=true", |page| {
            for (from, to) in &tally.outages {
                let left = *from as f64 / whole;
                let width = ((to - from) as f64 / whole).max(SLIVER);
                page.el("i", |page| {
                    page.attr("style", &format!("left:{}%;width:{}%", Px(left), Px(width)));
                });
            }
        });
    });
}
