/// What stands in no table of the registry.
extension ProtocolDocument {
    static func introduction(version: String?) -> String {
        let version = version.map { " It describes version \($0)." } ?? ""
        return """
            # The protocol of crowd-models-executor

            Any program can use the language models of this machine: connect to a Unix socket, write
            one JSON-RPC 2.0 request per line, read one answer per line. This page is generated from
            the list by which the daemon finds and checks its methods.\(version)

            ## In one minute

            The socket is what `crowd-models sockname` prints. Without the client, it is
            `$CROWD_MODELS_SOCKET` where that is set, else the first of these that exists:
            `$XDG_RUNTIME_DIR/crowd-models/executor.sock`, `/tmp/crowd-models-$UID/executor.sock`,
            `/run/crowd-models/executor.sock`.

            From a shell:

            ```sh
            socket=$(crowd-models sockname)
            echo '{"jsonrpc":"2.0","id":1,"method":"complete","params":{"prompt":"Say hello."}}' |
                socat -t 300 - "UNIX-CONNECT:$socket" | jq -r .result.content
            ```

            From Python, with its own library alone:

            ```python
            import json, socket

            daemon = socket.socket(socket.AF_UNIX)
            daemon.connect("/run/user/1000/crowd-models/executor.sock")  # crowd-models sockname
            lines = daemon.makefile("rw", encoding="utf-8", newline="\\n")

            def call(method, **params):
                request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
                lines.write(json.dumps(request) + "\\n")
                lines.flush()
                answer = json.loads(lines.readline())
                if "error" in answer:
                    raise RuntimeError(answer["error"]["message"])
                return answer["result"]

            print(call("complete", prompt="Say hello.")["content"])
            ```

            Both wait for the whole answer. With `"stream":true` beside the prompt it comes as it is
            made: a line `complete.delta` for each piece, then the result.

            Ask the daemon itself: `help` lists its methods, `help {"method": "complete"}` describes
            one, `check` says whether a call would be accepted without making it, and `rpc.discover`
            answers an OpenRPC 1.3.2 document with every schema.


            """
    }

    static let lines = """
        ## Lines

        - An `AF_UNIX` stream socket; UTF-8; one compact JSON value per line, ended by `\\n`. A
          trailing `\\r`, blank lines and a last line without `\\n` are accepted.
        - A connection whose first bytes are an HTTP method, a space and `/` or `*` speaks HTTP/1.1
          until it closes: OpenAI's API and others, and `POST /rpc` for this one (docs/HTTP.md).
        - JSON is strict RFC 8259: no byte order mark, no trailing comma, no lone surrogate.
        - Nothing comes that was not asked for. The one exception: a connection that is refused
          gets one line with id null and is closed: error 1013 where it is one too many, 1011
          where the configuration does not let its user in.
        - Shut down your side of the connection for writing and you still get every answer; then
          the daemon closes, unless you have a subscription.
        - Close the connection and all that you asked for is cancelled.
        - After a bad line the connection goes on with the next one.


        """

    static let calls = """
        ## Calls

        JSON-RPC 2.0: `jsonrpc` is `"2.0"`, `id` a string, a number or null, `method` a name,
        `params` an object or an array. An answer has the id byte for byte as it came, and either a
        `result` or an `error`.

        - `params` by name, or by position in the order of the tables below. Absent, null, `[]` and
          `{}` are the same. Null for an optional parameter counts as absent. An unknown parameter,
          one too many, or one given twice is -32602, which names it and the nearest known one.
        - Answers come in any order; match them by id. What belongs to a request (`complete.delta`,
          `complete.progress`) comes before its result.
        - An id that is in flight on this connection cannot be used again: -32600, with the id in
          `data.id`. `1` and `"1"` are two ids.
        - Every method takes `_meta` too, an object, by name only. Its member `traceparent` (W3C
          Trace Context) names the trace that the request belongs to; one that is not valid is
          dropped. The methods of the Model Context Protocol read its own members, too; others are
          ignored.
        - A request without `id` is a notification and gets no answer. Only `cancel`,
          `$/cancelRequest`, `$/cancel_request`, `notifications/cancelled` and `unsubscribe` do
          anything as notifications.
        - A batch is an array of requests; its answers come in one array, or not at all if all were
          notifications.
        - Results may have members that this page does not know: ignore them. What is unknown is
          left out, never null. Members are added with time, never renamed or removed.

        In the tables, a name in bold is required, or always there where what holds it is there.


        """

    static let errors = """
        An error has `code`, `message` and `data`. The message is for people: what happened, to
        which backend, and what to do about it. `data` is an object and always has `kind` (a name
        for the code) and `retryable` (whether the same request may succeed later);
        `backend_message` is what the backend said, where it said something. Any call may get
        -32700, -32600, -32601, -32603, 1012 and 1013.


        """

    static let limitsProse = """
        Set under `[limits]` of config.toml; `status` tells those in force. A line, nesting, batch
        or id that is too large is -32600 with `data.kind` `limit_exceeded` and the limit's name in
        `data.limit`, id null; a name that is too long is -32602 with the same two members; any
        other limit is 1013 (1007 for a full queue). A client that does
        not read for `write_stall` seconds is dropped; while more than 1 MiB waits for it, nothing
        more is read from it.


        """
}
