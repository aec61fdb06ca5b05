export type ClientOptions = {
    baseUrl: 'http://127.0.0.1:4200' | (string & {});
};
/**
 * What a browser needs to know to install the page as an app (W3C Web Application Manifest).
 */
export type WebAppManifest = {
    /**
     * Name of the page.
     */
    name: string;
    /**
     * The same, for small places.
     */
    short_name: string;
    /**
     * What the page is.
     */
    description: string;
    /**
     * Address it opens with.
     */
    start_url: string;
    /**
     * `standalone`: a window without the browser's controls.
     */
    display: string;
    /**
     * Colour before the page is drawn.
     */
    background_color: string;
    /**
     * Colour of the window around it.
     */
    theme_color: string;
    /**
     * Pictures of the page.
     */
    icons: Array<WebAppIcon>;
};
/**
 * One picture of the app.
 */
export type WebAppIcon = {
    /**
     * Address of the picture.
     */
    src: string;
    /**
     * Width and height in pixels, several separated by spaces.
     */
    sizes: string;
    /**
     * Media type.
     */
    type: string;
};
/**
 * Identifier of a stored thing: a UUIDv7 (RFC 9562) in lower case.
 */
export type Id = string;
/**
 * What this binary is.
 */
export type Version = {
    /**
     * Name of the product.
     */
    name: string;
    /**
     * Version of the binary.
     */
    version: string;
    build_date: Ts;
    /**
     * `unknown` in debug builds.
     */
    git_sha: string;
    /**
     * The compiler.
     */
    rust_version: string;
    /**
     * Operating system.
     */
    platform: string;
    /**
     * Processor.
     */
    arch: string;
    /**
     * Version of the OpenAPI document.
     */
    api_version: string;
    /**
     * The OpenFang release whose clients work with this server.
     */
    compatible_with: string;
};
/**
 * A moment in UTC with millisecond precision: RFC 3339 with `Z` on the wire, milliseconds since 1970 in the database.
 */
export type Ts = string;
/**
 * Tokens and cost of model calls.
 */
export type Usage = {
    /**
     * Input, cached tokens included.
     */
    input_tokens: number;
    /**
     * Tokens written by models.
     */
    output_tokens: number;
    /**
     * Input that the provider had in its cache.
     */
    cache_read_tokens: number;
    /**
     * Input that the provider put into its cache.
     */
    cache_write_tokens: number;
    /**
     * Output spent on thinking.
     */
    reasoning_tokens: number;
    /**
     * Input and output.
     */
    total_tokens: number;
    /**
     * In US dollars; null before the first model call, and on single messages.
     */
    cost_usd?: number | null;
};
/**
 * Changes to an API key. Absent members stay; null clears.
 */
export type UpdateApiKey = {
    /**
     * Unique among keys that are not revoked.
     */
    name?: string | null;
    role?: Role | null;
    /**
     * Replaces the list.
     */
    scopes?: Array<string> | null;
    expires_at?: Ts | null;
    /**
     * The same as a number of days from now.
     */
    expires_in_days?: number | null;
    rate_limit?: RateLimit | null;
};
/**
 * Rate limit of one key.
 */
export type RateLimit = {
    /**
     * Cost units an hour.
     */
    quota_per_hour: number;
    /**
     * Cost units that may be spent at once.
     */
    burst: number;
};
/**
 * A named bundle of scopes.
 */
export type Role = 'viewer' | 'operator' | 'admin';
/**
 * The visual identity. Absent members stay, null or `""` clears.
 */
export type UpdateAgentIdentity = {
    /**
     * A sign for lists.
     */
    emoji?: string | null;
    /**
     * An `http(s)` address (2,048 characters) or a `data:image/…` URI (256 KiB).
     */
    avatar_url?: string | null;
    /**
     * `#RGB`, `#RRGGBB` or `#RRGGBBAA`.
     */
    color?: string | null;
    /**
     * Kind of worker, such as researcher, coder, assistant.
     */
    archetype?: string | null;
    /**
     * Manner, such as professional, friendly, concise.
     */
    vibe?: string | null;
    /**
     * Manner of greeting, such as warm, formal, brief.
     */
    greeting_style?: string | null;
};
/**
 * One form for name, texts, identity and model. Absent members stay.
 */
export type UpdateAgentConfig = UpdateAgentIdentity & {
    /**
     * `""` is ignored.
     */
    name?: string | null;
    /**
     * What the agent is for.
     */
    description?: string | null;
    /**
     * Instructions; null = made of name and description.
     */
    system_prompt?: string | null;
    /**
     * As in `PUT /api/agents/{id}/model`; `""` is ignored.
     */
    model?: string | null;
    /**
     * `""` = work it out.
     */
    provider?: string | null;
    /**
     * Needs `config:write`.
     */
    api_key_env?: string | null;
    /**
     * Needs `config:write`.
     */
    base_url?: string | null;
    /**
     * Null = the server's chain, `[]` = none.
     */
    fallback_models?: Array<FallbackModel> | null;
};
/**
 * A model to try when the one before it fails.
 */
export type FallbackModel = {
    /**
     * Provider id; `default` with a concrete model lets the catalog decide.
     */
    provider: string;
    /**
     * Model id or alias.
     */
    model: string;
    /**
     * Name of the environment variable or vault entry with the key. Needs `config:write`.
     */
    api_key_env?: string | null;
    /**
     * Address of the provider's API. Needs `config:write`.
     */
    base_url?: string | null;
    /**
     * Output limit of one call of this model; null = as the first model.
     */
    max_tokens?: number | null;
};
/**
 * Changes to an agent; at least one.
 */
export type UpdateAgent = {
    /**
     * New name; the workspace does not move.
     */
    name?: string | null;
    /**
     * What the agent is for.
     */
    description?: string | null;
    model?: ModelWish | null;
    /**
     * Look the model up at this provider only; null = wherever it is found.
     */
    provider?: string | null;
    /**
     * Instructions; null = made of name and description.
     */
    system_prompt?: string | null;
    /**
     * Words for searching.
     */
    tags?: Array<string> | null;
    profile?: Profile | null;
    /**
     * As in `PUT /api/agents/{id}/mode`.
     */
    mode?: string | null;
    /**
     * Whether model and skills are pinned.
     */
    stable?: boolean | null;
    parent_id?: Id | null;
    /**
     * JSON merge patch (RFC 7396) on the stored manifest: null deletes, objects merge, lists replace.
     */
    manifest?: {
        [key: string]: unknown;
    } | null;
    /**
     * Treat warnings as errors, but for implied grants and missing providers.
     */
    strict?: boolean;
};
/**
 * A named set of tools and grants.
 */
export type Profile = 'minimal' | 'coding' | 'research' | 'messaging' | 'automation' | 'full' | 'custom';
/**
 * Kind of final answer.
 */
export type ResponseFormatType = 'text' | 'json' | 'json_schema';
/**
 * Form of the final answer.
 */
export type ResponseFormat = {
    /**
     * Kind of answer.
     */
    type: ResponseFormatType;
    /**
     * JSON Schema of the answer (32 KiB), for `json_schema`.
     */
    schema?: {
        [key: string]: unknown;
    } | null;
};
/**
 * Class of model that the operator maps to a concrete one.
 */
export type ModelTier = 'frontier' | 'smart' | 'balanced' | 'fast' | 'local';
/**
 * The language model and how it is asked.
 */
export type ManifestModel = {
    /**
     * Provider id; `default` follows the server's default model at each run.
     */
    provider?: string;
    /**
     * Model id, alias or `provider/id`; `default` follows the server's default model at each run.
     */
    model?: string;
    tier?: ModelTier | null;
    /**
     * Instructions for the model; null = made of name and description.
     */
    system_prompt?: string | null;
    /**
     * Output limit of one model call, in tokens.
     */
    max_tokens?: number;
    /**
     * Randomness; left out of the request for models that refuse it.
     */
    temperature?: number;
    /**
     * Nucleus sampling share, above 0.
     */
    top_p?: number | null;
    /**
     * Texts at which the answer ends (64 characters each).
     */
    stop?: Array<string>;
    /**
     * Seed for providers that take one.
     */
    seed?: number | null;
    /**
     * Name of the environment variable or vault entry with the key. Needs `config:write`.
     */
    api_key_env?: string | null;
    /**
     * Address of the provider's API. Needs `config:write`.
     */
    base_url?: string | null;
    /**
     * Context window in tokens, when the catalog is wrong about it.
     */
    context_window?: number | null;
    response_format?: ResponseFormat | null;
    /**
     * Further members of the provider's request body (16 KiB). Needs `config:write`.
     */
    params?: {
        [key: string]: unknown;
    };
};
/**
 * A model by name, or keys of the manifest's `model`.
 */
export type ModelWish = string | ManifestModel;
/**
 * The model asked for a tool.
 */
export type ToolUseBlock = {
    /**
     * Tells the kinds apart.
     */
    type: 'tool_use';
    /**
     * Id that the model gave the call.
     */
    id: string;
    /**
     * Name of the tool.
     */
    name: string;
    /**
     * Arguments of the call.
     */
    input: unknown;
};
/**
 * The model asked for a tool; the call is complete and not yet carried out.
 */
export type ToolUse = {
    /**
     * Tells the kinds apart.
     */
    type: 'tool_use';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * Name of the tool.
     */
    tool: string;
    /**
     * Same as `tool`.
     */
    name: string;
    /**
     * Id that the model gave the call.
     */
    id: string;
    /**
     * Same as `id`.
     */
    tool_use_id: string;
    /**
     * Arguments of the call.
     */
    arguments: unknown;
    /**
     * Number of the answer that asked for it, from 1.
     */
    iteration: number;
    /**
     * True for the last event only.
     */
    done: boolean;
};
/**
 * Settings of one tool.
 */
export type ToolSettings = {
    /**
     * False: the tool is neither offered nor usable.
     */
    enabled?: boolean;
    /**
     * Whether calls are asked about, whatever the general rules say; `auto` = the rules decide.
     */
    approval?: ToolApproval;
    /**
     * Time limit of a call in seconds; null = the tool's own.
     */
    timeout_secs?: number | null;
    /**
     * Arguments filled in when the model leaves them out.
     */
    defaults?: {
        [key: string]: unknown;
    };
    /**
     * Arguments that are always set; the model does not see them.
     */
    fixed?: {
        [key: string]: unknown;
    };
};
/**
 * Rule for the calls of one tool.
 */
export type ToolApproval = 'auto' | 'ask' | 'deny';
/**
 * What the model was told about a call.
 */
export type ToolResultBlock = {
    /**
     * Tells the kinds apart.
     */
    type: 'tool_result';
    /**
     * Id that the model gave the call.
     */
    tool_use_id: string;
    /**
     * Name of the tool.
     */
    tool_name: string;
    /**
     * What the model was told.
     */
    content: string;
    /**
     * It went wrong.
     */
    is_error: boolean;
};
/**
 * A tool call ended.
 */
export type ToolResult = {
    /**
     * Tells the kinds apart.
     */
    type: 'tool_result';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * Name of the tool.
     */
    tool: string;
    /**
     * Same as `tool`.
     */
    name: string;
    /**
     * Id that the model gave the call.
     */
    id: string;
    /**
     * Same as `id`.
     */
    tool_use_id: string;
    /**
     * Arguments of the call.
     */
    input: unknown;
    /**
     * What the model is told, at most 64 KiB here.
     */
    result: string;
    /**
     * It went wrong.
     */
    is_error: boolean;
    /**
     * `result` is not all of it.
     */
    truncated: boolean;
    /**
     * How long it took, in milliseconds.
     */
    duration_ms: number;
    /**
     * True for the last event only.
     */
    done: boolean;
};
/**
 * A named set of tools and grants.
 */
export type ToolProfile = {
    /**
     * Name for `profile` in a manifest.
     */
    name: string;
    /**
     * One line for people.
     */
    description: string;
    /**
     * Names or globs of its tools.
     */
    tools: Array<string>;
    /**
     * Tools that every profile has besides.
     */
    base_tools: Array<string>;
    /**
     * Grants that it brings. What programs may be run is up to the exec policy.
     */
    implied_grants: Array<string>;
};
/**
 * A tool call with its result.
 */
export type ToolCallView = {
    /**
     * Id that the model gave the call.
     */
    id: string;
    /**
     * Name of the tool.
     */
    name: string;
    /**
     * Arguments of the call.
     */
    input: unknown;
    /**
     * What the model was told; absent while the call runs.
     */
    result?: string | null;
    /**
     * It went wrong.
     */
    is_error?: boolean | null;
    /**
     * There is no result yet.
     */
    running: boolean;
};
/**
 * Class of a model.
 */
export type TierWord = 'frontier' | 'smart' | 'balanced' | 'fast' | 'local' | 'custom' | 'unknown';
/**
 * Whether the model shall reason before it answers.
 */
export type ThinkingWish = 'off' | 'on';
/**
 * Extended reasoning where the model has it.
 */
export type ThinkingSettings = {
    /**
     * Whether the model is asked to reason.
     */
    enabled?: boolean;
    /**
     * Tokens for reasoning.
     */
    budget_tokens?: number;
    effort?: Effort | null;
    /**
     * Whether reasoning is streamed to clients.
     */
    stream?: boolean;
};
/**
 * Reasoning effort.
 */
export type Effort = 'low' | 'medium' | 'high';
/**
 * A piece of the model's reasoning.
 */
export type ThinkingDelta = {
    /**
     * Tells the kinds apart.
     */
    type: 'thinking_delta';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * The reasoning.
     */
    thinking: string;
    /**
     * True for the last event only.
     */
    done: boolean;
};
/**
 * Reasoning of the model.
 */
export type ThinkingBlock = {
    /**
     * Tells the kinds apart.
     */
    type: 'thinking';
    /**
     * The reasoning.
     */
    thinking: string;
};
/**
 * A piece of the answer. All pieces that were not withdrawn, joined, are the `response` of `done`.
 */
export type TextDelta = {
    /**
     * Tells the kinds apart.
     */
    type: 'text_delta';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * The text.
     */
    delta: string;
    /**
     * Same as `delta`.
     */
    content: string;
    /**
     * True for the last event only.
     */
    done: boolean;
};
/**
 * Text.
 */
export type TextBlock = {
    /**
     * Tells the kinds apart.
     */
    type: 'text';
    /**
     * The text.
     */
    text: string;
};
/**
 * Where a template comes from.
 */
export type TemplateSource = 'builtin' | 'user';
/**
 * A page of templates.
 */
export type TemplateList = {
    /**
     * By name.
     */
    templates: Array<AgentTemplate>;
    /**
     * All templates that match.
     */
    total: number;
    /**
     * Cursor of the next page; null on the last one.
     */
    next_cursor?: string | null;
};
/**
 * Group of templates.
 */
export type TemplateCategory = 'General' | 'Research' | 'Development' | 'Writing' | 'Operations' | 'Business';
/**
 * A manifest to start from.
 */
export type AgentTemplate = {
    /**
     * Name to create an agent from.
     */
    name: string;
    /**
     * What an agent made of it is for.
     */
    description: string;
    /**
     * Group on the templates page.
     */
    category: TemplateCategory;
    /**
     * Words for searching.
     */
    tags: Array<string>;
    /**
     * Provider of its model; `default` follows the server.
     */
    provider: string;
    /**
     * Its model; `default` follows the server.
     */
    model: string;
    /**
     * Names or globs of its tools.
     */
    tools: Array<string>;
    /**
     * Where it comes from.
     */
    source: TemplateSource;
    /**
     * The user's file; null for built-in templates.
     */
    path?: string | null;
    /**
     * The manifest as TOML.
     */
    manifest_toml: string;
};
/**
 * A template with its complete manifest.
 */
