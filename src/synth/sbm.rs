//! Stochastic block model: communities with a density inside and one between them.

use serde::{Deserialize, Serialize};

use super::er::{pair_at, pairs_of, part, skip};
use super::made::{CHUNK, Figure, Made, Plan};
use super::power::PowerLaw;
use super::{Step, check_number, check_people, check_share};
use crate::base::seed::{Chance, below};
use crate::base::{Error, Result, Run};

/// Stochastic block model: links within a block are denser than links between blocks.
///
/// Two accounts of one block are linked with chance `p_in`, of two blocks with `p_out`. Without these,
/// `p_in = (1 − mixing) mean / (n_r − 1)` in a block of n_r, `p_out = mixing · mean · n / (n² − sum n_r²)`.
/// With a degree exponent the model is degree-corrected: each account has a weight theta from a power law of the given
/// mean, `n · mean / 2` links are drawn, their first end in proportion to theta, their second end too, with chance
/// `mixing` among the other blocks, else in the same one.
///
/// **Input**: the parameters alone.
/// **Returns**: an undirected network, each link stored both ways; the planted block in the column `community`.
/// Blocks are numbered from 0 and hold consecutive ids.
/// **Guarantee**: without weights every pair is drawn once, exactly up to 53 bits. With weights the expected degree is
/// theta (blocks of equal weight) before repeats merge and self-links go, both counted.
/// **Cost**: one logarithm a link; with weights two searches of `log n`. [`Sbm::memory`]: 32 bytes a link, 40 an account.
/// **Errors**: shares out of range, blocks too small for the links asked, more blocks than people, memory.
/// **Determinism**: the same bytes at any number of threads.
/// **References**: Holland, Laskey & Leinhardt 1983; Karrer & Newman 2011 (degree correction).
///
/// ```
/// use truereach::{Run, synth::Sbm};
/// let made = Sbm { sizes: vec![3, 2], p_in: Some(1.0), p_out: Some(0.0), ..Sbm::default() }.run(&Run::new(7))?;
/// assert_eq!(made.graph()?.followers(0), [1, 2]);
/// assert_eq!(made.network.attributes.number("community", 4), Some(1.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Sbm {
    /// Accounts
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "10000", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub people: u64,
    /// Blocks of equal size
    #[cfg_attr(feature = "cli", arg(long, value_name = "K", default_value = "10", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub blocks: u64,
    /// Sizes of the blocks, instead of --people and --blocks
    #[cfg_attr(feature = "cli", arg(long, value_name = "N,N,…", value_delimiter = ',', allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub sizes: Vec<u64>,
    /// Links an account
    #[cfg_attr(feature = "cli", arg(long, value_name = "D", default_value = "16", allow_negative_numbers = true))]
    pub mean_degree: f64,
    /// Share of links that leave their block
    #[cfg_attr(feature = "cli", arg(long, value_name = "MU", default_value = "0.2", allow_negative_numbers = true))]
    pub mixing: f64,
    /// Chance of a link within a block, instead of --mean-degree and --mixing
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", allow_negative_numbers = true, requires = "p_out"))]
    pub p_in: Option<f64>,
    /// Chance of a link between blocks
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", allow_negative_numbers = true, requires = "p_in"))]
    pub p_out: Option<f64>,
    /// Degrees by a power law of this exponent instead of alike
    #[cfg_attr(feature = "cli", arg(long, value_name = "G", allow_negative_numbers = true))]
    pub degree_exponent: Option<f64>,
    /// Largest expected degree with an exponent [default: sqrt(mean degree × people)]
    #[cfg_attr(feature = "cli", arg(long, value_name = "D", allow_negative_numbers = true, value_parser = super::parse::small))]
    pub max_degree: Option<u32>,
}

impl Default for Sbm {
    fn default() -> Self {
        Sbm {
            people: 10_000,
            blocks: 10,
            sizes: Vec::new(),
            mean_degree: 16.0,
            mixing: 0.2,
            p_in: None,
            p_out: None,
            degree_exponent: None,
            max_degree: None,
        }
    }
}

