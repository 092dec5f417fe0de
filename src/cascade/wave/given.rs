//! What a draw is conditioned on: the model, and what every status makes of its account.

use super::observed::Observed;
use crate::base::Result;
use crate::cascade::Resolved;
use crate::cascade::resolved::{Exposure, Rho};

/// What is certain of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    Free,
    /// Posted.
    Poster,
    /// Was exposed, and passed it on.
    Shared,
    /// Passes nothing on, and is a witness of who does.
    Listener(Says),
}

/// What a listener is a witness of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// A post came.
    Exposed,
    /// None came.
    NotExposed,
    /// None came, or it was not passed on.
    NotShared,
}

/// Somebody who passes nothing on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listener {
    pub account: u32,
    says: Says,
    rho: f64,
}

impl Listener {
    /// The chance of what is seen of them, where no post reaches them with chance `miss`.
    pub fn chance(&self, miss: f64) -> f64 {
        match self.says {
            Says::Exposed => 1.0 - miss,
            Says::NotExposed => miss,
            Says::NotShared => 1.0 - (1.0 - miss) * self.rho,
        }
    }
}

/// `r rho` over the followers of somebody: the sum, and no less than the largest.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Row {
    pub sum: f64,
    pub most: f64,
}

/// A listener follows somebody who may share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    pub sharer: u32,
    /// Place among the listeners.
    pub listener: u32,
    pub r: f64,
}

/// Somebody seen to have been exposed.
#[derive(Debug, Clone)]
pub(super) struct Witness {
    pub account: u32,
    /// Whether they passed it on.
    pub shares: bool,
    /// A way by which it could come: those who pass it on, the last first, up to a poster.
    pub route: Vec<u32>,
    /// From whom it may have come, with the sum of the weights ([`Given::weight`]) up to each.
    pub from: Vec<(u32, f64)>,
}

impl Witness {
    /// The sum of all weights.
    pub fn sum(&self) -> f64 {
        self.from.last().map_or(0.0, |last| last.1)
    }
}

/// Sums of threshold weights this near to 1 are 1: they are rounded.
const WHOLE: f64 = 1e-9;

/// The model, and what is known.
#[derive(Debug, Clone)]
pub(super) struct Given<'a> {
    pub resolved: &'a Resolved<'a>,
    pub roles: Vec<Role>,
    pub posters: Vec<u32>,
    /// By account.
    pub listeners: Vec<Listener>,
    /// By account.
    pub witnesses: Vec<Witness>,
    /// By sharer, then listener.
    heard: Vec<Heard>,
}

