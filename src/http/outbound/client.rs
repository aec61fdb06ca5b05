//! Sends requests. The client for foreign addresses resolves nothing itself: it knows only the numbers that the guard
//! admitted just before, so what was checked is what is connected to (S7).

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Method, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, LOCATION},
    redirect::Policy,
};

use super::{
    Address, Guard, Hop, Host, OutboundError,
    guard::{Lookup, system_lookup},
    networks::{is_metadata, is_metadata_name},
    refused,
};

const CONNECT_TIME: Duration = Duration::from_secs(5);
const FIRST_BYTE_TIME: Duration = Duration::from_secs(15);
const MAX_HEADERS: usize = 64 * 1024;
/// Admitted numbers are used at once; older ones are only in the way.
const PIN_LIFE: Duration = Duration::from_secs(60);
const MAX_PINS: usize = 1_024;

/// A request and its limits.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub address: Address,
    pub method: Method,
    pub headers: HeaderMap,
    pub body: Option<Bytes>,
    /// For everything, redirects included.
    pub within: Duration,
    /// Of the body, decompressed.
    pub max_bytes: usize,
}

#[derive(Debug)]
pub struct Received {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub final_url: String,
    /// Addresses that were left behind, in order.
    pub redirects: Vec<String>,
    /// Both directions, as far as they are known here.
    pub bytes: u64,
}

/// Shared by everything that sends a request somewhere; clones are the same.
#[derive(Clone)]
pub struct Outbound {
    guard: Arc<Guard>,
    pins: Pins,
    clients: Arc<OnceLock<Result<Clients, String>>>,
}

struct Clients {
    foreign: reqwest::Client,
    operator: reqwest::Client,
}

impl Outbound {
    pub fn new(guard: Guard) -> Self {
        Self { guard: guard.into(), pins: Pins::default(), clients: Arc::default() }
    }

    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// To an address that somebody else named. `holds` is asked for the grant of every hop.
    pub async fn fetch(
        &self,
        request: Outgoing,
        holds: &(dyn Fn(&str) -> bool + Send + Sync),
    ) -> Result<Received, OutboundError> {
        let within = request.within;
        match tokio::time::timeout(within, self.follow(request, holds)).await {
            Ok(result) => result,
            Err(_) => Err(OutboundError::Timeout(format!("No complete answer within {} s", within.as_secs()))),
        }
    }

    async fn follow(
        &self,
        request: Outgoing,
        holds: &(dyn Fn(&str) -> bool + Send + Sync),
    ) -> Result<Received, OutboundError> {
        let Outgoing { address, method, headers, body, max_bytes, .. } = request;
        let mut hop = Hop { address, method, headers, body, redirects: vec![] };
        let mut sent = 0;
        loop {
            let grant = hop.address.grant();
            if !holds(&grant) {
                return Err(OutboundError::NotGranted(grant));
            }
            let numbers = self.guard.admit(&hop.address).await?;
            if let Host::Name(name) = hop.address.host() {
                self.pins.put(name, numbers);
            }
            sent += size(hop.address.url().as_str(), &hop.headers, hop.body.as_ref());
            let response = send(&self.clients()?.foreign, &hop).await?;
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
            if let (true, Some(location)) = (Hop::is_redirect(response.status()), location) {
                hop = hop.follow(response.status(), &location)?;
                continue;
            }
            return receive(response, hop, max_bytes, sent).await;
        }
    }

    /// To an address from the configuration: no ranges and no redirects, but never to cloud metadata.
    pub async fn call_operator(&self, request: Outgoing) -> Result<Received, OutboundError> {
        let Outgoing { address, method, headers, body, within, max_bytes } = request;
        check_operator(&address)?;
        let sent = size(address.url().as_str(), &headers, body.as_ref());
        let hop = Hop { address, method, headers, body, redirects: vec![] };
        let clients = self.clients()?;
        let work = async { receive(send(&clients.operator, &hop).await?, hop, max_bytes, sent).await };
        match tokio::time::timeout(within, work).await {
            Ok(result) => result,
            Err(_) => Err(OutboundError::Timeout(format!("No complete answer within {} s", within.as_secs()))),
        }
    }

    /// Built at the first call: reading the root certificates takes longer than anything else at start.
    fn clients(&self) -> Result<&Clients, OutboundError> {
        let build = || -> Result<Clients, String> {
            let foreign = plain_client().connect_timeout(CONNECT_TIME).dns_resolver(Arc::new(self.pins.clone()));
            let operator = operator_client().connect_timeout(CONNECT_TIME);
            Ok(Clients {
                foreign: foreign.build().map_err(|e| e.to_string())?,
                operator: operator.build().map_err(|e| e.to_string())?,
            })
        };
        self.clients.get_or_init(build).as_ref().map_err(|e| OutboundError::Broken(e.clone()))
    }
}

