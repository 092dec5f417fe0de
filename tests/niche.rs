//! Niches on real networks whose labels are known, against the labels that were not shown; and `truereach niche` as a person
//! runs it.

use crate::common;
use crate::common::program::Desk;
use crate::common::{repo, shared, text};
use serde_json::Value;
use truereach::Run;
use truereach::base::seed::{Key, Stream, below};
use truereach::graph::{Network, build};
use truereach::niche::{Affinities, Labels, Niches, Standings};

/// A network of mutual follows and the label of each account.
struct Labelled {
    network: Network,
    labels: Vec<String>,
}

/// From files of edges and of labels: the first column an id from 0, the last the label.
fn labelled(edges: &std::path::Path, targets: &std::path::Path) -> Labelled {
    let rows: Vec<(usize, String)> = text(targets)
        .lines()
        .skip(1)
        .map(|line| (line.split(',').next().unwrap().parse().unwrap(), line.rsplit(',').next().unwrap().to_owned()))
        .collect();
    let mut labels = vec![String::new(); rows.len()];
    rows.into_iter().for_each(|(at, label)| labels[at] = label);
    let mutual = common::rows(edges).into_iter().flat_map(|row| {
        let [a, b] = [row[0] as u32, row[1] as u32];
        [(a, b), (b, a)]
    });
    let follows: Vec<(u32, u32)> = mutual.filter(|(a, b)| a != b).collect();
    Labelled { network: Network::from_graph(build::graph(labels.len(), &follows)), labels }
}

impl Labelled {
    /// Learned from one label in twenty.
    fn learn(&self, draw: u64) -> Affinities {
        let key = Key::new(draw, Stream::Sample, 5);
        let chosen = (0..self.labels.len()).filter(|&at| below(key.word(at as u64), 20) == 0);
        let labels = Labels::new("labels", chosen.map(|at| (at as u32, self.labels[at].clone()))).unwrap();
        Niches::default().learn(&self.network, &labels, &Run::new(draw)).unwrap()
    }

    /// Accuracy and Brier score of the labels that were not shown.
    fn score(&self, found: &Affinities) -> [f64; 2] {
        let (mut right, mut brier, mut all) = (0.0, 0.0, 0.0);
        for (at, label) in self.labels.iter().enumerate().filter(|(at, _)| !found.is_labelled(*at as u32)) {
            let given: Vec<f64> = (0..found.card.names.len()).map(|niche| found.of(at as u32, niche)).collect();
            let own = found.card.names.iter().position(|name| name == label);
            all += 1.0;
            let best = (0..given.len()).fold(0, |best, niche| if given[niche] > given[best] { niche } else { best });
            right += f64::from(u8::from(Some(best) == own));
            // A label that nobody showed costs 1 more.
            brier +=
                given.iter().map(|given| given * given).sum::<f64>() + 1.0 - own.map_or(0.0, |own| 2.0 * given[own]);
        }
        [right / all, brier / all]
    }

    /// How often intervals of the share and of the index hold what is true, over accounts of ten followers or more and niches
    /// that are there.
    fn coverage(&self, found: &Affinities) -> [f64; 2] {
        let standings = Standings::new(&self.network, found, None).unwrap();
        let graph = self.network.follow_graph().unwrap();
        let [mut shares, mut indices, mut all] = [0.0; 3];
        for (niche, name) in found.card.names.iter().enumerate() {
            let of = |u: u32| self.labels[u as usize] == *name;
            let base = (0..self.labels.len() as u32).filter(|&u| of(u)).count() as f64 / self.labels.len() as f64;
            for v in (0..self.labels.len() as u32).filter(|&v| graph.followers(v).len() >= 10) {
                let followers = graph.followers(v);
                let share = followers.iter().filter(|&&u| of(u)).count() as f64 / followers.len() as f64;
                let standing = standings.of(v, niche);
                if share < 0.02 && standing.share.value.is_none_or(|value| value < 0.02) {
                    continue;
                }
                let holds = |figure: &truereach::base::Figure, truth: f64| {
                    let range = figure.interval.unwrap_or_else(|| panic!("{v} {name}: {figure:?}"));
                    f64::from(u8::from(range.low - 1e-9 <= truth && truth <= range.high + 1e-9))
                };
                all += 1.0;
                shares += holds(&standing.share, share);
                indices += holds(&standing.index, 100.0 * share / base);
            }
        }
        [shares / all, indices / all]
    }
}

