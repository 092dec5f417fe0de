//! Accounts of which it is known whether they are real.

use crate::base::{Error, Result};

/// Accounts that are known to be real people, and such as are known not to be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Labels {
    /// Known to be real, rising.
    pub real: Vec<u32>,
    /// Known not to be, rising.
    pub fake: Vec<u32>,
}

impl Labels {
    /// From accounts and whether each is real, in any order; an account may be named twice with the same word.
    ///
    /// **Errors**: an account with both words.
    pub fn new(rows: impl Iterator<Item = (u32, bool)>) -> Result<Labels> {
        let mut rows: Vec<(u32, bool)> = rows.collect();
        rows.sort_unstable();
        rows.dedup();
        if let Some(pair) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::parameter("--labels", format!("account {} is labelled both real and not", pair[0].0)));
        }
        let of = |wanted: bool| rows.iter().filter(|row| row.1 == wanted).map(|row| row.0).collect();
        Ok(Labels { real: of(true), fake: of(false) })
    }

    /// How many accounts are labelled.
    pub fn len(&self) -> usize {
        self.real.len() + self.fake.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those for which a coin falls heads, and the others.
    pub(super) fn halves(&self, heads: impl Fn(u32) -> bool) -> (Labels, Labels) {
        let part = |all: &[u32], wanted: bool| all.iter().copied().filter(|&u| heads(u) == wanted).collect();
        let half = |wanted: bool| Labels { real: part(&self.real, wanted), fake: part(&self.fake, wanted) };
        (half(true), half(false))
    }

    /// Every labelled account with its label.
    pub fn iter(&self) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.real.iter().map(|&u| (u, true)).chain(self.fake.iter().map(|&u| (u, false)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_sorted_and_agree() {
        let labels = Labels::new([(5, true), (2, false), (5, true), (1, true)].into_iter()).unwrap();
        assert_eq!((&labels.real[..], &labels.fake[..]), (&[1, 5][..], &[2][..]));
        let (one, other) = labels.halves(|u| u < 3);
        assert_eq!((one.len(), other.real), (2, vec![5]));
        assert!(
            Labels::new([(5, true), (5, false)].into_iter()).unwrap_err().to_string().contains("both real and not")
        );
    }
}
