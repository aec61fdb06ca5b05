//! Joins the small pieces of a stream that wait already, so that a slow follower gets fewer and larger ones. Nothing is
//! held back: a follower who keeps up gets each piece as it comes.

use futures::{FutureExt, Stream, StreamExt};

/// `merge` puts an item into the one before it and gives back what does not fit; `joins` says whether others may be put
/// into an item at all.
pub fn gathered<T: Send + 'static>(
    items: impl Stream<Item = T> + Send + 'static,
    joins: impl Fn(&T) -> bool + Send + 'static,
    merge: impl Fn(&mut T, T) -> Option<T> + Send + 'static,
) -> impl Stream<Item = T> + Send {
    async_stream::stream! {
        let mut items = std::pin::pin!(items.fuse());
        let mut rest = None;
        loop {
            let next = match rest.take() {
                Some(item) => Some(item),
                None => items.next().await,
            };
            let Some(mut item) = next else { return };
            while rest.is_none() && joins(&item) {
                let Some(Some(more)) = items.next().now_or_never() else { break };
                rest = merge(&mut item, more);
            }
            yield item;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt, channel::mpsc};

    use super::gathered;

    fn merge(a: &mut String, b: String) -> Option<String> {
        if b.starts_with('!') {
            return Some(b);
        }
        a.push_str(&b);
        None
    }

    #[expect(clippy::ptr_arg, reason = "an item of the stream")]
    fn joins(item: &String) -> bool {
        !item.starts_with('!')
    }

    #[tokio::test]
    async fn pieces_are_joined_until_something_else_comes() {
        let items = futures::stream::iter(["a", "b", "!x", "c", "d"].map(str::to_owned));
        let joined: Vec<String> = gathered(items, joins, merge).collect().await;
        assert_eq!(joined, ["ab", "!x", "cd"]);
    }

    #[tokio::test]
    async fn a_piece_does_not_wait_for_the_next() {
        let (sender, items) = mpsc::unbounded();
        let mut joined = Box::pin(gathered(items, joins, merge));
        sender.unbounded_send("a".to_owned()).unwrap();
        assert_eq!(joined.next().now_or_never(), Some(Some("a".to_owned())));
        assert_eq!(joined.next().now_or_never(), None);
        sender.unbounded_send("b".to_owned()).unwrap();
        sender.unbounded_send("c".to_owned()).unwrap();
        drop(sender);
        assert_eq!(joined.next().await.as_deref(), Some("bc"));
        assert_eq!(joined.next().await, None);
    }
}
