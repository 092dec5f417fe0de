//! From users' ids to dense ids. The dense order is the sorted order of the set of names, so shuffled rows,
//! other cuts and more threads give the same ids.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::intern::Interner;
use super::rows::{LocalTable, Pairs};
use crate::base::{Error, Result, Run};
use crate::graph::Names;
use crate::graph::csr::MAX_ACCOUNTS;
use crate::graph::names::parse_number;

/// Refuses more names than dense ids can count.
pub fn check_count(count: u64) -> Result<()> {
    if count > MAX_ACCOUNTS {
        return Err(Error::Limit {
            what: "accounts".into(),
            limit: MAX_ACCOUNTS,
            found: count,
            hint: Some("ids are 32 bits wide; split the network by platform or country".into()),
        });
    }
    Ok(())
}

/// Names in dense order, and the rows as dense pairs (from, to), batch by batch.
pub type Resolved = (Names, Vec<Vec<(u32, u32)>>);

/// Rows as dense pairs and the names in dense order. `interner` holds the texts of batches that were shared.
pub fn resolve(run: &Run, interner: Interner, batches: Vec<Pairs>, loners: &[Box<[u8]>]) -> Result<Resolved> {
    let numeric = batches.iter().all(|pairs| matches!(pairs, Pairs::Narrow(_) | Pairs::Wide(_)) || pairs.is_empty())
        && loners.iter().all(|text| parse_number(text).is_some());
    if numeric { numbers(run, batches, loners) } else { texts(run, interner, batches, loners) }
}

/// As [`resolve`] where the accounts are `0..accounts`, whether or not a row names them, and all numbers are below that.
pub(super) fn counted(run: &Run, batches: Vec<Pairs>, accounts: u32) -> Resolved {
    let rows = run.install(|| {
        let narrow = |pairs| match pairs {
            Pairs::Narrow(rows) => rows,
            Pairs::Wide(rows) => rows.into_iter().map(|(from, to)| (from as u32, to as u32)).collect(),
            Pairs::Text(..) | Pairs::Shared(_) => Vec::new(),
        };
        batches.into_par_iter().map(narrow).collect()
    });
    (Names::range(accounts as usize), rows)
}

fn numbers(run: &Run, batches: Vec<Pairs>, loners: &[Box<[u8]>]) -> Result<Resolved> {
    let lone: Vec<u64> = loners.iter().filter_map(|text| parse_number(text)).collect();
    let largest = run.install(|| {
        batches
            .par_iter()
            .map(|pairs| match pairs {
                Pairs::Narrow(rows) => rows.iter().map(|&(from, to)| from.max(to) as u64).max(),
                Pairs::Wide(rows) => rows.iter().map(|&(from, to)| from.max(to)).max(),
                Pairs::Text(..) | Pairs::Shared(_) => None,
            })
            .max()
            .flatten()
    });
    let Some(largest) = largest.max(lone.iter().copied().max()) else {
        return Ok((Names::default(), batches.iter().map(|_| Vec::new()).collect()));
    };
    let rows: u64 = batches.iter().map(|pairs| pairs.len() as u64).sum();
    // A bit for every possible number while that is cheaper than sorting the numbers.
    if largest <= (rows.max(1 << 16)).saturating_mul(64) {
        dense_numbers(run, batches, &lone, largest)
    } else {
        sparse_numbers(run, batches, lone)
    }
}

/// Numbers by a bitmap: the dense id is the count of smaller numbers present.
fn dense_numbers(run: &Run, batches: Vec<Pairs>, lone: &[u64], largest: u64) -> Result<Resolved> {
    run.check_memory("the table of account numbers", Present::memory(largest))?;
    let present = Present::new(largest);
    run.install(|| {
        batches.par_iter().for_each(|pairs| match pairs {
            Pairs::Narrow(rows) => rows.iter().for_each(|&(from, to)| {
                present.mark(from as u64);
                present.mark(to as u64);
            }),
            Pairs::Wide(rows) => rows.iter().for_each(|&(from, to)| {
                present.mark(from);
                present.mark(to);
            }),
            Pairs::Text(..) | Pairs::Shared(_) => {}
        });
    });
    lone.iter().for_each(|&number| present.mark(number));
    run.step(0)?;
    let ranks = present.ranks()?;
    let mapped = run.install(|| {
        batches
            .into_par_iter()
            .map(|pairs| match pairs {
                Pairs::Narrow(rows) if ranks.is_identity() => rows,
                Pairs::Narrow(mut rows) => {
                    for (from, to) in &mut rows {
                        *from = ranks.of(*from as u64);
                        *to = ranks.of(*to as u64);
                    }
                    rows
                }
                Pairs::Wide(rows) => rows.into_iter().map(|(from, to)| (ranks.of(from), ranks.of(to))).collect(),
                Pairs::Text(..) | Pairs::Shared(_) => Vec::new(),
            })
            .collect()
    });
    Ok((ranks.names(), mapped))
}

