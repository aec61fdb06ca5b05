import type { Client, Options as Options2, TDataShape } from './client/index.js';
import type { ActivateAgentData, ActivateAgentErrors, ActivateAgentResponses, CancelRunData, CancelRunErrors, CancelRunResponses, CheckAuthData, CheckAuthErrors, CheckAuthResponses, ClearAgentHistoryData, ClearAgentHistoryErrors, ClearAgentHistoryResponses, CloneAgentData, CloneAgentErrors, CloneAgentResponses, CreateAgentData, CreateAgentErrors, CreateAgentResponses, CreateAgentSessionData, CreateAgentSessionErrors, CreateAgentSessionResponses, CreateApiKeyData, CreateApiKeyErrors, CreateApiKeyResponses, CreateRunData, CreateRunErrors, CreateRunResponses, DeleteAgentData, DeleteAgentErrors, DeleteAgentFileData, DeleteAgentFileErrors, DeleteAgentFileResponses, DeleteAgentResponses, DeleteApiKeyData, DeleteApiKeyErrors, DeleteApiKeyResponses, DeleteSessionData, DeleteSessionErrors, DeleteSessionResponses, FindSessionByLabelData, FindSessionByLabelErrors, FindSessionByLabelResponses, GetAgentContextData, GetAgentContextErrors, GetAgentContextResponses, GetAgentData, GetAgentEffectiveData, GetAgentEffectiveErrors, GetAgentEffectiveResponses, GetAgentErrors, GetAgentFileData, GetAgentFileErrors, GetAgentFileResponses, GetAgentManifestData, GetAgentManifestErrors, GetAgentManifestResponses, GetAgentResponses, GetAgentSessionData, GetAgentSessionErrors, GetAgentSessionResponses, GetAgentToolsData, GetAgentToolsErrors, GetAgentToolsResponses, GetApiKeyData, GetApiKeyErrors, GetApiKeyResponses, GetCallerData, GetCallerErrors, GetCallerResponses, GetHealthData, GetHealthDetailData, GetHealthDetailErrors, GetHealthDetailResponses, GetHealthErrors, GetHealthResponses, GetMetricsData, GetMetricsErrors, GetMetricsResponses, GetRunData, GetRunErrors, GetRunResponses, GetSessionData, GetSessionErrors, GetSessionResponses, GetStatusData, GetStatusErrors, GetStatusResponses, GetTemplateData, GetTemplateErrors, GetTemplateResponses, GetVersionData, GetVersionErrors, GetVersionResponses, ListAgentFilesData, ListAgentFilesErrors, ListAgentFilesResponses, ListAgentsData, ListAgentsErrors, ListAgentSessionsData, ListAgentSessionsErrors, ListAgentSessionsResponses, ListAgentsResponses, ListApiKeysData, ListApiKeysErrors, ListApiKeysResponses, ListCommandsData, ListCommandsErrors, ListCommandsResponses, ListProfilesData, ListProfilesErrors, ListProfilesResponses, ListRolesData, ListRolesErrors, ListRolesResponses, ListRunsData, ListRunsErrors, ListRunsResponses, ListRunStepsData, ListRunStepsErrors, ListRunStepsResponses, ListSessionMessagesData, ListSessionMessagesErrors, ListSessionMessagesResponses, ListSessionsData, ListSessionsErrors, ListSessionsResponses, ListTemplatesData, ListTemplatesErrors, ListTemplatesResponses, LoginData, LoginErrors, LoginResponses, LogoutData, LogoutErrors, LogoutResponses, ReplaceAgentData, ReplaceAgentErrors, ReplaceAgentResponses, ResetAgentSessionData, ResetAgentSessionErrors, ResetAgentSessionResponses, RestartAgentData, RestartAgentErrors, RestartAgentResponses, RotateApiKeyData, RotateApiKeyErrors, RotateApiKeyResponses, SendMessageData, SendMessageErrors, SendMessageResponses, SendMessageStreamData, SendMessageStreamErrors, SendMessageStreamResponse, SendMessageStreamResponses, SetAgentFileData, SetAgentFileErrors, SetAgentFileResponses, SetAgentModeData, SetAgentModeErrors, SetAgentModelData, SetAgentModelErrors, SetAgentModelResponses, SetAgentModeResponses, SetAgentToolsData, SetAgentToolsErrors, SetAgentToolsResponses, SetSessionLabelData, SetSessionLabelErrors, SetSessionLabelResponses, ShutdownData, ShutdownErrors, ShutdownResponses, StartAgentData, StartAgentErrors, StartAgentResponses, StopAgentData, StopAgentErrors, StopAgentResponses, StreamRunData, StreamRunErrors, StreamRunResponse, StreamRunResponses, SuspendAgentData, SuspendAgentErrors, SuspendAgentResponses, SwitchAgentSessionData, SwitchAgentSessionErrors, SwitchAgentSessionResponses, UninstallAgentData, UninstallAgentErrors, UninstallAgentResponses, UpdateAgentConfigData, UpdateAgentConfigErrors, UpdateAgentConfigResponses, UpdateAgentData, UpdateAgentErrors, UpdateAgentIdentityData, UpdateAgentIdentityErrors, UpdateAgentIdentityResponses, UpdateAgentResponses, UpdateApiKeyData, UpdateApiKeyErrors, UpdateApiKeyResponses, WebchatAssetData, WebchatAssetErrors, WebchatAssetResponses, WebchatFaviconData, WebchatFaviconErrors, WebchatFaviconResponses, WebchatLogoData, WebchatLogoErrors, WebchatLogoResponses, WebchatManifestData, WebchatManifestErrors, WebchatManifestResponses, WebchatPageData, WebchatPageErrors, WebchatPageResponses, WebchatServiceWorkerData, WebchatServiceWorkerErrors, WebchatServiceWorkerResponses } from './types.gen.js';
export type Options<TData extends TDataShape = TDataShape, ThrowOnError extends boolean = boolean, TResponse = unknown> = Options2<TData, ThrowOnError, TResponse> & {
    /**
     * You can provide a client instance returned by `createClient()` instead of
     * individual options. This might be also useful if you want to implement a
     * custom client.
     */
    client?: Client;
    /**
     * You can pass arbitrary values through the `meta` object. This can be
     * used to access values that aren't defined as part of the SDK function.
     */
    meta?: Record<string, unknown>;
};
/**
 * Open the chat page
 *
 * Agents, conversations, sessions. It asks for a key or a login when the server needs one.
 */
