//! From a planner's folder to a ranked table in one command, and what is said of everything odd in it.

use crate::common::program::{Desk, snapshot_of};
use crate::common::{repo, runs, shared};
use truereach::Run;
use truereach::graph::attributes::known;
use truereach::graph::network::Tiers;
use truereach::graph::{Design, Network};
use truereach::io::{Ingest, Snapshot};

/// A small folder: two accounts, their posts, a rate card, links, a list, a lookup.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write(
        "f/accounts.csv",
        "platform,handle,name,followers,niche,list_design,list_date\n\
         TikTok,@Anh,Ánh,1200,beauty,newest-first,2025-06-30\n\
         Instagram,anh,Ánh,800,beauty,,\n\
         TikTok,bao,Bảo,500,food,full,2025-06-30\n",
    );
    desk.write(
        "f/posts.csv",
        "Ngày đăng,Nền tảng,Tài khoản,Mã bài đăng,Định dạng,Tài trợ,Lượt xem,Lượt thích\n\
         13/06/2025,Tiktok,@anh,P1,video,Không,2.400,120\n\
         14/06/2025,Tiktok,@anh,P2,video,Có,1.900,80\n\
         15/06/2025,Tiktok,bao,P3,video,Không,700,31\n\
         16/06/2025,IG,anh,P4,reel,Không,350,20\n",
    );
    desk.write(
        "f/rates.csv",
        "Link,Hình thức,Đơn giá (VNĐ)\nhttps://www.tiktok.com/@anh,video,5.000.000\nhttps://www.tiktok.com/@bao,video,\"1,2 triệu\"\nhttps://www.instagram.com/anh/,reel,2.000.000\n",
    );
    desk.write("f/links.csv", "platform,account,person\ntiktok,anh,P1\ninstagram,anh,P1\n");
    desk.write("f/lists/tiktok/anh.csv", "follower\nu1\nu2\nbao\n");
    desk.write("f/lists/tiktok/bao.csv", "follower\nu2\nu3\n");
    desk.write("f/lookups.csv", "platform,follower,creator,follows\ntiktok,u1,bao,no\ntiktok,u3,anh,yes\n");
    desk
}

fn network(desk: &Desk, name: &str) -> Network {
    Snapshot::open(&desk.path(name), false).unwrap().network(&Run::new(1)).unwrap()
}

#[test]
fn a_folder_goes_to_a_ranked_table_in_one_command() {
    let desk = desk();
    let said = desk.run("analyze f --format table --small-cells").done(&["tiktok:anh", "tiktok:bao", "instagram:anh"]);
    let at = |name: &str| said.out.find(name).unwrap();
    assert!(at("tiktok:anh") < at("tiktok:bao"), "{}", said.out);
    assert!(!said.err.contains("found:"), "nothing is odd here: {}", said.err);
    assert!(said.err.contains("did not come from followers"), "{}", said.err);
    desk.run("ingest f -o f.trg").done(&["creators      3 rows", "read as     followers, 2 files"]);
    let network = network(&desk, "f.trg");
    let (anh, other) = (network.account("tiktok:anh").unwrap(), network.account("instagram:anh").unwrap());
    assert_ne!(anh, other, "one handle on two platforms is two accounts");
    let person = |account| network.attributes.text(known::PERSON, account).unwrap().into_owned();
    assert_eq!(person(anh), person(other), "and one person where a table says so");
    assert_eq!(network.list(anh).design, Design::NewestFirst);
    let tables = &network.tables;
    assert_eq!((tables.posts.len(), tables.offers.len(), tables.lookups.len()), (4, 3, 2));
    let offer = tables.offers.rows_of(anh).start;
    assert_eq!(tables.offers.number("price", offer), Some(5e6));
    assert_eq!(tables.offers.text("currency", offer).unwrap(), "VND");
    assert_eq!(tables.post(tables.posts.rows_of(anh).start).views, Some(2400.0));
    assert_eq!(network.platform(network.account("tiktok:u1").unwrap()).as_deref(), Some("tiktok"));
}

