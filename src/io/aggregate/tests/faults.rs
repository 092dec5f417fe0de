//! What a log may not hold, with its message.

use arrow_array::{BinaryArray, Float32Array, StructArray};

use super::*;

fn fault(columns: Vec<(&str, ArrayRef)>, parameters: &Aggregate) -> String {
    let folder = folder();
    let table = RecordBatch::try_from_iter(columns).unwrap();
    let files = [parquet(&folder.path().join("log"), &table, 2), ipc(&folder.path().join("arrow"), &table, 2, true)];
    let of = |file: PathBuf| run(parameters, &[file]).unwrap_err().to_string();
    let [one, two] = files.map(|file| of(file).replace(&folder.path().display().to_string(), ""));
    assert_eq!(one, two.replace("/arrow", "/log"), "both forms give the same message");
    one
}

fn numbers(numbers: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(numbers.to_vec()))
}

#[test]
fn ids_that_are_none_are_named_with_their_place() {
    let good = || numbers(&[1, 2, 3]);
    let found = fault(vec![("source", good()), ("target", numbers(&[4, 5, -6]))], &Aggregate::default());
    assert!(
        found.starts_with("/log: row 3, column \"target\": expected account ids") && found.contains("found -6"),
        "{found}"
    );
    let floats: ArrayRef = Arc::new(Float32Array::from(vec![1.0, f32::NAN, 3.0]));
    let found = fault(vec![("source", floats), ("target", good())], &Aggregate::default());
    assert!(found.contains("column \"source\"") && found.contains("Float32") && found.contains("int64"), "{found}");
    let nested: ArrayRef = Arc::new(StructArray::from(vec![(
        Arc::new(arrow_schema::Field::new("id", arrow_schema::DataType::Int64, false)),
        good(),
    )]));
    let found = fault(vec![("source", nested), ("target", good())], &Aggregate::default());
    assert!(found.contains("column \"source\"") && found.contains("Struct"), "{found}");
    let bytes: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"a", b"b", b"c"]));
    let found = fault(vec![("source", bytes), ("target", good())], &Aggregate::default());
    assert!(found.contains("Binary"), "{found}");
}

#[test]
fn values_that_cannot_be_read_are_named_with_their_place() {
    let with = |name: &'static str, array: ArrayRef| {
        let columns = vec![("source", numbers(&[1, 2, 3])), ("target", numbers(&[2, 3, 4])), (name, array)];
        fault(columns, &Aggregate::default())
    };
    let found = with("time", numbers(&[1_767_225_600, 1_767_225_600_000, 5]));
    assert!(found.contains("row 2, column \"time\"") && found.contains("--time-unit ms"), "{found}");
    let found = with("time", Arc::new(StringArray::from(vec!["2026-01-01", "x", "yesterday"])));
    assert!(found.contains("row 2, column \"time\": expected a time, found \"x\""), "{found}");
    let found = with("weight", Arc::new(Float64Array::from(vec![1.0, 2.0, f64::INFINITY])));
    assert!(found.contains("row 3, column \"weight\": expected a finite weight"), "{found}");
    let found = with("stance", Arc::new(StringArray::from(vec!["for", "against", "maybe"])));
    assert!(found.contains("row 3, column \"stance\"") && found.contains("maybe"), "{found}");
    let found = with("weight", Arc::new(Float64Array::from(vec![1.0, 2.0, 1e30])));
    assert!(found.contains("2^58"), "{found}");
}

#[test]
fn columns_that_are_missing_are_asked_for() {
    let columns = || vec![("a", numbers(&[1])), ("b", numbers(&[2])), ("c", numbers(&[3]))];
    let found = fault(columns(), &Aggregate::default());
    assert!(found.starts_with("--source: which column") && found.contains("its columns are: a, b, c"), "{found}");
    let named = Aggregate { source: Some("a".into()), target: Some("B".into()), ..Aggregate::default() };
    for (parameters, expected) in [
        (Aggregate { weight: Some("w".into()), ..named.clone() }, "--weight: "),
        (Aggregate { kinds: kinds("like"), ..named.clone() }, "--kinds: needs a column"),
        (Aggregate { since: Some("2026-01-01".into()), ..named.clone() }, "--since: needs a column"),
        (Aggregate { half_life: Some(1.0), ..named.clone() }, "--half-life: needs a column"),
        (Aggregate { target: Some("a".into()), ..named.clone() }, "--target: is the same column as --source"),
    ] {
        let found = fault(columns(), &parameters);
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    for parameters in [
        Aggregate { half_life: Some(0.0), ..Aggregate::default() },
        Aggregate { half_life: Some(f64::NAN), ..Aggregate::default() },
        Aggregate { since: Some("soon".into()), ..Aggregate::default() },
        Aggregate { since: Some("2026-02-01".into()), until: Some("2026-01-01".into()), ..Aggregate::default() },
        Aggregate { at: Some("2026-02-01".into()), ..Aggregate::default() },
        Aggregate { kinds: kinds("RT=1,retweet=2"), ..Aggregate::default() },
    ] {
        assert!(parameters.check().is_err(), "{parameters:?}");
    }
    for wrong in ["", "=2", "like=much", "like=-1", "like=NaN"] {
        assert!(wrong.parse::<super::super::KindWeight>().is_err(), "{wrong}");
    }
    let read: Aggregate = serde_json::from_str(r#"{"kinds": ["RT=5"], "half-life": 7}"#).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap()["kinds"][0], "share=5");
    assert!(serde_json::from_str::<Aggregate>(r#"{"halflife": 7}"#).is_err());
}

#[test]
fn files_that_are_cut_short_or_something_else_are_refused() {
    let folder = folder();
    let path = folder.path().join("log");
    let table = batch(&rows(500, 9, 1), Writing { ids: 4, kinds: 0, times: 0 });
    parquet(&path, &table, 100);
    let bytes = std::fs::read(&path).unwrap();
    for cut in [0, 3, 4, 12, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..cut]).unwrap();
        assert!(run(&Aggregate::default(), std::slice::from_ref(&path)).is_err(), "{cut}");
    }
    for stream in [true, false] {
        ipc(&path, &table, 100, stream);
        let bytes = std::fs::read(&path).unwrap();
        for cut in [5, 12, bytes.len() / 2] {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            assert!(run(&Aggregate::default(), std::slice::from_ref(&path)).is_err(), "{stream} {cut}");
        }
    }
    std::fs::write(&path, "source,target\n1,2\n").unwrap();
    let found = run(&Aggregate::default(), &[path]).unwrap_err().to_string();
    assert!(found.contains("expected a Parquet or Arrow IPC file"), "{found}");
    assert!(run(&Aggregate::default(), &[]).is_err());
    assert!(run(&Aggregate::default(), &["/nowhere".into()]).is_err());
}

#[test]
fn memory_is_refused_before_the_work_and_while_pairs_grow() {
    let folder = folder();
    let all = rows(200_000, 100_000, 3);
    let path = [parquet(&folder.path().join("log"), &batch(&all, Writing { ids: 0, kinds: 0, times: 0 }), 20_000)];
    let allowed = |bytes| Run::new(1).threads(1).unwrap().memory(Some(bytes));
    let found = Aggregate::default().run(&path, &allowed(1 << 20));
    assert!(matches!(found, Err(crate::base::Error::Memory { .. })));
    let fixed = 30 << 20;
    assert!(Aggregate::default().run(&path, &allowed(fixed)).is_err());
    assert!(Aggregate::default().run(&path, &allowed(1 << 30)).is_ok());
}
