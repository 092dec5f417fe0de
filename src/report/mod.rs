//! Results as people and programs read them. Nothing here computes a figure.

pub mod number;
pub mod provenance;
pub mod svg;
pub mod table;

pub use provenance::Provenance;
pub use svg::Svg;
pub use table::{Cell, Column, Format, Table};
