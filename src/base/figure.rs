//! A figure with what is known of it: one of five statuses, an interval, and what it rests on.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::stats::Interval;

/// How much the data stands behind a figure. Every figure has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Counted in the data.
    Measured,
    /// Computed from the data by a stated method, with an interval that was tested to hold.
    Estimated,
    /// Only limits are known: the interval holds whatever the data does not show.
    Bounded,
    /// Rests on an assumption that the data does not inform.
    Assumed,
    /// The data cannot carry it; what would make it possible is said instead.
    NotEstimable,
}

impl Status {
    /// In users' words.
    pub fn name(self) -> &'static str {
        match self {
            Status::Measured => "measured",
            Status::Estimated => "estimated",
            Status::Bounded => "bounded",
            Status::Assumed => "assumed",
            Status::NotEstimable => "not estimable",
        }
    }
}

/// A figure: its value where there is one, its 95% interval, its status, and what it rests on or needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The value. `None` where only limits are known or nothing can be said. Missing is never zero.
    pub value: Option<f64>,
    /// 95% interval, parameters included; both ends equal for what was counted; limits for what is bounded.
    pub interval: Option<Interval>,
    /// The status.
    pub status: Status,
    /// What it rests on; for what is not estimable, what would make it possible.
    pub because: Cow<'static, str>,
}

impl Figure {
    /// Counted in the data.
    pub fn measured(value: f64, because: impl Into<Cow<'static, str>>) -> Self {
        let interval = Some(Interval::point(value));
        Figure { value: Some(value), interval, status: Status::Measured, because: because.into() }
    }

    /// Computed from the data, with its interval.
    pub fn estimated(value: f64, interval: Interval, because: impl Into<Cow<'static, str>>) -> Self {
        Figure { value: Some(value), interval: Some(interval), status: Status::Estimated, because: because.into() }
    }

    /// Only limits are known.
    pub fn bounded(limits: Interval, because: impl Into<Cow<'static, str>>) -> Self {
        Figure { value: None, interval: Some(limits), status: Status::Bounded, because: because.into() }
    }

    /// Rests on an assumption.
    pub fn assumed(value: f64, range: Interval, because: impl Into<Cow<'static, str>>) -> Self {
        Figure { value: Some(value), interval: Some(range), status: Status::Assumed, because: because.into() }
    }

    /// Refused; `needs` says what would make it possible.
    pub fn not_estimable(needs: impl Into<Cow<'static, str>>) -> Self {
        Figure { value: None, interval: None, status: Status::NotEstimable, because: needs.into() }
    }

    /// Whether there is a value or at least limits.
    pub fn is_given(&self) -> bool {
        self.status != Status::NotEstimable
    }
}
