"""How fast `truereach serve` answers, and whether it stays as large as it was: python3 benches/serve.py PROGRAM NETWORK.trg

Type-ahead at every letter of handles, a portfolio of 100 creators of which one is exchanged at every step, then 20 clients at
once for a minute. Prints milliseconds at the median and the 95th percentile as a client sees them, errors, and the memory of the
server every ten seconds. Python's own HTTP client is part of what is measured."""

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

TOKEN = "a-token-for-benches"
SECONDS = float(os.environ.get("SECONDS_OF_LOAD", "60"))
CLIENTS = 20


class Client:
    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes, float]:
        begun = time.perf_counter()
        data = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        self.connection.request(method, path, data, headers)
        reply = self.connection.getresponse()
        text = reply.read()
        return reply.status, text, 1000 * (time.perf_counter() - begun)


def resident(process: int) -> float:
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def shown(name: str, times: list[float]) -> None:
    times.sort()
    high = times[int(0.95 * len(times))]
    print(f"{name:40} median {statistics.median(times):7.1f} ms   95% {high:7.1f} ms   most {times[-1]:7.1f} ms   of {len(times)}")


def typed(handles: list[str], chance: random.Random) -> str:
    handle = chance.choice(handles)
    begin = chance.choice([0, 0, 1, max(handle.find("_"), 0)])
    return urllib.parse.quote(handle[begin : begin + chance.randint(1, 10)])


def main() -> None:
    program, network = sys.argv[1:3]
    begun = time.perf_counter()
    server = subprocess.Popen([program, "serve", network, "--port", "0", "--token", TOKEN], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline().split(":")[2].split("/")[0])
    print(f"answers after {time.perf_counter() - begun:.2f} s", end="")
    client = Client(port)
    try:
        while True:
            state = json.loads(client.ask("GET", "/api/network")[1])
            if state["board"]["ready"]:
                break
            time.sleep(0.05)
        print(f", judges portfolios after {time.perf_counter() - begun:.2f} s", end="")
        while not json.loads(client.ask("GET", "/api/network")[1])["map"]["ready"]:
            time.sleep(0.1)
        print(f", has the map after {time.perf_counter() - begun:.2f} s")
        chance = random.Random(1)
        rows = []
        while len(rows) < min(2000, state["creators"]):
            rows += json.loads(client.ask("GET", f"/api/creators?limit=200&offset={len(rows)}")[1])["rows"]
        handles = [row["id"] for row in rows]
        shown("type-ahead", [client.ask("GET", f"/api/search?text={typed(handles, chance)}")[2] for _ in range(2000)])
        shown("a page of the table, sorted by cost", [client.ask("GET", "/api/creators?sort=per_person&order=ascending")[2] for _ in range(200)])
        for name, among in [("most followed", handles[:200]), ("any of 2,000", handles)]:
            chosen = chance.sample(among, 100)
            times = []
            for _ in range(300):
                chosen[chance.randrange(100)] = chance.choice([handle for handle in among if handle not in chosen])
                status, _, took = client.ask("POST", "/api/portfolio", {"creators": chosen})
                assert status == 200
                times.append(took)
            shown(f"a portfolio of 100, {name}", times)

        print(f"{CLIENTS} clients for {SECONDS:.0f} s: memory {resident(server.pid):.0f} MiB before", end="", flush=True)
        ended = time.perf_counter() + SECONDS
        times_by: dict[str, list[float]] = {"search": [], "table": [], "portfolio": []}
        errors: list[str] = []
        lock = threading.Lock()

        def load(seed: int) -> None:
            chance, client = random.Random(seed), Client(port)
            chosen = chance.sample(handles, 20)
            while time.perf_counter() < ended:
                kind = chance.choice(["search", "search", "search", "table", "portfolio"])
                if kind == "search":
                    asked = client.ask("GET", f"/api/search?text={typed(handles, chance)}")
                elif kind == "table":
                    asked = client.ask("GET", f"/api/creators?sort=reach&offset={chance.randrange(100)}")
                else:
                    chosen[chance.randrange(20)] = chance.choice([handle for handle in handles if handle not in chosen])
                    asked = client.ask("POST", "/api/portfolio", {"creators": chosen})
                with lock:
                    times_by[kind].append(asked[2])
                    if asked[0] != 200:
                        errors.append(f"{kind}: {asked[0]}")

        clients = [threading.Thread(target=load, args=(seed,)) for seed in range(CLIENTS)]
        for one in clients:
            one.start()
        while time.perf_counter() < ended:
            time.sleep(min(10, max(0.1, ended - time.perf_counter())))
            print(f", {resident(server.pid):.0f}", end="", flush=True)
        for one in clients:
            one.join()
        print(f"\n{sum(map(len, times_by.values()))} answers, {len(errors)} errors {errors[:3]}")
        for kind, times in times_by.items():
            shown(f"  {kind}, {CLIENTS} clients at once", times)
    finally:
        server.kill()


if __name__ == "__main__":
    main()
