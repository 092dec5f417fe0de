//! Tables in files of columns, and networks as files of columns and back.

use arrow_array::{
    BooleanArray, Date32Array, Decimal128Array, Float32Array, Int64Array, StringArray, TimestampMicrosecondArray,
    UInt64Array,
};

use super::*;
use crate::io::export::{Part, Shape, export};
use crate::io::tables::sheet::{Cell, Sheet};

#[test]
fn cells_are_what_columns_are() {
    let inner = Arc::new(Field::new("views", arrow_schema::DataType::Int64, true));
    let stats = arrow_array::StructArray::from(vec![(inner, Arc::new(Int64Array::from(vec![12, 5])) as ArrayRef)]);
    let decimal = Decimal128Array::from(vec![Some(1_200), None]).with_precision_and_scale(10, 3).unwrap();
    let table = batch(vec![
        ("handle", Arc::new(StringArray::from(vec![" anh ", "N/A"]))),
        ("id", Arc::new(UInt64Array::from(vec![730_123_456_789_012_345, 12]))),
        ("stats", Arc::new(stats)),
        ("price", Arc::new(decimal)),
        ("rate", Arc::new(Float32Array::from(vec![0.1, f32::NAN]))),
        ("day", Arc::new(Date32Array::from(vec![19_000, -1]))),
        (
            "at",
            Arc::new(TimestampMicrosecondArray::from(vec![Some(1_700_000_000_123_456), None]).with_timezone("+07:00")),
        ),
        ("verified", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("none", Arc::new(arrow_array::NullArray::new(2))),
        ("raw", Arc::new(arrow_array::BinaryArray::from(vec![&b"a"[..], b"b"]))),
    ]);
    let folder = tempfile::tempdir().unwrap();
    for kind in EVERY {
        let path = write(folder.path(), "t", bytes(std::slice::from_ref(&table), kind));
        let sheet = Sheet::read(&path, &Run::default()).unwrap().remove(0);
        assert_eq!(sheet.header, ["handle", "id", "stats.views", "price", "rate", "day", "at", "verified", "none"]);
        let text = |text: &str| Cell::Text(text.into());
        assert_eq!(
            sheet.rows[0].cells,
            [
                text("anh"),
                text("730123456789012345"),
                Cell::Number(12.0),
                Cell::Number(1.2),
                Cell::Number(0.1),
                Cell::Time(19_000 * 86_400_000),
                Cell::Time(1_700_000_000_123),
                Cell::Flag(true),
                Cell::Empty,
            ],
            "{kind:?}"
        );
        let second = &sheet.rows[1].cells;
        assert_eq!(second[..4], [text("N/A"), Cell::Number(12.0), Cell::Number(5.0), Cell::Empty]);
        assert_eq!(second[4..], [Cell::Empty, Cell::Time(-86_400_000), Cell::Empty, Cell::Empty, Cell::Empty]);
        assert!(sheet.notes.iter().any(|note| note.contains("column \"raw\" left out")), "{:?}", sheet.notes);
    }
}

/// The shapes that come back, with all parts of the network.
fn round_trip(network: &Network, parts: &[Part]) {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::default();
    let expected = checksum_of(network, &run).unwrap();
    for (shape, ending) in [(Shape::Parquet, "parquet"), (Shape::Arrow, "arrow")] {
        let mut ingest = Ingest { view: Some(network.view), ..Ingest::default() };
        let mut inputs = Vec::new();
        for &part in parts {
            let path = folder.path().join(format!("{part:?}.{ending}"));
            assert_eq!(Shape::of(&path), Some(shape));
            export(network, part, shape, &path, false, &run).unwrap();
            let again = folder.path().join("again");
            export(network, part, shape, &again, true, &Run::new(9).threads(3).unwrap()).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&again).unwrap(), "equal bytes");
            match part {
                Part::Accounts => ingest.tables.accounts.push(path),
                Part::Posts => ingest.tables.posts.push(path),
                Part::Offers => ingest.tables.offers.push(path),
                Part::Lookups => ingest.tables.lookups.push(path),
                Part::Follows | Part::Interactions => inputs.push(path),
            }
        }
        let (back, _) = ingest.run(&inputs, None, &run).unwrap();
        assert_eq!(back.names, network.names);
        assert_eq!(checksum_of(&back, &run).unwrap(), expected, "{ending}");
    }
}

