//! The state of a chain: who has passed the post on, and which of their posts reached one another.

use super::given::{Given, Role, Row};
use super::urn::Urn;
use crate::base::seed::{Generator, below};
use crate::cascade::World;
use rand::Rng;

/// Not a sharer.
pub(super) const NONE: u32 = u32::MAX;

/// Weights of rows are whole numbers of this part.
const PARTS: f64 = (1 << 24) as f64;

/// Somebody who passed the post on.
#[derive(Debug, Clone)]
pub(super) struct Sharer {
    pub account: u32,
    /// The sharers whose posts reached them; not noted of posters.
    pub from: Vec<u32>,
    /// The sharers, but posters, whom their post reached.
    pub to: Vec<u32>,
    pub row: Row,
}

/// A number in [0, 1) with 53 random bits.
pub(super) fn unit(random: &mut Generator) -> f64 {
    (random.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A whole number below n.
pub(super) fn any(random: &mut Generator, n: usize) -> usize {
    below(random.next_u64(), n as u64) as usize
}

/// Sharers and the live edges between them. Posters come first.
#[derive(Debug, Clone)]
pub(super) struct Sharers {
    /// Where in `all` an account stands: 4 bytes an account.
    at: Vec<u32>,
    pub all: Vec<Sharer>,
    /// The weight of every row.
    pub rows: Urn,
    /// For every listener, the sharers whom they follow, by account, and with which chance they hear them.
    pub followed: Vec<Vec<(u32, f64)>>,
    marks: Vec<u8>,
}

impl Sharers {
    /// Scratch for a graph of this many accounts.
    pub fn new(accounts: usize) -> Self {
        Sharers {
            at: vec![NONE; accounts],
            all: Vec::new(),
            rows: Urn::default(),
            followed: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// The posters alone.
    pub fn begin(&mut self, given: &Given<'_>) {
        self.all.iter().for_each(|sharer| self.at[sharer.account as usize] = NONE);
        self.all.clear();
        self.rows.clear();
        self.followed.iter_mut().for_each(Vec::clear);
        self.followed.resize(given.listeners.len(), Vec::new());
        given.posters.iter().for_each(|&v| self.add(given, v, Vec::new()));
    }

    /// Where u stands, [`NONE`] if u does not share.
    #[inline]
    pub fn at(&self, u: u32) -> u32 {
        self.at[u as usize]
    }

    #[inline]
    pub fn has(&self, u: u32) -> bool {
        self.at(u) != NONE
    }

    pub fn of(&self, u: u32) -> &Sharer {
        &self.all[self.at(u) as usize]
    }

    /// Adds somebody whom posts of `from` reached.
    pub fn add(&mut self, given: &Given<'_>, u: u32, from: Vec<u32>) {
        for &v in &from {
            let at = self.at(v) as usize;
            self.all[at].to.push(u);
        }
        self.at[u as usize] = self.all.len() as u32;
        let row = given.row(u);
        self.all.push(Sharer { account: u, from, to: Vec::new(), row });
        self.rows.push(libm::ceil(row.sum * PARTS) as u64);
        for heard in given.heard(u) {
            let followed = &mut self.followed[heard.listener as usize];
            let place = followed.partition_point(|other| other.0 < u);
            followed.insert(place, (u, heard.r));
        }
    }

    /// A post of v reached u.
    pub fn link(&mut self, v: u32, u: u32) {
        let (from, to) = (self.at(v) as usize, self.at(u) as usize);
        self.all[from].to.push(u);
        self.all[to].from.push(v);
    }

    /// Posts of others than before reached u.
    pub fn relink(&mut self, u: u32, from: Vec<u32>) {
        let at = self.at(u) as usize;
        for v in std::mem::take(&mut self.all[at].from) {
            let v = self.at(v) as usize;
            self.all[v].to.retain(|&other| other != u);
        }
        for &v in &from {
            let v = self.at(v) as usize;
            self.all[v].to.push(u);
        }
        self.all[at].from = from;
    }

    /// Takes sharers away, with their edges.
    pub fn remove(&mut self, given: &Given<'_>, gone: &[u32]) {
        for &u in gone {
            let at = self.at(u) as usize;
            let sharer = self.all.swap_remove(at);
            self.rows.swap_remove(at);
            if let Some(moved) = self.all.get(at) {
                self.at[moved.account as usize] = at as u32;
            }
            self.at[u as usize] = NONE;
            for v in sharer.from.into_iter().filter(|&v| self.at[v as usize] != NONE) {
                let v = self.at[v as usize] as usize;
                self.all[v].to.retain(|&other| other != u);
            }
            for v in sharer.to.into_iter().filter(|&v| self.at[v as usize] != NONE) {
                let v = self.at[v as usize] as usize;
                self.all[v].from.retain(|&other| other != u);
            }
            for heard in given.heard(u) {
                self.followed[heard.listener as usize].retain(|followed| followed.0 != u);
            }
        }
    }

    /// The sharers whom u follows, with the chance that their post reaches u.
    pub fn sharing(&self, given: &Given<'_>, u: u32) -> impl Iterator<Item = (u32, f64)> {
        let row = given.resolved.graph().following(u).iter().enumerate();
        row.filter(|&(_, &v)| self.has(v)).map(move |(place, &v)| (v, given.r(u, place, v)))
    }

    /// The chance that u does not hear any sharer whom `counts` accepts by their place.
    pub fn miss(&self, given: &Given<'_>, u: u32, counts: impl Fn(u32) -> bool) -> f64 {
        given.miss(self.sharing(given, u).filter(|edge| counts(self.at(edge.0))).map(|edge| edge.1))
    }

    /// Whoever is no longer reached once `without` share no more: these, and all whom every live path from a poster
    /// reaches through them; but `held`, who is reached otherwise.
    pub fn dependents(&mut self, without: &[u32], held: Option<u32>) -> Vec<u32> {
        const MET: u8 = 1;
        const SAVED: u8 = 2;
        self.marks.resize(self.marks.len().max(self.all.len()), 0);
        let mut met = without.to_vec();
        met.iter().for_each(|&u| self.marks[self.at[u as usize] as usize] = MET);
        let mut place = 0;
        while place < met.len() {
            let sharer = &self.all[self.at[met[place] as usize] as usize];
            place += 1;
            for &u in &sharer.to {
                let mark = &mut self.marks[self.at[u as usize] as usize];
                if *mark == 0 {
                    *mark = MET;
                    met.push(u);
                }
            }
        }
        let mut saved: Vec<u32> = met[without.len()..]
            .iter()
            .copied()
            .filter(|&u| Some(u) == held || self.of(u).from.iter().any(|&v| self.marks[self.at(v) as usize] == 0))
            .collect();
        saved.iter().for_each(|&u| self.marks[self.at[u as usize] as usize] = SAVED);
        while let Some(u) = saved.pop() {
            for &v in &self.all[self.at[u as usize] as usize].to {
                if !without.contains(&v) {
                    let mark = &mut self.marks[self.at[v as usize] as usize];
                    if *mark == MET {
                        *mark = SAVED;
                        saved.push(v);
                    }
                }
            }
        }
        met.retain(|&u| std::mem::take(&mut self.marks[self.at[u as usize] as usize]) == MET);
        met
    }

    /// Lets the post travel on from the sharers from place `first`, who were added last: each is processed in turn, and a
    /// follower joins who was not reached by those processed before. Nothing that is not certain happens if `least`.
    ///
    /// With T the sharers processed before v, u hears and shares through v with chance
    /// `(q_u(T + v) − q_u(T)) rho_u / (1 − q_u(T) rho_u)`, q the chance to hear any of them: the law of what v adds, given
    /// that u has not shared through T. Listeners are not asked: what they say is weighed by whoever calls.
    pub fn spread(&mut self, given: &Given<'_>, first: usize, least: bool, random: &mut Generator) {
        let picks_one = given.picks_one();
        let world = World::new(given.resolved, random.next_u64(), 0);
        let mut hearers: Vec<(u32, f64)> = Vec::new();
        let mut place = first;
        while place < self.all.len() {
            let v = self.all[place].account;
            hearers.clear();
            if picks_one || least {
                // A pick hangs together with what u did not pick before: it is tossed below.
                hearers.extend(given.followers(v).filter(|edge| edge.1 >= 1.0 || picks_one && edge.1 > 0.0));
            } else {
                world.hearers(v, |u| hearers.push((u, 1.0)));
            }
            for &(u, b) in &hearers {
                if matches!(given.role(u), Role::Poster | Role::Listener(_)) {
                    continue;
                }
                if self.has(u) {
                    // Who picked another does not hear v.
                    if !picks_one && !self.of(u).from.contains(&v) {
                        self.link(v, u);
                    }
                    continue;
                }
                let rho = given.rho(u);
                let chance = |new: f64, miss: f64| new * rho / (1.0 - (1.0 - miss) * rho);
                let coin = if least { 1.0 - f64::EPSILON } else { unit(random) };
                // Never less than the chance, and known without looking at whom u follows.
                if coin >= if picks_one { chance(b, b) } else { rho } {
                    continue;
                }
                let miss = self.miss(given, u, |other| (other as usize) < place);
                if coin < chance(if picks_one { b } else { miss }, miss) {
                    self.add(given, u, vec![v]);
                }
            }
            place += 1;
        }
    }

    /// Brings back sharers who were taken away, with their edges; all others are as they were.
    pub fn restore(&mut self, given: &Given<'_>, gone: &[Sharer]) {
        let base = self.all.len() as u32;
        gone.iter().for_each(|sharer| self.add(given, sharer.account, Vec::new()));
        for sharer in gone {
            sharer.from.iter().for_each(|&v| self.link(v, sharer.account));
            let others: Vec<u32> = sharer.to.iter().copied().filter(|&u| self.at(u) < base).collect();
            others.into_iter().for_each(|u| self.link(sharer.account, u));
        }
    }

    /// The chance of what a listener says, of the sharers whom `counts` accepts by their place.
    pub fn says(&self, given: &Given<'_>, listener: u32, counts: impl Fn(u32) -> bool) -> f64 {
        let followed = self.followed[listener as usize].iter().filter(|edge| counts(self.at(edge.0)));
        given.listeners[listener as usize].chance(given.miss(followed.map(|edge| edge.1)))
    }

    /// How many times likelier all that listeners say is with all sharers than with those alone whom `stays` accepts by
    /// their place; `touched` are listeners who follow others. Infinite where it is impossible without these.
    pub fn support(&self, given: &Given<'_>, touched: &[u32], stays: impl Fn(u32) -> bool) -> f64 {
        touched.iter().fold(1.0, |support, &listener| {
            support * (self.says(given, listener, |_| true) / self.says(given, listener, &stays))
        })
    }
}
