use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::OUTSIDE;

const ROWS: &str = "user,post,time\n3,a,1000000000\n5,a,1000000060\n4,b,1000000030\n5,b,1000000090\n6,a,1000000060\n";

#[test]
fn rows_are_found_by_header_by_content_and_by_number() {
    let plain = CascadeLog::default();
    let expect = vec![
        ("a".to_owned(), 1_000_000_000_000, vec![(3, 0), (5, 60_000), (6, 60_000)]),
        ("b".to_owned(), 1_000_000_030_000, vec![(4, 0), (5, 60_000)]),
    ];
    let bare = ROWS.split_once('\n').unwrap().1;
    let quoted = ROWS.replace("a,", "\"a\",");
    let tabs = ROWS.replace(',', "\t");
    let blanks = bare.replace(',', "  ");
    let semicolons = format!("\u{feff}# a log\r\n{}", ROWS.replace(',', ";").replace('\n', "\r\n"));
    let dates = "time,who did it,post\n2001-09-09T01:46:40Z,3,a\n2001-09-09 01:47:40,5,a\n2001-09-09T01:47:10Z,4,b\n\
                 2001-09-09T01:48:10Z,5,b\n2001-09-09T03:47:40+02:00,6,a\n";
    let who = CascadeLog { log_actor: Some("who did it".into()), ..plain.clone() };
    assert_eq!(told(&read(&who, dates).unwrap()), expect);
    for text in [ROWS, bare, &quoted, &tabs, &blanks, &semicolons] {
        let found = read(&plain, text).unwrap();
        assert_eq!(told(&found), expect, "{text}");
        assert_eq!((found.format, found.rows, found.skipped), (LogFormat::Rows, 5, 0));
        has(&found, "seconds since 1970, from 2001-09-09T01:46:40Z to 2001-09-09T01:48:10Z");
    }
    // Other words, and columns named or numbered.
    let odd = ROWS.replace("user,post,time", "x,y,z");
    for (actor, item, time) in [("x", "Y", "z"), ("1", "2", "3")] {
        let said = |text: &str| Some(text.to_owned());
        let log = CascadeLog { log_actor: said(actor), log_item: said(item), log_time: said(time), ..plain.clone() };
        assert_eq!(told(&read(&log, &odd).unwrap()), expect);
    }
    let words = ROWS.replace("user,post,time", "Ngày đăng,Tweet_ID,handle");
    let words = words.lines().map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        if line.contains("handle") { line.to_owned() } else { [fields[2], fields[1], fields[0]].join(",") }
    });
    assert_eq!(told(&read(&plain, &words.collect::<Vec<_>>().join("\n")).unwrap()), expect);
}

#[test]
fn units_are_told_from_sizes_or_said() {
    let text = |times: [&str; 2]| format!("actor,item,time\n1,a,{}\n2,a,{}\n", times[0], times[1]);
    let of = |times, unit| {
        let read = read(&CascadeLog { time_unit: unit, ..CascadeLog::default() }, &text(times)).unwrap();
        let one = read.cascades.get(0);
        (one.began, one.after[1])
    };
    let missing = crate::base::time::MISSING;
    assert_eq!(of(["1341100972", "1341100973.5"], None), (1_341_100_972_000, 1500));
    assert_eq!(of(["1341100972000", "1341100973500"], None), (1_341_100_972_000, 1500));
    assert_eq!(of(["1341100972000000", "1341100973500000"], None), (1_341_100_972_000, 1500));
    assert_eq!(of(["338299", "338299.5"], None), (338_299 * 3_600_000, 1_800_000));
    assert_eq!(of(["2012-07-04", "2012-07-04 18:00"], None), (1_341_360_000_000, 18 * 3_600_000));
    // No dates: they count from something that nobody knows.
    assert_eq!(of(["7", "9.5"], Some(TimeUnit::Min)), (missing, 150_000));
    assert_eq!(of(["15000", "15001"], Some(TimeUnit::D)), (15_000 * 86_400_000, 86_400_000));
    let error = read(&CascadeLog::default(), &text(["7", "9.5"])).unwrap_err().to_string();
    assert!(error.starts_with("--time-unit: times from 7 (log:2:5) to 9.5 (log:3:5)"), "{error}");
    assert!(error.contains("hint: add --time-unit h"), "{error}");
}

