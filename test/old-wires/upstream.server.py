"""An old server of notes, as a test needs it: it counts its connections, and misbehaves when it is told to over HTTP."""
import asyncio
import http
import json
import os
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.legacy.server import serve

pads = {}
opened = []
mood = {"silent": False, "deaf": False, "status": 0, "code": 0}


class Pad:
    def __init__(self):
        self.notes = []
        self.sockets = set()


def pad(name):
    return pads.setdefault(name, Pad())


async def send(name, frame):
    text = frame if isinstance(frame, (str, bytes)) else json.dumps(frame)
    await asyncio.gather(*(ws.send(text) for ws in list(pad(name).sockets)), return_exceptions=True)


async def add(name, text):
    p = pad(name)
    p.notes.append({"n": len(p.notes) + 1, "text": text})
    await send(name, {"type": "note", **p.notes[-1]})
    return p.notes[-1]


def answer(body, status=http.HTTPStatus.OK):
    return status, [("Content-Type", "application/json")], json.dumps(body).encode()


async def process_request(path, headers):
    url = urlsplit(path)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    parts = url.path.strip("/").split("/")
    if parts[0] == "opened":
        return answer({"opened": opened, "open": sum(len(p.sockets) for p in pads.values())})
    if parts[0] == "mood":
        mood.update({name: json.loads(value) for name, value in query.items()})
        return answer(mood)
    if parts[0] == "add":
        for n in range(int(query.get("count", 1))):
            await add(parts[1], query["text"])
            await asyncio.sleep(float(query.get("pause", 0)))
        return answer({"count": len(pad(parts[1]).notes)})
    if parts[0] == "raw":
        text = query.get("text") or "x" * int(query.get("size", 0))
        await send(parts[1], bytes.fromhex(query["hex"]) if "hex" in query else text)
        return answer({})
    if parts[0] == "close":
        await asyncio.gather(*(ws.close(int(query["code"])) for ws in list(pad(parts[1]).sockets)))
        return answer({})
    if parts[0] != "pads":
        return http.HTTPStatus.NOT_FOUND, [], b""
    if mood["status"]:
        return http.HTTPStatus(mood["status"]), [], b""
    # A token is a name, and after an @ when it ends.
    if headers.get("Authorization", "").split("@")[0] not in ("Bearer ada", "Bearer bob"):
        return http.HTTPStatus.UNAUTHORIZED, [], b""
    return None


async def handler(ws, path):
    name = path.strip("/").split("/")[1]
    opened.append([name, ws.request_headers["Authorization"]])
    p = pad(name)
    if mood["silent"]:
        await asyncio.Future()
    if mood["code"]:
        return await ws.close(mood["code"], "not you")
    await ws.send(json.dumps({"type": "notes", "notes": p.notes}))
    p.sockets.add(ws)
    try:
        async for message in ws:
            request = json.loads(message)
            if request["text"] == "refuse me":
                await ws.send(json.dumps({"type": "error", "re": request["id"], "detail": "no such note"}))
                continue
            note = await add(name, request["text"])
            if not mood["deaf"]:
                await ws.send(json.dumps({"type": "done", "re": request["id"], "n": note["n"]}))
    except ConnectionClosed:
        pass
    finally:
        p.sockets.discard(ws)


async def main():
    port = int(os.environ.get("PORT", 0))
    async with serve(handler, "127.0.0.1", port, process_request=process_request) as server:
        print("listening on %d" % server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
