//! How many bits two rows of words have in common, counted by the processor's own instruction where it has one.

/// For each row of `width` words in `rows`, adds to its count how many bits it has in common with `one`.
pub fn add_common_bits(one: &[u64], rows: &[u64], counts: &mut [u32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("popcnt") {
        // SAFETY: the processor has the instruction.
        #[allow(unsafe_code)]
        return unsafe { with_popcnt(one, rows, counts) };
    }
    add(one, rows, counts);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn with_popcnt(one: &[u64], rows: &[u64], counts: &mut [u32]) {
    add(one, rows, counts);
}

#[inline(always)]
fn add(one: &[u64], rows: &[u64], counts: &mut [u32]) {
    for (row, count) in rows.chunks_exact(one.len().max(1)).zip(counts) {
        *count += one.iter().zip(row).map(|(a, b)| (a & b).count_ones()).sum::<u32>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_in_common_are_counted() {
        let one = [0b1011, u64::MAX];
        let rows = [0b0001, 0, 0b1111, 1 << 63, 0, 0];
        let mut counts = [1, 0, 5];
        add_common_bits(&one, &rows, &mut counts);
        assert_eq!(counts, [2, 4, 5]);
        let mut counts = [0; 3];
        add(&one, &rows, &mut counts);
        assert_eq!(counts, [1, 4, 0]);
    }
}