/// The blocks of a model and the chances of its pairs.
struct Blocks {
    /// Where each block begins; the last entry is the number of accounts.
    begins: Vec<u64>,
    /// The chance of a pair within each block.
    inner: Vec<f64>,
    /// The chance of a pair of two blocks.
    outer: f64,
}

/// Some pairs of one block: a chunk of the work holds several.
struct Piece {
    block: usize,
    range: std::ops::Range<u64>,
}

impl Sbm {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        check_people(self.people())?;
        check_share("--mixing", self.mixing)?;
        if self.sizes.is_empty() && self.blocks > self.people.max(1) {
            let text = format!("{} blocks for {} people", self.blocks, self.people);
            return Err(Error::parameter("--blocks", text).with_hint("every block needs somebody"));
        }
        if self.sizes.is_empty() && self.blocks == 0 {
            return Err(Error::parameter("--blocks", "must be at least 1"));
        }
        let most = self.people().saturating_sub(1) as f64;
        let unused = self.p_in.is_some() || self.people() <= 1;
        let holds = self.mean_degree >= 0.0 && (unused || self.mean_degree <= most);
        check_number("--mean-degree", self.mean_degree, holds, "from 0 to below the number of people")?;
        match (self.p_in, self.p_out) {
            (Some(p_in), Some(p_out)) => {
                check_share("--p-in", p_in)?;
                check_share("--p-out", p_out)?;
                if self.degree_exponent.is_some() {
                    let text = "goes with --mean-degree and --mixing, not with --p-in and --p-out";
                    return Err(Error::parameter("--degree-exponent", text));
                }
            }
            (None, None) => {}
            _ => return Err(Error::parameter("--p-in, --p-out", "give both or neither")),
        }
        if let Some(exponent) = self.degree_exponent {
            check_number("--degree-exponent", exponent, (0.0..=20.0).contains(&exponent), "from 0 to 20")?;
        }
        match self.max_degree {
            Some(most) if self.people() > 1 && u64::from(most) >= self.people() => Err(Error::parameter(
                "--max-degree",
                format!("must be below the number of people ({}), not {most}", self.people()),
            )),
            _ => Ok(()),
        }
    }

    fn people(&self) -> u64 {
        match self.sizes.is_empty() {
            true => self.people,
            false => self.sizes.iter().fold(0, |sum, &size| sum.saturating_add(size)),
        }
    }

    fn blocks(&self) -> Result<Blocks> {
        let people = self.people();
        let begins: Vec<u64> = match self.sizes.is_empty() {
            true => (0..=self.blocks).map(|block| part(people, block, self.blocks)).collect(),
            false => std::iter::once(0)
                .chain(self.sizes.iter().scan(0, |sum, &size| {
                    *sum += size;
                    Some(*sum)
                }))
                .collect(),
        };
        let sizes = || begins.windows(2).map(|ends| ends[1] - ends[0]);
        if let (Some(p_in), Some(outer)) = (self.p_in, self.p_out) {
            return Ok(Blocks { inner: vec![p_in; begins.len() - 1], outer, begins });
        }
        let n = people as f64;
        let across = n * n - sizes().map(|size| size as f64 * size as f64).sum::<f64>();
        let outer = if across > 0.0 { self.mixing * self.mean_degree * n / across } else { 0.0 };
        let inside = (1.0 - self.mixing) * self.mean_degree;
        let inner: Vec<f64> = sizes().map(|size| if size > 1 { inside / (size - 1) as f64 } else { 0.0 }).collect();
        let weighted = self.degree_exponent.is_some();
        if let Some(block) = inner.iter().position(|&p| p > 1.0).filter(|_| !weighted) {
            let size = begins[block + 1] - begins[block];
            let text = format!("{inside:.1} links within a block do not fit a block of {size} people");
            return Err(Error::parameter("--mean-degree", text).with_hint("fewer blocks, or a larger --mixing"));
        }
        if outer > 1.0 && !weighted {
            return Err(Error::parameter("--mixing", "so many links between blocks do not fit")
                .with_hint("a smaller --mixing or --mean-degree"));
        }
        Ok(Blocks { begins, inner, outer })
    }

    /// Bytes at the peak: 40 an account, 32 a link.
    pub fn memory(&self) -> u64 {
        let people = self.people();
        let links = match (self.p_in, self.p_out, self.blocks()) {
            (Some(_), Some(_), Ok(blocks)) => blocks.expected().0 + blocks.expected().1,
            _ => self.mean_degree.max(0.0) * people as f64 / 2.0,
        };
        Plan::memory(people, links as u64, true).saturating_add(people.saturating_mul(12))
    }

    /// Draws the network.
    pub fn run(&self, run: &Run) -> Result<Made> {
        self.check()?;
        run.check_memory("The block model", self.memory())?;
        let people = self.people();
        let blocks = self.blocks()?;
        let mut homes = vec![0u32; people as usize];
        for (block, ends) in blocks.begins.windows(2).enumerate() {
            homes[ends[0] as usize..ends[1] as usize].fill(block as u32);
        }
        let mut made = match self.degree_exponent {
            None => blocks.draw(run, &homes)?,
            Some(exponent) => self.draw_weighted(exponent, &blocks, &homes, run)?,
        };
        let (inside, outside) = blocks.expected();
        let links = inside + outside;
        let mean = if self.degree_exponent.is_some() { self.mean_degree } else { 2.0 * links / people as f64 };
        made.measure_degrees((people > 1).then_some(mean), None)?;
        let mixing = if self.degree_exponent.is_some() { self.mixing } else { outside / links };
        let found = made.measure_mixing(run, |u| homes[u as usize])?;
        made.figures.push(Figure::new("mixing", Some(mixing).filter(|mixing| mixing.is_finite()), found));
        let links = made.graph()?.edges() as f64 / 2.0;
        let density = |name, asked: Option<f64>, links: f64, pairs: f64| Figure::new(name, asked, links / pairs);
        let pairs: f64 = blocks.inner_pairs().map(|pairs| pairs as f64).sum();
        if self.p_in.is_some() {
            let all = pairs_of(people, true) as f64;
            let leaving = if links > 0.0 { links * found } else { 0.0 };
            made.figures.push(density("density within", self.p_in, links - leaving, pairs));
            made.figures.push(density("density between", self.p_out, leaving, all - pairs));
        }
        made.plant(homes.into_iter().map(f64::from).collect());
        Ok(made)
    }

    fn draw_weighted(&self, exponent: f64, blocks: &Blocks, homes: &[u32], run: &Run) -> Result<Made> {
        let people = homes.len() as u64;
        let empty = Plan { people, chunks: 0, expected: 0, undirected: true };
        if people <= 1 || self.mean_degree == 0.0 {
            return empty.run(run, |_, _| ());
        }
        let most = self.max_degree.unwrap_or_else(|| usual_most(people, self.mean_degree));
        let law = PowerLaw::with_mean(exponent, self.mean_degree, most)?;
        let mut ends = vec![0u64];
        let mut sum = 0;
        for weight in law.degrees(run, Step::SbmWeights, homes.len())? {
            sum += u64::from(weight);
            ends.push(sum);
        }
        let links = sum / 2;
        let find = |place: u64| ends.partition_point(|&end| end <= place) - 1;
        let leave = Chance::new(self.mixing);
        let key = Step::SbmPairs.key(run, 0);
        let plan = Plan { people, chunks: links.div_ceil(CHUNK), expected: links, undirected: true };
        plan.run(run, |chunk, out| {
            for link in chunk * CHUNK..links.min((chunk + 1) * CHUNK) {
                let u = find(below(key.word(3 * link), sum));
                let home = homes[u] as usize;
                let (begin, end) = (ends[blocks.begins[home] as usize], ends[blocks.begins[home + 1] as usize]);
                let word = key.word(3 * link + 1);
                let place = match key.coin(3 * link + 2, leave) && end - begin < sum {
                    true => match below(word, sum - (end - begin)) {
                        place if place >= begin => place + (end - begin),
                        place => place,
                    },
                    false => begin + below(word, end - begin),
                };
                out.push(u as u32, find(place) as u32);
            }
        })
    }
}

