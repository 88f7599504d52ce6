import Configuration
import CrowdModelsProtocol
import Kernel
import Sessions
import TestSupport
import Testing

@testable import Doors

/// A connection on which HTTP is spoken: what comes in, in which order answers go out, and what
/// becomes of it when its client goes.
@Suite(.tidy) struct HTTPDoorTests {
    private static let health = Ask.get("/health")

    @Test func `the first bytes say what is spoken, even one by one`() throws {
        let hall = try Hall()
        let lines = hall.enter()
        lines.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n")
        #expect(lines.read() == "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"ok\":true}}\n")
        let http = hall.enter()
        for letter in Self.health { http.send(String(letter)) }
        #expect(Answer(http.read())?.status == 200)
        let neither = hall.enter()
        neither.send("GETTING /\n")
        #expect(neither.read()?.contains("-32700") == true)
    }

    @Test func `a few letters and an end are a line that is no JSON`() throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send("GET ")
        #expect(client.read() == "")
        client.endInput()
        #expect(client.read()?.contains("-32700") == true)
    }

    @Test func `every answer says who gives it and which request it answers`() throws {
        let answer = try #require(Answer(try Hall().ask(Self.health)))
        #expect(answer.status == 200 && answer.body == #"{"status":"ok"}"#)
        #expect(answer["Server"] == "crowd-models-executor")
        #expect(answer["x-request-id"] == "1-1")
        #expect(answer["Content-Length"] == "15" && answer["Connection"] == nil)
    }

    @Test func `requests sent ahead are answered in their order, each after the one before`() throws
    {
        let hall = try Hall()
        let client = hall.enter()
        let chat = Ask.post("/v1/chat/completions", #"{"messages":[{"role":"user"}]}"#)
        client.send(Self.health + chat + Self.health)
        #expect(client.read()?.hasSuffix(#"{"status":"ok"}"#) == true)
        #expect(hall.service.asked.map(\.method) == [.ping, .complete])
        hall.service.jobs[0].finish()
        let rest = try #require(client.read())
        #expect(rest.contains("chat.completion") && rest.hasSuffix(#"{"status":"ok"}"#))
    }

    @Test func `what is sent ahead wakes nobody until its turn has come`() throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send(Ask.post("/v1/chat/completions", #"{"messages":[{"role":"user"}]}"#))
        client.send(Self.health)
        var turns = 0
        hall.loop.turnEnded = { _ in turns += 1 }
        let end = Timer { hall.loop.stop() }
        hall.loop.set(end, after: 10_000_000)
        _ = try? hall.loop.run()
        hall.loop.turnEnded = nil
        #expect(turns < 5)
        hall.service.jobs[0].finish()
        #expect(client.read()?.hasSuffix(#"{"status":"ok"}"#) == true)
    }

    @Test func `more requests than a turn has room for are all answered`() throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send(String(repeating: Self.health, count: 350))
        var text = ""
        while let more = client.read(), !more.isEmpty { text += more }
        #expect(text.split(separator: "HTTP/1.1 200 OK").count == 350)
    }

    @Test func `a request cut anywhere is the same request`() throws {
        let hall = try Hall()
        hall.service.answers[.complete] = FakeJob.result
        let text = Ask.post(
            "/v1/chat/completions", #"{"messages":[{"role":"user","content":"é\n"}]}"#)
        let chunked =
            "POST /chat/completions HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "d\r\n{\"messages\":[\r\n12\r\n{\"role\":\"user\"}]}\n\r\n0\r\nX: y\r\n\r\n"
        for sample in [text, chunked] {
            let bytes = Array(sample.utf8)
            let whole = Answer(hall.ask(sample))
            #expect(whole?.status == 200)
            for cut in stride(from: 1, to: bytes.count, by: 1) {
                let client = hall.enter()
                client.send(bytes[..<cut])
                client.send(bytes[cut...])
                #expect(Answer(client.read())?.status == 200, "cut at \(cut)")
            }
        }
    }

    @Test(arguments: [
        (
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            400
        ),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: h\n\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\n\r\n", 505),
        ("POST /rpc HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        ("POST /rpc HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n", 413),
        ("GET / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n", 417),
    ])
    func `what could be read in two ways is refused, and nothing behind it is read`(
        text: String, status: Int
    ) throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send(text + Self.health)
        let answer = try #require(Answer(client.read()))
        #expect(answer.status == status)
        #expect(answer["Connection"] == "close" && answer.json?["error"]?["message"] != nil)
        #expect(client.read() == nil)
        #expect(hall.service.asked.isEmpty)
    }

    @Test func `a head over its limits is refused`() throws {
        let hall = try Hall()
        let many = (0...100).map { "X-\($0): y" }
        #expect(Answer(hall.ask(Ask.get("/", many)))?.status == 431)
        let long = "X: " + String(repeating: "y", count: 70_000)
        #expect(Answer(hall.ask(Ask.get("/", [long])))?.status == 431)
    }

    @Test func `whoever waits for leave gets it, or is refused at once`() throws {
        let hall = try Hall()
        let body = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
        func head(_ path: String) -> String {
            "POST \(path) HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n"
        }
        let client = hall.enter()
        client.send(head("/rpc"))
        #expect(client.read() == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send(body)
        #expect(Answer(client.read())?.status == 200)
        let other = hall.enter()
        other.send(head("/nowhere"))
        #expect(Answer(other.read())?.status == 404)
        #expect(other.read() == nil)
    }

    @Test func `HEAD has a head alone, and OPTIONS says what may be asked`() throws {
        let hall = try Hall()
        let head = try #require(Answer(hall.ask("HEAD /health HTTP/1.1\r\nHost: h\r\n\r\n")))
        #expect(head.status == 200 && head["Content-Length"] == "15" && head.body.isEmpty)
        let options = try #require(Answer(hall.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")))
        #expect(options.status == 204 && options["Allow"] == "GET, HEAD, POST, OPTIONS")
    }

    @Test func `what is not there is 404, and what is there for others is 405`() throws {
        let hall = try Hall()
        let missing = try #require(Answer(hall.ask(Ask.get("/v1/nothing"))))
        #expect(missing.status == 404)
        #expect(missing.json?["error"]?["type"] == "invalid_request_error")
        let wrong = try #require(Answer(hall.ask(Ask.get("/v1/chat/completions"))))
        #expect(wrong.status == 405 && wrong["Allow"] == "POST")
        #expect(Answer(hall.ask(Ask.post("/v1/models", "{}")))?["Allow"] == "GET, HEAD")
        #expect(Answer(hall.ask(Ask.get("/rpc")))?["Allow"] == "POST")
    }

    @Test func `a stream's first byte comes with its first delta`() throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send(
            Ask.post("/v1/chat/completions", #"{"stream":true,"messages":[{"role":"user"}]}"#))
        #expect(client.read() == "")
        hall.service.jobs[0].say("Hel")
        let begun = try #require(client.read())
        #expect(begun.contains("Transfer-Encoding: chunked\r\n") && begun.contains("Hel"))
        #expect(begun.contains("x-crowd-models-backend: lmstudio\r\n"))
        hall.service.jobs[0].say("lo")
        hall.service.jobs[0].finish()
        let rest = try #require(client.read())
        #expect(rest.contains("data: [DONE]\n\n") && rest.hasSuffix("0\r\n\r\n"))
        client.send(Self.health)
        #expect(Answer(client.read())?.status == 200, "the connection goes on")
    }

    @Test func `while an event stream waits a comment says that somebody is there`() throws {
        let hall = try Hall(silenceMax: 1_000_000)
        let client = hall.enter()
        let body = #"{"stream":true,"messages":[{"role":"user"}]}"#
        client.send(Ask.post("/v1/chat/completions", body))
        var text = ""
        #expect(
            hall.loop.run {
                text += client.read(running: false) ?? ""
                return text.split(separator: ": keep-alive\n\n").count > 2
            })
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        hall.service.jobs[0].reply.fail(Fault(.backendUnavailable, "down"))
        text += client.read() ?? ""
        #expect(text.contains(#"data: {"error":{"message":"down""#), "it has begun: an event")
        #expect(text.hasSuffix("0\r\n\r\n"))
        // What is answered in one piece has nothing to keep alive.
        client.send(Ask.post("/v1/chat/completions", #"{"messages":[{"role":"user"}]}"#))
        var isLater = false
        let later = Timer { isLater = true }
        hall.loop.set(later, after: 5_000_000)
        #expect(hall.loop.run { isLater })
        #expect(client.read() == "")
    }

    @Test func `an error before the first delta has its status, one after it is an event`() throws {
        let hall = try Hall()
        let body = #"{"stream":true,"messages":[{"role":"user"}]}"#
        let client = hall.enter()
        client.send(Ask.post("/v1/chat/completions", body))
        hall.service.jobs[0].reply.fail(
            Fault(.busy, "full", data: ["retry_after_ms": 1500]))
        let refusal = try #require(Answer(client.read()))
        #expect(refusal.status == 429 && refusal["Retry-After"] == "2")
        #expect(refusal["Content-Type"] == "application/json")
        client.send(Ask.post("/v1/chat/completions", body))
        hall.service.jobs[1].say("Hel")
        hall.service.jobs[1].reply.fail(Fault(.streamInterrupted, "gone"))
        let answer = try #require(Answer(client.read()))
        #expect(answer.status == 200)
        #expect(answer.unchunked.contains(#"data: {"error":{"message":"gone","#))
        #expect(answer.body.hasSuffix("0\r\n\r\n"))
    }

    @Test func `an error whose retry is useless says so`() throws {
        let hall = try Hall()
        hall.service.refusals[.complete] = Fault(.backendAuth, "no key")
        let answer = try #require(
            Answer(hall.ask(Ask.post("/v1/chat/completions", #"{"messages":[]}"#))))
        #expect(answer.status == 400, "no message at all")
        let text = #"{"messages":[{"role":"user"}]}"#
        let other = try #require(Answer(hall.ask(Ask.post("/v1/chat/completions", text))))
        #expect(other.status == 502 && other["x-should-retry"] == "false")
    }

    @Test func `a client that goes abandons what it asked for`() throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send(Ask.post("/v1/completions", #"{"prompt":"x"}"#))
        #expect(hall.service.jobs.count == 1)
        client.leave()
        hall.loop.runTurns()
        #expect(hall.service.jobs[0].events == ["abandoned"])
        #expect(hall.reception.count == 0 && hall.desk.memory.held == 0)
    }

    @Test func `one that sends no more still gets its answers on the Unix socket`() throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send(Ask.post("/v1/completions", #"{"prompt":"x"}"#) + Self.health)
        client.endInput()
        #expect(hall.service.jobs[0].events == [])
        hall.service.jobs[0].finish()
        let text = try #require(client.read())
        #expect(text.contains("text_completion") && text.hasSuffix(#"{"status":"ok"}"#))
        #expect(client.read() == nil)
    }

    @Test func `on TCP the end of a client's input is its going`() throws {
        let gate = Gate(at: "127.0.0.1", hosts: [], origins: [])
        let hall = try Hall(gate: gate)
        let client = hall.enterByTCP()
        client.send(Ask.post("/v1/completions", #"{"prompt":"x"}"#))
        client.endInput()
        #expect(hall.service.jobs[0].events == ["abandoned"])
        #expect(client.read() == nil && hall.reception.count == 0)
    }

    @Test func `a client that reads slowly pauses its job, and goes on when it has read`() throws {
        var limits = Limits()
        limits.outputBytesMax = 64 << 10
        let hall = try Hall(limits)
        let client = hall.enter()
        client.send(
            Ask.post("/v1/chat/completions", #"{"stream":true,"messages":[{"role":"user"}]}"#))
        let job = hall.service.jobs[0]
        let piece = String(repeating: "x", count: 10_000)
        while !job.reply.isFull {
            job.say(piece)
            hall.loop.runTurns(2)
        }
        #expect(job.events == [])
        var text = client.read() ?? ""
        for _ in 0..<100 where job.events.isEmpty { text += client.read() ?? "" }
        #expect(job.events == ["drained"])
        job.finish()
        while !text.hasSuffix("0\r\n\r\n"), let more = client.read() { text += more }
        #expect(text.contains("[DONE]"))
    }

    @Test func `an answer that does not fit is refused`() throws {
        var limits = Limits()
        limits.outputBytesMax = 4096
        let hall = try Hall(limits)
        hall.service.answers[.modelsList] =
            #"{"models":[{"id":"\#(String(repeating: "m", count: 5000))","backend":"b"}]}"#
        let answer = try #require(Answer(hall.ask(Ask.get("/v1/models"))))
        #expect(answer.status == 429)
        #expect(answer.json?["error"]?["code"] == "limit_exceeded")
    }

    @Test func `over memory_max the longest body that is not whole is refused`() throws {
        var limits = Limits()
        limits.memoryMax = 2 << 20
        let hall = try Hall(limits)
        let client = hall.enter()
        client.send("POST /rpc HTTP/1.1\r\nHost: h\r\nContent-Length: 6000000\r\n\r\n")
        client.send(String(repeating: " ", count: 3 << 20))
        let answer = try #require(Answer(client.read()))
        #expect(answer.status == 429 && answer["Connection"] == "close")
        #expect(hall.desk.memory.held < 1 << 20)
    }

    @Test func `a body of megabytes is read in slices, and others are answered meanwhile`() throws {
        let hall = try Hall()
        let busy = hall.enter()
        let words = Array(repeating: "[]", count: 600_000).joined(separator: ",")
        let body = #"{"messages":[{"role":"user","content":[\#(words)]}]}"#
        busy.send(Ask.post("/v1/chat/completions", body))
        let innocent = hall.enter()
        innocent.send(Self.health)
        #expect(Answer(innocent.read())?.status == 200)
        #expect(hall.loop.run { !hall.service.jobs.isEmpty })
        hall.service.jobs[0].finish()
        #expect(Answer(busy.read())?.status == 200)
        #expect(hall.desk.memory.held < 1 << 20)
    }

    @Test func `whoever may not connect hears it in the tongue in which he asked`() throws {
        let hall = try Hall()
        hall.refused = Fault(.permissionDenied, "not you")
        let client = Client(hall)
        client.send(Self.health)
        hall.reception.accept(FileDescriptor(owning: client.theirs))
        let answer = try #require(Answer(client.read()))
        #expect(answer.status == 403 && answer.json?["error"]?["message"] == "not you")
        #expect(hall.enter().read()?.contains("1011") == true)
    }
}
