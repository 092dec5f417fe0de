//! The verb `generate`: the same bytes at any number of threads, text and back, and one sentence for whatever makes no
//! sense.

use crate::common;
use crate::common::program::{Desk, snapshot_of};
use truereach::synth::{BarabasiAlbert, Configuration, Degrees, ErdosRenyi, Lfr, Made, Rmat, Sbm, WattsStrogatz};
use truereach::{Result, Run};

/// Every model, each with more than one chunk of work.
type Model = (&'static str, Box<dyn Fn(&Run) -> Result<Made>>);

fn models() -> Vec<Model> {
    let rmat = Rmat { scale: 14, noise: 0.05, ..Rmat::default() };
    let ba = BarabasiAlbert { people: 40_000, ..BarabasiAlbert::default() };
    let er = ErdosRenyi { people: 20_000, ..ErdosRenyi::default() };
    let fixed = ErdosRenyi { people: 20_000, m: Some(150_000), undirected: true, ..ErdosRenyi::default() };
    let ws = WattsStrogatz { people: 30_000, ..WattsStrogatz::default() };
    let sbm = Sbm { people: 20_000, ..Sbm::default() };
    let weighted = Sbm { degree_exponent: Some(2.5), ..sbm.clone() };
    let lfr = Lfr { people: 20_000, ..Lfr::default() };
    let configuration = Configuration { people: 20_000, ..Configuration::default() };
    let both = Degrees::Directed {
        following: (0..20_000).map(|u| u % 16).collect(),
        followers: (0..20_000).map(|u| 15 - u % 16).collect(),
    };
    vec![
        ("rmat", Box::new(move |run| rmat.run(run))),
        ("ba", Box::new(move |run| ba.run(run))),
        ("er", Box::new(move |run| er.run(run))),
        ("er of fixed size", Box::new(move |run| fixed.run(run))),
        ("ws", Box::new(move |run| ws.run(run))),
        ("sbm", Box::new(move |run| sbm.run(run))),
        ("sbm with weights", Box::new(move |run| weighted.run(run))),
        ("lfr", Box::new(move |run| lfr.run(run))),
        ("configuration", Box::new(move |run| configuration.run(run))),
        ("directed configuration", Box::new(move |run| Configuration::default().run_with(&both, run))),
    ]
}

#[test]
fn the_same_bytes_at_any_number_of_threads_and_others_for_another_seed() {
    for (name, model) in models() {
        let all: Vec<(Vec<u8>, Made)> = common::runs(7)
            .iter()
            .map(|run| {
                let made = model(run).unwrap();
                (snapshot_of(&made.network, run), made)
            })
            .collect();
        for (bytes, made) in &all[1..] {
            assert!(*bytes == all[0].0, "{name}");
            assert_eq!(made.counts, all[0].1.counts, "{name}");
            // NaN equals nothing; texts do.
            assert_eq!(format!("{:?}", made.figures), format!("{:?}", all[0].1.figures), "{name}");
        }
        let run = Run::new(8);
        assert!(snapshot_of(&model(&run).unwrap().network, &run) != all[0].0, "{name}: another seed");
    }
}

#[test]
fn rows_are_sound_and_links_without_direction_stand_both_ways() {
    for (name, model) in models() {
        let made = model(&Run::new(3)).unwrap();
        let graph = made.graph().unwrap();
        assert_eq!(graph.following_rows().check(graph.accounts()), Ok(()), "{name}");
        assert_eq!(graph.follower_rows().check(graph.accounts()), Ok(()), "{name}");
        let directed = ["rmat", "ba", "er", "directed configuration"].contains(&name);
        assert_eq!(graph.is_symmetric(), !directed, "{name}");
        let counts = made.counts;
        let kept = counts.drawn - counts.repeats - counts.self_loops;
        let links = graph.edges() / if directed { 1 } else { 2 };
        assert!(kept == links || kept == links + counts.unplaced, "{name}: {counts:?} {links}");
        for u in 0..graph.accounts() as u32 {
            assert!(!graph.following(u).contains(&u), "{name}");
            if u % 97 == 0 {
                let mutual = |&v: &u32| graph.following(v).binary_search(&u).is_ok();
                assert!(directed || graph.following(u).iter().all(mutual), "{name}");
            }
        }
    }
}

#[test]
fn text_and_back_is_the_same_snapshot() {
    let desk = Desk::new();
    for (model, ending) in [
        ("ba --people 3000 --attach 4", "csv"),
        ("ba --people 3000 --attach 4 --undirected", "txt.gz"),
        ("ws --people 2000 --degree 6", "csv.zst"),
        ("lfr --people 1000 --max-degree 60", "txt"),
    ] {
        desk.run(&format!("generate {model} --rng-seed 5 -o straight.trg --force")).done(&["checksum"]);
        desk.run(&format!("generate {model} --rng-seed 5 -o text.{ending}")).done(&["checksum"]);
        let follows = |file: &str| desk.run(&format!("export {file} --quiet")).done(&[]).out;
        let back = desk.bytes(&format!("text.{ending}"));
        assert_eq!(follows("out.trg"), follows("straight.trg"), "{model}");
        if !model.starts_with("lfr") {
            assert!(desk.read("straight.trg") == back, "{model}");
        }
        desk.run("verify straight.trg").done(&["whole"]);
        std::fs::remove_file(desk.path(&format!("text.{ending}"))).unwrap();
    }
}

#[test]
fn the_summary_says_what_was_asked_and_what_came_out() {
    let desk = Desk::new();
    let said = desk.run("generate rmat --scale 10 --rng-seed 3");
    let said = said.done(&["R-MAT", "scale 10", "1,024", "16,384 drawn", "repeats merged", "u follows v", "rmat.trg"]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    let said = desk.run("generate lfr --people 1000 -o lfr.trg --accounts lfr.csv");
    let said = said.done(&["links", "each stored both ways", "mixing", "0.3", "degree exponent", "of them connected"]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    let accounts = String::from_utf8(desk.read("lfr.csv")).unwrap();
    assert!(accounts.starts_with("id,community\n0,") && accounts.lines().count() == 1001, "{accounts}");
    desk.write("degrees.txt", "# three\n1\n2\n\n1\n");
    desk.run("generate configuration --degrees degrees.txt -o three.trg").done(&["degrees of degrees.txt", "2 drawn"]);
    desk.run("generate configuration --like three.trg -o again.trg").done(&["degrees of three.trg", "accounts      3"]);
    for empty in ["er --people 0", "rmat --scale 0", "sbm --people 1 --blocks 1", "ws --people 1", "ba --people 0"] {
        desk.run(&format!("generate {empty} -o empty.trg --force")).done(&["follows       0"]);
        desk.run("verify empty.trg").done(&["whole"]);
    }
}

#[test]
fn nothing_is_replaced_unasked() {
    let desk = Desk::new();
    desk.run("generate ws --people 100").done(&[]);
    desk.run("generate ws --people 100").refused(1, &["ws.trg: exists already"]);
    desk.run("generate ws --people 100 --force").done(&[]);
    desk.write("a.csv", "mine");
    desk.run("generate sbm --accounts a.csv").refused(1, &["a.csv: exists already"]);
    assert_eq!(desk.files(), ["a.csv", "ws.trg"]);
    let like = "generate configuration --like ws.trg -o ws.trg --force";
    desk.run(like).refused(2, &["ws.trg is an input of this command"]);
}

#[test]
fn what_makes_no_sense_gets_one_sentence() {
    let desk = Desk::new();
    for (line, says) in [
        ("rmat --scale -3", "--scale"),
        ("rmat --scale 40", "must be at most 31"),
        ("rmat --a 0.9 --b 0.3", "sum to 1.39"),
        ("rmat --noise 0.5", "--noise: must be from 0 to 0.19"),
        ("ba --people -5", "must be a whole number of at least 0"),
        ("ba --people 10 --attach 10", "--attach: must be below the number of people (10), not 10"),
        ("er --p 1.5", "--p: must be a share from 0 to 1, not 1.5"),
        ("er --p -0.1", "--p: must be a share from 0 to 1, not -0.1"),
        ("er --p 0.1 --m 5", "not both"),
        ("er --people 5e9", "over the limit of 4294967295 accounts"),
        ("er --people 1.5", "must be a whole number of at least 0"),
        ("ws --degree 3", "--degree: must be even, not 3"),
        ("ws --rewire nan", "--rewire: must be a share"),
        ("sbm --mixing 1.2", "--mixing: must be a share from 0 to 1, not 1.2"),
        ("sbm --people 5 --blocks 6", "6 blocks for 5 people"),
        ("sbm --p-in 0.2 --p-out 7", "--p-out: must be a share"),
        ("lfr --mixing -1", "--mixing: must be a share"),
        ("lfr --people 100 --max-degree 100", "--max-degree: must be below the number of people (100), not 100"),
        ("lfr --mean-degree 0.5", "--mean-degree: must be from"),
        ("lfr --max-community 20", "needs a community of"),
        ("configuration --mean-degree -1", "--mean-degree: must be from"),
        ("configuration --degree-exponent -1", "--degree-exponent: must be from 0 to 20"),
        ("rmat -o network.xyz", "what format is network.xyz?"),
        ("rmat -o network.ndjson", "what format is network.ndjson?"),
    ] {
        desk.run(&format!("generate {line}")).refused(2, &[says]);
    }
    desk.run("generate rmat --scale 20 --memory 10MB").refused(1, &["R-MAT needs", "may be used"]);
    desk.write("bad.txt", "1\nx\n");
    desk.run("generate configuration --degrees bad.txt").refused(1, &["bad.txt:2: expected a degree, found \"x\""]);
    desk.write("large.txt", "1\n5\n");
    desk.run("generate configuration --degrees large.txt").refused(2, &["account 1 has a degree of 5"]);
    assert_eq!(desk.files(), ["bad.txt", "large.txt"], "nothing was written");
}

/// Every example of the help runs as it stands.
#[test]
fn the_examples_of_the_help_work() {
    let desk = Desk::new();
    let datasets = common::repo("datasets").display().to_string();
    let mut count = 0;
    for model in ["", "market", "rmat", "ba", "er", "ws", "sbm", "lfr", "configuration"] {
        let help = desk.run(&format!("generate {model} --help")).done(&["Example"]).out;
        for line in help.lines().filter_map(|line| line.trim().strip_prefix("truereach generate ")) {
            assert!(line.len() < 60, "fits 80 columns: {line}");
            let said = desk.run(&format!("generate {} --force", line.replace("datasets", &datasets))).done(&[]);
            assert!((said.out + &said.err).contains("checksum"), "{line}");
            count += 1;
        }
    }
    assert!(count >= 18, "{count} examples were found");
}
