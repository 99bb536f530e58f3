//! Sorting by numbers.
//!
//! Each type that the standard library sorts brings five kilobytes of code of its own to the page.
//! Whatever is sorted here by a key of numbers shares one.

/// A key: compared from left to right.
pub type Key = [u64; 3];

/// Sorts by a key of numbers; equals keep their order.
pub fn sort_by_key<T>(items: &mut [T], key: impl Fn(&T) -> Key) {
    let mut order: Vec<(Key, usize)> = items.iter().map(key).zip(0..).collect();
    sort(&mut order);
    // Each place gets its item by swaps; an item that was swapped away is found by following
    // where the swaps took it.
    for place in 0..items.len() {
        let mut from = order[place].1;
        while from < place {
            from = order[from].1;
        }
        items.swap(place, from);
    }
}

fn sort(order: &mut [(Key, usize)]) {
    order.sort_unstable();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(keys in prop::collection::vec(0..20u64, 0..80)) {
            let mut items: Vec<(u64, usize)> = keys.into_iter().zip(0..).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            super::sort_by_key(&mut items, |item| [item.0, 0, 0]);
            prop_assert_eq!(items, expected);
        }
    }
}
