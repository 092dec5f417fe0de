//! A row an account that evidence speaks against, and whom of the creators asked for it follows.

use super::super::analyze::{parameters, percent};
use super::super::open::Opened;
use super::super::term::Terminal;
use super::{AuditArgs, codes, may_list, named};
use crate::authenticity::{Audited, NO_PATTERN};
use crate::base::Result;
use crate::report::{Cell, Column, Provenance, Table};

pub fn table(
    args: &AuditArgs,
    opened: &Opened,
    audited: &Audited,
    creators: &[u32],
    terminal: &Terminal,
) -> Result<Table> {
    may_list(terminal)?;
    let network = &opened.network;
    let graph = network.follow_graph()?;
    let columns = vec![
        Column::new("account", "account", "", "the account"),
        Column::new("authentic", "authentic", "chance", "chance that it is a real person"),
        Column::new("reasons", "reasons", "", "codes of the evidence that speaks against it"),
        Column::new("pattern", "pattern", "", "the group that decided, as in --patterns"),
        Column::new("follows", "follows", "", "whom of the creators looked at it follows"),
    ];
    let asked = serde_json::json!({ "audit": parameters(&args.audit)? });
    let provenance = Provenance::new("audit accounts", asked, terminal.seed, opened.checksum);
    let mut table = Table::new("truereach/audit-accounts/1", columns, provenance);
    let mut found: Vec<u32> = match args.creators.is_all() {
        true => (0..network.accounts() as u32).collect(),
        false => creators.iter().flat_map(|&creator| graph.followers(creator).iter().copied()).collect(),
    };
    found.sort_unstable();
    found.dedup();
    found.retain(|&account| audited.codes(account).next().is_some());
    found.sort_by(|a, b| audited.real[*a as usize].total_cmp(&audited.real[*b as usize]).then(a.cmp(b)));
    let all = found.len();
    if args.top > 0 && args.output.output.is_none() {
        found.truncate(args.top);
    }
    for &account in &found {
        let real = audited.real[account as usize];
        let pattern = audited.pattern_of[account as usize];
        let followed: Vec<u32> =
            graph.following(account).iter().copied().filter(|v| creators.binary_search(v).is_ok()).collect();
        table.rows.push(vec![
            Cell::Text(network.names.get(account).into_owned()),
            Cell::Shown(real, percent(real)),
            Cell::Text(codes(audited, account)),
            if pattern == NO_PATTERN { Cell::Missing } else { Cell::Count(u64::from(pattern)) },
            Cell::Text(named(network, &followed, 3)),
        ]);
    }
    if found.len() < all {
        table.notes.push(format!("{} of {all} accounts; --top 0 or -o FILE gives all", found.len()));
    }
    table.summary.insert("accounts".into(), all.into());
    Ok(table)
}
