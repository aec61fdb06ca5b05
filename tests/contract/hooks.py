"""What a JSON Schema cannot say, so that schemathesis takes a rightly refused request for a valid one."""

import schemathesis

#: Codes of 400 that are about the meaning of a value.
MEANING = {
    "invalid_cursor",
    "invalid_embedding",
    "invalid_filename",
    "invalid_import",
    "invalid_key",
    "invalid_manifest",
    "unknown_scope",
}
#: A float cannot say that it has at most six decimals.
MONEY = {
    "max_hourly_usd",
    "max_daily_usd",
    "max_monthly_usd",
    "max_cost_per_run_usd",
    "max_cost_per_hour_usd",
    "max_cost_per_day_usd",
    "max_cost_per_month_usd",
}
#: Members whose rule looks at other members or at the clock, or lists words that are read in any case, by operation.
TOGETHER = {
    "create_api_key": {"scopes", "expires_at"},
    "update_api_key": {"scopes", "expires_at"},
    "create_agent": {"body", "manifest", "signed_manifest"},
    "replace_agent": {"body", "manifest", "signed_manifest"},
    "list_agents": {"state", "mode"},
    # Members that the schema does not know do not count as a change.
    "set_agent_tools": {"body"},
    "update_agent": {"body"},
    # Blanks around it do not count.
    "create_agent_session": {"label"},
    "set_session_label": {"label"},
    "find_session_by_label": {"label"},
    # One of several members has to be there.
    "delete_memories": {"all"},
    "update_budget": {"body"} | MONEY,
    "update_agent_budget": {"body"} | MONEY,
    "update_key_budget": {"body"} | MONEY,
    "query_graph": {"max_depth", "source", "target", "relation", "entity_type"},
    "create_relation": {"agent", "source", "target", "relation"},
    # The end lies behind the beginning.
    "get_usage": {"to", "api_key_id"},
    "get_usage_breakdown": {"to", "group_by", "api_key_id"},
    "list_usage_by_model": {"to"},
    "list_daily_usage": {"to"},
    # A key of the database, or `root`.
    "list_usage_records": {"to", "status", "purpose", "api_key_id"},
    "export_usage": {"to", "status", "purpose", "api_key_id"},
    # Only of a tool call.
    "approve_request": {"arguments"},
    # Words between commas, and texts without control characters.
    "export_memory": {"include"},
    "list_approvals": {"status"},
    "list_entities": {"entity_type", "q"},
    "list_relations": {"relation", "entity"},
    "create_entity": {"entity_type", "name", "aliases", "id", "agent"},
    "update_entity": {"entity_type", "name", "aliases"},
    "create_memory": {"content", "scope", "user", "session_id", "embedding"},
    "update_memory": {"content", "scope"},
    "update_approval_policy": {"require_approval"},
    "set_agent_kv": {"value", "key"},
    # Python's and Rust's expressions differ in what a dot or a blank is.
    "update_agent_identity": {"avatar_url"},
    "update_agent_config": {"avatar_url"},
}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """False drops the finding."""
    if failure.code != "ST202" or response.status_code != 400:
        return True
    # The answer to another request: same key and body, but not the same query.
    if "idempotency-replayed" in response.headers:
        return False
    error = response.json()
    details = error.get("details", [])
    operation = case.operation.definition.raw.get("operationId")
    # `aliases[0]` is about `aliases`.
    fields = {detail["field"].split("[")[0].split(".")[0] for detail in details}
    # No text of the API holds U+0000, whatever its schema.
    nul = any("U+0000" in detail["message"] for detail in details)
    # Numbers that no 64-bit float holds, and the ids of budgets: that of a key, or `root`.
    number = error["code"] == "invalid_json" and "out of range" in error["error"]
    budget = error["code"] == "invalid_id" and operation in ("get_key_budget", "update_key_budget")
    # A link that was followed from a null.
    null = error["code"] == "invalid_id" and "'None'" in error["error"]
    explained = null or number or budget or nul or error["code"] in MEANING or bool(fields) and fields <= TOGETHER.get(operation, set())
    return not explained
