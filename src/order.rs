//! Sorting by numbers, and maps in the order of their keys.
//!
//! Each type that the standard library sorts brings five kilobytes of code of its own to the page,
//! and each pair of types in a B-tree as much. Whatever is sorted here by a key of numbers shares
//! one sort, and a sorted list needs next to nothing.

use std::borrow::Borrow;

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

/// A map in the order of its keys, for some hundred entries: a sorted list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> SortedMap<K, V> {
        SortedMap(Vec::new())
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|place| &self.0[place].1)
    }

    /// Sets the value of a key, and answers the old one.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// The value of a key, which is made if it has none.
    pub fn or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let place = self.place(&key).unwrap_or_else(|place| {
            self.0.insert(place, (key, value()));
            place
        });
        &mut self.0[place].1
    }

    /// Takes a key out, and answers its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|place| self.0.remove(place).1)
    }

    /// Everything up to a key and with it.
    pub fn up_to_mut(&mut self, key: &K) -> &mut [(K, V)] {
        let place = self.0.partition_point(|(known, _)| known <= key);
        &mut self.0[..place]
    }

    /// Everything beyond a key.
    pub fn after(&self, key: &K) -> &[(K, V)] {
        &self.0[self.0.partition_point(|(known, _)| known <= key)..]
    }

    /// Everything.
    pub fn entries(&self) -> &[(K, V)] {
        &self.0
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::SortedMap;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(keys in prop::collection::vec(0..20u64, 0..80)) {
            let mut items: Vec<(u64, usize)> = keys.into_iter().zip(0..).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            super::sort_by_key(&mut items, |item| [item.0, 0, 0]);
            prop_assert_eq!(items, expected);
        }

        #[test]
        fn a_map_answers_as_a_tree_does(
            steps in prop::collection::vec((0..3u8, 0..12u64, 0..9u64), 0..60),
        ) {
            let (mut map, mut tree) = (SortedMap::default(), BTreeMap::new());
            for (what, key, value) in steps {
                match what {
                    0 => prop_assert_eq!(map.insert(key, value), tree.insert(key, value)),
                    1 => prop_assert_eq!(map.remove(&key), tree.remove(&key)),
                    _ => prop_assert_eq!(
                        map.or_insert_with(key, || value),
                        tree.entry(key).or_insert(value)
                    ),
                }
                prop_assert_eq!(map.get(&value), tree.get(&value));
                let beyond: Vec<(u64, u64)> = tree.range(key + 1..).map(|(k, v)| (*k, *v)).collect();
                prop_assert_eq!(map.after(&key), beyond.as_slice());
            }
            let all: Vec<(u64, u64)> = tree.into_iter().collect();
            prop_assert_eq!(map.entries(), all.as_slice());
        }
    }
}
