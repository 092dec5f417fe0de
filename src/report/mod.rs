//! Results as people and programs read them. Nothing here computes a figure.

pub mod arrivals;
pub mod bars;
pub mod blocks;
pub mod calibration;
#[cfg(feature = "parquet")]
mod columnar;
pub mod containment;
pub mod dots;
pub mod growth;
pub mod heat;
pub mod loss;
pub mod number;
pub mod pit;
pub mod provenance;
pub mod resonance;
pub mod risk_frontier;
pub mod skill;
pub mod small;
pub mod svg;
pub mod table;
pub mod upset;
pub mod waterfall;
mod xlsx;

pub use provenance::Provenance;
pub use svg::Svg;
pub use table::{Cell, Column, Format, Picture, Table};