export type TemplateDetail = AgentTemplate & {
    /**
     * The manifest with all defaults.
     */
    manifest: AgentManifest;
    /**
     * What deserves attention in it.
     */
    warnings: Array<string>;
};
/**
 * A loop with a pause.
 */
export type ContinuousSchedule = {
    /**
     * Pause between the end of a run and the next, in seconds.
     */
    check_interval_secs?: number;
    /**
     * What the agent is told; null = a general sentence.
     */
    prompt?: string | null;
};
/**
 * Events that start the agent.
 */
export type ProactiveSchedule = {
    /**
     * `all`, `event:<type>`, `memory:<scope pattern>` or `tag:<tag>`.
     */
    conditions: Array<string>;
    /**
     * What the agent is told; `{{event}}` stands for the event. Null = a general sentence.
     */
    prompt?: string | null;
    /**
     * Firings in all; 0 = no limit.
     */
    max_fires?: number;
    /**
     * Pause after a firing, in seconds.
     */
    cooldown_secs?: number;
};
/**
 * After missed firings: one firing, or none.
 */
export type CatchUp = 'one' | 'none';
/**
 * A clock.
 */
export type PeriodicSchedule = {
    /**
     * Five cron fields, `@hourly`, `@daily`, `@weekly`, `@monthly` or `every <n><s|m|h|d>` of at least 10 s.
     */
    cron: string;
    /**
     * IANA time zone.
     */
    tz?: string;
    /**
     * What the agent is told; null = a general sentence.
     */
    prompt?: string | null;
    /**
     * What happens after a firing was missed while the server was down.
     */
    catch_up?: CatchUp;
};
/**
 * When the agent starts by itself: `"reactive"` (only when addressed) or exactly one of the three tables.
 */
export type ManifestSchedule = 'reactive' | {
    /**
     * Runs by the clock.
     */
    periodic: PeriodicSchedule;
} | {
    /**
     * Runs when something happens.
     */
    proactive: ProactiveSchedule;
} | {
    /**
     * Runs again and again with a pause between.
     */
    continuous: ContinuousSchedule;
};
/**
 * How the agent looks.
 */
export type AgentIdentity = {
    /**
     * A sign for lists.
     */
    emoji?: string | null;
    /**
     * Picture: an `http(s)` address (2,048 characters) or a `data:image/…` URI (256 KiB).
     */
    avatar_url?: string | null;
    /**
     * Colour as `#RGB`, `#RRGGBB` or `#RRGGBBAA`.
     */
    color?: string | null;
    /**
     * Kind of worker, such as researcher, coder, assistant, writer, devops, support, analyst.
     */
    archetype?: string | null;
    /**
     * Manner, such as professional, friendly, technical, creative, concise, mentor.
     */
    vibe?: string | null;
    /**
     * Manner of greeting, such as warm, formal, playful, brief.
     */
    greeting_style?: string | null;
};
/**
 * What the agent may do. A null list is implied by the granted tools and the profile; a present one counts exactly, `[]`
 * means nothing.
 */
export type Capabilities = {
    /**
     * Tool names or globs; replaces the tools of the profile.
     */
    tools?: Array<string> | null;
    /**
     * Hosts as `host[:port]` patterns; `*` alone is every host on ports 80 and 443.
     */
    network?: Array<string> | null;
    /**
     * Workspace globs that may be read.
     */
    file_read?: Array<string> | null;
    /**
     * Workspace globs that may be written.
     */
    file_write?: Array<string> | null;
    /**
     * Memory scopes that may be read (`self.*`, `user.*`, `shared.*`, `agent:<name>.*`); null = `["self.*"]`.
     */
    memory_read?: Array<string> | null;
    /**
     * Memory scopes that may be written; null = `["self.*"]`.
     */
    memory_write?: Array<string> | null;
    /**
     * Command patterns; null = as the exec policy says.
     */
    shell?: Array<string> | null;
    /**
     * Environment variables by name or `PREFIX_*`.
     */
    env?: Array<string> | null;
    /**
     * Whether it may create agents; null = as the profile says.
     */
    agent_spawn?: boolean | null;
    /**
     * Agents it may write to: name or glob, `@tag`, `@children`, `@parent`.
     */
    agent_message?: Array<string> | null;
    /**
     * Agents it may end: name or glob, `@children`; null = `["@children"]` if it has the tool.
     */
    agent_kill?: Array<string> | null;
    /**
     * Channel recipients as `kind[:account[:recipient]]` globs.
     */
    channels?: Array<string> | null;
    /**
     * Model id globs; null = its own, fallback and routing models.
     */
    models?: Array<string> | null;
    /**
     * Agents it may create jobs for: `self` or a glob; null = `["self"]`.
     */
    schedules?: Array<string> | null;
    /**
     * Workflow name globs.
     */
    workflows?: Array<string> | null;
    /**
     * Hand id globs.
     */
    hands?: Array<string> | null;
    /**
     * A2A peers: host pattern or registered name.
     */
    a2a?: Array<string> | null;
    /**
     * Money one run may spend through tools, in USD; 0 = no extra limit.
     */
    spend_usd_per_run?: number;
    /**
     * Whether it may look for peers.
     */
    ofp_discover?: boolean;
    /**
     * Peer patterns it may connect to.
     */
    ofp_connect?: Array<string> | null;
    /**
     * Further grants in canonical form, such as `net:docs.rs`.
     */
    grants?: Array<string> | null;
};
/**
 * Calls that must or need not be approved by a person.
 */
export type ApprovalSettings = {
    /**
     * Names or globs of tools whose calls must be approved, besides the server's.
     */
    require?: Array<string> | null;
    /**
     * How long a decision is waited for, in seconds; null = the server's.
     */
    timeout_secs?: number | null;
    /**
     * Names or globs of tools called unasked; never for a case that always asks. Needs `approvals:write`.
     */
    auto?: Array<string> | null;
};
/**
 * When and how older messages are summarised.
 */
export type CompactionSettings = {
    /**
     * False: a full context ends the run.
     */
    enabled?: boolean;
    /**
     * Share of the input limit at which older messages are summarised.
     */
    trigger_ratio?: number;
    /**
     * Share of the input limit kept word for word; below `trigger_ratio`.
     */
    keep_ratio?: number;
    /**
     * Length of the summary in tokens.
     */
    max_summary_tokens?: number;
    /**
     * Model that writes the summary; null = the agent's.
     */
    model?: string | null;
};
/**
 * Who shares a history: one person, one conversation, everybody (`agent`) or nobody (`run`).
 */
export type SessionScope = 'user' | 'conversation' | 'agent' | 'run';
/**
 * Which messages share one history.
 */
export type SessionSettings = {
    /**
     * Who shares a history.
     */
    scope?: SessionScope;
    /**
     * Idle time in seconds after which a new session starts: 0 = never, else at least 60.
     */
    idle_reset_secs?: number;
    /**
     * Waiting runs of one session; above it messages are refused.
     */
    max_queued?: number;
};
/**
 * Behaviour of self-started work.
 */
export type AutonomousSettings = {
    /**
     * Model calls in one self-started run; also the limit of all runs when `resources.max_iterations` is not given.
     */
    max_iterations?: number;
    /**
     * Automatic recoveries from Crashed within 24 hours.
     */
    max_restarts?: number;
    /**
     * A run without progress for twice this time (at least 180 s) is reported as unresponsive.
     */
    heartbeat_interval_secs?: number;
    /**
     * Where that report goes, `kind[:account[:conversation]]`.
     */
    heartbeat_channel?: string | null;
    /**
     * Time of day in which self-started runs are held back, `HH:MM-HH:MM [IANA zone]`.
     */
    quiet_hours?: string | null;
};
/**
 * Limits. 0 means no limit where the description says so.
 */
export type AgentResources = {
    /**
     * Linear memory of a WASM module, in bytes.
     */
    max_memory_bytes?: number;
    /**
     * Computing and wall time of a module, in milliseconds.
     */
    max_cpu_time_ms?: number;
    /**
     * Tool calls in any 60 seconds; 0 = no limit. Above it a call waits up to 10 s, then it is refused.
     */
    max_tool_calls_per_minute?: number;
    /**
     * Input and output tokens in any 3,600 seconds; 0 = no limit.
     */
    max_llm_tokens_per_hour?: number;
    /**
     * Bytes of network tools in any 3,600 seconds, both directions; 0 = no limit.
     */
    max_network_bytes_per_hour?: number;
    /**
     * Money in any 3,600 seconds, in USD; 0 = no limit.
     */
    max_cost_per_hour_usd?: number;
    /**
     * Money in a calendar day of the budget's time zone, in USD; 0 = no limit.
     */
    max_cost_per_day_usd?: number;
    /**
     * Money in a calendar month of the budget's time zone, in USD; 0 = no limit.
     */
    max_cost_per_month_usd?: number;
    /**
     * Money of one run with its children, in USD; 0 = no limit.
     */
    max_cost_per_run_usd?: number;
    /**
     * Tool calls side by side inside one run.
     */
    max_concurrent_tools?: number;
    /**
     * Model calls in one run.
     */
    max_iterations?: number;
    /**
     * Tool calls in one run.
     */
    max_tool_calls_per_run?: number;
    /**
     * Wall time of a run in seconds; waiting for approval or a retry is not counted.
     */
    max_run_secs?: number;
    /**
     * Persistent processes.
     */
    max_processes?: number;
    /**
     * Live agents spawned by this one.
     */
    max_children?: number;
    /**
     * Sum of file sizes in its own workspace; 0 = no limit.
     */
    max_workspace_bytes?: number;
};
/**
 * Choice of the model by the estimated size of the task.
 */
export type ManifestRouting = {
    /**
     * Model for scores below `simple_threshold`; null = the agent's own.
     */
    simple_model?: string | null;
    /**
     * Model for scores between the thresholds; null = the agent's own.
     */
    medium_model?: string | null;
    /**
     * Model for scores from `complex_threshold` on; null = the agent's own.
     */
    complex_model?: string | null;
    /**
     * Upper end of simple tasks; below `complex_threshold`.
     */
    simple_threshold?: number;
    /**
     * Lower end of complex tasks.
     */
    complex_threshold?: number;
};
/**
 * Where programs run.
 */
export type Sandbox = 'none' | 'docker';
/**
 * How programs may be executed.
 */
export type ExecMode = 'deny' | 'allowlist' | 'full';
/**
 * What an agent changes in the server's exec policy. A policy wider than the server's needs `system:write`.
 */
export type ExecPolicyOverrides = {
    mode?: ExecMode | null;
    /**
     * Programs that run unasked under argument rules.
     */
    safe_bins?: Array<string> | null;
    /**
     * Programs that run unasked: base names, exact absolute paths or `./dir*`.
     */
    allowed_commands?: Array<string> | null;
    /**
     * Programs that are refused in every mode.
     */
    denied_commands?: Array<string> | null;
    /**
     * Time limit in seconds when the model gives none.
     */
    timeout_secs?: number | null;
    /**
     * Largest time limit the model may ask for, in seconds; at least `timeout_secs`.
     */
    max_timeout_secs?: number | null;
    /**
     * Silence in seconds after which a program is ended; 0 = off.
     */
    no_output_timeout_secs?: number | null;
    /**
     * Bytes of each output stream shown inline.
     */
    max_output_bytes?: number | null;
    /**
     * Environment variables passed on, by name; `*` passes all whose name does not look secret.
     */
    shell_env_passthrough?: Array<string> | null;
    sandbox?: Sandbox | null;
};
/**
 * Read only, or read and write.
 */
export type RootMode = 'r' | 'rw';
/**
 * A folder besides the workspace.
 */
export type NamedWorkspace = {
    /**
     * The folder, absolute or below `<home>/workspaces`.
     */
    path: string;
    /**
     * Whether files may be changed there.
     */
    mode?: RootMode;
};
/**
 * Order between waiting runs.
 */
export type Priority = 'low' | 'normal' | 'high' | 'critical';
/**
 * What the agent may do with its tools: nothing, only look, or all it is granted.
 */
export type AgentMode = 'observe' | 'assist' | 'full';
/**
 * What an agent is: model, prompt, tools, limits. Only `name` is required; `null` means the same as leaving a key out.
 */
export type AgentManifest = {
    /**
     * Address of the agent and, with other characters replaced by `-`, the default name of its folder. Unique among live agents without regard to case; not of the form of a UUID.
     */
    name: string;
    /**
     * Version of this manifest (semantic versioning 2), shown on cards.
     */
    version?: string;
    /**
     * What the agent is for, shown to people and to other agents that look for one.
     */
    description?: string;
    /**
     * Who wrote the manifest.
     */
    author?: string;
    /**
     * Whether `context.md` of the workspace is read once per session instead of at each run.
     */
    cache_context?: boolean;
    /**
     * Channels that may reach the agent, `kind` or `kind:account`; null = all that are bound to it, `[]` = none.
     */
    channels?: Array<string> | null;
    /**
     * Whether the persona documents are created when they are missing.
     */
    generate_identity_files?: boolean;
    /**
     * Runs of this agent at the same time, over all its sessions.
     */
    max_concurrent_runs?: number;
    /**
     * Messages kept word for word before older ones are summarised (4 to 2,000); null = only the token count decides.
     */
    max_history_messages?: number | null;
    /**
     * MCP servers the agent may use, names or globs: `[]` and `["*"]` = all, `["!*"]` = none. Their tools need a tool grant.
     */
    mcp_servers?: Array<string>;
    /**
     * First value of the agent's mode; later it is changed through the API.
     */
    mode?: AgentMode;
    /**
     * What executes a run: `builtin:chat`, `wasm:<path>` or `python:<path>`, the path below `<home>/modules`.
     */
    module?: string;
    /**
     * Model used instead of routing while the agent is stable or the server runs in stable mode.
     */
    pinned_model?: string | null;
    /**
     * Order between waiting runs of different sessions.
     */
    priority?: Priority;
    profile?: Profile | null;
    /**
     * Skills the agent may see, names or globs: `[]` and `["*"]` = all, `["!*"]` = none. Their tools need a tool grant.
     */
    skills?: Array<string>;
    /**
     * Whether the agent runs as soon as it exists; false leaves it in state Created.
     */
    start?: boolean;
    /**
     * Words for searching (64 characters each); no tag changes a permission.
     */
    tags?: Array<string>;
    /**
     * Narrows the granted tools to these names or globs; empty = no narrowing.
     */
    tool_allowlist?: Array<string>;
    /**
     * Names or globs of tools that are removed last; wins over everything.
     */
    tool_blocklist?: Array<string>;
    /**
     * Folder that file and exec tools see, absolute or below `<home>/workspaces`; null = a folder made of the name.
     */
    workspace?: string | null;
    /**
     * Free data that is carried and returned, never interpreted (64 KiB, 16 levels).
     */
    metadata?: {
        [key: string]: unknown;
    };
    /**
     * Further folders by name (8 at most), addressed as `@name/rest`.
     */
    workspaces?: {
        [key: string]: NamedWorkspace;
    };
    exec_policy?: ExecPolicyOverrides | null;
    /**
     * The language model and how it is asked.
     */
    model?: ManifestModel;
    /**
     * Models tried in order when the first one fails; null = the server's chain, `[]` = none.
     */
    fallback_models?: Array<FallbackModel> | null;
    routing?: ManifestRouting | null;
    /**
     * Limits.
     */
    resources?: AgentResources;
    autonomous?: AutonomousSettings | null;
    /**
     * Which messages share one history.
     */
    session?: SessionSettings;
    /**
     * When and how older messages are summarised.
     */
    compaction?: CompactionSettings;
    /**
     * Extended reasoning where the model has it.
     */
    thinking?: ThinkingSettings;
    /**
     * Calls that must or need not be approved by a person.
     */
    approval?: ApprovalSettings;
    /**
     * Settings of single tools by name (200 at most).
     */
    tools?: {
        [key: string]: ToolSettings;
    };
    /**
     * What the agent may do.
     */
    capabilities?: Capabilities;
    /**
     * How the agent looks; never a permission.
     */
    identity?: AgentIdentity;
    /**
     * When the agent starts by itself.
     */
    schedule?: ManifestSchedule;
};
/**
 * How to suspend.
 */
