"use strict";
const { EventEmitter } = require("events");

class Devices extends EventEmitter {
    constructor() {
        super();
        this.setMaxListeners(0);
        this.all = new Map();
        for (const id of ["lamp", "heater", "load"]) this.all.set(id, { id: id, rev: 0, value: 0 });
    }
    get(id) {
        const device = this.all.get(id);
        if (!device) throw { code: -32004, message: "No such device", data: { id: id } };
        return device;
    }
    set(id, value) {
        const device = this.get(id);
        device.rev++;
        device.value = value;
        this.emit("changed", { id: id, rev: device.rev, value: value });
        return device.rev;
    }
}

module.exports = new Devices();