export declare const webchatPage: <ThrowOnError extends boolean = true>(options?: Options<WebchatPageData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<WebchatPageResponses, WebchatPageErrors, ThrowOnError, "fields">;
/**
 * List agents
 *
 * A bare array; the headers tell the total and where the next page begins.
 */
export declare const listAgents: <ThrowOnError extends boolean = true>(options?: Options<ListAgentsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListAgentsResponses, ListAgentsErrors, ThrowOnError, "fields">;
/**
 * Create an agent
 *
 * The agent is ready for messages as soon as the response is sent. A failed create leaves nothing behind.
 *
 * The body may have up to 2 MiB.
 */
export declare const createAgent: <ThrowOnError extends boolean = true>(options?: Options<CreateAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<CreateAgentResponses, CreateAgentErrors, ThrowOnError, "fields">;
/**
 * Terminate an agent
 *
 * Its runs are cancelled, its name is free again, and agents that it spawned go with it unless somebody adopted them.
 * Sessions, memory and usage stay until it is uninstalled.
 */
export declare const deleteAgent: <ThrowOnError extends boolean = true>(options: Options<DeleteAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<DeleteAgentResponses, DeleteAgentErrors, ThrowOnError, "fields">;
/**
 * Get an agent
 */
export declare const getAgent: <ThrowOnError extends boolean = true>(options: Options<GetAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetAgentResponses, GetAgentErrors, ThrowOnError, "fields">;
/**
 * Change an agent
 *
 * All or nothing. Runs under way keep the old settings except for mode, removed grants and block lists. A new name does
 * not move the workspace.
 */
export declare const updateAgent: <ThrowOnError extends boolean = true>(options: Options<UpdateAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<UpdateAgentResponses, UpdateAgentErrors, ThrowOnError, "fields">;
/**
 * Activate an agent
 *
 * Same as `start_agent`.
 */
export declare const activateAgent: <ThrowOnError extends boolean = true>(options: Options<ActivateAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ActivateAgentResponses, ActivateAgentErrors, ThrowOnError, "fields">;
/**
 * Clone an agent
 *
 * An independent copy of manifest, mode and persona documents with a workspace of its own. Sessions, memory and usage are
 * not copied, nor are `MEMORY.md` and `HEARTBEAT.md`.
 */
export declare const cloneAgent: <ThrowOnError extends boolean = true>(options: Options<CloneAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<CloneAgentResponses, CloneAgentErrors, ThrowOnError, "fields">;
/**
 * Change an agent's settings
 *
 * One form for name, texts, identity and model. All or nothing.
 */
export declare const updateAgentConfig: <ThrowOnError extends boolean = true>(options: Options<UpdateAgentConfigData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<UpdateAgentConfigResponses, UpdateAgentConfigErrors, ThrowOnError, "fields">;
/**
 * Get what an agent may do
 *
 * Grants, tools, limits and model in force right now.
 */
export declare const getAgentEffective: <ThrowOnError extends boolean = true>(options: Options<GetAgentEffectiveData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetAgentEffectiveResponses, GetAgentEffectiveErrors, ThrowOnError, "fields">;
/**
 * List an agent's documents
 *
 * Always all eight: SOUL.md, IDENTITY.md, USER.md, TOOLS.md, MEMORY.md, AGENTS.md, BOOTSTRAP.md, HEARTBEAT.md.
 */
export declare const listAgentFiles: <ThrowOnError extends boolean = true>(options: Options<ListAgentFilesData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListAgentFilesResponses, ListAgentFilesErrors, ThrowOnError, "fields">;
/**
 * Delete an agent's document
 */
export declare const deleteAgentFile: <ThrowOnError extends boolean = true>(options: Options<DeleteAgentFileData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<DeleteAgentFileResponses, DeleteAgentFileErrors, ThrowOnError, "fields">;
/**
 * Read an agent's document
 */
export declare const getAgentFile: <ThrowOnError extends boolean = true>(options: Options<GetAgentFileData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetAgentFileResponses, GetAgentFileErrors, ThrowOnError, "fields">;
/**
 * Write an agent's document
 *
 * Replaced as a whole and used from the next run on. USER.md, MEMORY.md and BOOTSTRAP.md reach the model as data only.
 */
export declare const setAgentFile: <ThrowOnError extends boolean = true>(options: Options<SetAgentFileData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<SetAgentFileResponses, SetAgentFileErrors, ThrowOnError, "fields">;
/**
 * Clear the history of an agent
 *
 * Erases all its sessions and messages; runs are cancelled first. Memories and usage stay.
 */
export declare const clearAgentHistory: <ThrowOnError extends boolean = true>(options: Options<ClearAgentHistoryData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ClearAgentHistoryResponses, ClearAgentHistoryErrors, ThrowOnError, "fields">;
/**
 * Change an agent's identity
 */
export declare const updateAgentIdentity: <ThrowOnError extends boolean = true>(options: Options<UpdateAgentIdentityData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<UpdateAgentIdentityResponses, UpdateAgentIdentityErrors, ThrowOnError, "fields">;
/**
 * Get an agent's manifest
 *
 * As stored, for backup or for creating the agent elsewhere. TOML given at create comes back as it was, comments
 * included, until something is changed.
 */
export declare const getAgentManifest: <ThrowOnError extends boolean = true>(options: Options<GetAgentManifestData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetAgentManifestResponses, GetAgentManifestErrors, ThrowOnError, "fields">;
/**
 * Send a message and wait
 *
 * Waits for the answer, also through the runs before this one in its session. A run that is not over after `wait_secs` goes
 * on: then the answer is 202 with the run. Hanging up does not stop it either.
 */
export declare const sendMessage: <ThrowOnError extends boolean = true>(options: Options<SendMessageData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<SendMessageResponses, SendMessageErrors, ThrowOnError, "fields">;
/**
 * Send a message and stream the answer
 *
 * The events of the run as Server-Sent Events: `event` is the `type` of the data, `id` rises within the run. The last one is
 * `done` or `error`. Hanging up does not stop the run; `GET /api/runs/{id}/stream` resumes it.
 */
export declare const sendMessageStream: <ThrowOnError extends boolean = true>(options: Options<SendMessageStreamData, ThrowOnError, SendMessageStreamResponse>) => Promise<import("./core/serverSentEvents.gen.js").ServerSentEventsResult<SendMessageStreamResponses, SendMessageStreamErrors>>;
/**
 * Set an agent's mode
 *
 * Applies from the next tool call on, also in running runs, and survives a restart.
 */
export declare const setAgentMode: <ThrowOnError extends boolean = true>(options: Options<SetAgentModeData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<SetAgentModeResponses, SetAgentModeErrors, ThrowOnError, "fields">;
/**
 * Switch an agent's model
 *
 * History is kept; the next run uses the new model. A model that the catalogue does not know is accepted with a warning.
 */
export declare const setAgentModel: <ThrowOnError extends boolean = true>(options: Options<SetAgentModelData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<SetAgentModelResponses, SetAgentModelErrors, ThrowOnError, "fields">;
/**
 * Restart an agent
 *
 * Running runs end as cancelled, queued ones start afterwards, sessions stay. A crash and its counters are forgotten.
 */
export declare const restartAgent: <ThrowOnError extends boolean = true>(options: Options<RestartAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<RestartAgentResponses, RestartAgentErrors, ThrowOnError, "fields">;
/**
 * Send a message without waiting
 *
 * Answers as soon as the run is stored; what happens then shows in the run.
 */
export declare const createRun: <ThrowOnError extends boolean = true>(options: Options<CreateRunData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<CreateRunResponses, CreateRunErrors, ThrowOnError, "fields">;
/**
 * Get the active session
 *
 * The session that the caller's next message goes to, or another one of this agent, with its conversation, folded for
 * display. 404 before the caller's first message.
 */
export declare const getAgentSession: <ThrowOnError extends boolean = true>(options: Options<GetAgentSessionData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetAgentSessionResponses, GetAgentSessionErrors, ThrowOnError, "fields">;
/**
 * How full the context is
 *
 * What the next call of the model would send, and where it goes.
 */
export declare const getAgentContext: <ThrowOnError extends boolean = true>(options: Options<GetAgentContextData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetAgentContextResponses, GetAgentContextErrors, ThrowOnError, "fields">;
/**
 * Start over
 *
 * A fresh session takes the place of the active one. Its running and queued runs are cancelled; it stays readable unless
 * `delete_old` is set. Budgets and quotas are untouched.
 */
export declare const resetAgentSession: <ThrowOnError extends boolean = true>(options: Options<ResetAgentSessionData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ResetAgentSessionResponses, ResetAgentSessionErrors, ThrowOnError, "fields">;
/**
 * List the sessions of an agent
 *
 * Latest activity first.
 */
export declare const listAgentSessions: <ThrowOnError extends boolean = true>(options: Options<ListAgentSessionsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListAgentSessionsResponses, ListAgentSessionsErrors, ThrowOnError, "fields">;
/**
 * Create a session
 *
 * It becomes the caller's active one unless `activate` is false. Runs already queued stay in their session.
 */
export declare const createAgentSession: <ThrowOnError extends boolean = true>(options: Options<CreateAgentSessionData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<CreateAgentSessionResponses, CreateAgentSessionErrors, ThrowOnError, "fields">;
/**
 * Find a session by its label
 *
 * The agent's session with exactly this label.
 */
export declare const findSessionByLabel: <ThrowOnError extends boolean = true>(options: Options<FindSessionByLabelData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<FindSessionByLabelResponses, FindSessionByLabelErrors, ThrowOnError, "fields">;
/**
 * Switch to a session
 *
 * Its owner's next message goes there.
 */
export declare const switchAgentSession: <ThrowOnError extends boolean = true>(options: Options<SwitchAgentSessionData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<SwitchAgentSessionResponses, SwitchAgentSessionErrors, ThrowOnError, "fields">;
/**
 * Start an agent
 *
 * Does nothing to an agent that runs.
 */
export declare const startAgent: <ThrowOnError extends boolean = true>(options: Options<StartAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<StartAgentResponses, StartAgentErrors, ThrowOnError, "fields">;
/**
 * Stop an agent's work
 *
 * Cancels running and queued runs and keeps the agent. Text that was produced already is kept. Without the scope
 * `agents:write` only runs of the caller's own sessions are cancelled, and naming another session is refused.
 */
export declare const stopAgent: <ThrowOnError extends boolean = true>(options: Options<StopAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<StopAgentResponses, StopAgentErrors, ThrowOnError, "fields">;
/**
 * Suspend an agent
 *
 * Messages are refused until it is started again. A running run finishes its current step and is parked, unless
 * `cancel_runs` ends it.
 */
export declare const suspendAgent: <ThrowOnError extends boolean = true>(options: Options<SuspendAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<SuspendAgentResponses, SuspendAgentErrors, ThrowOnError, "fields">;
/**
 * Get an agent's tool filters
 */
export declare const getAgentTools: <ThrowOnError extends boolean = true>(options: Options<GetAgentToolsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetAgentToolsResponses, GetAgentToolsErrors, ThrowOnError, "fields">;
/**
 * Set an agent's tool filters
 *
 * Names that no tool has now are kept, with a warning.
 */
export declare const setAgentTools: <ThrowOnError extends boolean = true>(options: Options<SetAgentToolsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<SetAgentToolsResponses, SetAgentToolsErrors, ThrowOnError, "fields">;
/**
 * Uninstall an agent
 *
 * Terminates the agent if it lives, then erases sessions, messages, the texts of its runs and its documents. The
 * workspace folder is removed only if it lies below the workspaces folder inside the server's home and no other agent
 * uses it, not even as a named workspace.
 */
export declare const uninstallAgent: <ThrowOnError extends boolean = true>(options: Options<UninstallAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<UninstallAgentResponses, UninstallAgentErrors, ThrowOnError, "fields">;
/**
 * Replace an agent's manifest
 *
 * With a manifest everything in it is replaced; id, state, mode, sessions, memory and documents stay. Without one the
 * named fields change, as in `PATCH /api/agents/{id}`.
 *
 * The body may have up to 2 MiB.
 */
export declare const replaceAgent: <ThrowOnError extends boolean = true>(options: Options<ReplaceAgentData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ReplaceAgentResponses, ReplaceAgentErrors, ThrowOnError, "fields">;
/**
 * Check the credential
 *
 * What a page needs to know before it has one. Never fails for want of a credential.
 */
export declare const checkAuth: <ThrowOnError extends boolean = true>(options?: Options<CheckAuthData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<CheckAuthResponses, CheckAuthErrors, ThrowOnError, "fields">;
/**
 * List API keys
 *
 * Newest first, without the keys themselves.
 */
export declare const listApiKeys: <ThrowOnError extends boolean = true>(options?: Options<ListApiKeysData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListApiKeysResponses, ListApiKeysErrors, ThrowOnError, "fields">;
/**
 * Create an API key
 *
 * In force at once. `key` is shown only here. The first key ends the open mode, in which this machine needs none.
 */
export declare const createApiKey: <ThrowOnError extends boolean = true>(options: Options<CreateApiKeyData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<CreateApiKeyResponses, CreateApiKeyErrors, ThrowOnError, "fields">;
/**
 * Revoke an API key
 *
 * For good and at once. The row stays, so that the audit log can name it.
 */
export declare const deleteApiKey: <ThrowOnError extends boolean = true>(options: Options<DeleteApiKeyData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<DeleteApiKeyResponses, DeleteApiKeyErrors, ThrowOnError, "fields">;
/**
 * Get an API key
 */
export declare const getApiKey: <ThrowOnError extends boolean = true>(options: Options<GetApiKeyData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetApiKeyResponses, GetApiKeyErrors, ThrowOnError, "fields">;
/**
 * Change an API key
 *
 * Absent members stay as they are; role and scopes are replaced as sent. Open streams and sockets of the key are
 * checked again within 5 seconds.
 */
export declare const updateApiKey: <ThrowOnError extends boolean = true>(options: Options<UpdateApiKeyData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<UpdateApiKeyResponses, UpdateApiKeyErrors, ThrowOnError, "fields">;
/**
 * Rotate an API key
 *
 * A new secret for the same key; the old one works for `grace_secs` more.
 */
export declare const rotateApiKey: <ThrowOnError extends boolean = true>(options: Options<RotateApiKeyData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<RotateApiKeyResponses, RotateApiKeyErrors, ThrowOnError, "fields">;
/**
 * Log in
 *
 * By name and password, when the configuration turns that on. Five failures in 15 minutes lock the name for this address.
 */
export declare const login: <ThrowOnError extends boolean = true>(options: Options<LoginData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<LoginResponses, LoginErrors, ThrowOnError, "fields">;
/**
 * Log out
 *
 * Ends this login and clears its cookie. With an API key nothing is revoked.
 */
export declare const logout: <ThrowOnError extends boolean = true>(options?: Options<LogoutData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<LogoutResponses, LogoutErrors, ThrowOnError, "fields">;
/**
 * Who am I
 */
export declare const getCaller: <ThrowOnError extends boolean = true>(options?: Options<GetCallerData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetCallerResponses, GetCallerErrors, ThrowOnError, "fields">;
/**
 * List roles and scopes
 */
export declare const listRoles: <ThrowOnError extends boolean = true>(options?: Options<ListRolesData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListRolesResponses, ListRolesErrors, ThrowOnError, "fields">;
/**
 * List slash commands
 *
 * For menus and help: the commands that work.
 */
export declare const listCommands: <ThrowOnError extends boolean = true>(options?: Options<ListCommandsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListCommandsResponses, ListCommandsErrors, ThrowOnError, "fields">;
/**
 * Check the health
 *
 * For load balancers and monitors. Says nothing that depends on data.
 */
export declare const getHealth: <ThrowOnError extends boolean = true>(options?: Options<GetHealthData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetHealthResponses, GetHealthErrors, ThrowOnError, "fields">;
/**
 * Check the health in detail
 *
 * 200 also when degraded: read `checks`.
 */
export declare const getHealthDetail: <ThrowOnError extends boolean = true>(options?: Options<GetHealthDetailData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetHealthDetailResponses, GetHealthDetailErrors, ThrowOnError, "fields">;
/**
 * Read the metrics
 *
 * Prometheus text format 0.0.4.
 */
export declare const getMetrics: <ThrowOnError extends boolean = true>(options?: Options<GetMetricsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetMetricsResponses, GetMetricsErrors, ThrowOnError, "fields">;
/**
 * List tool profiles
 *
 * The named sets of tools and grants a manifest can ask for with `profile`, from the narrowest to the widest. The
 * profile `custom` is not listed: it has exactly the tools that the manifest names.
 */
export declare const listProfiles: <ThrowOnError extends boolean = true>(options?: Options<ListProfilesData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListProfilesResponses, ListProfilesErrors, ThrowOnError, "fields">;
/**
 * List runs
 *
 * Of all agents, newest first. Message and answer are cut to 256 characters.
 */
export declare const listRuns: <ThrowOnError extends boolean = true>(options?: Options<ListRunsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListRunsResponses, ListRunsErrors, ThrowOnError, "fields">;
/**
 * Get a run
 */
export declare const getRun: <ThrowOnError extends boolean = true>(options: Options<GetRunData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetRunResponses, GetRunErrors, ThrowOnError, "fields">;
/**
 * Cancel a run
 *
 * Reaches the model call and the tools; what was written is kept. 202 while the run is on its way to the end, 200 when it was
 * over before. Runs of another caller's session need the scope `agents:write` besides.
 */
export declare const cancelRun: <ThrowOnError extends boolean = true>(options: Options<CancelRunData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<CancelRunResponses, CancelRunErrors, ThrowOnError, "fields">;
/**
 * List the steps of a run
 *
 * Every model call, tool call, approval and compaction, in order.
 */
export declare const listRunSteps: <ThrowOnError extends boolean = true>(options: Options<ListRunStepsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListRunStepsResponses, ListRunStepsErrors, ThrowOnError, "fields">;
/**
 * Follow a run
 *
 * Its events from the beginning, or behind `Last-Event-ID`, then live; a finished run is replayed. 204 when its last event
 * was seen already.
 */
export declare const streamRun: <ThrowOnError extends boolean = true>(options: Options<StreamRunData, ThrowOnError, StreamRunResponse>) => Promise<import("./core/serverSentEvents.gen.js").ServerSentEventsResult<StreamRunResponses, StreamRunErrors>>;
/**
 * List sessions
 *
 * Of all agents, latest activity first; those of terminated agents included.
 */
export declare const listSessions: <ThrowOnError extends boolean = true>(options?: Options<ListSessionsData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListSessionsResponses, ListSessionsErrors, ThrowOnError, "fields">;
/**
 * Delete a session
 *
 * With its messages and all that was said in its runs. Its usage stays.
 */
export declare const deleteSession: <ThrowOnError extends boolean = true>(options: Options<DeleteSessionData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<DeleteSessionResponses, DeleteSessionErrors, ThrowOnError, "fields">;
/**
 * Get a session
 *
 * With its conversation, folded for display: results of tools stand with the calls.
 */
export declare const getSession: <ThrowOnError extends boolean = true>(options: Options<GetSessionData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetSessionResponses, GetSessionErrors, ThrowOnError, "fields">;
/**
 * Name a session
 */
export declare const setSessionLabel: <ThrowOnError extends boolean = true>(options: Options<SetSessionLabelData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<SetSessionLabelResponses, SetSessionLabelErrors, ThrowOnError, "fields">;
/**
 * List the messages of a session
 *
 * The rows as they are stored: words of the server and results of tools included, nothing folded.
 */
export declare const listSessionMessages: <ThrowOnError extends boolean = true>(options: Options<ListSessionMessagesData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListSessionMessagesResponses, ListSessionMessagesErrors, ThrowOnError, "fields">;
/**
 * Stop the server
 *
 * New work is refused at once; running steps may go on for `drain_secs`, then their runs are handed over by lease and
 * continue after the next start.
 */
export declare const shutdown: <ThrowOnError extends boolean = true>(options?: Options<ShutdownData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ShutdownResponses, ShutdownErrors, ThrowOnError, "fields">;
/**
 * Get the server's status
 *
 * What runs here, with which agents and which default model. `llm.how` tells what to do when only the built-in model
 * answers.
 */
export declare const getStatus: <ThrowOnError extends boolean = true>(options?: Options<GetStatusData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetStatusResponses, GetStatusErrors, ThrowOnError, "fields">;
/**
 * List agent templates
 *
 * The built-in ones and those in `<home>/agents/<name>/agent.toml`, by name. A user's file hides a built-in template of
 * the same name.
 */
export declare const listTemplates: <ThrowOnError extends boolean = true>(options?: Options<ListTemplatesData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<ListTemplatesResponses, ListTemplatesErrors, ThrowOnError, "fields">;
/**
 * Get an agent template
 */
export declare const getTemplate: <ThrowOnError extends boolean = true>(options: Options<GetTemplateData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetTemplateResponses, GetTemplateErrors, ThrowOnError, "fields">;
/**
 * Get the version
 */
export declare const getVersion: <ThrowOnError extends boolean = true>(options?: Options<GetVersionData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<GetVersionResponses, GetVersionErrors, ThrowOnError, "fields">;
/**
 * Get a file of the page
 *
 * Scripts and styles. Names carry a hash of the content, so a browser may keep the files for ever.
 */
export declare const webchatAsset: <ThrowOnError extends boolean = true>(options: Options<WebchatAssetData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<WebchatAssetResponses, WebchatAssetErrors, ThrowOnError, "fields">;
/**
 * Get the tab icon
 */
export declare const webchatFavicon: <ThrowOnError extends boolean = true>(options?: Options<WebchatFaviconData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<WebchatFaviconResponses, WebchatFaviconErrors, ThrowOnError, "fields">;
/**
 * Get the logo
 */
export declare const webchatLogo: <ThrowOnError extends boolean = true>(options?: Options<WebchatLogoData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<WebchatLogoResponses, WebchatLogoErrors, ThrowOnError, "fields">;
/**
 * Get the web app manifest
 */
export declare const webchatManifest: <ThrowOnError extends boolean = true>(options?: Options<WebchatManifestData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<WebchatManifestResponses, WebchatManifestErrors, ThrowOnError, "fields">;
/**
 * Get the service worker
 *
 * It keeps static files only, never anything of `/api`.
 */
export declare const webchatServiceWorker: <ThrowOnError extends boolean = true>(options?: Options<WebchatServiceWorkerData, ThrowOnError>) => import("./client/types.gen.js").RequestResult<WebchatServiceWorkerResponses, WebchatServiceWorkerErrors, ThrowOnError, "fields">;
