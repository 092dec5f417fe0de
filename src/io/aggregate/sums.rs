//! Rows summed to one entry a pair: dealt by who interacted into buckets, each folded in the cache when enough rows wait in
//! it. Memory holds one entry a pair and a fraction of it in waiting rows, however many rows there are.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::base::time::MISSING;
use crate::base::{Error, Result, Run, par};

/// Weights are whole numbers of 2^-32: whole numbers add up to the same in any order.
const UNITS: f64 = 4_294_967_296.0;
/// Weights of a row stay below 2^58, so that no log that can be written overflows the wide sum.
const LARGEST: f64 = 288_230_376_151_711_744.0;
/// Rows of a bucket at the least before they are folded.
const WAITING: usize = 1 << 10;
/// Rows of the log for each bucket: what is distinct among them should fit the cache of a core.
const BUCKET: u64 = 1 << 14;
/// The most buckets: so many places are written to in turn while rows are dealt.
const BUCKETS: u64 = 1 << 12;
/// By how many a bucket grows.
const STEP: usize = 1 << 9;
/// Rows that a thread collects before it deals them.
const DEAL: usize = 1 << 19;

/// A sum of weights, or nothing where every row weighs one.
pub trait Units: Copy + Default + Send + Sync {
    /// A row's weight; `None` if it is beyond what this sum can hold.
    fn of(weight: f64) -> Option<Self>;
    /// Both together; `None` if they are beyond what this sum can hold.
    fn plus(self, other: Self) -> Option<Self>;
    /// The sum as a number, of so many rows.
    fn weight(self, count: u64) -> f64;
}

impl Units for () {
    fn of(_: f64) -> Option<()> {
        Some(())
    }
    fn plus(self, _: ()) -> Option<()> {
        Some(())
    }
    fn weight(self, count: u64) -> f64 {
        count as f64
    }
}

impl Units for i64 {
    #[inline]
    fn of(weight: f64) -> Option<i64> {
        let units = weight * UNITS;
        if units.abs() >= 9.2e18 {
            return None;
        }
        // To the nearest, halves away from zero; without a call for each row.
        let whole = units as i64;
        let rest = units - whole as f64;
        Some(whole + i64::from(rest >= 0.5) - i64::from(rest <= -0.5))
    }
    #[inline]
    fn plus(self, other: i64) -> Option<i64> {
        self.checked_add(other)
    }
    fn weight(self, _: u64) -> f64 {
        self as f64 / UNITS
    }
}

impl Units for i128 {
    fn of(weight: f64) -> Option<i128> {
        let units = weight * UNITS;
        (weight.abs() < LARGEST).then(|| {
            let whole = units as i128;
            let rest = units - whole as f64;
            whole + i128::from(rest >= 0.5) - i128::from(rest <= -0.5)
        })
    }
    fn plus(self, other: i128) -> Option<i128> {
        self.checked_add(other)
    }
    fn weight(self, _: u64) -> f64 {
        self as f64 / UNITS
    }
}

/// What is kept of a pair besides its count and weight.
pub trait Extra: Copy + Default + Send + Sync {
    /// Whether times are kept.
    const TIMES: bool;
    /// Whether signs are kept.
    const SIGNS: bool;
    /// What a row brings.
    type Row: Copy + Default + Send + Sync;
    /// From a row's time and sign.
    fn row(time: i64, sign: i8) -> Self::Row;
    /// That of a first row.
    fn first(row: Self::Row) -> Self;
    /// Takes in another row.
    fn add(&mut self, row: Self::Row);
    /// Rows for, rows against, first time, last time.
    fn read(self) -> (u64, u64, i64, i64);
}

impl Extra for () {
    const TIMES: bool = false;
    const SIGNS: bool = false;
    type Row = ();
    fn row(_: i64, _: i8) {}
    fn first((): ()) {}
    fn add(&mut self, (): ()) {}
    fn read(self) -> (u64, u64, i64, i64) {
        (0, 0, MISSING, MISSING)
    }
}

/// The first and last time of a pair; [`MISSING`] where no row has one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    first: i64,
    last: i64,
}

impl Extra for Times {
    const TIMES: bool = true;
    const SIGNS: bool = false;
    type Row = i64;
    #[inline]
    fn row(time: i64, _: i8) -> i64 {
        time
    }
    #[inline]
    fn first(time: i64) -> Times {
        Times { first: time, last: time }
    }
    #[inline]
    fn add(&mut self, time: i64) {
        // Missing is the least of all numbers: the last time passes over it by itself.
        self.last = self.last.max(time);
        if time != MISSING && (self.first == MISSING || time < self.first) {
            self.first = time;
        }
    }
    fn read(self) -> (u64, u64, i64, i64) {
        (0, 0, self.first, self.last)
    }
}

/// Times, and rows for and against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signed {
    times: Times,
    positive: u64,
    negative: u64,
}