export type SuspendAgent = {
    /**
     * False: a running run finishes its current step and is parked until the agent starts again.
     */
    cancel_runs?: boolean;
};
/**
 * Where commands can be typed.
 */
export type Surface = 'web' | 'cli' | 'channel' | 'all';
/**
 * Why a run ended.
 */
export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'max_iterations' | 'max_tool_calls' | 'silent' | 'cancelled' | 'loop_detected' | 'invalid_output' | 'expired' | 'client_tool' | 'error';
/**
 * Which work to stop.
 */
export type StopAgent = {
    session_id?: Id | null;
};
/**
 * What a step did.
 */
export type StepKind = 'model_call' | 'tool_call' | 'approval' | 'compaction';
/**
 * The text of a failed attempt does not count: drop all deltas with a higher event id.
 */
export type StepDiscarded = {
    /**
     * Tells the kinds apart.
     */
    type: 'step_discarded';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * Deltas with a higher id are void.
     */
    discards_after: number;
    /**
     * True for the last event only.
     */
    done: boolean;
};
/**
 * The server and what it works with.
 */
export type Status = {
    /**
     * Whether it takes new work.
     */
    status: ServerStatus;
    /**
     * Version of the program.
     */
    version: string;
    /**
     * Agents that are not terminated.
     */
    agent_count: number;
    /**
     * Provider of the default model.
     */
    default_provider: string;
    /**
     * Same as `default_provider`.
     */
    provider: string;
    /**
     * What agents use that name no model.
     */
    default_model: string;
    /**
     * Same as `default_model`.
     */
    model: string;
    /**
     * Seconds since the start.
     */
    uptime_seconds: number;
    /**
     * Same as `uptime_seconds`.
     */
    uptime_secs: number;
    /**
     * Address it listens at.
     */
    api_listen: string;
    /**
     * Home folder.
     */
    home_dir: string;
    /**
     * Folder of the database and its keys.
     */
    data_dir: string;
    /**
     * Level or filter of the log.
     */
    log_level: string;
    /**
     * Whether this server talks to other servers; not part of this version.
     */
    network_enabled: boolean;
    /**
     * Newest activity first, at most 500.
     */
    agents: Array<AgentStatus>;
    /**
     * There are more agents than are listed.
     */
    agents_truncated: boolean;
    /**
     * Whether a model provider is set up.
     */
    llm: LlmStatus;
    /**
     * Runs under way, on all servers of this database.
     */
    runs_active: number;
    /**
     * Sessions that get their owner's next message.
     */
    sessions_active: number;
    /**
     * This process.
     */
    replica: string;
    /**
     * When it was started.
     */
    started_at: Ts;
};
/**
 * Whether a model provider is set up.
 */
export type LlmStatus = {
    /**
     * The default model is ready and not the built-in one.
     */
    configured: boolean;
    /**
     * The default model with its provider in front.
     */
    default: string;
    /**
     * What to do to get a model; empty when one is configured.
     */
    how: Array<string>;
};
/**
 * Life of an agent.
 */
export type AgentState = 'Created' | 'Running' | 'Suspended' | 'Terminated' | 'Crashed';
/**
 * An agent in brief.
 */
export type AgentStatus = {
    /**
     * The agent.
     */
    id: Id;
    /**
     * Its name.
     */
    name: string;
    /**
     * Where it stands in its life.
     */
    state: AgentState;
    /**
     * What it may do with its tools.
     */
    mode: AgentMode;
    /**
     * When it was made.
     */
    created_at: Ts;
    /**
     * Provider that the next run will use.
     */
    model_provider: string;
    /**
     * Model that the next run will use.
     */
    model_name: string;
    profile?: Profile | null;
};
/**
 * Whether the server takes new work.
 */
export type ServerStatus = 'running' | 'draining';
/**
 * A slash command.
 */
export type SlashCommand = {
    /**
     * Without the slash.
     */
    name: string;
    /**
     * Other names.
     */
    aliases: Array<string>;
    /**
     * What it does.
     */
    description: string;
    /**
     * What it is about.
     */
    category: CommandCategory;
    /**
     * It is about the agent that one speaks to.
     */
    requires_agent: boolean;
    /**
     * Where it can be typed.
     */
    surfaces: Array<Surface>;
};
/**
 * What a command is about.
 */
export type CommandCategory = 'general' | 'session' | 'model';
/**
 * A signed manifest: the envelope, or a string that holds it as JSON.
 */
export type SignedManifestInput = string | SignedEnvelope;
/**
 * Bytes as hexadecimal, base64 or a list of integers.
 */
export type ByteText = string | Array<number>;
/**
 * An Ed25519 envelope around the exact text of a manifest.
 */
export type SignedEnvelope = {
    /**
     * The exact text, TOML or JSON.
     */
    manifest: string;
    /**
     * Lower-case hexadecimal SHA-256 of the text.
     */
    content_hash: string;
    /**
     * 64 bytes, over the 64 ASCII characters of `content_hash`.
     */
    signature: ByteText;
    /**
     * 32 bytes.
     */
    signer_public_key: ByteText;
    /**
     * How the signer names itself.
     */
    signer_id: string;
};
/**
 * State of a signature.
 */
export type SignatureStatus = 'none' | 'trusted' | 'untrusted';
/**
 * The server is about to stop.
 */
export type ShuttingDown = {
    /**
     * Always `shutting_down`.
     */
    status: string;
    /**
     * How long running steps may go on.
     */
    drain_secs: number;
    /**
     * Runs that are handed over if they do not end in time.
     */
    runs_active: number;
};
/**
 * Which servers stop.
 */
export type ShutdownScope = 'replica' | 'cluster';
/**
 * How to stop.
 */
export type ShutdownOptions = {
    /**
     * How long running steps may go on.
     */
    drain_secs?: number;
    scope?: ShutdownScope;
    /**
     * For the log.
     */
    reason?: string | null;
};
/**
 * Label of a session.
 */
export type SetSessionLabel = {
    /**
     * Unique per agent: 1 to 128 letters, digits, spaces, `-`, `_`. Null or an empty text removes it.
     */
    label: string | null;
};
/**
 * New tool filters; at least one, an absent one stays.
 */
export type SetAgentTools = {
    /**
     * Names or globs; `[]` = no narrowing.
     */
    tool_allowlist?: Array<string> | null;
    /**
     * Names or globs; wins over everything.
     */
    tool_blocklist?: Array<string> | null;
};
/**
 * A model to switch to.
 */
export type SetAgentModel = {
    /**
     * Id, alias or `provider/id`; `default` goes back to the server's default.
     */
    model: string;
    /**
     * Look the model up at this provider only.
     */
    provider?: string | null;
};
/**
 * A mode, by one of five words in any case.
 */
export type SetAgentMode = {
    /**
     * `observe` (no tools), `assist` (only looking), `full` (all granted tools); or `stable` (pins the model, the mode stays)
     * or `normal` (full and not stable).
     */
    mode: string;
};
/**
 * The new text of a persona document.
 */
export type SetAgentFile = {
    /**
     * Up to 32,768 bytes; more is 413.
     */
    content: string;
};
/**
 * The session that its owner's messages go to now.
 */
export type SessionSwitched = {
    /**
     * What was done.
     */
    status: string;
    /**
     * The same as a sentence.
     */
    message: string;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * The session.
     */
    session_id: Id;
    previous_session_id?: Id | null;
    /**
     * The session.
     */
    session: Session;
};
/**
 * What kind of conversation it is.
 */
export type SessionKind = 'main' | 'channel' | 'openai' | 'hook' | 'schedule' | 'a2a' | 'workflow' | 'agent' | 'trigger' | 'mcp';
/**
 * One conversation with an agent.
 */
export type Session = {
    /**
     * Its identifier.
     */
    id: Id;
    /**
     * Same as `id`.
     */
    session_id: Id;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Name of the agent.
     */
    agent_name: string;
    /**
     * Name given by a person.
     */
    label?: string | null;
    /**
     * Its owner's next message goes here.
     */
    active: boolean;
    /**
     * What kind of conversation it is.
     */
    kind: SessionKind;
    /**
     * Channel conversation or sender it belongs to.
     */
    conversation?: string | null;
    /**
     * Messages that the folded view shows.
     */
    message_count: number;
    /**
     * Estimate of what the next call of the model would send.
     */
    context_window_tokens: number;
    /**
     * Of all its model calls.
     */
    usage: Usage;
    /**
     * When it was made.
     */
    created_at: Ts;
    /**
     * When it was last changed.
     */
    updated_at: Ts;
    /**
     * When something was last said.
     */
    last_active: Ts;
};
/**
 * A fresh session took the place of another.
 */
export type SessionReset = {
    /**
     * What was done.
     */
    status: string;
    /**
     * The same as a sentence.
     */
    message: string;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * The one that is active now.
     */
    new_session_id: Id;
    /**
     * Same as `new_session_id`.
     */
    session_id: Id;
    /**
     * The one that was active before.
     */
    old_session_id: Id;
    /**
     * The old one was erased.
     */
    deleted: boolean;
};
/**
 * A page of sessions.
 */
export type SessionList = {
    /**
     * The sessions.
     */
    sessions: Array<Session>;
    /**
     * All sessions that match.
     */
    total: number;
    /**
     * Begins the next page; null on the last one.
     */
    next_cursor?: string | null;
};
/**
 * The label of a session now.
 */
export type SessionLabelSet = {
    /**
     * What was done.
     */
    status: string;
    /**
     * The session.
     */
    session_id: Id;
    /**
     * Same as `session_id`.
     */
    id: Id;
    /**
     * The label now; null when there is none.
     */
    label?: string | null;
};
/**
 * A session was erased.
 */
export type SessionDeleted = {
    /**
     * What was done.
     */
    status: string;
    /**
     * The session.
     */
    session_id: Id;
    /**
     * Same as `session_id`.
     */
    id: Id;
    /**
     * The agent.
     */
    agent_id: Id;
    new_session_id?: Id | null;
};
/**
 * How full the model's context window is.
 */
export type Pressure = 'low' | 'medium' | 'high' | 'critical';
/**
 * Stable word for a kind of failure.
 */
export type ErrorCode = 'unauthorized' | 'insufficient_scope' | 'origin_not_allowed' | 'not_found' | 'method_not_allowed' | 'rate_limited' | 'request_timeout' | 'internal_error' | 'unavailable' | 'draining' | 'invalid_json' | 'invalid_request' | 'invalid_id' | 'invalid_cursor' | 'payload_too_large' | 'unsupported_media_type' | 'invalid_idempotency_key' | 'idempotency_key_reused' | 'idempotency_in_progress' | 'conflict' | 'invalid_credentials' | 'auth_not_enabled' | 'login_locked' | 'key_not_found' | 'key_name_taken' | 'key_revoked' | 'last_admin_key' | 'unknown_scope' | 'agent_not_found' | 'agent_not_running' | 'duplicate_name' | 'illegal_transition' | 'invalid_manifest' | 'manifest_too_large' | 'manifest_mismatch' | 'signature_invalid' | 'unsigned' | 'signer_not_trusted' | 'invalid_filename' | 'file_not_found' | 'template_not_found' | 'invalid_template_name' | 'invalid_template' | 'session_not_found' | 'session_label_taken' | 'run_not_found' | 'run_timeout' | 'run_expired' | 'unknown_attachment' | 'context_overflow' | 'call_cycle' | 'queue_full' | 'upgrade_required' | 'too_many_connections' | 'unknown_frame' | 'unknown_command' | 'idle_timeout' | 'interrupted' | 'module_error' | 'invalid_output' | 'provider_not_configured' | 'model_disabled' | 'quota_exceeded' | 'budget_exceeded' | 'upstream_error' | 'upstream_auth_failed' | 'upstream_rate_limited' | 'upstream_timeout' | 'upstream_model_not_found' | 'upstream_refused';
/**
 * Where a run stands.
 */
export type RunStatus = 'queued' | 'running' | 'waiting_approval' | 'completed' | 'failed' | 'cancelled';
/**
 * Whether a provider has the credential it needs.
 */
export type AuthStatus = 'configured' | 'missing' | 'not_required' | 'unknown';
/**
 * An agent as a row of a list.
 */
export type AgentSummary = {
    /**
     * Its id, for good.
     */
    id: Id;
    /**
     * Unique among live agents, without regard to case.
     */
    name: string;
    /**
     * What it is for.
     */
    description: string;
    /**
     * Where it stands in its life.
     */
    state: AgentState;
    /**
     * What it may do with its tools.
     */
    mode: AgentMode;
    /**
     * Model and skills are pinned.
     */
    stable: boolean;
    profile?: Profile | null;
    /**
     * Words for searching.
     */
    tags: Array<string>;
    /**
     * Provider that the next run will use, with `default` resolved; `default` when no provider has the model.
     */
    model_provider: string;
    /**
     * Model that the next run will use, with `default` resolved.
     */
    model_name: string;
    /**
     * Class of that model.
     */
    model_tier: TierWord;
    /**
     * Whether the provider has the credential it needs.
     */
    auth_status: AuthStatus;
    /**
     * It runs, and its provider lacks no credential.
     */
    ready: boolean;
    /**
     * At least one run is under way.
     */
    is_inferencing: boolean;
    /**
     * Runs under way, waiting ones included.
     */
    active_runs: number;
    /**
     * Runs that wait for a place.
     */
    queued_runs: number;
    session_id?: Id | null;
    parent_id?: Id | null;
    /**
     * How it looks.
     */
    identity: AgentIdentity;
    /**
     * When it was made.
     */
    created_at: Ts;
    /**
     * When settings or state changed last.
     */
    updated_at: Ts;
    /**
     * When a run ended last.
     */
    last_active: Ts;
};
/**
 * A message to an agent. Unknown members are ignored.
 */
export type SendMessage = {
    /**
     * 1 to 65,536 bytes after trimming; longer ones are 413. Also read as `content`.
     */
    message: string;
    /**
     * Ids of uploaded files.
     */
    attachments?: Array<AttachmentRef>;
    /**
     * The person who speaks, when the caller speaks for several; each has a session of their own.
     */
    sender_id?: string | null;
    /**
     * Name of that person.
     */
    sender_name?: string | null;
    /**
     * Stored with message and run, at most 16 KiB. `sender` and `sender_name` in it fill the two members above.
     */
    metadata?: {
        [key: string]: unknown;
    };
    session_id?: Id | null;
    /**
     * For this run only.
     */
    model?: string | null;
    /**
     * For this run only.
     */
    provider?: string | null;
    thinking?: ThinkingWish | null;
    /**
     * Answers of the model at most, for this run only.
     */
    max_iterations?: number | null;
    /**
     * How long `send_message` waits before it answers 202.
     */
    wait_secs?: number;
};
/**
 * An uploaded file. Name and type as stored count, not those sent here.
 */
export type AttachmentFile = {
    /**
     * The uploaded file.
     */
    file_id: Id;
};
/**
 * An uploaded file, by its id or as an object that holds it.
 */
export type AttachmentRef = Id | AttachmentFile;
/**
 * Which of all skills or MCP servers.
 */
export type SelectionMode = 'all' | 'allowlist' | 'none';
/**
 * A scope.
 */
export type ScopeInfo = {
    /**
     * `<area>:read` or `<area>:write`.
     */
    name: string;
    /**
     * What it allows.
     */
    description: string;
};
/**
 * Something worth knowing that does not end the run.
 */
