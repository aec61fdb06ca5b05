//! Control words in the model's text: what is taken out of an answer before anybody sees it. Pure.

mod directive;
mod filter;
#[cfg(test)]
mod tests;

pub use filter::{Filter, Piece, Shown};

/// What a whole answer shows. The same as the pieces of a `Filter`, joined.
pub fn shown(raw: &str) -> Shown {
    whole(Filter::default(), raw, false)
}

/// As `shown`, for an answer that was cut and goes on in the next step.
pub fn shown_cut(raw: &str, continues: bool) -> Shown {
    whole(filter(continues), raw, true)
}

/// As `shown`, for the last piece of a cut answer.
pub fn shown_rest(raw: &str) -> Shown {
    whole(Filter::continuing(), raw, false)
}

/// The filter of a step; `continues` when it goes on with a cut answer.
pub fn filter(continues: bool) -> Filter {
    if continues { Filter::continuing() } else { Filter::default() }
}

fn whole(mut filter: Filter, raw: &str, cut: bool) -> Shown {
    let first = filter.push(raw);
    let mut shown = filter.finish(cut);
    let (mut thinking, mut text) = (String::new(), String::new());
    for piece in first {
        match piece {
            Piece::Thinking(t) => thinking.push_str(&t),
            Piece::Text(t) => text.push_str(&t),
        }
    }
    shown.thinking.insert_str(0, &thinking);
    shown.text.insert_str(0, &text);
    shown
}