#[test]
fn a_seed_and_times_since() {
    let text = "7 1 50 2 20.5\n3\n4 5 1 6 2 4 9\n";
    let hours = CascadeLog { time_unit: Some(TimeUnit::H), ..CascadeLog::default() };
    let found = read(&hours, text).unwrap();
    let missing = crate::base::time::MISSING;
    let hour = 3_600_000;
    assert_eq!(
        told(&found),
        [
            ("1".into(), missing, vec![(7, 0), (2, 41 * hour / 2), (1, 50 * hour)]),
            ("2".into(), missing, vec![(3, 0)]),
            ("3".into(), missing, vec![(4, 0), (5, hour), (6, 2 * hour)]),
        ]
    );
    assert_eq!((found.format, found.rows), (LogFormat::SeedTimes, 8));
    has(&found, "hours since each cascade began, up to 50");
    has(&found, "1 times somebody acted on an item again");
    has(&found, "In 1 cascade nobody acted after");
    let error = read(&CascadeLog::default(), text).unwrap_err().to_string();
    assert!(error.contains("--time-unit") && error.contains("since each cascade began"), "{error}");
}

#[test]
fn pairs_in_any_order_with_blanks_or_commas() {
    let text = "1,338299.5 2,338300 3,338299\n4,338301.25\n";
    let found = read(&CascadeLog::default(), text).unwrap();
    assert_eq!(found.format, LogFormat::Pairs);
    let began = 338_299 * 3_600_000;
    assert_eq!(
        told(&found),
        [
            ("1".into(), began, vec![(3, 0), (1, 1_800_000), (2, 3_600_000)]),
            ("2".into(), began + 9 * 900_000, vec![(4, 0)]),
        ]
    );
    has(&found, "taken as hours since 1970");

    let days = CascadeLog { time_unit: Some(TimeUnit::D), ..CascadeLog::default() };
    let missing = crate::base::time::MISSING;
    let expect = vec![(missing, vec![(5, 0), (1, 2 * 86_400_000)]), (missing, vec![(3, 0)])];
    let bare = |read: &LogRead| told(read).into_iter().map(|(_, began, who)| (began, who)).collect::<Vec<_>>();
    // Latest first, as netinf writes them; with ids, as infopath does; behind a block of names.
    for text in ["1,3.5,5,1.5\n3,0.5\n", "0;5,1.5,1,3.5\r\n1;3,0.5\r\n", "1,one\n3,three\n\n1,3.5,5,1.5\n3,0.5\n"] {
        let found = read(&days, text).unwrap();
        assert_eq!(bare(&found), expect, "{text}");
        assert_eq!((found.format, found.rows), (LogFormat::Pairs, 3));
    }
    // A block of names says what ids are called in the network.
    let names = Names::from_sorted([&b"five"[..], b"one"].into_iter());
    let found = read_with(&days, "1,one\n5,five\n\n1,3.5,5,1.5\n1,0.5\n", &names, &Run::default()).unwrap();
    assert_eq!((found.cascades.get(0).actors, found.unknown_accounts), (&[0, 1][..], 0));
}

#[test]
fn retweets_of_one_account_within_the_gap_are_a_cascade() {
    let text = "1 9 1341100000 RT\n2 9 1341100500 RT\n3 9 1341103700 RT\n4 9 1341107301 RT\n1 9 1341100000 MT\n5 8 1341100000 RT\n6 6 1341100000 RT\n";
    let found = read(&CascadeLog::default(), text).unwrap();
    let told_of = told(&found);
    assert_eq!((found.format, found.rows, found.skipped, told_of.len()), (LogFormat::Retweets, 7, 2, 3));
    let nine = &told_of[1];
    assert_eq!(nine.0, "9@2012-06-30T23:46:40Z");
    assert_eq!((nine.1, &nine.2), (1_341_099_999_999, &vec![(9, 0), (1, 1), (2, 500_001), (3, 3_700_001)]));
    assert_eq!(told_of[2].2, [(9, 0), (4, 1)]);
    has(&found, "1 row left out whose type does not pass on (1 MT)");
    has(&found, "1 row of accounts with their own posts left out.");
    has(&found, "within 1h are taken as one cascade");
    has(&found, "all times are whole seconds");
    // The gap, the types and the columns can be said.
    let log = CascadeLog { gap: Some("2h".parse().unwrap()), ..CascadeLog::default() };
    assert_eq!(read(&log, text).unwrap().cascades.len(), 2);
    let log = CascadeLog { log_passing: vec!["MT".into()], ..CascadeLog::default() };
    assert_eq!(read(&log, text).unwrap().skipped, 6);
    let header = "time,who,whom\n1341100000,1,9\n1341100001,2,9\n";
    let said = |text: &str| Some(text.to_owned());
    let log = CascadeLog { log_actor: said("who"), log_target: said("whom"), ..CascadeLog::default() };
    assert_eq!(read(&log, header).unwrap().cascades.get(0).actors, [9, 1, 2]);
}