#[test]
fn the_shipped_folder_gives_a_table_that_a_planner_reads() {
    let desk = Desk::new();
    let folder = repo("datasets/planner-example").display().to_string();
    let said = desk.run_all(&["analyze", &folder, "--top", "40", "--format", "csv"]).done(&["estimated"]);
    assert_eq!(said.out.lines().count(), 31, "{}", said.out);
    assert!(!said.err.contains("found:"), "{}", said.err);
    let summary = desk.run_all(&["ingest", &folder, "-o", "p.trg"]).done(&["BÁO GIÁ KOL 2025", "sampled lists"]);
    assert!(!summary.out.contains("left out\n"), "{}", summary.out);
    let network = network(&desk, "p.trg");
    assert_eq!(network.platforms(), 3);
    assert!(network.tables.offers.len() >= 30 && network.tables.lookups.len() > 500);
}

#[test]
fn what_the_generator_writes_as_files_is_its_snapshot() {
    let desk = Desk::new();
    desk.run("generate market --people 3000 --worlds 20 --observe agency --observe-creators 40 --list-limit 60 --folder ag -o m.trg --rng-seed 7")
        .done(&[]);
    desk.run("ingest ag --view sampled -o ag.trg").done(&[]);
    let run = Run::new(1);
    // Tiers are the market's own, which no file holds.
    let made = Network { tiers: Tiers::default(), ..network(&desk, "m.agency.trg") };
    assert!(snapshot_of(&made, &run) == desk.read("ag.trg"));
    desk.run("ingest ag -o found.trg").done(&["sampled lists: only a part", "(detected"]);
}

#[test]
fn threads_and_the_order_of_files_do_not_show() {
    let desk = desk();
    let ingested = |run: &Run| {
        let (network, summary) = Ingest::default().run(&[desk.path("f")], None, run).unwrap();
        (snapshot_of(&network, run), serde_json::to_string(&summary.findings).unwrap())
    };
    let all: Vec<_> = runs(1).iter().map(ingested).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    let one = "--accounts f/accounts.csv --offers f/rates.csv --posts f/posts.csv --lists f/lists";
    let other = "--lists f/lists --posts f/posts.csv --accounts f/accounts.csv --offers f/rates.csv";
    let rest = "--links f/links.csv --lookups f/lookups.csv";
    assert!(desk.bytes(&format!("{one} {rest}")) == desk.bytes(&format!("{rest} {other}")));
    assert!(desk.bytes("f") == desk.bytes(&format!("{one} {rest}")), "found or named, it is the same");
}

#[test]
fn tables_added_later_give_the_bytes_of_everything_at_once() {
    let desk = desk();
    let whole = desk.bytes("f");
    desk.run("ingest --posts f/posts.csv --lists f/lists -o n.trg").done(&[]);
    desk.run("ingest --into n.trg --accounts f/accounts.csv --links f/links.csv").done(&[]);
    desk.run("ingest --into n.trg --offers f/rates.csv --lookups f/lookups.csv --posts f/posts.csv").done(&[]);
    assert!(desk.read("n.trg") == whole);
    // Counts of several days: the newest is used, whatever comes first.
    for (day, count) in [("2025-01-31", 900), ("2025-03-31", 1000), ("2025-02-28", 950)] {
        desk.write(&format!("g/{day}.csv"), format!("platform,handle,followers\ntiktok,anh,{count}\n"));
    }
    let whole = desk.bytes("g");
    desk.run("ingest --accounts g/2025-03-31.csv -o d.trg").done(&[]);
    desk.run("ingest --into d.trg --accounts g/2025-01-31.csv").done(&["1 row is of an earlier date"]);
    desk.run("ingest --into d.trg --accounts g/2025-02-28.csv").done(&[]);
    assert!(desk.read("d.trg") == whole);
    assert_eq!(network(&desk, "d.trg").attributes.number(known::FOLLOWERS, 0), Some(1000.0));
}

