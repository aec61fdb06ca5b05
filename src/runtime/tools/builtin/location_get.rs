//! `location_get`: where this server is, as the operator says, or roughly by its public address if the operator permits
//! to ask.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, header::HeaderMap};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput},
    content,
};
use crate::http::outbound::{Address, Outbound, Outgoing};

/// Answers with the place of whoever asks.
pub const LOOKUP_URL: &str = "https://ipapi.co/json/";

#[derive(Clone, Debug)]
pub struct LocationSettings {
    pub place: Option<Place>,
    pub lookup: bool,
    pub lookup_url: String,
}

impl Default for LocationSettings {
    fn default() -> Self {
        Self { place: None, lookup: false, lookup_url: LOOKUP_URL.into() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

pub struct LocationGet {
    info: ToolInfo,
    outbound: Outbound,
    settings: LocationSettings,
}

impl LocationGet {
    pub fn new(outbound: Outbound, settings: LocationSettings) -> Self {
        let info = ToolInfo {
            name: "location_get",
            description: "Rough position of this server from the operator's setting or its public address.",
            schema: json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false}),
            effect: Effect::Network,
            resume: Resume::Repeat,
            parallel: false,
            assist_mode: false,
            ask_by_default: true,
            timeout: Duration::from_secs(10),
            max_timeout: Duration::from_secs(30),
            output_limit: 1024,
        };
        Self { info, outbound, settings }
    }
}

#[derive(Serialize)]
struct Found {
    source: &'static str,
    #[serde(flatten)]
    place: Place,
}

/// The service's own names.
#[derive(Deserialize)]
struct Answer {
    city: Option<String>,
    region: Option<String>,
    country_name: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    timezone: Option<String>,
}

#[async_trait]
impl Tool for LocationGet {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, _arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        if self.settings.place.is_some() || !self.settings.lookup {
            return Ok(Needs::default());
        }
        Ok(Needs { grants: vec![Address::parse(&self.settings.lookup_url)?.grant()], ..Needs::default() })
    }

    async fn call(&self, _arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        if let Some(place) = &self.settings.place {
            return content(Found { source: "config", place: place.clone() });
        }
        if !self.settings.lookup {
            let error = ToolError::new(ToolErrorCode::NotConfigured, "The place of this server is not known");
            return Err(error.with_hint("The operator can set location.place, or location.lookup = true"));
        }
        let request = Outgoing {
            address: Address::parse(&self.settings.lookup_url)?,
            method: Method::GET,
            headers: HeaderMap::new(),
            body: None,
            within: self.info.max_timeout,
            max_bytes: 64 * 1024,
        };
        let holds = ctx.holds.clone();
        let received = self.outbound.fetch(request, &move |grant| holds(grant)).await?;
        ctx.network.note(received.bytes);
        let answer = serde_json::from_slice::<Answer>(&received.body).ok().filter(|_| received.status.is_success());
        let Some(answer) = answer else {
            let text = format!("The service for places answered {}", received.status.as_u16());
            return Err(ToolError::new(ToolErrorCode::UpstreamError, text));
        };
        let place = Place {
            city: answer.city,
            region: answer.region,
            country: answer.country_name,
            lat: answer.latitude,
            lon: answer.longitude,
            timezone: answer.timezone,
        };
        content(Found { source: "ip", place })
    }
}
