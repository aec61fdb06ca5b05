//! Handlers of templates and profiles.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    schema::{ProfileList, TemplateCategory, TemplateDetail, TemplateList},
    service::{self, Wanted},
};
use crate::{
    app::AppState,
    error::{Error, Result},
    http::{
        extract::{PathText, ValidQuery},
        respond::ErrorBody,
    },
    page::ListParams,
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_templates)).routes(routes!(get_template)).routes(routes!(list_profiles))
}

/// Filter of the list of templates.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct TemplateFilter {
    /// Only this group; read in any case.
    #[param(value_type = Option<TemplateCategory>)]
    category: Option<String>,
    /// Part of the name, the description or a tag, in any case.
    #[validate(length(max = 200))]
    #[param(max_length = 200)]
    q: Option<String>,
}

/// List agent templates
///
/// The built-in ones and those in `<home>/agents/<name>/agent.toml`, by name. A user's file hides a built-in template of
/// the same name.
#[utoipa::path(get, path = "/api/templates", tag = "templates", params(ListParams, TemplateFilter),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "A page of templates", body = TemplateList)))]
pub async fn list_templates(
    State(app): State<AppState>,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<TemplateFilter>,
) -> Result<Json<TemplateList>> {
    let category = filter.category.as_deref().map(|word| {
        TemplateCategory::parse(word).ok_or_else(|| {
            Error::invalid("category", "must be General, Research, Development, Writing, Operations or Business")
        })
    });
    let wanted = Wanted { category: category.transpose()?, text: filter.q };
    let page = service::list(&app.config.home, &params, &wanted).await?;
    Ok(Json(TemplateList { total: page.total(), templates: page.rows, next_cursor: page.next_cursor }))
}

/// Get an agent template
#[utoipa::path(get, path = "/api/templates/{name}", tag = "templates",
    params(("name" = String, Path, description = "The template", max_length = 64, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "The template with its complete manifest", body = TemplateDetail),
        (status = 400, description = "`invalid_template_name`", body = ErrorBody),
        (status = 404, description = "`template_not_found`", body = ErrorBody),
        (status = 409, description = "`invalid_template`: a user's file cannot be read or is no manifest", body = ErrorBody)))]
pub async fn get_template(State(app): State<AppState>, PathText(name): PathText) -> Result<Json<TemplateDetail>> {
    Ok(Json(service::get(&app.config.home, &name).await?))
}

/// List tool profiles
///
/// The named sets of tools and grants a manifest can ask for with `profile`, from the narrowest to the widest. The
/// profile `custom` is not listed: it has exactly the tools that the manifest names.
#[utoipa::path(get, path = "/api/profiles", tag = "templates",
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "All profiles", body = ProfileList)))]
pub async fn list_profiles() -> Json<ProfileList> {
    Json(service::profiles())
}
