//! One connection: who sends nothing is hung up on, and who still sends gets to read an early answer before it is closed.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum_server::accept::Accept;
use futures::future::BoxFuture;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// hyper reads this much, the preface of HTTP/2, before its own time-outs begin.
const PREFACE_BYTES: usize = 24;
/// A refused body is read on for this long and this far. Closing at once would reset the connection, and the answer with it.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 64 << 20;

/// Puts a `Connection` around each stream of another acceptor.
#[derive(Clone)]
pub struct Guarded<A> {
    pub acceptor: A,
    /// The first bytes have to come within this time.
    pub start_within: Duration,
}

impl<A, S> Accept<TcpStream, S> for Guarded<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
{
    type Stream = Connection<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let (accepting, start_within) = (self.acceptor.accept(stream, service), self.start_within);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            Ok((Connection::new(stream, start_within), service))
        })
    }
}

pub struct Connection<T> {
    stream: T,
    received: usize,
    /// Until the client has begun, or was answered.
    start_by: Option<Pin<Box<Sleep>>>,
    /// Once it is closed for writing: until when and how far it is still read.
    closing: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<T> Connection<T> {
    fn new(stream: T, start_within: Duration) -> Self {
        Self { stream, received: 0, start_by: Some(Box::pin(sleep(start_within))), closing: None }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(cx, buf);
        this.received = this.received.saturating_add(buf.filled().len() - before);
        if this.received >= PREFACE_BYTES {
            this.start_by = None;
        }
        if let (Poll::Pending, Some(start_by)) = (&polled, &mut this.start_by) {
            ready!(start_by.as_mut().poll(cx));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        polled
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.start_by = None;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.start_by = None;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.closing.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        let (until, left) = this.closing.get_or_insert_with(|| (Box::pin(sleep(LINGER)), LINGER_BYTES));
        let mut dropped = [0; 16 << 10];
        while *left > 0 && until.as_mut().poll(cx).is_pending() {
            let mut buf = ReadBuf::new(&mut dropped);
            let read = ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buf));
            if read.is_err() || buf.filled().is_empty() {
                break;
            }
            *left = left.saturating_sub(buf.filled().len());
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::Connection;

    const SOON: Duration = Duration::from_millis(20);
    const NEVER: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn who_does_not_begin_is_hung_up_on() {
        for sent in ["", "P", "PRI * HTTP/2.0\r\n"] {
            let (mut client, server) = duplex(64);
            client.write_all(sent.as_bytes()).await.unwrap();
            let mut connection = Connection::new(server, SOON);
            let failed = connection.read_to_end(&mut vec![]).await.unwrap_err();
            assert_eq!(failed.kind(), std::io::ErrorKind::TimedOut, "{sent:?}");
        }
    }

    #[tokio::test]
    async fn who_began_or_was_answered_has_time() {
        let (mut client, server) = duplex(64);
        let mut connection = Connection::new(server, SOON);
        client.write_all(b"GET /api/health HTTP/1.1\r\n").await.unwrap();
        connection.read_exact(&mut [0; 26]).await.unwrap();
        assert!(tokio::time::timeout(SOON * 5, connection.read_u8()).await.is_err(), "it waits on");

        let (mut client, server) = duplex(64);
        let mut connection = Connection::new(server, SOON);
        client.write_all(b"GET /\r\n").await.unwrap();
        connection.read_exact(&mut [0; 7]).await.unwrap();
        connection.write_all(b"hello").await.unwrap();
        assert!(tokio::time::timeout(SOON * 5, connection.read_u8()).await.is_err(), "it waits on");
    }

    #[tokio::test]
    async fn what_is_still_sent_is_taken_in_before_the_end() {
        let (mut client, server) = duplex(64);
        let closing = tokio::spawn(async move {
            let mut connection = Connection::new(server, NEVER);
            connection.write_all(b"413").await.unwrap();
            connection.shutdown().await.unwrap();
        });
        client.write_all(&[b' '; 1 << 20]).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "413");
        drop(client);
        closing.await.unwrap();
    }
}
