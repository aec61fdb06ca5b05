//! The table of network cases, numbered as in the rules, with a stubbed resolver; and that a request follows them.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use super::{
    Address, Guard, Hop, Host, Listed, Lookup, Outbound, OutboundError, Outgoing, Own, check_operator_url,
    given_headers,
};

const PUBLIC: &str = "93.184.216.34";

/// Names of the cases and what they resolve to.
fn numbers(name: &str) -> Option<Vec<&'static str>> {
    Some(match name {
        "example.com" | "other.org" => vec![PUBLIC],
        "mixed.example" => vec![PUBLIC, "10.0.0.5"],
        "inside.example" => vec!["10.0.0.5"],
        "wiki.corp" => vec!["10.1.2.3"],
        "stolen.corp" => vec!["169.254.169.254"],
        "loop.corp" => vec!["127.0.0.1"],
        "empty.example" => vec![],
        "six.example" => vec!["2606:2800:220:1::1"],
        "localhost" => vec!["127.0.0.1"],
        _ => return None,
    })
}

fn stub() -> Lookup {
    Arc::new(|name| {
        let found = numbers(&name).map(|all| all.into_iter().map(|ip| ip.parse::<IpAddr>().unwrap()).collect());
        Box::pin(std::future::ready(found.ok_or_else(|| std::io::Error::other("no such name"))))
    })
}

fn guard(listed: &[&str]) -> Guard {
    let listed = listed.iter().map(|text| Listed::parse(text).unwrap()).collect();
    Guard { listed, own: Own::default(), lookup: stub() }
}

/// `ok`, the rule that refuses, or `dns`.
async fn outcome(url: &str, guard: &Guard) -> String {
    let admitted = async { guard.admit(&Address::parse(url)?).await };
    match admitted.await {
        Ok(_) => "ok".into(),
        Err(OutboundError::Refused { rule, .. }) => rule.into(),
        Err(OutboundError::Dns(_)) => "dns".into(),
        Err(other) => format!("{other:?}"),
    }
}

