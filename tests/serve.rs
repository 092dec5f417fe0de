//! `truereach serve`, asked over HTTP: who is let in, what is refused and how, and that its figures are the command line's.
#![cfg(feature = "serve")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common;
use serde_json::{Value, json};

const TOKEN: &str = "a-token-for-tests";

/// A server of a network, ended with the test.
struct Served {
    child: Child,
    port: u16,
}

struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    fn sentence(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(network: &str) -> Served {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("truereach"))
        .args(["serve", network, "--port", "0", "--token", TOKEN, "--threads", "2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.split(':').nth(2).and_then(|rest| rest.split('/').next()).and_then(|port| port.parse().ok());
    Served { child, port: port.unwrap_or_else(|| panic!("no address in {line:?}")) }
}

impl Served {
    /// A request with exactly these headers.
    fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.push_str(&format!("Host: 127.0.0.1:{}\r\n", self.port));
        }
        headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        // A body that is refused need not be heard to its end.
        let _ = stream.write_all(body);
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        let cut = reply.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8_lossy(&reply[..cut]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let mut body = reply[cut + 4..].to_vec();
        if head.to_lowercase().contains("transfer-encoding: chunked") {
            body = dechunked(&body);
        }
        Reply { status, head, body }
    }

    fn with_token(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        self.raw(method, path, &headers, body.map(|body| body.to_string()).unwrap_or_default().as_bytes())
    }

    fn get(&self, path: &str) -> Reply {
        self.with_token("GET", path, None)
    }

    fn post(&self, path: &str, body: Value) -> Reply {
        self.with_token("POST", path, Some(&body))
    }

    /// Waits until people are drawn.
    fn ready(&self) -> Value {
        let begun = Instant::now();
        loop {
            let network = self.get("/api/network").json();
            if network["board"]["ready"] == true && network["map"]["ready"] == true {
                return network;
            }
            assert!(network["board"]["error"].is_null(), "{network}");
            assert!(begun.elapsed() < Duration::from_secs(240), "{network}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Has a job done.
    fn job(&self, kind: Value) -> Value {
        let begun = self.post("/api/jobs", kind);
        assert_eq!(begun.status, 202, "{}", String::from_utf8_lossy(&begun.body));
        self.ended(begun.json()["id"].as_str().unwrap())
    }

    fn ended(&self, id: &str) -> Value {
        let begun = Instant::now();
        loop {
            let job = self.get(&format!("/api/jobs/{id}")).json();
            if !["queued", "running"].contains(&job["state"].as_str().unwrap()) {
                return job;
            }
            assert!(begun.elapsed() < Duration::from_secs(240), "{job}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn dechunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(at) = body.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&body[..at]).unwrap().trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&body[at + 2..at + 2 + size]);
        body = &body[at + 2 + size + 2..];
    }
    whole
}

fn lastfm() -> String {
    common::repo("datasets/lastfm-asia").display().to_string()
}

/// What the command line says in JSON.
fn asked(words: &[&str]) -> Value {
    let output = Command::new(assert_cmd::cargo::cargo_bin!("truereach"))
        .args(words)
        .args([&lastfm(), "--format", "json", "--quiet", "--threads", "2"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn only_who_has_the_token_on_this_machine_by_its_name_is_let_in() {
    let served = serve(&lastfm());
    let (host, bearer) = (format!("127.0.0.1:{}", served.port), format!("Bearer {TOKEN}"));
    let network = |headers: &[(&str, &str)]| served.raw("GET", "/api/network", headers, b"");
    for headers in [vec![], vec![("Authorization", "Bearer wrong")], vec![("Cookie", "truereach-1=x; other=y")]] {
        let refused = network(&headers);
        assert_eq!(
            (refused.status, refused.sentence().as_str()),
            (401, "the token is missing or is not that of this run")
        );
        assert!(refused.head.to_lowercase().contains("www-authenticate: bearer"));
    }
    let page = served.raw("GET", "/", &[], b"");
    assert_eq!(page.status, 401);
    assert!(String::from_utf8_lossy(&page.body).contains("needs the token of this run"));
    assert_eq!(served.raw("GET", "/?token=wrong", &[], b"").status, 401);

    let entry = served.raw("GET", &format!("/?token={TOKEN}"), &[], b"");
    assert_eq!(entry.status, 303);
    let cookie = entry
        .head
        .lines()
        .find_map(|line| line.to_lowercase().starts_with("set-cookie").then(|| line[12..].to_owned()));
    let cookie = cookie.expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    for path in ["/", "/api/network", "/assets/index.html"] {
        assert_eq!(served.raw("GET", path, &[("Cookie", &cookie)], b"").status, 200, "{path}");
    }

    // Foreign pages, and foreign names for this machine.
    for origin in ["https://example.com", "null", "http://127.0.0.1:1", "http://localhost.example.com"] {
        let refused = network(&[("Authorization", &bearer), ("Origin", origin)]);
        assert_eq!(
            (refused.status, refused.sentence().as_str()),
            (403, "another page may not ask this server"),
            "{origin}"
        );
    }
    let own = format!("http://{host}");
    assert_eq!(network(&[("Authorization", &bearer), ("Origin", &own)]).status, 200);
    for host in ["example.com", "127.0.0.1", "127.0.0.1.example.com:80"] {
        assert_eq!(network(&[("Authorization", &bearer), ("Host", host)]).status, 403, "{host}");
    }

    let answer = network(&[("Authorization", &bearer)]);
    let head = answer.head.to_lowercase();
    for line in [
        "content-security-policy: default-src 'none'; script-src 'self'",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
}

#[test]
fn what_is_wrong_gets_its_status_and_a_sentence() {
    let served = serve(&lastfm());
    let problem = |reply: Reply| (reply.status, reply.sentence());
    for path in [
        "/etc/passwd",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/..%2fCargo.toml",
        "/assets//etc/passwd",
        "/assets/",
        "/api/none",
    ] {
        let (status, said) = problem(served.get(path));
        assert_eq!(status, 404, "{path}");
        assert!(said.starts_with("there is nothing at"), "{said}");
    }
    let (status, said) = problem(served.with_token("DELETE", "/api/network", None));
    assert_eq!((status, said.as_str()), (405, "this question is asked in another way"));

    let bearer = format!("Bearer {TOKEN}");
    let post = |kind: &str, body: &[u8]| {
        served.raw("POST", "/api/portfolio", &[("Authorization", bearer.as_str()), ("Content-Type", kind)], body)
    };
    let large = vec![b' '; 600 << 10];
    let (status, said) = problem(post("application/json", &large));
    assert_eq!((status, said.as_str()), (413, "a question has at most 512 KiB"));
    let (status, said) = problem(post("application/json", b"{\"creators\": [\"7237\""));
    assert!(status == 400 && said.starts_with("this is not JSON"), "{status} {said}");
    let (status, said) = problem(post("text/plain", b"{}"));
    assert_eq!((status, said.as_str()), (415, "expected JSON"));
    for (body, word) in [
        (json!({}), "missing field `creators`"),
        (json!({"creators": 7237}), "expected a sequence"),
        (json!({"creators": [], "other": 1}), "unknown field `other`"),
    ] {
        let (status, said) = problem(served.post("/api/portfolio", body));
        assert!(status == 422 && said.contains(word), "{status} {said}");
    }
    let many: Vec<String> = (0..501).map(|v| v.to_string()).collect();
    let (status, said) = problem(served.post("/api/portfolio", json!({ "creators": many })));
    assert_eq!((status, said.as_str()), (422, "a portfolio has at most 500 creators, found 501"));

    served.ready();
    let unknown = served.post("/api/portfolio", json!({"creators": ["7237", "nobody"]}));
    assert_eq!(unknown.status, 404);
    assert_eq!(served.get("/api/creator?id=nobody").status, 404);
    assert!(unknown.sentence().contains("nobody"), "{}", unknown.sentence());
    for path in [
        "/api/creators?limit=0",
        "/api/creators?limit=201",
        "/api/creators?sort=nothing",
        "/api/creators?where=niche",
        "/api/creators?order=up",
        "/api/search?limit=-1",
        "/api/creator",
    ] {
        let (status, said) = problem(served.get(path));
        assert!(status == 422 && !said.is_empty(), "{path}: {status} {said}");
    }
    for (job, word) in [
        (json!({"kind": "nothing"}), "unknown variant `nothing`"),
        (json!({"kind": "plan"}), "say how much money"),
        (json!({"kind": "plan", "budget": -1}), "above 0"),
        (json!({"kind": "risk", "creators": []}), "expected 1 to 500"),
        (json!({"kind": "report", "creators": ["7237"], "title": "x", "language": "fr"}), "expected en or vi"),
    ] {
        let (status, said) = problem(served.post("/api/jobs", job.clone()));
        assert!(status == 422 && said.contains(word), "{job}: {status} {said}");
    }
    assert_eq!(served.post("/api/jobs", json!({"kind": "risk", "creators": ["nobody"]})).status, 404);
    assert_eq!(served.get("/api/jobs/99").status, 404);
    assert_eq!(served.get("/api/jobs/99/report").status, 404);
}

#[test]
fn a_job_is_cancelled_once() {
    let served = serve(&lastfm());
    served.ready();
    // While the first is done the second waits.
    let ids: Vec<String> = (0..2)
        .map(|_| {
            served.post("/api/jobs", json!({"kind": "frontier", "count": 60, "steps": 60})).json()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    for id in &ids {
        let cancelled = served.with_token("DELETE", &format!("/api/jobs/{id}"), None);
        assert_eq!((cancelled.status, cancelled.json()["state"].clone()), (200, json!("cancelled")));
        let again = served.with_token("DELETE", &format!("/api/jobs/{id}"), None);
        assert_eq!((again.status, again.sentence()), (409, format!("job {id} was cancelled already")));
    }
    let failed = served.job(json!({"kind": "plan", "budget": 1000.0}));
    assert_eq!(failed["state"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("no candidate has a price"), "{failed}");
    let id = failed["id"].as_str().unwrap();
    assert_eq!(
        served.with_token("DELETE", &format!("/api/jobs/{id}"), None).sentence(),
        format!("job {id} has failed already")
    );
}

#[test]
fn a_job_of_an_earlier_start_is_no_other_job_now() {
    let first =
        |served: &Served| served.job(json!({"kind": "plan", "budget": 1000.0}))["id"].as_str().unwrap().to_owned();
    let (earlier, later) = (serve(&lastfm()), serve(&lastfm()));
    let id = first(&earlier);
    assert_ne!(id, first(&later));
    assert_eq!(later.get(&format!("/api/jobs/{id}")).status, 404);
}

#[test]
fn figures_are_those_of_the_command_line() {
    let served = serve(&lastfm());
    let network = served.ready();
    assert_eq!(network["accounts"], 7624);
    let portfolio = served.post("/api/portfolio", json!({"creators": ["7237", "3530", "524"]})).json();
    let together = asked(&["reach", "--creators", "7237,3530,524"]);
    let row =
        |name: &str| together["rows"].as_array().unwrap().iter().find(|row| row["figure"] == name).unwrap().clone();
    let direct = row("  direct")["people"].as_f64().unwrap();
    assert!((portfolio["direct"].as_f64().unwrap() - direct).abs() < 1e-9 * direct, "exact on both sides");
    let reach = portfolio["reach"]["people"].as_f64().unwrap();
    let simulated = row("reach");
    let apart = (reach - simulated["people"].as_f64().unwrap()).abs();
    // Two samples, each with its 95% interval; 262,144 people drawn: more apart than both once in 10,000.
    let width = simulated["sim_error_high"].as_f64().unwrap() - simulated["sim_error_low"].as_f64().unwrap()
        + portfolio["simulation"]["high"].as_f64().unwrap()
        - portfolio["simulation"]["low"].as_f64().unwrap();
    assert!(apart <= width, "{apart} {width}");
    let overlap = asked(&["overlap", "--creators", "7237,3530,524"]);
    assert_eq!(portfolio["followers"].as_f64(), overlap["rows"][0]["people"].as_f64());
    let added: f64 = portfolio["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["credit"]["people"].as_f64().unwrap())
        .sum();
    assert!((added - portfolio["simulation"]["people"].as_f64().unwrap()).abs() < 1.0 + (reach - direct).abs());

    for (job, words) in [
        (json!({"kind": "influence", "creators": ["7237", "3530"]}), vec!["influence", "--creators", "7237,3530"]),
        (json!({"kind": "plan", "count": 3}), vec!["select", "--count", "3"]),
        (json!({"kind": "similar", "creators": ["7237"]}), vec!["similar", "--of", "7237", "--top", "10"]),
        (
            json!({"kind": "overlap", "creators": ["7237", "3530"]}),
            vec!["overlap", "--creators", "7237,3530", "--sets=20"],
        ),
    ] {
        let job = served.job(job);
        assert_eq!(job["state"], "done", "{job}");
        assert_eq!(job["result"]["tables"][0]["rows"], asked(&words)["rows"], "{words:?}");
    }
    let frontier = served.job(json!({"kind": "frontier", "count": 4, "steps": 4}))["result"].clone();
    assert_eq!(frontier["points"].as_array().unwrap().len(), 4);
    assert_eq!(frontier["points"][3]["creators"].as_array().unwrap().len(), 4);
}

#[test]
fn a_port_in_use_and_a_token_that_is_none() {
    let served = serve(&lastfm());
    let run = |words: &[&str]| {
        let output =
            Command::new(assert_cmd::cargo::cargo_bin!("truereach")).arg("serve").args(words).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = run(&[&lastfm(), "--port", &served.port.to_string()]);
    assert!(
        code == Some(2) && said.contains("is in use by another program") && said.contains("--port 0"),
        "{code:?} {said}"
    );
    let (code, said) = run(&[&lastfm(), "--token", "a b"]);
    assert!(code == Some(2) && said.contains("--token: expected at least 8 letters"), "{code:?} {said}");
    let (code, said) = run(&["no-such-file.trg", "--port", "0"]);
    assert!(code == Some(1) && said.contains("no-such-file.trg"), "{code:?} {said}");
}

#[test]
fn handles_of_any_letters_are_found_judged_and_asked_about() {
    let folder = std::env::temp_dir().join(format!("truereach-serve-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let long = "ơ".repeat(200);
    let handles = [
        "<img src=x onerror=alert(1)>",
        "quote\"s and, commas",
        "#hash",
        "@at",
        "\u{1F600} smile",
        "مرحبا بالعالم",
        &long,
    ];
    let mut rows = String::from("follower,followee\n");
    for (at, handle) in handles.iter().enumerate() {
        for follower in 0..30 + 10 * at {
            rows.push_str(&format!("p{follower},\"{}\"\n", handle.replace('"', "\"\"")));
        }
    }
    let file = folder.join("follows.csv");
    std::fs::write(&file, rows).unwrap();
    let served = serve(&file.display().to_string());
    served.ready();
    for handle in handles {
        let typed: String = handle.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let found = served.get(&format!("/api/search?text={typed}")).json();
        assert_eq!(found["matches"][0]["id"], handle);
        assert_eq!(served.get(&format!("/api/creator?id={typed}")).json()["id"], handle);
    }
    let portfolio = served.post("/api/portfolio", json!({ "creators": handles })).json();
    assert_eq!((portfolio["members"].as_array().unwrap().len(), portfolio["followers"].as_f64()), (7, Some(90.0)));
    let job = served.job(json!({"kind": "influence", "creators": handles}));
    assert_eq!(job["state"], "done", "{job}");
    assert_eq!(job["result"]["tables"][0]["rows"].as_array().unwrap().len(), 8);
    let report = served.job(json!({"kind": "report", "creators": handles, "title": "<script>alert(1)</script>"}));
    assert_eq!(report["state"], "done", "{report}");
    let page = served.get(&format!("/api/jobs/{}/report?view=1", report["id"].as_str().unwrap()));
    let text = String::from_utf8(page.body).unwrap();
    assert!(!text.contains("<script") && !text.contains("<img src=x") && text.contains("&lt;script&gt;"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The files inside the program are those of `web/`, all of them and no others.
#[test]
fn the_page_inside_is_the_page_in_web() {
    let served = serve(&lastfm());
    let bundle: Value =
        serde_json::from_str(&std::fs::read_to_string(common::repo("web/bundle.json")).unwrap()).unwrap();
    let files = bundle["files"].as_array().unwrap();
    assert!(files.len() > 10);
    for file in files {
        let path = file["path"].as_str().unwrap();
        let reply = served.get(&format!("/assets/{path}"));
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.body == std::fs::read(common::repo("web").join(path)).unwrap(), "{path} is another file inside");
        let kind = file["type"].as_str().unwrap().to_lowercase();
        assert!(reply.head.to_lowercase().contains(&format!("content-type: {kind}")), "{path}: {}", reply.head);
    }
}

/// Every answer that the description names is described by a schema; what the page asks is in it.
#[test]
fn the_description_names_every_question() {
    let served = serve(&lastfm());
    let api = served.get("/api/openapi.json").json();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths: Vec<&String> = api["paths"].as_object().unwrap().keys().collect();
    for path in [
        "/api/network",
        "/api/search",
        "/api/creators",
        "/api/creator",
        "/api/portfolio",
        "/api/map",
        "/api/jobs",
        "/api/jobs/{id}",
        "/api/jobs/{id}/report",
    ] {
        assert!(paths.iter().any(|known| *known == path), "{path}");
    }
    assert_eq!(api["security"], json!([{ "token": [] }]));
}
