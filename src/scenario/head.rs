//! The settings of the head: the protocol's parameters, how clients behave.

use super::action::{second_setting, unknown_setting};
use super::cursor::{Cursor, Part, Read};
use super::diagnostic::{one_of, quote, words_of};
use super::limits::MAX_NODES;
use super::units;
use crate::sim::info::{Info, ParamInfo, ParamKind, ParamValue, Params};
use crate::sim::session::ClientRules;
use crate::view::{NodeNames, Span, Time};

/// Reads the settings of a line that names a protocol. Beside another one it has that one's nodes
/// (`shared`).
pub fn read_params(
    cursor: &mut Cursor<'_>,
    info: &'static Info,
    shared: Option<NodeNames>,
) -> Read<Params> {
    let mut params = Params::defaults(info);
    let mut seen: Vec<&str> = Vec::new();
    let mut settings = vec!["nodes", "clients"];
    if let Some(names) = shared {
        (params.servers, params.clients) = (names.servers, names.clients);
        settings.clear();
    }
    settings.extend(words_of(info.params, |param| param.name));
    let expected = "a setting such as `nodes=3`";
    let (servers, clients) = (info.servers, info.clients);
    while let Some((name, value)) = cursor.setting(expected, &settings)? {
        if seen.contains(&name.text) {
            return Err(second_setting(cursor, name));
        }
        seen.push(name.text);
        let count = |what, lo: u32, hi: u32| -> Read<u32> {
            let number = cursor.number_in(value, what, u64::from(lo), u64::from(hi))?;
            Ok(number as u32)
        };
        match name.text {
            other if !settings.contains(&other) => {
                return Err(unknown_setting(cursor, name, &settings));
            }
            "nodes" => params.servers = count("a number of nodes", servers.min, servers.max)?,
            "clients" => params.clients = count("a number of clients", clients.min, clients.max)?,
            other => match info.params.iter().position(|param| param.name == other) {
                Some(place) => {
                    params.values[place] = read_param(cursor, value, &info.params[place])?;
                }
                None => return Err(unknown_setting(cursor, name, &settings)),
            },
        }
        if params.servers + params.clients > MAX_NODES {
            let message = format_args!("a run has at most {MAX_NODES} nodes, clients included");
            return Err(cursor.at_part(value, message));
        }
    }
    Ok(params)
}

fn read_param(cursor: &Cursor<'_>, value: Part<'_>, param: &ParamInfo) -> Read<ParamValue> {
    let within = |lo: Time, us: Time, hi: Time, form: &str| match (lo..=hi).contains(&us) {
        true => Ok(()),
        false => {
            let message = format_args!("{} is out of range", quote(value.text));
            Err(cursor.at_part(value, message).expected(format_args!(
                "{form} from {} to {}",
                Span(lo),
                Span(hi)
            )))
        }
    };
    match param.kind {
        ParamKind::Count { min, max, .. } => {
            cursor.number_in(value, "a number", min, max).map(ParamValue::Count)
        }
        ParamKind::Duration { min, max, .. } => {
            let us = cursor.convert_part(value, units::TIME_FORM, units::read_time)?;
            within(min, us, max, "a time")?;
            Ok(ParamValue::Duration(us))
        }
        ParamKind::Range { min, max, .. } => {
            let form = "a range such as `150ms..300ms`";
            let (lo, hi) = cursor.convert_part(value, form, units::read_range)?;
            within(min, lo, max, "times")?;
            within(min, hi, max, "times")?;
            Ok(ParamValue::Range(lo, hi))
        }
        ParamKind::Flag { .. } => read_flag(cursor, value).map(ParamValue::Flag),
        ParamKind::Choice { words } => match words.iter().find(|word| **word == value.text) {
            Some(word) => Ok(ParamValue::Choice(word)),
            None => {
                let message = format_args!("{} is not known here", quote(value.text));
                let fault = cursor.at_part(value, message);
                Err(fault.expected(one_of(words)).nearest(value.text, words))
            }
        },
    }
}

fn read_flag(cursor: &Cursor<'_>, value: Part<'_>) -> Read<bool> {
    match value.text {
        "on" => Ok(true),
        "off" => Ok(false),
        other => {
            let fault = cursor.at_part(value, format_args!("{} is not known here", quote(other)));
            Err(fault.expected("`on` or `off`").nearest(other, &["on", "off"]))
        }
    }
}

/// Reads the settings of the `clients` line.
pub fn read_client_rules(cursor: &mut Cursor<'_>) -> Read<ClientRules> {
    let mut rules = ClientRules::default();
    let words = ["timeout", "backoff", "retry", "key"];
    let expected = one_of(&words);
    let mut seen: Vec<&str> = Vec::new();
    if cursor.peek().is_none() {
        return Err(cursor.missing(&expected));
    }
    while let Some((name, value)) = cursor.setting(&expected, &words)? {
        if seen.contains(&name.text) {
            return Err(second_setting(cursor, name));
        }
        seen.push(name.text);
        let time = || {
            let us = cursor.convert_part(value, units::TIME_FORM, units::read_time)?;
            match us {
                0 => Err(cursor.at_part(value, "this must be longer than nothing")),
                us => Ok(us),
            }
        };
        match name.text {
            "timeout" => rules.timeout = time()?,
            "backoff" => rules.backoff = time()?,
            "retry" => rules.retry = read_flag(cursor, value)?,
            "key" => rules.key = read_flag(cursor, value)?,
            _ => return Err(unknown_setting(cursor, name, &words)),
        }
    }
    Ok(rules)
}
