//! Reach from posts on real tables, and the back-test as a person runs it.

use crate::common;
use truereach::analyze::Analyze;
use truereach::graph::attributes::known;
use truereach::graph::tables::post;
use truereach::graph::{Column, Network, Table, Values, View, build};
use truereach::learn::{NextPost, example};
use truereach::{Run, io};

fn numbers(name: &str, values: Vec<f64>) -> Column {
    Column { name: name.into(), values: Values::Number(values.into()) }
}

/// Creators of one platform with followers; no posts yet.
fn creators(platform: &str, followers: Vec<f64>) -> Network {
    let mut network = Network::from_graph(build::graph(followers.len(), &[]));
    network.follows = None;
    network.view = View::Counts;
    let n = followers.len();
    let platform = Column::texts(known::PLATFORM, std::iter::repeat_n(Some(platform.to_owned()), n));
    network.attributes.columns =
        vec![numbers(known::CREATOR, vec![1.0; n]), numbers(known::FOLLOWERS, followers), platform];
    network
}

/// The numbers behind 60.3M, 29200000, 97K.
fn amount(text: &str) -> Option<f64> {
    let text = text.trim();
    let (digits, factor) = match text.chars().last()? {
        'K' => (&text[..text.len() - 1], 1e3),
        'M' => (&text[..text.len() - 1], 1e6),
        'B' => (&text[..text.len() - 1], 1e9),
        _ => (text, 1.0),
    };
    digits.parse::<f64>().ok().map(|value| value * factor)
}

/// TikTok of three dates: average views are several times the followers of many creators. The text says where the people
/// came from.
#[test]
fn recommendation_dominates_on_tiktok_and_the_text_says_so() {
    for file in [
        "social media influencers-TIKTOK - ---DEC 2022.csv.gz",
        "social media influencers-tiktok june 2022 - june 2022.csv.gz",
    ] {
        let Some(path) = common::shared(&format!("kol-multiplatform-2022/{file}")) else { return };
        let text = common::text(&path);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_lowercase).collect();
        let last =
            |words: [&str; 2]| heads.iter().rposition(|head| words.iter().any(|word| head.contains(word))).unwrap();
        let (followers, views) = (last(["followers", "subscribers"]), last(["views", "views"]));
        let rows: Vec<(f64, f64)> = reader
            .records()
            .filter_map(|record| {
                let record = record.unwrap();
                Some((amount(&record[followers])?, amount(&record[views])?))
            })
            .filter(|row| row.0 > 0.0)
            .collect();
        assert!(rows.len() > 900, "{file}: {}", rows.len());
        let mut network = creators("tiktok", rows.iter().map(|row| row.0).collect());
        network.tables.posts = Table {
            account: (0..rows.len() as u32).collect::<Vec<_>>().into(),
            other: None,
            columns: vec![
                numbers(post::AVERAGE, vec![1.0; rows.len()]),
                numbers(post::VIEWS, rows.iter().map(|row| row.1).collect()),
            ],
        };
        let found = NextPost::default().run(&network, &Run::new(1)).unwrap();
        let tiktok = &found.platforms[0];
        let (share, range) = (tiktok.recommended.value.unwrap(), tiktok.recommended.interval.unwrap());
        assert!(share > 0.6 && range.low > 0.5 && range.high < 1.0, "{}", tiktok.sentence);
        assert!(tiktok.sentence.starts_with("TikTok: ") && tiktok.sentence.ends_with("did not come from followers"));
        let analysis = Analyze::default().run(&network, &Run::new(1)).unwrap();
        let said = analysis.notes.iter().find(|note| note.starts_with(&tiktok.sentence)).unwrap();
        assert!(said.contains(": most of its reach"), "{said}");
        eprintln!("{file}: {said}");
    }
}

