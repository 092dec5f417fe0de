//! Results as people and programs read them. Nothing here computes a figure.

mod answer;
pub mod arrivals;
pub mod bars;
pub mod blocks;
pub mod calibration;
#[cfg(feature = "parquet")]
mod columnar;
pub mod containment;
mod digest;
pub mod dots;
pub mod growth;
pub mod heat;
pub mod loss;
pub mod number;
pub mod page;
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

pub use answer::Answer;
pub use provenance::Provenance;
pub use svg::Svg;
pub use table::{Cell, Column, Format, Picture, Table};