#[test]
fn what_is_exported_reads_back_to_the_same_snapshot_in_every_format() {
    let desk = desk();
    let whole = desk.bytes("f");
    desk.run("export out.trg -o follows.csv").done(&[]);
    for ending in ["csv", "xlsx", "ndjson"] {
        for table in ["accounts", "posts", "offers", "lookups"] {
            desk.run(&format!("export out.trg --table {table} -o {table}.{ending}")).done(&[]);
        }
        let again = format!(
            "follows.csv --accounts accounts.{ending} --posts posts.{ending} --offers offers.{ending} --lookups lookups.{ending}"
        );
        desk.run(&format!("ingest {again} -o again.trg --force")).done(&[]);
        assert!(desk.read("again.trg") == whole, "{ending}");
        for table in ["accounts", "posts", "offers", "lookups"] {
            std::fs::remove_file(desk.path(&format!("{table}.{ending}"))).unwrap();
        }
    }
    let said = desk.run("export out.trg --table posts --format csv").done(&[]).out;
    assert!(said.starts_with("platform,handle,format,post,"), "{said}");
    desk.run("export out.trg --table offers --format mtx").refused(2, &["CSV, NDJSON or xlsx"]);
}

/// A folder with these files, ingested; what was said.
fn ingested(files: &[(&str, &str)]) -> String {
    let desk = Desk::new();
    files.iter().for_each(|(name, text)| drop(desk.write(&format!("f/{name}"), text)));
    desk.run("ingest f -o f.trg").done(&[]).out
}

#[test]
fn everything_odd_is_found_and_said() {
    let accounts = "platform,handle,followers\ntiktok,anh,1000\ntiktok,bao,500\n";
    for (files, says) in [
        (
            vec![(
                "rates.csv",
                "platform,handle,format,price,currency\ntiktok,anh,video,5000000,VND\ntiktok,anh,story,9,Xu\n",
            )],
            vec!["f/rates.csv:3:20: expected a currency, found \"Xu\"", "1 left out"],
        ),
        (
            vec![(
                "rates.csv",
                "platform,handle,format,price,currency\ntiktok,anh,video,5000000,VND\ntiktok,anh,story,3000000,VND\ntiktok,bao,video,200,USD\n",
            )],
            vec!["1 currency besides the most frequent", "f/rates.csv:4: 1 in USD, 2 in VND"],
        ),
        (
            vec![(
                "rates.csv",
                "platform,handle,format,price,currency\ntiktok,anh,video,5000000,VND\ntiktok,anh,story,3000000,VND\ntiktok,bao,video,5000000,USD\n",
            )],
            vec!["1 price is out of line with its currency", "f/rates.csv:4: tiktok:bao: 5000000 USD"],
        ),
        (
            vec![("rates.csv", "platform,handle,format,price\ntiktok,anh,video,5000000\n")],
            vec!["1 price without a currency; --currency says it", "f/rates.csv:2: tiktok:anh: 5000000"],
        ),
        (
            vec![("accounts.csv", accounts), ("more.csv", "platform,handle,followers\nTikTok,@ANH,1000\n")],
            vec!["1 row says what another said; merged", "f/more.csv:2: tiktok:anh"],
        ),
        (
            vec![
                ("accounts.csv", accounts),
                ("more.csv", "platform,handle,followers\ntiktok,anh,1001\ntiktok,chi,7\n"),
            ],
            vec![
                "f/more.csv:2:1: expected one value of followers_claimed for tiktok:anh, found 1001 after 1000 at f/accounts.csv:2",
            ],
        ),
        (
            vec![
                ("accounts.csv", "platform,handle,followers\ntiktok,anh,2\n"),
                ("lists/tiktok/anh.csv", "follower\na\nb\nc\n"),
            ],
            vec!["1 follower list is longer than the number of followers claimed", "tiktok:anh: 3 listed, 2 claimed"],
        ),
        (
            vec![
                ("a.csv", "platform,handle,followers,list design,list date\ntiktok,anh,10,full,2023-05-01\n"),
                ("p.csv", "platform,handle,post,date,views,sponsored\ntiktok,anh,p1,2025-05-01,7,no\n"),
            ],
            vec![
                "1 date is of another year than the newest",
                "f/a.csv:2: tiktok:anh: list of 2023; the newest dates are of 2025",
            ],
        ),
        (
            vec![(
                "p.csv",
                "platform;handle;post;views;sponsored\ntiktok;anh;p1;1.200,5;no\ntiktok;anh;p2;1,200.5;no\n",
            )],
            vec!["1 column writes numbers both as 1.200,5 and as 1,200.5", "f/p.csv:1: views"],
        ),
        (
            vec![("accounts.csv", accounts), ("p.csv", "platform,handle,post,views,sponsored\ntiktok,chi,p1,7,no\n")],
            vec!["1 account is in no accounts table", "f/p.csv:2: tiktok:chi"],
        ),
        (
            vec![("p.csv", "platform,handle,post,views,likes,reach\ntiktok,anh,p1,7,8,9\n")],
            vec![
                "1 post has more likes than views",
                ": 8 likes, 7 views",
                "1 post has more reach than views",
                "1 post of which nothing says whether it was sponsored",
            ],
        ),
        (
            vec![("p.csv", "platform,handle,post,views\ntiktok,anh,p1,7\ntiktok,anh,p2,-7\n")],
            vec!["f/p.csv:3:15: expected a number of at least 0 as views, found \"-7\""],
        ),
        (
            vec![("accounts.csv", accounts), (".DS_Store", "x"), ("~$rates.xlsx", "x"), ("logo.png", "x")],
            vec!["3 files passed over", "a hidden file", "a lock of a program", "no table by its name's ending"],
        ),
        (
            vec![("accounts.csv", accounts), ("p.csv", ""), ("weather.csv", "day,rain\n1,2\n")],
            vec!["2 files passed over", "f/p.csv: an empty file", "f/weather.csv"],
        ),
        (
            vec![("tiktok rates 2025-06-30.csv", "handle,format,price,currency\nanh,video,5000000,VND\n")],
            vec!["platform tiktok, by the file's place or name", "taken as of 2025-06-30, by the file's name"],
        ),
    ] {
        let said = ingested(&files);
        says.iter().for_each(|says| assert!(said.contains(says), "no \"{says}\" in:\n{said}"));
    }
}

