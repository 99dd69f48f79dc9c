"use strict";
var http = require("http");
var ws = require("ws");
var devices = require("./devices");

var methods = {
    "device.list": () => Array.from(devices.all.keys()).filter((id) => id !== "load"),
    "device.get": (params) => devices.get(params.id),
    "device.set": (params) => {
        if (typeof params.value !== "number") throw { code: -32602, message: "Invalid params" };
        return { rev: devices.set(params.id, params.value) };
    },
    "device.subscribe": (params, session) => {
        var device = devices.get(params.id);
        session.subscribed.add(params.id);
        return device;
    },
    "device.unsubscribe": (params, session) => session.subscribed.delete(params.id),
};

function handle(request, session) {
    if (typeof request !== "object" || request === null || Array.isArray(request) || request.jsonrpc !== "2.0" || typeof request.method !== "string")
        return { jsonrpc: "2.0", error: { code: -32600, message: "Invalid Request" }, id: null };
    var isNotification = request.id === undefined;
    try {
        var method = Object.prototype.hasOwnProperty.call(methods, request.method) && methods[request.method];
        if (!method) throw { code: -32601, message: "Method not found" };
        var result = method(request.params || {}, session);
        return isNotification ? undefined : { jsonrpc: "2.0", result: result, id: request.id };
    } catch (error) {
        if (!error.code) error = { code: -32603, message: "Internal error" };
        return isNotification ? undefined : { jsonrpc: "2.0", error: error, id: request.id };
    }
}

var server = http.createServer((req, res) => {
    // the devices themselves report here: POST /report/lamp/12
    var parts = req.url.split("/");
    try {
        res.end(JSON.stringify({ rev: devices.set(parts[2], Number(parts[3])) }));
    } catch (e) {
        res.statusCode = 404;
        res.end("{}");
    }
});

var wss = new ws.WebSocketServer({ server: server, path: "/rpc", handleProtocols: (offered) => (offered.has("jsonrpc-2.0") ? "jsonrpc-2.0" : false) });

wss.on("connection", (socket) => {
    var session = { subscribed: new Set() };
    var changed = (change) => {
        if (session.subscribed.has(change.id)) socket.send(JSON.stringify({ jsonrpc: "2.0", method: "device.changed", params: change }));
    };
    devices.on("changed", changed);
    socket.on("close", () => devices.removeListener("changed", changed));
    socket.on("error", () => {});
    socket.on("message", (data) => {
        var message;
        try {
            message = JSON.parse(data);
        } catch (e) {
            return socket.send('{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}');
        }
        if (!Array.isArray(message)) {
            var answer = handle(message, session);
            if (answer) socket.send(JSON.stringify(answer));
        } else if (message.length === 0) {
            socket.send(JSON.stringify({ jsonrpc: "2.0", error: { code: -32600, message: "Invalid Request" }, id: null }));
        } else {
            var answers = message.map((one) => handle(one, session)).filter(Boolean);
            if (answers.length) socket.send(JSON.stringify(answers));
        }
    });
});

server.listen(process.env.PORT || 0, "127.0.0.1", () => console.log("listening on " + server.address().port));
