//! Times, shares and delays: how they are written and read.

use super::limits::MAX_TIME;
use crate::sim::action::{Delay, LinkChange, Moment};
use crate::view::{MICROSECOND, MILLISECOND, SECOND, Span, Time};

/// What a time looks like, for messages.
pub const TIME_FORM: &str = "a time such as `150ms`, `0.5s` or `20us`";
/// What a delay looks like, for messages.
pub const DELAY_FORM: &str = "a delay such as `10ms`, `5ms..20ms` or `5ms+exp(10ms)`";
/// What a share looks like, for messages.
pub const SHARE_FORM: &str = "a share such as `1%`, `0.5%` or `200ppm`";

/// Reads a time; the error says what is wrong with it.
pub fn read_time(word: &str) -> Result<Time, String> {
    let us = read_time_unbounded(word)?;
    if us > MAX_TIME {
        return Err(format!("no time may be longer than {}", Span(MAX_TIME)));
    }
    Ok(us)
}

fn read_time_unbounded(word: &str) -> Result<Time, String> {
    let wrong = || "this is no time".to_string();
    let split = word.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (number, unit) = word.split_at(split.ok_or_else(|| match word.parse::<u64>() {
        Ok(_) => "this time has no unit".to_string(),
        Err(_) => wrong(),
    })?);
    let scale = match unit {
        "s" => SECOND,
        "ms" => MILLISECOND,
        "us" | "µs" => MICROSECOND,
        _ if number.is_empty() => return Err(wrong()),
        _ => return Err("this time has an unknown unit".to_string()),
    };
    read_scaled(number, scale).ok_or_else(|| match number.split_once('.') {
        Some((_, digits)) if digits.len() > scale.ilog10() as usize => {
            "times are whole microseconds".to_string()
        }
        _ => wrong(),
    })
}

