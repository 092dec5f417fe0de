//! The move of a chain that explains somebody by others in place of those before.

use super::given::{Given, Role};
use super::sharers::{Sharer, Sharers, unit};
use super::ways::{Way, witness};
use crate::base::seed::Generator;

impl Sharers {
    /// One way to a witness goes, as in [`Sharers::unexplain`], and another comes, as in [`Sharers::explain`], in one move:
    /// where sharing is rare both at once are too rare a state to pass through.
    ///
    /// Between the two the witness, if a sharer, is held, though nobody may reach them; the ends of both ways are those
    /// who do not hang on the witness. The move is accepted with the chance to accept the new way over that of the old one, both
    /// seen from the state between, times `L(S')/L(S)`.
    pub fn exchange(&mut self, given: &Given<'_>, random: &mut Generator) {
        let Some(witness) = witness(given, random) else { return };
        let held = witness.shares.then_some(witness.account);
        let Some(through) = self.back(given, witness, random) else { return };
        let gone = self.dependents(&through, held);
        if gone.iter().any(|&v| given.role(v) != Role::Free) {
            return;
        }
        let kept = self.kept(given, witness, &through);
        let heard: Vec<u32> = self.of(through[through.len() - 1]).from.clone();
        let said: Vec<(u32, f64)> =
            self.listeners(given, &gone).into_iter().map(|at| (at, self.says(given, at, |_| true))).collect();
        let before: Vec<Sharer> = gone.iter().map(|&v| self.of(v).clone()).collect();
        self.remove(given, &gone);
        let hang = held.map_or_else(Vec::new, |u| self.dependents(&[u], None));
        let base = self.all.len();
        let is_end = |sharers: &Sharers, v: &u32| (sharers.at(*v) as usize) < base && !hang.contains(v);
        let ends: Vec<u32> = heard.into_iter().filter(|v| is_end(self, v)).collect();
        let new = self.way(given, witness, random).filter(|way| !way.through.is_empty() && is_end(self, &way.from));
        // Which of the ends it was does not matter but for its weight: any of them is as good.
        let end = ends.get(super::sharers::any(random, ends.len())).copied();
        let (Some(end), Some(new)) = (end, new) else { return self.restore(given, &before) };
        let old = Way { from: end, through };
        let promise = |way: &Way| self.promise(given, witness, way, |_| true);
        if unit(random) * promise(&old) >= promise(&new) {
            return self.restore(given, &before);
        }
        self.lead(given, &new, false, random);
        if let Some(u) = held
            && !self.of(u).from.contains(&new.through[0])
        {
            self.link(new.through[0], u);
        }
        let added: Vec<u32> = self.all[base..].iter().map(|sharer| sharer.account).collect();
        let new_ends = self.all[base + new.through.len() - 1].from.iter().filter(|v| is_end(self, v)).count();
        let new_kept = self.kept(given, witness, &new.through) / new_ends as f64;
        let now = self.listeners(given, &added);
        let untouched = now.iter().filter(|at| said.binary_search_by_key(*at, |said| said.0).is_err());
        let support = untouched.fold(1.0, |support, &at| {
            support * (self.says(given, at, |_| true) / self.says(given, at, |place| (place as usize) < base))
        });
        let support =
            said.iter().fold(support, |support, &(at, chance)| support * (self.says(given, at, |_| true) / chance));
        if unit(random) * kept / ends.len() as f64 >= new_kept * support {
            self.remove(given, &added);
            self.restore(given, &before);
        }
    }
}
