//! R-MAT: quadrants within quadrants.

use serde::{Deserialize, Serialize};

use super::made::{CHUNK, Made, Plan};
use super::shuffle::Shuffle;
use super::{Step, check_number, check_share};
use crate::base::seed::Key;
use crate::base::{Error, Result, Run, par};

/// R-MAT (stochastic Kronecker): every follow falls through `scale` levels of four quadrants.
///
/// At each level the follower's and the followed account's next bit are `00` with chance a, `01` with b, `10` with c,
/// `11` with `d = 1 − a − b − c`; `edge-factor × 2^scale` follows are drawn. With noise B, level i has its own
/// `mu_i`, even in [−B, B], and the chances `a − 2 mu a/(a+d), b + mu, c + mu, d − 2 mu d/(a+d)`.
///
/// **Input**: the parameters alone. Defaults are those of Graph500.
/// **Returns**: a directed network of `2^scale` accounts, also those without follows. u follows v: u is the row.
/// **Guarantee**: follows are drawn independently; the chance of each of the first, second, … six levels together is
/// within 2^-48 of the exact one, so that a level's chances are within 2^-36. Repeats merge and self-follows are
/// dropped; both are counted, so less than `edge-factor × 2^scale` follows remain.
/// **Cost**: `scale / 6` random words and table look-ups a follow; [`Rmat::memory`]: 20 bytes a drawn follow,
/// 32 an account.
/// **Errors**: chances that are no shares or sum above 1, noise that would make one negative, scale above 31, memory.
/// **Determinism**: a function of parameters and seed: the same bytes at any number of threads.
/// **Symbols**: scale k, edge factor m/n, a, b, c, d as in the papers; noise b in Seshadhri et al.
/// **References**: Chakrabarti, Zhan & Faloutsos 2004; Seshadhri, Pinar & Kolda 2011 (noise); Hübschle-Schneider &
/// Sanders 2020 (several levels at once); Walker 1977, Vose 1991 (alias tables); Graph500.
///
/// ```
/// use truereach::{Run, synth::Rmat};
/// let made = Rmat { scale: 8, ..Rmat::default() }.run(&Run::new(7))?;
/// assert_eq!((made.network.accounts(), made.counts.drawn), (256, 4096));
/// let left = made.counts.drawn - made.counts.repeats - made.counts.self_loops;
/// assert_eq!(made.graph()?.edges(), left);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Rmat {
    /// Levels: 2^SCALE accounts
    #[cfg_attr(feature = "cli", arg(long, value_name = "SCALE", default_value = "16", allow_negative_numbers = true, value_parser = super::parse::small))]
    pub scale: u32,
    /// Follows drawn for each account
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "16", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub edge_factor: u64,
    /// Chance of the first quadrant
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", default_value = "0.57", allow_negative_numbers = true))]
    pub a: f64,
    /// Chance of the second quadrant
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", default_value = "0.19", allow_negative_numbers = true))]
    pub b: f64,
    /// Chance of the third quadrant; the fourth has what is left
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", default_value = "0.19", allow_negative_numbers = true))]
    pub c: f64,
    /// Noise on the chances of each level, which smooths the degrees' waves; at most (a+d)/2, b and c
    #[cfg_attr(feature = "cli", arg(long, value_name = "B", default_value = "0", allow_negative_numbers = true))]
    pub noise: f64,
    /// Whether ids are permuted, so that they tell nothing of the degrees
    #[cfg_attr(feature = "cli", arg(long, value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", action = clap::ArgAction::Set))]
    pub permute: bool,
}

impl Default for Rmat {
    fn default() -> Self {
        Rmat { scale: 16, edge_factor: 16, a: 0.57, b: 0.19, c: 0.19, noise: 0.0, permute: true }
    }
}

/// The most levels that share a random word.
const LEVELS: u32 = 6;
/// Bits of a word that choose within a table's cell; the top ones choose the cell.
const FRACTION: u32 = 48;

