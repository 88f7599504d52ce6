// A client for crowd-models-executor in Node, with nothing but Node's own library.
//
//     const models = await CrowdModels.connect();
//     const result = await models.call("complete", { prompt: "Say hello." });
//     models.close();
//
// Any number of calls may be under way at once: answers come in any order and find their call by
// its id.

import { execFileSync } from "node:child_process";
import { connect } from "node:net";

/** An error answer: `code`, a sentence, and `data` with at least `kind` and `retryable`. */
export class CrowdModelsError extends Error {
    constructor({ code, message, data }) {
        super(message);
        Object.assign(this, { code, data });
    }
}

export class CrowdModels {
    #socket;
    #calls = new Map();
    #lastId = 0;
    #partialLine = "";

    /** Where the socket is depends on the machine: the daemon's own client knows. */
    static connect(path = process.env.CROWD_MODELS_SOCKET) {
        path ??= execFileSync("crowd-models", ["sockname"], { encoding: "utf8" }).trimEnd();
        return new Promise((resolve, reject) => {
            const socket = connect(path, () => resolve(new CrowdModels(socket)));
            socket.once("error", reject);
        });
    }

    constructor(socket) {
        this.#socket = socket;
        // Pieces may end within a character: the socket's decoder keeps the rest for the next one.
        socket.setEncoding("utf8");
        socket.on("data", (text) => this.#received(text));
        socket.on("error", () => {});
        socket.on("close", () => {
            const error = new Error("crowd-models-executor closed the connection");
            for (const call of this.#calls.values()) call.reject(error);
            this.#calls.clear();
        });
    }

    /**
     * The result of a method. `onDelta` gets the deltas of a completion with `stream: true`; an
     * aborted `signal` cancels the request, which is answered all the same.
     */
    call(method, params = {}, { onDelta, signal } = {}) {
        const id = ++this.#lastId;
        return new Promise((resolve, reject) => {
            this.#calls.set(id, { resolve, reject, onDelta });
            this.#send({ id, method, params });
            const cancel = () => this.#send({ method: "cancel", params: { id } });
            if (signal?.aborted) cancel();
            else signal?.addEventListener("abort", cancel, { once: true });
        });
    }

    /** Ends the connection, and with it whatever is still running for it. */
    close() {
        this.#socket.destroy();
    }

    #send(request) {
        this.#socket.write(JSON.stringify({ jsonrpc: "2.0", ...request }) + "\n");
    }

    #received(text) {
        // Split at \n and nothing else: node:readline would split inside strings, too, at U+2028.
        const lines = (this.#partialLine + text).split("\n");
        this.#partialLine = lines.pop();
        for (const line of lines) this.#take(JSON.parse(line));
    }

    #take(message) {
        // Notifications have a method, and name the request they belong to in their params.
        if (message.method === "complete.delta") {
            this.#calls.get(message.params.id)?.onDelta?.(message.params);
        } else if (this.#calls.has(message.id)) {
            const { resolve, reject } = this.#calls.get(message.id);
            this.#calls.delete(message.id);
            if (message.error) reject(new CrowdModelsError(message.error));
            else resolve(message.result);
        }
    }
}