#[test]
fn pseudonyms_hide_followers_in_every_table_and_keep_creators() {
    let desk = desk();
    desk.write("key", b"a key of more than thirty-two bytes, for tests");
    let read =
        "ingest --accounts f/accounts.csv --posts f/posts.csv --offers f/rates.csv --links f/links.csv --lists f/lists";
    desk.run(&format!("{read} --lookups f/lookups.csv --pseudonymise key -o p.trg")).done(&["3 creators keep theirs"]);
    let mut everything = String::from_utf8_lossy(&desk.read("p.trg")).into_owned();
    for table in ["accounts", "posts", "offers", "lookups", "follows"] {
        everything.push_str(&desk.run(&format!("export p.trg --table {table} --format csv")).done(&[]).out);
    }
    for name in ["u1", "u2", "u3"] {
        assert!(
            !everything.contains(&format!("tiktok:{name}")) && !everything.contains(&format!(",{name},")),
            "{name}"
        );
    }
    assert!(everything.contains("tiktok:p:") && everything.contains("tiktok:anh"));
    let whole = desk.read("p.trg");
    desk.run(&format!("{read} --pseudonymise key -o q.trg")).done(&[]);
    desk.run("ingest --into q.trg --lookups f/lookups.csv --pseudonymise key").done(&[]);
    assert!(desk.read("q.trg") == whole, "a table added later");
}

#[test]
fn analyze_says_in_short_what_was_odd() {
    let desk = Desk::new();
    desk.write("f/p.csv", "platform,handle,post,views,likes\ntiktok,anh,p1,7,8\ntiktok,anh,p2,x,8\n");
    let said = desk.run("analyze f").done(&[]);
    assert!(said.err.contains("found: 1 row left out; the first: f/p.csv:3:15: expected a number"), "{}", said.err);
    assert!(said.err.contains("found: 1 post has more likes than views"), "{}", said.err);
    // Somebody who wants everything right says so.
    desk.run("analyze f --on-error fail")
        .refused(1, &["f/p.csv:3", "a number of at least 0 as views", "--on-error skip"]);
}