export type RunWarning = {
    /**
     * Tells the kinds apart.
     */
    type: 'warning';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * Stable word to branch on.
     */
    code: string;
    /**
     * A sentence for people.
     */
    message: string;
    /**
     * True for the last event only.
     */
    done: boolean;
};
/**
 * Where a step stands.
 */
export type RunStepStatus = 'pending' | 'running' | 'completed' | 'failed' | 'interrupted' | 'denied' | 'cancelled';
/**
 * A page of steps.
 */
export type RunStepList = {
    /**
     * The steps, in order.
     */
    steps: Array<RunStep>;
    /**
     * All steps that match.
     */
    total: number;
    /**
     * Begins the next page; null on the last one.
     */
    next_cursor?: string | null;
};
/**
 * A model call, a tool call, an approval or a compaction.
 */
export type RunStep = {
    /**
     * Its identifier.
     */
    id: Id;
    /**
     * The run.
     */
    run_id: Id;
    /**
     * 1, 2, … in the run.
     */
    seq: number;
    /**
     * What was done.
     */
    kind: StepKind;
    /**
     * Where it stands.
     */
    status: RunStepStatus;
    /**
     * Model or tool.
     */
    name: string;
    /**
     * Id that the model gave the call.
     */
    tool_use_id?: string | null;
    approval_id?: Id | null;
    /**
     * Arguments of a tool call, purpose of a model call.
     */
    input: unknown;
    /**
     * Result of a tool call, answer of a model call.
     */
    output: unknown;
    /**
     * `input` or `output` was cut to 256 KiB.
     */
    truncated: boolean;
    /**
     * Why it went wrong.
     */
    error?: string | null;
    /**
     * It may have changed something outside.
     */
    side_effects: boolean;
    usage?: Usage | null;
    started_at?: Ts | null;
    finished_at?: Ts | null;
    /**
     * How long it took, in milliseconds.
     */
    duration_ms?: number | null;
};
/**
 * A model call failed and is tried again.
 */
export type RunRetry = {
    /**
     * Tells the kinds apart.
     */
    type: 'retry';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * The try that failed, from 1.
     */
    attempt: number;
    /**
     * Pause before the next try, in milliseconds.
     */
    delay_ms: number;
    /**
     * Why it failed.
     */
    code: ErrorCode;
    /**
     * Set when another model is asked next, as `provider/model`.
     */
    next_model?: string | null;
    /**
     * True for the last event only.
     */
    done: boolean;
};
/**
 * A page of runs.
 */
export type RunList = {
    /**
     * The runs.
     */
    runs: Array<Run>;
    /**
     * All runs that match.
     */
    total: number;
    /**
     * Begins the next page; null on the last one.
     */
    next_cursor?: string | null;
};
/**
 * How the caller came in.
 */
export type CallerKind = 'api_key' | 'config_key' | 'login' | 'open' | 'hook' | 'channel' | 'schedule' | 'trigger' | 'workflow' | 'agent' | 'system';
/**
 * Who started a run.
 */
export type RunCallerInfo = {
    /**
     * How the caller came in.
     */
    kind: CallerKind;
    /**
     * Of the API key or login.
     */
    id?: string | null;
    /**
     * Of the API key or login.
     */
    name?: string | null;
};
/**
 * Why a run failed.
 */
export type RunError = {
    /**
     * Stable word to branch on.
     */
    code: ErrorCode;
    /**
     * A sentence for people.
     */
    message: string;
    /**
     * The same message may succeed later.
     */
    retryable: boolean;
    /**
     * The provider it is about.
     */
    provider?: string | null;
    /**
     * When to try again.
     */
    retry_after_secs?: number | null;
};
/**
 * Where a run came in.
 */
export type Door = 'api' | 'stream' | 'websocket' | 'openai' | 'hook' | 'mcp' | 'a2a' | 'channel' | 'schedule' | 'trigger' | 'workflow' | 'agent' | 'hand' | 'tool' | 'compaction';
/**
 * One turn of an agent, from an accepted message to its end.
 */
export type Run = {
    /**
     * Its identifier.
     */
    id: Id;
    /**
     * Same as `id`.
     */
    run_id: Id;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Name of the agent.
     */
    agent_name: string;
    /**
     * The session.
     */
    session_id: Id;
    /**
     * Where it came in.
     */
    door: Door;
    /**
     * Where it stands.
     */
    status: RunStatus;
    stop_reason?: StopReason | null;
    error?: RunError | null;
    /**
     * First 4,096 characters of the message; 256 in lists.
     */
    input: string;
    /**
     * The answer; null while it runs. 256 characters in lists.
     */
    response?: string | null;
    /**
     * The agent chose not to answer.
     */
    silent: boolean;
    /**
     * Provider of the model that answers; null before the start.
     */
    model_provider?: string | null;
    /**
     * Model that answered; null before the start.
     */
    model_name?: string | null;
    /**
     * Answers of the model so far.
     */
    iterations: number;
    /**
     * Of all its model calls.
     */
    usage: Usage;
    /**
     * 1; one more each time another worker took it over.
     */
    attempt: number;
    parent_run_id?: Id | null;
    /**
     * Who started it.
     */
    caller: RunCallerInfo;
    /**
     * Queued runs ahead of it in its session, 0 = next; null when it is not queued.
     */
    queue_position?: number | null;
    /**
     * Somebody asked for its end.
     */
    cancel_requested: boolean;
    /**
     * Why somebody asked for its end.
     */
    cancel_reason?: string | null;
    /**
     * Id of its newest stored event.
     */
    last_event_id: number;
    /**
     * As sent with the message.
     */
    metadata: {
        [key: string]: unknown;
    };
    /**
     * When it was accepted.
     */
    queued_at: Ts;
    started_at?: Ts | null;
    finished_at?: Ts | null;
    /**
     * From start to end; null before the end, or without a start.
     */
    duration_ms?: number | null;
};
/**
 * The run failed; the stream ends.
 */
export type RunFailed = {
    /**
     * Tells the kinds apart.
     */
    type: 'error';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * Always true.
     */
    done: boolean;
    /**
     * A sentence for people.
     */
    error: string;
    /**
     * Stable word to branch on.
     */
    code: ErrorCode;
    /**
     * Of the request that opened the stream.
     */
    request_id: Id;
    /**
     * The same message may succeed later.
     */
    retryable: boolean;
    /**
     * The session.
     */
    session_id: Id;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Totals of the run.
     */
    usage: Usage;
    /**
     * Text of the answer was sent before.
     */
    partial: boolean;
};
/**
 * Something that happened in a run. The last event of a run is `done` or `error`, exactly once.
 */
export type RunEvent = ({
    type: 'text_delta';
} & TextDelta) | ({
    type: 'thinking_delta';
} & ThinkingDelta) | ({
    type: 'tool_use';
} & ToolUse) | ({
    type: 'tool_result';
} & ToolResult) | ({
    type: 'step_discarded';
} & StepDiscarded) | ({
    type: 'retry';
} & RunRetry) | ({
    type: 'warning';
} & RunWarning) | ({
    type: 'done';
} & RunDone) | ({
    type: 'error';
} & RunFailed);
/**
 * The run completed or was cancelled; the stream ends.
 */
export type RunDone = {
    /**
     * Tells the kinds apart.
     */
    type: 'done';
    /**
     * The run.
     */
    run_id: Id;
    /**
     * Always true.
     */
    done: boolean;
    /**
     * `completed` or `cancelled`.
     */
    status: RunStatus;
    /**
     * The whole answer.
     */
    response: string;
    message_id?: Id | null;
    /**
     * The session.
     */
    session_id: Id;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Why it ended.
     */
    stop_reason: StopReason;
    /**
     * The agent chose not to answer.
     */
    silent: boolean;
    /**
     * Answers of the model.
     */
    iterations: number;
    /**
     * Tokens sent to models.
     */
    input_tokens: number;
    /**
     * Tokens written by models.
     */
    output_tokens: number;
    /**
     * In US dollars; null before the first model call.
     */
    cost_usd?: number | null;
    /**
     * Totals of the run.
     */
    usage: Usage;
    /**
     * Provider of the model that answered; null before the start.
     */
    model_provider?: string | null;
    /**
     * Model that answered; null before the start.
     */
    model_name?: string | null;
    /**
     * Things worth knowing, as sentences.
     */
    warnings: Array<string>;
};
/**
 * How to rotate a key.
 */
export type RotateApiKey = {
    /**
     * How long the old secret still works.
     */
    grace_secs?: number;
};
/**
 * All roles and scopes.
 */
export type RoleList = {
    /**
     * From the weakest to the strongest.
     */
    roles: Array<RoleInfo>;
    /**
     * By area.
     */
    scopes: Array<ScopeInfo>;
    /**
     * Number of roles.
     */
    total: number;
    /**
     * Always null: there is one page.
     */
    next_cursor?: string | null;
};
/**
 * A role and what it may do.
 */
export type RoleInfo = {
    name: Role;
    /**
     * What it may do, sorted.
     */
    scopes: Array<string>;
};
/**
 * How to start over.
 */
export type ResetSession = {
    /**
     * Erase the old session.
     */
    delete_old?: boolean;
    session_id?: Id | null;
};
/**
 * A running server.
 */
export type Replica = {
    id: Id;
    /**
     * Version of its binary.
     */
    version: string;
    started_at: Ts;
    last_seen: Ts;
    /**
     * Where it listens.
     */
    address?: string | null;
};
/**
 * A new manifest, or the documented fields.
 */
export type ReplaceAgent = {
    /**
     * The manifest as TOML, up to 1 MiB.
     */
    manifest_toml?: string | null;
    manifest?: AgentManifest | null;
    signed_manifest?: SignedManifestInput | null;
    /**
     * New name; the workspace does not move.
     */
    name?: string | null;
    /**
     * What the agent is for.
     */
    description?: string | null;
    /**
     * Instructions; null = made of name and description.
     */
    system_prompt?: string | null;
    /**
     * Id, alias or `provider/id`.
     */
    model?: string | null;
    /**
     * Look the model up at this provider only; null = wherever it is found.
     */
    provider?: string | null;
    /**
     * Words for searching.
     */
    tags?: Array<string> | null;
    /**
     * Treat warnings as errors, but for implied grants and missing providers.
     */
    strict?: boolean;
};
/**
 * Reasoning that the provider keeps to itself.
 */
export type RedactedThinkingBlock = {
    /**
     * Tells the kinds apart.
     */
    type: 'redacted_thinking';
};
/**
 * Runs that wait or work.
 */
export type Queue = {
    /**
     * Runs that wait for a worker.
     */
    pending: number;
    /**
     * Runs that have a worker.
     */
    running: number;
    /**
     * How long the oldest of them has waited.
     */
    oldest_pending_secs: number;
};
/**
 * All profiles.
 */
export type ProfileList = {
    /**
     * From the narrowest to the widest.
     */
    profiles: Array<ToolProfile>;
    /**
     * Number of profiles.
     */
    total: number;
    /**
     * Always null: the list has one page.
     */
    next_cursor?: string | null;
};
/**
 * Who chose the model.
 */
export type ModelSource = 'manifest' | 'default' | 'tier' | 'pinned' | 'builtin';
/**
 * Who wrote a message.
 */
export type MessageRole = 'User' | 'Assistant' | 'System' | 'Tool';
/**
 * The answer to a message.
 */
export type MessageReply = {
    /**
     * All the text of the run; empty when the agent chose not to answer.
     */
    response: string;
    /**
     * The run.
     */
    run_id: Id;
    /**
     * The session.
     */
    session_id: Id;
    /**
     * The agent.
     */
    agent_id: Id;
    message_id?: Id | null;
    /**
     * Tokens sent to models.
     */
    input_tokens: number;
    /**
     * Tokens written by models.
     */
    output_tokens: number;
    /**
     * Answers of the model.
     */
    iterations: number;
    /**
     * In US dollars; null before the first model call.
     */
    cost_usd?: number | null;
    /**
     * Totals of the run.
     */
    usage: Usage;
    /**
     * Why it ended.
     */
    stop_reason: StopReason;
    /**
     * The agent chose not to answer.
     */
    silent: boolean;
    /**
     * Null when the run was cancelled before it started.
     */
    model_provider?: string | null;
    /**
     * Model that answered; null before the start.
     */
    model_name?: string | null;
    /**
     * Set when another than the first model answered.
     */
    fallback_model?: string | null;
    /**
     * Calls of the run, with their results.
     */
    tool_calls: Array<ToolCallView>;
    /**
     * Things worth knowing, as sentences.
     */
    warnings: Array<string>;
    /**
     * How long it took, in milliseconds.
     */
    duration_ms: number;
};
/**
 * A page of stored messages.
 */
export type MessageList = {
    /**
     * The messages, in order.
     */
    messages: Array<Message>;
    /**
     * All messages that match.
     */
    total: number;
    /**
     * Begins the next page; null on the last one.
     */
    next_cursor?: string | null;
};
/**
 * A remark on a stored message.
 */
export type MessageFlag = 'truncated' | 'silent' | 'continued' | 'degraded';
/**
 * What a message is.
 */
export type MessageKind = 'message' | 'summary' | 'note';
/**
 * A recording.
 */
export type AudioBlock = {
    /**
     * Tells the kinds apart.
     */
    type: 'audio';
    /**
     * The uploaded file.
     */
    file_id: Id;
    /**
     * Type of the file.
     */
    media_type: string;
};
/**
 * A document.
 */
export type FileBlock = {
    /**
     * Tells the kinds apart.
     */
    type: 'file';
    /**
     * The uploaded file.
     */
    file_id: Id;
    /**
     * Name of the file.
     */
    filename: string;
    /**
     * Type of the file.
     */
    media_type: string;
};
/**
 * A picture.
 */
export type ImageBlock = {
    /**
     * Tells the kinds apart.
     */
    type: 'image';
    /**
     * The uploaded file.
     */
    file_id: Id;
    /**
     * Type of the file.
     */
    media_type: string;
};
/**
 * A part of a message.
 */
export type ContentBlock = ({
    type: 'text';
} & TextBlock) | ({
    type: 'image';
} & ImageBlock) | ({
    type: 'file';
} & FileBlock) | ({
    type: 'audio';
} & AudioBlock) | ({
    type: 'tool_use';
} & ToolUseBlock) | ({
    type: 'tool_result';
} & ToolResultBlock) | ({
    type: 'thinking';
} & ThinkingBlock) | ({
    type: 'redacted_thinking';
} & RedactedThinkingBlock);
/**
 * A message of a session.
 */
export type Message = {
    /**
     * Its identifier.
     */
    id: Id;
    /**
     * The session.
     */
    session_id: Id;
    /**
     * 1, 2, … in the session.
     */
    seq: number;
    run_id?: Id | null;
    /**
     * Who wrote it.
     */
    role: MessageRole;
    /**
     * All text joined by line breaks; `[Image]` stands for a picture.
     */
    content: string;
    /**
     * The parts as they are stored; only in `list_session_messages`.
     */
    blocks?: Array<ContentBlock> | null;
    /**
     * Calls of an assistant message, with their results; not in `list_session_messages`.
     */
    tools?: Array<ToolCallView> | null;
    /**
     * What it is.
     */
    kind: MessageKind;
    /**
     * Of a summary: the last message that it stands for.
     */
    replaces_up_to_seq?: number | null;
    /**
     * The person who spoke, when the caller speaks for several.
     */
    sender_id?: string | null;
    /**
     * Name of that person.
     */
    sender_name?: string | null;
    /**
     * `provider/model` that wrote it.
     */
    model?: string | null;
    usage?: Usage | null;
    /**
     * Remarks on the message.
     */
    flags: Array<MessageFlag>;
    /**
     * As sent with the message.
     */
    metadata: {
        [key: string]: unknown;
    };
    /**
     * When it was made.
     */
    created_at: Ts;
};
/**
 * Something in the manifest that was accepted but deserves attention.
 */
