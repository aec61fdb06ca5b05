"""What a JSON Schema cannot say, so that schemathesis takes a rightly refused request for a valid one."""

import schemathesis

#: Codes of 400 that are about the meaning of a value.
MEANING = {"invalid_cursor", "unknown_scope"}
#: Members whose rule looks at other members or at the clock, by operation.
TOGETHER = {
    "create_api_key": {"scopes", "expires_at"},
    "update_api_key": {"scopes", "expires_at"},
}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """False drops the finding."""
    if failure.code != "ST202" or response.status_code != 400:
        return True
    error = response.json()
    operation = case.operation.definition.raw.get("operationId")
    fields = {detail["field"] for detail in error.get("details", [])}
    explained = error["code"] in MEANING or bool(fields) and fields <= TOGETHER.get(operation, set())
    return not explained