#[test]
fn named_tables_are_read_strictly_and_faults_name_their_place() {
    for (option, text, says) in [
        ("accounts", "id,price\na,lots\n", "t.csv:2:3: expected a price as price"),
        (
            "accounts",
            "id,price\na,1\na,2\n",
            "t.csv:3:1: expected one value of price for a, found 2 after 1 at t.csv:2",
        ),
        ("accounts", "id,price\n,1\n", "t.csv:2:1: expected an account"),
        ("accounts", "weather,price\na,1\n", "t.csv:1: expected a column handle in a table of accounts"),
        ("accounts", "id,price\na,1,2\n", "t.csv:2: expected at most 2 columns"),
        (
            "accounts",
            "handle,list design\na,some\n",
            "t.csv:2:3: expected full, random, newest-first, engagers, unknown",
        ),
        ("accounts", "platform,handle\nmyspace,a\n", "t.csv:2:1: expected a platform, found \"myspace\""),
        (
            "posts",
            "platform,handle,post,views\ninstagram,https://www.tiktok.com/@a,p,1\n",
            "an account on instagram, as the row says",
        ),
        (
            "offers",
            "handle,price,currency\na,5 USD,VND\n",
            "t.csv:2:9: expected one currency, found VND beside a price in USD",
        ),
        ("offers", "handle,price,currency\na,5,VND\na,6,VND\n", "expected one value of price for an offer of a"),
        ("lookups", "handle,follower,follows\na,b,maybe\n", "t.csv:2:5: expected yes or no, found \"maybe\""),
        ("lookups", "creator,follower,follows\na,b,yes\na,b,no\n", "expected one value of follows for a lookup of b"),
        ("posts", "handle,post,views,date\na,p,1,yesterday\n", "t.csv:2:7: expected a date, found \"yesterday\""),
    ] {
        let desk = Desk::new();
        desk.write("t.csv", text);
        desk.run(&format!("ingest --{option} t.csv -o t.trg")).refused(1, &[says]);
        assert!(!desk.files().contains(&"t.trg".to_owned()));
    }
    let desk = Desk::new();
    desk.write("t.csv", "handle,post,views\na,p,1\n");
    desk.run("ingest --posts t.csv --currency Xu").refused(2, &["--currency", "\"Xu\" is no currency"]);
    desk.run("ingest --posts t.csv --platform myspace").refused(2, &["--platform", "\"myspace\" is no platform"]);
    desk.run("ingest empty").refused(1, &["empty"]);
    std::fs::create_dir(desk.path("empty")).unwrap();
    desk.run("ingest empty").refused(1, &["a folder with tables or a network.toml"]);
}

#[test]
fn the_user_says_what_tables_do_not() {
    let desk = Desk::new();
    desk.write("lists/anh.csv", "follower\nu1\nu2\n");
    desk.write("rates.csv", "handle,format,price\nanh,video,1.200\n");
    desk.write("posts.csv", "handle,post,views,date\nanh,p1,10,03/04/2025\n");
    let line = "--lists lists --offers rates.csv --posts posts.csv --platform tiktok --list-design random";
    desk.run(&format!("ingest {line} --dates day-first -o n.trg")).refused(1, &["rates.csv:2", "1.200"]);
    // A currency with cents has no thousandths, so it settles the price too.
    let line = format!("{line} --currency USD");
    desk.run(&format!("ingest {line} --decimal comma -o n.trg")).refused(1, &["posts.csv:2", "03/04/2025"]);
    desk.run(&format!("ingest {line} --decimal comma --dates day-first -o n.trg")).done(&[]);
    let network = network(&desk, "n.trg");
    let anh = network.account("tiktok:anh").unwrap();
    assert_eq!(network.list(anh).design, Design::Random);
    assert_eq!(network.tables.offers.number("price", 0), Some(1200.0));
    assert_eq!(network.tables.offers.text("currency", 0).unwrap(), "USD");
    assert_eq!(network.tables.post(0).time, truereach::base::time::parse_date("2025-04-03"));
    // The same, written down in the folder.
    desk.write(
        "network.toml",
        "title = \"Client\"\n[[table]]\npath = \"lists\"\nkind = \"followers\"\nplatform = \"tiktok\"\nlist-design = \"random\"\n\
         [[table]]\npath = \"rates.csv\"\nplatform = \"tiktok\"\ncurrency = \"USD\"\ndecimal = \"comma\"\n\
         [[table]]\npath = \"posts.csv\"\nplatform = \"tiktok\"\ndates = \"day-first\"\n",
    );
    let named = desk.read("n.trg");
    assert!(desk.bytes(".") == named);
}

