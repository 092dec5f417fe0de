//! Users' own ids and the dense ids inside: the dense order is the sorted order, so it is a function of the set
//! of names alone, and finding a name is a binary search that needs no table.

use std::borrow::Cow;

use super::buffer::Buffer;

/// Sorted names: all whole numbers (sorted as numbers) or text (sorted by bytes).
#[derive(Debug, Clone, PartialEq)]
pub enum Names {
    /// Every name is a whole number without sign or leading zeros.
    Numbers(Buffer<u64>),
    /// At least one name is not such a number.
    Text {
        /// Where each name begins; one entry more than there are names.
        offsets: Buffer<u64>,
        /// The names, one after the other, UTF-8.
        bytes: Buffer<u8>,
    },
}

impl Default for Names {
    fn default() -> Self {
        Names::Numbers(Buffer::default())
    }
}

impl Names {
    /// The names `0..count`.
    pub fn range(count: usize) -> Self {
        Names::Numbers((0..count as u64).collect::<Vec<_>>().into())
    }

    /// From texts that are sorted by bytes and differ.
    pub fn from_sorted<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut offsets = vec![0u64];
        let mut bytes = Vec::new();
        for text in texts {
            bytes.extend_from_slice(text);
            offsets.push(bytes.len() as u64);
        }
        Names::Text { offsets: offsets.into(), bytes: bytes.into() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Names::Numbers(numbers) => numbers.len(),
            Names::Text { offsets, .. } => offsets.len().saturating_sub(1),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of dense id `id`.
    pub fn get(&self, id: u32) -> Cow<'_, str> {
        match self {
            Names::Numbers(numbers) => Cow::Owned(numbers[id as usize].to_string()),
            Names::Text { .. } => String::from_utf8_lossy(self.text(id as usize)),
        }
    }

    fn text(&self, id: usize) -> &[u8] {
        match self {
            Names::Text { offsets, bytes } => &bytes[offsets[id] as usize..offsets[id + 1] as usize],
            Names::Numbers(_) => &[],
        }
    }

    /// Whether all names are plain ASCII.
    pub fn is_ascii(&self) -> bool {
        match self {
            Names::Numbers(_) => true,
            Names::Text { bytes, .. } => bytes.is_ascii(),
        }
    }

    /// The dense id of a name.
    pub fn find(&self, name: &str) -> Option<u32> {
        match self {
            Names::Numbers(numbers) => {
                let number = parse_number(name.as_bytes())?;
                numbers.binary_search(&number).ok().map(|id| id as u32)
            }
            Names::Text { .. } => {
                let (mut low, mut high) = (0, self.len());
                while low < high {
                    let middle = low + (high - low) / 2;
                    match self.text(middle).cmp(name.as_bytes()) {
                        std::cmp::Ordering::Less => low = middle + 1,
                        std::cmp::Ordering::Greater => high = middle,
                        std::cmp::Ordering::Equal => return Some(middle as u32),
                    }
                }
                None
            }
        }
    }

    /// Up to three names that look most like `name`, for "did you mean".
    pub fn nearest(&self, name: &str) -> Vec<String> {
        let name = name.to_lowercase();
        let mut best: Vec<(usize, String)> = Vec::new();
        for id in 0..self.len() as u32 {
            let other = self.get(id);
            if other.len().abs_diff(name.len()) > 3 {
                continue;
            }
            let distance = edit_distance(&name, &other.to_lowercase());
            if distance <= 1 + name.chars().count() / 4 {
                best.push((distance, other.into_owned()));
                best.sort();
                best.truncate(3);
            }
        }
        best.into_iter().map(|(_, name)| name).collect()
    }

    /// Says what is wrong, if names are not sorted, repeat or are not UTF-8.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Names::Numbers(numbers) => match numbers.windows(2).position(|pair| pair[0] >= pair[1]) {
                Some(at) => Err(format!("name {} is not after name {at}", at + 1)),
                None => Ok(()),
            },
            Names::Text { offsets, bytes } => {
                if offsets.first() != Some(&0)
                    || offsets.last() != Some(&(bytes.len() as u64))
                    || offsets.windows(2).any(|pair| pair[0] > pair[1])
                {
                    return Err("name offsets do not span the names".into());
                }
                for id in 0..self.len() {
                    if std::str::from_utf8(self.text(id)).is_err() {
                        return Err(format!("name {id} is not UTF-8"));
                    }
                    if id > 0 && self.text(id - 1) >= self.text(id) {
                        return Err(format!("name {id} is not after name {}", id - 1));
                    }
                }
                Ok(())
            }
        }
    }
}

/// Reads a whole number as it would be printed: digits only, no leading zeros, at most `u64::MAX`.
#[inline]
pub fn parse_number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 20 || (text[0] == b'0' && text.len() > 1) {
        return None;
    }
    let mut value = 0u64;
    if text.len() <= 19 {
        for &digit in text {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            value = value * 10 + digit as u64;
        }
        return Some(value);
    }
    for &digit in text {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(digit as u64)?;
    }
    Some(value)
}

/// Levenshtein distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_only_what_would_be_printed() {
        assert_eq!(parse_number(b"0"), Some(0));
        assert_eq!(parse_number(b"18446744073709551615"), Some(u64::MAX));
        for text in ["", "007", "+1", "-1", "1.0", "18446744073709551616", "12a", "999999999999999999999"] {
            assert_eq!(parse_number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn names_are_found_where_they_stand() {
        let numbers = Names::Numbers(vec![3, 10, 200].into());
        assert_eq!(numbers.find("10"), Some(1));
        assert_eq!(numbers.get(2), "200");
        assert_eq!(numbers.find("11"), None);
        assert_eq!(numbers.find("x"), None);
        let text = Names::from_sorted([b"10".as_slice(), b"anh", b"bao"].into_iter());
        assert_eq!(text.find("anh"), Some(1));
        assert_eq!(text.find("zoe"), None);
        assert_eq!(text.get(2), "bao");
        assert_eq!(text.nearest("ang"), ["anh"]);
        assert!(text.check().is_ok() && numbers.check().is_ok());
        assert!(Names::Numbers(vec![3, 3].into()).check().is_err());
    }
}
