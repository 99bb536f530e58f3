//! Base64 for addresses, without padding: RFC 4648, section 5.
//!
//! Forty lines, where a library for all alphabets brings its tables and the places of all its
//! panics into the page.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Why characters are no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// One of them stands for nothing.
    Alphabet,
    /// The last byte is not whole: its end is missing.
    End,
}

/// Writes bytes, six bits a character; what is missing to the last six bits is zero.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    let (mut bits, mut count) = (0u32, 0);
    for &byte in bytes {
        (bits, count) = (bits << 8 | u32::from(byte), count + 8);
        while count >= 6 {
            count -= 6;
            out.push(letter(bits >> count));
        }
    }
    if count > 0 {
        out.push(letter(bits << (6 - count)));
    }
    out
}

/// Reads what [`encode`] writes, and nothing else: each row of bytes has one form.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes() {
        let six = ALPHABET.iter().position(|&letter| letter == byte).ok_or(Error::Alphabet)?;
        (bits, count) = (bits << 6 | six as u32, count + 6);
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    // What is left over is less than a character, and zero; else it belongs to a byte that was
    // cut off.
    if count >= 6 || bits & ((1 << count) - 1) != 0 { Err(Error::End) } else { Ok(out) }
}

fn letter(bits: u32) -> char {
    char::from(ALPHABET[(bits & 63) as usize])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The test vectors of RFC 4648, section 10, without their padding.
    #[test]
    fn it_is_the_published_one() {
        let vectors = ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"];
        for (length, text) in vectors.into_iter().enumerate() {
            assert_eq!(encode(&b"foobar"[..length]), text);
            assert_eq!(decode(text).as_deref(), Ok(&b"foobar"[..length]));
        }
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn what_is_not_written_is_not_read() {
        assert_eq!(decode("Zm9="), Err(Error::Alphabet));
        assert_eq!(decode("Zm9+"), Err(Error::Alphabet));
        assert_eq!(decode("Zm9vY"), Err(Error::End));
        assert_eq!(decode("Zh"), Err(Error::End));
        assert_eq!(decode("Zm9"), Err(Error::End));
    }

    proptest! {
        #[test]
        fn bytes_read_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn each_row_of_bytes_has_one_form(text in "[A-Za-z0-9_-]{0,12}") {
            if let Ok(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
