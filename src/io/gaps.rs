//! Rows as gaps: the one direction of a compressed snapshot, in about half of the bytes of plain rows.
//!
//! A row is its length and then, for every target, how many accounts lie between it and the one before (the first:
//! before it). Each of these numbers stands in as few bytes as it needs: seven bits a byte, the lowest first, the
//! eighth bit set where another byte follows. Rows are packed in chunks, and an index says where a chunk begins, so
//! that chunks are read in parallel and a single row without the rest.

use std::ops::Range;

use crate::base::{Result, Run, par};
use crate::graph::Rows;
use crate::graph::csr::MAX_ACCOUNTS;

/// Rows of a chunk. A row alone is read with those before it in its chunk.
const CHUNK: usize = 256;
/// The most bytes that a number below 2^32 takes.
const LONGEST: u32 = 5;

/// Rows without weights, packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Of each chunk and of the end: edges before it, bytes before it.
    pub index: Vec<u64>,
    /// The chunks, one after the other.
    pub bytes: Vec<u8>,
}

impl Packed {
    /// Packs sorted rows without repeats.
    pub fn new(rows: &Rows, run: &Run) -> Result<Packed> {
        let flat = rows.flat();
        let accounts = flat.offsets.len().saturating_sub(1);
        let ranges = par::chunks(accounts, CHUNK);
        let parts = par::map(run, &ranges, |range| {
            let mut bytes = Vec::new();
            for v in range {
                let row = flat.row(v as u32);
                put(&mut bytes, row.len() as u32);
                let mut next = 0;
                for &target in row {
                    put(&mut bytes, target - next);
                    next = target + 1;
                }
            }
            Ok(bytes)
        })?;
        let mut index = vec![0, 0];
        let mut bytes = Vec::with_capacity(parts.iter().map(Vec::len).sum());
        for (range, part) in ranges.iter().zip(parts) {
            bytes.extend_from_slice(&part);
            index.extend([flat.offsets[range.end], bytes.len() as u64]);
        }
        Ok(Packed { index, bytes })
    }
}

/// Appends a number.
fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes the number that stands at `at`. `None` where the bytes end first or it would not fit in 35 bits.
#[inline]
fn take(bytes: &[u8], at: &mut usize) -> Option<u64> {
    // A word at a time, its bytes told apart by their highest bits: a loop over bytes would be guessed wrong too often.
    let word = match bytes.get(*at..*at + 8) {
        Some(word) => u64::from_le_bytes(word.try_into().unwrap_or_default()),
        None => {
            // Behind the end stand bytes that would never end a number.
            let mut word = [0xff; 8];
            let rest = bytes.get(*at..)?;
            word[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(word)
        }
    };
    let length = (!word & 0x80_8080_8080).trailing_zeros() / 8 + 1;
    if length > LONGEST {
        return None;
    }
    *at += length as usize;
    let word = word & (u64::MAX >> (64 - 8 * length));
    let seven = |place: u32| (word >> place) & (0x7f << (7 * place));
    Some(seven(0) | seven(1) | seven(2) | seven(3) | seven(4))
}

/// Packed rows as they stand in a file. Whatever the bytes are, nothing is read outside them, and nothing is held
/// that is not in proportion to them.
#[derive(Debug, Clone, Copy)]
pub struct Gaps<'a> {
    index: &'a [u64],
    bytes: &'a [u8],
    accounts: usize,
}

