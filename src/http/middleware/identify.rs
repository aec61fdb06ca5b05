//! Looks the credential up and leaves an `Identity` behind. It refuses nothing, so that the rate limiter can charge first.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    app::AppState,
    auth,
    error::Result,
    http::{
        access::{Identity, open_caller},
        client::Client,
        credentials,
    },
};

pub async fn layer(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let found = credentials::find(request.method(), request.uri(), request.headers());
    let client = request.extensions().get::<Client>().copied();
    match identify(&app, found, client).await {
        Ok(identity) => {
            request.extensions_mut().insert(identity);
            next.run(request).await
        }
        // Fail closed: if the check cannot run, nobody gets in.
        Err(error) => error.into_response(),
    }
}

async fn identify(app: &AppState, found: Option<credentials::Credential>, client: Option<Client>) -> Result<Identity> {
    let Some(client) = client else { return Ok(Identity::Missing) };
    let Some(credential) = found else {
        let open = app.config.config_key().is_none()
            && !app.config.auth.enabled
            && !auth::service::any_key_in_force(&app.db).await?;
        let caller = open.then(|| open_caller(app, client)).flatten();
        return Ok(caller.map_or(Identity::Missing, |c| Identity::Caller(Arc::new(c))));
    };
    let caller = auth::service::authenticate(&app.db, &app.config, &credential.token, client.ip).await?;
    Ok(match caller {
        None => Identity::Invalid,
        Some(caller) if credential.from_cookie => Identity::Cookie(Arc::new(caller)),
        Some(caller) => Identity::Caller(Arc::new(caller)),
    })
}