#[test]
fn a_row_with_accounts_on_several_platforms_is_one_person() {
    let desk = Desk::new();
    desk.write(
        "creators.csv",
        "Name,Niche,TikTok link,Instagram link,TikTok followers,Instagram followers\n\
         Ánh,beauty,https://www.tiktok.com/@anh,https://www.instagram.com/anh.ng/,1200,800\n\
         Bảo,food,https://www.tiktok.com/@bao,,500,\n",
    );
    desk.run("ingest --accounts creators.csv -o c.trg").done(&[]);
    let network = network(&desk, "c.trg");
    let account = |name: &str| network.account(name).unwrap();
    let (anh, other, bao) = (account("tiktok:anh"), account("instagram:anh.ng"), account("tiktok:bao"));
    let person = |account| network.attributes.text(known::PERSON, account).map(|text| text.into_owned());
    assert_eq!(
        (person(anh), person(other), person(bao)),
        (Some("instagram:anh.ng".into()), Some("instagram:anh.ng".into()), None)
    );
    let followers = |account| network.attributes.number(known::FOLLOWERS, account);
    assert_eq!((followers(anh), followers(other), followers(bao)), (Some(1200.0), Some(800.0), Some(500.0)));
    assert_eq!(network.attributes.text(known::NICHE, other).unwrap(), "beauty");
}

#[test]
fn an_export_of_one_account_is_of_the_account_that_is_named() {
    let desk = Desk::new();
    desk.write("a.csv", "Video title,Video link,Post time,Total views,Total likes\nHi,https://www.tiktok.com/@anh/video/71,2025-05-01,900,40\n");
    desk.run("ingest --posts a.csv -o a.trg").done(&["TikTok Studio"]);
    assert_eq!(network(&desk, "a.trg").names.get(0), "tiktok:anh", "the address of the post says whose it is");
    desk.write("b.csv", "Content,Video title,Video publish time,Views\nx7Q,Hi,2025-05-01,900\n");
    desk.run("ingest --posts b.csv -o b.trg").refused(1, &["b.csv:2", "--account HANDLE"]);
    desk.run("ingest --posts b.csv --account @Anh -o b.trg").done(&["YouTube Studio"]);
    let network = network(&desk, "b.trg");
    assert_eq!((network.names.get(0).as_ref(), network.tables.post(0).views), ("youtube:anh", Some(900.0)));
}

#[test]
fn prices_beside_accounts_are_attributes_alone_and_offers_together() {
    let desk = Desk::new();
    desk.write("one.csv", "platform,handle,followers,Price (VND)\ntiktok,anh,10,5.000.000\n");
    desk.run("ingest --accounts one.csv -o one.trg").done(&[]);
    let one = network(&desk, "one.trg");
    let anh = one.account("tiktok:anh").unwrap();
    assert_eq!(one.attributes.number(known::PRICE, anh), Some(5e6));
    assert_eq!(one.attributes.text(known::CURRENCY, anh).unwrap(), "VND");
    desk.write(
        "two.csv",
        "platform,handle,followers,Reel price (VND),Story price (VND)\ninstagram,anh,10,5.000.000,1.000.000\n",
    );
    desk.run("ingest --accounts two.csv -o two.trg").done(&["creators      1 rows"]);
    let two = network(&desk, "two.trg");
    let formats: Vec<_> = (0..2).map(|row| two.tables.offers.text("format", row).unwrap().into_owned()).collect();
    assert_eq!(formats, ["reel", "story"]);
    assert!(two.attributes.get(known::PRICE).is_none());
}