impl Blocks {
    /// Pairs within each block.
    fn inner_pairs(&self) -> impl Iterator<Item = u64> + '_ {
        self.begins.windows(2).map(|ends| pairs_of(ends[1] - ends[0], true))
    }

    /// Links to expect within blocks and between them.
    fn expected(&self) -> (f64, f64) {
        let inside = self.inner_pairs().zip(&self.inner).map(|(pairs, p)| pairs as f64 * p).sum();
        let all = pairs_of(self.begins[self.begins.len() - 1], true) - self.inner_pairs().sum::<u64>();
        (inside, all as f64 * self.outer)
    }

    /// The pairs of all blocks in chunks of about equal work.
    fn pieces(&self) -> Vec<Vec<Piece>> {
        let (mut chunks, mut chunk, mut work) = (Vec::new(), Vec::new(), 0.0);
        for (block, (pairs, &p)) in self.inner_pairs().zip(&self.inner).enumerate() {
            let parts = ((pairs as f64 * p) as u64).div_ceil(CHUNK).max(1);
            for at in 0..parts {
                chunk.push(Piece { block, range: part(pairs, at, parts)..part(pairs, at + 1, parts) });
                work += pairs as f64 * p / parts as f64 + 1.0;
                if work >= CHUNK as f64 {
                    chunks.push(std::mem::take(&mut chunk));
                    work = 0.0;
                }
            }
        }
        chunks.push(chunk);
        chunks
    }

    fn draw(&self, run: &Run, homes: &[u32]) -> Result<Made> {
        let people = homes.len() as u64;
        let all = pairs_of(people, true);
        let (inside, outside) = self.expected();
        // Pairs between blocks are drawn among all pairs, and those of one block passed over.
        let outer_chunks = if self.outer > 0.0 { ((all as f64 * self.outer) as u64).div_ceil(CHUNK).max(1) } else { 0 };
        let pieces = self.pieces();
        let chunks = outer_chunks + pieces.len() as u64;
        let plan = Plan { people, chunks, expected: (inside + outside) as u64, undirected: true };
        plan.run(run, |chunk, out| {
            if chunk < outer_chunks {
                let range = part(all, chunk, outer_chunks)..part(all, chunk + 1, outer_chunks);
                skip(Step::SbmOuter.key(run, chunk), self.outer, range, |place| {
                    let (u, v) = pair_at(place, people, true);
                    if homes[u as usize] != homes[v as usize] {
                        out.push(u, v);
                    }
                });
                return;
            }
            let chunk = chunk - outer_chunks;
            for (at, piece) in pieces[chunk as usize].iter().enumerate() {
                let (begin, end) = (self.begins[piece.block], self.begins[piece.block + 1]);
                let key = Step::SbmInner.key(run, chunk).of(at as u64);
                skip(key, self.inner[piece.block], piece.range.clone(), |place| {
                    let (u, v) = pair_at(place, end - begin, true);
                    out.push(begin as u32 + u, begin as u32 + v);
                });
            }
        })
    }
}

