"""Event streams: the parser with its input cut at every byte, and a real server behind a connection that breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import httpx2 as httpx
import pytest
from conftest import KEY, CuttingProxy, scripted_agent

from openfang_client import AsyncClient, Client, ConnectionLost, EventStream, NotFound, models

RUN = "01890000-0000-7000-8000-000000000000"
ANSWER = "Grüße aus dem Bau 🦊🦊 — ein Satz, der lang genug ist, um überall zerschnitten zu werden."
MESSAGE = models.SendMessage(message=f"@@reply {ANSWER}\n@@chunks chars:3")


def texts(events: list[models.RunEvent]) -> str:
    return "".join(event.delta for event in events if isinstance(event, models.TextDelta))


def whole(events: list[models.RunEvent], ids: list[int]) -> None:
    last = events[-1]
    assert texts(events) == ANSWER
    assert isinstance(last, models.RunDone) and last.response == ANSWER
    assert [event.done for event in events].count(True) == 1, "one last event"
    assert ids == sorted(set(ids)), "ids rise"


def collect(stream: EventStream[models.RunEvent]) -> tuple[list[models.RunEvent], list[int]]:
    events, ids = [], []
    for event in stream:
        events.append(event)
        ids.append(int(stream.last_event_id or 0))
    return events, ids


def event(number: int, kind: str, members: str) -> str:
    return f'id: {number}\nevent: {kind}\ndata: {{"type":"{kind}","run_id":"{RUN}",{members}}}\n\n'


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self.pieces, self.breaks = pieces, breaks

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces
        if self.breaks:
            raise httpx.ReadError("cut")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


DELTAS = [f'"delta":"{text}","content":"{text}","done":false' for text in ("Grüße ", "🦊")]
WRITTEN = (
    "retry: 2000\n\n: comment\n\n" + event(10, "text_delta", DELTAS[0]) + event(20, "text_delta", DELTAS[1])
).encode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_parser_takes_bytes_cut_anywhere(line_end: str) -> None:
    written = WRITTEN.replace(b"\n", line_end.encode())
    for at in range(len(written) + 1):
        response = httpx.Response(
            200,
            headers={"content-type": "text/event-stream"},
            stream=Pieces(written[:at], written[at:]),
            request=httpx.Request("GET", "http://x"),
        )
        events = [(e.id, e.event, e.json()) for e in httpx.EventSource(response) if e.data]
        assert [(number, kind) for number, kind, _ in events] == [("10", "text_delta"), ("20", "text_delta")], at
        assert "".join(data["delta"] for *_, data in events) == "Grüße 🦊", at


def resuming(at: int, last: str) -> Callable[[httpx.Request], httpx.Response]:
    """A server whose first connection breaks after `at` bytes; the next one sends what is missing."""

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"content-type": "text/event-stream", "x-run-id": RUN}
        if request.method == "POST":
            return httpx.Response(200, headers=headers, stream=Pieces(WRITTEN[:at], breaks=True))
        assert request.url.path == f"/api/runs/{RUN}/stream"
        seen = int(request.headers.get("last-event-id", "0"))
        rest = [event(10, "text_delta", DELTAS[0]), event(20, "text_delta", DELTAS[1]), event(30, "done", last)]
        return httpx.Response(200, headers=headers, stream=Pieces("".join(rest[seen // 10 :]).encode()))

    return answer


def test_a_stream_cut_at_every_byte_is_resumed(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    agent = scripted_agent(client)
    events, _ = collect(client.messages.send_message_stream(agent.id, MESSAGE))
    last = events[-1].model_dump_json(exclude={"type", "run_id"})[1:-1]
    monkeypatch.setattr("openfang_client._events.time.sleep", lambda _: None)
    for at in range(len(WRITTEN) + 1):
        with Client("http://x", http=httpx.Client(transport=httpx.MockTransport(resuming(at, last)))) as broken:
            events, ids = collect(broken.messages.send_message_stream("a", MESSAGE))
        assert texts(events) == "Grüße 🦊", at
        assert ids == [10, 20, 30], at


def inside_a_character(body: bytes) -> int | None:
    fox = body.find("🦊".encode())
    return None if fox < 0 else fox + 2


CUTS = [inside_a_character] + [
    lambda body, offset=offset: offset if len(body) >= offset else None
    for offset in (0, 1, 7, 40, 150, 333, 500, 800, 1200)
]


@pytest.mark.parametrize("cut", CUTS)
def test_a_stream_of_the_server_goes_on_after_a_cut(client: Client, cut: Callable[[bytes], int | None]) -> None:
    agent = scripted_agent(client)
    with CuttingProxy(cut) as proxy, Client(proxy.url, KEY) as broken:
        whole(*collect(broken.messages.send_message_stream(agent.id, MESSAGE)))
        assert proxy.connections >= 2, "the cut happened"
    session = client.sessions.get_agent_session(agent.id)
    messages = client.sessions.list_session_messages(session.id).messages
    assert [message.role for message in messages] == ["User", "Assistant"], "the message was sent once"


def test_an_asynchronous_stream_goes_on_after_a_cut(client: Client) -> None:
    agent = scripted_agent(client)

    async def talk(url: str) -> None:
        async with AsyncClient(url, KEY) as broken:
            stream = broken.messages.send_message_stream(agent.id, MESSAGE)
            events, ids = [], []
            async for event in stream:
                events.append(event)
                ids.append(int(stream.last_event_id or 0))
            whole(events, ids)

    with CuttingProxy(inside_a_character) as proxy:
        asyncio.run(talk(proxy.url))
        assert proxy.connections >= 2


def test_a_stream_that_cannot_be_resumed_says_how_far_it_came(client: Client, agent: models.AgentCreated) -> None:
    with CuttingProxy(lambda body: 700 if len(body) > 700 else None) as proxy:
        with Client(proxy.url, KEY, reconnects=0) as broken, pytest.raises(ConnectionLost) as lost:
            collect(broken.messages.send_message_stream(agent.id, MESSAGE))
    assert lost.value.run_id
    stream = client.runs.stream_run(lost.value.run_id, after=int(lost.value.last_event_id or 0))
    events, ids = collect(stream)
    assert isinstance(events[-1], models.RunDone) and events[-1].response == ANSWER
    assert all(number > int(lost.value.last_event_id or 0) for number in ids)


def test_a_run_can_be_followed_again(client: Client, agent: models.AgentCreated) -> None:
    first = client.messages.send_message_stream(agent.id, MESSAGE)
    whole(*collect(first))
    assert first.run_id and first.last_event_id
    whole(*collect(client.runs.stream_run(first.run_id)))
    assert collect(client.runs.stream_run(first.run_id, after=int(first.last_event_id))) == ([], [])


def test_leaving_a_stream_does_not_stop_the_run(client: Client, agent: models.AgentCreated) -> None:
    slow = models.SendMessage(message=f"{MESSAGE.message}\n@@delay 300ms at=chunk:2")
    with client.messages.send_message_stream(agent.id, slow) as stream:
        next(iter(stream))
    assert stream.run_id
    assert client.runs.get_run(stream.run_id, wait_secs=30).status == "completed"


def test_errors_come_before_the_first_event(client: Client) -> None:
    with pytest.raises(NotFound) as missing:
        list(client.messages.send_message_stream(RUN, MESSAGE))
    assert missing.value.code == "agent_not_found"
