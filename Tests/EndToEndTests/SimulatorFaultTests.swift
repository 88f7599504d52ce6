import Glibc
import Testing

/// Every fault, seen as the bytes that a client gets.
@Suite struct SimulatorFaultTests {
    /// How a connection ended after one request.
    private struct Seen {
        let text: String
        let wasReset: Bool
    }

    private static func see(_ simulator: SimulatorProcess, _ stream: Bool) throws -> Seen {
        let socket = try simulator.connect()
        let body = SimulatorTests.chat(
            "echo:a b c d", ",\"stream\":\(stream),\"stream_options\":{\"include_usage\":true}")
        socket.request("POST", SimulatorTests.openAI, body, headers: "Connection: close\r\n")
        return Seen(text: socket.readToEnd(), wasReset: socket.wasReset)
    }

    /// A fault, what the answer then holds, and what it does not.
    private typealias Row = (fault: String, has: [String], lacks: [String])

    private static let finish = "\"finish_reason\":\"stop\""
    private static let last = "\r\n0\r\n\r\n"

    private static let streamed: [Row] = [
        ("truncate=1", ["\"content\":\"a\""], ["\" b\"", finish, "[DONE]", last]),
        ("truncate=1e300", ["\"content\":\" d\""], [finish, "[DONE]", last]),
        ("cut=1", ["\"content\":\"a\"", last], ["\" b\"", finish, "[DONE]"]),
        ("no-done", [finish, last], ["[DONE]"]),
        ("no-finish", ["data: [DONE]\n\n", last], [finish]),
        (
            "error-event",
            [
                "event: error\ndata: {\"error\":{\"message\":\"Error in iterating",
                "'type' must be a string\"},\"message\":\"Error in", last,
            ],
            ["\"delta\"", "[DONE]"]
        ),
        (
            "error-event=1:It broke",
            ["\"content\":\"a\"", "event: error\ndata: {\"error\":{\"message\":\"It broke\"}"],
            ["\" b\"", "[DONE]"]
        ),
        (
            "error-data=It broke",
            [
                "data: {\"error\":{\"message\":\"It broke\","
                    + "\"type\":\"invalid_request_error\"}}\n\n"
            ],
            ["event:", "[DONE]"]
        ),
        (
            "error-string=It broke", ["data: {\"error\":\"It broke\"}\n\n"],
            ["event:", "[DONE]"]
        ),
        ("splice", ["\"logprodata: {\"id\":", "\"content\":\" d\"", "[DONE]"], []),
        ("garbage", ["[{<<<\n\n", "\"content\":\" d\"", "[DONE]"], []),
        ("crlf", ["data: [DONE]\r\n\r\n"], ["data: [DONE]\n\n"]),
        ("comments", [": keepalive\n\ndata: {"], []),
        ("crash=1", ["\"content\":\"a\"", "The model has crashed"], ["\" b\"", "[DONE]"]),
        (
            "old",
            [
                "{\"role\":\"assistant\",\"content\":\" d\"}",
                "\"delta\":{\"role\":\"assistant\"}",
            ], []
        ),
        ("usage=absent", ["[DONE]"], ["usage"]),
        (
            "usage=null", ["\"finish_reason\":null}],\"usage\":null}", "\"usage\":null}\n\n"],
            []
        ),
        ("usage=empty", ["\"usage\":{}}"], []),
        ("usage=zeros", ["\"usage\":{\"prompt_tokens\":0,"], []),
        ("choices=empty", ["fingerprint\":\"llama-2-7b-chat\",\"choices\":[]}\n"], []),
        ("choices=absent", ["fingerprint\":\"llama-2-7b-chat\"}\n"], []),
        ("wrong-model=z", ["\"model\":\"z\",\"system_fingerprint\":\"z\""], ["llama-2"]),
        ("wrong-model", ["\"model\":\"mistral-7b-instruct\""], ["llama-2"]),
        (
            "no-content-length", ["Connection: close\r\n", "\r\n\r\ndata: {"],
            ["chunked", last]
        ),
        ("trailers", ["Trailer: X-Checksum\r\n", "0\r\nX-Checksum: 0\r\n\r\n"], []),
        ("bad-chunk", ["\r\n\r\nxyz\r\ndata: "], []),
        (
            "http200-error", ["{\"error\":\"Unexpected endpoint or method. (POST /v1/"],
            ["data:"]
        ),
    ]

    @Test func `a fault in a stream is what its name says`() throws {
        let simulator = try SimulatorProcess()
        for row in SimulatorFaultTests.streamed {
            try simulator.setFaults("[\"\(row.fault),times=1\"]")
            let seen = try SimulatorFaultTests.see(simulator, true)
            #expect(seen.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            for part in row.has { #expect(seen.text.contains(part), "\(row.fault): \(seen.text)") }
            for part in row.lacks {
                #expect(!seen.text.contains(part), "\(row.fault): \(seen.text)")
            }
            #expect(!seen.wasReset)
            let fresh = "[\"llama-2-7b-chat,state=loaded\",\"mistral-7b-instruct\"]"
            _ = try simulator.ask("POST", "/simulator/models", fresh)
            let after = try SimulatorFaultTests.see(simulator, true)
            #expect(after.text.contains("[DONE]"), "\(row.fault) was to happen once")
        }
    }