/// Reads a decimal number and multiplies it by a power of ten, exactly or not at all.
fn read_scaled(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let plain = |digits: &str| {
        let fits = (1..=12).contains(&digits.len());
        fits && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !plain(whole) || !plain(fraction) {
        return None;
    }
    let places = scale.ilog10() as usize;
    let significant = fraction.trim_end_matches('0');
    if significant.len() > places {
        return None;
    }
    let fraction: u64 = format!("0{significant:0<places$}").parse().ok()?;
    Some(whole.parse::<u64>().ok()? * scale + fraction)
}

/// Writes a time with a sign: `+20ms`, `-3us`.
pub fn show_signed(us: i64) -> String {
    let sign = if us < 0 { '-' } else { '+' };
    format!("{sign}{}", Span(us.unsigned_abs()))
}

/// Reads a time with an optional sign.
pub fn read_signed(word: &str) -> Result<i64, String> {
    let (negative, rest) = match word.as_bytes().first() {
        Some(b'-') => (true, &word[1..]),
        Some(b'+') => (false, &word[1..]),
        _ => (false, word),
    };
    let us = read_time(rest)? as i64;
    Ok(if negative { -us } else { us })
}

/// Reads `200ppm` or `0.02%`, with an optional sign.
pub fn read_ppm_signed(word: &str) -> Result<i32, String> {
    let (negative, rest) = match word.as_bytes().first() {
        Some(b'-') => (true, &word[1..]),
        Some(b'+') => (false, &word[1..]),
        _ => (false, word),
    };
    let ppm = read_share(rest)? as i32;
    Ok(if negative { -ppm } else { ppm })
}

/// Reads a share of a million: `1%`, `0.5%`, `200ppm`.
pub fn read_share(word: &str) -> Result<u32, String> {
    let wrong = || "this is no share".to_string();
    let ppm = if let Some(number) = word.strip_suffix("ppm") {
        read_scaled(number, 1).ok_or_else(wrong)?
    } else if let Some(number) = word.strip_suffix('%') {
        read_scaled(number, 10_000).ok_or_else(wrong)?
    } else {
        return Err(wrong());
    };
    if ppm > 1_000_000 {
        return Err("no share is more than 100%".to_string());
    }
    Ok(ppm as u32)
}

/// Writes a share as per cent: `0.5%`.
pub fn show_share(ppm: u32) -> String {
    let (whole, rest) = (ppm / 10_000, ppm % 10_000);
    if rest == 0 {
        return format!("{whole}%");
    }
    format!("{whole}.{}%", format!("{rest:04}").trim_end_matches('0'))
}

/// Reads `lo..hi`, or `both` for `both..both`.
pub fn read_range(word: &str) -> Result<(Time, Time), String> {
    let (lo, hi) = match word.split_once("..") {
        Some((lo, hi)) => (read_time(lo)?, read_time(hi)?),
        None => (read_time(word)?, read_time(word)?),
    };
    if lo > hi {
        return Err("the range is the wrong way round".to_string());
    }
    Ok((lo, hi))
}

/// Writes a range as [`read_range`] reads it.
pub fn show_range(lo: Time, hi: Time) -> String {
    if lo == hi { Span(lo).to_string() } else { format!("{}..{}", Span(lo), Span(hi)) }
}

/// Reads a delay: `10ms`, `5ms..20ms`, `5ms+exp(10ms)`.
pub fn read_delay(word: &str) -> Result<Delay, String> {
    if let Some((base, rest)) = word.split_once("+exp(") {
        let mean = rest.strip_suffix(')').ok_or("this delay has no closing `)`")?;
        return Ok(Delay::Tail { base: read_time(base)?, mean: read_time(mean)? });
    }
    let (lo, hi) = read_range(word)?;
    Ok(Delay::Uniform { lo, hi })
}

/// Writes a delay as [`read_delay`] reads it.
pub fn show_delay(delay: Delay) -> String {
    match delay {
        Delay::Uniform { lo, hi } => show_range(lo, hi),
        Delay::Tail { base, mean } => format!("{}+exp({})", Span(base), Span(mean)),
    }
}

/// Writes a change of a link as settings, each with a space before it.
pub fn show_change(change: &LinkChange) -> String {
    let mut out = String::new();
    if let Some(delay) = change.delay {
        out.push_str(&format!(" delay={}", show_delay(delay)));
    }
    if let Some(ppm) = change.loss_ppm {
        out.push_str(&format!(" loss={}", show_share(ppm)));
    }
    if let Some(ppm) = change.duplicate_ppm {
        out.push_str(&format!(" duplicate={}", show_share(ppm)));
    }
    if let Some(fifo) = change.fifo {
        out.push_str(if fifo { " order=fifo" } else { " order=any" });
    }
    out
}

/// Writes a moment as [`read_moment`] reads it: `1.2s`, or `1.2s/2` after two events of that
/// microsecond.
pub fn show_moment(moment: Moment) -> String {
    match moment.slot {
        0 => Span(moment.at).to_string(),
        slot => format!("{}/{slot}", Span(moment.at)),
    }
}

/// Reads a moment.
pub fn read_moment(word: &str) -> Result<Moment, String> {
    let (time, slot) = match word.split_once('/') {
        Some((time, slot)) => (time, read_slot(slot)?),
        None => (word, 0),
    };
    Ok(Moment { at: read_time(time)?, slot })
}

/// Reads how many events of a microsecond come first.
pub fn read_slot(word: &str) -> Result<u32, String> {
    let plain = !word.is_empty() && word.len() <= 9 && word.bytes().all(|b| b.is_ascii_digit());
    match word.parse() {
        Ok(slot) if plain => Ok(slot),
        _ => Err("after the `/` stands the number of events that come first".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact_or_refused() {
        assert_eq!(read_time("0.5s"), Ok(500_000));
        assert_eq!(read_time("1.234567s"), Ok(1_234_567));
        assert_eq!(read_time("1.50ms"), Ok(1_500));
        assert_eq!(read_time("20us"), Ok(20));
        assert_eq!(read_time("3600s"), Ok(MAX_TIME));
        for wrong in ["", "s", "5", ".5s", "5.s", "1.2345678s", "0.5us", "3601s", "1m", "-1s"] {
            assert!(read_time(wrong).is_err(), "{wrong}");
        }
        assert!(read_time(&format!("{}s", "9".repeat(150))).is_err());
        assert!(read_time("1.2345678s").unwrap_err().contains("whole microseconds"));
    }

    #[test]
    fn shares_and_delays_read_back() {
        for ppm in [0, 1, 200, 5_000, 10_000, 123_456, 1_000_000] {
            assert_eq!(read_share(&show_share(ppm)), Ok(ppm));
        }
        assert_eq!(show_share(5_000), "0.5%");
        assert!(read_share("101%").is_err() && read_share("5").is_err());
        for word in ["10ms", "5ms..20ms", "5ms+exp(10ms)", "0s"] {
            assert_eq!(show_delay(read_delay(word).expect(word)), word);
        }
        assert!(read_delay("20ms..5ms").is_err() && read_delay("5ms+exp(10ms").is_err());
        for us in [-20_000, 0, 1, 7_000_000] {
            assert_eq!(read_signed(&show_signed(us)), Ok(us));
        }
        assert_eq!(read_ppm_signed("-200ppm"), Ok(-200));
        assert_eq!(read_ppm_signed("+0.1%"), Ok(1_000));
    }

    #[test]
    fn moments_read_back() {
        for word in ["1.2s", "1.2s/3", "0s/1"] {
            let moment = read_moment(word).expect(word);
            assert_eq!(show_moment(moment), word);
        }
        for wrong in ["1s/", "1s/x", "1s/-1", "1s/99999999999", "/1"] {
            assert!(read_moment(wrong).is_err(), "{wrong}");
        }
    }
}
