//! Looked-up followers: what an agency buys to learn how audiences overlap.

use super::super::super::draw::Draw;
use super::window::Face;
use super::{Observed, Step};
use crate::base::{Error, Result, Run};
use crate::graph::tables::FOLLOWS;
use crate::graph::{Column, Design, Network, Table, Values};

impl Observed {
    /// The network with `per_creator` random followers of each of these creators (all, if there are fewer) looked up
    /// against all of them.
    ///
    /// Where a creator's list is full or random, the looked-up are drawn from it: a random part of a random part of the
    /// audience. Where it holds the newest, they are drawn from the whole audience, and become accounts if they were
    /// none; then the numbers of accounts are others than before, names stay. Nobody is looked up on another platform,
    /// where nothing tells who they are: such pairs have no row, and neither has a creator with themselves.
    pub fn lookup(&self, creators: &[u32], per_creator: usize, seed: u64, run: &Run) -> Result<Network> {
        let key = Step::Lookups.key(seed);
        let mut places = Vec::with_capacity(creators.len());
        for &account in creators {
            match self.truth.accounts.binary_search_by_key(&account, |creator| creator.account) {
                Ok(at) => places.push(at),
                Err(_) => {
                    let problem = format!("account {account} is none of the agency's creators");
                    return Err(Error::parameter("creators", problem));
                }
            }
        }
        places.sort_unstable();
        places.dedup();
        let mut faces: Vec<Face> = Vec::new();
        for &at in &places {
            let (one, list) = (&self.window.chosen[at], &self.window.lists[at]);
            let known = match list.design {
                Design::Full | Design::Random => &list.followers,
                _ => self.graph.followers(one.market),
            };
            let mut draw = Draw::new(key.of(u64::from(one.market)));
            let drawn = draw.some(known, per_creator.min(known.len()));
            faces.extend(drawn.into_iter().map(|u| (one.platform, u)));
        }
        faces.sort_unstable();
        faces.dedup();
        let (mut network, lists, found) = self.window.network(&faces, run)?;
        let mut rows: Vec<(u32, u32, f64)> = Vec::new();
        for (&(platform, u), &account) in faces.iter().zip(&found) {
            let same = places.iter().filter(|&&at| self.window.chosen[at].platform == platform);
            rows.extend(same.filter(|&&at| self.window.chosen[at].market != u).map(|&at| {
                let follows = self.graph.followers(self.window.chosen[at].market).binary_search(&u).is_ok();
                (account, lists[at].account, f64::from(u8::from(follows)))
            }));
        }
        rows.sort_by_key(|row| (row.0, row.1));
        network.tables.lookups = Table {
            account: rows.iter().map(|row| row.0).collect::<Vec<u32>>().into(),
            other: Some(rows.iter().map(|row| row.1).collect::<Vec<u32>>().into()),
            columns: vec![Column {
                name: FOLLOWS.into(),
                values: Values::Number(rows.iter().map(|row| row.2).collect::<Vec<f64>>().into()),
            }],
        };
        Ok(network)
    }
}
