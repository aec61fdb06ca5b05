"""What a JSON Schema cannot say, so that schemathesis takes a rightly refused request for a valid one."""

import schemathesis

#: Codes of 400 that are about the meaning of a value.
MEANING = {"invalid_cursor", "invalid_filename", "invalid_manifest", "unknown_scope"}
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
    fields = {detail["field"] for detail in details}
    # No text of the API holds U+0000, whatever its schema.
    nul = any("U+0000" in detail["message"] for detail in details)
    explained = nul or error["code"] in MEANING or bool(fields) and fields <= TOGETHER.get(operation, set())
    return not explained
