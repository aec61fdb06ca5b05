//! Handlers of the page and its files. All are public; what the page shows comes over the API with its visitor's key.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rand::TryRng;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    files::{self, ASK_AGAIN, FOR_A_DAY, FOR_EVER},
    schema::{FileBytes, WebAppIcon, WebAppManifest},
};
use crate::{
    app::AppState,
    error::{Error, Result},
    http::{extract::PathText, respond::ErrorBody},
};

/// The word in `index.html` that each answer replaces by a nonce of its own.
const NONCE: &str = "CSP_NONCE";
/// A worker is bound by the policy of its own script, and this one fetches the page's files.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";
/// Like the page's background in its dark form.
const DARK: &str = "#111214";

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(webchat_page))
        .routes(routes!(webchat_asset))
        .routes(routes!(webchat_favicon))
        .routes(routes!(webchat_logo))
        .routes(routes!(webchat_manifest))
        .routes(routes!(webchat_service_worker))
}

/// Open the chat page
///
/// Agents, conversations, sessions. It asks for a key or a login when the server needs one.
#[utoipa::path(get, path = "/", tag = "webchat", security(()), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8",
        headers(("Content-Security-Policy" = String, description = "Scripts and styles of this server only")))))]
pub async fn webchat_page() -> Result<impl IntoResponse> {
    let mut bytes = [0; 16];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
    let nonce = STANDARD.encode(bytes);
    let page = files::read("index.html")?;
    let page = String::from_utf8_lossy(&page).replace(NONCE, &nonce);
    let policy = HeaderValue::from_str(&policy(&nonce)).map_err(Error::internal)?;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    Ok(([(header::CONTENT_SECURITY_POLICY, policy), (header::CONTENT_TYPE, html)], page))
}

/// Trusted Types close the last way in: text becomes HTML only through the sanitizer, and only /sw.js a script address.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; frame-src 'self' blob:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types dompurify openfang"
    )
}

/// Get a file of the page
///
/// Scripts and styles. Names carry a hash of the content, so a browser may keep the files for ever.
#[utoipa::path(get, path = "/assets/{path}", tag = "webchat", security(()), extensions(("x-cost" = json!(1))),
    params(("path" = String, Path, description = "File name", example = "index-D5HIWSDl.js")),
    responses((status = 200, description = "The file",
            content((FileBytes = "text/javascript"), (FileBytes = "text/css")),
            headers(("ETag" = String, description = "Tag of the content"))),
        (status = 304, description = "The browser's copy is current"),
        (status = 404, description = "`not_found`", body = ErrorBody)))]
pub async fn webchat_asset(PathText(name): PathText, headers: HeaderMap) -> Result<Response> {
    let bytes = files::read(&format!("assets/{name}"))?;
    let content_type = mime_guess::from_path(&name).first_raw().unwrap_or("application/octet-stream");
    files::answer(&headers, bytes, content_type, FOR_EVER)
}

/// Get the tab icon
#[utoipa::path(get, path = "/favicon.ico", tag = "webchat", security(()), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The icon", body = FileBytes, content_type = "image/x-icon",
            headers(("ETag" = String, description = "Tag of the content"))),
        (status = 304, description = "The browser's copy is current")))]
pub async fn webchat_favicon(headers: HeaderMap) -> Result<Response> {
    files::answer(&headers, files::read("favicon.ico")?, "image/x-icon", FOR_A_DAY)
}

/// Get the logo
#[utoipa::path(get, path = "/logo.png", tag = "webchat", security(()), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The logo", body = FileBytes, content_type = "image/png",
            headers(("ETag" = String, description = "Tag of the content"))),
        (status = 304, description = "The browser's copy is current")))]
pub async fn webchat_logo(headers: HeaderMap) -> Result<Response> {
    files::answer(&headers, files::read("logo.png")?, "image/png", FOR_A_DAY)
}

/// Get the web app manifest
#[utoipa::path(get, path = "/manifest.json", tag = "webchat", security(()), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The manifest", body = WebAppManifest, content_type = "application/manifest+json",
            headers(("ETag" = String, description = "Tag of the content"))),
        (status = 304, description = "The browser's copy is current")))]
pub async fn webchat_manifest(headers: HeaderMap) -> Result<Response> {
    let icon = |src: &str, sizes: &str, media_type: &str| WebAppIcon {
        src: src.into(),
        sizes: sizes.into(),
        media_type: media_type.into(),
    };
    let manifest = WebAppManifest {
        name: "openfang".into(),
        short_name: "openfang".into(),
        description: "Talk to the agents of this openfang server.".into(),
        start_url: "/".into(),
        display: "standalone".into(),
        background_color: DARK.into(),
        theme_color: DARK.into(),
        icons: vec![
            icon("/logo.png", "512x512", "image/png"),
            icon("/favicon.ico", "16x16 32x32 48x48", "image/x-icon"),
        ],
    };
    let bytes = serde_json::to_vec(&manifest).map_err(Error::internal)?;
    files::answer(&headers, bytes.into(), "application/manifest+json", FOR_A_DAY)
}

/// Get the service worker
///
/// It keeps static files only, never anything of `/api`.
#[utoipa::path(get, path = "/sw.js", tag = "webchat", security(()), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The script", body = FileBytes, content_type = "application/javascript",
            headers(("ETag" = String, description = "Tag of the content"))),
        (status = 304, description = "The browser's copy is current")))]
pub async fn webchat_service_worker(headers: HeaderMap) -> Result<impl IntoResponse> {
    let script = files::answer(&headers, files::read("sw.js")?, "application/javascript", ASK_AGAIN)?;
    Ok(([(header::CONTENT_SECURITY_POLICY, WORKER_POLICY)], script))
}
