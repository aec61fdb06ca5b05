//! A path as the model wrote it, checked by its text alone (P1 to P3, P12).

use std::{fmt, path::Path};

use super::super::{Roots, ToolError, ToolErrorCode};

const MAX_PATH: usize = 4096;
const MAX_PART: usize = 255;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootId {
    Workspace,
    Named(String),
}

/// A place inside a root: what grants are matched with and what the model is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualPath {
    pub root: RootId,
    /// Empty for the root itself.
    pub parts: Vec<String>,
}

impl VirtualPath {
    pub fn child(&self, name: &str) -> Self {
        let mut parts = self.parts.clone();
        parts.push(name.to_owned());
        Self { root: self.root.clone(), parts }
    }

    pub fn is_root(&self) -> bool {
        self.parts.is_empty()
    }

    /// A folder of the workspace whose grants would read like those of a named root.
    pub(super) fn looks_named(&self) -> bool {
        self.root == RootId::Workspace && self.parts.first().is_some_and(|part| part.starts_with('@'))
    }

    /// Whether `self` is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.root == other.root && self.parts.starts_with(&other.parts)
    }
}

impl fmt::Display for VirtualPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.parts.join("/");
        match &self.root {
            RootId::Workspace if rest.is_empty() => f.write_str("."),
            RootId::Workspace => f.write_str(&rest),
            RootId::Named(name) if rest.is_empty() => write!(f, "@{name}"),
            RootId::Named(name) => write!(f, "@{name}/{rest}"),
        }
    }
}

/// A path that passed the rules of its text. Links are still unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenPath(VirtualPath);

impl GivenPath {
    pub fn parse(text: &str, roots: &Roots) -> Result<Self, ToolError> {
        check_text(text)?;
        if text.starts_with('~') {
            return Err(ToolError::rule("P2", "~ has no meaning here; paths start at the workspace"));
        }
        if text.split('/').any(|part| part == "..") {
            return Err(ToolError::rule("P3", "Paths may not contain .. parts"));
        }
        let (root, rest) = match text.strip_prefix('@') {
            Some(named) => {
                let (name, rest) = named.split_once('/').unwrap_or((named, ""));
                (named_root(name, roots)?, rest.to_owned())
            }
            None if Path::new(text).is_absolute() => absolute(text, roots)?,
            None => (RootId::Workspace, text.to_owned()),
        };
        let parts: Vec<String> =
            rest.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect();
        for part in &parts {
            check_part(part)?;
        }
        Ok(Self(VirtualPath { root, parts }))
    }

    pub fn path(&self) -> &VirtualPath {
        &self.0
    }
}

fn check_text(text: &str) -> Result<(), ToolError> {
    let problem = if text.is_empty() || text.len() > MAX_PATH {
        "A path has 1 to 4096 bytes"
    } else if text.chars().any(|c| c.is_control() || is_direction_mark(c)) {
        "A path may not contain control characters or direction marks"
    } else {
        return Ok(());
    };
    Err(ToolError::rule("P1", problem))
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn check_part(part: &str) -> Result<(), ToolError> {
    if part.len() > MAX_PART {
        return Err(ToolError::rule("P1", "Each part of a path has at most 255 bytes"));
    }
    if cfg!(windows) && !fits_windows(part) {
        return Err(ToolError::rule("P12", "A part of the path has another meaning on Windows"));
    }
    Ok(())
}

/// Drive letters, streams, other separators, device names, and endings that Windows drops.
pub(super) fn fits_windows(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|n| n.chars().count() == 1 && n.chars().all(|c| "123456789¹²³".contains(c)))
    };
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT");
    !device && !part.contains([':', '\\', '<', '>', '"', '|', '?', '*']) && !part.ends_with(['.', ' '])
}

fn named_root(name: &str, roots: &Roots) -> Result<RootId, ToolError> {
    match roots.named.iter().any(|root| root.name == name) {
        true => Ok(RootId::Named(name.to_owned())),
        false => Err(ToolError::new(ToolErrorCode::NotFound, format!("There is no root named @{name}"))),
    }
}

/// The root that holds an absolute path; the innermost when roots lie in each other.
fn absolute(text: &str, roots: &Roots) -> Result<(RootId, String), ToolError> {
    let named = roots.named.iter().map(|root| (RootId::Named(root.name.clone()), root.path.as_path()));
    std::iter::once((RootId::Workspace, roots.workspace.as_path()))
        .chain(named)
        .filter_map(|(id, folder)| Some((id, folder, Path::new(text).strip_prefix(folder).ok()?)))
        .max_by_key(|(_, folder, _)| folder.components().count())
        .and_then(|(id, _, rest)| Some((id, rest.to_str()?.to_owned())))
        .ok_or_else(|| {
            ToolError::rule("P2", "An absolute path must lie in the workspace or a named root")
                .with_hint("Use a path relative to the workspace")
        })
}
