//! Logs in many files.

use arrow_array::{Int64Array, StringArray};

use super::*;

fn part(from: &[i64], to: &[&str], times: Option<&[&str]>) -> Vec<u8> {
    let mut columns: Vec<(&str, ArrayRef)> =
        vec![("from", Arc::new(Int64Array::from(from.to_vec()))), ("to", Arc::new(StringArray::from(to.to_vec())))];
    if let Some(times) = times {
        columns.push(("time", Arc::new(StringArray::from(times.to_vec()))));
    }
    bytes(&[batch(columns)], EVERY[0])
}

#[test]
fn a_folder_by_values_is_one_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    write(&log, "type=like/day=2024-05-01/part-0.parquet", part(&[1, 2], &["a", "b"], None));
    write(&log, "type=like/day=2024-05-02/part-0.parquet", part(&[], &[], None));
    write(&log, "type=share/day=2024-05-01/x.parquet", part(&[1, 3], &["a", "c"], None));
    write(&log, "type=share/_SUCCESS", "");
    write(&log, "README.md", "rows");
    let text = "from,to,type\n1,a,like\n2,b,like\n1,a,share\n3,c,share\n";
    let expected = read(&Ingest::default(), &write(folder.path(), "f.csv", text), 2).unwrap();
    let found = read(&Ingest::default(), &log, 2).unwrap();
    assert_eq!(found.0, expected.0);
    assert_eq!(found.2.files.len(), 1);
    let file = &found.2.files[0];
    assert_eq!((file.name.as_str(), file.lines, file.rows), (log.display().to_string().as_str(), 4, 4));
    assert!(found.2.notes.iter().any(|note| note.ends_with("a log in 3 files")), "{:?}", found.2.notes);
    let none = folder.path().join("none");
    write(&none, "a.parquet", part(&[], &[], None));
    assert!(read(&Ingest::default(), &none, 1).unwrap_err().to_string().contains("none: expected rows"));
    // Days of the path are times where they are named so.
    let mut ingest = Ingest::default();
    ingest.reading.time = Some(crate::io::columns::Column::Name("day".into()));
    let text =
        "from,to,type,day\n1,a,like,2024-05-01\n2,b,like,2024-05-01\n1,a,share,2024-05-01\n3,c,share,2024-05-01\n";
    let expected = read(&ingest, &write(folder.path(), "f.csv", text), 2).unwrap();
    assert_eq!(read(&ingest, &log, 2).unwrap().0, expected.0);
}

#[test]
fn a_manifest_may_list_files_and_folders_of_columns() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "log/a.parquet", part(&[1], &["a"], Some(&["2024-01-01"])));
    write(folder.path(), "log/b.parquet", part(&[2], &["a"], Some(&["2024-01-02"])));
    write(folder.path(), "follows.parquet", part(&[1, 2], &["a", "a"], None));
    let manifest = "title = \"t\"\n[[file]]\npath = \"log\"\nlayer = \"like\"\n[[file]]\npath = \"follows.parquet\"\n";
    write(folder.path(), "network.toml", manifest);
    let (_, network, summary) = read(&Ingest::default(), folder.path(), 2).unwrap();
    assert_eq!((network.kinds.len(), network.events.as_ref().unwrap().len()), (1, 2));
    assert_eq!((summary.follows, summary.files.len()), (2, 2));
}

#[test]
fn faults_in_a_log_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.parquet", part(&[1], &["a"], None));
    write(folder.path(), "b.parquet", part(&[1, -1], &["a", "b"], None));
    let error = read(&Ingest::default(), folder.path(), 2).unwrap_err().to_string();
    assert!(error.contains("b.parquet: row 2, column \"from\": expected an account id"), "{error}");
    let (_, _, summary) = read(&skipping(), folder.path(), 2).unwrap();
    assert_eq!((summary.files[0].rows, summary.files[0].skipped), (2, 1));
}

#[test]
fn folders_of_tables_and_other_files_are_no_logs() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a/log.parquet", part(&[1], &["a"], None));
    write(folder.path(), "a/rates.csv", "handle,platform,followers\nanh,tiktok,5\n");
    let error = read(&Ingest { on_error: None, ..Ingest::default() }, &folder.path().join("a"), 2);
    assert!(error.is_err() || error.unwrap().2.files.is_empty());
    let lookups: ArrayRef = Arc::new(StringArray::from(vec!["yes", "no"]));
    let people: ArrayRef = Arc::new(StringArray::from(vec!["x", "y"]));
    let creators: ArrayRef = Arc::new(StringArray::from(vec!["anh", "anh"]));
    let table = batch(vec![("follower", people), ("creator", creators), ("follows", lookups)]);
    write(folder.path(), "b/l.parquet", bytes(&[table], EVERY[0]));
    let (_, network, _) = read(&Ingest::default(), &folder.path().join("b"), 2).unwrap();
    assert_eq!(network.tables.lookups.account.len(), 2);
}
