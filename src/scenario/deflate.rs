//! Packs a text by raw deflate (RFC 1951) behind a dictionary, into one block.
//!
//! A link is short: one block with a code made for it, or with the fixed code where that is
//! shorter, is what a general library would write too, at a third of its code.

/// The longest repetition that deflate can write, and the shortest.
const LONGEST: usize = 258;
const SHORTEST: usize = 3;
/// How far back a repetition may lie.
const WINDOW: usize = 32 * 1024;
/// How many earlier places are tried at one place: what keeps a text of one letter quick.
const TRIES: usize = 128;
/// The heads of the chains of places that begin alike.
const HEADS: usize = 4_096;
const NOWHERE: u32 = u32::MAX;

/// The symbol that ends a block; above it stand the lengths.
const END: usize = 256;
/// How many symbols there are: letters, end and lengths; distances; lengths of codes.
const LETTERS: usize = 286;
const DISTANCES: usize = 30;
const KINDS: usize = 19;
/// The order in which a block lists the lengths of the codes of lengths.
const ORDER: [u8; KINDS] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A symbol with the bits that follow it.
#[derive(Clone, Copy)]
struct Symbol {
    symbol: usize,
    extra: u32,
    bits: u32,
}

/// A letter, or a length and its distance.
type Token = (Symbol, Option<Symbol>);

/// Packs what follows on a dictionary; what reads it has to know the dictionary.
pub fn deflate(dictionary: &[u8], text: &[u8]) -> Vec<u8> {
    let all = [dictionary, text].concat();
    let tokens = tokens(&all, dictionary.len());
    let made = block(&tokens, false);
    let fixed = block(&tokens, true);
    if fixed.len() <= made.len() { fixed } else { made }
}

/// What a text is made of. A repetition gives way to a longer one that begins a letter later.
fn tokens(all: &[u8], start: usize) -> Vec<Token> {
    let mut places = Places { all, heads: vec![NOWHERE; HEADS], before: Vec::new() };
    let mut tokens = Vec::new();
    let mut at = start;
    while at < all.len() {
        let (length, distance) = places.longest(at);
        let waits = length >= SHORTEST && places.longest(at + 1).0 > length;
        if length < SHORTEST || waits {
            tokens.push((Symbol { symbol: usize::from(all[at]), extra: 0, bits: 0 }, None));
            at += 1;
        } else {
            tokens.push((length_symbol(length), Some(distance_symbol(distance))));
            at += length;
        }
    }
    tokens.push((Symbol { symbol: END, extra: 0, bits: 0 }, None));
    tokens
}

/// The places before the present one, chained to those that begin alike.
struct Places<'a> {
    all: &'a [u8],
    heads: Vec<u32>,
    before: Vec<u32>,
}

impl Places<'_> {
    /// The longest text before a place that stands there again: its length and distance.
    fn longest(&mut self, at: usize) -> (usize, usize) {
        while self.before.len() < at {
            let place = self.before.len();
            let head = hash(&self.all[place..]);
            self.before.push(self.heads[head]);
            self.heads[head] = place as u32;
        }
        let rest = &self.all[at..];
        let most = rest.len().min(LONGEST);
        let (mut length, mut distance) = (0, 0);
        let mut place = self.heads[hash(rest)];
        for _ in 0..TRIES {
            let back = place as usize;
            if place == NOWHERE || at - back > WINDOW || length == most {
                break;
            }
            let same = self.all[back..].iter().zip(rest).take(most);
            let same = same.take_while(|(a, b)| a == b).count();
            if same > length {
                (length, distance) = (same, at - back);
            }
            place = self.before[back];
        }
        (length, distance)
    }
}

/// A number for the next three letters.
fn hash(rest: &[u8]) -> usize {
    let mut hash = 0;
    for letter in rest.iter().take(SHORTEST) {
        hash = (hash << 4) ^ usize::from(*letter);
    }
    hash % HEADS
}

fn length_symbol(length: usize) -> Symbol {
    match length {
        LONGEST => Symbol { symbol: 285, extra: 0, bits: 0 },
        _ => ranged(length - SHORTEST, 4, END + 1),
    }
}

fn distance_symbol(distance: usize) -> Symbol {
    ranged(distance - 1, 2, 0)
}

