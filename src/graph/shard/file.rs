//! A shard as bytes: a header of numbers, then arrays that each begin at a multiple of 64 and are read where they lie.

use super::Shard;
use crate::base::sealed::digest;
use crate::base::{Error, Result};
use crate::graph::buffer::SharedBytes;
use crate::graph::{Buffer, Rows};

const MAGIC: u64 = u64::from_le_bytes(*b"TRSHARD1");
const ALIGN: usize = 64;
/// Magic, digest of all that follows, and the numbers of [`Shape`].
const NUMBERS: usize = 8;

/// How long the arrays are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    shards: u64,
    index: u64,
    halo: u64,
    followers: u64,
    following: u64,
    weighted: u64,
}

impl Shape {
    fn numbers(self) -> [u64; 6] {
        [self.shards, self.index, self.halo, self.followers, self.following, self.weighted]
    }

    fn of(numbers: &[u64]) -> Shape {
        let [shards, index, halo, followers, following, weighted] = std::array::from_fn(|at| numbers[at]);
        Shape { shards, index, halo, followers, following, weighted }
    }
}

impl Shard {
    /// As bytes, which are a function of the shard alone.
    pub fn encode(&self) -> Vec<u8> {
        let shape = Shape {
            shards: self.shards() as u64,
            index: self.index as u64,
            halo: self.halo.len() as u64,
            followers: self.followers.targets.len() as u64,
            following: self.following.targets.len() as u64,
            weighted: u64::from(self.followers.weights.is_some()),
        };
        let mut bytes = vec![0u8; 16];
        shape.numbers().iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        let mut put = |array: &[u8]| {
            bytes.resize(bytes.len().next_multiple_of(ALIGN), 0);
            bytes.extend_from_slice(array);
        };
        put(bytemuck::cast_slice(&self.bounds));
        put(bytemuck::cast_slice(&self.tells));
        put(self.halo.as_bytes());
        put(self.told.as_bytes());
        for rows in [&self.followers, &self.following] {
            put(rows.offsets.as_bytes());
            put(rows.targets.as_bytes());
            if let Some(weights) = &rows.weights {
                put(weights.as_bytes());
            }
        }
        bytes[..8].copy_from_slice(&MAGIC.to_le_bytes());
        let sum = digest(&bytes[16..]);
        bytes[8..16].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// What [`Shard::encode`] made of it, under the name of a file.
    ///
    /// **Errors**: bytes missing or changed, what is no shard, a shard whose rows point outside.
    pub fn decode(bytes: SharedBytes, name: &str) -> Result<Shard> {
        let wrong = |reason: &str| {
            Error::snapshot(std::path::Path::new(name), "shard", reason)
                .with_hint("copy the file again, or cut the network again")
        };
        let all: &[u8] = (*bytes).as_ref();
        if all.len() < 8 * NUMBERS {
            return Err(wrong("the file ends before its header does"));
        }
        let numbers: Vec<u64> = all[..8 * NUMBERS].chunks_exact(8).map(bytemuck::pod_read_unaligned).collect();
        if numbers[0] != MAGIC {
            return Err(wrong("this is no shard"));
        }
        if numbers[1] != digest(&all[16..]) {
            return Err(wrong("it does not match its checksum"));
        }
        let shape = Shape::of(&numbers[2..]);
        let shard = read(Reader { bytes: &bytes, at: 8 * NUMBERS }, shape)
            .ok_or_else(|| wrong("its arrays do not fit its length"))?;
        match shard.is_sound() {
            true => Ok(shard),
            false => Err(wrong("its rows point outside")),
        }
    }

    /// Whether no place leads outside.
    fn is_sound(&self) -> bool {
        let rises = |numbers: &[u64]| numbers.windows(2).all(|pair| pair[0] <= pair[1]);
        let below = |places: &[u32], end: usize| places.iter().all(|&place| (place as usize) < end);
        let rows = |rows: &Rows| {
            rises(&rows.offsets)
                && rows.offsets.first() == Some(&0)
                && rows.offsets.last() == Some(&(rows.targets.len() as u64))
                && below(&rows.targets, self.places())
        };
        rises(&self.bounds)
            && rises(&self.tells)
            && self.tells.first() == Some(&0)
            && self.halo.windows(2).all(|pair| pair[0] < pair[1])
            && below(&self.halo, self.accounts())
            && below(&self.told, self.own())
            && rows(&self.followers)
            && rows(&self.following)
    }
}

/// A shard of this shape.
fn read(mut reader: Reader<'_>, shape: Shape) -> Option<Shard> {
    let bounds: Vec<u64> = reader.array::<u64>(shape.shards.checked_add(1)?)?.into_vec();
    let tells: Vec<u64> = reader.array::<u64>(shape.shards + 1)?.into_vec();
    let (index, halo) = (usize::try_from(shape.index).ok()?, reader.array(shape.halo)?);
    let told = reader.array(tells.last().copied()?)?;
    let own = bounds.get(index.checked_add(1)?)?.checked_sub(*bounds.get(index)?)?;
    let mut rows = |edges: u64| {
        Some(Rows {
            offsets: reader.array(own.checked_add(1)?)?,
            targets: reader.array(edges)?,
            weights: match shape.weighted {
                0 => None,
                _ => Some(reader.array(edges)?),
            },
        })
    };
    let (followers, following) = (rows(shape.followers)?, rows(shape.following)?);
    Some(Shard { bounds, index, halo, followers, following, tells, told })
}

/// Arrays one after the other.
struct Reader<'a> {
    bytes: &'a SharedBytes,
    at: usize,
}

impl Reader<'_> {
    fn array<T: bytemuck::Pod>(&mut self, length: u64) -> Option<Buffer<T>> {
        let from = self.at.checked_next_multiple_of(ALIGN)?;
        let to = from.checked_add(usize::try_from(length).ok()?.checked_mul(size_of::<T>())?)?;
        let buffer = match length {
            0 => Buffer::default(),
            _ => Buffer::mapped(self.bytes.clone(), from..to)?,
        };
        self.at = to;
        Some(buffer)
    }
}
