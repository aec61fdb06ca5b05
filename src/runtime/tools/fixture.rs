//! For tests: a workspace with links, a named root, a place outside, and calls as the engine makes them.

use std::{fs, os::unix::fs::symlink, path::PathBuf, sync::Arc};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{
    AgentView, Ledger, NamedRoot, ProcessMark, Roots, ToolContext, ToolError, ToolErrorCode, ToolOutput,
    WorkspaceLimit, registry::Registry, result::Secrets,
};
use crate::{agents::capabilities::Grants, ids::Id};

/// Nothing is written down.
struct NoLedger;

#[async_trait::async_trait]
impl Ledger for NoLedger {
    async fn started(&self, _mark: &ProcessMark) -> Result<(), ToolError> {
        Ok(())
    }

    async fn ended(&self, _id: Id) {}
}

/// A workspace as in the table of cases, below one temporary folder with a named root and a place outside.
pub struct Fixture {
    dir: TempDir,
    pub registry: Registry,
    pub roots: Roots,
    pub grants: Vec<&'static str>,
    pub max_workspace_bytes: u64,
}

impl Fixture {
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let at = |path: &str| dir.path().join(path);
        for folder in ["ws/a", "ws2", "ref", "etc", "data"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        fs::write(at("ws/a/b.txt"), "inside\n").unwrap();
        fs::write(at("ws2/a"), "sibling\n").unwrap();
        fs::write(at("ref/x"), "reference\n").unwrap();
        fs::write(at("etc/passwd"), "outside\n").unwrap();
        symlink("a", at("ws/in")).unwrap();
        symlink("../etc", at("ws/out")).unwrap();
        symlink(at("ws/a"), at("ws/abs")).unwrap();
        let roots = Roots {
            workspace: at("ws"),
            named: vec![NamedRoot { name: "ref".into(), path: at("ref"), writable: false }],
            workspaces: PathBuf::new(),
            server_folders: vec![at("data")],
        };
        let grants = vec!["fs.read:**", "fs.write:**", "fs.read:@ref/**", "fs.write:@ref/**"];
        Self { dir, registry: Registry::builtin().unwrap(), roots, grants, max_workspace_bytes: 0 }
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn context(&self) -> ToolContext {
        let grants = Grants::from_texts(&self.grants);
        ToolContext {
            agent: Id::new(),
            session: Id::new(),
            roots: Arc::new(self.roots.clone()),
            grants: Arc::new(grants.clone()),
            holds: Arc::new(move |grant| grants.allows_text(grant)),
            exec: Arc::default(),
            max_processes: 5,
            ledger: Arc::new(NoLedger),
            secrets: Secrets::default(),
            network: Arc::default(),
            cancel: CancellationToken::new(),
            workspace_limit: Arc::new(WorkspaceLimit::new(self.max_workspace_bytes)),
            time_zone: "UTC".into(),
        }
    }

    pub fn view(&self) -> AgentView {
        self.context().view()
    }

    /// What the policy would find, then the call.
    pub fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.registry.validate(tool, &arguments)?;
        let tool = self.registry.get(tool).unwrap();
        let ctx = self.context();
        let needs = tool.needs(&arguments, &self.view())?;
        if let Some(missing) = needs.grants.iter().find(|grant| !(ctx.holds)(grant)) {
            return Err(ToolError::new(ToolErrorCode::CapabilityMissing, missing.as_str()));
        }
        if needs.always_asks.is_some() || needs.asks.is_some() {
            return Err(ToolError::new(ToolErrorCode::ApprovalDenied, "asked"));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        match runtime.block_on(tool.call(arguments, &ctx))? {
            ToolOutput::Content(content) => Ok(content.value),
            ToolOutput::Intent(intent) => panic!("{intent:?}"),
        }
    }

    /// Puts a file into the workspace, behind the back of the tools.
    pub fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let at = self.at("ws").join(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, content).unwrap();
    }

    pub fn get(&self, path: &str) -> String {
        fs::read_to_string(self.at("ws").join(path)).unwrap()
    }

    pub fn read(&self, path: &str) -> Result<String, ToolError> {
        self.call("file_read", json!({"path": path})).map(|result| result["content"].as_str().unwrap().to_owned())
    }

    pub fn write(&self, path: &str) -> Result<Value, ToolError> {
        self.call("file_write", json!({"path": path, "content": "new\n"}))
    }
}

#[track_caller]
pub fn assert_rule<T: std::fmt::Debug>(result: Result<T, ToolError>, rule: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.code, error.rule.as_deref()), (ToolErrorCode::BlockedByRule, Some(rule)), "{error:?}");
}

#[track_caller]
pub fn assert_code<T: std::fmt::Debug>(result: Result<T, ToolError>, code: ToolErrorCode) {
    let error = result.unwrap_err();
    assert_eq!(error.code, code, "{error:?}");
}
