//! Shards against the network they were cut from.

use super::superstep::{Job, Sent, Sums, alone, superstep};
use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::buffer::aligned;
use crate::graph::{Graph, build};

fn random(accounts: u32, edges: u64, seed: u64) -> Graph {
    let key = Key::new(seed, Stream::Sample, 0);
    let end = |item| (key.word(item) % u64::from(accounts)) as u32;
    let pairs: Vec<(u32, u32)> = (0..edges).map(|i| (end(2 * i), end(2 * i + 1))).filter(|(u, v)| u != v).collect();
    build::graph(accounts as usize, &pairs)
}

fn shards(graph: &Graph, count: usize) -> Vec<Shard> {
    let bounds = bounds(graph, count);
    (0..count).map(|index| of_graph(graph, &bounds, index).unwrap()).collect()
}

#[test]
fn rows_are_those_of_the_network_in_their_order() {
    let graph = random(500, 4000, 1);
    for count in [1, 2, 3, 7, 12] {
        let mut edges = 0;
        for shard in shards(&graph, count) {
            assert!(shard.range().start.is_multiple_of(crate::base::fixed::BLOCK) || shard.own() == 0);
            for (place, v) in shard.range().enumerate() {
                let accounts = |row: &[u32]| row.iter().map(|&place| shard.account(place)).collect::<Vec<_>>();
                assert_eq!(accounts(shard.followers.row(place as u32)), graph.followers(v as u32));
                assert_eq!(accounts(shard.following.row(place as u32)), graph.following(v as u32));
                edges += shard.following.row(place as u32).len() as u64;
            }
            for place in 0..shard.places() as u32 {
                assert_eq!(shard.place(shard.account(place)), Some(place));
            }
        }
        assert_eq!(edges, graph.edges());
    }
}

#[test]
fn what_one_shard_tells_is_what_another_has_in_its_halo() {
    let graph = random(700, 3000, 2);
    let all = shards(&graph, 5);
    for shard in &all {
        for other in &all {
            let told: Vec<u32> = other.told(shard.index).iter().map(|&place| other.account(place)).collect();
            assert_eq!(told, shard.halo[shard.halo_of(other.index)]);
        }
        let letters: Vec<Vec<u8>> =
            all.iter().map(|other| other.tell(|place| u64::from(other.account(place)))[shard.index].clone()).collect();
        let letters: Vec<&[u8]> = letters.iter().map(Vec::as_slice).collect();
        let heard: Vec<u64> = shard.hear(&letters).unwrap();
        assert!(heard.iter().zip(shard.halo.iter()).all(|(&heard, &account)| heard == u64::from(account)));
        assert!(shard.hear::<u32>(&letters).is_err() || shard.halo.is_empty());
    }
}

#[test]
fn edges_in_any_order_make_the_same_shard() {
    let graph = random(300, 2000, 3);
    let bounds = bounds(&graph, 4);
    let mut edges: Vec<(u32, u32)> = (0..300).flat_map(|u| graph.following(u).iter().map(move |&v| (u, v))).collect();
    let key = Key::new(9, Stream::Sample, 1);
    edges.sort_by_key(|&(u, v)| key.word(u64::from(u) << 32 | u64::from(v)));
    for index in 0..4 {
        let own = bounds[index]..bounds[index + 1];
        let (u, v): (Vec<u32>, Vec<u32>) =
            edges.iter().filter(|(u, v)| own.contains(&u64::from(*u)) || own.contains(&u64::from(*v))).copied().unzip();
        assert_eq!(of_edges(&bounds, index, &u, &v, None).unwrap(), of_graph(&graph, &bounds, index).unwrap());
        let twice = [u.clone(), vec![u[0]]].concat();
        let error = of_edges(&bounds, index, &twice, &[v.clone(), vec![v[0]]].concat(), None).unwrap_err();
        assert!(error.to_string().contains("twice"), "{error}");
        assert!(of_edges(&bounds, index, &[5], &[5], None).is_err());
        assert!(of_edges(&bounds, index, &[0], &[300], None).is_err());
        assert!(of_edges(&bounds, index, &u, &v, Some(&vec![f64::NAN; u.len()])).is_err());
    }
    assert!(of_edges(&[0, 63, 300], 0, &[], &[], None).is_err() && of_edges(&[0, 64], 1, &[], &[], None).is_err());
}

