//! Text of a patch to its changes. Errors name the line.

use super::{Change, Hunk, Line};

/// What is wrong, and in which line of the patch (from 1).
#[derive(Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub line: usize,
    pub message: &'static str,
}

pub fn parse(patch: &str) -> Result<Vec<Change>, SyntaxError> {
    let mut lines = patch.lines().enumerate().map(|(at, text)| (at + 1, text));
    let mut last = 1;
    if !lines.any(|(_, text)| text.trim() == "*** Begin Patch") {
        return Err(SyntaxError { line: last, message: "there is no line '*** Begin Patch'" });
    }
    let mut changes = vec![];
    for (line, text) in lines {
        last = line;
        if text.trim_end() == "*** End Patch" {
            finish(changes.last(), line)?;
            return match changes.is_empty() {
                true => Err(SyntaxError { line, message: "the patch changes nothing" }),
                false => Ok(changes),
            };
        }
        if let Some(next) = header(text, line)? {
            finish(changes.last(), line)?;
            changes.push(next);
            continue;
        }
        match changes.last_mut() {
            Some(Change::Add { content, .. }) => match text.strip_prefix('+') {
                Some(added) => {
                    content.push_str(added);
                    content.push('\n');
                }
                None => return Err(SyntaxError { line, message: "lines of an added file start with +" }),
            },
            Some(Change::Update { hunks, .. }) => hunk_line(hunks, text, line)?,
            _ => return Err(SyntaxError { line, message: "a line outside of any file section" }),
        }
    }
    Err(SyntaxError { line: last, message: "there is no line '*** End Patch'" })
}

fn header(text: &str, line: usize) -> Result<Option<Change>, SyntaxError> {
    let path = |rest: &str| match rest.trim() {
        "" => Err(SyntaxError { line, message: "a path is missing" }),
        path => Ok(path.to_owned()),
    };
    if let Some(rest) = text.strip_prefix("*** Add File:") {
        return Ok(Some(Change::Add { path: path(rest)?, content: String::new() }));
    }
    if let Some(rest) = text.strip_prefix("*** Delete File:") {
        return Ok(Some(Change::Delete { path: path(rest)? }));
    }
    let Some(rest) = text.strip_prefix("*** Update File:") else { return Ok(None) };
    let (old, new) = match rest.split_once(" -> ") {
        Some((old, new)) => (path(old)?, Some(path(new)?)),
        None => (path(rest)?, None),
    };
    Ok(Some(Change::Update { path: old, to: new, hunks: vec![] }))
}

fn hunk_line(hunks: &mut Vec<Hunk>, text: &str, line: usize) -> Result<(), SyntaxError> {
    if let Some(rest) = text.strip_prefix("@@") {
        let anchor = rest.trim().trim_end_matches("@@").trim();
        hunks.push(Hunk { anchor: (!anchor.is_empty()).then(|| anchor.to_owned()), ..Hunk::default() });
        return Ok(());
    }
    if hunks.is_empty() {
        hunks.push(Hunk::default());
    }
    let Some(hunk) = hunks.last_mut() else { return Ok(()) };
    if hunk.at_end {
        return Err(SyntaxError { line, message: "nothing follows '*** End of File' in a hunk" });
    }
    if text.trim_end() == "*** End of File" {
        hunk.at_end = true;
        return Ok(());
    }
    let owned = |rest: &str| rest.to_owned();
    hunk.lines.push(match text.split_at_checked(1) {
        // Models leave out the space of an empty unchanged line.
        None => Line::Keep(String::new()),
        Some((" ", rest)) => Line::Keep(owned(rest)),
        Some(("-", rest)) => Line::Remove(owned(rest)),
        Some(("+", rest)) => Line::Add(owned(rest)),
        Some(_) => return Err(SyntaxError { line, message: "lines of a hunk start with a space, - or +" }),
    });
    Ok(())
}

/// A section that ends must say something.
fn finish(change: Option<&Change>, line: usize) -> Result<(), SyntaxError> {
    match change {
        Some(Change::Update { to: None, hunks, .. }) if hunks.is_empty() => {
            Err(SyntaxError { line, message: "the file section before this line has no hunk" })
        }
        Some(Change::Update { hunks, .. }) if hunks.iter().any(|hunk| hunk.lines.is_empty()) => {
            Err(SyntaxError { line, message: "a hunk before this line is empty" })
        }
        _ => Ok(()),
    }
}
