//! Whether the times of a manifest can be understood: schedules and quiet hours. They are kept as written.

use std::str::FromStr;

use chrono_tz::Tz;
use croner::parser::{CronParser, Seconds, Year};

use super::{
    AgentManifest, ManifestSchedule,
    problem::{Findings, ManifestCode},
};

/// Shortest distance between firings.
const MIN_INTERVAL_SECS: u64 = 10;

pub(super) fn check(manifest: &AgentManifest, findings: &mut Findings) {
    match &manifest.schedule {
        ManifestSchedule::Reactive => {}
        ManifestSchedule::Periodic(periodic) => {
            if let Err(message) = check_clock(&periodic.cron) {
                findings.error(ManifestCode::BadValue, "schedule.periodic.cron", message).got(periodic.cron.clone());
            }
            if Tz::from_str(&periodic.tz).is_err() {
                let message = format!("'{}' is no IANA time zone", periodic.tz);
                findings.error(ManifestCode::BadValue, "schedule.periodic.tz", message).expected("Europe/Vienna");
            }
        }
        ManifestSchedule::Proactive(proactive) => {
            for (i, condition) in proactive.conditions.iter().enumerate() {
                if !is_condition(condition) {
                    findings
                        .error(
                            ManifestCode::BadValue,
                            format!("schedule.proactive.conditions[{i}]"),
                            "must be all, event:<type>, memory:<scope pattern> or tag:<tag>",
                        )
                        .got(condition.clone());
                }
            }
        }
        ManifestSchedule::Continuous(_) => {}
    }
    if manifest.schedule != ManifestSchedule::Reactive {
        findings
            .warn(
                ManifestCode::UnsupportedValue,
                "schedule",
                "kept, but this version does not start agents by itself yet",
            )
            .even_in_strict_mode();
    }
    if let Some(autonomous) = &manifest.autonomous {
        findings
            .warn(ManifestCode::UnsupportedValue, "autonomous", "kept, but this version has no self-started work yet")
            .even_in_strict_mode();
        if let Some(hours) = &autonomous.quiet_hours {
            check_quiet_hours(hours, findings);
        }
    }
}

/// `every <n><s|m|h|d>`, an `@` word or five cron fields.
fn check_clock(text: &str) -> Result<(), String> {
    if let Some(interval) = text.trim().strip_prefix("every ") {
        let interval = interval.trim();
        let unit = interval.chars().last().unwrap_or(' ');
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err("an interval is 'every <number><s, m, h or d>'".to_owned()),
        };
        let count = interval[..interval.len() - unit.len_utf8()].trim().parse::<u64>().unwrap_or_default();
        return match count.checked_mul(seconds) {
            Some(total) if total >= MIN_INTERVAL_SECS && count > 0 => Ok(()),
            _ => Err(format!("an interval is a whole number and at least {MIN_INTERVAL_SECS} seconds long")),
        };
    }
    if text.starts_with('@') {
        return match text {
            "@hourly" | "@daily" | "@weekly" | "@monthly" => Ok(()),
            _ => Err("the words are @hourly, @daily, @weekly and @monthly".to_owned()),
        };
    }
    CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(text)
        .map(|_| ())
        .map_err(|error| format!("not a cron line of five fields: {error}"))
}

fn is_condition(text: &str) -> bool {
    text == "all"
        || ["event:", "memory:", "tag:"]
            .iter()
            .any(|form| text.strip_prefix(form).is_some_and(|rest| !rest.trim().is_empty()))
}

/// `HH:MM-HH:MM [zone]`; the cron text of OpenFang 0.6 is kept without effect.
fn check_quiet_hours(text: &str, findings: &mut Findings) {
    let path = "autonomous.quiet_hours";
    let (hours, zone) = text.split_once(' ').unwrap_or((text, "UTC"));
    let is_window =
        hours.split_once('-').is_some_and(|(from, to)| is_time_of_day(from) && is_time_of_day(to) && from != to);
    if is_window {
        if Tz::from_str(zone.trim()).is_err() {
            findings.error(ManifestCode::BadValue, path, format!("'{}' is no IANA time zone", zone.trim()));
        }
    } else if check_clock(text).is_ok() {
        findings.warn(ManifestCode::UnsupportedValue, path, "a cron line here has no effect: write HH:MM-HH:MM");
    } else {
        findings.error(ManifestCode::BadValue, path, "must be HH:MM-HH:MM, optionally with a time zone").got(text);
    }
}

fn is_time_of_day(text: &str) -> bool {
    text.len() == 5 && chrono::NaiveTime::parse_from_str(text, "%H:%M").is_ok()
}