/// The symbol of the range that a number is in. The first `2 * steps` numbers have a symbol each,
/// then every doubling has `steps`.
fn ranged(number: usize, steps: usize, first: usize) -> Symbol {
    let mut bits = 0;
    while number >> bits >= 2 * steps {
        bits += 1;
    }
    let symbol = first + bits * steps + (number >> bits);
    Symbol { symbol, extra: (number & ((1 << bits) - 1)) as u32, bits: bits as u32 }
}

/// Bits, the lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    free: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> bit & 1) as u8) << (8 - self.free);
            }
            self.free -= 1;
        }
    }

    /// A symbol in the code of those lengths, and what follows it.
    fn symbol(&mut self, code: &[(u32, u32)], symbol: Symbol) {
        let (word, length) = code[symbol.symbol];
        self.put(word.reverse_bits() >> (32 - length.max(1)), length);
        self.put(symbol.extra, symbol.bits);
    }
}

/// All in one block, in the fixed code or in one that is made for it.
fn block(tokens: &[Token], fixed: bool) -> Vec<u8> {
    let mut out = Bits::default();
    // The last block, and which kind of code.
    out.put(1, 1);
    out.put(if fixed { 1 } else { 2 }, 2);
    let (letters, distances) = if fixed {
        let length = |symbol| match symbol {
            0..144 => 8,
            144..256 => 9,
            256..280 => 7,
            _ => 8,
        };
        ((0..288).map(length).collect(), vec![5; DISTANCES])
    } else {
        let (mut letters, mut distances) = (vec![0; LETTERS], vec![0; DISTANCES]);
        for (letter, distance) in tokens {
            letters[letter.symbol] += 1;
            if let Some(distance) = distance {
                distances[distance.symbol] += 1;
            }
        }
        let lengths = (lengths(&letters, 15), lengths(&distances, 15));
        put_lengths(&mut out, &lengths.0, &lengths.1);
        lengths
    };
    let (letters, distances) = (code(&letters), code(&distances));
    for (letter, distance) in tokens {
        out.symbol(&letters, *letter);
        if let Some(distance) = distance {
            out.symbol(&distances, *distance);
        }
    }
    out.bytes
}

/// The lengths of a code that is best for symbols which are so frequent (Huffman), none above
/// `most`: where one would be, rare symbols are taken for more frequent until it is not.
fn lengths(counts: &[u32], most: u32) -> Vec<u32> {
    let mut weights: Vec<u32> = counts.to_vec();
    // A code has two words at least, or else there is nothing to tell apart.
    for symbol in 0..2 {
        if weights.iter().filter(|weight| **weight > 0).count() < 2 {
            weights[symbol] = weights[symbol].max(1);
        }
    }
    loop {
        let lengths = huffman(&weights);
        if lengths.iter().all(|length| *length <= most) {
            return lengths;
        }
        for weight in &mut weights {
            *weight = weight.div_ceil(2);
        }
    }
}

fn huffman(weights: &[u32]) -> Vec<u32> {
    let mut lengths = vec![0; weights.len()];
    // Trees by their weights, and in each the symbols that it holds.
    let mut trees: Vec<(u32, Vec<usize>)> = Vec::new();
    for (symbol, weight) in weights.iter().enumerate() {
        if *weight > 0 {
            trees.push((*weight, vec![symbol]));
        }
    }
    while trees.len() > 1 {
        let mut joined = (0, Vec::new());
        for _ in 0..2 {
            let mut lightest = 0;
            for place in 1..trees.len() {
                if trees[place].0 < trees[lightest].0 {
                    lightest = place;
                }
            }
            let (weight, symbols) = trees.remove(lightest);
            joined.0 += weight;
            joined.1.extend(symbols);
        }
        for symbol in &joined.1 {
            lengths[*symbol] += 1;
        }
        trees.push(joined);
    }
    lengths
}

/// The words of a code, which follow from their lengths alone.
fn code(lengths: &[u32]) -> Vec<(u32, u32)> {
    let mut code = vec![(0, 0); lengths.len()];
    let mut word = 0;
    for length in 1..=15 {
        word <<= 1;
        for (symbol, own) in lengths.iter().enumerate() {
            if *own == length {
                code[symbol] = (word, length);
                word += 1;
            }
        }
    }
    code
}

