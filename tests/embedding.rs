//! What the address may ask for: one table for the parser, its complaints and the documentation.

#[path = "../src/ui/hooks/number.rs"]
#[allow(dead_code, reason = "the parser uses a part of it")]
mod number;
#[path = "../src/ui/state/query.rs"]
#[allow(dead_code, reason = "the page uses the rest of it")]
mod query;

/// The parser stands in the page, which is not built here; it needs no more of it than this.
mod ui {
    pub mod hooks {
        pub(crate) use crate::number;
    }
}

use query::{Controls, PARAMS, Query, language};

/// What the address means, if nothing in it is wrong.
fn fine(query: &str) -> Query {
    let (asked, wrong) = Query::parse(query);
    assert!(wrong.is_empty(), "{query}: {wrong:?}");
    asked
}

/// What is wrong with the address, and what it means all the same.
fn wrong(query: &str) -> (Query, Vec<String>) {
    let (asked, wrong) = Query::parse(query);
    assert!(!wrong.is_empty(), "{query}");
    (asked, wrong)
}

#[test]
fn the_documentation_has_the_table_of_the_parser() {
    let docs = include_str!("../docs/embedding.md");
    let rows = docs.lines().skip_while(|line| !line.starts_with("| parameter")).skip(2);
    let rows: Vec<Vec<String>> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(|cell| cell.trim().replace('`', "")).collect())
        .collect();
    assert_eq!(rows.len(), PARAMS.len());
    for (row, param) in rows.iter().zip(PARAMS) {
        assert_eq!(row[1..4], [param.name, param.values, param.default]);
        assert!(!row[4].is_empty(), "{}", param.name);
    }
}

#[test]
fn nothing_asked_is_the_whole_page() {
    let asked = fine("");
    assert_eq!(asked, fine("?"));
    assert_eq!((asked.embed, asked.theme, asked.controls), (false, "auto", Controls::Full));
    assert!(asked.edit && asked.links && asked.keys && !asked.api && !asked.looped);
    assert!(asked.shows("state", true) && !asked.shows("state", false));
    assert_eq!(asked.lang, "en");
}

#[test]
fn a_frame_has_less_of_everything_unless_it_asks() {
    assert_eq!(fine("?embed=1").controls, Controls::Min);
    assert_eq!(fine("?embed").controls, Controls::Min);
    assert_eq!(fine("?embed=1&controls=full").controls, Controls::Full);
    assert_eq!(fine("?embed=1&controls=none").controls, Controls::None);
    let asked = fine("?embed=1&panels=log%2Cstate,,nonsense");
    assert!(asked.shows("log", false) && asked.shows("state", false));
    assert!(!asked.shows("timeline", true));
}

#[test]
fn what_moves_by_itself_keeps_a_way_to_stop_it() {
    for query in ["?controls=none", "?embed=1&controls=none&autoplay=1"] {
        let (asked, said) = wrong(query);
        assert_eq!(asked.controls, Controls::Min);
        assert!(said[0].contains("autoplay=0"), "{said:?}");
    }
    assert_eq!(fine("?controls=none&autoplay=0").controls, Controls::None);
}

#[test]
fn a_bad_value_is_told_with_what_is_allowed_and_the_default_holds() {
    let (asked, said) = wrong("?theme=blue&speed=9999&embed=yes&keys=on");
    assert_eq!(asked, fine(""));
    assert_eq!(said.len(), 4);
    assert!(said[0].contains("`theme=blue`") && said[0].contains("auto, light, dark"));
    assert!(said[0].ends_with("The default holds: auto."), "{}", said[0]);
    for query in ["?speed=-1", "?speed=1e3", "?speed=0", "?speed=NaN", "?loop=2", "?motion=%zz"] {
        wrong(query);
    }
    let (_, said) = wrong(&format!("?theme={}", "%F0%9F%90%9B".repeat(1_000)));
    assert!(said[0].chars().count() < 200, "{}", said[0]);
}

#[test]
fn what_others_put_into_the_address_is_passed_over() {
    let odd = "?&&=&=1&utm_source=x&bare&fbclid=%&theme=dark&a=b=c&%=%&theme&speed=&EMBED=7";
    let asked = fine(odd);
    assert_eq!((asked.theme, asked.speed, asked.embed), ("dark", None, false));
    assert_eq!(fine("?speed=0.25").speed, Some(0.25));
    assert_eq!(fine("?theme=light&theme=dark").theme, "dark");
}

#[test]
fn an_unknown_language_is_english_and_nobody_complains() {
    for (asked, spoken) in [
        ("en-GB", "en-GB"),
        ("EN", "EN"),
        ("de-CH", "en"),
        ("", "en"),
        ("en-", "en"),
        ("en\"><script>", "en"),
        ("english", "en"),
    ] {
        assert_eq!(language(asked), spoken);
    }
    assert_eq!(fine("?lang=de").lang, "en");
    assert_eq!(fine("?lang=en-US").lang, "en-US");
}
