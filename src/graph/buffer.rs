//! A slice that is either owned or a window of a mapped file; readers cannot tell.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use bytemuck::Pod;

/// Bytes that stay where they are for as long as somebody holds them, such as a memory-mapped file.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A read-only array of plain numbers.
#[derive(Clone)]
pub struct Buffer<T>(Kind<T>);

#[derive(Clone)]
enum Kind<T> {
    Owned(Arc<Vec<T>>),
    Mapped { bytes: SharedBytes, range: Range<usize> },
}

impl<T: Pod> Buffer<T> {
    /// A window of shared bytes. `None` if the range is outside, misaligned for `T`, or no whole number of `T`.
    pub fn mapped(bytes: SharedBytes, range: Range<usize>) -> Option<Self> {
        let window = (*bytes).as_ref().get(range.clone())?;
        bytemuck::try_cast_slice::<u8, T>(window).ok()?;
        Some(Buffer(Kind::Mapped { bytes, range }))
    }

    /// The array as a vector: this very one where nobody else holds it, else a copy.
    pub fn into_vec(self) -> Vec<T> {
        match self.0 {
            Kind::Owned(values) => Arc::try_unwrap(values).unwrap_or_else(|shared| shared.to_vec()),
            Kind::Mapped { bytes, range } => bytemuck::cast_slice(&(*bytes).as_ref()[range]).to_vec(),
        }
    }

    /// The array as bytes, in this machine's order.
    pub fn as_bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self)
    }
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(values: Vec<T>) -> Self {
        Buffer(Kind::Owned(Arc::new(values)))
    }
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: Pod> Deref for Buffer<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.0 {
            Kind::Owned(values) => values,
            Kind::Mapped { bytes, range } => bytemuck::cast_slice(&(**bytes).as_ref()[range.clone()]),
        }
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} × {}]", self.len(), std::any::type_name::<T>())
    }
}

impl<T: Pod + PartialEq> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

/// Bytes at an address that suits every array, as a mapped file has.
#[cfg(test)]
pub(crate) fn aligned(bytes: &[u8]) -> SharedBytes {
    struct Words(Vec<u64>, usize);
    impl AsRef<[u8]> for Words {
        fn as_ref(&self) -> &[u8] {
            &bytemuck::cast_slice(&self.0)[..self.1]
        }
    }
    let mut words = vec![0u64; bytes.len().div_ceil(8)];
    bytemuck::cast_slice_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
    Arc::new(Words(words, bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_outside_or_misaligned_are_refused() {
        let words: Arc<Vec<u8>> = Arc::new(bytemuck::cast_slice::<u64, u8>(&[1, 2, 3]).to_vec());
        let base = words.as_ptr() as usize % 8;
        let bytes: SharedBytes = words;
        assert!(Buffer::<u64>::mapped(bytes.clone(), 0..32).is_none());
        assert!(Buffer::<u64>::mapped(bytes.clone(), 0..12).is_none());
        assert!(Buffer::<u64>::mapped(bytes.clone(), (9 - base)..(17 - base)).is_none());
        assert!(Buffer::<u8>::mapped(bytes, 3..7).is_some());
    }
}
