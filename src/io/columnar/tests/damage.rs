//! Files that are cut short, altered or not what they seem.

use arrow_array::{Int64Array, StringArray};

use super::*;

fn two() -> RecordBatch {
    let names: Vec<String> = (0..50).map(|at| format!("account {}", at % 7)).collect();
    batch(vec![
        ("from", Arc::new(Int64Array::from_iter_values(0..50))),
        ("to", Arc::new(StringArray::from_iter_values(names))),
    ])
}

#[test]
fn empty_files_and_files_without_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "f.parquet", "");
    assert!(read(&Ingest::default(), &path, 1).unwrap_err().to_string().contains("an empty file"));
    for kind in EVERY {
        let error = refusal(&two().slice(0, 0), kind);
        assert!(error.starts_with("f: expected rows, found names of columns only"), "{error}");
    }
    // No row group, no batch at all.
    let schema = two().schema();
    let mut bytes = Vec::new();
    ArrowWriter::try_new(&mut bytes, schema.clone(), None).unwrap().close().unwrap();
    let path = write(folder.path(), "f", &bytes);
    assert!(read(&Ingest::default(), &path, 1).unwrap_err().to_string().contains("names of columns only"));
    let mut bytes = Vec::new();
    FileWriter::try_new(&mut bytes, &schema).unwrap().finish().unwrap();
    let path = write(folder.path(), "f", &bytes);
    assert!(read(&Ingest::default(), &path, 1).unwrap_err().to_string().contains("names of columns only"));
}

#[test]
fn files_that_end_early_are_refused_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    for kind in EVERY {
        let whole = bytes(&[two()], kind);
        // An Arrow stream may end without its mark.
        let last = whole.len() - if kind == Kind::Stream { 9 } else { 1 };
        for end in [9, 12, 40, whole.len() / 2, last] {
            let path = write(folder.path(), "f", &whole[..end]);
            let error = read(&Ingest::default(), &path, 2).unwrap_err().to_string();
            assert!(
                error.contains("expected a whole ") && error.contains("hint: the download"),
                "{kind:?} {end}: {error}"
            );
        }
    }
}

#[test]
fn other_files_with_such_first_bytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for head in [
        &b"PAR1"[..],
        b"PAR1PAR1",
        b"PARE....PARE",
        b"ARROW1\0\0",
        b"\xff\xff\xff\xff\x10\0\0\0",
        b"ARROW1\0\0....ARROW1",
    ] {
        let path = write(folder.path(), "f", head);
        let error = read(&Ingest::default(), &path, 1).unwrap_err().to_string();
        assert!(error.contains("expected a whole "), "{error}");
    }
    let path = write(folder.path(), "f.parquet", "from,to\n1,2\n");
    assert_eq!(read(&Ingest::default(), &path, 1).unwrap().2.files[0].format.to_string(), "CSV");
    let mut ingest = Ingest::default();
    ingest.reading.format = Some(crate::io::columns::Format::Parquet);
    assert!(read(&ingest, &path, 1).unwrap_err().to_string().contains("is no Parquet file"));
}

/// Any byte may be any other: an error or some network, never a panic.
#[test]
fn altered_bytes_never_break_the_reader() {
    let folder = tempfile::tempdir().unwrap();
    for kind in [EVERY[1], Kind::File, Kind::Stream] {
        let whole = bytes(&[two().slice(0, 9)], kind);
        for at in (0..whole.len()).step_by(7) {
            for change in [0x01, 0x80, 0xff] {
                let mut altered = whole.clone();
                altered[at] ^= change;
                let path = write(folder.path(), "f", &altered);
                let _ = read(&skipping(), &path, 1);
            }
        }
    }
}

#[test]
fn packed_files_are_put_aside_and_read() {
    let folder = tempfile::tempdir().unwrap();
    for kind in EVERY {
        let whole = bytes(&[two()], kind);
        let expected = read(&Ingest::default(), &write(folder.path(), "f", &whole), 2).unwrap().0;
        let packed = zstd::encode_all(&whole[..], 1).unwrap();
        assert_eq!(read(&Ingest::default(), &write(folder.path(), "f", packed), 2).unwrap().0, expected);
    }
}
