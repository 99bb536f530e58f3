//! The link: a scenario in the fragment of an address, where it reaches no server.
//!
//! `#/g/<id>` names a scenario of the library, `#/lesson/<id>` a lesson, and `#/s/1.<payload>`
//! carries a whole text. `&t=1.2s` says where to stand: after everything up to that time, or with
//! `&t=1.2s/3` after three events of that microsecond.
//!
//! The payload of version 1 is base64url (no padding) over, in this order:
//!
//! | bytes | what |
//! |---|---|
//! | 1 to 3 | how many bytes the last part has, as a variable-length number (LEB128) |
//! | 4 | CRC-32 (IEEE, little endian) over the revision as four bytes and the text |
//! | 1 to 5 | the revision of the protocol that the link was made with (LEB128) |
//! | rest | the text, as raw deflate that may refer back into [`DICTIONARY`] |
//!
//! The length tells a link that was cut off from one that was garbled. A decoder, once published,
//! stays: nothing of this may change except by a version 2 beside it.

use std::fmt;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core as inflate;

use super::base64url;
use super::deflate::deflate;
use super::diagnostic::{Diagnostic, nearest, quote, words_of};
use super::limits::MAX_TEXT;
use super::{Document, Scenario, library, parse, units};
use crate::view::{Span, Time};

/// The most characters that a link may have.
pub const MAX_LINK: usize = 16 * 1024;

/// Phrases that scenarios are made of. Part of version 1 for ever: a changed byte breaks every
/// link that was ever shared.
pub const DICTIONARY: &str = include_str!("dictionary.txt");

const VERSION: &str = "1";

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it leads to.
    pub target: Target,
    /// Where to stand; `None`: at the start.
    pub position: Option<Position>,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A scenario of the library, by its id.
    Library(String),
    /// A lesson, by its id.
    Lesson(String),
    /// A text, and the revision of its protocol that it was made with.
    Text {
        /// The scenario.
        text: String,
        /// The protocol's `Info::revision` at that time.
        revision: u32,
    },
}

/// A position in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// After everything up to that time.
    pub at: Time,
    /// But of that microsecond only so many events.
    pub events: Option<u32>,
}

/// A link with the scenario that it leads to, ready to run.
pub struct Opened {
    /// The text.
    pub document: Document,
    /// The scenario; it is there, because a text with faults is a [`LinkError::Invalid`].
    pub scenario: Scenario,
    /// Where to stand.
    pub position: Option<Position>,
    /// If the link was made with another revision of the protocol: that one. The run may then
    /// differ from what was seen when it was shared.
    pub made_with: Option<u32>,
    /// The scenario's name if it is one of the library.
    pub library: Option<&'static str>,
}

/// Why a link does not open. Each is a different message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It has no part that a link of ours has.
    NoLink,
    /// A part of it is unknown here.
    UnknownPart(String),
    /// The library has no such scenario.
    UnknownScenario(String),
    /// It leads to a lesson, which has no scenario of its own.
    Lesson(String),
    /// Its end is missing.
    CutOff,
    /// Something in it is not what it was.
    Garbled(&'static str),
    /// It was made by a later version of the program.
    NewerVersion(String),
    /// It, or the text in it, is larger than can be.
    TooLarge,
    /// The position is no position.
    BadPosition(String),
    /// The text in it is no scenario. The person keeps the text.
    Invalid {
        /// What the link carried.
        text: String,
        /// What is wrong with it: at least one fault.
        diagnostics: Vec<Diagnostic>,
    },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::NoLink => f.write_str(
                "this is no link to a scenario; expected `#/s/…`, `#/g/…` or `#/lesson/…` in it",
            ),
            LinkError::UnknownPart(part) => {
                write!(f, "the link has a part {} that is unknown here", quote(part))
            }
            LinkError::UnknownScenario(id) => {
                write!(f, "the library has no scenario {}", quote(id))?;
                let known = words_of(library::all(), |entry| entry.id);
                nearest(id, &known).map_or(Ok(()), |id| write!(f, "; did you mean `{id}`?"))
            }
            LinkError::Lesson(id) => write!(f, "the link leads to the lesson {}", quote(id)),
            LinkError::CutOff => f.write_str("the link is cut off: its end is missing"),
            LinkError::Garbled(what) => write!(f, "the link is garbled: {what}"),
            LinkError::NewerVersion(version) => write!(
                f,
                "the link was made by a newer version of Interleave (format {}); \
                 this one reads format {VERSION}",
                quote(version)
            ),
            LinkError::TooLarge => write!(
                f,
                "the link is too large: a link has at most {} KiB, its scenario {} KiB",
                MAX_LINK / 1024,
                MAX_TEXT / 1024
            ),
            LinkError::BadPosition(why) => write!(f, "the position in the link is wrong: {why}"),
            LinkError::Invalid { diagnostics, .. } => match diagnostics.as_slice() {
                [] => f.write_str("the scenario in the link is invalid"),
                [first, ..] => {
                    let Diagnostic { line, column, .. } = first;
                    let text = first.text();
                    write!(f, "the link is invalid at line {line}, column {column}: {text}")
                }
            },
        }
    }
}

