//! What crosses from one process to another: bytes under a seal that says what they are, and that they are whole.
//!
//! bincode 2 turns values into bytes (docs/DECISIONS.md); the seal is a header of 48 bytes and the version.

use serde::Serialize;
use serde::de::DeserializeOwned;
use twox_hash::XxHash3_64;

use super::error::{Error, Result};

const MAGIC: &[u8; 4] = b"TRS1";
/// The version of the program: others may count otherwise.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Magic, length of the version, and five numbers.
const HEADER: usize = 8 + 5 * 8;

/// What bytes are an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    /// What was asked: the digest of network, parameters and seed.
    pub question: u64,
    /// Which work of it: the digest of the work's name.
    pub work: u64,
    /// Which part of that: the digest of the chunk, or a number.
    pub part: u64,
}

/// A 64-bit digest.
pub fn digest(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// A value as bytes.
pub fn encode(value: &impl Serialize) -> Result<Vec<u8>> {
    bincode::serde::encode_to_vec(value, bincode::config::standard().with_fixed_int_encoding())
        .map_err(|error| Error::engine(format!("a result cannot be written: {error}")))
}

/// Bytes as a value; all of them.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let config = bincode::config::standard().with_fixed_int_encoding();
    match bincode::serde::decode_from_slice(bytes, config) {
        Ok((value, read)) if read == bytes.len() => Ok(value),
        Ok((_, read)) => Err(Error::engine(format!("a result has {} bytes, and {read} were meant", bytes.len()))),
        Err(error) => Err(Error::engine(format!("a result cannot be read: {error}"))),
    }
}

/// Puts bytes under a seal.
pub fn seal(label: Label, body: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(HEADER + VERSION.len() + body.len());
    sealed.extend_from_slice(MAGIC);
    sealed.extend_from_slice(&(VERSION.len() as u32).to_le_bytes());
    for number in [label.question, label.work, label.part, body.len() as u64, digest(body)] {
        sealed.extend_from_slice(&number.to_le_bytes());
    }
    sealed.extend_from_slice(VERSION.as_bytes());
    sealed.extend_from_slice(body);
    sealed
}

/// Takes bytes from under their seal: what they answer, and the bytes.
///
/// **Errors**: no seal, another version of the program, bytes missing, too many, or changed.
pub fn open(sealed: &[u8]) -> Result<(Label, &[u8])> {
    let broken = |what: &str| Error::engine(format!("a part that came back is broken: {what}"));
    if sealed.len() < HEADER || &sealed[..4] != MAGIC {
        return Err(broken("it does not begin as parts do"));
    }
    let number = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&sealed[8 + 8 * at..16 + 8 * at]);
        u64::from_le_bytes(bytes)
    };
    let length = u32::from_le_bytes([sealed[4], sealed[5], sealed[6], sealed[7]]) as usize;
    let Some((version, body)) = sealed[HEADER..].split_at_checked(length) else {
        return Err(broken("it ends before its version"));
    };
    if version != VERSION.as_bytes() {
        let other = String::from_utf8_lossy(version).into_owned();
        return Err(Error::engine(format!("a worker has truereach {other}, and here is {VERSION}"))
            .with_hint("install the same version everywhere: equal results are promised of equal versions"));
    }
    if body.len() as u64 != number(3) {
        return Err(broken(&format!("{} bytes where {} were sent", body.len(), number(3))));
    }
    if digest(body) != number(4) {
        return Err(broken("its checksum does not fit its bytes"));
    }
    Ok((Label { question: number(0), work: number(1), part: number(2) }, body))
}

/// Takes the parts of one work, whatever order they came in, and puts them into the order of `parts`.
///
/// **Errors**: as [`open`]; a part of another question or work, one that nobody asked for, one that came twice, one that is
/// missing.
pub fn in_order(question: u64, work: u64, parts: &[u64], sealed: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
    let mut found: Vec<Option<&[u8]>> = vec![None; parts.len()];
    let mut sorted: Vec<(u64, usize)> = parts.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    for bytes in sealed {
        let (label, body) = open(bytes)?;
        if label.question != question {
            return Err(Error::engine(
                "a part came back that answers another question: network, parameters or seed differ",
            )
            .with_hint("the worker may have another file under the network's name"));
        }
        if label.work != work {
            return Err(Error::engine("a part came back that belongs to other work"));
        }
        let from = sorted.partition_point(|&(part, _)| part < label.part);
        let same = sorted[from..].iter().take_while(|&&(part, _)| part == label.part);
        let mut places = same.map(|&(_, place)| place).peekable();
        if places.peek().is_none() {
            return Err(Error::engine(format!("part {:016x} came back, which nobody asked for", label.part)));
        }
        match places.find(|&place| found[place].is_none()) {
            Some(place) => found[place] = Some(body),
            None => return Err(Error::engine(format!("part {:016x} came back twice", label.part))),
        }
    }
    let missing = found.iter().filter(|part| part.is_none()).count();
    if missing > 0 {
        return Err(Error::engine(format!("{missing} of {} parts did not come back", parts.len())));
    }
    Ok(found.into_iter().flatten().map(<[u8]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: Label = Label { question: 7, work: 8, part: 9 };

    #[test]
    fn what_was_sealed_is_opened() {
        assert_eq!(open(&seal(LABEL, b"body")).unwrap(), (LABEL, &b"body"[..]));
        assert_eq!(open(&seal(LABEL, b"")).unwrap(), (LABEL, &b""[..]));
        let value = (vec![1.5f64, f64::INFINITY], u64::MAX, "anh".to_owned());
        assert_eq!(decode::<(Vec<f64>, u64, String)>(&encode(&value).unwrap()).unwrap(), value);
        assert!(decode::<u64>(&[0; 9]).is_err() && decode::<u64>(&[0; 7]).is_err());
    }

    #[test]
    fn every_changed_byte_is_found() {
        let sealed = seal(LABEL, b"some body");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            let known = open(&changed).is_ok_and(|(label, body)| label == LABEL && body == b"some body");
            assert!(!known, "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(open(&sealed[..length]).is_err());
        }
    }

    #[test]
    fn another_version_is_named() {
        let mut sealed = seal(LABEL, b"body");
        sealed[HEADER] = b'9';
        let error = open(&sealed).unwrap_err().to_string();
        assert!(error.contains("a worker has truereach 9") && error.contains("hint"), "{error}");
    }

    #[test]
    fn parts_are_put_in_order_and_counted() {
        let part = |part: u64, body: &[u8]| seal(Label { part, ..LABEL }, body);
        let all = [part(3, b"c"), part(1, b"a"), part(2, b"b")];
        assert_eq!(in_order(7, 8, &[1, 2, 3], &all).unwrap(), [b"a", b"b", b"c"]);
        let says = |parts: &[u64], sealed: &[Vec<u8>], question: u64, work: u64| {
            in_order(question, work, parts, sealed).unwrap_err().to_string()
        };
        assert!(says(&[1, 2], &all, 7, 8).contains("nobody asked for"));
        assert!(says(&[1, 2, 3, 4], &all, 7, 8).contains("1 of 4 parts did not come back"));
        let twice = [part(3, b"c"), part(3, b"c")];
        assert!(says(&[3, 1], &twice, 7, 8).contains("came back twice"));
        assert!(says(&[1, 2, 3], &all, 6, 8).contains("another question"));
        assert!(says(&[1, 2, 3], &all, 7, 9).contains("other work"));
        assert_eq!(in_order(7, 8, &[3, 3], &twice).unwrap().len(), 2);
    }
}
