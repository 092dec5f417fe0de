//! Places drawn in proportion to whole numbers that change.

/// Sums over halves of halves (Fenwick 1994): a change and a draw take as many steps as the number of places has bits.
#[derive(Debug, Clone, Default)]
pub(super) struct Urn {
    weights: Vec<u64>,
    /// Sums of the weights of the `i & -i` places up to i, from 1.
    sums: Vec<u64>,
}

impl Urn {
    pub fn clear(&mut self) {
        self.weights.clear();
        self.sums.clear();
    }

    pub fn weight(&self, place: usize) -> u64 {
        self.weights[place]
    }

    /// The sum of all.
    pub fn total(&self) -> u64 {
        self.before(self.weights.len())
    }

    fn before(&self, mut place: usize) -> u64 {
        let mut sum = 0;
        while place > 0 {
            sum += self.sums[place - 1];
            place &= place - 1;
        }
        sum
    }

    /// Adds a place behind the others.
    pub fn push(&mut self, weight: u64) {
        self.weights.push(weight);
        let place = self.weights.len();
        let first = place & (place - 1);
        self.sums.push(weight + self.before(place - 1) - self.before(first));
    }

    pub fn set(&mut self, place: usize, weight: u64) {
        let before = std::mem::replace(&mut self.weights[place], weight);
        let mut at = place + 1;
        while at <= self.sums.len() {
            self.sums[at - 1] = self.sums[at - 1] - before + weight;
            at += at & at.wrapping_neg();
        }
    }

    /// Takes a place away; the last takes its number.
    pub fn swap_remove(&mut self, place: usize) {
        let last = self.weights[self.weights.len() - 1];
        self.set(place, last);
        self.weights.pop();
        self.sums.pop();
    }

    /// The place at which the sum of the weights passes `at`, which is below the total.
    pub fn find(&self, mut at: u64) -> usize {
        let mut place = 0;
        let mut step = self.sums.len().checked_ilog2().map_or(0, |bits| 1 << bits);
        while step > 0 {
            if let Some(&sum) = self.sums.get(place + step - 1)
                && sum <= at
            {
                at -= sum;
                place += step;
            }
            step /= 2;
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_weight_is_found_as_often_as_it_says(
            steps in prop::collection::vec((0usize..3, 0usize..40, 0u64..5), 1..120),
        ) {
            let (mut urn, mut weights) = (Urn::default(), Vec::new());
            for (what, place, weight) in steps {
                match (what, weights.len()) {
                    (0, _) | (_, 0) => {
                        urn.push(weight);
                        weights.push(weight);
                    }
                    (1, len) => {
                        urn.set(place % len, weight);
                        weights[place % len] = weight;
                    }
                    (_, len) => {
                        urn.swap_remove(place % len);
                        weights.swap_remove(place % len);
                    }
                }
                prop_assert_eq!(urn.total(), weights.iter().sum::<u64>());
                let mut found = vec![0; weights.len()];
                (0..urn.total()).for_each(|at| found[urn.find(at)] += 1);
                prop_assert_eq!(&found, &weights);
            }
        }
    }
}