/// Writes a link to a text: the fragment from its `#`.
pub fn encode(scenario: &Scenario, text: &str, at: Option<Position>) -> Result<String, LinkError> {
    encode_text(text, scenario.revision(), at)
}

/// The same with an explicit revision.
pub fn encode_text(text: &str, revision: u32, at: Option<Position>) -> Result<String, LinkError> {
    if text.len() > MAX_TEXT {
        return Err(LinkError::TooLarge);
    }
    let packed = deflate(DICTIONARY.as_bytes(), text.as_bytes());
    let mut payload = Vec::with_capacity(packed.len() + 12);
    put_number(&mut payload, packed.len() as u32);
    payload.extend(checksum(revision, text).to_le_bytes());
    put_number(&mut payload, revision);
    payload.extend(packed);
    let mut link = format!("#/s/{VERSION}.{}", base64url::encode(&payload));
    put_position(&mut link, at);
    if link.len() > MAX_LINK { Err(LinkError::TooLarge) } else { Ok(link) }
}

/// Writes a link to a scenario of the library.
pub fn encode_library(id: &str, at: Option<Position>) -> String {
    let mut link = format!("#/g/{id}");
    put_position(&mut link, at);
    link
}

fn put_position(link: &mut String, at: Option<Position>) {
    if let Some(Position { at, events }) = at {
        link.push_str(&format!("&t={}", Span(at)));
        if let Some(events) = events {
            link.push_str(&format!("/{events}"));
        }
    }
}

/// Reads a link, or the fragment of one, without looking into the text that it carries.
pub fn decode(link: &str) -> Result<Link, LinkError> {
    if link.len() > MAX_LINK {
        return Err(LinkError::TooLarge);
    }
    let link = link.trim();
    let start = link.find("#/").ok_or(LinkError::NoLink)?;
    let mut parts = link[start + 2..].split('&');
    let target = read_target(parts.next().unwrap_or_default())?;
    let mut position = None;
    for part in parts {
        match part.split_once('=') {
            Some(("t", time)) if position.is_none() => position = Some(read_position(time)?),
            Some(("t", _)) => {
                return Err(LinkError::BadPosition("it stands there twice".to_string()));
            }
            _ => return Err(LinkError::UnknownPart(part.to_string())),
        }
    }
    Ok(Link { target, position })
}

/// Reads a link and the scenario that it leads to.
pub fn open(link: &str) -> Result<Opened, LinkError> {
    let Link { target, position } = decode(link)?;
    let mut library = None;
    let (text, revision) = match target {
        Target::Lesson(id) => return Err(LinkError::Lesson(id)),
        Target::Library(id) => match library::find(&id) {
            Some(entry) => {
                library = Some(entry.id);
                (entry.text.to_string(), None)
            }
            None => return Err(LinkError::UnknownScenario(id)),
        },
        Target::Text { text, revision } => (text, Some(revision)),
    };
    let parsed = parse(&text);
    let Some(scenario) = parsed.scenario else {
        return Err(LinkError::Invalid { text, diagnostics: parsed.diagnostics });
    };
    if let Some(Position { at, .. }) = position.filter(|position| position.at > scenario.until) {
        let end = Span(scenario.until);
        let why = format!("{} is after the end of the run, which is {end}", Span(at));
        return Err(LinkError::BadPosition(why));
    }
    let made_with = revision.filter(|&revision| revision != scenario.revision());
    Ok(Opened { document: parsed.document, scenario, position, made_with, library })
}

