//! WebSockets as far as they are not any slice's matter: seats per client address, sizes, close codes, sending in time.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde::Serialize;

/// Larger frames are answered with an error.
pub const MAX_FRAME: usize = 256 * 1024;
/// Larger messages end the connection.
pub const MAX_MESSAGE: usize = 1 << 20;
/// Bytes that a socket reads and writes at once; larger messages grow it for a while.
pub const BUFFER: usize = 8 * 1024;
/// The server asks so often whether the client is there.
pub const PING_EVERY: Duration = Duration::from_secs(30);
/// A client that takes no bytes for this time is gone.
const SEND_WITHIN: Duration = Duration::from_secs(30);

/// After the goodbye of one side, the other has this time for its own.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// The client closed; reading on sends the echo.
    Answered,
    /// The server stops; come back.
    GoingAway,
    /// The credential is no longer valid.
    PolicyViolation,
    TooBig,
    /// Text that is not UTF-8.
    BadText,
    /// A frame that breaks the protocol.
    BadFrame,
    /// No frame of the client for too long.
    Idle,
}

impl Close {
    /// How to end after reading failed.
    pub fn after(error: axum::Error) -> Result<Self, Gone> {
        match error.into_inner().downcast::<tungstenite::Error>().map(|cause| *cause) {
            Ok(tungstenite::Error::Capacity(_)) => Ok(Self::TooBig),
            Ok(tungstenite::Error::Utf8(_)) => Ok(Self::BadText),
            Ok(tungstenite::Error::Protocol(_)) => Ok(Self::BadFrame),
            _ => Err(Gone),
        }
    }

    const fn frame(self) -> (u16, &'static str) {
        match self {
            Self::Answered => (1000, ""),
            Self::GoingAway => (1001, "the server is shutting down"),
            Self::PolicyViolation => (1008, "the credential is no longer valid"),
            Self::TooBig => (1009, "the message is larger than 1 MiB"),
            Self::BadText => (1007, "the text is not UTF-8"),
            Self::BadFrame => (1002, "the frame breaks the WebSocket protocol"),
            Self::Idle => (4408, "no frame for too long"),
        }
    }
}

/// Open sockets for each client address.
#[derive(Debug, Default)]
pub struct Seats(Mutex<HashMap<IpAddr, u32>>);

/// One open socket; its end frees the place.
#[derive(Debug)]
pub struct Seat {
    seats: Arc<Seats>,
    ip: IpAddr,
}

impl Seats {
    /// None when the address has `max` open sockets already.
    pub fn take(self: &Arc<Self>, ip: IpAddr, max: u32) -> Option<Seat> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(ip).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(Seat { seats: self.clone(), ip })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.ip) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.ip);
            }
        }
    }
}

/// The client can not be reached any more.
#[derive(Debug)]
pub struct Gone;

/// The sending half of a socket.
pub struct Sender(SplitSink<WebSocket, Message>);

impl Sender {
    pub fn new(sink: SplitSink<WebSocket, Message>) -> Self {
        Self(sink)
    }

    pub async fn send(&mut self, frame: &impl Serialize) -> Result<(), Gone> {
        self.send_text(text_of(frame)?).await
    }

    pub async fn send_text(&mut self, text: String) -> Result<(), Gone> {
        self.message(Message::Text(Utf8Bytes::from(text))).await
    }

    pub async fn ping(&mut self) -> Result<(), Gone> {
        self.message(Message::Ping(bytes::Bytes::new())).await
    }

    pub async fn close(mut self, close: Close) {
        let (code, reason) = close.frame();
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // Who is gone already needs no goodbye.
        let _ = self.message(Message::Close(Some(frame))).await;
    }

    async fn message(&mut self, message: Message) -> Result<(), Gone> {
        match tokio::time::timeout(SEND_WITHIN, self.0.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Gone),
        }
    }
}

/// A frame as it is sent.
pub fn text_of(frame: &impl Serialize) -> Result<String, Gone> {
    serde_json::to_string(frame).map_err(|error| {
        tracing::error!(%error, "a frame could not be written");
        Gone
    })
}

/// Reads until the client is gone: tungstenite answers close frames while it is read, and a connection that is dropped with
/// bytes unread is reset, which can cost the client our own close frame.
pub async fn read_to_end(mut stream: SplitStream<WebSocket>) {
    let rest = async { while let Some(Ok(_)) = stream.next().await {} };
    // Who does not close in time is cut off.
    let _ = tokio::time::timeout(CLOSE_WITHIN, rest).await;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Seats;

    #[test]
    fn seats_are_counted_for_each_address_and_freed() {
        let seats = Arc::new(Seats::default());
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = seats.take(one, 2).unwrap();
        let _second = seats.take(one, 2).unwrap();
        assert!(seats.take(one, 2).is_none());
        assert!(seats.take(other, 2).is_some());
        drop(first);
        assert!(seats.take(one, 2).is_some());
    }
}
