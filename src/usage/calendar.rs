//! Hours, days, weeks and months of the budget's time zone. Pure: `now` is an argument.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Ts;

pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 86_400_000;

/// Span of time up to now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsagePeriod {
    /// The last 3,600 seconds.
    Hour,
    /// Since midnight.
    #[default]
    Day,
    /// Since Monday.
    Week,
    /// Since the first of the month.
    Month,
    /// Since ever.
    All,
}

/// From the first moment that belongs to it up to the first that does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Ts,
    pub to: Ts,
}

/// The calendar of one time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar(pub Tz);

impl Default for Calendar {
    fn default() -> Self {
        Self(Tz::UTC)
    }
}

impl Calendar {
    /// The last 3,600 seconds up to `now`: what happened exactly 3,600 s ago is out, what happens now is in.
    pub fn hour(self, now: Ts) -> Span {
        Span { from: now.plus_ms(1 - HOUR_MS), to: now.plus_ms(1) }
    }

    pub fn day(self, now: Ts) -> Span {
        let today = self.date(now);
        Span { from: self.start_of(today), to: self.start_of(today + Days::new(1)) }
    }

    pub fn week(self, now: Ts) -> Span {
        let today = self.date(now);
        let monday = today - Days::new(today.weekday().num_days_from_monday().into());
        Span { from: self.start_of(monday), to: self.start_of(monday + Days::new(7)) }
    }

    pub fn month(self, now: Ts) -> Span {
        let first = first_of_month(self.date(now));
        Span { from: self.start_of(first), to: self.start_of(first + Months::new(1)) }
    }

    /// None: since ever.
    pub fn period(self, period: UsagePeriod, now: Ts) -> Option<Span> {
        match period {
            UsagePeriod::Hour => Some(self.hour(now)),
            UsagePeriod::Day => Some(self.day(now)),
            UsagePeriod::Week => Some(self.week(now)),
            UsagePeriod::Month => Some(self.month(now)),
            UsagePeriod::All => None,
        }
    }

    /// The local date.
    pub fn date(self, at: Ts) -> NaiveDate {
        self.local(at).date()
    }

    /// The first moment of a local day, also where the clock skips midnight.
    pub fn start_of(self, date: NaiveDate) -> Ts {
        const MINUTES_OF_A_DAY: i64 = 1_440;
        let midnight = date.and_time(NaiveTime::MIN);
        let existing = (0..=MINUTES_OF_A_DAY)
            .find_map(|minute| self.0.from_local_datetime(&(midnight + TimeDelta::minutes(minute))).earliest());
        Ts(existing.map_or_else(|| midnight.and_utc().timestamp_millis(), |t| t.timestamp_millis()))
    }

    /// What the clock is ahead of UTC in a span: the milliseconds, and until when (the last one: for good).
    pub fn offsets(self, span: Span) -> Vec<(Ts, i64)> {
        let mut found = vec![];
        let (mut at, mut offset) = (span.from, self.offset(span.from));
        while at < span.to {
            let ahead = at.plus_ms(DAY_MS).min(span.to);
            if self.offset(ahead) != offset {
                let change = self.change_between(at, ahead);
                found.push((change, offset));
                (at, offset) = (change, self.offset(change));
            } else {
                at = ahead;
            }
        }
        found.push((span.to, offset));
        found
    }

    /// Starts of the months behind the first one of a span.
    pub fn months(self, span: Span) -> Vec<Ts> {
        let first = first_of_month(self.date(span.from));
        let starts = (1..).map(|n| self.start_of(first + Months::new(n)));
        starts.take_while(|start| *start < span.to).collect()
    }

    fn change_between(self, mut before: Ts, mut after: Ts) -> Ts {
        let old = self.offset(before);
        while after.0 - before.0 > 1 {
            let middle = Ts(before.0 + (after.0 - before.0) / 2);
            if self.offset(middle) == old { before = middle } else { after = middle }
        }
        after
    }

    fn offset(self, at: Ts) -> i64 {
        let offset = self.0.offset_from_utc_datetime(&utc(at)).fix();
        i64::from(offset.local_minus_utc()) * 1_000
    }

    fn local(self, at: Ts) -> NaiveDateTime {
        utc(at) + TimeDelta::milliseconds(self.offset(at))
    }
}

fn utc(at: Ts) -> NaiveDateTime {
    DateTime::<Utc>::from_timestamp_millis(at.0).unwrap_or_default().naive_utc()
}

pub fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}