#[test]
fn averages_of_three_dates_go_into_one_network_and_tiktok_is_recommended() {
    let Some(folder) = shared("kol-multiplatform-2022") else { return };
    let desk = Desk::new();
    let folder = folder.display().to_string();
    let said =
        desk.run_all(&["ingest", &folder, "-o", "kol.trg"]).done(&["are of earlier dates; the newest values are used"]);
    assert!(said.out.contains("1 column is not what its header says"), "{}", said.out);
    let network = network(&desk, "kol.trg");
    assert_eq!(network.platforms(), 3);
    let average = network.tables.each_post().filter(|post| post.average && post.time.is_some()).count();
    assert_eq!(average, network.tables.posts.len(), "all rows are averages, each of its date");
    let said = desk.run_all(&["analyze", &folder, "--top", "5"]).done(&[]);
    let share = said.err.lines().find(|line| line.contains("TikTok: ")).unwrap().to_owned();
    let percent: u32 = share.split(['%', ' ']).find_map(|word| word.parse().ok()).unwrap();
    assert!(percent > 60 && share.contains("did not come from followers"), "{share}");
}

#[test]
fn one_word_in_two_encodings_is_one_word() {
    // "Ẩm thực" with its accents composed, and apart.
    let out = ingested(&[(
        "kols.csv",
        "platform,handle,followers,niche\ntiktok,anh,10,\u{1ea8}m th\u{1ef1}c\ntiktok,anh,10,A\u{302}\u{309}m thu\u{31b}\u{323}c\n",
    )]);
    assert!(out.contains("1 row says what another said; merged") && !out.contains("left out"), "{out}");
}

#[test]
fn words_in_place_of_a_price_cost_no_row() {
    let desk = Desk::new();
    desk.write("f/rates.csv", "platform,handle,followers,Video (VND),Story (VND)\ntiktok,anh,1200,5.000.000,Liên hệ\n");
    let out =
        desk.run("ingest f -o f.trg").done(&["1 price is words, which give none", "f/rates.csv:2:27: \"Liên hệ\""]).out;
    assert!(!out.contains("left out"), "{out}");
    let network = network(&desk, "f.trg");
    assert_eq!((network.tables.offers.len(), network.attributes.number(known::FOLLOWERS, 0)), (1, Some(1200.0)));
}

#[test]
fn what_is_older_is_named_and_contradicted_whatever_the_files_are_called() {
    // Of 2022 twice, with two counts, and of 2024.
    let (old, new) =
        ("platform,handle,followers\ntiktok,anh,7\ntiktok,anh,8\n", "platform,handle,followers\ntiktok,anh,9\n");
    for (first, second) in [("a", "b"), ("b", "a")] {
        let (old_name, new_name) = (format!("{first} 2022-01-31.csv"), format!("{second} 2024-01-31.csv"));
        let out = ingested(&[(&old_name, old), (&new_name, new)]);
        assert!(
            out.contains(&format!(
                "1 row is of an earlier date; the newest value is used\n                f/{old_name}:2: tiktok:anh"
            )),
            "{out}"
        );
        assert!(out.contains("found 8 after 7"), "{out}");
    }
}

#[test]
fn rows_left_out_are_no_findings_and_others_stand_by_line() {
    let posts = "platform,handle,post,date,views,likes,sponsored\n\
                 tiktok,bao,p1,2025-05-01,1,5,no\ntiktok,anh,p2,2025-05-01,1,5,no\ntiktok,anh,p2,2025-05-01,2,5,no\n";
    let out = ingested(&[("posts.csv", posts)]);
    assert!(out.contains("2 posts have more likes than views"), "{out}");
    let at = |line: &str| out.find(line).unwrap_or_else(|| panic!("{line}: {out}"));
    assert!(at("f/posts.csv:2: tiktok:bao: 5 likes") < at("f/posts.csv:3: tiktok:anh: 5 likes"), "{out}");
}

