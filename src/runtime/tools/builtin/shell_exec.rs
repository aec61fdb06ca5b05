//! `shell_exec`: a command in the workspace, waited for.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    time::{Instant, sleep_until},
};

use super::{
    super::{
        AgentView, Content, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolInfo, ToolOutput, command,
        process::{Capture, Ended, ExecSettings, GRACE, Group, Streams, folder_needs, prepare},
        result::NewArtifact,
    },
    read, text, value_of,
};

/// How long streams are read on after the program ended: something that it started may hold them open.
const AFTER_END: Duration = Duration::from_secs(1);
/// Both streams at their highest setting, as JSON.
const OUTPUT_LIMIT: usize = 12 * 1024 * 1024;

pub struct ShellExec {
    info: ToolInfo,
    settings: ExecSettings,
}

impl ShellExec {
    pub fn new(settings: ExecSettings) -> Self {
        let info = ToolInfo {
            name: "shell_exec",
            description: "Run a command in the workspace and wait for it. It may read what the server's user may read and \
                use the network.",
            schema: json!({"type": "object", "properties": {
                "command": {"type": "string", "minLength": 1, "maxLength": 16_384, "description": "Command line"},
                "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 3600,
                    "description": "Default: the exec policy's"},
                "cwd": {"type": "string", "minLength": 1, "maxLength": 4096, "default": ".",
                    "description": "Folder in the workspace"},
                "stdin": {"type": "string", "maxLength": 1_048_576, "description": "Text for standard input"}
            }, "required": ["command"], "additionalProperties": false}),
            effect: Effect::Exec,
            resume: Resume::Interrupt,
            parallel: false,
            assist_mode: false,
            ask_by_default: false,
            // The exec policy has the real limits; these are only beyond all of them.
            timeout: Duration::from_secs(3_610),
            max_timeout: Duration::from_secs(3_610),
            output_limit: OUTPUT_LIMIT,
        };
        Self { info, settings }
    }
}

#[derive(Deserialize)]
struct Arguments {
    command: String,
    timeout_seconds: Option<u32>,
    #[serde(default = "here")]
    cwd: String,
    #[serde(default)]
    stdin: String,
}

fn here() -> String {
    ".".into()
}

#[derive(Serialize)]
struct Done {
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
    stdout: String,
    stderr: String,
    duration_ms: u64,
    /// `time` or `silence`.
    timed_out: Option<&'static str>,
    truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact: Option<String>,
}

#[async_trait]
impl Tool for ShellExec {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        let cwd = text(arguments, "cwd", ".");
        let (_, mut needs) = command::judge_line(text(arguments, "command", ""), cwd, agent)?;
        needs.grants.extend(folder_needs(cwd, &agent.roots)?);
        Ok(needs)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        let policy = &ctx.exec;
        let limit = arguments.timeout_seconds.unwrap_or(policy.timeout_secs).min(policy.max_timeout_secs);
        let (start, _) = command::judge_line(&arguments.command, &arguments.cwd, &ctx.view())?;
        let start = prepare(&self.settings, start, &arguments.cwd, Some(limit.into()), ctx).await?;
        let (group, streams) = Group::start(start, ctx.ledger.clone()).await?;
        let shown = usize::try_from(policy.max_output_bytes).unwrap_or(usize::MAX);
        let watch = Watch {
            began: Instant::now(),
            limit: Duration::from_secs(limit.into()),
            silence: Some(policy.no_output_timeout_secs)
                .filter(|secs| *secs > 0)
                .map(|s| Duration::from_secs(s.into())),
            output: Capture::new(shown),
            errors: Capture::new(shown),
        };
        let (ended, timed_out, watch) = watch.follow(group, streams, arguments.stdin).await;
        let ((stdout, cut), (stderr, cut_errors)) = (watch.output.inline(), watch.errors.inline());
        let truncated = cut || cut_errors;
        let kept = truncated.then(|| {
            let whole = format!("stdout:\n{}\nstderr:\n{}", watch.output.whole(), watch.errors.whole());
            NewArtifact::new("text/plain", ctx.secrets.mask(whole).into_bytes())
        });
        let done = Done {
            exit_code: ended.code,
            signal: ended.signal,
            stdout,
            stderr,
            duration_ms: u64::try_from(watch.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            timed_out,
            truncated,
            artifact: kept.as_ref().map(|kept| kept.id.clone()),
        };
        let is_error = timed_out.is_some() || done.exit_code != Some(0);
        Ok(ToolOutput::Content(Content { is_error, kept, ..Content::from(value_of(done)?) }))
    }
}

/// A program that is followed to its end.
struct Watch {
    began: Instant,
    limit: Duration,
    silence: Option<Duration>,
    output: Capture,
    errors: Capture,
}

impl Watch {
    /// X13: until it ends, or the time is up, or nothing was heard of it for too long.
    async fn follow(
        mut self,
        mut group: Group,
        streams: Streams,
        stdin: String,
    ) -> (Ended, Option<&'static str>, Self) {
        let Streams { mut input, mut output, mut errors } = streams;
        let feeding = async move {
            // A program that does not read its input is not the worse for it.
            let _ = input.write_all(stdin.as_bytes()).await;
        };
        tokio::pin!(feeding);
        let (mut fed, mut open, mut errors_open) = (false, true, true);
        let (mut ended, mut timed_out, mut until) = (None, None, None);
        let mut heard = self.began;
        let (mut buffer, mut errors_buffer) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
        while ended.is_none() || open || errors_open {
            let end = self.began + self.limit;
            let silent = self.silence.map_or(end, |silence| heard + silence);
            tokio::select! {
                () = &mut feeding, if !fed => fed = true,
                bytes = piece(&mut output, &mut buffer), if open => {
                    self.output.push(bytes);
                    open = !bytes.is_empty();
                    heard = Instant::now();
                }
                bytes = piece(&mut errors, &mut errors_buffer), if errors_open => {
                    self.errors.push(bytes);
                    errors_open = !bytes.is_empty();
                    heard = Instant::now();
                }
                how = group.wait(), if ended.is_none() => {
                    ended = Some(how);
                    until = Some(Instant::now() + AFTER_END);
                }
                () = sleep_until(end.min(silent)), if ended.is_none() => {
                    timed_out = Some(if end <= silent { "time" } else { "silence" });
                    ended = Some(group.stop(GRACE).await);
                    until = Some(Instant::now() + AFTER_END);
                }
                () = sleep_until(until.unwrap_or(end)), if until.is_some() => break,
            }
        }
        group.close().await;
        (ended.unwrap_or_default(), timed_out, self)
    }
}

/// The next bytes of a stream; none at its end.
async fn piece<'a, R: AsyncRead + Unpin>(stream: &mut R, buffer: &'a mut [u8]) -> &'a [u8] {
    let read = stream.read(buffer).await.unwrap_or(0);
    &buffer[..read]
}
