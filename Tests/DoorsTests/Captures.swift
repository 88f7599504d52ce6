import Testing

/// Requests as clients of each API send them, one or more for every path that reads a body.
enum Captures {
    struct Request: Sendable, CustomTestStringConvertible {
        let path: String
        let body: String
        var fields: [String] = []

        var testDescription: String { "\(path) \(body.prefix(40))" }

        /// As it goes over the wire, with a length or in chunks of so many bytes.
        func text(chunk: Int? = nil, fields more: [String] = []) -> String {
            guard let chunk else { return Ask.post(path, body, fields + more) }
            var text = "POST \(path) HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            text += (fields + more).map { $0 + "\r\n" }.joined() + "\r\n"
            var rest = Array(body.utf8)[...]
            while !rest.isEmpty {
                let piece = rest.prefix(chunk)
                rest = rest.dropFirst(chunk)
                text += String(piece.count, radix: 16) + ";x=1\r\n"
                // A piece may end in the middle of a letter: such bodies are ASCII alone.
                text += String(decoding: piece, as: UTF8.self) + "\r\n"
            }
            return text + "0\r\n\r\n"
        }
    }

    static let all: [Request] = [
        Request(
            path: "/v1/chat/completions",
            body: #"{"messages":[{"role":"developer","content":"Be \"kind\"."},"#
                + #"{"role":"user","content":[{"type":"text","text":"Hello"}]}],"model":"m","#
                + #""max_completion_tokens":9,"stream":true,"stop":["\n"],"#
                + #""stream_options":{"include_usage":true},"tools":[{"type":"function","#
                + #""function":{"name":"f","parameters":{"type":"object"}}}]}"#,
            fields: [
                "User-Agent: OpenAI/Python 3.57.0", "X-Stainless-Timeout: 600",
                "Authorization: Bearer none", "Accept-Encoding: gzip, deflate",
            ]),
        Request(path: "/v1/completions", body: #"{"model":"m","prompt":["One"],"max_tokens":3}"#),
        Request(
            path: "/v1/embeddings",
            body: #"{"input":["one","two"],"model":"m","encoding_format":"base64"}"#),
        Request(
            path: "/v1/rerank",
            body: #"{"query":"q","documents":["a",{"text":"b"}],"return_documents":true}"#),
        Request(
            path: "/v1/responses",
            body: #"{"model":"m","instructions":"Be kind.","input":[{"type":"message","#
                + #""role":"user","content":[{"type":"input_text","text":"Say PONG"}]},"#
                + #"{"type":"function_call","call_id":"1","name":"f","arguments":"{\"a\":1}"},"#
                + #"{"type":"function_call_output","call_id":"1","output":"sunny"}],"#
                + #""tools":[{"type":"function","name":"f","parameters":{}},"#
                + #"{"type":"web_search"}],"store":false,"stream":true,"#
                + #""prompt_cache_key":"thread-1"}"#,
            fields: ["session-id: 1", "Accept: text/event-stream"]),
        Request(
            path: "/v1/messages?beta=true",
            body: #"{"model":"m","max_tokens":32,"system":[{"type":"text","text":"#
                + #""x-anthropic-billing-header: cc_version=2"},{"type":"text","text":"Be."}],"#
                + #""messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":["#
                + #"{"type":"thinking","thinking":"Hm"},{"type":"tool_use","id":"1","name":"f","#
                + #""input":{"a":[1, 2]}}]},{"role":"user","content":[{"type":"tool_result","#
                + #""tool_use_id":"1","content":[{"type":"text","text":"sunny"}]},"#
                + #"{"type":"text","text":"And?"}]}],"stream":true,"#
                + #""tools":[{"name":"f","input_schema":{"type":"object"}}]}"#,
            fields: ["anthropic-version: 2023-06-01", "X-Claude-Code-Session-Id: s"]),
        Request(
            path: "/v1/messages/count_tokens",
            body: #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#),
        Request(
            path: "/api/chat",
            body: #"{"model":"m:latest","messages":[{"role":"user","content":"Hi","images":"#
                + #"["/9j/AA=="]},{"role":"assistant","content":"","tool_calls":[{"function":"#
                + #"{"name":"f","arguments":{"a":1}}}]},{"role":"tool","tool_name":"f","#
                + #""content":"sunny"}],"options":{"temperature":0.5},"think":false}"#),
        Request(
            path: "/api/generate", body: #"{"model":"m","prompt":"Once","stream":false}"#),
        Request(path: "/api/embed", body: #"{"model":"m","input":"one"}"#),
        Request(path: "/api/show", body: #"{"name":"m"}"#),
        Request(
            path: "/rpc",
            body: #"{"jsonrpc":"2.0","id":7,"method":"complete","params":{"prompt":"a"}}"#),
    ]
}
