//! Users' own ids and the dense ids inside: the dense order is the sorted order, so it is a function of the set
//! of names alone, and finding a name is a binary search that needs no table. Accounts may be arranged otherwise
//! ([`super::arrange()`]): then two tables lead from one order to the other.

use std::borrow::Cow;

use super::buffer::Buffer;

/// Names: all whole numbers (sorted as numbers) or text (sorted by bytes).
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
    /// Dense ids that are not in the order of the names.
    Arranged {
        /// The names in their order.
        sorted: Box<Names>,
        /// The place of each dense id among them.
        place: Buffer<u32>,
        /// The dense id of each place.
        id: Buffer<u32>,
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

    /// These sorted names for dense ids in another order: `order[id]` is the place of the name of `id`.
    pub fn arranged(self, order: Vec<u32>) -> Self {
        let mut id = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&place, dense)| id[place as usize] = dense);
        Names::Arranged { sorted: Box::new(self), place: order.into(), id: id.into() }
    }

    /// The names in their order.
    pub fn sorted(&self) -> &Names {
        match self {
            Names::Arranged { sorted, .. } => sorted,
            sorted => sorted,
        }
    }

    /// The place of a dense id among the sorted names.
    pub fn place(&self, id: u32) -> u32 {
        match self {
            Names::Arranged { place, .. } => place[id as usize],
            _ => id,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Names::Numbers(numbers) => numbers.len(),
            Names::Text { offsets, .. } => offsets.len().saturating_sub(1),
            Names::Arranged { place, .. } => place.len(),
        }
    }

    /// Bytes taken.
    pub fn memory(&self) -> u64 {
        match self {
            Names::Numbers(numbers) => 8 * numbers.len() as u64,
            Names::Text { offsets, bytes } => (8 * offsets.len() + bytes.len()) as u64,
            Names::Arranged { sorted, place, .. } => sorted.memory() + 8 * place.len() as u64,
        }
    }

    /// Whether dense ids are in another order than names.
    pub fn is_arranged(&self) -> bool {
        matches!(self, Names::Arranged { .. })
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
            Names::Arranged { sorted, place, .. } => sorted.get(place[id as usize]),
        }
    }

    /// The name of dense id `id` as a number, if names are numbers.
    pub fn number(&self, id: u32) -> Option<u64> {
        match self.sorted() {
            Names::Numbers(numbers) => Some(numbers[self.place(id) as usize]),
            _ => None,
        }
    }

    /// The text at a place, if names are texts.
    fn text(&self, at: usize) -> &[u8] {
        match self {
            Names::Text { offsets, bytes } => &bytes[offsets[at] as usize..offsets[at + 1] as usize],
            _ => &[],
        }
    }

    /// Whether all names are plain ASCII.
    pub fn is_ascii(&self) -> bool {
        match self.sorted() {
            Names::Text { bytes, .. } => bytes.is_ascii(),
            _ => true,
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
            Names::Arranged { sorted, id, .. } => sorted.find(name).map(|place| id[place as usize]),
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

    /// Says what is wrong, if names are not sorted, repeat or are not UTF-8, or if the two tables of an arrangement do
    /// not fit them and each other.
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
            Names::Arranged { sorted, place, id } => {
                if place.len() != sorted.len() || id.len() != sorted.len() {
                    return Err(format!(
                        "an arrangement of {} and {} of {} names",
                        place.len(),
                        id.len(),
                        sorted.len()
                    ));
                }
                match place.iter().zip(0u32..).find(|&(&place, dense)| id.get(place as usize) != Some(&dense)) {
                    Some((place, dense)) => Err(format!("account {dense} has name {place}, which is another's")),
                    None => sorted.check(),
                }
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
        for (sorted, unknown) in [(numbers, "11"), (text, "zoe")] {
            let arranged = sorted.clone().arranged(vec![2, 0, 1]);
            assert!(arranged.check().is_ok() && arranged.sorted() == &sorted && arranged.len() == 3);
            for id in 0..3 {
                assert_eq!(arranged.get(id), sorted.get([2, 0, 1][id as usize]));
                assert_eq!(arranged.find(&arranged.get(id)), Some(id));
                assert_eq!(arranged.number(id), arranged.get(id).parse().ok().filter(|_| sorted.number(0).is_some()));
            }
            assert_eq!(arranged.find(unknown), None);
            assert!(sorted.arranged(vec![2, 0, 0]).check().is_err());
        }
        assert!(Names::Numbers(vec![3, 3].into()).check().is_err());
    }
}
