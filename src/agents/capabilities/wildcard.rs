//! The one pattern language of grants: `*` is any run of characters, `?` one character; nothing else is special.

/// Whether the whole text fits the pattern.
pub fn wildcard(pattern: &str, text: &str) -> bool {
    fits(pattern.chars(), text.chars(), |wanted, c| wanted == '?' || wanted == c)
}

/// As `wildcard`, without regard to case.
pub fn wildcard_ignore_case(pattern: &str, text: &str) -> bool {
    let same = |wanted: char, c: char| wanted == '?' || wanted == c;
    if pattern.is_ascii() && text.is_ascii() {
        // Nearly always so, and much faster: every agent that is shown has its grants compared with all tools.
        return fits(lower(pattern), lower(text), same);
    }
    fits(pattern.chars().flat_map(char::to_lowercase), text.chars().flat_map(char::to_lowercase), same)
}

/// Whether every text that fits `narrow` fits `wide`: `*` takes any symbol of `narrow`, `?` a character or `?`.
pub fn absorbs(wide: &str, narrow: &str) -> bool {
    fits(wide.chars(), narrow.chars(), takes)
}

/// As `absorbs`, without regard to case.
pub fn absorbs_ignore_case(wide: &str, narrow: &str) -> bool {
    absorbs(&wide.to_lowercase(), &narrow.to_lowercase())
}

fn takes(wanted: char, symbol: char) -> bool {
    symbol != '*' && (wanted == '?' || wanted == symbol)
}

fn lower(ascii: &str) -> impl Iterator<Item = char> + Clone {
    ascii.bytes().map(|byte| char::from(byte.to_ascii_lowercase()))
}

/// No memory, no recursion, quadratic at worst.
fn fits(
    mut pattern: impl Iterator<Item = char> + Clone,
    mut text: impl Iterator<Item = char> + Clone,
    takes: fn(char, char) -> bool,
) -> bool {
    // Where to continue when the text after the last `*` does not fit: that `*` takes one character more.
    let mut retry = None;
    loop {
        let here = text.clone();
        let Some(c) = text.next() else { return pattern.all(|c| c == '*') };
        let mut rest = pattern.clone();
        match rest.next() {
            Some('*') => {
                retry = Some((rest.clone(), here.clone()));
                (pattern, text) = (rest, here);
            }
            Some(wanted) if takes(wanted, c) => pattern = rest,
            _ => {
                let Some((behind, taken)) = &mut retry else { return false };
                taken.next();
                (pattern, text) = (behind.clone(), taken.clone());
            }
        }
    }
}