/// A client for addresses of the operator, such as model providers. Numbers that it is given as such must have passed
/// `check_operator_url`.
pub fn operator_client() -> reqwest::ClientBuilder {
    plain_client().dns_resolver(Arc::new(NoMetadata(system_lookup())))
}

/// No redirect and no proxy of the environment, so that a key goes to its own host only.
fn plain_client() -> reqwest::ClientBuilder {
    // `reqwest` brings no TLS provider of its own here. An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let name = concat!("openfang/", env!("CARGO_PKG_VERSION"));
    reqwest::Client::builder().no_proxy().redirect(Policy::none()).user_agent(name)
}

/// Refuses cloud metadata; names are checked again by the client when it resolves them.
pub fn check_operator_url(url: &str) -> Result<(), OutboundError> {
    check_operator(&Address::parse(url)?)
}

fn check_operator(address: &Address) -> Result<(), OutboundError> {
    let never = match address.host() {
        Host::Name(name) => is_metadata_name(name),
        Host::Ip(ip) => is_metadata(*ip),
    };
    if never { refused("S10", "Addresses of cloud metadata are never allowed") } else { Ok(()) }
}

async fn send(client: &reqwest::Client, hop: &Hop) -> Result<Response, OutboundError> {
    let mut request = client.request(hop.method.clone(), hop.address.url().clone()).headers(hop.headers.clone());
    if let Some(body) = &hop.body {
        request = request.body(body.clone());
    }
    let response = match tokio::time::timeout(CONNECT_TIME + FIRST_BYTE_TIME, request.send()).await {
        Ok(sent) => sent.map_err(|error| of_transport(&error))?,
        Err(_) => {
            let text = format!("No answer within {} s", (CONNECT_TIME + FIRST_BYTE_TIME).as_secs());
            return Err(OutboundError::Timeout(text));
        }
    };
    let size: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if size > MAX_HEADERS { Err(OutboundError::TooLarge(MAX_HEADERS)) } else { Ok(response) }
}

async fn receive(mut response: Response, hop: Hop, max: usize, sent: u64) -> Result<Received, OutboundError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|error| of_transport(&error))? {
        if body.len() + piece.len() > max {
            return Err(OutboundError::TooLarge(max));
        }
        body.extend_from_slice(&piece);
    }
    let bytes = sent + size("", &headers, None) + body.len() as u64;
    Ok(Received {
        status,
        headers,
        body: body.freeze(),
        final_url: hop.address.url().to_string(),
        redirects: hop.redirects,
        bytes,
    })
}

fn size(url: &str, headers: &HeaderMap, body: Option<&Bytes>) -> u64 {
    let headers: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    (url.len() + headers + body.map_or(0, Bytes::len)) as u64
}

/// What went wrong on the way, without the address that was asked for.
fn of_transport(error: &reqwest::Error) -> OutboundError {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    let mut deepest = String::new();
    while let Some(inner) = source {
        if let Some(own) = inner.downcast_ref::<OutboundError>() {
            return own.clone();
        }
        deepest = inner.to_string();
        source = inner.source();
    }
    let what = match () {
        () if error.is_timeout() => return OutboundError::Timeout("The connection took too long".into()),
        () if error.is_connect() => "The connection failed",
        () if error.is_decode() => "The answer cannot be decoded",
        () => "The answer broke off",
    };
    OutboundError::Broken(format!("{what}: {deepest}"))
}

/// Numbers admitted by the guard, by name.
#[derive(Clone, Default)]
struct Pins(Arc<Mutex<HashMap<String, (Instant, Vec<IpAddr>)>>>);

impl Pins {
    fn put(&self, name: &str, numbers: Vec<IpAddr>) {
        let mut pins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pins.len() >= MAX_PINS {
            pins.retain(|_, (at, _)| at.elapsed() < PIN_LIFE);
        }
        pins.insert(name.to_owned(), (Instant::now(), numbers));
    }
}

impl Resolve for Pins {
    fn resolve(&self, name: Name) -> Resolving {
        let pins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let numbers = pins.get(name.as_str()).map(|(_, numbers)| numbers.clone());
        Box::pin(std::future::ready(match numbers {
            Some(numbers) => Ok(addresses(numbers)),
            None => Err(OutboundError::Dns(name.as_str().to_owned()).into()),
        }))
    }
}

/// The resolver of the system without the numbers of cloud metadata.
struct NoMetadata(Lookup);

impl Resolve for NoMetadata {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        let found = (self.0)(host.clone());
        Box::pin(async move {
            let numbers = found.await?;
            if is_metadata_name(&host) || numbers.iter().any(|ip| is_metadata(*ip)) {
                return Err(OutboundError::Refused {
                    rule: "S10",
                    message: "Addresses of cloud metadata are never allowed".into(),
                }
                .into());
            }
            Ok(addresses(numbers))
        })
    }
}

/// The client puts the port of the URL in.
fn addresses(numbers: Vec<IpAddr>) -> Addrs {
    Box::new(numbers.into_iter().map(|ip| SocketAddr::new(ip, 0)))
}