/// Which numbers are there: a bit each.
pub(super) struct Present(Vec<AtomicU64>);

impl Present {
    /// None of `0..=largest` yet.
    pub(super) fn new(largest: u64) -> Self {
        Present((0..largest / 64 + 1).map(|_| AtomicU64::new(0)).collect())
    }

    /// Bytes taken, those of [`Ranks`] among them.
    pub(super) fn memory(largest: u64) -> u64 {
        24 * (largest / 64 + 1)
    }

    /// A number is there. Setting a bit twice changes nothing, so the order cannot matter; looking first keeps cache
    /// lines shared.
    #[inline]
    pub(super) fn mark(&self, number: u64) {
        let (word, bit) = (&self.0[(number / 64) as usize], 1u64 << (number % 64));
        if word.load(Ordering::Relaxed) & bit == 0 {
            word.fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// The dense id of each that is there.
    pub(super) fn ranks(self) -> Result<Ranks> {
        let mut count = 0u64;
        let ranked = |bits: AtomicU64| {
            let (bits, before) = (bits.into_inner(), count);
            count += bits.count_ones() as u64;
            (bits, before)
        };
        let words = self.0.into_iter().map(ranked).collect();
        check_count(count)?;
        Ok(Ranks { words, count })
    }
}

/// The dense id of every number that is there: the count of smaller ones.
pub(super) struct Ranks {
    /// 64 numbers, and how many smaller ones there are: side by side, so that one look into memory finds both.
    words: Vec<(u64, u64)>,
    count: u64,
}

impl Ranks {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether every number is its own dense id.
    pub(super) fn is_identity(&self) -> bool {
        // Ones from the lowest bit on, in the last word as in the words before it.
        self.words.iter().rev().skip(1).all(|word| word.0 == u64::MAX)
            && self.words.last().is_none_or(|word| word.0 & word.0.wrapping_add(1) == 0)
    }

    /// The dense id of a number that is there.
    #[inline]
    pub(super) fn of(&self, number: u64) -> u32 {
        let (word, before) = self.words[(number / 64) as usize];
        before as u32 + (word & ((1u64 << (number % 64)) - 1)).count_ones()
    }

    /// The numbers that are there, in order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        self.words.iter().zip(0u64..).flat_map(|(&(mut rest, _), index)| {
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as u64)?;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }

    /// The names of the dense ids.
    pub(super) fn names(&self) -> Names {
        let mut names = Vec::with_capacity(self.len());
        names.extend(self.numbers());
        Names::Numbers(names.into())
    }
}

/// Numbers by sorting: for ids far apart, such as platform ids of 18 digits.
fn sparse_numbers(run: &Run, batches: Vec<Pairs>, lone: Vec<u64>) -> Result<Resolved> {
    let unique = |mut numbers: Vec<u64>| {
        numbers.par_sort_unstable();
        numbers.dedup();
        numbers
    };
    let names = run.install(|| {
        let mut parts: Vec<Vec<u64>> = batches
            .par_iter()
            .map(|pairs| {
                let mut numbers: Vec<u64> = match pairs {
                    Pairs::Narrow(rows) => rows.iter().flat_map(|&(from, to)| [from as u64, to as u64]).collect(),
                    Pairs::Wide(rows) => rows.iter().flat_map(|&(from, to)| [from, to]).collect(),
                    Pairs::Text(..) | Pairs::Shared(_) => Vec::new(),
                };
                numbers.sort_unstable();
                numbers.dedup();
                numbers
            })
            .collect();
        parts.push(lone);
        unique(parts.concat())
    });
    check_count(names.len() as u64)?;
    run.step(0)?;
    let table = NumberTable::new(&names);
    let mapped = run.install(|| {
        batches
            .into_par_iter()
            .map(|pairs| match pairs {
                Pairs::Narrow(rows) => {
                    rows.into_iter().map(|(from, to)| (table.dense(from as u64), table.dense(to as u64))).collect()
                }
                Pairs::Wide(rows) => rows.into_iter().map(|(from, to)| (table.dense(from), table.dense(to))).collect(),
                Pairs::Text(..) | Pairs::Shared(_) => Vec::new(),
            })
            .collect()
    });
    Ok((Names::Numbers(names.into()), mapped))
}

