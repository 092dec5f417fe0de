//! How large communities are, and who lives where.

use crate::base::seed::{Chance, below};
use crate::base::{Error, Result, Run};
use crate::synth::Step;
use crate::synth::power::PowerLaw;

/// Who lives where.
pub(super) struct Homes {
    /// The community of each account.
    pub(super) of: Vec<u32>,
    /// Sizes of the communities, the largest first.
    pub(super) sizes: Vec<u32>,
    /// Inner links that each account should have.
    pub(super) inner: Vec<u32>,
    /// Inner links cut because no community was large enough.
    pub(super) cut: u64,
}

impl Homes {
    /// Draws sizes, rounds inner degrees, and gives every account a home with more members than it has inner links:
    /// accounts with most inner links choose first, evenly among the free places of communities that are large enough,
    /// half as large again where there are any.
    pub(super) fn draw(run: &Run, degrees: &[u32], mixing: f64, exponent: f64, bounds: (u32, u32)) -> Result<Homes> {
        let sizes = sizes(run, degrees.len() as u64, exponent, bounds)?;
        let rounding = Step::LfrRounding.key(run, 0);
        let mut inner: Vec<u32> = (0u64..)
            .zip(degrees)
            .map(|(account, &degree)| {
                let exact = (1.0 - mixing) * f64::from(degree);
                let whole = libm::floor(exact);
                let up = rounding.coin(account, Chance::new(exact - whole));
                let rounded = whole as u32 + u32::from(up);
                if mixing < 1.0 { rounded.max(1).min(degree) } else { 0 }
            })
            .collect();
        let mut order: Vec<u32> = (0..degrees.len() as u32).collect();
        order.sort_by_key(|&account| std::cmp::Reverse(inner[account as usize]));
        let key = Step::LfrHomes.key(run, 0);
        let (mut places, mut opened, mut cut) = (Vec::<u32>::new(), 0, 0);
        let mut of = vec![0u32; degrees.len()];
        for (turn, account) in order.into_iter().enumerate() {
            let wanted = &mut inner[account as usize];
            // Half as large again where it can be: members who all know each other leave no choice of links.
            let easy = *wanted + *wanted / 2;
            while opened < sizes.len() && (sizes[opened] > easy || places.is_empty()) {
                places.resize(places.len() + sizes[opened] as usize, opened as u32);
                opened += 1;
            }
            let place = below(key.word(turn as u64), places.len() as u64) as usize;
            let home = places.swap_remove(place);
            let most = sizes[home as usize] - 1;
            cut += u64::from(wanted.saturating_sub(most));
            *wanted = most.min(*wanted);
            of[account as usize] = home;
        }
        Ok(Homes { of, sizes, inner, cut })
    }

    /// The members of every community, in order of their ids: where each begins in the list, and the list.
    pub(super) fn members(&self) -> (Vec<usize>, Vec<u32>) {
        let mut begins = vec![0usize; self.sizes.len() + 1];
        for (home, &size) in self.sizes.iter().enumerate() {
            begins[home + 1] = begins[home] + size as usize;
        }
        let mut next = begins.clone();
        let mut members = vec![0u32; self.of.len()];
        for (account, &home) in self.of.iter().enumerate() {
            members[next[home as usize]] = account as u32;
            next[home as usize] += 1;
        }
        (begins, members)
    }
}

/// Sizes by the power law until they hold all; the last is shortened, or, if too small for that, given up and its
/// people spread over the others.
fn sizes(run: &Run, people: u64, exponent: f64, (low, high): (u32, u32)) -> Result<Vec<u32>> {
    let law = PowerLaw::new(exponent, low, high);
    let key = Step::LfrSizes.key(run, 0);
    let (mut sizes, mut sum) = (Vec::new(), 0u64);
    while sum < people {
        let size = law.draw(key.unit(sizes.len() as u64));
        sizes.push(size);
        sum += u64::from(size);
    }
    let excess = sum - people;
    if let Some(last) = sizes.last_mut() {
        if u64::from(*last) >= excess + u64::from(low) {
            *last -= excess as u32;
        } else {
            let mut homeless = u64::from(*last) - excess;
            sizes.pop();
            while homeless > 0 {
                let before = homeless;
                for size in sizes.iter_mut().filter(|size| **size < high) {
                    let given = u64::from(homeless > 0);
                    *size += given as u32;
                    homeless -= given;
                }
                if homeless == before {
                    let text = format!("no communities of {low} to {high} hold exactly {people} people");
                    return Err(
                        Error::parameter("--min-community, --max-community", text).with_hint("widen the bounds")
                    );
                }
            }
        }
    }
    sizes.sort_unstable_by_key(|&size| std::cmp::Reverse(size));
    Ok(sizes)
}