#[test]
fn rows_with_a_target_tell_who_began() {
    let text = "actor,target,item,time,type\n1,9,a,1341100000,share\n2,1,a,1341100010,share\n3,9,a,1341100005,like\n\
                4,,b,1341100000,post\n5,4,b,1341100001,RT\n";
    let found = read(&CascadeLog::default(), text).unwrap();
    let told_of = told(&found);
    assert_eq!(told_of[0].2, [(9, 0), (1, 1), (2, 10_001)]);
    assert_eq!(told_of[1].2, [(4, 0), (5, 1000)]);
    assert_eq!(found.skipped, 1);
    has(&found, "In 1 cascade the first row is a share of somebody's post");
}

#[test]
fn people_outside_stay_and_are_counted() {
    let text = "actor,item,time\n77,a,1341100000\n3,a,1341100010\n78,a,1341100020\n78,b,1341100020\n";
    let found = read(&CascadeLog::default(), text).unwrap();
    assert_eq!(found.cascades.get(0).actors, [OUTSIDE, 3, OUTSIDE]);
    assert_eq!((found.unknown_accounts, found.unknown_rows), (2, 3));
    has(&found, "2 accounts of the log are not in the network, in 3 of 4 rows");
}

/// A log of many rows with ties, repeats and people outside, its lines in an order by `shuffle`.
fn long(rows: u64, shuffle: u64) -> String {
    let key = Key::new(5, Stream::Sample, 0);
    let mut lines: Vec<(u64, String)> = (0..rows)
        .map(|row| {
            let word = key.word(row);
            let line = format!("{},i{},{}", word % 900, (word >> 20) % 3000, 1_341_100_000 + (word >> 40) % 4000);
            (Key::new(shuffle, Stream::Sample, 1).word(row), line)
        })
        .collect();
    lines.sort();
    let mut text = String::from("user,item,time\n");
    lines.iter().for_each(|(_, line)| text.extend([line.as_str(), "\n"]));
    text
}

#[test]
fn neither_order_nor_threads_show() {
    let names = Names::range(800);
    let one = read_with(&CascadeLog::default(), &long(150_000, 1), &names, &Run::default()).unwrap();
    assert!(one.unknown_accounts == 100 && one.rows == 150_000);
    for (threads, shuffle) in [(1, 1), (2, 2), (3, 1), (8, 3)] {
        let run = Run::new(1).threads(threads).unwrap();
        let other = read_with(&CascadeLog::default(), &long(150_000, shuffle), &names, &run).unwrap();
        assert!(one.cascades == other.cascades);
        assert_eq!((one.unknown_rows, &one.notes[3..]), (other.unknown_rows, &other.notes[3..]));
    }
}

#[test]
fn retweets_and_pairs_in_any_order() {
    let retweets = "1 9 1341100000\n2 9 1341100500\n3 9 1341103700\n4 8 1341107301\n5 9 1341999999\n";
    let log = CascadeLog { log_format: Some(LogFormat::Retweets), ..CascadeLog::default() };
    let one = read(&log, retweets).unwrap();
    assert_eq!((one.format, one.cascades.len()), (LogFormat::Retweets, 3));
    let backwards: Vec<&str> = retweets.lines().rev().collect();
    assert!(read(&log, &backwards.join("\n")).unwrap().cascades == one.cascades);
    let bare = |text: &str| {
        let found = read(&CascadeLog::default(), text).unwrap();
        told(&found).into_iter().map(|(_, began, who)| (began, who)).collect::<Vec<_>>()
    };
    let pairs = bare("1,338299.5 2,338300 3,338299\n4,338301.25 5,338302\n");
    assert_eq!(pairs, bare("5,338302 4,338301.25\n3,338299 1,338299.5 2,338300\n"));
}

#[test]
fn a_block_of_names_may_be_longer_than_a_block_of_bytes() {
    let mut text: String = (0..300_000).map(|id| format!("{id},name{id}\n")).collect();
    text.push_str("\n1,3.5,5,1.5\n299999,0.5\n1,x\n");
    let days = CascadeLog { time_unit: Some(TimeUnit::D), ..CascadeLog::default() };
    let error = read(&days, &text).unwrap_err().to_string();
    assert!(error.starts_with("log:300004:3: expected a time, found \"x\""), "{error}");
    let found = read(&days, text.trim_end_matches("1,x\n")).unwrap();
    assert_eq!((found.cascades.len(), found.cascades.get(0).actors), (2, &[5, 1][..]));
    assert_eq!((found.cascades.get(1).item, found.unknown_accounts), ("300003", 1));
}