fn read_target(path: &str) -> Result<Target, LinkError> {
    let (kind, rest) = path.split_once('/').ok_or(LinkError::NoLink)?;
    match kind {
        "g" | "lesson" => {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
            if rest.is_empty() || rest.len() > 100 || !rest.bytes().all(plain) {
                return Err(LinkError::Garbled("its name has characters that no name has"));
            }
            Ok(match kind {
                "g" => Target::Library(rest.to_string()),
                _ => Target::Lesson(rest.to_string()),
            })
        }
        "s" => {
            let (version, payload) = rest.split_once('.').ok_or(LinkError::CutOff)?;
            let number = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
            match version {
                VERSION => read_payload(payload),
                _ if number && !version.starts_with('0') => {
                    Err(LinkError::NewerVersion(version.to_string()))
                }
                _ => Err(LinkError::Garbled("its version is no number")),
            }
        }
        _ => Err(LinkError::NoLink),
    }
}

fn read_position(word: &str) -> Result<Position, LinkError> {
    let (time, events) = match word.split_once('/') {
        Some((time, events)) => {
            let events = units::read_slot(events).map_err(LinkError::BadPosition)?;
            (time, Some(events))
        }
        None => (word, None),
    };
    let at = units::read_time(time)
        .map_err(|why| LinkError::BadPosition(format!("{}: {why}", quote(time))))?;
    Ok(Position { at, events })
}

fn read_payload(payload: &str) -> Result<Target, LinkError> {
    let bytes = base64url::decode(payload).map_err(|error| match error {
        base64url::Error::Alphabet => LinkError::Garbled("it has a character that no link has"),
        base64url::Error::End => LinkError::CutOff,
    })?;
    if bytes.is_empty() {
        return Err(LinkError::CutOff);
    }
    let mut rest = bytes.as_slice();
    let length = take_number(&mut rest)? as usize;
    let (sum, mut rest) = rest.split_first_chunk::<4>().ok_or(LinkError::CutOff)?;
    let revision = take_number(&mut rest)?;
    if rest.len() < length {
        return Err(LinkError::CutOff);
    }
    if rest.len() > length {
        return Err(LinkError::Garbled("it is longer than it says"));
    }
    let text = String::from_utf8(unpack(rest)?)
        .map_err(|_| LinkError::Garbled("what it carries is no text"))?;
    if checksum(revision, &text) != u32::from_le_bytes(*sum) {
        return Err(LinkError::Garbled("its checksum is wrong"));
    }
    Ok(Target::Text { text, revision })
}

fn put_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take_number(rest: &mut &[u8]) -> Result<u32, LinkError> {
    let mut number: u64 = 0;
    for shift in 0..5 {
        let (&byte, tail) = rest.split_first().ok_or(LinkError::CutOff)?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << (7 * shift);
        if byte < 0x80 {
            let wide = LinkError::Garbled("a number in it is too large");
            return u32::try_from(number).map_err(|_| wide);
        }
    }
    Err(LinkError::Garbled("a number in it is too large"))
}

/// CRC-32 as in Ethernet and zip files, over the revision and the text.
fn checksum(revision: u32, text: &str) -> u32 {
    let mut crc = u32::MAX;
    for byte in revision.to_le_bytes().into_iter().chain(text.bytes()) {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            let carry = 0u32.wrapping_sub(crc & 1);
            crc = (crc >> 1) ^ (0xedb8_8320 & carry);
        }
    }
    !crc
}