/// Learns three times and compares the means with what is asked: accuracy at least, Brier score at most. A mean of three draws
/// moves by about 0.005 with the draw; what is asked leaves twice that.
fn check(name: &str, network: &Labelled, accuracy: f64, brier: f64) {
    let (mut score, mut covered) = ([0.0; 2], [0.0; 2]);
    for draw in 1..=3 {
        let found = network.learn(draw);
        let add = |sum: &mut [f64; 2], one: [f64; 2]| sum.iter_mut().zip(one).for_each(|(sum, one)| *sum += one / 3.0);
        add(&mut score, network.score(&found));
        add(&mut covered, network.coverage(&found));
    }
    println!(
        "{name}: accuracy {:.4}, Brier {:.4}, intervals hold {:.3}, {:.3}",
        score[0], score[1], covered[0], covered[1]
    );
    assert!(score[0] > accuracy && score[1] < brier, "{name}: {score:?}");
    // Of one network followers are no independent draws: 95% and three points either way, on the average of three.
    assert!(covered.iter().all(|covered| (0.92..0.995).contains(covered)), "{name}: {covered:?}");
}

#[test]
fn one_label_in_twenty_tells_the_rest_of_lastfm() {
    let folder = repo("datasets/lastfm-asia");
    let network = labelled(&folder.join("lastfm_asia_edges.csv.gz"), &folder.join("lastfm_asia_target.csv"));
    check("lastfm-asia", &network, 0.815, 0.295);
}

#[test]
fn one_label_in_twenty_tells_the_rest_of_facebook() {
    let Some(folder) = shared("musae-facebook") else { return };
    let network = labelled(&folder.join("facebook_edges.csv.gz"), &folder.join("facebook_target.csv.gz"));
    check("musae-facebook", &network, 0.865, 0.205);
}

#[test]
fn one_label_in_twenty_tells_the_rest_of_github() {
    let Some(folder) = shared("musae-github") else { return };
    let network = labelled(&folder.join("git_edges.csv.gz"), &folder.join("git_target.csv.gz"));
    check("musae-github", &network, 0.818, 0.268);
}

