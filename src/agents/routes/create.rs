//! Creating and cloning agents.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;
use validator::Validate;

use super::{announce, model_patch};
use crate::{
    agents::{
        AgentState,
        manifest::{ManifestModel, ParseOptions, SignedManifest, Source, verify_envelope},
        rules::ManifestRules,
        schema::{AgentCreated, CloneAgent, CreateAgent},
        service::{self, Created as NewRow, Envelope, NewAgent},
    },
    app::AppState,
    caller::Caller,
    error::{Error, Result},
    http::{
        extract::{PathText, ValidJson, ValidQuery, query_bool},
        respond::{Created, ErrorBody},
    },
    scopes::Scopes,
    templates,
};

/// How strictly a manifest is read.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Strictness {
    /// Same as `strict` of the body.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    strict: bool,
}

/// Create an agent
///
/// The agent is ready for messages as soon as the response is sent. A failed create leaves nothing behind.
#[utoipa::path(post, path = "/api/agents", tag = "agents", params(Strictness), request_body = CreateAgent,
    security(("api_key" = ["agents:write"])),
    extensions(("x-cost" = json!(50)), ("x-body-limit" = json!(2_097_152))),
    responses((status = 201, description = "The agent, with remarks on its manifest", body = AgentCreated),
        (status = 400, description = "`invalid_manifest`, `manifest_mismatch`, `invalid_template_name`", body = ErrorBody),
        (status = 403, description = "`signature_invalid`, `unsigned`, `signer_not_trusted`", body = ErrorBody),
        (status = 404, description = "`template_not_found`", body = ErrorBody),
        (status = 409, description = "`duplicate_name`; `invalid_template`: a user's file is no manifest", body = ErrorBody),
        (status = 413, description = "`manifest_too_large`", body = ErrorBody)))]
pub async fn create_agent(
    State(app): State<AppState>,
    caller: Caller,
    ValidQuery(query): ValidQuery<Strictness>,
    ValidJson(body): ValidJson<CreateAgent>,
) -> Result<Created<AgentCreated>> {
    let given = Given::read(body.manifest_toml.as_deref(), body.manifest.as_ref(), body.signed_manifest.as_ref())?;
    let template = match (&given, &body.template) {
        (None, Some(name)) => Some(templates::service::find(&app.config.home, name).await?.text),
        _ => None,
    };
    let source = match (&given, &template, &body.name) {
        (Some(given), ..) => given.source(),
        (None, Some(text), _) => Source::Text(text),
        (None, None, Some(_)) => Source::Json(json!({})),
        (None, None, None) => {
            let message = "send one of manifest_toml, template, manifest, signed_manifest or name";
            return Err(Error::invalid("body", message));
        }
    };
    let overrides = overrides(&app.rules, &source, &body);
    let new = NewAgent {
        source,
        overrides,
        signed: given.as_ref().and_then(Given::envelope),
        strict: body.strict || query.strict,
    };
    let created = service::create(&app.db, &app.rules, &caller, new).await?;
    respond(&app, &created)
}

/// Clone an agent
///
/// An independent copy of manifest, mode and persona documents with a workspace of its own. Sessions, memory and usage are
/// not copied, nor are `MEMORY.md` and `HEARTBEAT.md`.
#[utoipa::path(post, path = "/api/agents/{id}/clone", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = CloneAgent,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(50))),
    responses((status = 201, description = "The copy, with remarks on its manifest", body = AgentCreated),
        (status = 400, description = "`invalid_manifest`", body = ErrorBody),
        (status = 403, description = "`unsigned`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody),
        (status = 409, description = "`duplicate_name`", body = ErrorBody)))]
pub async fn clone_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<CloneAgent>,
) -> Result<Created<AgentCreated>> {
    let original = service::find_ref(app.db.read(), &id).await?;
    let mut overrides = body.overrides.unwrap_or_default();
    overrides.remove("name");
    let copy = service::clone_of(&app.db, &app.rules, &caller, original, body.new_name, overrides);
    respond(&app, &Box::pin(copy).await?)
}

fn respond(app: &AppState, new: &NewRow) -> Result<Created<AgentCreated>> {
    announce(app, "agent.spawned", &new.row);
    if new.row.state == AgentState::Running {
        announce(app, "agent.started", &new.row);
    }
    Ok(Created { location: new.path(), body: new.answer(&app.rules)? })
}

/// A manifest that came in a request.
pub enum Given<'a> {
    Plain(Source<'a>),
    Signed(SignedManifest, &'a Value),
}

impl<'a> Given<'a> {
    /// A signed manifest counts before the text beside it, which must say the same. None: the request has no manifest.
    pub fn read(text: Option<&'a str>, json: Option<&'a Value>, signed: Option<&'a Value>) -> Result<Option<Self>> {
        let text = text.filter(|text| !text.trim().is_empty());
        if json.is_some() && (text.is_some() || signed.is_some()) {
            return Err(Error::invalid("manifest", "cannot be combined with manifest_toml or signed_manifest"));
        }
        if let Some(sent) = signed {
            let verified = verify_envelope(sent)?;
            text.map_or(Ok(()), |text| verified.agrees_with(text))?;
            return Ok(Some(Self::Signed(verified, sent)));
        }
        let source = text.map(Source::Text).or_else(|| json.cloned().map(Source::Json));
        Ok(source.map(Self::Plain))
    }

    pub fn source(&self) -> Source<'_> {
        match self {
            Self::Plain(source) => source.clone(),
            Self::Signed(verified, _) => Source::Text(&verified.text),
        }
    }

    pub fn envelope(&self) -> Option<Envelope<'_>> {
        match self {
            Self::Plain(_) => None,
            Self::Signed(verified, sent) => Some(Envelope { verified, sent }),
        }
    }
}

/// The members beside the manifest, which win over it. None when there are none.
fn overrides(rules: &ManifestRules, source: &Source<'_>, body: &CreateAgent) -> Option<Value> {
    let mut patch = Map::new();
    let texts = [("name", &body.name), ("description", &body.description)];
    for (key, text) in texts {
        patch.extend(text.as_ref().map(|text| (key.to_owned(), json!(text))));
    }
    let values = [("profile", &body.profile), ("tags", &body.tags), ("mode", &body.mode), ("identity", &body.identity)];
    for (key, value) in values {
        patch.extend(value.as_ref().map(|value| (key.to_owned(), value.clone())));
    }
    if body.model.is_some() || body.provider.is_some() {
        let (model, provider) = (body.model.as_deref().map(Some), body.provider.as_deref().map(Some));
        let names = model_patch::names(&rules.models, &model_of(rules, source, body), model, provider);
        model_patch::add(&mut patch, names);
    }
    if let Some(prompt) = &body.system_prompt {
        model_patch::add(&mut patch, Map::from_iter([("system_prompt".to_owned(), json!(prompt))]));
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// The model that the manifest itself names; problems are reported when it is read for good.
fn model_of(rules: &ManifestRules, source: &Source<'_>, body: &CreateAgent) -> ManifestModel {
    let name = body.name.as_ref().map(|name| json!({"name": name}));
    let options = ParseOptions { strict: false, scopes: Scopes::ALL, previous: None, overrides: name.as_ref() };
    rules.parse(source.clone(), options, &[]).map(|parsed| parsed.manifest.model).unwrap_or_default()
}