/// Inflates at most [`MAX_TEXT`] bytes.
fn unpack(packed: &[u8]) -> Result<Vec<u8>, LinkError> {
    let start = DICTIONARY.len();
    // Deflate makes of one byte at most 1,032: a short link never needs the whole buffer.
    let most = MAX_TEXT.min(packed.len().saturating_mul(1_032));
    let mut out = vec![0; start + most];
    out[..start].copy_from_slice(DICTIONARY.as_bytes());
    let mut state = inflate::DecompressorOxide::new();
    let flags = inflate::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = inflate::decompress(&mut state, packed, &mut out, start, flags);
    match status {
        TINFLStatus::Done if read == packed.len() => {
            out.truncate(start + written);
            out.drain(..start);
            Ok(out)
        }
        TINFLStatus::Done => Err(LinkError::Garbled("something follows its end")),
        TINFLStatus::HasMoreOutput => Err(LinkError::TooLarge),
        TINFLStatus::FailedCannotMakeProgress => Err(LinkError::Garbled("its end is unfinished")),
        _ => Err(LinkError::Garbled("what it carries cannot be unpacked")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "interleave 1\nping nodes=3\nseed 42\nuntil 5s\n";

    fn link() -> String {
        encode_text(TEXT, 7, Some(Position { at: 1_200_000, events: None })).expect("short")
    }

    #[test]
    fn a_link_opens_as_it_was_made() {
        let link = decode(&link()).expect("a link");
        assert_eq!(link.target, Target::Text { text: TEXT.to_string(), revision: 7 });
        assert_eq!(link.position, Some(Position { at: 1_200_000, events: None }));
        let whole = format!(" https://host/path/?embed=1{} \n", self::link());
        assert_eq!(decode(&whole), Ok(link));
    }

    #[test]
    fn each_way_to_be_broken_has_its_message() {
        let link = encode_text(TEXT, 7, None).expect("short");
        for length in "#/s/1.".len()..link.len() {
            assert_eq!(decode(&link[..length]), Err(LinkError::CutOff), "{length}");
        }
        let newer = link.replace("/s/1.", "/s/2.");
        assert_eq!(decode(&newer), Err(LinkError::NewerVersion("2".to_string())));
        assert!(matches!(decode(&format!("{link})")), Err(LinkError::Garbled(_))));
        assert!(matches!(decode(&format!("{link}AAAA")), Err(LinkError::Garbled(_))));
        assert_eq!(decode(&"#/s/1.A".repeat(4_000)), Err(LinkError::TooLarge));
        assert_eq!(decode("https://host/"), Err(LinkError::NoLink));
        assert!(matches!(decode("#/g/a&b=1"), Err(LinkError::UnknownPart(_))));
        assert!(matches!(decode("#/g/a&t=1"), Err(LinkError::BadPosition(_))));
        assert!(matches!(open("#/g/no-such"), Err(LinkError::UnknownScenario(_))));
        let bad = encode_text("interleave 1\npong\n", 1, None).expect("short");
        let Err(LinkError::Invalid { text, diagnostics }) = open(&bad) else { panic!("{bad}") };
        assert_eq!((text.as_str(), diagnostics[0].line), ("interleave 1\npong\n", 2));
    }

    #[test]
    fn a_changed_character_is_noticed() {
        let link = encode_text(TEXT, 7, None).expect("short");
        let start = "#/s/1.".len();
        for place in start..link.len() {
            let mut other = link.clone().into_bytes();
            other[place] = if other[place] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).expect("ASCII");
            assert!(other == link || decode(&other).is_err(), "{place}");
        }
    }

    #[test]
    fn what_would_swell_is_refused() {
        let packed = deflate(DICTIONARY.as_bytes(), &vec![b'a'; MAX_TEXT]);
        assert_eq!(unpack(&packed).map(|text| text.len()), Ok(MAX_TEXT));
        let packed = deflate(DICTIONARY.as_bytes(), &vec![b'a'; MAX_TEXT + 1]);
        assert_eq!(unpack(&packed), Err(LinkError::TooLarge));
        let text = "x".repeat(MAX_TEXT + 1);
        assert_eq!(encode_text(&text, 1, None), Err(LinkError::TooLarge));
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        // The check value of CRC-32/ISO-HDLC is that of the digits 1 to 9; the first four of them
        // stand in the place of the revision.
        let revision = u32::from_le_bytes(*b"1234");
        assert_eq!(checksum(revision, "56789"), 0xcbf4_3926);
    }

    /// Whoever changes the dictionary breaks every link that was ever shared.
    #[test]
    fn the_dictionary_stays() {
        assert_eq!(checksum(DICTIONARY.len() as u32, DICTIONARY), 3_204_767_493);
    }
}
