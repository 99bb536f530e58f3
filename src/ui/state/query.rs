//! What the address asks for between its question mark and its hash mark.
//!
//! [`PARAMS`] is the one table: the parser follows it, the notice about a bad value quotes it, and
//! a test compares it with the one in `docs/embedding.md`. Nothing here knows the browser.

use crate::ui::hooks::number;

/// What a parameter may say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `0` or `1`; the bare name means `1`.
    Flag,
    /// One of these words; the first is what holds if nothing is said.
    Words(&'static [&'static str]),
    /// A number from the first to the second.
    Number(f64, f64),
    /// Anything: what is not known in it is passed over.
    Free,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it may say, as a person reads it.
    pub values: &'static str,
    /// What holds if nothing, or nonsense, is said.
    pub default: &'static str,
    /// The same for the parser.
    pub kind: Kind,
}

const fn param(
    name: &'static str,
    values: &'static str,
    default: &'static str,
    kind: Kind,
) -> Param {
    Param { name, values, default, kind }
}

const FLAG: &str = "0, 1";
const LAYOUTS: &[&str] = &["ring", "row", "tiers"];
const THEMES: &[&str] = &["auto", "light", "dark"];
const CONTROLS: &[&str] = &["full", "min", "none"];

/// The slowest and the fastest that a run may be asked to play.
pub const SPEED: Kind = Kind::Number(0.01, 100.0);

/// Every parameter, in the order of the documentation.
pub const PARAMS: &[Param] = &[
    param("embed", FLAG, "0", Kind::Flag),
    param("theme", "auto, light, dark", "auto", Kind::Words(THEMES)),
    param("controls", "full, min, none", "full; min with embed", Kind::Words(CONTROLS)),
    param(
        "panels",
        "a list of state, log, timeline, narration, properties, clients, compare, branches, script",
        "all; timeline,narration with embed",
        Kind::Free,
    ),
    param("autoplay", FLAG, "0; 1 without embed and link", Kind::Flag),
    param("speed", "0.01 to 100", "0.1", SPEED),
    param("loop", FLAG, "0", Kind::Flag),
    param("edit", FLAG, "1", Kind::Flag),
    param("links", FLAG, "1", Kind::Flag),
    param("keys", "focus, off", "focus", Kind::Words(&["focus", "off"])),
    param("lang", "a language tag", "en", Kind::Free),
    param("layout", "ring, row, tiers", "ring", Kind::Words(LAYOUTS)),
    param("motion", "auto, reduce", "auto", Kind::Words(&["auto", "reduce"])),
    param("palette", "default, contrast", "default", Kind::Words(&["default", "contrast"])),
    param("api", FLAG, "0", Kind::Flag),
    param("autosize", FLAG, "0", Kind::Flag),
];

/// How much there is to press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controls {
    /// Everything.
    Full,
    /// Time, help, and the way to the whole page.
    Min,
    /// Nothing; the keyboard still works.
    None,
}

/// What the address asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Only stage, transport and narration.
    pub embed: bool,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// How much there is to press.
    pub controls: Controls,
    /// The panels that are shown, as a list with commas; `None`: as usual.
    pub panels: Option<String>,
    /// Whether to play at once; never under reduced motion, never by itself in a frame.
    pub autoplay: Option<bool>,
    /// Virtual seconds a second.
    pub speed: Option<f64>,
    /// Whether playing begins again at the end.
    pub looped: bool,
    /// Whether a person may change the run.
    pub edit: bool,
    /// Whether there are links that lead out of the page.
    pub links: bool,
    /// Whether single-character keys work.
    pub keys: bool,
    /// The language of the page.
    pub lang: String,
    /// How the nodes stand.
    pub layout: &'static str,
    /// Whether motion is to be avoided, whatever the system says.
    pub still: bool,
    /// `default` or `contrast`.
    pub palette: &'static str,
    /// Whether the embedding page may command.
    pub api: bool,
    /// Whether the embedding page is told how high the page would like to be.
    pub autosize: bool,
}

