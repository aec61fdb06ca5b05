"""Measures the release binary and prints a table. Needs wrk; everything else is the standard library.

    python3 benches/bench.py target/release/openfang [--quick]

Ratios inside one run mean something; absolute figures depend on the machine and on what else it does.
"""
import asyncio, http.client, json, os, pathlib, random, re, shutil, signal, socket, sqlite3, statistics, subprocess, sys, tempfile, time, uuid

BINARY = sys.argv[1]
QUICK = "--quick" in sys.argv
SECONDS = 2 if QUICK else 5
KEY = "bench-key"
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, home, env=None):
        self.home, self.port = home, free_port()
        self.env = {**os.environ, "OPENFANG_HOME": str(home), "OPENFANG_API_KEY": KEY, "OPENFANG_RATE_LIMIT__ENABLED": "false",
                    "OPENFANG_BUILTIN__WORD_DELAY_MS": "0", "OPENFANG_BUILTIN_SCRIPT": "1", "OPENFANG_WEBSOCKET__MAX_PER_IP": "5000", "RUST_LOG": "warn", **(env or {})}

    def start(self):
        began = time.perf_counter()
        self.process = subprocess.Popen([BINARY, "start", "--listen", f"127.0.0.1:{self.port}"], env=self.env, stderr=subprocess.DEVNULL)
        while True:
            try:
                if self.call("GET", "/api/health")[0] == 200:
                    return time.perf_counter() - began
            except OSError:
                pass
            if self.process.poll() is not None:
                sys.exit("the server ended at its start")
            time.sleep(0.001)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def rss(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096 / 1e6

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, json.dumps(body) if body is not None else None, HEADERS)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, json.loads(data) if data.startswith((b"{", b"[")) else data

    def need(self, status, method, path, body=None):
        got, data = self.call(method, path, body)
        if got != status:
            sys.exit(f"{method} {path}: {got} {data}")
        return data


def show(name, value, note=""):
    print(f"{name:<52} {value:>14}  {note}", flush=True)


def wrk(server, path, connections=16, lua=None):
    command = ["wrk", "-t2", f"-c{connections}", f"-d{SECONDS}s", "--latency", "--timeout", "30s", "-H", f"Authorization: Bearer {KEY}"]
    script = None
    if lua:
        script = tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False)
        script.write(lua)
        script.close()
        command += ["-s", script.name]
    out = subprocess.run(command + [f"http://127.0.0.1:{server.port}{path}"], capture_output=True, text=True).stdout
    if script:
        os.unlink(script.name)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    p50, p99 = (re.search(rf"^\s+{part}%\s+(\S+)", out, re.M)[1] for part in (50, 99))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return rate, f"p50 {p50}, p99 {p99}" + (f", {bad[1]} FAILED" if bad else "")


def show_wrk(name, *args, **kwargs):
    rate, note = wrk(*args, **kwargs)
    show(name, f"{rate:,.0f}/s", note)
    return rate


def posting(body_lua):
    """A wrk script in which every connection of every thread is a sender of its own."""
    return f"""
local thread = 0
function setup(t) t:set("id", thread) thread = thread + 1 end
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", nil, {{["Content-Type"] = "application/json", ["Authorization"] = "Bearer {KEY}"}}, {body_lua})
end
"""


def seconds_per_message(server, agent, sender, count):
    began = time.perf_counter()
    for i in range(count):
        server.need(200, "POST", f"/api/agents/{agent}/message", {"message": f"count message {i}", "sender_id": sender})
    return (time.perf_counter() - began) / count