impl Rmat {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        check_share("--a", self.a)?;
        check_share("--b", self.b)?;
        check_share("--c", self.c)?;
        let sum = self.a + self.b + self.c;
        if sum > 1.0 + 1e-12 {
            return Err(Error::parameter("--a, --b, --c", format!("the chances sum to {sum:.4}, which is above 1")));
        }
        if self.scale > 31 {
            return Err(Error::parameter("--scale", format!("must be at most 31, not {}", self.scale))
                .with_hint("ids have 32 bits"));
        }
        let most = ((self.a + self.d()) / 2.0).min(self.b).min(self.c);
        let range = format!("from 0 to {most:.4} with these chances");
        check_number("--noise", self.noise, (0.0..=most).contains(&self.noise), &range)?;
        match self.edge_factor.checked_mul(1 << self.scale) {
            Some(pairs) if pairs < 1 << 48 => Ok(()),
            _ => {
                Err(Error::parameter("--edge-factor", format!("{} × 2^{} are too many", self.edge_factor, self.scale)))
            }
        }
    }

    fn d(&self) -> f64 {
        (1.0 - self.a - self.b - self.c).max(0.0)
    }

    /// Bytes at the peak: 20 a drawn follow and 32 an account.
    pub fn memory(&self) -> u64 {
        let people = 1u64 << self.scale.min(31);
        Plan::memory(people, self.edge_factor.saturating_mul(people), false) + 4 * people
    }

    /// Draws the network.
    pub fn run(&self, run: &Run) -> Result<Made> {
        self.check()?;
        run.check_memory("R-MAT", self.memory())?;
        let people = 1u64 << self.scale;
        let pairs = self.edge_factor * people;
        let words = self.scale.div_ceil(LEVELS).max(1);
        let tables = self.tables(run);
        let ids = self.ids(run)?;
        let plan = Plan { people, chunks: pairs.div_ceil(CHUNK), expected: pairs, undirected: false };
        let mut made = plan.run(run, |chunk, out| {
            let key = Step::RmatPairs.key(run, chunk);
            for pair in 0..CHUNK.min(pairs - chunk * CHUNK) {
                let (u, v) = draw(&tables, key, pair * u64::from(words));
                out.push(u, v);
            }
            ids.iter().for_each(|ids| out.rename(ids));
        })?;
        made.measure_degrees(Some(self.edge_factor as f64), None)?;
        Ok(made)
    }

    /// The chances of the quadrants at a level.
    fn quadrants(&self, noise: Key, level: u32) -> [f64; 4] {
        let (a, b, c, d) = (self.a, self.b, self.c, self.d());
        if self.noise == 0.0 {
            return [a, b, c, d];
        }
        let mu = self.noise * (2.0 * noise.unit(u64::from(level)) - 1.0);
        let outer = 2.0 * mu / (a + d);
        [a - outer * a, b + mu, c + mu, d - outer * d].map(|chance| chance.max(0.0))
    }

    /// A table for each word: levels cut as evenly as can be.
    fn tables(&self, run: &Run) -> Vec<Table> {
        let noise = Step::RmatNoise.key(run, 0);
        let words = self.scale.div_ceil(LEVELS);
        (0..words)
            .map(|word| {
                let levels = word * self.scale / words..(word + 1) * self.scale / words;
                Table::new(&levels.map(|level| self.quadrants(noise, level)).collect::<Vec<_>>())
            })
            .collect()
    }

    fn ids(&self, run: &Run) -> Result<Option<Vec<u32>>> {
        if !self.permute {
            return Ok(None);
        }
        let shuffle = Shuffle::new(Step::RmatIds.key(run, 0), 1 << self.scale);
        let mut ids = vec![0u32; 1 << self.scale];
        par::fill(run, &par::chunks(ids.len(), 1 << 16), &mut ids, |range, part| {
            range.zip(part).for_each(|(place, id)| *id = shuffle.at(place as u64) as u32);
        })?;
        Ok(Some(ids))
    }
}

/// The outcome of several levels at once, drawn from one word: an alias table of `4^levels` cells. A cell holds a
/// threshold of 48 bits and the outcome above it in 16.
struct Table {
    levels: u32,
    cells: Vec<u64>,
}

impl Table {
    /// An outcome is the follower's bits, then those of the followed account.
    fn new(levels: &[[f64; 4]]) -> Table {
        let count = levels.len() as u32;
        let chance = |outcome: usize| {
            levels.iter().enumerate().fold(1.0, |chance, (at, quadrants)| {
                let below = count as usize - 1 - at;
                let (row, column) = (outcome >> (count as usize + below) & 1, outcome >> below & 1);
                chance * quadrants[2 * row + column]
            })
        };
        let size = 1usize << (2 * count);
        let chances: Vec<f64> = (0..size).map(chance).collect();
        let all: f64 = chances.iter().sum();
        // Vose's method: cells below the mean are topped up by those above.
        let mut shares: Vec<f64> = chances.iter().map(|chance| chance / all * size as f64).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..size).partition(|&cell| shares[cell] < 1.0);
        let mut cells: Vec<u64> = (0..size as u64).map(|own| ((1 << FRACTION) - 1) << 16 | own).collect();
        while let (Some(low), Some(&high)) = (small.pop(), large.last()) {
            let threshold = libm::round(shares[low] * (1u64 << FRACTION) as f64) as u64;
            cells[low] = threshold.min((1 << FRACTION) - 1) << 16 | high as u64;
            shares[high] -= 1.0 - shares[low];
            if shares[high] < 1.0 {
                large.pop();
                small.push(high);
            }
        }
        Table { levels: count, cells }
    }

    #[inline]
    fn outcome(&self, word: u64) -> u64 {
        let own = word >> (u64::BITS - 2 * self.levels);
        let cell = self.cells[own as usize];
        if word & ((1 << FRACTION) - 1) < cell >> 16 { own } else { cell & 0xffff }
    }
}

/// The pair whose words begin at `item`.
#[inline]
fn draw(tables: &[Table], key: Key, item: u64) -> (u32, u32) {
    let (mut u, mut v) = (0u64, 0u64);
    for (at, table) in tables.iter().enumerate() {
        let outcome = table.outcome(key.word(item + at as u64));
        u = u << table.levels | outcome >> table.levels;
        v = v << table.levels | outcome & ((1 << table.levels) - 1);
    }
    (u as u32, v as u32)
}

#[cfg(test)]
mod tests;