impl Query {
    /// Reads `?embed=1&theme=dark`, and says what in it is wrong. Never fails: a tracker's
    /// parameter is none of our business, and what makes no sense is as if it was not said.
    pub fn parse(query: &str) -> (Query, Vec<String>) {
        let mut said: [Option<String>; PARAMS.len()] = Default::default();
        let mut wrong = Vec::new();
        for pair in query.trim_start_matches('?').split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(place) = PARAMS.iter().position(|param| param.name == name) else { continue };
            let Param { values, default, kind, .. } = PARAMS[place];
            let value = match (value, kind) {
                ("", Kind::Flag) => "1".to_string(),
                ("", _) => continue,
                (value, _) => unescape(value),
            };
            if allowed(kind, &value) {
                said[place] = Some(value);
            } else {
                let value: String = value.chars().take(40).collect();
                wrong.push(format!(
                    "The address says `{name}={value}`; allowed is {values}. The default holds: \
                     {default}."
                ));
            }
        }
        let say = |name: &str| {
            let place = PARAMS.iter().position(|param| param.name == name);
            place.and_then(|place| said[place].as_deref())
        };
        let on = |name: &str| say(name).map(|value| value == "1");
        let embed = on("embed") == Some(true);
        let mut asked = Query {
            embed,
            theme: word(THEMES, say("theme")),
            controls: match say("controls") {
                Some("none") => Controls::None,
                Some("min") => Controls::Min,
                None if embed => Controls::Min,
                _ => Controls::Full,
            },
            panels: say("panels").map(str::to_string),
            autoplay: on("autoplay"),
            speed: say("speed").and_then(number::read),
            looped: on("loop") == Some(true),
            edit: on("edit") != Some(false),
            links: on("links") != Some(false),
            keys: say("keys") != Some("off"),
            lang: language(say("lang").unwrap_or_default()),
            layout: word(LAYOUTS, say("layout")),
            still: say("motion") == Some("reduce"),
            palette: word(&["default", "contrast"], say("palette")),
            api: on("api") == Some(true),
            autosize: on("autosize") == Some(true),
        };
        // What moves by itself can always be stopped.
        let moves = asked.autoplay.unwrap_or(!embed);
        if asked.controls == Controls::None && moves {
            asked.controls = Controls::Min;
            wrong.push(
                "The address says `controls=none`, but the run plays by itself and must have a \
                 way to stop it. Add `autoplay=0`."
                    .to_string(),
            );
        }
        (asked, wrong)
    }

    /// Whether a panel of that name is shown: `usual` if the address says nothing of panels.
    pub fn shows(&self, panel: &str, usual: bool) -> bool {
        match &self.panels {
            Some(panels) => panels.split(',').any(|name| name.trim() == panel),
            None => usual,
        }
    }
}

/// The theme of that name, if there is one.
pub fn theme(name: &str) -> Option<&'static str> {
    THEMES.iter().copied().find(|theme| *theme == name)
}

/// The language that the page speaks when it is asked for one: a kind of English, or English.
pub fn language(tag: &str) -> String {
    let plain = tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let first = tag.split('-').next().unwrap_or_default();
    let whole = tag.split('-').all(|part| (1..=8).contains(&part.len()));
    if plain && whole && first.eq_ignore_ascii_case("en") { tag } else { "en" }.to_string()
}

fn word(words: &'static [&'static str], said: Option<&str>) -> &'static str {
    let found = said.and_then(|said| words.iter().find(|word| **word == said));
    found.unwrap_or(&words[0])
}

fn allowed(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Flag => value == "0" || value == "1",
        Kind::Words(words) => words.contains(&value),
        Kind::Number(least, most) => {
            number::read(value).is_some_and(|number| number >= least && number <= most)
        }
        Kind::Free => true,
    }
}

/// Reads `%2C` as a comma and `+` as a space; what is no escape stays as it stands.
fn unescape(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        bytes.push(match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                rest = &tail[2..];
                (high * 16 + low) as u8
            }
            (b'+', ..) => b' ',
            (byte, ..) => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