#[tokio::test]
async fn addresses() {
    let cases: [(&str, &str, &[&str], &str); 56] = [
        ("1", "https://example.com/", &[], "ok"),
        ("2", "ftp://example.com", &[], "S1"),
        ("3", "file:///etc/passwd", &[], "S1"),
        ("4", "http://user:pw@example.com", &[], "S3"),
        ("5", "http://example.com@127.0.0.1/", &[], "S3"),
        ("6a", "http://127.0.0.1/", &[], "S9"),
        ("6b", "http://127.1/", &[], "S9"),
        ("6c", "http://2130706433/", &[], "S9"),
        ("6d", "http://0x7f.1/", &[], "S9"),
        ("6e", "http://0177.0.0.1/", &[], "S9"),
        ("7a", "http://[::1]/", &[], "S9"),
        ("7b", "http://[::]/", &[], "S9"),
        ("8a", "http://[::ffff:10.0.0.1]/", &[], "S9"),
        ("8b", "http://[::ffff:7f00:1]/", &[], "S9"),
        ("9", "http://[::ffff:93.184.216.34]/", &[], "ok"),
        ("10a", "http://[64:ff9b::a00:1]/", &[], "S9"),
        ("10b", "http://[2002:7f00:1::]/", &[], "S9"),
        ("10c", "http://[::127.0.0.1]/", &[], "S9"),
        ("11", "http://[fe80::1%25eth0]/", &[], "S2"),
        ("12a", "http://localhost/", &[], "S11"),
        ("12b", "http://LOCALHOST./", &[], "S11"),
        ("12c", "http://a.localhost/", &[], "S11"),
        ("12d", "http://printer/", &[], "S11"),
        ("12, listed", "http://localhost/", &["localhost"], "ok"),
        ("13", "http://169.254.169.254/", &["169.254.0.0/16"], "S10"),
        ("13, in IPv6", "http://[::ffff:169.254.169.254]/", &["::/0"], "S10"),
        ("13, translated", "http://[64:ff9b::a9fe:a9fe]/", &["::/0"], "S10"),
        ("13, 6to4", "http://[2002:a9fe:a9fe::]/", &["::/0"], "S10"),
        ("13, locally translated", "http://[64:ff9b:1:a9fe:a9:fe00::]/", &["::/0"], "S10"),
        ("13, IPv6", "http://[fd00:ec2::254]/", &["::/0"], "S10"),
        ("14", "http://metadata.google.internal/", &["metadata.google.internal"], "S10"),
        ("15", "http://mixed.example/", &[], "S6"),
        ("15, only inside", "http://inside.example/", &[], "S9"),
        ("17", "http://unknown.example/", &[], "dns"),
        ("18", "http://empty.example/", &[], "dns"),
        ("25", "https://example.com:22/", &[], "S13"),
        ("25, a database", "http://example.com:5432/", &[], "S13"),
        ("25, listed", "http://example.com:5432/", &["example.com"], "ok"),
        ("26", "https://example.com:8443/", &[], "ok"),
        ("27", "http://10.1.2.3/", &["10.0.0.0/8"], "ok"),
        ("28", "http://wiki.corp/", &["wiki.corp"], "ok"),
        ("28, by ending", "http://wiki.corp/", &["*.corp"], "ok"),
        ("28, the ending itself", "http://corp/", &["*.corp"], "S11"),
        ("29", "http://stolen.corp/", &["stolen.corp"], "S10"),
        ("29, loopback", "http://loop.corp/", &["loop.corp"], "S9"),
        ("29, loopback by any", "http://loop.corp/", &["*"], "S9"),
        ("29, loopback by number", "http://loop.corp/", &["127.0.0.1"], "ok"),
        ("30a", "http://example.com%2f@127.0.0.1", &[], "S3"),
        ("30b", "http://127.0.0.1%2523", &[], "S2"),
        ("30c", "http://exam ple.com", &[], "S2"),
        ("31", "http://\u{24d4}xample.com/", &[], "ok"),
        ("32", "http://127\u{3002}0\u{3002}0\u{3002}1/", &[], "S9"),
        ("S4, empty label", "http://a..example/", &[], "S4"),
        ("S4, underscore", "http://a_b.example/", &[], "S4"),
        ("S9, documentation", "http://203.0.113.9/", &[], "S9"),
        ("S6, IPv6", "http://six.example/", &[], "ok"),
    ];
    let mut wrong = vec![];
    for (number, url, listed, expected) in cases {
        let got = outcome(url, &guard(listed)).await;
        if got != expected {
            wrong.push(format!("{number} {url} {listed:?}: {got}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_spelling_of_a_host_does_not_matter() {
    for (url, host) in [("http://\u{24d4}XAMPLE.com./a", "example.com"), ("http://EXAMPLE.com", "example.com")] {
        let address = Address::parse(url).unwrap();
        assert_eq!(address.host(), &Host::Name(host.into()));
        assert_eq!(address.url().host_str(), Some(host));
        assert_eq!(address.grant(), format!("net:{host}:80"));
    }
    assert_eq!(Address::parse("https://[2606:2800::1]/").unwrap().grant(), "net:[2606:2800::1]:443");
}

fn hop(url: &str) -> Hop {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Hop {
        address: Address::parse(url).unwrap(),
        method: Method::POST,
        headers,
        body: Some("body".into()),
        redirects: vec![],
    }
}

#[tokio::test]
async fn redirects() {
    let guard = guard(&[]);
    let cases = [
        ("19", "http://example.com/", "http://127.0.0.1/", "S9"),
        ("20", "http://example.com/", "//169.254.169.254/", "S10"),
        ("22", "https://example.com/", "http://example.com/", "S12"),
        ("24", "https://example.com/", "https://other.org/", "ok"),
        ("S3", "https://example.com/", "https://a:b@other.org/", "S3"),
        ("S1", "https://example.com/", "file:///etc/passwd", "S1"),
    ];
    for (number, from, to, expected) in cases {
        let next = hop(from).follow(StatusCode::FOUND, to);
        let got = match next {
            Ok(next) => outcome(next.address.url().as_str(), &guard).await,
            Err(OutboundError::Refused { rule, .. }) => rule.to_owned(),
            Err(other) => format!("{other:?}"),
        };
        assert_eq!(got, expected, "{number}");
    }
}

/// Case 21, and what becomes of method, body and headers (case 24).
#[test]
fn a_redirected_request() {
    let mut chain = hop("http://example.com/0");
    for n in 1..=5 {
        chain = chain.follow(StatusCode::TEMPORARY_REDIRECT, &format!("/{n}")).unwrap();
    }
    assert_eq!((chain.method.clone(), chain.body.is_some(), chain.headers.len()), (Method::POST, true, 2));
    assert_eq!(chain.redirects.len(), 5);
    assert!(matches!(chain.follow(StatusCode::FOUND, "/6"), Err(OutboundError::Refused { rule: "S12", .. })));

    for (status, expected) in [(301, Method::GET), (302, Method::GET), (303, Method::GET), (308, Method::POST)] {
        let next = hop("http://example.com/").follow(StatusCode::from_u16(status).unwrap(), "/next").unwrap();
        assert_eq!(next.method, expected, "{status}");
        assert_eq!(next.body.is_some(), expected == Method::POST, "{status}");
        assert!(next.headers.contains_key(AUTHORIZATION), "the origin is the same");
        assert_eq!(next.headers.contains_key(CONTENT_TYPE), expected == Method::POST);
    }
    for elsewhere in ["http://other.org/", "http://example.com:8080/", "https://example.com/"] {
        let next = hop("http://example.com/").follow(StatusCode::FOUND, elsewhere).unwrap();
        assert!(next.headers.is_empty(), "{elsewhere}");
    }
}

/// Case 33.
#[test]
fn headers_that_cannot_be_given() {
    let given = |name: &str, value: &str| given_headers(&BTreeMap::from([(name.to_owned(), value.to_owned())]));
    for (name, value) in [
        ("X", "a\r\nHost: b"),
        ("X", "a\0"),
        ("X\n", "a"),
        ("Host", "b"),
        ("content-LENGTH", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Proxy-Authorization", "x"),
        ("Sec-Fetch-Mode", "x"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1"),
    ] {
        assert!(matches!(given(name, value), Err(OutboundError::Refused { rule: "S16", .. })), "{name:?}");
    }
    assert_eq!(given("Accept", "text/html").unwrap().len(), 1);
}

/// Case 38: by number, by a number of this machine behind `0.0.0.0`, and by name.
#[tokio::test]
async fn the_server_itself() {
    let own = |listens: &str| Own { listens: Some(listens.parse().unwrap()), names: vec!["openfang.example".into()] };
    let mut guard = Guard { own: own("93.184.216.34:8080"), ..guard(&[]) };
    assert_eq!(outcome("http://example.com:8080/api/agents", &guard).await, "S18");
    assert_eq!(outcome("http://example.com:8081/", &guard).await, "ok");
    guard.own = own("0.0.0.0:8080");
    guard.listed = vec![Listed::parse("localhost").unwrap()];
    assert_eq!(outcome("http://127.0.0.1:8080/", &guard).await, "S18");
    guard.listed = vec![Listed::parse("127.0.0.1").unwrap()];
    assert_eq!(outcome("http://127.0.0.1:8080/", &guard).await, "ok");
    guard.lookup = Arc::new(|_| Box::pin(std::future::ready(Ok(vec![PUBLIC.parse().unwrap()]))));
    assert_eq!(outcome("https://openfang.example/", &guard).await, "S18");
}

/// A client whose names all lead to a fake on this machine; counts the lookups.
fn local(listed: &[&str]) -> (Outbound, Arc<AtomicUsize>) {
    let lookups = Arc::new(AtomicUsize::new(0));
    let counted = lookups.clone();
    let mut guard = guard(listed);
    guard.lookup = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(vec![IpAddr::from([127, 0, 0, 1])])))
    });
    (Outbound::new(guard), lookups)
}

fn get(url: &str) -> Outgoing {
    Outgoing {
        address: Address::parse(url).unwrap(),
        method: Method::GET,
        headers: HeaderMap::new(),
        body: None,
        within: Duration::from_secs(10),
        max_bytes: 1024,
    }
}

/// Case 16: the connection goes to the number that was checked, and the name stays in the request.
#[tokio::test]
async fn one_lookup_and_the_checked_number() {
    let server = MockServer::start().await;
    let port = server.address().port();
    Mock::given(method("GET"))
        .and(header("host", format!("site.example:{port}").as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_string("here"))
        .mount(&server)
        .await;
    let (outbound, lookups) = local(&["127.0.0.1"]);
    let received = outbound.fetch(get(&format!("http://site.example:{port}/")), &|_| true).await.unwrap();
    assert_eq!((&received.body[..], lookups.load(Ordering::SeqCst)), (&b"here"[..], 1));

    let (strict, _) = local(&[]);
    let refused = strict.fetch(get(&format!("http://site.example:{port}/")), &|_| true).await.unwrap_err();
    assert!(matches!(refused, OutboundError::Refused { rule: "S9", .. }), "{refused:?}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

/// Case 23: every hop needs its own grant.
#[tokio::test]
async fn a_redirect_needs_the_grant_of_its_host() {
    let server = MockServer::start().await;
    let port = server.address().port();
    let away = ResponseTemplate::new(302).insert_header("location", format!("http://second.example:{port}/b"));
    Mock::given(path("/a")).respond_with(away).mount(&server).await;
    Mock::given(path("/b")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let (outbound, _) = local(&["127.0.0.1"]);
    let url = format!("http://first.example:{port}/a");
    let first = format!("net:first.example:{port}");
    let error = outbound.fetch(get(&url), &|grant| grant == first).await.unwrap_err();
    assert_eq!(error, OutboundError::NotGranted(format!("net:second.example:{port}")));
    let received = outbound.fetch(get(&url), &|_| true).await.unwrap();
    assert_eq!(received.redirects, [url]);
    assert!(received.final_url.ends_with("/b"));
}

/// Cases 34 and 35.
#[tokio::test]
async fn too_much_and_too_slow() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = MockServer::start().await;
    Mock::given(path("/big"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; 4096]))
        .mount(&server)
        .await;
    let (outbound, _) = local(&["127.0.0.1"]);
    let error = outbound.fetch(get(&format!("{}/big", server.uri())), &|_| true).await.unwrap_err();
    assert_eq!(error, OutboundError::TooLarge(1024));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let dripping = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 4096]).await.unwrap();
        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx").await.unwrap();
        std::future::pending::<()>().await;
    });
    let slow = Outgoing { within: Duration::from_millis(200), ..get(&url) };
    assert!(matches!(outbound.fetch(slow, &|_| true).await, Err(OutboundError::Timeout(_))));
    dripping.abort();
}

#[test]
fn operators_may_name_private_addresses_but_no_metadata() {
    for fine in ["http://127.0.0.1:11434/v1", "http://10.0.0.5/", "https://api.example.com/v1"] {
        assert_eq!(check_operator_url(fine), Ok(()), "{fine}");
    }
    for never in ["http://169.254.169.254/", "http://[::ffff:a9fe:a9fe]/", "http://metadata.google.internal/"] {
        assert!(matches!(check_operator_url(never), Err(OutboundError::Refused { rule: "S10", .. })), "{never}");
    }
}
