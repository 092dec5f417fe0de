//! Columns that name values of a dictionary: a value is looked at once, however many rows name it.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

/// The key of a row that is null.
pub const NULL: u32 = u32::MAX;

/// The keys of a dictionary column, and what they name; `None` for other columns.
pub fn keys_of(array: &ArrayRef) -> Option<(Vec<u32>, &ArrayRef)> {
    fn keys<K: ArrowDictionaryKeyType>(array: &ArrayRef) -> Option<(Vec<u32>, &ArrayRef)> {
        let array = array.as_dictionary_opt::<K>()?;
        let (keys, values) = (array.keys(), array.values());
        let key = |key: K::Native| u32::try_from(key.as_usize()).unwrap_or(NULL);
        let all = match keys.null_count() {
            0 => keys.values().iter().map(|&native| key(native)).collect(),
            _ => keys.iter().map(|native| native.map_or(NULL, key)).collect(),
        };
        Some((all, values))
    }
    let DataType::Dictionary(kind, _) = array.data_type() else { return None };
    match kind.as_ref() {
        DataType::Int8 => keys::<Int8Type>(array),
        DataType::Int16 => keys::<Int16Type>(array),
        DataType::Int32 => keys::<Int32Type>(array),
        DataType::Int64 => keys::<Int64Type>(array),
        DataType::UInt8 => keys::<UInt8Type>(array),
        DataType::UInt16 => keys::<UInt16Type>(array),
        DataType::UInt32 => keys::<UInt32Type>(array),
        DataType::UInt64 => keys::<UInt64Type>(array),
        _ => None,
    }
}

/// What is known of the values of the dictionary met last; batches of one row group share theirs.
#[derive(Default)]
pub struct Memo {
    values: Option<ArrayRef>,
    /// By value.
    pub known: Vec<Known>,
}

/// What a value of a dictionary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Not looked at.
    Nothing,
    /// Not to be read.
    Flawed,
    /// A number.
    Number(u64),
    /// A text that the interner has not met here.
    Text,
    /// The number that the interner gave a text.
    Shared(u32),
}

impl Memo {
    /// Keeps what is known if these are the values met last.
    pub fn of(&mut self, values: &ArrayRef) {
        let same = self.values.as_ref().is_some_and(|known| known.to_data().ptr_eq(&values.to_data()));
        if !same {
            self.known = vec![Known::Nothing; values.len()];
            self.values = Some(values.clone());
        }
    }
}