#[test]
fn prices_of_accounts_are_looked_at_as_those_of_offers_are() {
    let out = ingested(&[("kols.csv", "platform,handle,followers,niche,price\ntiktok,anh,10,food,500\n")]);
    assert!(out.contains("1 price without a currency"), "{out}");
}

#[test]
fn a_number_beyond_all_counts_is_refused() {
    let out = ingested(&[(
        "kols.csv",
        "platform,handle,followers,niche\ntiktok,anh,99999999999999999999,food\ntiktok,bao,5,food\n",
    )]);
    assert!(out.contains("f/kols.csv:2:12: expected a number of at least 0 as followers"), "{out}");
}

#[test]
fn a_creator_without_a_list_has_followers_that_nobody_listed() {
    let desk = Desk::new();
    let accounts: String = (0..9).map(|at| format!("tiktok,c{at},5\n")).collect();
    desk.write("f/accounts.csv", format!("platform,handle,followers\n{accounts}tiktok,big,1000000\ntiktok,mute,\n"));
    for at in 0..9 {
        desk.write(
            &format!("f/Danh sách follower TikTok/c{at}.csv"),
            format!("follower\nu{at}a\nu{at}b\nu{at}c\nu{at}d\nu{at}e\n"),
        );
    }
    let said = desk.run("analyze f --format json --small-cells --top 0").done(&["follower lists"]);
    let table: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let rows = table["rows"].as_array().unwrap();
    let row = |name: &str| rows.iter().find(|row| row["account"] == name).unwrap();
    assert_eq!(rows[0]["account"], "tiktok:big", "the largest stands first: {}", said.out);
    assert!(row("tiktok:big")["followers"].is_null() && row("tiktok:big")["direct"].as_f64().unwrap() > 1e4);
    assert!(row("tiktok:mute")["tier"].is_null() && row("tiktok:mute")["direct"].is_null(), "nothing is not zero");
    assert_eq!(row("tiktok:c1")["followers"], 5);
    // Where no reach is known, what is assumed of followers goes out with its range and its status.
    desk.run("analyze f --format table --small-cells").done(&["direct, range", "status", "assumed"]);
}

#[test]
fn one_row_about_several_accounts_is_one_person_and_a_name_is_not() {
    let desk = Desk::new();
    desk.write(
        "f/kols.csv",
        "Name,TikTok,Instagram,TikTok followers,Instagram followers\nLinh,@linh1,@linh_a,10,20\nLinh,@linh2,@linh_b,10,20\nMai,@mai,@mai,1,2\n",
    );
    // Links name one of the two accounts, as somebody else would call the person.
    desk.write("f/links.csv", "platform,account,person\ntiktok,linh1,P1\ntiktok,dup,P1\n");
    desk.run("ingest f -o f.trg").done(&[]);
    let network = network(&desk, "f.trg");
    let person =
        |name: &str| network.attributes.text(known::PERSON, network.account(name).unwrap()).unwrap().into_owned();
    assert_eq!([person("tiktok:linh1"), person("instagram:linh_a"), person("tiktok:dup")], ["P1"; 3]);
    assert_eq!([person("tiktok:linh2"), person("instagram:linh_b")], ["instagram:linh_b"; 2]);
    assert_eq!(person("tiktok:mai"), person("instagram:mai"));
    desk.run("export f.trg --table accounts -o a.csv").done(&[]);
    desk.run("ingest --accounts a.csv -o again.trg").done(&[]);
}

#[test]
fn one_post_exported_twice_without_an_id_is_said() {
    let post =
        |views| format!("platform,handle,time,format,views,sponsored\ntiktok,anh,2025-04-01 10:05,video,{views},no\n");
    let out = ingested(&[("a.csv", &post(1000)), ("b.csv", &post(1500))]);
    assert!(out.contains("1 post without an id is of the same moment as another"), "{out}");
    assert!(out.contains("f/b.csv:2: tiktok:anh: 2025-04-01T10:05:00Z"), "{out}");
}