impl Extra for Signed {
    const TIMES: bool = true;
    const SIGNS: bool = true;
    type Row = (i64, i8);
    fn row(time: i64, sign: i8) -> (i64, i8) {
        (time, sign)
    }
    fn first((time, sign): (i64, i8)) -> Signed {
        Signed { times: Times::first(time), positive: u64::from(sign > 0), negative: u64::from(sign < 0) }
    }
    fn add(&mut self, (time, sign): (i64, i8)) {
        self.times.add(time);
        self.positive += u64::from(sign > 0);
        self.negative += u64::from(sign < 0);
    }
    fn read(self) -> (u64, u64, i64, i64) {
        (self.positive, self.negative, self.times.first, self.times.last)
    }
}

/// A row that counts: provisional ids and what it adds.
#[derive(Clone, Copy, Default)]
pub struct Row<U, R> {
    source: u32,
    target: u32,
    units: U,
    extra: R,
}

/// A pair so far.
#[derive(Clone, Copy, Default)]
pub struct Entry<U, X> {
    pub source: u32,
    pub target: u32,
    pub count: u64,
    pub units: U,
    pub extra: X,
}

struct Bucket<U, X: Extra> {
    entries: Vec<Entry<U, X>>,
    waiting: Vec<Row<U, X::Row>>,
}

/// What a thread works in, kept from row group to row group: rows not dealt yet, and room to deal and to fold.
pub struct Dealer<U, X: Extra> {
    rows: Vec<Row<U, X::Row>>,
    dealt: Vec<Row<U, X::Row>>,
    starts: Vec<u32>,
    slots: Vec<u32>,
    entries: Vec<Entry<U, X>>,
}

/// All pairs so far.
pub struct Sums<U, X: Extra> {
    buckets: Vec<Mutex<Bucket<U, X>>>,
    dealers: par::Tools<Dealer<U, X>>,
    deal: usize,
    pairs: AtomicU64,
    overflowed: AtomicBool,
}

const EMPTY: u32 = u32::MAX;

impl<U: Units, X: Extra> Sums<U, X> {
    /// For a log of about so many rows; how many there are in truth changes the speed alone.
    pub fn new(rows: u64) -> Self {
        let buckets = (rows / BUCKET).clamp(1, BUCKETS).next_power_of_two() as usize;
        let bucket = || Mutex::new(Bucket { entries: Vec::new(), waiting: Vec::new() });
        Sums {
            buckets: (0..buckets).map(|_| bucket()).collect(),
            dealers: par::Tools::new(),
            deal: (rows.max(1 << 12) as usize).min(DEAL),
            pairs: AtomicU64::new(0),
            overflowed: AtomicBool::new(false),
        }
    }

    /// Bytes taken with so many pairs: rows that each thread deals and their places in the buckets, the least that waits in
    /// each bucket, and of each pair the entry, the edge made of it and the rows that wait for it.
    pub fn memory(&self, threads: u64) -> u64 {
        let (row, entry) = (size_of::<Row<U, X::Row>>() as u64, size_of::<Entry<U, X>>() as u64);
        let fixed = threads * (3 * self.deal as u64 * row + (4 << 20)) + (self.buckets.len() * WAITING) as u64 * row;
        fixed + self.pairs() * (2 * entry + row / 2)
    }

    /// Pairs folded so far.
    pub fn pairs(&self) -> u64 {
        self.pairs.load(Ordering::Relaxed)
    }

