//! `truereach overlap` as a person runs it, and what it plans and chooses on markets seen through an agency's window.

use std::collections::HashMap;

use crate::common::program::Desk;
use crate::common::{repo, runs};
use serde_json::Value;
use truereach::Run;
use truereach::audience::{Overlap, Pick, Plan, plan::Planned};
use truereach::base::Status;
use truereach::graph::network::Network;
use truereach::graph::tables::FOLLOWS;
use truereach::graph::{Column, Design, Table, Values};
use truereach::io::snapshot;
use truereach::synth::Market;
use truereach::synth::market::{Agency, Cut, Observed};

/// A market of which an agency holds random and full lists.
fn look(seed: u64, list_design: Cut) -> Observed {
    let run = Run::new(seed);
    let market = Market { people: 6_000, creators_scale: Some(0.02), worlds: 10, ..Market::default() };
    let agency = Agency { observe_creators: 60, list_limit: 150, list_design, ..Agency::default() };
    agency.run(&market.run(&run).unwrap(), &run).unwrap()
}

/// The creators on the platform that has most of them.
fn on_one_platform(seen: &Observed) -> Vec<u32> {
    let mut platforms: HashMap<&str, Vec<u32>> = HashMap::new();
    seen.truth.accounts.iter().for_each(|one| platforms.entry(&one.platform).or_default().push(one.account));
    platforms.into_values().max_by_key(|accounts| (accounts.len(), accounts[0])).unwrap()
}

/// The network with the questions answered from the truth.
fn answered(seen: &Observed, planned: &Planned) -> Network {
    let mut people: HashMap<u32, u32> = HashMap::new();
    for (creator, list) in seen.truth.accounts.iter().zip(&seen.lists) {
        people.extend(list.followers.iter().copied().zip(seen.listed_people(creator.account).unwrap().iter().copied()));
    }
    let follows = planned.questions.iter().map(|question| {
        let audience = seen.true_audience(question.creator).unwrap();
        f64::from(u8::from(audience.binary_search(&people[&question.account]).is_ok()))
    });
    let follows: Vec<f64> = follows.collect();
    let mut network = seen.network.clone();
    network.tables.lookups = Table {
        account: planned.questions.iter().map(|question| question.account).collect::<Vec<_>>().into(),
        other: Some(planned.questions.iter().map(|question| question.creator).collect::<Vec<_>>().into()),
        columns: vec![Column { name: FOLLOWS.into(), values: Values::Number(follows.into()) }],
    };
    network
}

#[test]
fn what_was_planned_on_a_market_is_what_comes_out() {
    let mut planned_lookups = 0;
    for seed in 0..6 {
        let seen = look(seed, Cut::Random);
        let (creators, run) = (on_one_platform(&seen), Run::new(seed));
        let before = Overlap::default().run(&seen.network, &creators, &run).unwrap();
        let planned = Plan { percent: 3.0 }.run(&seen.network, &creators, &run).unwrap();
        let [target] = &planned.targets[..] else { panic!("one platform: {:?}", planned.targets) };
        planned_lookups += target.look_up;
        let found = Overlap::default().run(&answered(&seen, &planned), &creators, &run).unwrap();
        let truth = seen.true_union(&creators).unwrap() as f64;
        let (value, interval) = (found.union.value.unwrap(), found.union.interval.unwrap());
        assert!(matches!(found.union.status, Status::Estimated), "{}", found.union.because);
        let half = interval.half_width() / value;
        let promised = target.half_width.unwrap();
        assert!(half <= 1.15 * promised, "seed {seed}: planned {promised}, found {half}");
        // Three times the half-width of a 95% interval is six standard deviations.
        assert!((value - truth).abs() < 3.0 * interval.half_width(), "seed {seed}: {value} of {truth}");
        assert_ne!(before.union.status, Status::Measured);
    }
    assert!(planned_lookups > 100, "somebody had to be looked up: {planned_lookups}");
}

