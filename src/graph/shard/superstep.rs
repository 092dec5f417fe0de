//! Supersteps: what shards of a network compute in turn and tell each other, until all of them know that it is done.
//!
//! In a superstep each shard gets one message from every shard, its own included (what it keeps), and sends one to every
//! shard. Sums of the whole network travel with the messages: whole numbers, so that it does not matter who adds them
//! up. Each shard sees the same sums and ends at the same superstep. A message is sealed: one that is missing, doubled,
//! changed, or of another superstep, job or network is refused (Valiant 1990; Malewicz et al. 2010).

use serde::{Deserialize, Serialize};

use super::Shard;
use crate::base::fixed::Fixed;
use crate::base::sealed::{self, Label};
use crate::base::{Error, Result};

/// Sums over the whole network, by what a job adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Numbers of at least 0.
    pub shares: [Fixed; 2],
    /// Counts.
    pub counts: [u64; 3],
}

impl Sums {
    fn join(&mut self, other: &Sums) {
        self.shares.iter_mut().zip(other.shares).for_each(|(sum, other)| sum.join(other));
        self.counts.iter_mut().zip(other.counts).for_each(|(sum, other)| *sum += other);
    }
}

/// What a shard makes of a superstep.
#[derive(Debug, Default)]
pub struct Sent {
    /// What it keeps for the next.
    pub kept: Vec<u8>,
    /// To each shard; to itself nothing. Empty: nothing to anybody.
    pub told: Vec<Vec<u8>>,
    /// Its part of the sums.
    pub sums: Sums,
}

/// What shards do in supersteps.
pub trait Job {
    /// The first superstep: nobody has told anything.
    fn begin(&self, shard: &Shard) -> Result<Sent>;

    /// One more superstep, of number `step` from 1: what the shard kept, what each shard told (itself: nothing), and the sums
    /// of the superstep before.
    fn step(&self, shard: &Shard, step: u32, kept: &[u8], told: &[&[u8]], sums: &Sums) -> Result<Sent>;

    /// Whether the sums of superstep `step` say that it was the last.
    fn is_done(&self, step: u32, sums: &Sums) -> bool;

    /// What the shard's part of the result is, sealed as it is.
    fn result(&self, shard: &Shard, step: u32, kept: &[u8], sums: &Sums) -> Result<Vec<u8>>;
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The shard it is for.
    pub to: u32,
    /// The shard it is from.
    pub from: u32,
    /// The superstep it was made in.
    pub step: u32,
    /// Whether the job is done, and this is what the shard keeps.
    pub done: bool,
    /// What is told, under its seal.
    pub sealed: Vec<u8>,
}

/// What a message holds.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    step: u32,
    done: bool,
    sums: Sums,
}

/// The bytes of an envelope, which has numbers alone.
fn envelope_of(envelope: &Envelope, body: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = sealed::encode(envelope)?;
    let mut all = Vec::with_capacity(4 + bytes.len() + body.len());
    all.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    all.append(&mut bytes);
    all.extend_from_slice(body);
    Ok(all)
}

fn envelope_in(bytes: &[u8]) -> Result<(Envelope, &[u8])> {
    let short = || Error::engine("a message ends before its envelope");
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(short)?;
    let (envelope, body) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(short)?;
    Ok((sealed::decode(envelope)?, body))
}

/// One superstep of one shard. `run` tells jobs and networks apart; `inbox` is empty before the first.
///
/// **Errors**: what the job refuses; messages that do not fit ([`sealed::in_order`]).
pub fn superstep(job: &(impl Job + ?Sized), shard: &Shard, run: u64, inbox: &[Vec<u8>]) -> Result<Vec<Message>> {
    if inbox.is_empty() {
        return posted(shard, run, 0, job.begin(shard)?);
    }
    let (step, done, envelopes) = received(shard, run, inbox)?;
    if done {
        let (_, kept) = &envelopes[0];
        return kept_on(shard, run, step, envelopes[0].0.sums, kept);
    }
    let mut sums = Sums::default();
    envelopes.iter().for_each(|(envelope, _)| sums.join(&envelope.sums));
    let mut told: Vec<&[u8]> = envelopes.iter().map(|(_, body)| body.as_slice()).collect();
    let kept = std::mem::take(&mut told[shard.index]);
    if job.is_done(step, &sums) {
        return kept_on(shard, run, step, sums, kept);
    }
    posted(shard, run, step + 1, job.step(shard, step + 1, kept, &told, &sums)?)
}