    @Test func `a fault in a whole answer is what its name says`() throws {
        let simulator = try SimulatorProcess()
        let table: [(fault: String, has: [String], lacks: [String])] = [
            ("500", ["HTTP/1.1 500 Internal Server Error\r\n", "{\"error\":\""], []),
            ("503", ["HTTP/1.1 503 Service Unavailable\r\n"], ["Retry-After"]),
            ("429=7", ["HTTP/1.1 429 Too Many Requests\r\n", "Retry-After: 7\r\n"], []),
            ("404", ["HTTP/1.1 404 Not Found\r\n"], []),
            (
                "no-models",
                [
                    "HTTP/1.1 400 Bad", "        \"message\": \"No models loaded. Please",
                    "\"code\": null",
                ],
                []
            ),
            (
                "no-models=string",
                ["HTTP/1.1 400 Bad", "\r\n\r\n{\"error\":\"No models loaded. P"], []
            ),
            ("no-models=404", ["HTTP/1.1 404 Not", "`lms load` command\"}"], []),
            (
                "http200-error", ["HTTP/1.1 200 OK", "{\"error\":\"Unexpected endpoint or"],
                ["choices"]
            ),
            ("truncate", ["{\"id\":\"chatcmpl-"], ["fingerprint\":"]),
            ("crash", ["400 Bad", "{\"error\":\"The model has crashed without additional"], []),
            ("pretty", ["{\n    \"id\": \"chatcmpl-", "\n            \"index\": 0,"], []),
            ("garbage", ["200 OK", "<<<garbage>>>"], ["fingerprint\":"]),
            ("garbage-head", ["ICY ???"], ["HTTP/1.1 200"]),
            (
                "chunked=16", ["Transfer-Encoding: chunked\r\n", "\r\n10\r\n{\"id\":\"chatcmpl-"],
                ["Content-Length"]
            ),
            (
                "no-content-length", ["Connection: close\r\n", "\r\n\r\n{\"id\""],
                ["Content-Length", "chunked"]
            ),
            ("content-length=3", ["Content-Length: 3\r\n", "fingerprint\":"], []),
            (
                "interim", ["HTTP/1.1 103 Early Hints\r\nLink: <", "\r\n\r\nHTTP/1.1 200 OK\r\n"],
                []
            ),
            ("interim=100", ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"], []),
            ("huge-header=9", ["X-Padding: aaaaaaaaa\r\n"], []),
            ("http10", ["HTTP/1.0 200 OK\r\n", "Connection: close\r\n"], ["chunked"]),
            ("usage=absent", ["\"stats\":{}"], ["\"usage\""]),
            ("usage=null", ["\"usage\":null"], []),
            ("choices=empty", ["\"choices\":[]"], []),
            ("choices=absent", ["\"stats\":{}"], ["choices"]),
            ("old", ["\"finish_reason\":\"stop\",\"message\":{"], ["reasoning", "tool_calls"]),
            ("slow=0.001", ["\"content\":\"a b c d\""], []),
            ("hang=0.001", ["\"content\":\"a b c d\""], []),
        ]
        for row in table {
            try simulator.setFaults("[\"\(row.fault),times=1\"]")
            let seen = try SimulatorFaultTests.see(simulator, false)
            for part in row.has { #expect(seen.text.contains(part), "\(row.fault): \(seen.text)") }
            for part in row.lacks {
                #expect(!seen.text.contains(part), "\(row.fault): \(seen.text)")
            }
            let fresh = "[\"llama-2-7b-chat,state=loaded\"]"
            _ = try simulator.ask("POST", "/simulator/models", fresh)
            let after = try SimulatorFaultTests.see(simulator, false)
            #expect(
                after.text.contains("\"content\":\"a b c d\""), "\(row.fault) was to happen once")
        }
    }

    @Test func `only v0 can be made to send its stats in a stream`() throws {
        let simulator = try SimulatorProcess("--fault", "stats-in-stream", "--fault", "tps=zero")
        let body = SimulatorTests.chat("echo:a b", ",\"stream\":true")
        let v0 = try simulator.ask("POST", SimulatorTests.v0, body).body
        #expect(
            v0.contains(
                "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":6,"
                    + "\"completion_tokens\":2,"
                    + "\"total_tokens\":8},\"stats\":{\"tokens_per_second\":0,"))
        let openAI = try simulator.ask("POST", SimulatorTests.openAI, body).body
        #expect(!openAI.contains("stats"))
    }

    @Test func `a reset is a reset, in a stream and in a body`() throws {
        let simulator = try SimulatorProcess("--fault", "reset=2")
        let stream = try SimulatorFaultTests.see(simulator, true)
        #expect(stream.wasReset)
        let whole = try SimulatorFaultTests.see(simulator, false)
        #expect(whole.wasReset)
        #expect(!whole.text.contains("fingerprint\":"))
    }