/// Dense ids of sorted numbers, found in about one cache miss.
struct NumberTable {
    slots: hashbrown::HashTable<(u64, u32)>,
}

impl NumberTable {
    fn new(names: &[u64]) -> Self {
        let mut slots = hashbrown::HashTable::with_capacity(names.len());
        for (id, &number) in names.iter().enumerate() {
            slots.insert_unique(crate::base::seed::mix(number), (number, id as u32), |slot| {
                crate::base::seed::mix(slot.0)
            });
        }
        NumberTable { slots }
    }

    fn dense(&self, number: u64) -> u32 {
        self.slots.find(crate::base::seed::mix(number), |slot| slot.0 == number).map_or(u32::MAX, |slot| slot.1)
    }
}

/// Texts, and numbers as the texts that they are where some other id is no number.
fn texts(run: &Run, interner: Interner, batches: Vec<Pairs>, loners: &[Box<[u8]>]) -> Result<Resolved> {
    interner.add_all(loners.iter())?;
    let shared: Vec<Vec<(u32, u32)>> = run.install(|| {
        batches
            .into_par_iter()
            .map(|mut pairs| {
                run.step(0)?;
                pairs.make_text();
                pairs.share(&interner)?;
                Ok(match pairs {
                    Pairs::Shared(rows) => rows,
                    _ => Vec::new(),
                })
            })
            .collect::<Result<_>>()
    })?;
    let (names, places) = interner.finish(run)?;
    let mapped = run.install(|| {
        shared
            .into_par_iter()
            .map(|mut rows| {
                for (from, to) in &mut rows {
                    *from = places.of(*from);
                    *to = places.of(*to);
                }
                rows
            })
            .collect()
    });
    Ok((names, mapped))
}

/// Merges the texts of many tables into sorted names; for every table the dense id of each of its texts.
pub fn merge_tables(run: &Run, tables: &[&LocalTable]) -> Result<(Names, Vec<Vec<u32>>)> {
    let interner = Interner::default();
    let mut maps: Vec<Vec<u32>> =
        run.install(|| tables.par_iter().map(|table| interner.add(table.texts())).collect::<Result<_>>())?;
    let (names, places) = interner.finish(run)?;
    maps.iter_mut().flatten().for_each(|id| *id = places.of(*id));
    Ok((names, maps))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(cut: &[&[(&str, &str)]]) -> (Vec<String>, Vec<(u32, u32)>) {
        let batches = cut
            .iter()
            .map(|rows| {
                let mut pairs = Pairs::default();
                rows.iter().for_each(|(from, to)| pairs.push(from.as_bytes(), to.as_bytes()));
                pairs
            })
            .collect();
        let (names, rows) = resolve(&Run::default(), Interner::default(), batches, &[]).unwrap();
        ((0..names.len() as u32).map(|id| names.get(id).into_owned()).collect(), rows.concat())
    }

    #[test]
    fn ids_are_ranks_in_sorted_order() {
        let (names, rows) = resolved(&[&[("30", "4")], &[("7", "30")]]);
        assert_eq!(names, ["4", "7", "30"]);
        assert_eq!(rows, [(2, 0), (1, 2)]);
        let far = u64::MAX.to_string();
        let (names, rows) = resolved(&[&[(&far, "4")], &[("7", &far)]]);
        assert_eq!(names, ["4", "7", &far]);
        assert_eq!(rows, [(2, 0), (1, 2)]);
        // One text id makes all ids text, in byte order.
        let (names, rows) = resolved(&[&[("30", "4")], &[("7", "anh")]]);
        assert_eq!(names, ["30", "4", "7", "anh"]);
        assert_eq!(rows, [(0, 1), (2, 3)]);
        assert_eq!(resolved(&[]).0.len(), 0);
    }

    #[test]
    fn more_accounts_than_ids_are_refused() {
        assert!(check_count(u32::MAX as u64).is_ok());
        let error = check_count(1 << 32).unwrap_err().to_string();
        assert!(error.contains("4294967296") && error.contains("4294967295"), "{error}");
    }
}