/// The lengths of both codes, in a code of their own, with runs of equal ones shortened.
fn put_lengths(out: &mut Bits, letters: &[u32], distances: &[u32]) {
    let cut = |lengths: &[u32], least: usize| {
        let used = lengths.iter().rposition(|length| *length > 0).map_or(0, |last| last + 1);
        used.max(least)
    };
    let (many, few) = (cut(letters, END + 1), cut(distances, 1));
    let all = [&letters[..many], &distances[..few]].concat();
    let mut runs = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let run = all[at..].iter().take_while(|length| **length == all[at]).count();
        let (symbol, bits, least, taken) = match (all[at], run) {
            (0, 11..) => (18, 7, 11, run.min(138)),
            (0, 3..) => (17, 3, 3, run),
            (same, 3..) if at > 0 && all[at - 1] == same => (16, 2, 3, run.min(6)),
            (length, _) => (length as usize, 0, 1, 1),
        };
        runs.push(Symbol { symbol, extra: (taken - least) as u32, bits });
        at += taken;
    }
    let mut counts = vec![0; KINDS];
    for run in &runs {
        counts[run.symbol] += 1;
    }
    let kinds = lengths(&counts, 7);
    let listed = ORDER.iter().rposition(|kind| kinds[usize::from(*kind)] > 0).unwrap_or(0).max(3);
    out.put((many - END - 1) as u32, 5);
    out.put(few as u32 - 1, 5);
    out.put(listed as u32 - 3, 4);
    for kind in &ORDER[..=listed] {
        out.put(kinds[usize::from(*kind)], 3);
    }
    let kinds = code(&kinds);
    for run in runs {
        out.symbol(&kinds, run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::rng::Rng;
    use miniz_oxide::inflate::core::{self, DecompressorOxide, inflate_flags};

    /// What the library reads in what was packed.
    fn read(dictionary: &[u8], packed: &[u8], length: usize) -> Vec<u8> {
        let mut out = dictionary.to_vec();
        out.resize(dictionary.len() + length + 1, 0);
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let mut state = DecompressorOxide::new();
        let (status, taken, written) =
            core::decompress(&mut state, packed, &mut out, dictionary.len(), flags);
        assert_eq!(status, miniz_oxide::inflate::TINFLStatus::Done);
        assert_eq!(taken, packed.len());
        out[dictionary.len()..][..written].to_vec()
    }

    #[test]
    fn what_is_packed_reads_back() {
        let mut rng = Rng::new(7);
        for round in 0..2_000u64 {
            // From one letter to all of them, from nothing to more than a window.
            let letters = 1 + rng.below(1 << (round % 9));
            let length = rng.below(if round % 500 == 0 { 70_000 } else { 600 }) as usize;
            let text: Vec<u8> = (0..length).map(|_| rng.below(letters) as u8).collect();
            let dictionary: Vec<u8> =
                (0..rng.below(300)).map(|_| rng.below(letters) as u8).collect();
            let packed = deflate(&dictionary, &text);
            assert_eq!(read(&dictionary, &packed, length), text, "round {round}");
        }
    }

    /// Weights like Fibonacci's numbers make the longest codes that there are.
    #[test]
    fn no_code_is_longer_than_it_may_be() {
        let mut counts = vec![1, 1];
        while counts.len() < KINDS {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        for most in [7, 15] {
            let lengths = lengths(&counts, most);
            assert!(lengths.iter().all(|length| (1..=most).contains(length)), "{lengths:?}");
            // Every word of a code that is full is used.
            let full: u32 = lengths.iter().map(|length| 1 << (most - length)).sum();
            assert_eq!(full, 1 << most);
        }
    }

    #[test]
    fn every_length_and_distance_has_its_symbol() {
        let symbol = |symbol: Symbol| (symbol.symbol, symbol.extra, symbol.bits);
        assert_eq!(
            [3, 10, 11, 257, 258].map(|length| symbol(length_symbol(length))),
            [(257, 0, 0), (264, 0, 0), (265, 0, 1), (284, 30, 5), (285, 0, 0),]
        );
        assert_eq!(
            [1, 4, 5, 32_768].map(|distance| symbol(distance_symbol(distance))),
            [(0, 0, 0), (3, 0, 0), (4, 0, 1), (29, 8_191, 13),]
        );
    }
}
