use super::*;

fn wrong(log: &CascadeLog, text: &str, says: &str) {
    let error = read(log, text).unwrap_err().to_string();
    assert!(error.contains(says) && error.contains("\n  hint: "), "{text:?} gives {error}, not {says:?}");
}

#[test]
fn a_fault_is_named_with_its_place() {
    let plain = CascadeLog::default();
    let hours = CascadeLog { time_unit: Some(TimeUnit::H), ..CascadeLog::default() };
    for (log, text, says) in [
        (&plain, "user,item,time\n1,a,1341100000\n2,a,NaN\n", "log:3:5: expected a time, found \"NaN\""),
        (&plain, "user,item,time\n1,a,1341100000\n2,a,inf\n", "log:3:5: expected a time"),
        (&plain, "user,item,time\n1,a,1341100000\n2,a,-5\n", "log:3:5: expected a time of 0 or more, found \"-5\""),
        (&plain, "user,item,time\n1,a,2012-07-04\n2,a,1964-01-01\n", "log:3:5: expected a time from 1970 to 2100"),
        (&plain, "user,item,time\n1,a,2012-07-04\n2,a,2212-01-01\n", "log:3:5: expected a time from 1970 to 2100"),
        (&plain, "user,item,time\n1,a,2012-07-04\n2,a,yesterday\n", "log:3:5: expected a time, found \"yesterday\""),
        (&plain, "user,item,time\n1,a,1341100000\n2,a\n", "log:3: expected 3 columns as in the rows before, found 2"),
        (&plain, "user,item,time\n1,a,1341100000\n,a,1341100000\n", "log:3:1: expected an account, found nothing"),
        (&plain, "user,item,time\n1,,1341100000\n", "log:2:3: expected an item, found nothing"),
        (&plain, "user,item,time\n1,a,2012-07-04\n2,a,1341100000\n", "log:2:5: expected times of one kind"),
        (&hours, "1 2 3 4 5\n1 2 3\n1 2 3 4\n", "log:3:1: expected a seed, then an account and a time by turns"),
        (&hours, "1,3.5 5,1.5\n3,0.5 4\n", "log:2:7: expected an account and a time: u,t"),
        (&hours, "1,3.5,5,1.5\n3,0.5,4,7,8,9\n3,0.5,4\n", "log:3:1: expected an account and a time by turns"),
        // A table with a faulty row stays a table.
        (&hours, "1 a 3\n2 a 4\n1 b\n", "log:3: expected 3 columns as in the rows before, found 2"),
    ] {
        wrong(log, text, says);
    }
    let seeds = CascadeLog { log_format: Some(LogFormat::SeedTimes), ..hours.clone() };
    wrong(
        &seeds,
        "1 2 3 4 5\n1 2 3 4\n",
        "log:2:1: expected a seed, then an account and a time by turns, found 4 fields",
    );
    wrong(&seeds, "1 2 3 4 x\n", "log:1:9: expected a time, found \"x\"");
    let pairs = CascadeLog { log_format: Some(LogFormat::Pairs), ..hours };
    wrong(&pairs, "1,3.5 5,1.5\n3,0.5 4\n", "log:2:7: expected an account and a time: u,t, found \"4\"");
    wrong(&pairs, "0;1,3.5,5\n", "log:1:3: expected an account and a time by turns, found 3 fields");
    wrong(&pairs, "0;1,3.5\n1,2.5\n", "log:2:1: expected an id and a semicolon");
}

#[test]
fn two_units_in_one_log_are_an_error_with_two_rows() {
    let text = "user,item,time\n1,a,1341100000\n2,a,1341100000500\n3,a,1341100002\n";
    wrong(
        &CascadeLog::default(),
        text,
        "log:2:5: expected times in one unit, found 1341100000, which would be seconds, and at log:3:5 1341100000500, which would be milliseconds",
    );
    let seconds = CascadeLog { time_unit: Some(TimeUnit::S), ..CascadeLog::default() };
    wrong(&seconds, text, "log:3:5: expected a time before 2100, found 1341100000500 seconds");
}

