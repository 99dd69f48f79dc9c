"use strict";
var WebSocket = require("ws");

exports.follow = function (url, n, onSeq) {
    return new Promise(function (resolve, reject) {
        var socket = new WebSocket(url.replace("http", "ws") + "/rpc", n % 2 ? ["jsonrpc-2.0"] : []);
        socket.on("error", reject);
        socket.on("open", () => socket.send(JSON.stringify({ jsonrpc: "2.0", method: "device.subscribe", params: { id: "load" }, id: n })));
        socket.on("message", (data) => {
            var message = JSON.parse(data);
            if (message.method === "device.changed") onSeq(message.params.rev);
            else if (message.id === n) resolve(() => socket.close());
        });
    });
};

exports.publish = async function (url, n) {
    var response = await fetch(url + "/report/load/" + n, { method: "POST" });
    return (await response.json()).rev;
};