fn network(folder: &Path, files: &[(&str, &str)], with: impl Fn(&mut Ingest)) -> Network {
    let mut ingest = Ingest { view: Some(crate::graph::View::Whole), ..Ingest::default() };
    with(&mut ingest);
    let paths: Vec<PathBuf> = files.iter().map(|(name, text)| write(folder, name, text)).collect();
    ingest.run(&paths, None, &Run::default()).unwrap().0
}

#[test]
fn networks_come_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let follows = "follower,followee\n1,2\n3,2\n18446744073709551615,1\n";
    round_trip(&network(place, &[("f.csv", follows)], |_| {}), &[Part::Follows]);
    let follows =
        "follower,followee,weight,time,sign\n1,2,0.5,2024-05-01,1\n3,2,1.25,,-1\n2,1,3,2024-05-01 10:00:00.123,0\n";
    let log = "from,to,type,time,item,weight,sign\n1,2,like,2024-05-02,p1,,1\n3,2,share,,,2.5,0\n3,2,share,,,2.5,0\n";
    let both = network(place, &[("f.csv", follows), ("i.csv", log)], |_| {});
    round_trip(&both, &[Part::Follows, Part::Interactions]);
    let follows = "follower,followee\nanh,\"#x, y\"\n12,anh\n";
    round_trip(&network(place, &[("f.csv", follows)], |_| {}), &[Part::Follows]);
    // Rows of more than one batch.
    let mut text = String::from("follower,followee\n");
    (0..150_000).for_each(|at| text.push_str(&format!("{},{}\n", at / 3, at + 7)));
    round_trip(&network(place, &[("f.csv", &text)], |_| {}), &[Part::Follows]);
}

#[test]
fn tables_come_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let table = |name: &str, text: &str| write(place, name, text);
    let accounts = table(
        "accounts.csv",
        "platform,handle,followers,niche,created_at\ntiktok,anh,1200,beauty,2020-01-02\ntiktok,binh,7,\"food, travel\",\n",
    );
    let posts = table(
        "posts.csv",
        "platform,handle,post,time,views,likes\ntiktok,anh,p1,2024-05-01 10:00,100,7\ntiktok,binh,730123456789012345,2024-05-02,90,\n",
    );
    let offers = table(
        "offers.csv",
        "platform,handle,format,price,currency\ntiktok,anh,video,5000000,VND\ntiktok,binh,video,70,USD\n",
    );
    let lookups = table("lookups.csv", "platform,handle,follower_handle,follows\ntiktok,anh,x,yes\ntiktok,anh,y,no\n");
    let all = |ingest: &mut Ingest| {
        ingest.tables.accounts = vec![accounts.clone()];
        ingest.tables.posts = vec![posts.clone()];
        ingest.tables.offers = vec![offers.clone()];
        ingest.tables.lookups = vec![lookups.clone()];
    };
    let network = network(place, &[], all);
    assert!(!network.tables.posts.account.is_empty() && !network.tables.lookups.account.is_empty());
    round_trip(&network, &[Part::Accounts, Part::Posts, Part::Offers, Part::Lookups]);
}

#[test]
fn a_planners_folder_of_parquet_is_tables() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let table = batch(vec![
        ("handle", Arc::new(StringArray::from(vec!["anh", "binh"]))),
        ("platform", Arc::new(StringArray::from(vec!["tiktok", "tiktok"]))),
        ("followers", Arc::new(Int64Array::from(vec![1200, 7]))),
    ]);
    write(place, "accounts.parquet", bytes(&[table], EVERY[0]));
    let (sum, network, summary) = read(&Ingest::default(), place, 2).unwrap();
    assert_eq!(summary.tables.len(), 1, "{:?}", summary.findings);
    let text = "handle,platform,followers\nanh,tiktok,1200\nbinh,tiktok,7\n";
    write(place, "csv/accounts.csv", text);
    assert_eq!(sum, read(&Ingest::default(), &place.join("csv"), 2).unwrap().0);
    assert_eq!(network.accounts(), 2);
}