/// The largest degree where none is given: beyond `sqrt(mean · n)` pairs of the largest would be linked more than once.
pub(crate) fn usual_most(people: u64, mean: f64) -> u32 {
    let most = (mean.max(1.0) * people as f64).sqrt().min(people.saturating_sub(1) as f64);
    most.clamp(1.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(made: &Made, name: &str) -> Figure {
        made.figures.iter().find(|figure| figure.name == name).unwrap().clone()
    }

    /// Links within each block and between every two: binomial; each of the 10 counts beyond 5 sd by chance once in
    /// 170,000.
    #[test]
    fn densities_are_those_asked_for() {
        let sizes = [700u64, 500, 300, 1];
        let params = Sbm { sizes: sizes.to_vec(), p_in: Some(0.05), p_out: Some(0.004), ..Sbm::default() };
        let made = params.run(&Run::new(3)).unwrap();
        let graph = made.graph().unwrap();
        let home = |u: u32| made.network.attributes.number("community", u).unwrap() as usize;
        let mut seen = [[0u64; 4]; 4];
        for u in 0..1501 {
            graph.followers(u).iter().filter(|&&v| v < u).for_each(|&v| seen[home(v)][home(u)] += 1);
        }
        for (a, row) in seen.iter().enumerate() {
            for (b, &seen) in row.iter().enumerate().skip(a) {
                let (pairs, p) = if a == b { (pairs_of(sizes[a], true), 0.05) } else { (sizes[a] * sizes[b], 0.004) };
                let (due, sd) = (pairs as f64 * p, (pairs as f64 * p * (1.0 - p)).sqrt());
                assert!((seen as f64 - due).abs() <= 5.0 * sd + 1e-9, "{a} {b}: {seen} {due}");
            }
        }
        assert!(graph.is_symmetric() && made.counts.repeats == 0);
    }

    #[test]
    fn mixing_and_mean_degree_come_out() {
        // 80,000 links: sd of the mean degree 0.057, of the mixing 0.0014; 5 sd is passed once in 1.7 million.
        let params = Sbm { people: 10_000, blocks: 7, mixing: 0.3, ..Sbm::default() };
        let made = params.run(&Run::new(8)).unwrap();
        assert!((figure(&made, "mean degree").found - 16.0).abs() < 0.29, "{:?}", made.figures);
        assert!((figure(&made, "mixing").found - 0.3).abs() < 0.0082, "{:?}", made.figures);
    }

    #[test]
    fn weighted_degrees_keep_mixing_and_spread() {
        let params = Sbm {
            people: 20_000,
            blocks: 10,
            mixing: 0.25,
            degree_exponent: Some(2.5),
            max_degree: Some(200),
            ..Sbm::default()
        };
        let made = params.run(&Run::new(8)).unwrap();
        // Repeats within a block thin it a little: below 3% of the links, 0.02 of the mixing.
        assert!((figure(&made, "mixing").found - 0.25).abs() < 0.02, "{:?}", made.figures);
        assert!((figure(&made, "mean degree").found - 16.0).abs() < 0.6, "{:?} {:?}", made.figures, made.counts);
        assert!(figure(&made, "largest degree").found > 120.0);
    }

    #[test]
    fn the_smallest_work_and_wrong_parameters_do_not() {
        for people in [0, 1] {
            let made = Sbm { people, blocks: 1, ..Sbm::default() }.run(&Run::new(1)).unwrap();
            assert_eq!((made.graph().unwrap().accounts() as u64, made.graph().unwrap().edges()), (people, 0));
        }
        let whole = Sbm { people: 6, blocks: 2, p_in: Some(1.0), p_out: Some(1.0), ..Sbm::default() };
        assert_eq!(whole.run(&Run::new(1)).unwrap().graph().unwrap().edges(), 30);
        for (params, says) in [
            (Sbm { mixing: 1.2, ..Sbm::default() }, "--mixing"),
            (Sbm { people: 5, blocks: 6, mean_degree: 1.0, ..Sbm::default() }, "--blocks"),
            (Sbm { blocks: 0, ..Sbm::default() }, "--blocks"),
            (Sbm { people: 100, blocks: 20, ..Sbm::default() }, "do not fit"),
            (Sbm { p_in: Some(0.1), ..Sbm::default() }, "both or neither"),
            (Sbm { p_in: Some(2.0), p_out: Some(0.1), ..Sbm::default() }, "--p-in"),
            (Sbm { degree_exponent: Some(-1.0), ..Sbm::default() }, "--degree-exponent"),
            (Sbm { sizes: vec![u64::MAX, 5], ..Sbm::default() }, "limit"),
        ] {
            let error = params.run(&Run::new(1)).unwrap_err();
            assert!(error.to_string().contains(says) && error.exit_code() == 2, "{error}");
        }
    }
}