impl<'a> Gaps<'a> {
    /// `None` if the index does not fit the bytes or the number of accounts and edges.
    pub fn new(index: &'a [u64], bytes: &'a [u8], accounts: u64, edges: u64) -> Option<Gaps<'a>> {
        let accounts = usize::try_from(accounts).ok().filter(|&accounts| accounts as u64 <= MAX_ACCOUNTS)?;
        let gaps = Gaps { index, bytes, accounts };
        let whole = index.len().is_multiple_of(2)
            && index.len() / 2 == accounts.div_ceil(CHUNK) + 1
            && index[..2] == [0, 0]
            && index[index.len() - 2..] == [edges, bytes.len() as u64];
        // A row and an edge take at least a byte: this bounds what is allocated for them.
        let fits = |(chunk, rows): (usize, &Range<usize>)| {
            let [edges, bytes] = [0, 1].map(|side| index[2 * chunk + 2 + side].checked_sub(index[2 * chunk + side]));
            edges.zip(bytes).is_some_and(|(edges, bytes)| bytes.checked_sub(edges) >= Some(rows.len() as u64))
        };
        (whole && par::chunks(accounts, CHUNK).iter().enumerate().all(fits)).then_some(gaps)
    }

    /// Where the edges of a chunk stand among all.
    fn edges(&self, chunk: usize) -> Range<usize> {
        self.index[2 * chunk] as usize..self.index[2 * chunk + 2] as usize
    }

    /// All rows.
    pub fn unpack(&self, run: &Run) -> Result<std::result::Result<Rows, String>> {
        let chunks = par::chunks(self.accounts, CHUNK);
        let places: Vec<Range<usize>> = (0..chunks.len()).map(|chunk| self.edges(chunk)).collect();
        let mut offsets = vec![0u64; self.accounts + 1];
        let mut targets = vec![0u32; places.last().map_or(0, |place| place.end)];
        let parts = par::split(&mut offsets[1..], &chunks).into_iter().zip(par::split(&mut targets, &places)).collect();
        let faults = par::each(run, &chunks, parts, |rows, (ends, targets)| {
            self.unpack_chunk(rows.start / CHUNK, ends, targets).err()
        })?;
        Ok(match faults.into_iter().flatten().next() {
            Some(fault) => Err(fault),
            None => Ok(Rows { offsets: offsets.into(), targets: targets.into(), weights: None }),
        })
    }

    /// The rows of a chunk: where each ends among all edges, and the targets.
    fn unpack_chunk(&self, chunk: usize, ends: &mut [u64], targets: &mut [u32]) -> std::result::Result<(), String> {
        let mut at = self.index[2 * chunk + 1] as usize;
        let first = self.index[2 * chunk];
        let mut done = 0;
        for (v, end) in (chunk * CHUNK..).zip(ends) {
            let fault = |what: &str| format!("row {v} {what}");
            let degree = take(self.bytes, &mut at).ok_or_else(|| fault("has no length"))?;
            let row = usize::try_from(degree).ok().and_then(|degree| targets[done..].get_mut(..degree));
            let row = row.ok_or_else(|| fault("is longer than its chunk"))?;
            let mut next = 0;
            for slot in row.iter_mut() {
                let gap = take(self.bytes, &mut at).ok_or_else(|| fault("ends before its time"))?;
                let target = next + gap;
                if target >= self.accounts as u64 {
                    return Err(fault("points to an account outside the network"));
                }
                *slot = target as u32;
                next = target + 1;
            }
            done += row.len();
            *end = first + done as u64;
        }
        match done == targets.len() && at as u64 == self.index[2 * chunk + 3] {
            true => Ok(()),
            false => Err(format!("the chunk of row {} is not as long as the index says", chunk * CHUNK)),
        }
    }

    /// Hands every row of a chunk to `each`.
    fn visit(&self, chunk: usize, mut each: impl FnMut(u32, &[u32])) -> std::result::Result<(), String> {
        let rows = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.accounts);
        let mut ends = vec![0; rows.len()];
        let mut targets = vec![0; self.edges(chunk).len()];
        self.unpack_chunk(chunk, &mut ends, &mut targets)?;
        let (mut start, first) = (0, self.index[2 * chunk]);
        for (v, end) in rows.zip(ends) {
            let end = (end - first) as usize;
            each(v as u32, &targets[start..end]);
            start = end;
        }
        Ok(())
    }

    /// Row `v`, read with those of its chunk.
    pub fn row(&self, v: u32) -> std::result::Result<Vec<u32>, String> {
        if v as usize >= self.accounts {
            return Err(format!("there is no row {v}"));
        }
        let mut found = Vec::new();
        self.visit(v as usize / CHUNK, |u, row| {
            if u == v {
                found.extend_from_slice(row);
            }
        })?;
        Ok(found)
    }

    /// The rows that `v` is in, sorted: a pass over all of them.
    pub fn sources(&self, v: u32) -> std::result::Result<Vec<u32>, String> {
        let mut found = Vec::new();
        for chunk in 0..self.accounts.div_ceil(CHUNK) {
            self.visit(chunk, |u, row| {
                if row.binary_search(&v).is_ok() {
                    found.push(u);
                }
            })?;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;
    use proptest::prelude::*;

    fn gaps<'a>(packed: &'a Packed, rows: &Rows) -> Gaps<'a> {
        let accounts = rows.offsets.len() - 1;
        Gaps::new(&packed.index, &packed.bytes, accounts as u64, rows.targets.len() as u64).unwrap()
    }

    #[track_caller]
    fn comes_back(rows: &Rows) {
        let packed = Packed::new(rows, &Run::new(1).threads(1).unwrap()).unwrap();
        for threads in [1, 2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            assert_eq!(Packed::new(rows, &run).unwrap(), packed);
            assert_eq!(&gaps(&packed, rows).unpack(&run).unwrap().unwrap(), rows);
        }
    }

    proptest! {
        /// Rows over several chunks, most of them empty.
        #[test]
        fn rows_come_back(accounts in 0usize..1000, pairs in prop::collection::vec((0u32..1000, 0u32..1000), 0..300)) {
            let inside = |&(u, v): &(u32, u32)| (u.max(v) as usize) < accounts;
            let pairs: Vec<_> = pairs.into_iter().filter(inside).collect();
            let graph = build::graph(accounts, &pairs);
            let rows = graph.following_rows();
            comes_back(rows);
            let packed = Packed::new(rows, &Run::default()).unwrap();
            for v in 0..accounts.min(50) as u32 {
                prop_assert_eq!(&gaps(&packed, rows).row(v).unwrap()[..], graph.following(v));
                prop_assert_eq!(&gaps(&packed, rows).sources(v).unwrap()[..], graph.followers(v));
            }
        }

        #[test]
        fn numbers_come_back_wherever_they_stand(numbers in prop::collection::vec(any::<u32>(), 1..9), shift in 0u32..32) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|&number| put(&mut bytes, number >> shift));
            let mut at = 0;
            for &number in &numbers {
                prop_assert_eq!(take(&bytes, &mut at), Some(u64::from(number >> shift)));
            }
            prop_assert_eq!((at, take(&bytes, &mut at)), (bytes.len(), None));
            // Cut anywhere inside the last number, it is no number.
            let mut last = Vec::new();
            put(&mut last, numbers[numbers.len() - 1] >> shift);
            (0..last.len()).for_each(|cut| assert_eq!(take(&last[..cut], &mut 0), None));
        }

        /// Any bytes under any index: rows of accounts, or a refusal.
        #[test]
        fn no_bytes_lead_outside(
            bytes in prop::collection::vec(prop_oneof![0u8..4, any::<u8>()], 3..40), edges in 0u64..20,
        ) {
            let index = [0, 0, edges, bytes.len() as u64];
            if let Some(gaps) = Gaps::new(&index, &bytes, 3, edges)
                && let Ok(rows) = gaps.unpack(&Run::default()).unwrap()
            {
                prop_assert_eq!(rows.check(3), Ok(()));
                prop_assert_eq!(rows.targets.len() as u64, edges);
            }
        }
    }

    #[test]
    fn hubs_and_the_widest_gaps_come_back() {
        let everybody: Vec<(u32, u32)> = (1..3000).map(|v| (0, v)).chain((0..2999).map(|u| (u + 1, 0))).collect();
        comes_back(build::graph(3000, &everybody).following_rows());
        // As many accounts as there can be, of which only the first chunk is here.
        let (last, accounts) = (u32::MAX - 1, u32::MAX as usize);
        let row = Rows { offsets: vec![0, 3].into(), targets: vec![0, 1, last].into(), weights: None };
        let packed = Packed::new(&row, &Run::default()).unwrap();
        assert_eq!(packed.bytes, [3, 0, 0, 0xfc, 0xff, 0xff, 0xff, 0x0f]);
        let gaps = Gaps { index: &packed.index, bytes: &packed.bytes, accounts };
        let (mut end, mut targets) = ([0], [0; 3]);
        gaps.unpack_chunk(0, &mut end, &mut targets).unwrap();
        assert_eq!((end, targets), ([3], [0, 1, last]));
        let one_less = Gaps { accounts: accounts - 1, ..gaps };
        let fault = one_less.unpack_chunk(0, &mut end, &mut targets).unwrap_err();
        assert!(fault.contains("outside the network"), "{fault}");
    }

    #[test]
    fn an_index_that_does_not_fit_is_refused() {
        let fits = |index: &[u64], accounts, edges| Gaps::new(index, &[1, 1, 0], accounts, edges).is_some();
        assert!(fits(&[0, 0, 1, 3], 2, 1));
        for index in [&[][..], &[0, 0], &[0, 0, 1], &[0, 0, 1, 4], &[0, 1, 1, 3], &[1, 0, 1, 3], &[0, 0, 2, 3]] {
            assert!(!fits(index, 2, 1), "{index:?}");
        }
        // More edges, or more rows, than bytes.
        assert!(!fits(&[0, 0, 2, 3], 2, 2));
        assert!(!fits(&[0, 0, 0, 3], 4, 0));
        assert!(!fits(&[0, 0, 1, 3], u64::MAX, 1));
        assert!(Gaps::new(&[0, 0], &[], 0, 0).is_some());
    }
}