export type ManifestWarning = {
    /**
     * Kind of warning.
     */
    code: ManifestCode;
    /**
     * Path of the key, such as `model.max_tokens` or `fallback_models[0].model`.
     */
    path: string;
    /**
     * What was noticed, in one sentence.
     */
    message: string;
    /**
     * What was probably meant.
     */
    suggestion?: string | null;
};
/**
 * Kind of a problem or warning.
 */
export type ManifestCode = 'syntax' | 'missing_key' | 'wrong_type' | 'out_of_range' | 'bad_value' | 'unknown_key' | 'deprecated_key' | 'duplicate_name' | 'conflict' | 'ignored_key' | 'unsupported_value' | 'never_matches' | 'no_tools_declared' | 'implied_grant' | 'unknown_tool_name' | 'unknown_skill' | 'unknown_mcp_server' | 'unknown_model' | 'no_provider_configured' | 'model_disabled' | 'workspace_forbidden' | 'capability_escalation' | 'exec_policy_escalation' | 'forbidden_key' | 'unsupported_capability' | 'shared_history' | 'unsigned' | 'signer_not_trusted' | 'signature_invalid' | 'manifest_mismatch';
/**
 * What is known about the signature of an agent's manifest.
 */
export type ManifestSignature = {
    /**
     * Whether there is a signature and whether its key is trusted.
     */
    status: SignatureStatus;
    /**
     * How the signer names itself; proves nothing.
     */
    signer_id?: string | null;
    /**
     * First 16 hexadecimal digits of the SHA-256 of the key.
     */
    key_id?: string | null;
};
/**
 * Name and password.
 */
export type Login = {
    /**
     * The configured user name.
     */
    username: string;
    /**
     * The password itself.
     */
    password: string;
};
/**
 * Outcome without further facts.
 */
export type LoggedOut = {
    /**
     * Always `ok`.
     */
    status: string;
};
/**
 * A login; the cookie `openfang_session` holds the same token.
 */
export type LoggedIn = {
    /**
     * Always `ok`.
     */
    status: string;
    /**
     * Also accepted as `Authorization: Bearer`.
     */
    token: string;
    /**
     * The configured user name.
     */
    username: string;
    role: Role;
    /**
     * Scopes of the role, sorted.
     */
    scopes: Array<string>;
    expires_at: Ts;
};
/**
 * All sessions of an agent were erased.
 */
export type HistoryCleared = {
    /**
     * What was done.
     */
    status: string;
    /**
     * The same as a sentence.
     */
    message: string;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Number of sessions.
     */
    sessions_deleted: number;
    /**
     * The one that is active now.
     */
    new_session_id: Id;
};
/**
 * Whether all is well.
 */
export type HealthStatus = 'ok' | 'degraded';
/**
 * The health in full.
 */
export type HealthDetail = Health & {
    /**
     * Same as `uptime_seconds`.
     */
    uptime_secs: number;
    /**
     * Agents that are not terminated.
     */
    agent_count: number;
    database: DatabaseStatus;
    database_detail: DatabaseDetail;
    /**
     * Unknown or outdated keys of the configuration.
     */
    config_warnings: Array<string>;
    /**
     * What was checked, one entry each.
     */
    checks: Array<Check>;
    /**
     * Servers of this database that are alive.
     */
    replicas: Array<Replica>;
    queue: Queue;
    /**
     * The server is about to stop and takes no new work.
     */
    draining: boolean;
    /**
     * Resident memory of this process.
     */
    memory_bytes: number;
    last_backup_at?: Ts | null;
};
/**
 * Outcome of one check.
 */
export type CheckStatus = 'ok' | 'degraded' | 'failed';
/**
 * What was checked.
 */
export type CheckName = 'database' | 'disk' | 'providers' | 'queue';
/**
 * One check of the health.
 */
export type Check = {
    name: CheckName;
    status: CheckStatus;
    /**
     * What was found, in words.
     */
    message: string;
    since?: Ts | null;
};
/**
 * Kind of database.
 */
export type DatabaseKind = 'sqlite' | 'postgres';
/**
 * The database.
 */
export type DatabaseDetail = {
    kind: DatabaseKind;
    /**
     * Milliseconds of a trivial query, just now.
     */
    latency_ms: number;
    /**
     * Size of the file or database, if it can be told.
     */
    size_bytes?: number | null;
    /**
     * Number of applied migrations.
     */
    schema_version: number;
    /**
     * A write succeeded within the last 15 seconds.
     */
    writable: boolean;
    /**
     * What is wrong with it.
     */
    error?: string | null;
};
/**
 * Whether the database answers.
 */
export type DatabaseStatus = 'connected' | 'error';
/**
 * The little that everybody may know.
 */
export type Health = {
    status: HealthStatus;
    /**
     * Version of the server.
     */
    version: string;
    /**
     * Seconds since the start.
     */
    uptime_seconds: number;
    /**
     * Panics caught since the start.
     */
    panic_count: number;
    /**
     * Servers of this database that died without a word.
     */
    restart_count: number;
};
/**
 * The bytes of a file.
 */
export type FileBytes = Blob | File;
/**
 * A complete exec policy.
 */
export type ExecPolicy = {
    /**
     * How programs may be executed.
     */
    mode?: ExecMode;
    /**
     * Programs that run unasked under argument rules.
     */
    safe_bins?: Array<string>;
    /**
     * Programs that run unasked: base names, exact absolute paths or `./dir*`.
     */
    allowed_commands?: Array<string>;
    /**
     * Programs that are refused in every mode.
     */
    denied_commands?: Array<string>;
    /**
     * Time limit in seconds when the model gives none.
     */
    timeout_secs?: number;
    /**
     * Largest time limit the model may ask for, in seconds.
     */
    max_timeout_secs?: number;
    /**
     * Silence in seconds after which a program is ended; 0 = off.
     */
    no_output_timeout_secs?: number;
    /**
     * Bytes of each output stream shown inline.
     */
    max_output_bytes?: number;
    /**
     * Environment variables passed on, by name.
     */
    shell_env_passthrough?: Array<string>;
    /**
     * Where programs run.
     */
    sandbox?: Sandbox;
};
/**
 * One field of the request, or one fact about the failure.
 */
export type ErrorDetail = {
    /**
     * Path of the member, such as `rate_limit.burst`, or the name of a fact, such as `scope` or `run_id`.
     */
    field: string;
    /**
     * What is wrong with it, or its value.
     */
    message: string;
    /**
     * Kind of problem, where the operation tells several kinds apart (agent manifests).
     */
    code?: string | null;
    /**
     * Line of the text that was sent, from 1.
     */
    line?: number | null;
    /**
     * Column of that line in characters, from 1.
     */
    column?: number | null;
    /**
     * What would be accepted.
     */
    expected?: string | null;
    /**
     * What was found.
     */
    got?: string | null;
    /**
     * What was probably meant.
     */
    suggestion?: string | null;
};
/**
 * Body of every failure.
 */
export type ErrorBody = {
    /**
     * A sentence for people.
     */
    error: string;
    /**
     * Stable word to branch on.
     */
    code: ErrorCode;
    /**
     * Same as the header `X-Request-Id`; the log of the server has the cause under it.
     */
    request_id: Id;
    /**
     * The fields or facts it is about.
     */
    details?: Array<ErrorDetail>;
};
/**
 * What an agent may do and use right now, with remarks.
 */
export type EffectiveView = Effective & {
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * What deserves attention in its manifest.
     */
    warnings: Array<ManifestWarning>;
};
/**
 * What the next run will use, and why.
 */
export type AgentModel = {
    /**
     * Provider id; `default` when no provider has the model.
     */
    provider: string;
    /**
     * Model id as in the catalogue.
     */
    model: string;
    tier?: TierWord | null;
    /**
     * Output limit of one call, in tokens; cut to what the model can do.
     */
    max_tokens: number;
    /**
     * Randomness, where the model takes it.
     */
    temperature: number;
    /**
     * Name of the variable with a key of its own.
     */
    api_key_env?: string | null;
    /**
     * Address of its own.
     */
    base_url?: string | null;
    /**
     * Who chose it.
     */
    source: ModelSource;
    /**
     * Whether it can be called now.
     */
    ready: boolean;
    /**
     * Why not, and what to do about it.
     */
    reason?: string | null;
};
/**
 * What an agent may do and use right now.
 */
export type Effective = {
    /**
     * What it holds, in canonical form.
     */
    grants: Array<string>;
    /**
     * Tools offered to the model.
     */
    tools: Array<string>;
    /**
     * Limits in force.
     */
    limits: AgentResources;
    /**
     * What programs may be run.
     */
    exec_policy: ExecPolicy;
    /**
     * Mode in force.
     */
    mode: AgentMode;
    /**
     * What the next run will use, and why.
     */
    model: AgentModel;
    /**
     * Tried in order when the model fails.
     */
    fallback_models: Array<FallbackModel>;
};
/**
 * A new session.
 */
export type CreateSession = {
    /**
     * Unique per agent: 1 to 128 letters, digits, spaces, `-`, `_`.
     */
    label?: string | null;
    /**
     * The caller's next message goes there.
     */
    activate?: boolean;
};
/**
 * A new API key. `role` or `scopes` is needed; together they add up.
 */
export type CreateApiKey = {
    /**
     * Unique among keys that are not revoked.
     */
    name: string;
    role?: Role | null;
    /**
     * Names as in `GET /api/auth/roles`.
     */
    scopes?: Array<string>;
    expires_at?: Ts | null;
    /**
     * The same as a number of days from now.
     */
    expires_in_days?: number | null;
    rate_limit?: RateLimit | null;
};
/**
 * A new agent, from one of `manifest_toml`, `template`, `manifest`, `signed_manifest`, or from `name` alone.
 */
export type CreateAgent = {
    /**
     * The manifest as TOML, up to 1 MiB; beats `template` unless it is blank.
     */
    manifest_toml?: string | null;
    /**
     * Name from `GET /api/templates`.
     */
    template?: string | null;
    manifest?: AgentManifest | null;
    signed_manifest?: SignedManifestInput | null;
    /**
     * Replaces the manifest's name.
     */
    name?: string | null;
    /**
     * Replaces the manifest's description.
     */
    description?: string | null;
    /**
     * Replaces the manifest's model: id, alias or `provider/id`.
     */
    model?: string | null;
    /**
     * Replaces the manifest's provider.
     */
    provider?: string | null;
    /**
     * Replaces the manifest's instructions.
     */
    system_prompt?: string | null;
    profile?: Profile | null;
    /**
     * Replaces the manifest's tags.
     */
    tags?: Array<string> | null;
    mode?: AgentMode | null;
    identity?: AgentIdentity | null;
    /**
     * Treat warnings as errors, but for implied grants and missing providers.
     */
    strict?: boolean;
};
/**
 * A session with its conversation, folded for display.
 */
export type Conversation = Session & {
    /**
     * Oldest first. Results of tools stand with the calls.
     */
    messages: Array<Message>;
    /**
     * All stored messages of the session.
     */
    raw_message_count: number;
    /**
     * There are older messages.
     */
    has_more: boolean;
    /**
     * Gives the older ones.
     */
    next_cursor?: string | null;
    /**
     * How full the window is.
     */
    context_pressure: Pressure;
};
/**
 * What the next call of the model would send.
 */
export type ContextReport = {
    /**
     * The session.
     */
    session_id: Id;
    /**
     * All together.
     */
    estimated_tokens: number;
    /**
     * Of the model that the next run uses.
     */
    context_window: number;
    /**
     * One decimal, at most 100.
     */
    usage_percent: number;
    /**
     * How full the window is.
     */
    pressure: Pressure;
    /**
     * Messages that the folded view shows.
     */
    message_count: number;
    /**
     * Where they go.
     */
    breakdown: ContextBreakdown;
    /**
     * What to do about it.
     */
    recommendation: string;
};
/**
 * Where the tokens go.
 */
export type ContextBreakdown = {
    /**
     * Of the system prompt.
     */
    system_prompt_tokens: number;
    /**
     * Of the messages.
     */
    message_tokens: number;
    /**
     * Of the tools that the model is told of.
     */
    tool_definition_tokens: number;
};
/**
 * Commands, for menus and help.
 */
export type CommandList = {
    /**
     * Where they can be typed.
     */
    surface: Surface;
    /**
     * The commands.
     */
    commands: Array<SlashCommand>;
    /**
     * Number of commands.
     */
    total: number;
    /**
     * Always null: there is one page.
     */
    next_cursor?: string | null;
};
/**
 * What a copy is to be called and how it differs.
 */
export type CloneAgent = {
    /**
     * Default: the name with `-copy`, then `-copy-2` and so on.
     */
    new_name?: string | null;
    /**
     * Merged onto the manifest: objects merge, everything else replaces; a `name` in it is ignored.
     */
    overrides?: {
        [key: string]: unknown;
    } | null;
};
/**
 * Why a run is cancelled.
 */
export type CancelRun = {
    /**
     * For the person who reads the run.
     */
    reason?: string | null;
};
/**
 * The caller.
 */
export type CallerInfo = {
    kind: CallerKind;
    id?: Id | null;
    /**
     * Name of the API key or user.
     */
    name?: string | null;
    role?: Role | null;
    /**
     * What the credential may do, sorted.
     */
    scopes: Array<string>;
    expires_at?: Ts | null;
    rate_limit: RateLimit;
};
/**
 * How one signs in here.
 */
export type AuthMode = 'none' | 'session';
/**
 * What a page needs to know before it has a credential.
 */
export type AuthCheck = {
    /**
     * The request's credential is valid, or none is needed.
     */
    authenticated: boolean;
    mode: AuthMode;
    /**
     * Who is logged in.
     */
    username?: string | null;
    role?: Role | null;
    /**
     * What the credential may do, sorted.
     */
    scopes: Array<string>;
    expires_at?: Ts | null;
    /**
     * A credential is needed.
     */
    api_key_required: boolean;
};
/**
 * A key with its new secret.
 */
export type ApiKeyRotated = ApiKeyCreated & {
    previous_valid_until?: Ts | null;
};
/**
 * An API key without its secret.
 */
export type ApiKey = {
    id: Id;
    /**
     * What its owner calls it.
     */
    name: string;
    /**
     * First 12 characters of the key.
     */
    prefix: string;
    role?: Role | null;
    /**
     * All scopes of role and list together, sorted.
     */
    scopes: Array<string>;
    rate_limit?: RateLimit | null;
    expires_at?: Ts | null;
    revoked_at?: Ts | null;
    last_used_at?: Ts | null;
    /**
     * Address it was last used from.
     */
    last_used_ip?: string | null;
    /**
     * Who created it.
     */
    created_by: string;
    created_at: Ts;
    updated_at: Ts;
};
/**
 * A key with its secret, shown this once.
 */
export type ApiKeyCreated = ApiKey & {
    /**
     * The key. A replay under an `Idempotency-Key` leaves it out.
     */
    key?: string | null;
};
/**
 * A page of API keys.
 */
export type ApiKeyList = {
    /**
     * Newest first.
     */
    keys: Array<ApiKey>;
    /**
     * All keys that match.
     */
    total: number;
    /**
     * Where the next page begins; null on the last one.
     */
    next_cursor?: string | null;
    /**
     * Whether the configuration holds a key with all scopes besides these.
     */
    config_key_set: boolean;
};
/**
 * An agent that was erased.
 */
export type AgentUninstalled = {
    /**
     * Always `uninstalled`.
     */
    status: string;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Same as `agent_id`.
     */
    id: Id;
    /**
     * The name it had.
     */
    name: string;
    /**
     * Whether its workspace folder was removed.
     */
    dir_removed: boolean;
};
/**
 * An agent after a change of its state.
 */
