//! Windows at their edges, and where clocks are changed.

use chrono_tz::Tz;

use super::{Calendar, Span, UsagePeriod};
use crate::time::Ts;

fn ts(text: &str) -> Ts {
    Ts(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
}

fn span(from: &str, to: &str) -> Span {
    Span { from: ts(from), to: ts(to) }
}

fn zone(name: &str) -> Calendar {
    Calendar(name.parse::<Tz>().unwrap())
}

#[test]
fn the_hour_is_the_last_3600_seconds_exactly() {
    let row = ts("2026-03-01T10:59:59.999Z");
    let counts = |now: &str| {
        let hour = Calendar::default().hour(ts(now));
        row >= hour.from && row < hour.to
    };
    assert!(counts("2026-03-01T11:59:59.998Z"));
    assert!(!counts("2026-03-01T11:59:59.999Z"));
    assert!(counts("2026-03-01T10:59:59.999Z"), "what happens now counts");
    // Shortly after midnight, yesterday evening still counts for the hour, not for the day.
    let (now, evening) = (ts("2026-03-02T00:30:00.000Z"), ts("2026-03-01T23:45:00.000Z"));
    assert!(Calendar::default().hour(now).from <= evening);
    assert!(Calendar::default().day(now).from > evening);
}

#[test]
fn days_weeks_and_months_follow_the_zone() {
    let table = [
        ("UTC", "2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        ("UTC", "2026-03-01T23:59:59.999Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        ("Asia/Kolkata", "2026-03-01T18:29:59.999Z", "2026-02-28T18:30:00Z", "2026-03-01T18:30:00Z"),
        ("Asia/Kolkata", "2026-03-01T18:30:00.000Z", "2026-03-01T18:30:00Z", "2026-03-02T18:30:00Z"),
        // 23 hours.
        ("Europe/Berlin", "2026-03-29T12:00:00.000Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        // 25 hours.
        ("Europe/Berlin", "2026-10-25T12:00:00.000Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        // The clock goes from 23:59:59 to 01:00: the day begins at one o'clock.
        ("America/Sao_Paulo", "2018-11-04T12:00:00.000Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        // Midnight comes twice: the day begins with the first one.
        ("America/Havana", "2026-11-01T12:00:00.000Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
    ];
    for (name, now, from, to) in table {
        assert_eq!(zone(name).day(ts(now)), span(from, to), "{name} at {now}");
    }
    let berlin = zone("Europe/Berlin");
    assert_eq!(berlin.month(ts("2026-03-29T12:00:00Z")), span("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"));
    assert_eq!(berlin.month(ts("2026-02-28T22:59:59.999Z")).to, ts("2026-02-28T23:00:00Z"));
    assert_eq!(berlin.month(ts("2024-02-29T12:00:00Z")), span("2024-01-31T23:00:00Z", "2024-02-29T23:00:00Z"));
    assert_eq!(berlin.week(ts("2026-03-29T12:00:00Z")), span("2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"));
    assert_eq!(berlin.period(UsagePeriod::All, ts("2026-03-29T12:00:00Z")), None);
}

#[test]
fn samoa_had_no_30th_of_december_2011() {
    let apia = zone("Pacific/Apia");
    assert_eq!(apia.day(ts("2011-12-30T09:59:59.999Z")).to, ts("2011-12-30T10:00:00Z"));
    assert_eq!(apia.day(ts("2011-12-30T10:00:00Z")), span("2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"));
}

#[test]
fn offsets_change_where_the_clock_does() {
    let year = span("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let expected = [
        (ts("2026-03-29T01:00:00Z"), 3_600_000),
        (ts("2026-10-25T01:00:00Z"), 7_200_000),
        (ts("2027-01-01T00:00:00Z"), 3_600_000),
    ];
    assert_eq!(zone("Europe/Berlin").offsets(year), expected);
    assert_eq!(Calendar::default().offsets(year), [(ts("2027-01-01T00:00:00Z"), 0)]);
    assert_eq!(zone("Europe/Berlin").months(year).len(), 12, "February to December, and the hour of next January");
    assert_eq!(Calendar::default().months(year).len(), 11);
}