async def fake_model(port, tokens, gap):
    """An OpenAI-compatible server that writes the time of sending into every token."""
    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head, re.I)[1])
        await reader.readexactly(length)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        for _ in range(tokens):
            chunk = {"id": "x", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": f"{time.time():.6f} "}}]}
            writer.write(f"data: {json.dumps(chunk)}\n\n".encode())
            await writer.drain()
            await asyncio.sleep(gap)
        end = {"id": "x", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        writer.write(f"data: {json.dumps(end)}\n\ndata: [DONE]\n\n".encode())
        await writer.drain()
        writer.close()
    return await asyncio.start_server(serve, "127.0.0.1", port)


async def read_stream(port, agent, sender):
    """Milliseconds between the model's sending and our reading, token by token."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"message": "go", "sender_id": sender}).encode()
    writer.write(f"POST /api/agents/{agent}/message/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {KEY}\r\n"
                 f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
    delays = []
    while line := await reader.readline():
        now = time.time()
        if line.startswith(b"data:") and b'"text_delta"' in line:
            for sent in json.loads(line[5:])["delta"].split():
                delays.append((now - float(sent)) * 1e3)
    writer.close()
    return delays


async def stream_overhead(server, agent, model_port, streams):
    model = await fake_model(model_port, 40 if QUICK else 100, 0.06)
    results = await asyncio.gather(*(read_stream(server.port, agent, f"s{streams}-{i}") for i in range(streams)))
    model.close()
    delays = sorted(d for r in results for d in r)
    if not delays:
        return "no tokens"
    return f"p50 {statistics.median(delays):.2f} ms, p99 {delays[int(len(delays) * 0.99)]:.2f} ms, {len(delays)} tokens"


UPGRADE = ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")


async def idle_connections(server, path, count, headers):
    """kB for each connection that is open and silent."""
    before, open_ones = server.rss(), []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {KEY}\r\n{headers}\r\n".encode())
        await writer.drain()
        status = await reader.readline()
        if status.split()[1] not in (b"101", b"200"):
            sys.exit(f"GET {path}: {status}")
        open_ones.append(writer)
    await asyncio.sleep(1)
    used = (server.rss() - before) * 1000 / count
    for writer in open_ones:
        writer.close()
    return used


def graph(server, relations):
    """Searches in a graph with ten relations to an entity; entities and relations go into the stopped server's file."""
    server.stop()
    chosen, entities, now = random.Random(1), relations // 5, int(time.time() * 1000)
    database = sqlite3.connect(server.home / "data" / "openfang.db")
    with database:
        names = [(f"e{i}", f"thing {i}") for i in range(entities)]
        database.executemany("INSERT INTO graph_entities (id, scope, name, name_key, search_key, aliases, entity_type, properties, created_at, updated_at) "
                             f"VALUES (?, 'shared', ?2, ?2, ?2, '[]', 'concept', '{{}}', {now}, {now})", names)
        database.executemany("INSERT INTO graph_names (entity_id, name_key, is_alias) VALUES (?, ?, 0)", names)
        ends = ((i.to_bytes(16, "big"), f"e{chosen.randrange(entities)}", f"e{chosen.randrange(entities)}", chosen.random()) for i in range(relations))
        database.executemany("INSERT OR IGNORE INTO graph_relations (id, scope, source, relation, target, properties, confidence, created_at) "
                             f"VALUES (?, 'shared', ?, 'uses', ?, '{{}}', ?, {now})", ends)
    database.close()
    server.start()
    for depth in (1, 2, 3, 4):
        for ends, name in (('"source":"thing %d"', "one end"), ('"source":"thing %d","target":"e7","direction":"both"', "paths")):
            lua = f"""
local n = 0
request = function()
  n = n + 1
  local body = string.format('{{{ends},"max_depth":{depth}}}', n * 7919 % {entities})
  return wrk.format("POST", nil, {{["Content-Type"] = "application/json", ["Authorization"] = "Bearer {KEY}"}}, body)
end
"""
            show_wrk(f"graph query, {relations:,} relations, {name}, depth {depth}", server, "/api/memory/graph/query", connections=2, lua=lua)
def key_values(server, agent):
    path = f"/api/memory/agents/{agent}/kv/"
    for i in range(1000):
        server.need(200, "PUT", f"{path}k{i}", {"value": {"n": i, "text": "a value of usual length"}})
    lua = f"""
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "{path}k" .. (n * 7919 % 1000), {{["Authorization"] = "Bearer {KEY}"}})
end
"""
    show_wrk("GET key-value, 16 connections", server, path + "k1", lua=lua)
    lua = f"""
local n = 0
request = function()
  n = n + 1
  local headers = {{["Content-Type"] = "application/json", ["Authorization"] = "Bearer {KEY}"}}
  return wrk.format("PUT", "{path}k" .. (n * 7919 % 1000), headers, '{{"value":{{"n":1,"text":"a value of usual length"}}}}')
end
"""
    show_wrk("PUT key-value, 16 connections", server, path + "k1", lua=lua)


def recall(server, count):
    """Searches of one agent with so many memories, one after another."""
    rng = random.Random(count)
    vocabulary = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(20_000)]
    # As in a language: the n-th word is n times rarer than the first.
    words = lambda k: " ".join(rng.choices(vocabulary, weights=weights, k=k))
    weights = [1 / (n + 1) for n in range(len(vocabulary))]
    agent = server.need(201, "POST", "/api/agents", {"name": f"recall-{count}", "model": "builtin/echo"})["id"]
    began = time.perf_counter()
    for start in range(0, count, 20_000):
        memories = [{"id": str(uuid.UUID(int=rng.getrandbits(128))), "agent_id": agent, "user": None, "content": words(12)}
                    for _ in range(min(20_000, count - start))]
        document = {"format_version": 1, "exported_at": "2026-01-01T00:00:00Z", "agents": [{"id": agent, "name": f"recall-{count}"}], "memories": memories}
        server.need(200, "POST", "/api/memory/import", document)
    imported = time.perf_counter() - began
    while any(c["name"] == "memory" and c["status"] != "ok" for c in server.need(200, "GET", "/api/health/detail")["checks"]):
        time.sleep(0.2)
    embedded = time.perf_counter() - began - imported
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times = []
    for n in range(100 if QUICK else 500):
        body = json.dumps({"query": words(5), "agent": agent})
        began = time.perf_counter()
        connection.request("POST", "/api/memory/search", body, HEADERS)
        response = connection.getresponse()
        found = json.loads(response.read())
        times.append((time.perf_counter() - began) * 1e3)
        if response.status != 200 or found["method"] != "hybrid":
            sys.exit(f"search: {response.status} {found}")
    first, rest = times[0], sorted(times[1:])
    note = f"p50 {statistics.median(rest):.1f}, p99 {rest[int(len(rest) * 0.99)]:.1f}, first {first:.0f} ms; import {imported:.1f} s, vectors {embedded:.1f} s"
    show(f"recall among {count:,} memories, 256 dimensions", f"{statistics.mean(rest):.1f} ms", note)


def main():
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: apt-get install wrk")
    home = pathlib.Path(tempfile.mkdtemp(prefix="openfang-bench-"))
    server = Server(home)
    show("binary", f"{os.path.getsize(BINARY) / 1e6:.1f} MB")
    show("start to first 200, new database", f"{server.start() * 1e3:.0f} ms")
    server.stop()
    starts = []
    for _ in range(5):
        starts.append(server.start() * 1e3)
        idle = server.rss()
        server.stop()
    show("start to first 200, existing database (best of 5)", f"{min(starts):.0f} ms")
    show("idle memory", f"{idle:.1f} MB")

    server.start()
    agent = server.need(201, "POST", "/api/agents", {"name": "bench", "model": "builtin/echo"})["id"]
    show_wrk("GET /api/health", server, "/api/health")
    show_wrk("GET /api/agents, 1 agent", server, "/api/agents")
    show_wrk("GET /api/agents/{id}", server, f"/api/agents/{agent}")

    for clients in (1, 8, 64):
        body = "string.format('{\"message\":\"hello %d\",\"sender_id\":\"" + f"c{clients}" + "-%d-%d\"}', n, id, n % " + str(max(1, clients // 2)) + ")"
        show_wrk(f"blocking message, builtin/echo, {clients} clients", server, f"/api/agents/{agent}/message", connections=max(2, clients), lua=posting(body))
    # The context is bounded, so that what is measured is the cost of the history that is not sent.
    manifest = {"name": "growth", "model": {"model": "builtin/echo"}, "max_history_messages": 10}
    growing = server.need(201, "POST", "/api/agents", {"manifest": manifest})["id"]
    long_count = 500 if QUICK else 5000
    seconds_per_message(server, growing, "long", long_count)
    seconds_per_message(server, growing, "fresh", 5)
    fresh = seconds_per_message(server, growing, "fresh", 50)
    late = seconds_per_message(server, growing, "long", 50)
    show(f"message in a session of {2 * long_count:,} messages", f"{late * 1e3:.2f} ms", f"{late / fresh:.2f} × one of 10 to 110 ({fresh * 1e3:.2f} ms)")
    sessions = server.need(200, "GET", f"/api/agents/{growing}/sessions?limit=100")["sessions"]
    big = max(sessions, key=lambda s: s["message_count"])
    show_wrk("GET session messages, page of 100", server, f"/api/sessions/{big['id']}/messages?limit=100")
    show_wrk("GET session, newest 500 folded", server, f"/api/sessions/{big['id']}")
    lua = f"""
request = function()
  return wrk.format("PUT", nil, {{["Content-Type"] = "application/json", ["Authorization"] = "Bearer {KEY}"}}, '{{"content":"note"}}')
end
"""
    show_wrk("PUT agent file, 16 writers", server, f"/api/agents/{agent}/files/MEMORY.md", lua=lua)
    key_values(server, agent)
    for count in (1_000, 10_000) if QUICK else (1_000, 10_000, 100_000):
        recall(server, count)
    for i in range(100 if QUICK else 999):
        server.need(201, "POST", "/api/agents", {"name": f"bench-{i}", "model": "builtin/echo"})
    show_wrk(f"GET /api/agents?limit=100, {101 if QUICK else 1000} agents", server, "/api/agents?limit=100")
    idle_count = 200 if QUICK else 1000
    path = f"/api/agents/{agent}/ws"
    show("memory per idle WebSocket", f"{asyncio.run(idle_connections(server, path, idle_count, UPGRADE)):.0f} kB")
    # A run that never ends while we look: its followers are idle streams.
    slow = server.need(202, "POST", f"/api/agents/{agent}/runs", {"message": "@@delay 600s", "model": "builtin/script"})["id"]
    path = f"/api/runs/{slow}/stream"
    show("memory per idle SSE stream", f"{asyncio.run(idle_connections(server, path, idle_count, '')):.0f} kB")
    server.need(202, "POST", f"/api/runs/{slow}/cancel", {})
    graph(server, 10_000 if QUICK else 100_000)
    server.stop()

    model_port = free_port()
    server = Server(home, {"OPENFANG_PROVIDER_URLS__OPENAI": f"http://127.0.0.1:{model_port}/v1", "OPENAI_API_KEY": "sk-bench"})
    server.start()
    agent = server.need(201, "POST", "/api/agents", {"name": "streams", "model": "gpt-4o", "provider": "openai"})["id"]
    for streams in (1, 50):
        show(f"stream overhead per token, {streams} streams", "", asyncio.run(stream_overhead(server, agent, model_port, streams)))
    server.stop()
    shutil.rmtree(home)


main()