export type AgentTransition = {
    /**
     * What was done: `started`, `activated`, `restarted` or `suspended`.
     */
    status: string;
    /**
     * Its name.
     */
    agent: string;
    /**
     * Its id.
     */
    agent_id: Id;
    /**
     * Same as `agent_id`.
     */
    id: Id;
    /**
     * State before.
     */
    previous_state: AgentState;
    /**
     * State now.
     */
    state: AgentState;
    /**
     * Whether a run was cancelled.
     */
    task_cancelled: boolean;
    /**
     * Runs that were cancelled.
     */
    cancelled_runs: Array<Id>;
};
/**
 * Tool filters after a change.
 */
export type AgentToolsSet = AgentTools & {
    /**
     * Always `ok`.
     */
    status: string;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Names that no tool has now, and the like.
     */
    warnings: Array<ManifestWarning>;
};
/**
 * Tool filters and what they come to.
 */
export type AgentTools = {
    /**
     * Narrows the granted tools; empty = no narrowing.
     */
    tool_allowlist: Array<string>;
    /**
     * Tools that are removed last.
     */
    tool_blocklist: Array<string>;
    /**
     * Tools offered to the model.
     */
    effective: Array<string>;
    profile?: Profile | null;
    /**
     * Mode in force.
     */
    mode: AgentMode;
};
/**
 * Work that was stopped.
 */
export type AgentStopped = {
    /**
     * `stopped`, or `ok` when nothing was under way.
     */
    status: string;
    /**
     * The same in a sentence.
     */
    message: string;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Runs that were cancelled.
     */
    cancelled_runs: Array<Id>;
};
/**
 * The model of the next run.
 */
export type AgentModelSet = {
    /**
     * Always `updated`.
     */
    status: string;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Model id as in the catalogue.
     */
    model: string;
    /**
     * Provider id; `unknown` when no provider has the model, so that runs fail; a warning says more.
     */
    provider: string;
    /**
     * Same as `model`.
     */
    model_name: string;
    /**
     * Same as `provider`.
     */
    model_provider: string;
    /**
     * What deserves attention.
     */
    warnings: Array<ManifestWarning>;
};
/**
 * The stored manifest of an agent.
 */
export type AgentManifestView = {
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Its name.
     */
    name: string;
    /**
     * 1; one more with every change.
     */
    manifest_version: number;
    /**
     * When it was changed last.
     */
    updated_at: Ts;
    /**
     * Who changed it last.
     */
    updated_by: string;
    /**
     * As stored.
     */
    manifest: AgentManifest;
    /**
     * The same as TOML: the text given at create, comments included, as long as nothing was changed.
     */
    manifest_toml: string;
    signed_manifest?: SignedManifestInput | null;
};
/**
 * An agent that was terminated.
 */
export type AgentKilled = {
    /**
     * Always `killed`.
     */
    status: string;
    /**
     * The agent.
     */
    agent_id: Id;
    /**
     * Same as `agent_id`.
     */
    id: Id;
    /**
     * Its name, which is free again.
     */
    name: string;
    /**
     * Runs that were cancelled, those of its children included.
     */
    cancelled_runs: Array<Id>;
    /**
     * Agents that it spawned and nobody adopted.
     */
    terminated_children: Array<Id>;
};
/**
 * A persona document that was written.
 */
export type AgentFileWritten = {
    /**
     * Always `ok`.
     */
    status: string;
    /**
     * One of the eight names.
     */
    name: string;
    /**
     * Bytes of its text.
     */
    size_bytes: number;
    /**
     * When it was written.
     */
    updated_at: Ts;
};
/**
 * All persona documents, those that do not exist included.
 */
export type AgentFileList = {
    /**
     * In a fixed order.
     */
    files: Array<AgentFileInfo>;
    /**
     * Always 8.
     */
    total: number;
    /**
     * Always null: there is one page.
     */
    next_cursor?: string | null;
};
/**
 * A persona document without its text.
 */
export type AgentFileInfo = {
    /**
     * One of the eight names.
     */
    name: string;
    /**
     * Whether it has been written.
     */
    exists: boolean;
    /**
     * Bytes of its text.
     */
    size_bytes: number;
    updated_at?: Ts | null;
};
/**
 * A persona document.
 */
export type AgentFile = {
    /**
     * One of the eight names.
     */
    name: string;
    /**
     * Its text.
     */
    content: string;
    /**
     * Bytes of its text.
     */
    size_bytes: number;
    /**
     * When it was written last.
     */
    updated_at: Ts;
};
/**
 * A new agent.
 */
export type AgentCreated = Agent & {
    /**
     * Same as `id`.
     */
    agent_id: Id;
    /**
     * What it may do and use.
     */
    effective: Effective;
    /**
     * What deserves attention in the manifest.
     */
    warnings: Array<ManifestWarning>;
};
/**
 * The end of an agent that failed too often.
 */
export type AgentCrash = {
    /**
     * When it crashed.
     */
    at: Ts;
    /**
     * Why.
     */
    reason: string;
    /**
     * Automatic recoveries since.
     */
    restarts: number;
};
/**
 * An agent in full.
 */
export type Agent = AgentSummary & {
    /**
     * What the next run will use, and why.
     */
    model: AgentModel;
    /**
     * Tried in order when the model fails.
     */
    fallback_models: Array<FallbackModel>;
    /**
     * The manifest's text; empty when it is made of name and description.
     */
    system_prompt: string;
    /**
     * In force, with profile and implied grants applied.
     */
    capabilities: Capabilities;
    /**
     * Narrows the granted tools; empty = no narrowing.
     */
    tool_allowlist: Array<string>;
    /**
     * Tools that are removed last.
     */
    tool_blocklist: Array<string>;
    /**
     * Skills of the manifest, names or globs.
     */
    skills: Array<string>;
    /**
     * What that list means.
     */
    skills_mode: SelectionMode;
    /**
     * MCP servers of the manifest, names or globs.
     */
    mcp_servers: Array<string>;
    /**
     * What that list means.
     */
    mcp_servers_mode: SelectionMode;
    /**
     * Live agents that it spawned.
     */
    children: Array<Id>;
    /**
     * Folder that its file tools see.
     */
    workspace: string;
    /**
     * Whether `BOOTSTRAP.md` is absent or empty.
     */
    onboarding_completed: boolean;
    onboarding_completed_at?: Ts | null;
    crash?: AgentCrash | null;
    /**
     * What is known about the signature of its manifest.
     */
    signature: ManifestSignature;
    /**
     * 1; one more with every change.
     */
    manifest_version: number;
    /**
     * As stored: `default` is not resolved.
     */
    manifest: AgentManifest;
};
/**
 * An agent after a change.
 */