    /// Whether a sum went beyond what it can hold: then nothing here may be used.
    pub fn overflowed(&self) -> bool {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// Does `work` with a thread's dealer.
    pub fn with_dealer<R>(&self, work: impl FnOnce(&mut Dealer<U, X>) -> R) -> R {
        let make = || Dealer {
            rows: Vec::new(),
            dealt: Vec::new(),
            starts: Vec::new(),
            slots: Vec::new(),
            entries: Vec::new(),
        };
        self.dealers.with(make, work)
    }

    /// Takes a row in.
    #[inline]
    pub fn push(&self, dealer: &mut Dealer<U, X>, source: u32, target: u32, weight: f64, extra: X::Row) {
        let Some(units) = U::of(weight) else {
            return self.overflowed.store(true, Ordering::Relaxed);
        };
        dealer.rows.push(Row { source, target, units, extra });
        if dealer.rows.len() >= self.deal {
            self.deal(dealer);
        }
    }

    /// Deals the rows of a thread into their buckets, and folds those that hold many.
    fn deal(&self, dealer: &mut Dealer<U, X>) {
        let mask = self.buckets.len() - 1;
        let Dealer { rows, dealt, starts, .. } = dealer;
        starts.clear();
        starts.resize(self.buckets.len() + 1, 0);
        rows.iter().for_each(|row| starts[(row.source as usize & mask) + 1] += 1);
        (0..self.buckets.len()).for_each(|bucket| starts[bucket + 1] += starts[bucket]);
        dealt.resize(rows.len(), Row::default());
        for row in rows.iter() {
            let at = &mut starts[row.source as usize & mask];
            dealt[*at as usize] = *row;
            *at += 1;
        }
        rows.clear();
        let dealt = std::mem::take(&mut dealer.dealt);
        // Every start has moved to its end.
        let mut start = 0;
        for at in 0..self.buckets.len() {
            let end = dealer.starts[at] as usize;
            if end > start {
                let mut bucket = self.buckets[at].lock().unwrap_or_else(PoisonError::into_inner);
                self.add(&mut bucket, &dealt[start..end], dealer);
            }
            start = end;
        }
        dealer.dealt = dealt;
    }

    fn add(&self, bucket: &mut Bucket<U, X>, rows: &[Row<U, X::Row>], dealer: &mut Dealer<U, X>) {
        let most = WAITING.max(bucket.entries.len() / 2);
        let waiting = &mut bucket.waiting;
        make_room(waiting, rows.len());
        waiting.extend_from_slice(rows);
        if waiting.len() >= most {
            self.fold(bucket, dealer);
        }
    }

    /// Folds the rows that wait into the entries, by a table that stays in the cache.
    fn fold(&self, bucket: &mut Bucket<U, X>, dealer: &mut Dealer<U, X>) {
        let Bucket { entries: kept, waiting } = bucket;
        let Dealer { slots, entries, .. } = dealer;
        let bits = (2 * (kept.len() + waiting.len())).next_power_of_two().trailing_zeros().max(4);
        let mask = (1usize << bits) - 1;
        let hash = |source: u32, target: u32| {
            let key = u64::from(source) << 32 | u64::from(target);
            ((key ^ key >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
        };
        slots.clear();
        slots.resize(mask + 1, EMPTY);
        entries.clear();
        entries.extend_from_slice(kept);
        for (entry, id) in kept.iter().zip(0..) {
            let mut at = hash(entry.source, entry.target);
            while slots[at] != EMPTY {
                at = (at + 1) & mask;
            }
            slots[at] = id;
        }
        let mut fits = true;
        for row in waiting.iter() {
            let mut at = hash(row.source, row.target);
            loop {
                let id = slots[at];
                if id == EMPTY {
                    slots[at] = entries.len() as u32;
                    entries.push(Entry {
                        source: row.source,
                        target: row.target,
                        count: 1,
                        units: row.units,
                        extra: X::first(row.extra),
                    });
                    break;
                }
                let entry = &mut entries[id as usize];
                if entry.source == row.source && entry.target == row.target {
                    entry.count += 1;
                    let sum = entry.units.plus(row.units);
                    fits &= sum.is_some();
                    entry.units = sum.unwrap_or_default();
                    entry.extra.add(row.extra);
                    break;
                }
                at = (at + 1) & mask;
            }
        }
        waiting.clear();
        self.pairs.fetch_add((entries.len() - kept.len()) as u64, Ordering::Relaxed);
        let fresh = &entries[kept.len()..];
        let (old, _) = entries.split_at(kept.len());
        kept.copy_from_slice(old);
        make_room(kept, fresh.len());
        kept.extend_from_slice(fresh);
        if !fits {
            self.overflowed.store(true, Ordering::Relaxed);
        }
    }

    /// Deals and folds everything that waits, and gives back what threads worked in.
    pub fn settle(&mut self, run: &Run) -> Result<()> {
        for mut dealer in std::mem::take(&mut self.dealers).into_all() {
            self.deal(&mut dealer);
        }
        par::map(run, &par::chunks(self.buckets.len(), 1), |range| {
            for bucket in &self.buckets[range] {
                let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
                if !bucket.waiting.is_empty() {
                    self.with_dealer(|dealer| self.fold(&mut bucket, dealer));
                }
                bucket.waiting = Vec::new();
            }
            Ok(())
        })?;
        self.dealers = par::Tools::new();
        Ok(())
    }

    /// The entries of each bucket, once settled; a source's are all in one.
    pub fn into_entries(self) -> Vec<Vec<Entry<U, X>>> {
        let entries = |bucket: Mutex<Bucket<U, X>>| bucket.into_inner().unwrap_or_else(PoisonError::into_inner).entries;
        self.buckets.into_iter().map(entries).collect()
    }
}

/// Makes room for `more` in steps of [`STEP`]: little stands empty, and the allocator meets few sizes.
fn make_room<T>(values: &mut Vec<T>, more: usize) {
    let wanted = values.len() + more;
    if wanted > values.capacity() {
        values.reserve_exact(wanted.next_multiple_of(STEP) - values.len());
    }
}

/// A weight beyond what even the wide sum holds.
pub fn too_large() -> Error {
    Error::Limit {
        what: "the weight of a row".into(),
        limit: LARGEST as u64,
        found: LARGEST as u64,
        hint: Some("weights must stay below 2^58: divide them by something first".into()),
    }
}