#[test]
fn a_log_that_names_nobody_known_is_refused() {
    let error = read(&CascadeLog::default(), "user,item,time\nanh,a,1341100000\nbao,a,1341100005\nchi,a,1341100009\n");
    let error = error.unwrap_err().to_string();
    let says = "log: expected accounts of the network, such as \"0\" and \"1\", found none among 3 accounts, such as \"anh\" and \"bao\"";
    assert!(error.starts_with(says) && error.contains("hint"), "{error}");
}

#[test]
fn a_log_without_items_or_without_rows_says_so() {
    let plain = CascadeLog::default();
    wrong(&plain, "user,time\n1,1341100000\n2,1341100005\n", "--log-item: which column of log is the item?");
    wrong(&plain, "user,item\n1,a\n2,b\n", "--log-time: which column of log is the time?");
    let rows = CascadeLog { log_format: Some(LogFormat::Rows), ..CascadeLog::default() };
    wrong(&rows, "user,target,time\n1,2,1341100000\n", "--log-item: which column of log is the item?");
    wrong(
        &plain,
        "1 2 1341100000 MT\n1 2 1341100000 RE\n",
        "expected rows that pass a post on (share, retweet, repost, reshare), found none: its types are 1 MT, 1 RE",
    );
    let named = CascadeLog { log_item: Some("story".into()), ..CascadeLog::default() };
    wrong(&named, "user,item,time\n1,a,1341100000\n", "--log-item: log has no column story");
    for text in ["", "# nothing\n\n", "user,item,time\n"] {
        let error = read(&plain, text).unwrap_err().to_string();
        assert!(error.starts_with("log: expected rows"), "{error}");
    }
    wrong(&plain, "{\"user\": 1}\n", "expected a log as text, found JSON objects");
    assert!(plain.read(&[], &Names::range(2), &Run::default()).is_err());
    let own = CascadeLog { log_format: Some(LogFormat::Interactions), ..CascadeLog::default() };
    assert!(own.check().is_err());
}

#[test]
fn small_logs_are_read_and_told() {
    let one = read(&CascadeLog::default(), "user,item,time\n1,a,1341100000\n").unwrap();
    assert_eq!((one.cascades.len(), one.cascades.get(0).size()), (1, 0));
    has(&one, "1 cascade with 1 action.");
    has(&one, "In 1 cascade nobody acted after whoever began.");
    let text = "user,item,time\n1,a,1341100800\n1,a,1341104400\n2,a,1341104400\n3,a,1341104400\n";
    let ties = read(&CascadeLog::default(), text).unwrap();
    has(&ties, "1 times somebody acted on an item again");
    has(&ties, "2 of 3 actions come at the same time as another of their cascade (all times are whole hours)");
}

#[test]
fn too_little_memory_is_said_before_rows_are_held() {
    let run = Run::default().memory(Some(100));
    let text = "user,item,time\n1,a,1341100000\n2,a,1341100001\n";
    let error = read_with(&CascadeLog::default(), text, &Names::range(9), &run).unwrap_err().to_string();
    assert!(error.contains("holding the rows of the log needs"), "{error}");
}

#[test]
fn parameters_are_kept_as_text() {
    let text = r#"{"log-format":"seed-times","time-unit":"min","gap":"30min","log-actor":"who"}"#;
    let log: CascadeLog = serde_json::from_str(text).unwrap();
    assert_eq!((log.log_format, log.time_unit), (Some(LogFormat::SeedTimes), Some(TimeUnit::Min)));
    let again: CascadeLog = serde_json::from_str(&serde_json::to_string(&log).unwrap()).unwrap();
    assert_eq!(log, again);
    assert!(serde_json::from_str::<CascadeLog>(r#"{"log-fromat":"rows"}"#).is_err());
}