export type AgentChanged = Agent & {
    /**
     * Same as `id`.
     */
    agent_id: Id;
    /**
     * What was done.
     */
    status: string;
    /**
     * What deserves attention in the manifest.
     */
    warnings: Array<ManifestWarning>;
    /**
     * The mode word that was sent.
     */
    requested_mode?: string | null;
};
export type WebchatPageData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/';
};
export type WebchatPageErrors = {
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type WebchatPageError = WebchatPageErrors[keyof WebchatPageErrors];
export type WebchatPageResponses = {
    /**
     * The page
     */
    200: string;
};
export type WebchatPageResponse = WebchatPageResponses[keyof WebchatPageResponses];
export type ListAgentsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Rows of a page.
         */
        limit?: number;
        /**
         * `next_cursor` of the page before.
         */
        cursor?: string;
        /**
         * One or several states, separated by commas.
         */
        state?: string;
        /**
         * `observe`, `assist` or `full`.
         */
        mode?: string;
        /**
         * Only agents with this tag.
         */
        tag?: string;
        /**
         * Part of name or description, without regard to case in all of Unicode: `ß` is found by `SS`.
         */
        q?: string;
        /**
         * Also agents that were deleted but not uninstalled.
         */
        include_terminated?: boolean;
        /**
         * `created_at`, `name` or `last_active`.
         */
        sort?: string;
        /**
         * `asc` or `desc`.
         */
        order?: string;
    };
    url: '/api/agents';
};
export type ListAgentsErrors = {
    /**
     * `invalid_request`, `invalid_cursor`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListAgentsError = ListAgentsErrors[keyof ListAgentsErrors];
export type ListAgentsResponses = {
    /**
     * A page of agents
     */
    200: Array<AgentSummary>;
};
export type ListAgentsResponse = ListAgentsResponses[keyof ListAgentsResponses];
export type CreateAgentData = {
    body?: CreateAgent;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        /**
         * Same as `strict` of the body.
         */
        strict?: boolean;
    };
    url: '/api/agents';
};
export type CreateAgentErrors = {
    /**
     * `invalid_manifest`, `manifest_mismatch`, `invalid_template_name`, `invalid_json`, `invalid_request`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `signature_invalid`, `unsigned`, `signer_not_trusted`, `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `template_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `duplicate_name`; `invalid_template`: a user's file is no manifest, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `manifest_too_large`, `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type CreateAgentError = CreateAgentErrors[keyof CreateAgentErrors];
export type CreateAgentResponses = {
    /**
     * The agent, with remarks on its manifest
     */
    201: AgentCreated;
};
export type CreateAgentResponse = CreateAgentResponses[keyof CreateAgentResponses];
export type DeleteAgentData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}';
};
export type DeleteAgentErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type DeleteAgentError = DeleteAgentErrors[keyof DeleteAgentErrors];
export type DeleteAgentResponses = {
    /**
     * What ended
     */
    200: AgentKilled;
};
export type DeleteAgentResponse = DeleteAgentResponses[keyof DeleteAgentResponses];
export type GetAgentData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: {
        /**
         * Also an agent that was deleted but not uninstalled, by its UUID.
         */
        include_terminated?: boolean;
    };
    url: '/api/agents/{id}';
};
export type GetAgentErrors = {
    /**
     * `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetAgentError = GetAgentErrors[keyof GetAgentErrors];
export type GetAgentResponses = {
    /**
     * The agent in full
     */
    200: Agent;
};
export type GetAgentResponse = GetAgentResponses[keyof GetAgentResponses];
export type UpdateAgentData = {
    body?: UpdateAgent;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}';
};
export type UpdateAgentErrors = {
    /**
     * `invalid_manifest`, `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `unsigned`, `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `duplicate_name`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type UpdateAgentError = UpdateAgentErrors[keyof UpdateAgentErrors];
export type UpdateAgentResponses = {
    /**
     * The agent as it is now
     */
    200: AgentChanged;
};
export type UpdateAgentResponse = UpdateAgentResponses[keyof UpdateAgentResponses];
export type ActivateAgentData = {
    body?: never;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/activate';
};
export type ActivateAgentErrors = {
    /**
     * `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ActivateAgentError = ActivateAgentErrors[keyof ActivateAgentErrors];
export type ActivateAgentResponses = {
    /**
     * The agent runs
     */
    200: AgentTransition;
};
export type ActivateAgentResponse = ActivateAgentResponses[keyof ActivateAgentResponses];
export type CloneAgentData = {
    body?: CloneAgent;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/clone';
};
export type CloneAgentErrors = {
    /**
     * `invalid_manifest`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `unsigned`, `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `duplicate_name`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type CloneAgentError = CloneAgentErrors[keyof CloneAgentErrors];
export type CloneAgentResponses = {
    /**
     * The copy, with remarks on its manifest
     */
    201: AgentCreated;
};
export type CloneAgentResponse = CloneAgentResponses[keyof CloneAgentResponses];
export type UpdateAgentConfigData = {
    body: UpdateAgentConfig;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/config';
};
export type UpdateAgentConfigErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `duplicate_name`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type UpdateAgentConfigError = UpdateAgentConfigErrors[keyof UpdateAgentConfigErrors];
export type UpdateAgentConfigResponses = {
    /**
     * The agent as it is now
     */
    200: AgentChanged;
};
export type UpdateAgentConfigResponse = UpdateAgentConfigResponses[keyof UpdateAgentConfigResponses];
export type GetAgentEffectiveData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/effective';
};
export type GetAgentEffectiveErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetAgentEffectiveError = GetAgentEffectiveErrors[keyof GetAgentEffectiveErrors];
export type GetAgentEffectiveResponses = {
    /**
     * What it may do and use
     */
    200: EffectiveView;
};
export type GetAgentEffectiveResponse = GetAgentEffectiveResponses[keyof GetAgentEffectiveResponses];
export type ListAgentFilesData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/files';
};
export type ListAgentFilesErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListAgentFilesError = ListAgentFilesErrors[keyof ListAgentFilesErrors];
export type ListAgentFilesResponses = {
    /**
     * The documents
     */
    200: AgentFileList;
};
export type ListAgentFilesResponse = ListAgentFilesResponses[keyof ListAgentFilesResponses];
export type DeleteAgentFileData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
        /**
         * One of the eight names
         */
        filename: string;
    };
    query?: never;
    url: '/api/agents/{id}/files/{filename}';
};
export type DeleteAgentFileErrors = {
    /**
     * `invalid_filename`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `file_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type DeleteAgentFileError = DeleteAgentFileErrors[keyof DeleteAgentFileErrors];
export type DeleteAgentFileResponses = {
    /**
     * Deleted
     */
    204: void;
};
export type DeleteAgentFileResponse = DeleteAgentFileResponses[keyof DeleteAgentFileResponses];
export type GetAgentFileData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
        /**
         * One of the eight names
         */
        filename: string;
    };
    query?: never;
    url: '/api/agents/{id}/files/{filename}';
};
export type GetAgentFileErrors = {
    /**
     * `invalid_filename`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `file_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetAgentFileError = GetAgentFileErrors[keyof GetAgentFileErrors];
export type GetAgentFileResponses = {
    /**
     * The document
     */
    200: AgentFile;
};
export type GetAgentFileResponse = GetAgentFileResponses[keyof GetAgentFileResponses];
export type SetAgentFileData = {
    body: SetAgentFile;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
        /**
         * One of the eight names
         */
        filename: string;
    };
    query?: never;
    url: '/api/agents/{id}/files/{filename}';
};
export type SetAgentFileErrors = {
    /**
     * `invalid_filename`, `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type SetAgentFileError = SetAgentFileErrors[keyof SetAgentFileErrors];
export type SetAgentFileResponses = {
    /**
     * What was written
     */
    200: AgentFileWritten;
};
export type SetAgentFileResponse = SetAgentFileResponses[keyof SetAgentFileResponses];
export type ClearAgentHistoryData = {
    body?: never;
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/history';
};
export type ClearAgentHistoryErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ClearAgentHistoryError = ClearAgentHistoryErrors[keyof ClearAgentHistoryErrors];
export type ClearAgentHistoryResponses = {
    /**
     * Erased
     */
    200: HistoryCleared;
};
export type ClearAgentHistoryResponse = ClearAgentHistoryResponses[keyof ClearAgentHistoryResponses];
export type UpdateAgentIdentityData = {
    body?: UpdateAgentIdentity;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/identity';
};
export type UpdateAgentIdentityErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type UpdateAgentIdentityError = UpdateAgentIdentityErrors[keyof UpdateAgentIdentityErrors];
export type UpdateAgentIdentityResponses = {
    /**
     * The agent as it is now
     */
    200: AgentChanged;
};
export type UpdateAgentIdentityResponse = UpdateAgentIdentityResponses[keyof UpdateAgentIdentityResponses];
export type GetAgentManifestData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/manifest';
};
export type GetAgentManifestErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetAgentManifestError = GetAgentManifestErrors[keyof GetAgentManifestErrors];
export type GetAgentManifestResponses = {
    /**
     * The manifest in both forms
     */
    200: AgentManifestView;
};
export type GetAgentManifestResponse = GetAgentManifestResponses[keyof GetAgentManifestResponses];
export type SendMessageData = {
    body: SendMessage;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/message';
};
export type SendMessageErrors = {
    /**
     * `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `session_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `agent_not_running`, `provider_not_configured`, `context_overflow`, `run_timeout`, `run_expired`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `queue_full`, `quota_exceeded`, `budget_exceeded`, `rate_limited`
     */
    429: ErrorBody;
    /**
     * `interrupted`, `internal_error`
     */
    500: ErrorBody;
    /**
     * `upstream_error`, `upstream_auth_failed`, `upstream_rate_limited`, `upstream_timeout`, `upstream_model_not_found`, `upstream_refused`, `invalid_output`; `details` names the run
     */
    502: ErrorBody;
    /**
     * `draining`
     */
    503: ErrorBody;
};
export type SendMessageError = SendMessageErrors[keyof SendMessageErrors];
export type SendMessageResponses = {
    /**
     * The answer
     */
    200: MessageReply;
    /**
     * The run goes on
     */
    202: Run;
};
export type SendMessageResponse = SendMessageResponses[keyof SendMessageResponses];
export type SendMessageStreamData = {
    body: SendMessage;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/message/stream';
};
export type SendMessageStreamErrors = {
    /**
     * `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `session_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `agent_not_running`, `provider_not_configured`, `context_overflow`, `run_timeout`, `run_expired`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `queue_full`, `quota_exceeded`, `budget_exceeded`, `rate_limited`
     */
    429: ErrorBody;
    /**
     * `interrupted`, `internal_error`
     */
    500: ErrorBody;
    /**
     * `upstream_error`, `upstream_auth_failed`, `upstream_rate_limited`, `upstream_timeout`, `upstream_model_not_found`, `upstream_refused`, `invalid_output`; `details` names the run
     */
    502: ErrorBody;
    /**
     * `draining`
     */
    503: ErrorBody;
};
export type SendMessageStreamError = SendMessageStreamErrors[keyof SendMessageStreamErrors];
export type SendMessageStreamResponses = {
    /**
     * The events; the data of each is a RunEvent
     */
    200: RunEvent;
};
export type SendMessageStreamResponse = SendMessageStreamResponses[keyof SendMessageStreamResponses];
export type SetAgentModeData = {
    body: SetAgentMode;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/mode';
};
export type SetAgentModeErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type SetAgentModeError = SetAgentModeErrors[keyof SetAgentModeErrors];
export type SetAgentModeResponses = {
    /**
     * The agent as it is now
     */
    200: AgentChanged;
};
export type SetAgentModeResponse = SetAgentModeResponses[keyof SetAgentModeResponses];
export type SetAgentModelData = {
    body: SetAgentModel;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/model';
};
export type SetAgentModelErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type SetAgentModelError = SetAgentModelErrors[keyof SetAgentModelErrors];
export type SetAgentModelResponses = {
    /**
     * What the next run will use
     */
    200: AgentModelSet;
};
export type SetAgentModelResponse = SetAgentModelResponses[keyof SetAgentModelResponses];
export type RestartAgentData = {
    body?: never;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/restart';
};
export type RestartAgentErrors = {
    /**
     * `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type RestartAgentError = RestartAgentErrors[keyof RestartAgentErrors];
export type RestartAgentResponses = {
    /**
     * The agent runs
     */
    200: AgentTransition;
};
export type RestartAgentResponse = RestartAgentResponses[keyof RestartAgentResponses];
export type CreateRunData = {
    body: SendMessage;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/runs';
};
export type CreateRunErrors = {
    /**
     * `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `session_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `agent_not_running`, `provider_not_configured`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `queue_full`, `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
    /**
     * `draining`
     */
    503: ErrorBody;
};
export type CreateRunError = CreateRunErrors[keyof CreateRunErrors];
export type CreateRunResponses = {
    /**
     * The run
     */
    202: Run;
};
export type CreateRunResponse = CreateRunResponses[keyof CreateRunResponses];
export type GetAgentSessionData = {
    body?: never;
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: {
        /**
         * Also summaries and words of the server.
         */
        include_system?: boolean;
        /**
         * Newest messages.
         */
        limit?: number;
        /**
         * `next_cursor` of the newer part.
         */
        cursor?: string;
        /**
         * Another session of this agent than the caller's active one.
         */
        session_id?: Id;
    };
    url: '/api/agents/{id}/session';
};
export type GetAgentSessionErrors = {
    /**
     * `invalid_request`, `invalid_cursor`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `session_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetAgentSessionError = GetAgentSessionErrors[keyof GetAgentSessionErrors];
export type GetAgentSessionResponses = {
    /**
     * The session and its messages
     */
    200: Conversation;
};
export type GetAgentSessionResponse = GetAgentSessionResponses[keyof GetAgentSessionResponses];
export type GetAgentContextData = {
    body?: never;
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: {
        /**
         * Another session of this agent than the caller's active one.
         */
        session_id?: Id;
    };
    url: '/api/agents/{id}/session/context';
};
export type GetAgentContextErrors = {
    /**
     * `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `session_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetAgentContextError = GetAgentContextErrors[keyof GetAgentContextErrors];
export type GetAgentContextResponses = {
    /**
     * The report
     */
    200: ContextReport;
};
export type GetAgentContextResponse = GetAgentContextResponses[keyof GetAgentContextResponses];
export type ResetAgentSessionData = {
    body?: ResetSession;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/session/reset';
};
export type ResetAgentSessionErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `session_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ResetAgentSessionError = ResetAgentSessionErrors[keyof ResetAgentSessionErrors];
export type ResetAgentSessionResponses = {
    /**
     * The fresh session
     */
    200: SessionReset;
};
export type ResetAgentSessionResponse = ResetAgentSessionResponses[keyof ResetAgentSessionResponses];
export type ListAgentSessionsData = {
    body?: never;
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: {
        /**
         * Rows of a page.
         */
        limit?: number;
        /**
         * `next_cursor` of the page before.
         */
        cursor?: string;
        /**
         * What kind of conversation.
         */
        kind?: SessionKind;
        /**
         * The whole label.
         */
        label?: string;
    };
    url: '/api/agents/{id}/sessions';
};
export type ListAgentSessionsErrors = {
    /**
     * `invalid_request`, `invalid_cursor`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListAgentSessionsError = ListAgentSessionsErrors[keyof ListAgentSessionsErrors];
export type ListAgentSessionsResponses = {
    /**
     * A page of sessions
     */
    200: SessionList;
};
export type ListAgentSessionsResponse = ListAgentSessionsResponses[keyof ListAgentSessionsResponses];
export type CreateAgentSessionData = {
    body?: CreateSession;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/sessions';
};
export type CreateAgentSessionErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `session_label_taken`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type CreateAgentSessionError = CreateAgentSessionErrors[keyof CreateAgentSessionErrors];
export type CreateAgentSessionResponses = {
    /**
     * The session
     */
    201: Session;
};
export type CreateAgentSessionResponse = CreateAgentSessionResponses[keyof CreateAgentSessionResponses];
export type FindSessionByLabelData = {
    body?: never;
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
        /**
         * The label
         */
        label: string;
    };
    query?: never;
    url: '/api/agents/{id}/sessions/by-label/{label}';
};
export type FindSessionByLabelErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `session_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type FindSessionByLabelError = FindSessionByLabelErrors[keyof FindSessionByLabelErrors];
export type FindSessionByLabelResponses = {
    /**
     * The session
     */
    200: Session;
};
export type FindSessionByLabelResponse = FindSessionByLabelResponses[keyof FindSessionByLabelResponses];
export type SwitchAgentSessionData = {
    body?: never;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id or name of the agent
         */
        id: string;
        /**
         * The session
         */
        session_id: Id;
    };
    query?: never;
    url: '/api/agents/{id}/sessions/{session_id}/switch';
};
export type SwitchAgentSessionErrors = {
    /**
     * `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`, `session_not_found`
     */
    404: ErrorBody;
    /**
     * `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type SwitchAgentSessionError = SwitchAgentSessionErrors[keyof SwitchAgentSessionErrors];
export type SwitchAgentSessionResponses = {
    /**
     * The session is active
     */
    200: SessionSwitched;
};
export type SwitchAgentSessionResponse = SwitchAgentSessionResponses[keyof SwitchAgentSessionResponses];
export type StartAgentData = {
    body?: never;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/start';
};
export type StartAgentErrors = {
    /**
     * `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type StartAgentError = StartAgentErrors[keyof StartAgentErrors];
export type StartAgentResponses = {
    /**
     * The agent runs
     */
    200: AgentTransition;
};
export type StartAgentResponse = StartAgentResponses[keyof StartAgentResponses];
export type StopAgentData = {
    body?: StopAgent;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/stop';
};
export type StopAgentErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type StopAgentError = StopAgentErrors[keyof StopAgentErrors];
export type StopAgentResponses = {
    /**
     * What was cancelled
     */
    200: AgentStopped;
};
export type StopAgentResponse = StopAgentResponses[keyof StopAgentResponses];
export type SuspendAgentData = {
    body?: SuspendAgent;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/suspend';
};
export type SuspendAgentErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `illegal_transition`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type SuspendAgentError = SuspendAgentErrors[keyof SuspendAgentErrors];
export type SuspendAgentResponses = {
    /**
     * The agent is suspended
     */
    200: AgentTransition;
};
export type SuspendAgentResponse = SuspendAgentResponses[keyof SuspendAgentResponses];
export type GetAgentToolsData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/tools';
};
export type GetAgentToolsErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetAgentToolsError = GetAgentToolsErrors[keyof GetAgentToolsErrors];
export type GetAgentToolsResponses = {
    /**
     * The filters and what they come to
     */
    200: AgentTools;
};
export type GetAgentToolsResponse = GetAgentToolsResponses[keyof GetAgentToolsResponses];
export type SetAgentToolsData = {
    body?: SetAgentTools;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/tools';
};
export type SetAgentToolsErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type SetAgentToolsError = SetAgentToolsErrors[keyof SetAgentToolsErrors];
export type SetAgentToolsResponses = {
    /**
     * The filters as they are now
     */
    200: AgentToolsSet;
};
export type SetAgentToolsResponse = SetAgentToolsResponses[keyof SetAgentToolsResponses];
export type UninstallAgentData = {
    body?: never;
    path: {
        /**
         * UUID or exact name of the agent; the UUID of a terminated one
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/uninstall';
};
export type UninstallAgentErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type UninstallAgentError = UninstallAgentErrors[keyof UninstallAgentErrors];
export type UninstallAgentResponses = {
    /**
     * What was erased
     */
    200: AgentUninstalled;
};
export type UninstallAgentResponse = UninstallAgentResponses[keyof UninstallAgentResponses];
export type ReplaceAgentData = {
    body?: ReplaceAgent;
    path: {
        /**
         * UUID or exact name of the agent
         */
        id: string;
    };
    query?: never;
    url: '/api/agents/{id}/update';
};
export type ReplaceAgentErrors = {
    /**
     * `invalid_manifest`, `manifest_mismatch`, `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `signature_invalid`, `unsigned`, `signer_not_trusted`, `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `duplicate_name`
     */
    409: ErrorBody;
    /**
     * `manifest_too_large`, `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ReplaceAgentError = ReplaceAgentErrors[keyof ReplaceAgentErrors];
export type ReplaceAgentResponses = {
    /**
     * The agent as it is now
     */
    200: AgentChanged;
};
export type ReplaceAgentResponse = ReplaceAgentResponses[keyof ReplaceAgentResponses];
export type CheckAuthData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/check';
};
export type CheckAuthErrors = {
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type CheckAuthError = CheckAuthErrors[keyof CheckAuthErrors];
export type CheckAuthResponses = {
    /**
     * How things stand
     */
    200: AuthCheck;
};
export type CheckAuthResponse = CheckAuthResponses[keyof CheckAuthResponses];
export type ListApiKeysData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Rows of a page.
         */
        limit?: number;
        /**
         * `next_cursor` of the page before.
         */
        cursor?: string;
        /**
         * Also keys that were revoked.
         */
        include_revoked?: boolean;
    };
    url: '/api/auth/keys';
};
export type ListApiKeysErrors = {
    /**
     * `invalid_request`, `invalid_cursor`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListApiKeysError = ListApiKeysErrors[keyof ListApiKeysErrors];
export type ListApiKeysResponses = {
    /**
     * A page of keys
     */
    200: ApiKeyList;
};
export type ListApiKeysResponse = ListApiKeysResponses[keyof ListApiKeysResponses];
export type CreateApiKeyData = {
    body: CreateApiKey;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/keys';
};
export type CreateApiKeyErrors = {
    /**
     * `unknown_scope`, `invalid_json`, `invalid_request`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `key_name_taken`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type CreateApiKeyError = CreateApiKeyErrors[keyof CreateApiKeyErrors];
export type CreateApiKeyResponses = {
    /**
     * The key, with its secret
     */
    201: ApiKeyCreated;
};
export type CreateApiKeyResponse = CreateApiKeyResponses[keyof CreateApiKeyResponses];
export type DeleteApiKeyData = {
    body?: never;
    path: {
        /**
         * The key
         */
        id: Id;
    };
    query?: never;
    url: '/api/auth/keys/{id}';
};
export type DeleteApiKeyErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `key_not_found`
     */
    404: ErrorBody;
    /**
     * `last_admin_key`, `key_revoked`
     */
    409: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type DeleteApiKeyError = DeleteApiKeyErrors[keyof DeleteApiKeyErrors];
