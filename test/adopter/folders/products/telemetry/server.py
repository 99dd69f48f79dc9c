"""Telemetry of our devices. One socket per device; the gateway posts measurements."""
import asyncio
import http
import json
import os

from websockets.exceptions import ConnectionClosed
from websockets.legacy.server import serve

devices = {}


class Device:
    def __init__(self):
        self.seq = 0
        self.last = None
        self.sockets = set()


def device(name):
    return devices.setdefault(name, Device())


async def measure(name, value):
    d = device(name)
    d.seq += 1
    d.last = {"seq": d.seq, "value": value}
    for ws in list(d.sockets):
        try:
            await ws.send(json.dumps({"type": "measurement", "device": name, **d.last}))
        except ConnectionClosed:
            pass
    return d.seq


async def process_request(path, headers):
    # /measure/<device>/<value>: the gateway cannot speak WebSocket
    parts = path.split("/")
    if len(parts) == 4 and parts[1] == "measure":
        seq = await measure(parts[2], float(parts[3]))
        return http.HTTPStatus.OK, [("Content-Type", "application/json")], json.dumps({"seq": seq}).encode()
    if parts[1] != "devices" or len(parts) != 3:
        return http.HTTPStatus.NOT_FOUND, [], b"no such thing\n"
    if headers.get("Authorization") != "Bearer field":
        return http.HTTPStatus.UNAUTHORIZED, [("WWW-Authenticate", "Bearer")], b"who are you?\n"
    return None


async def handler(ws, path):
    name = path.split("/")[2]
    d = device(name)
    await ws.send(json.dumps({"type": "hello", "device": name, "last": d.last}))
    d.sockets.add(ws)
    try:
        async for message in ws:
            try:
                request = json.loads(message)
                if request["type"] == "scale":
                    await ws.send(json.dumps({"type": "scaled", "factor": request["factor"], "value": (d.last or {"value": 0})["value"] * request["factor"]}))
                else:
                    await ws.send(json.dumps({"type": "error", "detail": "unknown type %r" % request["type"]}))
            except (ValueError, KeyError, TypeError) as e:
                await ws.send(json.dumps({"type": "error", "detail": type(e).__name__}))
    finally:
        d.sockets.discard(ws)


async def main():
    async with serve(handler, "127.0.0.1", int(os.environ.get("PORT", 0)), process_request=process_request) as server:
        print("listening on %d" % server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
