//! Gathers the small pieces of a stream, so that followers get fewer and larger ones.

use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::time::{Instant, sleep_until};

/// Holds an item up to `window` while `merge` can put the next ones into it. `merge` gives back what does not fit; `holds`
/// says whether an item may wait at all.
pub fn gathered<T: Send + 'static>(
    items: impl Stream<Item = T> + Send + 'static,
    window: Duration,
    holds: impl Fn(&T) -> bool + Send + 'static,
    merge: impl Fn(&mut T, T) -> Option<T> + Send + 'static,
) -> impl Stream<Item = T> + Send {
    async_stream::stream! {
        let mut items = std::pin::pin!(items);
        let mut held: Option<(T, Instant)> = None;
        loop {
            let next = match &held {
                None => items.next().await,
                Some((_, until)) => tokio::select! {
                    biased;
                    next = items.next() => next,
                    () = sleep_until(*until) => {
                        if let Some((item, _)) = held.take() {
                            yield item;
                        }
                        continue;
                    }
                },
            };
            let rest = match (next, held.take()) {
                (None, held) => {
                    if let Some((item, _)) = held {
                        yield item;
                    }
                    return;
                }
                (Some(item), None) => item,
                (Some(item), Some((mut before, until))) => match merge(&mut before, item) {
                    None => {
                        held = Some((before, until));
                        continue;
                    }
                    Some(rest) => {
                        yield before;
                        rest
                    }
                },
            };
            match holds(&rest) {
                true => held = Some((rest, Instant::now() + window)),
                false => yield rest,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::{StreamExt, channel::mpsc};

    use super::gathered;

    fn merge(a: &mut String, b: String) -> Option<String> {
        if b.starts_with('!') {
            return Some(b);
        }
        a.push_str(&b);
        None
    }

    #[expect(clippy::ptr_arg, reason = "an item of the stream")]
    fn holds(item: &String) -> bool {
        !item.starts_with('!')
    }

    #[tokio::test]
    async fn pieces_are_joined_until_something_else_comes() {
        let items = futures::stream::iter(["a", "b", "!x", "c", "d"].map(str::to_owned));
        let joined: Vec<String> = gathered(items, Duration::from_secs(3_600), holds, merge).collect().await;
        assert_eq!(joined, ["ab", "!x", "cd"]);
    }

    #[tokio::test]
    async fn a_piece_does_not_wait_longer_than_the_window() {
        let (sender, items) = mpsc::unbounded();
        let mut joined = Box::pin(gathered(items, Duration::from_millis(1), holds, merge));
        sender.unbounded_send("a".to_owned()).unwrap();
        // The stream is still open, so only the window can let it go.
        assert_eq!(joined.next().await.as_deref(), Some("a"));
        drop(sender);
        assert_eq!(joined.next().await, None);
    }
}