export type DeleteApiKeyResponses = {
    /**
     * Revoked
     */
    204: void;
};
export type DeleteApiKeyResponse = DeleteApiKeyResponses[keyof DeleteApiKeyResponses];
export type GetApiKeyData = {
    body?: never;
    path: {
        /**
         * The key
         */
        id: Id;
    };
    query?: never;
    url: '/api/auth/keys/{id}';
};
export type GetApiKeyErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `key_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetApiKeyError = GetApiKeyErrors[keyof GetApiKeyErrors];
export type GetApiKeyResponses = {
    /**
     * The key, without its secret
     */
    200: ApiKey;
};
export type GetApiKeyResponse = GetApiKeyResponses[keyof GetApiKeyResponses];
export type UpdateApiKeyData = {
    body?: UpdateApiKey;
    path: {
        /**
         * The key
         */
        id: Id;
    };
    query?: never;
    url: '/api/auth/keys/{id}';
};
export type UpdateApiKeyErrors = {
    /**
     * `unknown_scope`, `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `key_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `key_name_taken`, `key_revoked`, `last_admin_key`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type UpdateApiKeyError = UpdateApiKeyErrors[keyof UpdateApiKeyErrors];
export type UpdateApiKeyResponses = {
    /**
     * The key as it is now
     */
    200: ApiKey;
};
export type UpdateApiKeyResponse = UpdateApiKeyResponses[keyof UpdateApiKeyResponses];
export type RotateApiKeyData = {
    body?: RotateApiKey;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * The key
         */
        id: Id;
    };
    query?: never;
    url: '/api/auth/keys/{id}/rotate';
};
export type RotateApiKeyErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `key_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `key_revoked`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type RotateApiKeyError = RotateApiKeyErrors[keyof RotateApiKeyErrors];
export type RotateApiKeyResponses = {
    /**
     * The key, with its new secret
     */
    200: ApiKeyRotated;
};
export type RotateApiKeyResponse = RotateApiKeyResponses[keyof RotateApiKeyResponses];
export type LoginData = {
    body: Login;
    path?: never;
    query?: never;
    url: '/api/auth/login';
};
export type LoginErrors = {
    /**
     * `invalid_json`, `invalid_request`
     */
    400: ErrorBody;
    /**
     * `invalid_credentials`
     */
    401: ErrorBody;
    /**
     * `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `auth_not_enabled`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `login_locked`, `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type LoginError = LoginErrors[keyof LoginErrors];
export type LoginResponses = {
    /**
     * Logged in
     */
    200: LoggedIn;
};
export type LoginResponse = LoginResponses[keyof LoginResponses];
export type LogoutData = {
    body?: never;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/logout';
};
export type LogoutErrors = {
    /**
     * `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type LogoutError = LogoutErrors[keyof LogoutErrors];
export type LogoutResponses = {
    /**
     * Logged out
     */
    200: LoggedOut;
};
export type LogoutResponse = LogoutResponses[keyof LogoutResponses];
export type GetCallerData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/me';
};
export type GetCallerErrors = {
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetCallerError = GetCallerErrors[keyof GetCallerErrors];
export type GetCallerResponses = {
    /**
     * The caller
     */
    200: CallerInfo;
};
export type GetCallerResponse = GetCallerResponses[keyof GetCallerResponses];
export type ListRolesData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/roles';
};
export type ListRolesErrors = {
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListRolesError = ListRolesErrors[keyof ListRolesErrors];
export type ListRolesResponses = {
    /**
     * Roles and scopes
     */
    200: RoleList;
};
export type ListRolesResponse = ListRolesResponses[keyof ListRolesResponses];
export type ListCommandsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Where they can be typed.
         */
        surface?: Surface;
    };
    url: '/api/commands';
};
export type ListCommandsErrors = {
    /**
     * `invalid_request`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListCommandsError = ListCommandsErrors[keyof ListCommandsErrors];
export type ListCommandsResponses = {
    /**
     * The commands
     */
    200: CommandList;
};
export type ListCommandsResponse = ListCommandsResponses[keyof ListCommandsResponses];
export type GetHealthData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/health';
};
export type GetHealthErrors = {
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
    /**
     * `draining`, `unavailable`
     */
    503: ErrorBody;
};
export type GetHealthError = GetHealthErrors[keyof GetHealthErrors];
export type GetHealthResponses = {
    /**
     * The server works
     */
    200: Health;
};
export type GetHealthResponse = GetHealthResponses[keyof GetHealthResponses];
export type GetHealthDetailData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/health/detail';
};
export type GetHealthDetailErrors = {
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
    /**
     * `draining`, `unavailable`
     */
    503: ErrorBody;
};
export type GetHealthDetailError = GetHealthDetailErrors[keyof GetHealthDetailErrors];
export type GetHealthDetailResponses = {
    /**
     * The health in full
     */
    200: HealthDetail;
};
export type GetHealthDetailResponse = GetHealthDetailResponses[keyof GetHealthDetailResponses];
export type GetMetricsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/metrics';
};
export type GetMetricsErrors = {
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetMetricsError = GetMetricsErrors[keyof GetMetricsErrors];
export type GetMetricsResponses = {
    /**
     * All metric families
     */
    200: string;
};
export type GetMetricsResponse = GetMetricsResponses[keyof GetMetricsResponses];
export type ListProfilesData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/profiles';
};
export type ListProfilesErrors = {
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListProfilesError = ListProfilesErrors[keyof ListProfilesErrors];
export type ListProfilesResponses = {
    /**
     * All profiles
     */
    200: ProfileList;
};
export type ListProfilesResponse = ListProfilesResponses[keyof ListProfilesResponses];
export type ListRunsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Rows of a page.
         */
        limit?: number;
        /**
         * `next_cursor` of the page before.
         */
        cursor?: string;
        /**
         * Id or name of the agent.
         */
        agent?: string;
        /**
         * Runs of this session.
         */
        session_id?: Id;
        /**
         * One or more statuses, separated by commas.
         */
        status?: string;
        /**
         * Where it came in.
         */
        door?: Door;
        /**
         * Runs that this one started.
         */
        parent_run_id?: Id;
        /**
         * Queued at this time or later.
         */
        after?: Ts;
        /**
         * Queued before this time.
         */
        before?: Ts;
    };
    url: '/api/runs';
};
export type ListRunsErrors = {
    /**
     * `invalid_request`, `invalid_cursor`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListRunsError = ListRunsErrors[keyof ListRunsErrors];
export type ListRunsResponses = {
    /**
     * A page of runs
     */
    200: RunList;
};
export type ListRunsResponse = ListRunsResponses[keyof ListRunsResponses];
export type GetRunData = {
    body?: never;
    path: {
        /**
         * The run
         */
        id: Id;
    };
    query?: {
        /**
         * Seconds to wait for the end of the run before answering.
         */
        wait_secs?: number;
    };
    url: '/api/runs/{id}';
};
export type GetRunErrors = {
    /**
     * `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `run_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetRunError = GetRunErrors[keyof GetRunErrors];
export type GetRunResponses = {
    /**
     * The run
     */
    200: Run;
};
export type GetRunResponse = GetRunResponses[keyof GetRunResponses];
export type CancelRunData = {
    body?: CancelRun;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * The run
         */
        id: Id;
    };
    query?: never;
    url: '/api/runs/{id}/cancel';
};
export type CancelRunErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `run_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type CancelRunError = CancelRunErrors[keyof CancelRunErrors];
export type CancelRunResponses = {
    /**
     * It was over
     */
    200: Run;
    /**
     * It ends
     */
    202: Run;
};
export type CancelRunResponse = CancelRunResponses[keyof CancelRunResponses];
export type ListRunStepsData = {
    body?: never;
    path: {
        /**
         * The run
         */
        id: Id;
    };
    query?: {
        /**
         * Rows of a page.
         */
        limit?: number;
        /**
         * `next_cursor` of the page before.
         */
        cursor?: string;
        /**
         * `model_call`, `tool_call`, `approval` or `compaction`.
         */
        kind?: string;
    };
    url: '/api/runs/{id}/steps';
};
export type ListRunStepsErrors = {
    /**
     * `invalid_request`, `invalid_cursor`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `run_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListRunStepsError = ListRunStepsErrors[keyof ListRunStepsErrors];
export type ListRunStepsResponses = {
    /**
     * A page of steps
     */
    200: RunStepList;
};
export type ListRunStepsResponse = ListRunStepsResponses[keyof ListRunStepsResponses];
export type StreamRunData = {
    body?: never;
    headers?: {
        /**
         * Only later events
         */
        'Last-Event-ID'?: number | null;
    };
    path: {
        /**
         * The run
         */
        id: Id;
    };
    query?: {
        /**
         * Only later events; the header `Last-Event-ID` comes first.
         */
        after?: number;
    };
    url: '/api/runs/{id}/stream';
};
export type StreamRunErrors = {
    /**
     * `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `run_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type StreamRunError = StreamRunErrors[keyof StreamRunErrors];
export type StreamRunResponses = {
    /**
     * The events; the data of each is a RunEvent
     */
    200: RunEvent;
    /**
     * The last event was seen already
     */
    204: void;
};
export type StreamRunResponse = StreamRunResponses[keyof StreamRunResponses];
export type ListSessionsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Rows of a page.
         */
        limit?: number;
        /**
         * `next_cursor` of the page before.
         */
        cursor?: string;
        /**
         * Id or name of the agent; also read as `agent_id`.
         */
        agent?: string;
        /**
         * What kind of conversation.
         */
        kind?: SessionKind;
        /**
         * Part of the label, in any case.
         */
        q?: string;
        /**
         * Only those that get, or do not get, their owner's next message.
         */
        active?: boolean;
    };
    url: '/api/sessions';
};
export type ListSessionsErrors = {
    /**
     * `invalid_request`, `invalid_cursor`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `agent_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListSessionsError = ListSessionsErrors[keyof ListSessionsErrors];
export type ListSessionsResponses = {
    /**
     * A page of sessions
     */
    200: SessionList;
};
export type ListSessionsResponse = ListSessionsResponses[keyof ListSessionsResponses];
export type DeleteSessionData = {
    body?: never;
    path: {
        /**
         * The session
         */
        id: Id;
    };
    query?: never;
    url: '/api/sessions/{id}';
};
export type DeleteSessionErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `session_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type DeleteSessionError = DeleteSessionErrors[keyof DeleteSessionErrors];
export type DeleteSessionResponses = {
    /**
     * Erased
     */
    200: SessionDeleted;
};
export type DeleteSessionResponse = DeleteSessionResponses[keyof DeleteSessionResponses];
export type GetSessionData = {
    body?: never;
    path: {
        /**
         * The session
         */
        id: Id;
    };
    query?: {
        /**
         * Also summaries and words of the server.
         */
        include_system?: boolean;
        /**
         * Newest messages.
         */
        limit?: number;
        /**
         * `next_cursor` of the newer part.
         */
        cursor?: string;
    };
    url: '/api/sessions/{id}';
};
export type GetSessionErrors = {
    /**
     * `invalid_request`, `invalid_cursor`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `session_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetSessionError = GetSessionErrors[keyof GetSessionErrors];
export type GetSessionResponses = {
    /**
     * The session and its messages
     */
    200: Conversation;
};
export type GetSessionResponse = GetSessionResponses[keyof GetSessionResponses];
export type SetSessionLabelData = {
    body: SetSessionLabel;
    path: {
        /**
         * The session
         */
        id: Id;
    };
    query?: never;
    url: '/api/sessions/{id}/label';
};
export type SetSessionLabelErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `session_not_found`
     */
    404: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `session_label_taken`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type SetSessionLabelError = SetSessionLabelErrors[keyof SetSessionLabelErrors];
export type SetSessionLabelResponses = {
    /**
     * The label is set
     */
    200: SessionLabelSet;
};
export type SetSessionLabelResponse = SetSessionLabelResponses[keyof SetSessionLabelResponses];
export type ListSessionMessagesData = {
    body?: never;
    path: {
        /**
         * The session
         */
        id: Id;
    };
    query?: {
        /**
         * Rows of a page.
         */
        limit?: number;
        /**
         * `next_cursor` of the page before.
         */
        cursor?: string;
        /**
         * By number.
         */
        order?: 'asc' | 'desc';
        /**
         * Role, in any case.
         */
        role?: 'user' | 'assistant' | 'system' | 'tool';
        /**
         * Only messages with a higher number.
         */
        after_seq?: number;
    };
    url: '/api/sessions/{id}/messages';
};
export type ListSessionMessagesErrors = {
    /**
     * `invalid_request`, `invalid_cursor`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `session_not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListSessionMessagesError = ListSessionMessagesErrors[keyof ListSessionMessagesErrors];
export type ListSessionMessagesResponses = {
    /**
     * A page of messages
     */
    200: MessageList;
};
export type ListSessionMessagesResponse = ListSessionMessagesResponses[keyof ListSessionMessagesResponses];
export type ShutdownData = {
    body?: ShutdownOptions;
    headers?: {
        /**
         * A repeat with the same key, query and body is answered from the first call
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/shutdown';
};
export type ShutdownErrors = {
    /**
     * `invalid_json`, `invalid_request`, `invalid_idempotency_key`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `request_timeout`
     */
    408: ErrorBody;
    /**
     * `conflict`, `idempotency_key_reused`, `idempotency_in_progress`
     */
    409: ErrorBody;
    /**
     * `payload_too_large`
     */
    413: ErrorBody;
    /**
     * `unsupported_media_type`
     */
    415: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ShutdownError = ShutdownErrors[keyof ShutdownErrors];
export type ShutdownResponses = {
    /**
     * The server is about to stop
     */
    200: ShuttingDown;
};
export type ShutdownResponse = ShutdownResponses[keyof ShutdownResponses];
export type GetStatusData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/status';
};
export type GetStatusErrors = {
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetStatusError = GetStatusErrors[keyof GetStatusErrors];
export type GetStatusResponses = {
    /**
     * The status
     */
    200: Status;
};
export type GetStatusResponse = GetStatusResponses[keyof GetStatusResponses];
export type ListTemplatesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Rows of a page.
         */
        limit?: number;
        /**
         * `next_cursor` of the page before.
         */
        cursor?: string;
        /**
         * Only this group; read in any case.
         */
        category?: TemplateCategory;
        /**
         * Part of the name, the description or a tag, in any case.
         */
        q?: string;
    };
    url: '/api/templates';
};
export type ListTemplatesErrors = {
    /**
     * `invalid_request`, `invalid_cursor`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type ListTemplatesError = ListTemplatesErrors[keyof ListTemplatesErrors];
export type ListTemplatesResponses = {
    /**
     * A page of templates
     */
    200: TemplateList;
};
export type ListTemplatesResponse = ListTemplatesResponses[keyof ListTemplatesResponses];
export type GetTemplateData = {
    body?: never;
    path: {
        /**
         * The template
         */
        name: string;
    };
    query?: never;
    url: '/api/templates/{name}';
};
export type GetTemplateErrors = {
    /**
     * `invalid_template_name`, `invalid_id`
     */
    400: ErrorBody;
    /**
     * `unauthorized`
     */
    401: ErrorBody;
    /**
     * `insufficient_scope`, `origin_not_allowed`
     */
    403: ErrorBody;
    /**
     * `template_not_found`
     */
    404: ErrorBody;
    /**
     * `invalid_template`: a user's file cannot be read or is no manifest
     */
    409: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetTemplateError = GetTemplateErrors[keyof GetTemplateErrors];
export type GetTemplateResponses = {
    /**
     * The template with its complete manifest
     */
    200: TemplateDetail;
};
export type GetTemplateResponse = GetTemplateResponses[keyof GetTemplateResponses];
export type GetVersionData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/version';
};
export type GetVersionErrors = {
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type GetVersionError = GetVersionErrors[keyof GetVersionErrors];
export type GetVersionResponses = {
    /**
     * What this binary is
     */
    200: Version;
};
export type GetVersionResponse = GetVersionResponses[keyof GetVersionResponses];
export type WebchatAssetData = {
    body?: never;
    path: {
        /**
         * File name
         */
        path: string;
    };
    query?: never;
    url: '/assets/{path}';
};
export type WebchatAssetErrors = {
    /**
     * `invalid_id`
     */
    400: ErrorBody;
    /**
     * `not_found`
     */
    404: ErrorBody;
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type WebchatAssetError = WebchatAssetErrors[keyof WebchatAssetErrors];
export type WebchatAssetResponses = {
    /**
     * The file
     */
    200: FileBytes;
};
export type WebchatAssetResponse = WebchatAssetResponses[keyof WebchatAssetResponses];
export type WebchatFaviconData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/favicon.ico';
};
export type WebchatFaviconErrors = {
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type WebchatFaviconError = WebchatFaviconErrors[keyof WebchatFaviconErrors];
export type WebchatFaviconResponses = {
    /**
     * The icon
     */
    200: FileBytes;
};
export type WebchatFaviconResponse = WebchatFaviconResponses[keyof WebchatFaviconResponses];
export type WebchatLogoData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/logo.png';
};
export type WebchatLogoErrors = {
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type WebchatLogoError = WebchatLogoErrors[keyof WebchatLogoErrors];
export type WebchatLogoResponses = {
    /**
     * The logo
     */
    200: FileBytes;
};
export type WebchatLogoResponse = WebchatLogoResponses[keyof WebchatLogoResponses];
export type WebchatManifestData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/manifest.json';
};
export type WebchatManifestErrors = {
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type WebchatManifestError = WebchatManifestErrors[keyof WebchatManifestErrors];
export type WebchatManifestResponses = {
    /**
     * The manifest
     */
    200: WebAppManifest;
};
export type WebchatManifestResponse = WebchatManifestResponses[keyof WebchatManifestResponses];
export type WebchatServiceWorkerData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/sw.js';
};
export type WebchatServiceWorkerErrors = {
    /**
     * `rate_limited`
     */
    429: ErrorBody;
    /**
     * `internal_error`
     */
    500: ErrorBody;
};
export type WebchatServiceWorkerError = WebchatServiceWorkerErrors[keyof WebchatServiceWorkerErrors];
export type WebchatServiceWorkerResponses = {
    /**
     * The script
     */
    200: FileBytes;
};
export type WebchatServiceWorkerResponse = WebchatServiceWorkerResponses[keyof WebchatServiceWorkerResponses];