#[cfg(feature = "cli")]
#[test]
fn a_verdict_is_kept_beside_the_snapshot_and_said_again() {
    let desk = common::program::Desk::new();
    let (creators_count, each) = (40u32, 12u32);
    let mut network = creators("tiktok", (0..creators_count).map(|at| 100.0 * f64::from(at + 1)).collect());
    let key = truereach::base::seed::Key::new(5, truereach::base::seed::Stream::Sample, 0);
    let mut rows = Vec::new();
    for account in 0..creators_count {
        for at in 0..each {
            let unit = key.unit(u64::from(account * each + at)).clamp(1e-9, 1.0 - 1e-9);
            let luck = truereach::base::stats::normal_quantile(unit);
            rows.push((account, (30.0 * f64::from(account + 1) * libm::exp(0.5 * luck)).round()));
        }
    }
    network.tables.posts = example::posts(&rows);
    // The table has each creator's posts by reach; times go by a step that mixes them.
    let times = (0..rows.len()).map(|at| 1e9 * ((at as f64 * 5.0) % f64::from(each))).collect();
    network.tables.posts.columns.push(numbers(post::TIME, times));
    let run = Run::new(1);
    io::snapshot::write(&network, &desk.path("market.trg"), false, &run).unwrap();
    desk.run("backtest market.trg").refused(2, &["--posts"]);
    let said =
        desk.run("backtest market.trg --posts").done(&["all", "past posts: 3–9", "tier: nano", "platform: TikTok"]);
    assert!(said.err.contains("80% intervals held"), "{}", said.err);
    assert!(said.err.contains("kept as market.backtest.json"), "{}", said.err);
    let kept: serde_json::Value = serde_json::from_slice(&desk.read("market.backtest.json")).unwrap();
    assert_eq!(kept["schema"], "truereach/backtest/2");
    let all = &kept["all"];
    assert_eq!((&all["rivals"][0]["name"], &all["rivals"][1]["name"]), (&"past median".into(), &"followers".into()));
    let said = desk.run("backtest market.trg --posts --format csv --plots pictures").done(&["skill_past_median,"]);
    assert!(said.err.contains("pictures written to pictures"), "{}", said.err);
    let picture = |name: &str| String::from_utf8(desk.read(&format!("pictures/{name}.svg"))).unwrap();
    assert!(picture("calibration").contains("80% intervals held "));
    assert!(picture("pit").contains("Outcomes fell ") && picture("skill").contains(">followers</text>"));
    desk.run("backtest market.trg --posts --plots pictures").refused(1, &["calibration.svg"]);
    desk.run("info market.trg").done(&["back-test", "80% intervals held"]);
    let said = desk.run("analyze market.trg --top 3").done(&["\tcalibrated\t"]);
    // A verdict of an older version, or one that is damaged, is not used, and no reason to stop.
    let whole = desk.read("market.backtest.json");
    let text = String::from_utf8(whole.clone()).unwrap();
    for (other, says) in
        [(text.replace("backtest/2", "backtest/1"), "truereach/backtest/1, not"), ("{".into(), "no back-test")]
    {
        std::fs::write(desk.path("market.backtest.json"), other).unwrap();
        let said = desk.run("analyze market.trg --top 3").done(&["\tnot known\t"]);
        assert!(said.err.contains(says) && said.err.contains("run truereach backtest again"), "{}", said.err);
    }
    std::fs::write(desk.path("market.backtest.json"), whole).unwrap();
    assert!(said.err.starts_with("note: 80% intervals held"), "the verdict stands first: {}", said.err);
    // Other data under the same name: the verdict is stale.
    network.tables.posts = example::posts(&rows[..rows.len() - 1]);
    io::snapshot::write(&network, &desk.path("market.trg"), true, &run).unwrap();
    let said = desk.run("info market.trg").done(&[]);
    assert!(!said.out.contains("back-test"), "{}", said.out);
    assert!(said.err.contains("about other data"), "{}", said.err);
    let said = desk.run("analyze market.trg --top 3").done(&["\tnot known\t"]);
    assert!(said.err.contains("note: how often these intervals held in the past is not known"), "{}", said.err);
    assert!(said.err.contains("about other data"), "{}", said.err);
    desk.run("backtest market.trg --posts").refused(1, &["A back-test cannot be computed", "posts with a time"]);
    desk.run("backtest market.trg --posts --measure people").refused(2, &["--measure"]);
}

/// Creators whose posts become ten times as erratic in the end, and a follow graph beside them: intervals learned from
/// the quiet years are too narrow, and every figure of reach says so.
#[cfg(feature = "cli")]
#[test]
fn what_did_not_hold_is_said_with_every_figure() {
    let desk = common::program::Desk::new();
    let (count, each) = (40u32, 12u32);
    let mut network = creators("tiktok", (0..count).map(|at| 100.0 * f64::from(at + 1)).collect());
    let key = truereach::base::seed::Key::new(6, truereach::base::seed::Stream::Sample, 0);
    let mut posts = Vec::new();
    for account in 0..count {
        for at in 0..each {
            let unit = key.unit(u64::from(account * each + at)).clamp(1e-9, 1.0 - 1e-9);
            let spread = if at < each / 2 { 0.2 } else { 2.0 };
            let luck = truereach::base::stats::normal_quantile(unit);
            posts.push((account, (3_000.0 * libm::exp(spread * luck)).round(), 1e9 * f64::from(at)));
        }
    }
    // The order of the table: by account, then reach.
    posts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    network.tables.posts = example::posts(&posts.iter().map(|post| (post.0, post.1)).collect::<Vec<_>>());
    network.tables.posts.columns.push(numbers(post::TIME, posts.iter().map(|post| post.2).collect()));
    network.follows = Network::from_graph(build::graph(count as usize, &[(1, 0), (2, 0), (0, 1), (3, 1)])).follows;
    network.view = View::Whole;
    io::snapshot::write(&network, &desk.path("wild.trg"), false, &Run::new(1)).unwrap();
    let said = desk.run("reach wild.trg --creators 0").done(&["reach"]);
    assert!(said.err.contains("how often their intervals hold is not known"), "{}", said.err);
    let said = desk.run("backtest wild.trg --posts --origins 1").done(&[]);
    assert!(said.err.contains("NOT CALIBRATED: 80% intervals held"), "{}", said.err);
    let said = desk.run("analyze wild.trg --top 3").done(&["\tNOT CALIBRATED\t"]);
    assert!(said.err.starts_with("note: NOT CALIBRATED: 80% intervals held"), "{}", said.err);
    desk.run("analyze wild.trg --top 3 --format json").done(&["\"calibration\": \"NOT CALIBRATED\""]);
    desk.run("info wild.trg").done(&["NOT CALIBRATED"]);
    for line in ["reach wild.trg --creators 0", "analyze wild.trg --reach-from graph --top 3"] {
        let said = desk.run(line).done(&[]);
        assert!(
            said.err.contains("NOT CALIBRATED: 80%") && said.err.contains("come from the follow graph"),
            "{}",
            said.err
        );
    }
}
