"""Errors, patience, pages, the WebSocket, and every operation once."""

from __future__ import annotations

import asyncio
import inspect
import os
import subprocess
from typing import Any

import httpx2 as httpx
import pytest
from conftest import KEY, URL, own_server, scripted_agent

from openfang_client import (
    ApiError,
    AsyncClient,
    BadRequest,
    Client,
    NotFound,
    TooManyRequests,
    Unauthorized,
    models,
)

NOBODY = "01890000-0000-7000-8000-000000000000"


def test_failures_are_typed_and_say_why(client: Client) -> None:
    with pytest.raises(NotFound) as missing:
        client.agents.get_agent(NOBODY)
    assert (missing.value.status, missing.value.code) == (404, "agent_not_found")
    assert missing.value.request_id in missing.value.headers["x-request-id"]
    with pytest.raises(BadRequest) as wrong:
        client.call("POST", "/api/auth/keys", None, json={"name": "", "role": "viewer"})
    assert wrong.value.details[0]["field"] == "name"
    with Client(URL, "no-such-key") as stranger, pytest.raises(Unauthorized) as refused:
        stranger.agents.list_agents()
    assert refused.value.headers["www-authenticate"] == "Bearer"


def limited(pause: str, calls: list[httpx.Request]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        if len(calls) == 1:
            return httpx.Response(429, headers={"retry-after": pause}, json={"error": "slow", "code": "rate_limited"})
        return httpx.Response(200, json={"roles": [], "scopes": [], "total": 0, "next_cursor": None})

    return httpx.MockTransport(answer)


def test_429_is_waited_out_when_the_pause_is_short() -> None:
    calls: list[httpx.Request] = []
    with Client("http://x", http=httpx.Client(transport=limited("0", calls))) as client:
        assert client.auth.list_roles().total == 0
    assert len(calls) == 2
    for pause, retries in (("0", 0), ("31", 2)):
        calls = []
        with Client("http://x", retries=retries, http=httpx.Client(transport=limited(pause, calls))) as client:
            with pytest.raises(TooManyRequests) as refused:
                client.auth.list_roles()
        assert (refused.value.retry_after, len(calls)) == (float(pause), 1)


def test_429_is_waited_out_asynchronously() -> None:
    async def ask() -> int:
        async with AsyncClient("http://x", http=httpx.AsyncClient(transport=limited("0", []))) as client:
            return (await client.auth.list_roles()).total

    assert asyncio.run(ask()) == 0


def test_pages_follow_each_other(client: Client) -> None:
    names = [f"pages-{os.getpid()}-{letter}" for letter in "abcde"]
    for name in names:
        client.auth.create_api_key(models.CreateApiKey(name=name, role="viewer"))
        client.agents.create_agent(models.CreateAgent(name=name, model="builtin/echo"))
    keys = [key.name for key in client.auth.iter_api_keys(limit=2)]
    agents = [agent.name for agent in client.agents.iter_agents(limit=2)]
    for found in (keys, agents):
        assert set(names) <= set(found) and len(found) == len(set(found))

    async def read() -> list[str]:
        async with AsyncClient(URL, KEY) as asynchronous:
            return [key.name async for key in asynchronous.auth.iter_api_keys(limit=3)]

    assert asyncio.run(read()) == keys


def test_absent_and_null_are_told_apart(client: Client) -> None:
    key = client.auth.create_api_key(models.CreateApiKey(name=f"null-{os.getpid()}", role="viewer", expires_in_days=3))
    assert key.expires_at is not None and key.expires_at.tzinfo is not None
    kept = client.auth.update_api_key(key.id, models.UpdateApiKey(scopes=["usage:read"]))
    assert kept.expires_at == key.expires_at
    cleared = client.auth.update_api_key(key.id, models.UpdateApiKey(expires_at=None))
    assert cleared.expires_at is None and cleared.role == "viewer"


def test_a_conversation_over_a_socket(client: Client, agent: models.AgentCreated) -> None:
    with client.agent_ws(agent.id) as socket:
        assert socket.receive_json()["type"] == "connected"
        socket.send_json({"type": "message", "content": "@@reply Grüße 🦊"})
        frames: list[dict[str, Any]] = []
        while not frames or frames[-1]["type"] != "response":
            frames.append(socket.receive_json(timeout=20))
        assert frames[-1]["content"] == "Grüße 🦊"

    async def talk() -> str:
        async with AsyncClient(URL, KEY) as asynchronous, asynchronous.agent_ws(agent.id) as socket:
            await socket.send_json({"type": "ping"})
            while True:
                frame = await socket.receive_json(timeout=20)
                if frame["type"] == "pong":
                    return str(frame["type"])

    assert asyncio.run(talk()) == "pong"


def hashed(password: str) -> str:
    command = [os.environ["SERVER_BINARY"], "keys", "hash-password"]
    return subprocess.run(command, input=password, capture_output=True, text=True, check=True).stdout.strip()


def test_every_operation(client: Client) -> None:
    document = httpx.get(f"{URL}/api/openapi.json", headers={"authorization": f"Bearer {KEY}"}).json()
    tags = {o["operationId"]: o["tags"][0] for item in document["paths"].values() for o in item.values()}
    label = f"ops-{os.getpid()}"
    agent = scripted_agent(client)
    reply = client.messages.send_message(agent.id, models.SendMessage(message="@@reply hello"))
    assert isinstance(reply, models.MessageReply) and reply.response == "hello"
    key = client.auth.create_api_key(models.CreateApiKey(name=label, role="viewer"))
    page = client.webchat.webchat_page()
    asset = page.split("assets/")[1].split('"')[0]
    message = models.SendMessage(message="@@reply hello")
    gate = models.CreateApproval(agent_id=label, tool_name="deploy")
    gates = [client.approvals.create_approval(gate).id for _ in range(3)]
    memories = [client.memory.create_memory(agent.id, models.CreateMemory(content=f"{label} {n}")).id for n in range(2)]
    client.memory.create_entity(models.CreateEntity(id=label, name=label, entity_type="concept"))
    uses = models.CreateRelation(source=label, relation="uses", target=label)
    relation = client.memory.create_relation(uses).id

    #: Arguments for the calls that need some, in this order; the rest has none.
    arguments: dict[str, tuple[Any, ...]] = {
        "create_agent": (models.CreateAgent(name=label),),
        "get_template": ("assistant",),
        "set_agent_file": (agent.id, "SOUL.md", models.SetAgentFile(content="x")),
        "get_agent_file": (agent.id, "SOUL.md"),
        "delete_agent_file": (agent.id, "SOUL.md"),
        "update_agent": (agent.id, models.UpdateAgent(description="d")),
        "replace_agent": (agent.id, models.ReplaceAgent(description="e")),
        "set_agent_mode": (agent.id, models.SetAgentMode(mode="full")),
        "clone_agent": (agent.id, models.CloneAgent(new_name=f"{label}-clone")),
        "update_agent_identity": (agent.id, models.UpdateAgentIdentity(emoji="🦊")),
        "update_agent_config": (agent.id, models.UpdateAgentConfig(vibe="calm")),
        "set_agent_model": (agent.id, models.SetAgentModel(model="builtin/script")),
        "set_agent_tools": (agent.id, models.SetAgentTools(tool_allowlist=[], tool_blocklist=[])),
        "send_message": (agent.id, message),
        "send_message_stream": (agent.id, message),
        "create_run": (agent.id, message),
        "get_run": (reply.run_id,),
        "list_run_steps": (reply.run_id,),
        "stream_run": (reply.run_id,),
        "cancel_run": (reply.run_id,),
        "create_agent_session": (agent.id, models.CreateSession(label=label)),
        "find_session_by_label": (agent.id, label),
        "switch_agent_session": (agent.id, reply.session_id),
        "get_session": (reply.session_id,),
        "set_session_label": (reply.session_id, models.SetSessionLabel(label=f"{label}-x")),
        "list_session_messages": (reply.session_id,),
        "delete_session": (reply.session_id,),
        "create_api_key": (models.CreateApiKey(name=f"{label}-2", role="viewer"),),
        "get_api_key": (key.id,),
        "update_api_key": (key.id, models.UpdateApiKey(scopes=["usage:read"])),
        "rotate_api_key": (key.id,),
        "delete_api_key": (key.id,),
        "webchat_asset": (asset,),
        "create_approval": (gate,),
        "get_approval": (gates[0],),
        "approve_request": (gates[1],),
        "reject_request": (gates[2],),
        "get_key_budget": ("root",),
        "update_key_budget": ("root", models.UpdateSpending(max_cost_per_month_usd=1000)),
        "update_agent_budget": (str(agent.id), models.UpdateSpending(max_cost_per_month_usd=1000)),
        "update_budget": (models.UpdateBudget(max_monthly_usd=1000),),
        "set_agent_kv": (agent.id, "ops", models.SetKv(value=1)),
        "get_agent_kv": (agent.id, "ops"),
        "delete_agent_kv": (agent.id, "ops"),
        "create_memory": (agent.id, models.CreateMemory(content=label)),
        "get_memory": (agent.id, memories[0]),
        "update_memory": (agent.id, memories[0], models.UpdateMemory(confidence=0.5)),
        "delete_memory": (agent.id, memories[0]),
        "search_memories": (models.SearchMemories(query=label),),
        "get_entity": (label,),
        "update_entity": (label, models.UpdateEntity(aliases=[f"{label}-3"])),
        "create_entity": (models.CreateEntity(name=f"{label}-2", entity_type="concept"),),
        "create_relation": (models.CreateRelation(source=label, relation="part_of", target=label),),
        "get_relation": (relation,),
        "query_graph": (models.QueryGraph(source=label),),
        "import_memory": (client.memory.export_memory(),),
        "delete_relation": (relation,),
        "delete_entity": (label,),
        "get_tool": ("system_time",),
        "invoke_tool": ("system_time", models.InvokeTool(agent=str(agent.id))),
    }
    keywords = {"delete_memories": {"all": True}, "get_usage_breakdown": {"group_by": "agent"}}
    ending = {"suspend_agent", "uninstall_agent", "delete_agent"}
    elsewhere = {"login", "logout", "shutdown", "agent_ws"}
    assert set(arguments) | ending | elsewhere <= set(tags), "in the document"

    for operation in [*arguments, *sorted(set(tags) - set(arguments) - ending - elsewhere)]:
        method = getattr(getattr(client, tags[operation]), operation)
        values = arguments.get(operation)
        if values is None:
            needs_agent = "id" in inspect.signature(method).parameters
            values = (agent.id,) if needs_agent else ()
        try:
            answer = method(*values, **keywords.get(operation, {}))
            if operation in ("send_message_stream", "stream_run"):
                assert [event.done for event in answer][-1]
        except ApiError as error:
            raise AssertionError(f"{operation}: {error}") from error
    for operation in ending:
        getattr(client.agents, operation)(scripted_agent(client).id)

    login = {"OPENFANG_AUTH__ENABLED": "true", "OPENFANG_AUTH__PASSWORD_HASH": hashed("a good password")}
    with own_server(**login) as (url, server), Client(url, KEY) as own:
        token = own.auth.login(models.Login(username="admin", password="a good password")).token
        with Client(url, token) as person:
            assert person.auth.logout().status == "ok"
        assert own.system.shutdown(models.ShutdownOptions(drain_secs=0)).status == "shutting_down"
        assert server.wait(timeout=30) == 0
