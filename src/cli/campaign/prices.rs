//! Prices of the campaign's own, given to the engine as those of a network: a clone of it, in which they stand before what
//! the data says.

use super::Campaign;
use super::file::Step;
use crate::base::Result;
use crate::cli::ask::Held;
use crate::graph::attributes::known;
use crate::graph::buffer::Buffer;
use crate::graph::tables::offer;
use crate::graph::{Column, Network, Table, Values};

impl Campaign {
    /// The network with the prices of the campaign; the checksum stays that of the data.
    pub(super) fn priced(&self, held: &Held) -> Result<Held> {
        if self.prices.is_empty() {
            return Ok(held.clone());
        }
        let mut held = held.clone();
        let mut own = Vec::new();
        for (name, price) in &self.prices {
            let way = [Step::Key("prices"), Step::Key(name)];
            let price = self.amount(price, &way)?;
            let name = self.name(&way, name, &held.network)?;
            own.push((held.network.account(&name)?, price));
        }
        own.sort_by_key(|price| price.0);
        let network = &mut held.network;
        let currency = self.currency.clone().or_else(|| common_currency(network));
        network.tables.offers =
            without(&network.tables.offers, |account| own.binary_search_by_key(&account, |price| price.0).is_ok());
        let mut prices = numbers(network, known::PRICE);
        let mut currencies = texts(network, known::CURRENCY);
        for (account, price) in own {
            prices[account as usize] = price;
            currencies[account as usize].clone_from(&currency);
        }
        replace(network, Column { name: known::PRICE.into(), values: Values::Number(prices.into()) });
        replace(network, Column::texts(known::CURRENCY, currencies.into_iter()));
        Ok(held)
    }
}

/// The currency of all prices in the data, if there is one.
fn common_currency(network: &Network) -> Option<String> {
    let offers = &network.tables.offers;
    let mut all = (0..offers.len()).map(|row| offers.text(offer::CURRENCY, row).map(|text| text.into_owned()));
    let of_accounts = network.attributes.get(known::CURRENCY);
    let priced = network.attributes.get(known::PRICE);
    let mut rest = (0..network.accounts() as u32)
        .filter(|&account| priced.is_some_and(|column| column.number(account).is_some()))
        .map(|account| of_accounts.and_then(|column| column.text(account)).map(|text| text.into_owned()));
    let first = all.next().or_else(|| rest.next())??;
    let same = |currency: Option<String>| currency.as_deref() == Some(&first);
    (all.all(same) && rest.all(same)).then_some(first)
}

/// A table without the rows of some accounts.
fn without(table: &Table, left_out: impl Fn(u32) -> bool) -> Table {
    let kept: Vec<usize> = (0..table.len()).filter(|&row| !left_out(table.account[row])).collect();
    if kept.len() == table.len() {
        return table.clone();
    }
    let of = |ids: &Buffer<u32>| -> Buffer<u32> { kept.iter().map(|&row| ids[row]).collect::<Vec<u32>>().into() };
    let column = |column: &Column| Column {
        name: column.name.clone(),
        values: match &column.values {
            Values::Number(numbers) => {
                Values::Number(kept.iter().map(|&row| numbers[row]).collect::<Vec<f64>>().into())
            }
            Values::Text { codes, dictionary } => Values::Text { codes: of(codes), dictionary: dictionary.clone() },
        },
    };
    Table {
        account: of(&table.account),
        other: table.other.as_ref().map(of),
        columns: table.columns.iter().map(column).collect(),
    }
}

fn numbers(network: &Network, name: &str) -> Vec<f64> {
    let column = network.attributes.get(name);
    (0..network.accounts() as u32)
        .map(|account| column.and_then(|column| column.number(account)).unwrap_or(f64::NAN))
        .collect()
}

fn texts(network: &Network, name: &str) -> Vec<Option<String>> {
    let column = network.attributes.get(name);
    let text = |account| Some(column?.text(account)?.into_owned());
    (0..network.accounts() as u32).map(text).collect()
}

fn replace(network: &mut Network, column: Column) {
    network.attributes.columns.retain(|other| other.name != column.name);
    network.attributes.insert(column);
}
