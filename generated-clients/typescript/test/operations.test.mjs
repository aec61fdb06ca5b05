// Every operation of the document, called once against the real server. An operation without a row here fails the test.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import * as api from '../dist/index.js';
import { apiKey, baseUrl, client, collect, ownServer, scriptedAgent } from './support.mjs';

const camel = (id) => id.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

test('every operation is called', async () => {
  const response = await fetch(`${baseUrl}/api/openapi.json`, { headers: { authorization: `Bearer ${apiKey}` } });
  const document = await response.json();
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item).map((o) => o.operationId));

  const agent = await scriptedAgent();
  const id = { path: { id: agent.id } };
  const { data: reply } = await api.sendMessage({ client, ...id, body: { message: '@@reply hello' } });
  assert.equal(reply.response, 'hello');
  const session = { path: { id: reply.session_id } };
  const run = { path: { id: reply.run_id } };
  const label = `ops-${process.pid}`;
  const file = { path: { id: agent.id, filename: 'SOUL.md' } };
  const { data: key } = await api.createApiKey({ client, body: { name: label, role: 'viewer' } });
  const byKey = { path: { id: key.id } };
  const hash = execFileSync(process.env.SERVER_BINARY, ['keys', 'hash-password'], { input: 'a good password', encoding: 'utf8' }).trim();
  const own = await ownServer({ OPENFANG_AUTH__ENABLED: 'true', OPENFANG_AUTH__PASSWORD_HASH: hash });
  const ownClient = api.connect({ baseUrl: own.url, apiKey });
  let login;
  const stop = async (operation) => {
    const doomed = await scriptedAgent();
    return operation({ client, path: { id: doomed.id } });
  };
  const page = await (await fetch(`${baseUrl}/`)).text();
  const asset = /assets\/([^"]+)/.exec(page)?.[1];

  const asked = async () => {
    const { data } = await api.createApproval({ client, body: { agent_id: label, tool_name: 'deploy' } });
    return { path: { id: data.id } };
  };
  const memory = async () => {
    const { data } = await api.createMemory({ client, ...id, body: { content: `${label} ${performance.now()}` } });
    return { path: { id: agent.id, memory_id: data.id } };
  };
  const entity = { path: { entity_id: label } };
  await api.createEntity({ client, body: { id: label, name: label, entity_type: 'concept' } });
  const relation = async () => {
    const { data } = await api.createRelation({ client, body: { source: label, relation: 'uses', target: label } });
    return { path: { relation_id: data.id } };
  };
  const pair = { path: { id: agent.id, key: 'ops' } };
  const root = { path: { id: 'root' } };

  const calls = {
    list_agents: () => api.listAgents({ client, query: { limit: 1 } }),
    create_agent: () => api.createAgent({ client, body: { name: label } }),
    get_agent: () => api.getAgent({ client, ...id }),
    update_agent: () => api.updateAgent({ client, ...id, body: { description: 'd' } }),
    replace_agent: () => api.replaceAgent({ client, ...id, body: { description: 'e' } }),
    delete_agent: () => stop(api.deleteAgent),
    uninstall_agent: () => stop((options) => api.uninstallAgent(options)),
    get_agent_manifest: () => api.getAgentManifest({ client, ...id }),
    get_agent_effective: () => api.getAgentEffective({ client, ...id }),
    set_agent_mode: () => api.setAgentMode({ client, ...id, body: { mode: 'full' } }),
    restart_agent: () => api.restartAgent({ client, ...id }),
    start_agent: () => api.startAgent({ client, ...id }),
    activate_agent: () => api.activateAgent({ client, ...id }),
    suspend_agent: () => stop(api.suspendAgent),
    stop_agent: () => api.stopAgent({ client, ...id }),
    clone_agent: () => api.cloneAgent({ client, ...id, body: { new_name: `${label}-clone` } }),
    update_agent_identity: () => api.updateAgentIdentity({ client, ...id, body: { emoji: '🦊' } }),
    update_agent_config: () => api.updateAgentConfig({ client, ...id, body: { vibe: 'calm' } }),
    set_agent_model: () => api.setAgentModel({ client, ...id, body: { model: 'builtin/script' } }),
    get_agent_tools: () => api.getAgentTools({ client, ...id }),
    set_agent_tools: () => api.setAgentTools({ client, ...id, body: { tool_allowlist: [], tool_blocklist: [] } }),
    list_agent_files: () => api.listAgentFiles({ client, ...id }),
    set_agent_file: () => api.setAgentFile({ client, ...file, body: { content: 'x' } }),
    get_agent_file: () => api.getAgentFile({ client, ...file }),
    delete_agent_file: () => api.deleteAgentFile({ client, ...file }),
    send_message: () => api.sendMessage({ client, ...id, body: { message: '@@reply hello' } }),
    send_message_stream: async () => collect(await api.streamMessage(client, agent.id, { message: '@@reply hello' })),
    agent_ws: async () => (await api.openSocket(client, agent.id)).close(),
    list_commands: () => api.listCommands({ client }),
    create_run: async () => {
      const { data } = await api.createRun({ client, ...id, body: { message: '@@reply hello' } });
      return api.getRun({ client, path: { id: data.id }, query: { wait_secs: 30 } });
    },
    list_runs: () => api.listRuns({ client, query: { limit: 1 } }),
    get_run: () => api.getRun({ client, ...run }),
    list_run_steps: () => api.listRunSteps({ client, ...run }),
    stream_run: async () => collect(await api.followRun(client, reply.run_id)),
    cancel_run: () => api.cancelRun({ client, ...run, body: { reason: 'late' } }),
    get_agent_session: () => api.getAgentSession({ client, ...id }),
    get_agent_context: () => api.getAgentContext({ client, ...id }),
    list_agent_sessions: () => api.listAgentSessions({ client, ...id }),
    create_agent_session: () => api.createAgentSession({ client, ...id, body: { label } }),
    find_session_by_label: () => api.findSessionByLabel({ client, path: { id: agent.id, label } }),
    switch_agent_session: () => api.switchAgentSession({ client, path: { id: agent.id, session_id: reply.session_id } }),
    reset_agent_session: () => api.resetAgentSession({ client, ...id }),
    list_sessions: () => api.listSessions({ client }),
    get_session: () => api.getSession({ client, ...session }),
    set_session_label: () => api.setSessionLabel({ client, ...session, body: { label: `${label}-x` } }),
    list_session_messages: () => api.listSessionMessages({ client, ...session }),
    delete_session: () => api.deleteSession({ client, ...session }),
    clear_agent_history: () => api.clearAgentHistory({ client, ...id }),
    list_approvals: () => api.listApprovals({ client }),
    create_approval: asked,
    get_approval: async () => api.getApproval({ client, ...(await asked()) }),
    approve_request: async () => api.approveRequest({ client, ...(await asked()) }),
    reject_request: async () => api.rejectRequest({ client, ...(await asked()) }),
    get_approval_policy: () => api.getApprovalPolicy({ client }),
    update_approval_policy: () => api.updateApprovalPolicy({ client, body: { timeout_secs: 3600 } }),
    get_budget: () => api.getBudget({ client }),
    update_budget: () => api.updateBudget({ client, body: { max_monthly_usd: 1000 } }),
    list_agent_budgets: () => api.listAgentBudgets({ client }),
    get_agent_budget: () => api.getAgentBudget({ client, ...id }),
    update_agent_budget: () => api.updateAgentBudget({ client, ...id, body: { max_cost_per_month_usd: 1000 } }),
    list_budget_events: () => api.listBudgetEvents({ client }),
    list_key_budgets: () => api.listKeyBudgets({ client }),
    get_key_budget: () => api.getKeyBudget({ client, ...root }),
    update_key_budget: () => api.updateKeyBudget({ client, ...root, body: { max_cost_per_month_usd: 1000 } }),
    set_agent_kv: () => api.setAgentKv({ client, ...pair, body: { value: { a: 1 } } }),
    get_agent_kv: () => api.getAgentKv({ client, ...pair }),
    list_agent_kv: () => api.listAgentKv({ client, ...id }),
    delete_agent_kv: () => api.deleteAgentKv({ client, ...pair }),
    create_memory: memory,
    list_memories: () => api.listMemories({ client, ...id }),
    get_memory: async () => api.getMemory({ client, ...(await memory()) }),
    update_memory: async () => api.updateMemory({ client, ...(await memory()), body: { confidence: 0.5 } }),
    delete_memory: async () => api.deleteMemory({ client, ...(await memory()) }),
    search_memories: () => api.searchMemories({ client, body: { query: label } }),
    consolidate_memories: () => api.consolidateMemories({ client, ...id }),
    delete_memories: () => api.deleteMemories({ client, ...id, query: { all: true } }),
    list_entities: () => api.listEntities({ client }),
    create_entity: () => api.createEntity({ client, body: { name: `${label}-2`, entity_type: 'concept' } }),
    get_entity: () => api.getEntity({ client, ...entity }),
    update_entity: () => api.updateEntity({ client, ...entity, body: { aliases: [`${label}-3`] } }),
    create_relation: relation,
    list_relations: () => api.listRelations({ client }),
    get_relation: async () => api.getRelation({ client, ...(await relation()) }),
    delete_relation: async () => api.deleteRelation({ client, ...(await relation()) }),
    query_graph: () => api.queryGraph({ client, body: { source: label } }),
    export_memory: () => api.exportMemory({ client }),
    import_memory: async () => api.importMemory({ client, body: (await api.exportMemory({ client })).data }),
    delete_entity: () => api.deleteEntity({ client, ...entity }),
    list_tools: () => api.listTools({ client }),
    get_tool: () => api.getTool({ client, path: { name: 'system_time' } }),
    invoke_tool: async () => {
      const { data } = await api.listTools({ client, query: { agent: agent.id } });
      assert.ok(data.tools.some((tool) => tool.name === 'system_time'), 'the agent may look at the clock');
      return api.invokeTool({ client, path: { name: 'system_time' }, body: { agent: agent.id } });
    },
    get_usage: () => api.getUsage({ client }),
    get_usage_summary: () => api.getUsageSummary({ client }),
    get_usage_breakdown: () => api.getUsageBreakdown({ client, query: { group_by: 'agent' } }),
    list_usage_by_model: () => api.listUsageByModel({ client }),
    list_daily_usage: () => api.listDailyUsage({ client }),
    list_usage_records: () => api.listUsageRecords({ client }),
    export_usage: () => api.exportUsage({ client }),
    list_profiles: () => api.listProfiles({ client }),
    list_templates: () => api.listTemplates({ client }),
    get_template: () => api.getTemplate({ client, path: { name: 'assistant' } }),
    check_auth: () => api.checkAuth({ client }),
    get_caller: () => api.getCaller({ client }),
    list_roles: () => api.listRoles({ client }),
    list_api_keys: () => api.listApiKeys({ client }),
    create_api_key: () => api.createApiKey({ client, body: { name: `${label}-2`, role: 'viewer' } }),
    get_api_key: () => api.getApiKey({ client, ...byKey }),
    update_api_key: () => api.updateApiKey({ client, ...byKey, body: { scopes: ['usage:read'] } }),
    rotate_api_key: () => api.rotateApiKey({ client, ...byKey, body: { grace_secs: 0 } }),
    delete_api_key: () => api.deleteApiKey({ client, ...byKey }),
    login: async () => {
      login = await api.login({ client: ownClient, body: { username: 'admin', password: 'a good password' } });
      return login;
    },
    logout: () => api.logout({ client: api.connect({ baseUrl: own.url, apiKey: login.data.token }) }),
    get_health: () => api.getHealth({ client }),
    get_health_detail: () => api.getHealthDetail({ client }),
    get_status: () => api.getStatus({ client }),
    get_version: () => api.getVersion({ client }),
    get_metrics: () => api.getMetrics({ client }),
    webchat_page: () => api.webchatPage({ client }),
    webchat_asset: () => api.webchatAsset({ client, path: { path: asset } }),
    webchat_favicon: () => api.webchatFavicon({ client }),
    webchat_logo: () => api.webchatLogo({ client }),
    webchat_manifest: () => api.webchatManifest({ client }),
    webchat_service_worker: () => api.webchatServiceWorker({ client }),
    shutdown: () => api.shutdown({ client: ownClient, body: { drain_secs: 0 } }),
  };
  try {
    assert.deepEqual(operations.filter((operation) => !(operation in calls)), [], 'without a call');
    assert.deepEqual(Object.keys(calls).filter((operation) => !operations.includes(operation)), [], 'not in the document');
    for (const [operation, call] of Object.entries(calls)) {
      assert.ok(operation === 'agent_ws' || camel(operation) in api, `${operation} has a function`);
      await assert.doesNotReject(call, operation);
    }
    await own.ended;
  } finally {
    await own.stop();
  }
});