#[test]
fn cut_lists_stay_limits_and_say_what_they_need() {
    let seen = look(3, Cut::NewestFirst);
    let all: Vec<u32> = seen.truth.accounts.iter().map(|one| one.account).collect();
    let newest = |account: &&u32| seen.network.list(**account).design == Design::NewestFirst;
    let run = Run::new(1);
    let found = Overlap { pairs: true, ..Default::default() }.run(&seen.network, &all, &run).unwrap();
    assert_eq!(found.union.status, Status::Bounded);
    assert!(found.union.because.contains("nobody says which accounts are one person"), "{}", found.union.because);
    assert!(found.platforms.len() > 1);
    let cut: Vec<u32> = all.iter().filter(newest).copied().collect();
    assert!(cut.len() > 2, "{cut:?}");
    for pair in found.pairs.iter().filter(|pair| pair.accounts.iter().any(|account| cut.contains(account))) {
        assert_ne!(pair.common.status, Status::Estimated, "{:?}", pair.accounts);
    }
    for share in found.creators.iter().filter(|share| cut.contains(&share.account)) {
        assert_eq!(share.exclusive.status, Status::Bounded, "{}", share.exclusive.because);
    }
    let planned = Plan { percent: 5.0 }.run(&seen.network, &all, &run).unwrap();
    assert!(planned.tasks.iter().filter(|task| cut.contains(&task.account)).all(|task| task.look_up == 0));
    assert!(Pick { pick: 3 }.run(&seen.network, &all, &run).unwrap_err().to_string().contains("several platforms"));
}

