//! Numbers as the page writes and reads them. The ways of the standard library that end in all
//! digits of a float would cost the page some twenty kilobytes; one digit is enough for a pixel.

use std::fmt;

/// A length in CSS pixels, written with one digit after the point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Px(pub f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        if tenths < 0 {
            f.write_str("-")?;
        }
        let tenths = tenths.unsigned_abs();
        match tenths % 10 {
            0 => write!(f, "{}", tenths / 10),
            rest => write!(f, "{}.{rest}", tenths / 10),
        }
    }
}

/// The nearest number that is not outside.
#[allow(clippy::manual_clamp, reason = "the message of its panic writes floats in full")]
pub fn between(value: f64, least: f64, most: f64) -> f64 {
    value.max(least).min(most)
}

/// Reads `12`, `0.25`; nothing with a sign or an exponent.
pub fn read(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if whole.len() > 6 || part.is_empty() || part.len() > 6 {
        return None;
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let scale = 10_u32.pow(u32::try_from(part.len()).ok()?);
    let part: u32 = part.parse().ok()?;
    Some(f64::from(whole) + f64::from(part) / f64::from(scale))
}
