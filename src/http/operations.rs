//! The operations as the document declares them: id, scope, cost, limits. The layers read this table, so a handler whose
//! document entry is missing cannot be reached.

use std::collections::HashMap;

use axum::http::Method;
use utoipa::openapi::{OpenApi, path::Operation as Documented};

use crate::scopes::Scopes;

/// Names of the document's extensions.
pub const COST: &str = "x-cost";
pub const BODY_LIMIT: &str = "x-body-limit";
pub const LONG_RUNNING: &str = "x-long-running";

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Public,
    /// Any valid credential.
    Any,
    Scopes(Scopes),
}

#[derive(Debug)]
pub struct Operation {
    pub id: String,
    pub access: Access,
    /// Rate-limit units.
    pub cost: u32,
    /// Bytes of the body, when it differs from the server's limit.
    pub body_limit: Option<usize>,
    /// Streams, sockets and waiting calls, which have no request time-out.
    pub long_running: bool,
    pub deprecated: bool,
}

/// By method and matched path.
#[derive(Debug, Default)]
pub struct Operations(HashMap<(Method, String), std::sync::Arc<Operation>>);

impl Operations {
    pub fn of(document: &OpenApi) -> Self {
        let mut all = HashMap::new();
        for (path, item) in &document.paths.paths {
            let by_method = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            for (method, documented) in by_method {
                if let Some(documented) = documented {
                    all.insert((method, path.clone()), std::sync::Arc::new(read(documented)));
                }
            }
        }
        Self(all)
    }

    pub fn knows_path(&self, path: &str) -> bool {
        self.0.keys().any(|(_, known)| known == path)
    }

    /// HEAD is looked up as GET.
    pub fn find(&self, method: &Method, path: &str) -> Option<std::sync::Arc<Operation>> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(&(method.clone(), path.to_owned())).cloned()
    }
}

fn read(documented: &Documented) -> Operation {
    let extension = |name: &str| documented.extensions.as_ref().and_then(|all| all.get(name));
    Operation {
        id: documented.operation_id.clone().unwrap_or_default(),
        access: access(documented),
        cost: extension(COST).and_then(|v| v.as_u64()).and_then(|v| u32::try_from(v).ok()).unwrap_or(5),
        body_limit: extension(BODY_LIMIT).and_then(|v| v.as_u64()).and_then(|v| usize::try_from(v).ok()),
        long_running: extension(LONG_RUNNING).is_some_and(|v| v.as_bool() == Some(true)),
        deprecated: matches!(documented.deprecated, Some(utoipa::openapi::Deprecated::True)),
    }
}

/// No security at all, or only an empty requirement, is public; a scheme without scopes is any credential.
fn access(documented: &Documented) -> Access {
    let Some(security) = &documented.security else { return Access::Scopes(Scopes::ALL) };
    let text = serde_json::to_value(security).unwrap_or_default();
    let requirements: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_value(text).unwrap_or_default();
    let Some(first) = requirements.iter().find(|r| !r.is_empty()) else { return Access::Public };
    let names: Vec<String> =
        first.values().filter_map(|v| v.as_array()).flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
    match names.is_empty() {
        true => Access::Any,
        // A scope that does not exist must not open a door.
        false => Access::Scopes(Scopes::parse(&names).unwrap_or(Scopes::ALL)),
    }
}