    @Test func `split sends the same bytes, however small the pieces`() throws {
        let simulator = try SimulatorProcess("--fault", "split=1,path=/v1/*")
        let body = SimulatorTests.chat("echo:é 🙂 👩‍🚀", ",\"stream\":true")
        let split = try simulator.ask("POST", SimulatorTests.openAI, body).body
        let whole = try simulator.ask("POST", SimulatorTests.v0, body).body
        #expect(SimulatorTests.steady(split) == SimulatorTests.steady(whole))
    }

    @Test func `a hanging request is never answered, and its end is noticed`() throws {
        let simulator = try SimulatorProcess(
            "--fault", "hang,path=/v1/models,times=1", "--fault", "hang-headers,path=/v1/models")
        var socket: HTTPSocket? = try simulator.connect()
        socket?.request("GET", "/v1/models")
        try simulator.until("/simulator/log", says: "\"faults\":[\"hang\",\"hang-headers\"]")
        socket = nil
        try simulator.until("/simulator/log", lacks: "\"closed_early_ms\":null")
        let second = try simulator.connect()
        second.request("GET", "/v1/models")
        #expect(second.read(through: "\r\n\r\n").contains("200 OK"))
        second.finishSending()
        #expect(second.readToEnd() == "")
    }

    @Test func `refuse closes the port for a while, and it comes back`() throws {
        let simulator = try SimulatorProcess()
        let other = try simulator.connect()
        #expect(other.ask("GET", "/v1/models").status == 200)
        let control = try simulator.connect()
        #expect(control.ask("POST", "/simulator/faults", "[\"refuse=1\"]").status == 200)
        #expect(other.readToEnd() == "")
        #expect(throws: HTTPSocket.Refused.self) { try simulator.connect() }
        var answer: HTTPSocket.Answer?
        let end = time(nil) + 10
        while answer == nil && time(nil) < end { answer = try? simulator.ask("GET", "/v1/models") }
        #expect(answer?.status == 200)
    }

    @Test func `a stale connection dies with its second request, unanswered`() throws {
        let simulator = try SimulatorProcess("--fault", "stale-keepalive,times=1")
        let socket = try simulator.connect()
        #expect(socket.ask("GET", "/v1/models").status == 200)
        #expect(socket.ask("GET", "/v1/models").status == 0)
        let fresh = try simulator.connect()
        #expect(fresh.ask("GET", "/v1/models").status == 200)
        #expect(fresh.ask("GET", "/v1/models").status == 200)
    }

    @Test func `after a crash nothing is loaded until somebody loads`() throws {
        let simulator = try SimulatorProcess("--fault", "crash,times=1")
        let socket = try simulator.connect()
        let body = SimulatorTests.chat("echo:a")
        #expect(socket.ask("POST", SimulatorTests.v0, body).body.contains("The model has crashed"))
        for _ in 0..<2 {
            #expect(socket.ask("POST", SimulatorTests.v0, body).body.contains("No models loaded."))
        }
        #expect(
            socket.ask("POST", "/api/v1/models/load", "{\"model\":\"llama-2-7b-chat\"}").status
                == 200)
        #expect(socket.ask("POST", SimulatorTests.v0, body).body.contains("\"content\":\"a\""))
    }

    @Test func `after, times and path choose the requests`() throws {
        let simulator = try SimulatorProcess("--fault", "500,after=1,times=2,path=/v1/models")
        let socket = try simulator.connect()
        let statuses = (0..<5).map { _ in
            _ = socket.ask("GET", "/api/v0/models")
            return socket.ask("GET", "/v1/models").status
        }
        #expect(statuses == [200, 500, 500, 200, 200])
        #expect(socket.ask("GET", "/simulator/faults").body == "{\"faults\":[]}")
    }

    @Test func `a fault that does not exist is refused with a word about it`() throws {
        let simulator = try SimulatorProcess()
        let socket = try simulator.connect()
        let table: [(body: String, part: String)] = [
            ("[\"rest=1\"]", "unknown fault \\\"rest\\\""),
            ("[\"reset=many\"]", "is not a number"),
            ("[\"reset,sometimes=1\"]", "unknown part"),
            ("[\"reset,times=x\"]", "times is a whole number"),
            ("[{\"name\":\"reset\"}]", "with \\\"fault\\\""),
            ("[{\"fault\":\"reset\",\"tmes\":1}]", "\\\"tmes\\\" is unknown or mistyped"),
            ("[", "not JSON"),
        ]
        for row in table {
            let answer = socket.ask("POST", "/simulator/faults", row.body)
            #expect(answer.status == 400)
            #expect(answer.body.contains(row.part), "\(answer.body)")
        }
        let set = "[{\"fault\":\"429\",\"arg\":3,\"times\":1,\"after\":2,\"path\":\"/x\"}]"
        #expect(
            socket.ask("POST", "/simulator/faults", set).body
                == "{\"faults\":[{\"fault\":\"429\",\"arg\":\"3\",\"times\":1,\"after\":2,"
                + "\"path\":\"/x\"}]}"
        )
        #expect(socket.ask("DELETE", "/simulator/faults").body == "{\"faults\":[]}")
    }
}
