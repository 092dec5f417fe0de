//! What a creator asks: the cheapest single offer of the rate card.

use serde::Serialize;

use super::attributes::known;
use super::network::Network;
use super::tables::offer;

/// A price, in its currency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Price {
    /// How much.
    pub amount: f64,
    /// Of which currency; `None`: nobody said.
    pub currency: Option<String>,
    /// Whether there are dearer offers of this creator.
    pub from: bool,
}

/// The cheapest offer of an account that is not a bundle, else the price that its table of accounts names; in one currency,
/// if one is asked for. `None` where nothing was given, and where offers are in several currencies: these are never
/// compared.
pub fn cheapest(network: &Network, account: u32, only: Option<&str>) -> Option<Price> {
    let offers = &network.tables.offers;
    let text = |name, row| offers.text(name, row).map(|text| text.into_owned());
    let wanted = |currency: &Option<String>| only.is_none_or(|only| currency.as_deref() == Some(only));
    let single = offers.rows_of(account).filter(|&row| text(offer::BUNDLE, row).is_none());
    let asked: Vec<(f64, Option<String>)> = single
        .filter_map(|row| Some((offers.number(offer::PRICE, row)?, text(offer::CURRENCY, row))))
        .filter(|(_, currency)| wanted(currency))
        .collect();
    let Some((_, currency)) = asked.first().cloned() else {
        let currency = network.attributes.text(known::CURRENCY, account).map(|text| text.into_owned());
        let amount = network.attributes.number(known::PRICE, account).filter(|_| wanted(&currency));
        return amount.map(|amount| Price { amount, currency, from: false });
    };
    if asked.iter().any(|one| one.1 != currency) {
        return None;
    }
    let prices = || asked.iter().map(|one| one.0);
    let amount = prices().fold(f64::INFINITY, f64::min);
    Some(Price { amount, currency, from: prices().any(|price| price > amount) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Column, Table, Values, build};

    fn network(rows: &[(u32, f64, &str, &str)]) -> Network {
        let mut network = Network::from_graph(build::graph(3, &[]));
        let text = |name: &str, of: &dyn Fn(usize) -> String| {
            let texts = (0..rows.len()).map(|row| Some(of(row)).filter(|text| !text.is_empty()));
            Column::texts(name, texts)
        };
        let prices: Vec<f64> = rows.iter().map(|row| row.1).collect();
        network.tables.offers = Table {
            account: rows.iter().map(|row| row.0).collect::<Vec<u32>>().into(),
            other: None,
            columns: vec![
                text(offer::BUNDLE, &|row| rows[row].3.into()),
                text(offer::CURRENCY, &|row| rows[row].2.into()),
                Column { name: offer::PRICE.into(), values: Values::Number(prices.into()) },
            ],
        };
        network
    }

    #[test]
    fn the_cheapest_single_offer_in_one_currency() {
        let network = network(&[
            (0, 5e6, "VND", ""),
            (0, 3e6, "VND", ""),
            (0, 1e6, "VND", "three stories"),
            (1, 100.0, "USD", ""),
            (1, 2e6, "VND", ""),
        ]);
        let price = cheapest(&network, 0, None).unwrap();
        assert_eq!((price.amount, price.currency.as_deref(), price.from), (3e6, Some("VND"), true));
        assert_eq!(cheapest(&network, 1, None), None, "dollars and dong are not compared");
        assert_eq!(cheapest(&network, 1, Some("USD")).unwrap().amount, 100.0);
        assert_eq!(cheapest(&network, 2, None), None, "missing is not free");
    }

    #[test]
    fn without_offers_the_accounts_table_speaks() {
        let mut network = network(&[]);
        let prices = vec![7.0, f64::NAN, f64::NAN];
        network.attributes.columns.push(Column { name: known::PRICE.into(), values: Values::Number(prices.into()) });
        assert_eq!(cheapest(&network, 0, None), Some(Price { amount: 7.0, currency: None, from: false }));
        assert_eq!(cheapest(&network, 1, None), None);
    }
}