#[test]
fn digests_of_edges_in_any_order_add_up_to_that_of_the_network() {
    let edges: Vec<(u32, u32, f64)> = (0..200u32).map(|u| (u, (u * 7 + 1) % 200, f64::from(u) / 8.0)).collect();
    let edges: Vec<(u32, u32, f64)> = edges.into_iter().filter(|(u, v, _)| u != v).collect();
    let bare: Vec<(u32, u32)> = edges.iter().map(|&(u, v, _)| (u, v)).collect();
    let column = |edges: &[(u32, u32, f64)]| -> (Vec<u32>, Vec<u32>, Vec<f64>) {
        (edges.iter().map(|e| e.0).collect(), edges.iter().map(|e| e.1).collect(), edges.iter().map(|e| e.2).collect())
    };
    let (mut weighted, mut plain) = (accounts_digest(200), accounts_digest(200));
    for part in edges.chunks(17).rev() {
        let (u, v, w) = column(part);
        weighted = weighted.wrapping_add(edges_digest(&u, &v, Some(&w)));
        plain = plain.wrapping_add(edges_digest(&u, &v, None));
    }
    assert_eq!(digest(&build::weighted(200, &edges)), weighted);
    assert_eq!(digest(&build::graph(200, &bare)), plain);
    assert_ne!(weighted, plain);
    assert_ne!(digest(&build::graph(201, &bare)), plain);
}

#[test]
fn small_networks_can_be_cut_too() {
    for accounts in [0, 1, 2, 64, 65] {
        let graph = build::graph(accounts, &[]);
        for count in [1, 2, 5] {
            let all = shards(&graph, count);
            assert_eq!(all.iter().map(Shard::own).sum::<usize>(), accounts);
        }
    }
}

#[test]
fn a_shard_is_read_as_it_was_written_or_refused() {
    let graph = random(200, 1500, 4);
    for shard in shards(&graph, 3) {
        let bytes = shard.encode();
        assert_eq!(Shard::decode(aligned(&bytes), "shard").unwrap(), shard);
        for at in (0..bytes.len()).step_by(97) {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            assert!(Shard::decode(aligned(&changed), "shard").is_err(), "byte {at}");
            assert!(Shard::decode(aligned(&bytes[..at]), "shard").is_err(), "length {at}");
        }
    }
}

/// Everybody tells their number for some supersteps; the sum of all that anybody heard is counted.
struct Counting(u32);

impl Job for Counting {
    fn begin(&self, shard: &Shard) -> Result<Sent> {
        Ok(Sent { told: shard.tell(|place| u64::from(shard.account(place))), ..Sent::default() })
    }

    fn step(&self, shard: &Shard, _: u32, _: &[u8], told: &[&[u8]], sums: &Sums) -> Result<Sent> {
        let heard: Vec<u64> = shard.hear(told)?;
        let sums = Sums { counts: [heard.iter().sum(), sums.counts[1] + 1, 0], ..Sums::default() };
        Ok(Sent { told: shard.tell(|place| u64::from(shard.account(place))), kept: to_bytes(&heard), sums })
    }

    fn is_done(&self, step: u32, _: &Sums) -> bool {
        step == self.0
    }

    fn result(&self, _: &Shard, _: u32, kept: &[u8], sums: &Sums) -> Result<Vec<u8>> {
        Ok([&sums.counts[0].to_le_bytes(), kept].concat())
    }
}

#[test]
fn supersteps_end_together_and_bad_messages_are_refused() {
    let graph = random(400, 2500, 5);
    let all = shards(&graph, 4);
    let results = alone(&[Counting(3), Counting(3), Counting(3), Counting(3)], &all, 77).unwrap();
    let expected: u64 = all.iter().flat_map(|shard| shard.halo.iter()).map(|&account| u64::from(account)).sum();
    assert!(results.iter().all(|result| result[..8] == expected.to_le_bytes()));

    let send = |step: &[Vec<Vec<u8>>]| -> Vec<Vec<Vec<u8>>> {
        let mut next = vec![Vec::new(); 4];
        for (shard, inbox) in all.iter().zip(step) {
            for message in superstep(&Counting(3), shard, 77, inbox).unwrap() {
                next[message.to as usize].push(message.sealed);
            }
        }
        next
    };
    let first = send(&vec![Vec::new(); 4]);
    let second = send(&first);
    let says = |inbox: &[Vec<u8>], run: u64| superstep(&Counting(3), &all[1], run, inbox).unwrap_err().to_string();
    let inbox = &second[1];
    assert!(says(&inbox[1..], 77).contains("did not come back"));
    assert!(says(&[&inbox[..3], &inbox[..1]].concat(), 77).contains("twice"));
    assert!(says(&[&inbox[..3], &first[1][3..]].concat(), 77).contains("other work"));
    assert!(says(inbox, 78).contains("another question"));
    assert!(says(&second[2], 77).contains("came to shard 1"));
    let mut broken = inbox.clone();
    broken[2][60] ^= 1;
    assert!(says(&broken, 77).contains("broken") || says(&broken, 77).contains("another"));
}
