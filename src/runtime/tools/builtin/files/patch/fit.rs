//! Finds where the hunks of a file belong and gives the new text.

use super::{Hunk, Line};

/// Lines of the file that are shown when a hunk does not fit.
const SHOWN: usize = 6;
/// Lines of a hunk that are compared when looking for the nearest place.
const COMPARED: usize = 20;

/// A hunk without a place, or with more than one.
#[derive(Debug, PartialEq, Eq)]
pub struct Misfit {
    /// From 1.
    pub hunk: usize,
    pub message: String,
    /// Lines of the file around the likeliest place, with their numbers.
    pub nearest: Vec<String>,
}

/// Applies the hunks from top to bottom. Line ends and a missing last one stay as they are.
pub fn apply(text: &str, hunks: &[Hunk]) -> Result<String, Misfit> {
    let file = File::split(text);
    let mut out: Vec<(&str, &str)> = vec![];
    let mut done = 0;
    for (at, hunk) in hunks.iter().enumerate() {
        let start = place(&file.lines, done, hunk).map_err(|message| Misfit {
            hunk: at + 1,
            message,
            nearest: nearest(&file.lines, done, hunk),
        })?;
        out.extend_from_slice(&file.both[done..start]);
        done = start;
        for line in &hunk.lines {
            match line {
                // The file's own spelling stays where only white space differs.
                Line::Keep(_) => {
                    out.push(file.both[done]);
                    done += 1;
                }
                Line::Remove(_) => done += 1,
                Line::Add(added) => out.push((added, "")),
            }
        }
    }
    out.extend_from_slice(&file.both[done..]);
    Ok(file.join(&out))
}

struct File<'a> {
    lines: Vec<&'a str>,
    /// Each line with its own end.
    both: Vec<(&'a str, &'a str)>,
    /// What added lines end with.
    end: &'a str,
    ends_with_newline: bool,
}

impl<'a> File<'a> {
    fn split(text: &'a str) -> Self {
        let both: Vec<(&str, &str)> = text
            .split_inclusive('\n')
            .map(|line| {
                let body = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
                (body, &line[body.len()..])
            })
            .collect();
        let end = both.first().map_or("\n", |(_, end)| if *end == "\r\n" { "\r\n" } else { "\n" });
        let ends_with_newline = text.is_empty() || text.ends_with('\n');
        Self { lines: both.iter().map(|(body, _)| *body).collect(), both, end, ends_with_newline }
    }

    fn join(&self, lines: &[(&str, &str)]) -> String {
        let mut text = String::new();
        for (at, (body, end)) in lines.iter().enumerate() {
            text.push_str(body);
            let last = at + 1 == lines.len();
            if !last || self.ends_with_newline {
                text.push_str(if end.is_empty() { self.end } else { end });
            }
        }
        text
    }
}

impl Hunk {
    fn old_side(&self) -> Vec<&str> {
        let old = |line: &'_ Line| !matches!(line, Line::Add(_));
        self.lines
            .iter()
            .filter(|line| old(line))
            .map(|line| match line {
                Line::Keep(text) | Line::Remove(text) | Line::Add(text) => text.as_str(),
            })
            .collect()
    }
}

/// The line at which the old side of the hunk starts; `from` is where the hunk before ended.
fn place(lines: &[&str], from: usize, hunk: &Hunk) -> Result<usize, String> {
    let anchors: Option<Vec<usize>> = hunk.anchor.as_deref().map(|anchor| {
        // The anchor may be a line that the hunk before has passed already.
        (0..lines.len()).filter(|at| lines[*at].trim() == anchor).map(|at| at + 1).collect()
    });
    if anchors.as_ref().is_some_and(Vec::is_empty) {
        return Err("the anchor line does not occur".to_owned());
    }
    let old = hunk.old_side();
    if old.is_empty() {
        return place_addition(lines, from, anchors.as_deref(), hunk.at_end);
    }
    for same in [exactly, without_trailing_space, without_space] {
        let mut found = matches(lines, from, &old, hunk.at_end, same);
        if found.is_empty() {
            continue;
        }
        if let Some(anchors) = &anchors {
            let mut after: Vec<usize> =
                anchors.iter().filter_map(|anchor| found.iter().find(|at| *at >= anchor).copied()).collect();
            after.dedup();
            found = after;
        }
        return match found.as_slice() {
            [at] => Ok(*at),
            [] => Err("the lines occur only before the anchor".to_owned()),
            several => Err(format!("the lines occur {} times; give more of them, or an anchor", several.len())),
        };
    }
    Err("the lines do not occur".to_owned())
}

fn place_addition(lines: &[&str], from: usize, anchors: Option<&[usize]>, at_end: bool) -> Result<usize, String> {
    if at_end || lines.is_empty() {
        return Ok(lines.len());
    }
    let after: Vec<usize> = anchors.unwrap_or_default().iter().copied().filter(|at| *at >= from).collect();
    match after.as_slice() {
        [at] => Ok(*at),
        [] => Err("it has only added lines, so it needs an anchor or '*** End of File'".to_owned()),
        several => Err(format!("the anchor line occurs {} times", several.len())),
    }
}

fn matches(lines: &[&str], from: usize, old: &[&str], at_end: bool, same: fn(&str, &str) -> bool) -> Vec<usize> {
    let Some(last) = lines.len().checked_sub(old.len()) else { return vec![] };
    let first = if at_end { last.max(from) } else { from };
    let fits = |at: &usize| lines[*at..*at + old.len()].iter().zip(old).all(|(line, old)| same(line, old));
    (first..=last).filter(fits).collect()
}

fn exactly(a: &str, b: &str) -> bool {
    a == b
}

fn without_trailing_space(a: &str, b: &str) -> bool {
    a.trim_end() == b.trim_end()
}

fn without_space(a: &str, b: &str) -> bool {
    a.trim() == b.trim()
}

/// The window of the file that shares most lines with the hunk.
fn nearest(lines: &[&str], from: usize, hunk: &Hunk) -> Vec<String> {
    let old: Vec<&str> = hunk.old_side().into_iter().take(COMPARED).collect();
    let shared = |at: usize| {
        let window = lines[at..].iter().zip(&old);
        window.filter(|(line, old)| !old.trim().is_empty() && without_space(line, old)).count()
    };
    // Of equal windows the first one.
    let best = (from..lines.len()).map(|at| (shared(at), at)).rev().max_by_key(|(count, _)| *count);
    let start = best.filter(|(count, _)| *count > 0).map_or(from, |(_, at)| at);
    lines.iter().enumerate().skip(start).take(SHOWN).map(|(at, line)| format!("{}: {line}", at + 1)).collect()
}