/// A small market beside its snapshot.
fn market() -> Desk {
    let desk = Desk::new();
    desk.run("generate market --people 4000 --worlds 10 --rng-seed 3 -o m.trg").done(&[]);
    desk
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn affinities_are_kept_and_weigh_other_figures() {
    let desk = market();
    let learned = desk.run("niche learn m.trg").done(&["beauty", "gaming"]);
    assert!(learned.err.contains("kept as m.niches.trg") && learned.err.contains("held out"), "{}", learned.err);
    assert!(learned.err.contains("assumed: people are to niches as creators are"), "{}", learned.err);
    assert!(desk.files().contains(&"m.niches.json".to_owned()));
    let fresh = desk.run("niche experts beauty m.trg --label niche --steps 12 --format json").done(&[]);
    let experts = json(&fresh.out);
    let rows = experts["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["kind"] == "expert") && rows.iter().any(|row| row["kind"] == "contrast"));
    for row in rows.iter().filter(|row| row["kind"] == "expert") {
        assert!(row["index_interval_low"].as_f64().unwrap() > 100.0, "{row}");
        // A creator whose followers are all creators with labels is counted.
        assert!(row["status"] == "assumed" || row["because"] == "all followers are labelled", "{row}");
    }
    // The kept ones say the same.
    let creator = rows[0]["creator"].as_str().unwrap();
    let people = rows[0]["people"].as_f64().unwrap();
    let line = format!("overlap m.trg --creators {creator} --weight niche:beauty --format json");
    let overlap = json(&desk.run(&line).done(&[]).out);
    let union = overlap["rows"].as_array().unwrap().iter().find(|row| row["figure"] == "union").unwrap();
    assert!((union["people"].as_f64().unwrap() - people).abs() <= 0.5, "{overlap}");
    assert_eq!(overlap["provenance"]["parameters"]["kept"]["niches"].as_str().unwrap().len(), 16);
    let only = desk
        .run("overlap m.trg --only niche=beauty --define fans=niche:beauty>=0.5 --weight fans --accounts-are-people")
        .done(&[]);
    assert!(only.err.contains("fans: "), "{}", only.err);
    // Researchers take them out as a table; a copy of the snapshot is the snapshot.
    for name in ["m.trg", "m.niches.trg"] {
        let table = desk.run(&format!("export {name} --part accounts")).done(&["niche:beauty"]).out;
        assert_eq!(table.lines().count(), 4061);
    }
    desk.run("export m.trg -o copy.trg").done(&[]);
    assert!(desk.read("copy.trg") == desk.read("m.trg"));
    // Another snapshot under the same name: what was kept is about other data.
    desk.run("generate market --people 4000 --worlds 10 --rng-seed 4 -o m.trg --force").done(&[]);
    let stale = desk.run("overlap m.trg --only niche=beauty --weight niche:beauty --accounts-are-people");
    stale.refused(2, &["about other data", "run truereach niche learn again", "no column niche:beauty"]);
}

#[test]
fn experts_of_a_set_of_people_are_counted() {
    let desk = Desk::new();
    // a and b are followed by 1 to 4; c by 3 and 4; d by all.
    desk.write("f.csv", "follower,followee\n1,a\n2,a\n3,a\n4,a\n1,b\n2,b\n3,c\n4,c\n1,d\n2,d\n3,d\n4,d\n5,d\n6,d\n");
    let said = desk.run_all(&[
        "niche",
        "experts",
        "follow a and not follow c",
        "f.csv",
        "--format",
        "json",
        "--contrast",
        "9",
    ]);
    let table = json(&said.done(&[]).out);
    let row = |name: &str| {
        let rows = table["rows"].as_array().unwrap();
        rows.iter().find(|row| row["creator"] == name).unwrap_or_else(|| panic!("{name}: {table}")).clone()
    };
    assert_eq!((row("b")["people"].as_f64(), row("b")["share"].as_f64()), (Some(2.0), Some(1.0)));
    assert_eq!((row("c")["people"].as_f64(), row("c")["status"].as_str()), (Some(0.0), Some("measured")));
    // Two of ten accounts are in the set, and two of six who follow d.
    assert!((row("d")["index"].as_f64().unwrap() - 100.0 / 3.0 / 0.2).abs() < 1e-9);
    assert_eq!(table["summary"]["target"], "follow a and not follow c");
}

#[test]
fn labels_come_from_a_file_too_and_who_is_not_here_is_named() {
    let desk = market();
    let handles = desk.run("niche creators m.trg --only niche=beauty --top 1 --format ndjson").done(&[]).out;
    let names: Vec<String> = handles
        .lines()
        .filter_map(|line| json(line)["creator"].as_str().filter(|name| name.starts_with('@')).map(str::to_owned))
        .collect();
    let mut rows = String::from("account,niche\n");
    names.iter().enumerate().for_each(|(at, name)| rows += &format!("{name},{}\n", ["care", "make-up"][at % 2]));
    desk.write("seeds.csv", rows + "@nobody.at-all,care\n");
    let learned = desk.run("niche learn m.trg --seeds seeds.csv --no-keep").done(&["care", "make-up"]);
    assert!(learned.err.contains("about accounts not here; the first: seeds.csv:"), "{}", learned.err);
    assert!(!desk.files().iter().any(|name| name.contains("niches")));
    desk.write("wrong.csv", "account,label\na,b\n");
    desk.run("niche learn m.trg --seeds wrong.csv").refused(1, &["wrong.csv:1", "a column named niche"]);
}

#[test]
fn what_cannot_be_answered_says_why() {
    let desk = market();
    desk.run("niche experts gardening m.trg").refused(2, &["nobody is labelled gardening", "beauty"]);
    desk.run_all(&["niche", "experts", "follow and", "m.trg"]).refused(2, &["column 8"]);
    desk.run_all(&["niche", "experts", "follow @nobody", "m.trg"]).refused(2, &["is not in this network"]);
    desk.run("niche learn m.trg --label agencies").refused(2, &["no column agencies", "--seeds FILE"]);
    desk.run("niche learn m.trg --steps 0").refused(2, &["walks of no step"]);
    desk.run("niche creators m.trg --creators nobody").refused(2, &["is not in this network"]);
    // A creator whom nobody follows.
    desk.write("f.csv", "follower,followee\n1,a\n2,b\n3,a\n3,b\n4,a\n");
    desk.write("seeds.csv", "account,niche\na,x\nb,y\n");
    let alone = desk.run("niche creators f.csv --seeds seeds.csv --creators 1 --format json").done(&["not estimable"]);
    assert!(alone.out.contains("none listed"), "{}", alone.out);
}

#[test]
fn lifts_are_drawn() {
    let desk = market();
    desk.run("niche experts beauty m.trg -o experts.svg").done(&[]);
    let picture = String::from_utf8(desk.read("experts.svg")).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("Whose audience cares for beauty"));
    desk.run("niche creators m.trg --only niche=beauty --top 2 -o creators.svg").done(&[]);
    assert!(String::from_utf8(desk.read("creators.svg")).unwrap().contains("What their audiences care for"));
}

#[test]
fn damage_beside_a_snapshot_stops_nothing_and_is_mended_by_learning_again() {
    let desk = market();
    desk.run("niche learn m.trg").done(&[]);
    let whole = desk.read("m.niches.json");
    desk.write("m.niches.json", "{");
    let said = desk.run("niche experts beauty m.trg").done(&["expert"]);
    assert!(
        said.err.contains("cannot be read and are not used") && said.err.contains("niche learn again"),
        "{}",
        said.err
    );
    desk.run("niche learn m.trg").done(&[]);
    assert!(desk.read("m.niches.json") == whole);
    // Half of the columns.
    let columns = desk.read("m.niches.trg");
    desk.write("m.niches.trg", &columns[..columns.len() / 2]);
    assert!(desk.run("info m.trg").done(&[]).err.contains("cannot be read and are not used"));
    desk.run("niche learn m.trg").done(&[]);
    assert!(desk.read("m.niches.trg") == columns);
    let said = desk.run("niche experts beauty m.trg --format json").done(&[]);
    assert!(json(&said.out)["provenance"]["parameters"]["kept"]["niches"].is_string(), "{}", said.out);
}

#[test]
fn niches_are_named_in_any_language_and_letters() {
    let desk = Desk::new();
    desk.write("f.csv", "follower,followee\n1,a\n2,a\n3,b\n4,b\n5,c\n6,c\n1,c\n");
    desk.write("seeds.csv", "account,niche\na,Ẩm thực\nb,hair care\nc,Ẩm Thực\n");
    desk.run_all(&["niche", "experts", "ẩm thực", "f.csv", "--seeds", "seeds.csv"]).done(&["contrast"]);
    let said = desk.run_all(&["niche", "experts", "hair car", "f.csv", "--seeds", "seeds.csv"]);
    said.refused(2, &["nobody is labelled hair car", "hair care, Ẩm Thực"]);
}

#[test]
fn few_people_of_personal_data_are_not_told() {
    let desk = Desk::new();
    let rows = |creator: &str, from: u32, many: u32| {
        (from..from + many).map(|u| format!("p{u:05},{creator}\n")).collect::<String>()
    };
    desk.write("l.csv", format!("follower,followee\n{}{}{}", rows("a", 0, 60), rows("b", 5, 90), rows("c", 0, 99)));
    desk.run("ingest l.csv --view lists -o l.trg").done(&[]);
    // Five people follow a and not b.
    let experts = |set: &str| {
        desk.run_all(&["niche", "experts", set, "l.trg", "--format", "json", "--creators", "a,b,c"]).done(&[])
    };
    let said = experts("follow a and not follow b");
    let table = json(&said.out);
    assert!(table["summary"]["base"].is_null() && !said.err.contains("about 5 people"), "{}{}", said.out, said.err);
    for row in table["rows"].as_array().unwrap() {
        assert!(!row["index"].is_number() && !row["share"].is_number() && row["people"] != 5, "{row}");
    }
    // Nine people follow c and not b, which those of the set would tell.
    let said = experts("follow b");
    let table = json(&said.out);
    let c = table["rows"].as_array().unwrap().iter().find(|row| row["creator"] == "c").unwrap();
    assert!(!c["share"].is_number() && !said.err.contains("of everybody here"), "{c}{}", said.err);
    // Labels of people: of 60 and 5 labelled neither number is told.
    let mut seeds = String::from("account,niche\n");
    (0..60).for_each(|u| seeds += &format!("p{u:05},x\n"));
    (60..65).for_each(|u| seeds += &format!("p{u:05},y\n"));
    (65..95).for_each(|u| seeds += &format!("p{u:05},z\n"));
    desk.write("seeds.csv", seeds);
    let learned = json(&desk.run("niche learn l.trg --seeds seeds.csv --no-keep --format json").done(&[]).out);
    assert!(learned["summary"]["niches"].is_null(), "{learned}");
    let labelled: Vec<&Value> = learned["rows"].as_array().unwrap().iter().map(|row| &row["labelled"]).collect();
    assert!(*labelled[0] == 60 && !labelled[1].is_number() && !labelled[2].is_number(), "{learned}");
}
