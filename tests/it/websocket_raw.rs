//! The chat socket of clients that keep or break the WebSocket protocol byte by byte.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{TestApp, app::ADMIN_KEY, chat::scripted};

const MASK: [u8; 4] = [1, 2, 3, 4];

/// A frame of a client, with its payload masked.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    let hidden = payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    [first, 0x80 | length].into_iter().chain(MASK).chain(hidden).collect()
}

/// Opens a socket, sends these bytes, and gives the code of the server's close frame; None when there was none.
async fn code_after(app: &TestApp, path: &str, bytes: &[u8]) -> Option<u16> {
    let address = app.base.trim_start_matches("http://").to_owned();
    let mut tcp = TcpStream::connect(&address).await.unwrap();
    let upgrade = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    tcp.write_all(upgrade.as_bytes()).await.unwrap();
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    tcp.write_all(bytes).await.unwrap();
    loop {
        let first = tcp.read_u8().await.ok()?;
        let length = match tcp.read_u8().await.ok()? {
            126 => tcp.read_u16().await.ok()?.into(),
            127 => tcp.read_u64().await.ok()?,
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        tcp.read_exact(&mut payload).await.ok()?;
        if first == 0x88 {
            let end = tokio::time::timeout(Duration::from_secs(10), tcp.read_u8()).await.expect("then it hangs up");
            assert!(end.is_err(), "nothing follows the close frame");
            return Some(u16::from_be_bytes([payload[0], payload[1]]));
        }
    }
}

#[tokio::test]
async fn every_end_has_its_code() {
    let app = TestApp::start().await;
    let agent = scripted(&app.admin(), "desk").await;
    let path = format!("/api/agents/{}/ws", agent["id"].as_str().unwrap());
    let too_big = [&[0x81, 0xff][..], &(2u64 << 20).to_be_bytes(), &MASK].concat();
    for (what, bytes, code) in [
        ("a close frame is echoed", masked(0x88, &[0x03, 0xe8]), 1000),
        ("with the code of the client", masked(0x88, &[0x0f, 0xa0]), 4000),
        ("text that is not UTF-8", masked(0x81, &[0xc3, 0x28]), 1007),
        ("an unmasked frame", vec![0x81, 0x02, b'h', b'i'], 1002),
        ("a reserved operation", masked(0x83, b"hi"), 1002),
        ("a continuation of nothing", masked(0x80, b"hi"), 1002),
        ("a fragmented ping", masked(0x09, b"hi"), 1002),
        ("a message above the limit", too_big, 1009),
    ] {
        assert_eq!(code_after(&app, &path, &bytes).await, Some(code), "{what}");
    }
}