#[test]
fn no_number_of_threads_changes_a_figure() {
    let seen = look(4, Cut::Random);
    let creators = on_one_platform(&seen);
    let network = seen.lookup(&creators, 40, 1, &Run::new(1)).unwrap();
    let creators: Vec<u32> =
        creators.iter().map(|&one| network.account(&seen.network.names.get(one)).unwrap()).collect();
    let all: Vec<String> = runs(5)
        .iter()
        .map(|run| {
            let overlap = Overlap { pairs: true, ..Default::default() }.run(&network, &creators, run).unwrap();
            let pick = Pick { pick: 5 }.run(&network, &creators, run).unwrap();
            format!("{overlap:?}{pick:?}")
        })
        .collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

/// Rows of a table in JSON.
fn json(desk: &Desk, line: &str) -> Value {
    serde_json::from_str(&desk.run(&format!("{line} --format json -q")).done(&[]).out).unwrap()
}

#[test]
fn the_verb_counts_full_lists() {
    let desk = Desk::new();
    let lastfm = repo("datasets/lastfm-asia").display().to_string();
    let table = json(&desk, &format!("overlap {lastfm} --creators 7237,3530,524"));
    assert_eq!(table["schema"], "truereach/overlap/1");
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(
        (&rows[0]["figure"], &rows[0]["people"], &rows[0]["status"]),
        (&"union".into(), &563.0.into(), &"measured".into())
    );
    assert_eq!((rows.len(), &rows[1]["of"], &rows[1]["listed"]), (4, &"7237".into(), &216.into()));
    let pairs = json(&desk, &format!("overlap {lastfm} --only followers>=150 --pairs --top 3"));
    assert_eq!(pairs["rows"].as_array().unwrap().len(), 3);
    let picked = json(&desk, &format!("overlap {lastfm} --only followers>=20 --pick 4"));
    let union: Vec<f64> =
        picked["rows"].as_array().unwrap().iter().map(|row| row["people"].as_f64().unwrap()).collect();
    assert_eq!(union, [216.0, 391.0, 563.0, 734.0]);
    assert_eq!(picked["rows"][3]["gain"], 171.0);
    assert!(picked["rows"][0]["choice"].is_null(), "nothing was drawn, so nothing was halved");
    // The file of creators, and what is refused.
    desk.write("plan.txt", "# ours\n7237\n3530\n\n524\n");
    desk.run(&format!("overlap {lastfm} --creators @plan.txt -q")).done(&["union\tall 3\t563\t563\t563\tmeasured"]);
    desk.run(&format!("overlap {lastfm}")).refused(2, &["7,624 creators are more than a portfolio", "--only"]);
    desk.run(&format!("overlap {lastfm} --creators 99999")).refused(2, &["\"99999\" is not in this network"]);
    desk.run(&format!("overlap {lastfm} --creators 524 --plan-sample=0")).refused(2, &["percentage between 0 and 100"]);
    desk.run(&format!("overlap {lastfm} --creators 524 --pick 2 --pairs")).refused(2, &["cannot be used with"]);
    desk.run(&format!("overlap {lastfm} --creators 524 --population 0")).refused(2, &["--population"]);
}

/// A column of numbers of a table in JSON.
fn numbers(table: &Value, key: &str) -> Vec<f64> {
    table["rows"].as_array().unwrap().iter().filter_map(|row| row[key].as_f64()).collect()
}

#[test]
fn sets_credits_frequencies_and_growth_tell_of_one_union() {
    let desk = Desk::new();
    let lastfm = repo("datasets/lastfm-asia").display().to_string();
    let of = format!("overlap {lastfm} --only followers>=100");
    let table = json(&desk, &of);
    let union = table["rows"][0]["people"].as_f64().unwrap();
    let credits: f64 = numbers(&table, "credit").iter().sum();
    assert!((credits - union).abs() < 1e-6, "{credits} {union}");
    let sets = json(&desk, &format!("{of} --sets=0"));
    assert_eq!(numbers(&sets, "people").iter().sum::<f64>(), union);
    assert_eq!(sets["summary"]["sets"], sets["rows"].as_array().unwrap().len());
    let frequency = json(&desk, &format!("{of} --frequency"));
    assert_eq!(numbers(&frequency, "at_least")[0], union);
    assert_eq!(numbers(&frequency, "exactly").iter().sum::<f64>(), union);
    let curve = json(&desk, &format!("{of} --curve"));
    assert_eq!(*numbers(&curve, "people").last().unwrap(), union);
    assert!(numbers(&curve, "added").windows(2).all(|pair| pair[0] >= pair[1]));
    assert_eq!(curve["rows"].as_array().unwrap().iter().filter(|row| row["knee"] == "knee").count(), 1);
    // Pictures: of what the tables hold, and of nothing else.
    for (view, says) in
        [("--sets", "Who follows exactly whom"), ("--curve", "knee: "), ("--pairs", "What each two share")]
    {
        let name = format!("{}.svg", &view[2..]);
        desk.run(&format!("{of} {view} -o {name} -q")).done(&[]);
        let picture = String::from_utf8(desk.read(&name)).unwrap();
        assert!(picture.starts_with("<svg xmlns=") && picture.contains(says), "{view}");
    }
    desk.run(&format!("{of} -o none.svg")).refused(2, &["this table has no picture", "--sets"]);
    // Made-up names of nothing.
    desk.run(&format!("{of} --weight fame")).refused(2, &["no column fame"]);
    desk.run(&format!("{of} --engaged 30")).refused(2, &["--engaged", "holds no interactions"]);
    desk.run(&format!("{of} --engaged 0")).refused(2, &["--engaged", "days above 0"]);
}

#[test]
fn weights_and_engagement_count_what_they_say() {
    let desk = Desk::new();
    desk.write("follows.csv", "follower,followee\n1,8\n2,8\n3,8\n3,9\n4,9\n");
    desk.write("creators.csv", "id,real\n1,1\n2,0.5\n3,0.25\n4,0\n8,1\n9,1\n");
    desk.write(
        "log.csv",
        "source,target,type,time\n1,8,like,2026-01-01\n3,9,like,2026-03-30\n4,9,like,2026-03-31\n2,9,like,2026-03-31\n",
    );
    desk.run("ingest follows.csv log.csv --creators-table creators.csv --view whole -o small.trg -q").done(&[]);
    let of = "overlap small.trg --creators 8,9";
    let people = |line: &str| {
        let table = json(&desk, &format!("{of} {line}"));
        (table["rows"][0]["people"].as_f64().unwrap(), numbers(&table, "credit"))
    };
    assert_eq!(people(""), (4.0, vec![2.5, 1.5]));
    let (union, mut credits) = people("--weight real");
    credits.sort_by(f64::total_cmp);
    assert_eq!((union, credits), (1.75, vec![0.125, 1.625]));
    // 2 is no follower of 9, and 1 was long ago.
    assert_eq!(people("--engaged 30"), (2.0, vec![2.0, 0.0]));
    let said = desk.run(&format!("{of} --engaged 30")).done(&[]);
    assert!(said.err.contains("interacted within 30 days before 2026-03-31"), "{}", said.err);
}

/// Lists as an agency holds them: whoever is one of few people is not told, nor to be worked out.
#[test]
fn few_people_cannot_be_worked_out_of_sets_frequencies_and_growth() {
    let desk = Desk::new();
    let list =
        |creator: &str, fans: std::ops::Range<u32>| fans.map(|fan| format!("fan{fan},{creator}\n")).collect::<String>();
    // bao shares 3 people with anh; chi shares nobody.
    let rows = [list("anh", 0..100), list("bao", 97..157), list("chi", 200..250)].concat();
    desk.write("lists.csv", format!("follower,followee\n{rows}"));
    desk.write("creators.csv", "id\nanh\nbao\nchi\n");
    desk.run("ingest lists.csv --creators-table creators.csv -o m.trg -q").done(&["follower lists"]);
    let of = "overlap m.trg --creators anh,bao,chi -q --format";
    let told = |line: &str| desk.run(line).done(&[]).out;
    // Nobody may find the 3, nor 57 = 60 − 3, 97 = 100 − 3, 207 and 204.
    for view in ["--frequency", "--sets=0", "--curve", "", "--pairs"] {
        let csv = told(&format!("{of} csv {view}"));
        // The first column counts rows.
        let fields: Vec<&str> = csv.lines().skip(1).flat_map(|line| line.split(',').skip(1)).collect();
        for number in ["3", "57", "97", "204", "98.5", "58.5"] {
            assert!(!fields.contains(&number), "{view} tells {number}:\n{csv}");
        }
    }
    // What the third adds, and the sum after it, would tell what the second added.
    let curve = told(&format!("{of} csv --curve"));
    assert!(curve.contains("\n2,bao,hidden,hidden,") && curve.contains("\n3,chi,hidden,207,"), "{curve}");
    let sets: Value = serde_json::from_str(&told(&format!("{of} json --sets=0"))).unwrap();
    assert!(sets["summary"]["union"].is_null() && sets["summary"]["creators"][0]["followers"].is_null());
    assert_eq!(told("similar m.trg -q --format csv").lines().count(), 1);
    desk.run("overlap m.trg --creators anh,bao --weight fans").refused(2, &["--weight", "--small-cells"]);
    assert!(told(&format!("{of} csv --sets=0")).contains(",50,"), "chi shares nobody, and is told");
    let open = told(&format!("{of} csv --sets=0 --small-cells"));
    assert!(open.contains("\n4,3,"), "{open}");
}

#[test]
fn who_else_has_this_audience() {
    let desk = Desk::new();
    let lastfm = repo("datasets/lastfm-asia").display().to_string();
    let table = json(&desk, &format!("similar {lastfm} --of 7237 --top 3"));
    assert_eq!(table["schema"], "truereach/similar/1");
    let rows = table["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["creator"], &rows[0]["place"]), (3, &"7237".into(), &1.into()));
    // The same pair, as overlap counts it.
    let other = rows[0]["other"].as_str().unwrap();
    let pair = json(&desk, &format!("overlap {lastfm} --creators 7237,{other} --pairs"));
    let figures = |row: &Value| [row["people"].as_f64().unwrap(), row["jaccard"].as_f64().unwrap()];
    assert_eq!(figures(&pair["rows"][0]), figures(&rows[0]));
    // All pairs of a likeness, once each; and the same bytes at any number of threads.
    let join = format!("similar {lastfm} --only followers>=30 --top 0 --at-least 0.3 --format csv -q");
    let one = desk.run(&format!("{join} --threads 1")).done(&[]).out;
    assert_eq!(desk.run(&format!("{join} --threads 3")).done(&[]).out, one);
    assert!(one.lines().count() > 3, "{one}");
    let sketched = json(&desk, &format!("similar {lastfm} --of 7237 --top 3 --method sketch:64"));
    assert_eq!(sketched["rows"][0]["status"], "estimated");
    desk.run(&format!("similar {lastfm} --of nobody-here")).refused(2, &["\"nobody-here\" is not in this network"]);
    desk.run(&format!("similar {lastfm} --method guess")).refused(2, &["sketch:PEOPLE"]);
    desk.run(&format!("similar {lastfm} --memory 1MiB")).refused(1, &["memory"]);
}

#[test]
fn the_verb_plans_and_writes_the_questions() {
    let desk = Desk::new();
    let seen = look(2, Cut::Random);
    snapshot::write(&seen.network, &desk.path("seen.trg"), false, &Run::new(1)).unwrap();
    let creators = on_one_platform(&seen);
    let names: Vec<String> = creators.iter().map(|&one| seen.network.names.get(one).into_owned()).collect();
    desk.write("plan.txt", names.join("\n"));
    let said = desk.run("overlap seen.trg --creators @plan.txt --plan-sample -o lookups.csv");
    let said = said.done(&["for\tlook_up\tlooked_up", "union of "]);
    assert!(said.err.contains("followers to look up"), "{}", said.err);
    let file = String::from_utf8(desk.read("lookups.csv")).unwrap();
    let lines: Vec<&str> = file.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "account,creator,follows");
    assert!(lines.len() > 20 && lines[1..].iter().all(|line| line.ends_with(',')), "{}", lines[1]);
    // Filled in and read back, the union is estimated.
    let answers: String = lines[1..].iter().enumerate().map(|(at, line)| format!("{line}{}\n", at % 2)).collect();
    desk.write("answers.csv", format!("{}\n{answers}", lines[0]));
    desk.run("ingest --into seen.trg --lookups answers.csv -o known.trg -q").done(&[]);
    desk.run("overlap known.trg --creators @plan.txt -q").done(&["estimated", "followers looked up"]);
    // Reach of a set on cut lists is refused, and says who answers instead.
    desk.run("reach seen.trg --creators @plan.txt").refused(1, &["complete follower lists", "truereach overlap says"]);
    // The file goes nowhere it should not, and bytes are the same at any number of threads.
    desk.run("overlap seen.trg --creators @plan.txt --plan-sample -o lookups.csv").refused(1, &["exists already"]);
    for threads in ["1", "3"] {
        desk.run(&format!(
            "overlap seen.trg --creators @plan.txt --plan-sample -o t{threads}.csv --threads {threads} -q"
        ))
        .done(&[]);
    }
    assert_eq!(desk.read("t1.csv"), desk.read("t3.csv"));
    assert_eq!(desk.read("t1.csv"), desk.read("lookups.csv"));
}

#[test]
fn small_counts_are_not_told_by_differences() {
    let desk = Desk::new();
    // 20 and 23 followers, of whom 20 are the same: three follow the second alone, and the union tells it.
    let follows = (0..20).map(|u| format!("u{u},anh\n")).chain((0..23).map(|u| format!("u{u},bao\n")));
    desk.write("follows.csv", format!("follower,followee\n{}", follows.collect::<String>()));
    desk.run("ingest follows.csv --view lists -o lists.trg -q").done(&[]);
    let said = desk.run("overlap lists.trg --creators anh,bao").done(&["exclusive\tbao\thidden"]);
    assert!(said.out.contains("union\tall 2\thidden"), "{}", said.out);
    assert!(said.err.contains("--small-cells shows them"), "{}", said.err);
    desk.run("overlap lists.trg --creators anh,bao --pairs").done(&["anh\tbao\thidden"]);
    desk.run("overlap lists.trg --creators anh,bao --pick 2").done(&["1\tbao\t23\t", "2\tanh\thidden"]);
    desk.run("overlap lists.trg --creators anh,bao --small-cells")
        .done(&["union\tall 2\t23", "exclusive\tbao\t3\t3\t3"]);
}

#[test]
fn few_people_found_on_two_lists_are_not_told_by_limits() {
    let desk = Desk::new();
    // Three of the 40 newest of 400 are among the 40 newest of another 400.
    let follows = (0..40).map(|u| format!("u{u},anh\n")).chain((37..77).map(|u| format!("u{u},bao\n")));
    desk.write("follows.csv", format!("follower,followee\n{}", follows.collect::<String>()));
    desk.write("accounts.csv", "account,followers_claimed,list_design\nanh,400,newest-first\nbao,400,newest-first\n");
    desk.run("ingest follows.csv --accounts accounts.csv -o lists.trg -q").done(&[]);
    let line = "overlap lists.trg --creators anh,bao --pairs";
    let (closed, open) = (json(&desk, line), json(&desk, &format!("{line} --small-cells")));
    let low = |table: &Value, key: &str| table["rows"][0][key].as_f64().unwrap();
    assert_eq!((low(&open, "interval_low"), low(&open, "interval_high")), (3.0, 400.0));
    assert_eq!((low(&closed, "interval_low"), low(&closed, "containment_interval_low")), (0.0, 0.0));
    assert!(!closed.to_string().contains("0.0075"), "{closed}");
    // 800 less 3, and 400 less 3, told it too.
    let line = "overlap lists.trg --creators anh,bao";
    let ends = |table: &Value| -> Vec<[f64; 2]> {
        let rows = table["rows"].as_array().unwrap().iter();
        rows.map(|row| ["interval_low", "interval_high"].map(|key| row[key].as_f64().unwrap())).collect()
    };
    assert_eq!(ends(&json(&desk, line)), [[400.0, 800.0], [0.0, 400.0], [0.0, 400.0]]);
    let open = json(&desk, &format!("{line} --small-cells"));
    assert_eq!(ends(&open), [[400.0, 797.0], [0.0, 397.0], [0.0, 397.0]]);
}