/// The shard's part of the result once the job is done.
pub fn result(job: &(impl Job + ?Sized), shard: &Shard, run: u64, inbox: &[Vec<u8>]) -> Result<Vec<u8>> {
    match received(shard, run, inbox)? {
        (step, true, envelopes) => job.result(shard, step, &envelopes[0].1, &envelopes[0].0.sums),
        _ => Err(Error::engine("the job is not done")),
    }
}

/// The only message of a job that is done.
fn kept_on(shard: &Shard, run: u64, step: u32, sums: Sums, kept: &[u8]) -> Result<Vec<Message>> {
    let body = envelope_of(&Envelope { step, done: true, sums }, kept)?;
    let own = shard.index as u32;
    let label = Label { question: run, work: u64::MAX << 32 | u64::from(own), part: u64::from(own) };
    Ok(vec![Message { to: own, from: own, step, done: true, sealed: sealed::seal(label, &body) }])
}

fn posted(shard: &Shard, run: u64, step: u32, mut sent: Sent) -> Result<Vec<Message>> {
    sent.told.resize(shard.shards(), Vec::new());
    sent.told[shard.index] = sent.kept;
    let (own, sums) = (shard.index as u32, sent.sums);
    let one = |(to, body): (usize, Vec<u8>)| {
        let body = envelope_of(&Envelope { step, done: false, sums }, &body)?;
        let label = Label { question: run, work: u64::from(step) << 32 | to as u64, part: u64::from(own) };
        Ok(Message { to: to as u32, from: own, step, done: false, sealed: sealed::seal(label, &body) })
    };
    sent.told.into_iter().enumerate().map(one).collect()
}

/// The superstep that messages belong to, whether the job is done, and what they hold, by sender.
#[expect(clippy::type_complexity, reason = "a message is an envelope and its body")]
fn received(shard: &Shard, run: u64, inbox: &[Vec<u8>]) -> Result<(u32, bool, Vec<(Envelope, Vec<u8>)>)> {
    let first = inbox.first().ok_or_else(|| Error::engine("nothing came to a shard"))?;
    let (label, body) = sealed::open(first)?;
    let (envelope, _) = envelope_in(body)?;
    let from: Vec<u64> = match envelope.done {
        true => vec![shard.index as u64],
        false => (0..shard.shards() as u64).collect(),
    };
    let own = u64::from(u32::MAX) & label.work;
    if own != shard.index as u64 {
        return Err(Error::engine(format!("a message for shard {own} came to shard {}", shard.index)));
    }
    let envelopes = sealed::in_order(run, label.work, &from, inbox)?
        .iter()
        .map(|bytes| envelope_in(bytes).map(|(envelope, body)| (envelope, body.to_vec())))
        .collect::<Result<Vec<_>>>()?;
    if envelopes.iter().any(|(other, _)| (other.step, other.done) != (envelope.step, envelope.done)) {
        return Err(Error::engine("messages of several supersteps came together"));
    }
    Ok((envelope.step, envelope.done, envelopes))
}

/// Runs a job on all shards in this process, one after the other: what the supersteps of many processes must equal. A job
/// for each shard, with what is given of its accounts.
pub fn alone(jobs: &[impl Job], shards: &[Shard], run: u64) -> Result<Vec<Vec<u8>>> {
    let mut inboxes: Vec<Vec<Vec<u8>>> = vec![Vec::new(); shards.len()];
    loop {
        let mut next: Vec<Vec<Vec<u8>>> = vec![Vec::new(); shards.len()];
        let mut done = true;
        for ((job, shard), inbox) in jobs.iter().zip(shards).zip(&inboxes) {
            for message in superstep(job, shard, run, inbox)? {
                done &= message.done;
                next[message.to as usize].push(message.sealed);
            }
        }
        inboxes = next;
        if done {
            let all = jobs.iter().zip(shards).zip(&inboxes);
            return all.map(|((job, shard), inbox)| result(job, shard, run, inbox)).collect();
        }
    }
}