impl<'a> Given<'a> {
    /// **Errors**: what [`Observed::check`] refuses.
    pub fn new(resolved: &'a Resolved<'a>, observed: &Observed<'_>) -> Result<Given<'a>> {
        let roles = observed.roles(resolved)?;
        let mut given = Given {
            resolved,
            roles,
            posters: observed.posters.clone(),
            listeners: Vec::new(),
            witnesses: Vec::new(),
            heard: Vec::new(),
        };
        given.posters.sort_unstable();
        given.silence(observed)?;
        given.list();
        given.trace(observed)?;
        given.hear(observed)?;
        Ok(given)
    }

    pub fn role(&self, u: u32) -> Role {
        self.roles[u as usize]
    }

    /// The chance that u, once exposed, passes the post on, given u's status.
    pub fn rho(&self, u: u32) -> f64 {
        match self.role(u) {
            Role::Poster | Role::Shared => 1.0,
            Role::Free => self.resolved.rho(u),
            Role::Listener(_) => 0.0,
        }
    }

    /// Whether everybody hears one followee at most.
    pub fn picks_one(&self) -> bool {
        self.resolved.picks_one()
    }

    /// The chance that a post of v, whom u follows at this place, reaches u.
    pub fn r(&self, u: u32, place: usize, v: u32) -> f64 {
        let graph = self.resolved.graph();
        match &self.resolved.exposure {
            Exposure::Edge(_) => graph.following_weights(u).map_or(0.0, |weights| weights[place]),
            // Only weights of picks stand beside the followers alone.
            Exposure::Pick { .. } => graph.followers(v).binary_search(&u).map_or(0.0, |at| self.resolved.r(v, at, u)),
            _ => self.resolved.r(v, 0, u),
        }
    }

    /// Whom u follows, with the chance that their post reaches u.
    pub fn followed(&self, u: u32) -> impl Iterator<Item = (u32, f64)> {
        let row = self.resolved.graph().following(u);
        row.iter().enumerate().map(move |(place, &v)| (v, self.r(u, place, v)))
    }

    /// Who follows v, with the chance that v's post reaches them.
    pub fn followers(&self, v: u32) -> impl Iterator<Item = (u32, f64)> {
        let row = self.resolved.graph().followers(v);
        row.iter().enumerate().map(move |(place, &u)| (u, self.resolved.r(v, place, u)))
    }

    /// Of v's followers, whatever their status. One product where all have the same chances.
    pub fn row(&self, v: u32) -> Row {
        let followers = self.resolved.graph().followers(v);
        let alike = self.resolved.real.is_none();
        match (&self.resolved.exposure, &self.resolved.rho, followers.first()) {
            (_, _, None) => Row::default(),
            (Exposure::Constant(..) | Exposure::Source(..), Rho::Given(rho) | Rho::Assumed(rho), Some(&u)) if alike => {
                let most = self.resolved.r(v, 0, u) * rho;
                Row { sum: most * followers.len() as f64, most }
            }
            _ => self.followers(v).fold(Row::default(), |row, (u, r)| {
                let term = r * self.resolved.rho(u);
                Row { sum: row.sum + term, most: row.most.max(term) }
            }),
        }
    }

    /// The chance that none of the posts which reach somebody with these chances does.
    pub fn miss(&self, chances: impl Iterator<Item = f64>) -> f64 {
        match self.picks_one() {
            false => chances.fold(1.0, |miss, r| miss * (1.0 - r)),
            true => {
                let miss = 1.0 - chances.fold(0.0, |sum, b| sum + b);
                if miss < WHOLE { 0.0 } else { miss }
            }
        }
    }

    /// The listeners who follow v.
    pub fn heard(&self, v: u32) -> &[Heard] {
        let from = self.heard.partition_point(|heard| heard.sharer < v);
        let to = from + self.heard[from..].partition_point(|heard| heard.sharer == v);
        &self.heard[from..to]
    }

    /// The weight of v as one from whom somebody heard with chance r: times 1 if v certainly shared, else `rho_v`.
    pub fn weight(&self, (v, r): (u32, f64)) -> f64 {
        r * self.rho(v)
    }

    /// Whoever is certain to make somebody hear or share who did not, did not share either.
    fn silence(&mut self, observed: &Observed<'_>) -> Result<()> {
        let silent = |role: &Role| matches!(role, Role::Listener(Says::NotExposed | Says::NotShared));
        let all = 0..self.roles.len() as u32;
        let mut queue: Vec<u32> = all.filter(|&u| silent(&self.roles[u as usize])).collect();
        while let Some(y) = queue.pop() {
            if self.role(y) == Role::Listener(Says::NotShared) && self.resolved.rho(y) < 1.0 {
                continue;
            }
            let certain: Vec<u32> = self.followed(y).filter(|&(_, r)| r >= 1.0).map(|(v, _)| v).collect();
            for v in certain {
                match self.role(v) {
                    Role::Listener(_) => {}
                    Role::Free => {
                        self.roles[v as usize] = Role::Listener(Says::NotShared);
                        queue.push(v);
                    }
                    Role::Poster | Role::Shared => return self.missed(observed, y, v),
                }
            }
        }
        Ok(())
    }

    /// y must have heard or shared what v passed on.
    fn missed<T>(&self, observed: &Observed<'_>, y: u32, v: u32) -> Result<T> {
        let verb = if self.role(v) == Role::Poster { "posted" } else { "shared" };
        let says = match self.role(y) {
            Role::Listener(Says::NotExposed) => "to be not exposed",
            _ if observed.statuses.iter().any(|status| status.0 == y) => "not to have shared",
            _ => {
                return observed.refuse(
                    y,
                    "must have shared, and somebody said not to have heard or shared must then have done so",
                );
            }
        };
        let problem = format!("is said {says}, and hears for certain from {}, who {verb}", observed.name(v));
        observed.refuse(y, &problem)
    }

    fn list(&mut self) {
        for u in 0..self.roles.len() as u32 {
            let role = self.role(u);
            if let Role::Listener(says) = role {
                self.listeners.push(Listener { account: u, says, rho: self.resolved.rho(u) });
            }
            if matches!(role, Role::Shared | Role::Listener(Says::Exposed)) {
                let mut sum = 0.0;
                let weighed = self.followed(u).map(|edge| (edge.0, self.weight(edge)));
                let from = weighed.filter(|edge| edge.1 > 0.0).map(|(v, weight)| {
                    sum += weight;
                    (v, sum)
                });
                let from = from.collect();
                self.witnesses.push(Witness { account: u, shares: role == Role::Shared, route: Vec::new(), from });
            }
        }
    }

    /// A shortest way to everybody who was exposed; the account to whom there is none is refused.
    fn trace(&mut self, observed: &Observed<'_>) -> Result<()> {
        const NOBODY: u32 = u32::MAX;
        if self.witnesses.is_empty() {
            return Ok(());
        }
        let mut from = vec![NOBODY; self.roles.len()];
        let mut queue = self.posters.clone();
        queue.iter().for_each(|&v| from[v as usize] = v);
        let mut at = 0;
        while let Some(&v) = queue.get(at) {
            at += 1;
            for (place, &u) in self.resolved.graph().followers(v).iter().enumerate() {
                if from[u as usize] == NOBODY && self.resolved.r(v, place, u) > 0.0 {
                    from[u as usize] = v;
                    if self.rho(u) > 0.0 {
                        queue.push(u);
                    }
                }
            }
        }
        for place in 0..self.witnesses.len() {
            let u = self.witnesses[place].account;
            let mut route = vec![from[u as usize]];
            loop {
                let last = route[route.len() - 1];
                if last == NOBODY {
                    let problem = "is said to have seen it, and by this model it cannot have come to them: no way of \
                                   follows leads from a poster to them through people who may have shared";
                    return observed.refuse(u, problem);
                }
                if self.role(last) == Role::Poster {
                    break;
                }
                route.push(from[last as usize]);
            }
            self.witnesses[place].route = route;
        }
        Ok(())
    }

    /// Who may share beside every listener; a listener who must have heard what is certain is refused.
    fn hear(&mut self, observed: &Observed<'_>) -> Result<()> {
        for (at, listener) in self.listeners.iter().enumerate() {
            let may = self.followed(listener.account).filter(|&(v, r)| r > 0.0 && self.rho(v) > 0.0);
            let may: Vec<(u32, f64)> = may.collect();
            let certain = |&(v, _): &(u32, f64)| matches!(self.role(v), Role::Poster | Role::Shared);
            let miss = self.miss(may.iter().filter(|edge| certain(edge)).map(|edge| edge.1));
            if listener.says != Says::Exposed && listener.chance(miss) <= 0.0 {
                let v = may.iter().find(|edge| certain(edge)).map_or(listener.account, |edge| edge.0);
                return self.missed(observed, listener.account, v);
            }
            let heard = may.into_iter().map(|(sharer, r)| Heard { sharer, listener: at as u32, r });
            self.heard.extend(heard);
        }
        self.heard.sort_by_key(|heard| (heard.sharer, heard.listener));
        Ok(())
    }
}
