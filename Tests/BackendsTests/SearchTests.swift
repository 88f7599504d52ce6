import Configuration
import CrowdModelsProtocol
import Kernel
import Testing

@testable import Backends

/// The search for servers: who is asked when, who is found, and who is gone.
@Suite struct SearchTests {
    /// A machine with listeners, and a search that looks at it once a second.
    private struct World {
        var search: Search
        var now: UInt64 = 1_000_000_000
        /// Who listens: address and port, and the number of the socket.
        var listening: [String: UInt64] = [:]
        var servers: [String: FingerprintTests.Server] = [:]
        var sockets: [UInt64?] = []
        var lmStudioPort: UInt16?
        var kernelTells = true
        /// What was asked of whom, and what came and went.
        var tape: [String] = []

        init(
            _ settings: Config.Discovery = Config().discovery, configured: [String: String] = [:]
        ) throws {
            let backends = try configured.sorted { $0.key < $1.key }.map { name, endpoint in
                BackendConfig(name: name, endpoint: try Endpoint(endpoint))
            }
            search = Search(settings, configured: backends, machine: "Box")
        }

        /// A server begins to listen at `place`, such as `127.0.0.1:8080`.
        mutating func start(
            _ place: String, _ owner: String = "", server: FingerprintTests.Server? = nil,
            socket: UInt64? = nil
        ) {
            listening[place] = socket ?? UInt64(listening.count) + now
            servers["http://\(place)"] =
                server
                ?? FingerprintTests.Server([
                    "/v1/models": """
                    {"object":"list","data":[{"id":"m","owned_by":"\(owner)","created":1}]}
                    """
                ])
        }

        mutating func stop(_ place: String) {
            listening[place] = nil
            servers["http://\(place)"] = nil
        }

        /// One look, and all that follows from it.
        mutating func look(after seconds: Double = 1) -> [String] {
            now += UInt64(seconds * 1e9)
            tape = []
            let listeners = listening.map { place, inode -> ListeningSocket in
                let colon = place.lastIndex(of: ":") ?? place.endIndex
                let host = place[..<colon]
                let port = UInt16(place[place.index(after: colon)...]) ?? 0
                let address: UInt128
                switch host {
                case "127.0.0.1": address = 0x7F00_0001
                case "127.0.0.2": address = 0x7F00_0002
                case "[::1]": address = 1
                default: address = 0
                }
                return ListeningSocket(
                    address: address, isIPv6: host.hasPrefix("["), port: port, uid: 1, inode: inode)
            }
            search.looked(
                Search.Sight(
                    listeners: kernelTells ? listeners : nil, sockets: sockets,
                    lmStudioPort: lmStudioPort), now: now)
            act()
            return tape
        }

        mutating func act() {
            while let action = search.next() {
                switch action {
                case .ask(let place, let path):
                    let endpoint = search.endpoint(of: place).original
                    tape.append("ask \(endpoint)\(path)")
                    guard let server = servers[endpoint] else {
                        search.failed(place, .refused, now: now)
                        continue
                    }
                    let answer = server.answers[path] ?? server.other
                    search.answered(
                        place, status: answer.status, isExecutor: answer.body == "executor",
                        Array(answer.body.utf8).span, now: now)
                case .drop(let place): tape.append("drop \(search.endpoint(of: place))")
                case .add(let server): tape.append("add \(server.name) \(server.endpoint)")
                case .remove(let name): tape.append("remove \(name)")
                case .leave(let place, let isExecutor):
                    tape.append(
                        "leave \(search.endpoint(of: place))\(isExecutor ? " executor" : "")")
                }
            }
        }
    }

    private static func asked(_ place: String, _ path: String = "/v1/models") -> String {
        "ask http://\(place)\(path)"
    }

    @Test func `nobody is asked where nobody listens`() throws {
        var world = try World()
        #expect(world.look().isEmpty)
        world.start("127.0.0.1:9999", "vllm")
        #expect(world.look().isEmpty)
        #expect(world.search.isSettled)
    }

    @Test func `a server is found when it starts, told once, and gone when it ends`() throws {
        var world = try World()
        world.start("127.0.0.1:11434", "library")
        #expect(
            world.look() == [
                Self.asked("127.0.0.1:11434"), "add ollama http://127.0.0.1:11434",
            ])
        for _ in 0..<100 { #expect(world.look().isEmpty) }
        world.stop("127.0.0.1:11434")
        #expect(world.look() == ["remove ollama"])
        #expect(world.look().isEmpty)
    }

    @Test func `another program at the same place is seen, however fast it came`() throws {
        var world = try World()
        world.start("127.0.0.1:8080", "llamacpp")
        #expect(world.look().last == "add llama.cpp http://127.0.0.1:8080")
        world.start("127.0.0.1:8080", "llama-swap")
        #expect(
            world.look() == [
                "remove llama.cpp", Self.asked("127.0.0.1:8080"),
                "add llama-swap http://127.0.0.1:8080",
            ])
    }

    @Test func `names are readable, and each server has its own again when it returns`() throws {
        var settings = Config().discovery
        settings.ports = [11500, 11501]
        var world = try World(settings, configured: ["vllm": "http://far:8000/v1"])
        world.start("127.0.0.1:11434", "library")
        world.start("127.0.0.1:11500", "library")
        world.start("127.0.0.1:8000", "vllm")
        let found = world.look().filter { $0.hasPrefix("add") }.sorted()
        #expect(
            found == [
                "add ollama http://127.0.0.1:11434", "add ollama-11500 http://127.0.0.1:11500",
                "add vllm-8000 http://127.0.0.1:8000",
            ])
        world.stop("127.0.0.1:11434")
        #expect(world.look() == ["remove ollama"])
        // The name waits for whom it belongs to.
        world.start("127.0.0.1:11501", "library")
        #expect(world.look().last == "add ollama-11501 http://127.0.0.1:11501")
        world.start("127.0.0.1:11434", "library")
        #expect(world.look().last == "add ollama http://127.0.0.1:11434")
    }

    @Test func `who is no model server is asked again after a minute, or a return`() throws {
        var world = try World()
        world.start("127.0.0.1:8080", server: .init(status: 404, "<html>"))
        #expect(
            world.look() == [
                Self.asked("127.0.0.1:8080"), "leave http://127.0.0.1:8080",
            ])
        for _ in 0..<59 { #expect(world.look().isEmpty) }
        #expect(world.look() == [Self.asked("127.0.0.1:8080"), "leave http://127.0.0.1:8080"])
        world.stop("127.0.0.1:8080")
        #expect(world.look().isEmpty)
        world.start("127.0.0.1:8080", "llamacpp")
        #expect(world.look().last == "add llama.cpp http://127.0.0.1:8080")
    }

    @Test func `one of our own kind is left alone for as long as it listens`() throws {
        var world = try World()
        world.start("127.0.0.1:11434", server: .init(status: 200, "executor"))
        #expect(
            world.look() == [
                Self.asked("127.0.0.1:11434"), "leave http://127.0.0.1:11434 executor",
            ])
        for _ in 0..<200 { #expect(world.look().isEmpty) }
    }

    @Test func `who is starting is asked at every look`() throws {
        var world = try World()
        let loading = #"{"error":{"message":"Loading model","code":503}}"#
        world.start("127.0.0.1:8080", server: .init(status: 503, loading))
        for _ in 0..<5 { #expect(world.look() == [Self.asked("127.0.0.1:8080")]) }
        world.servers["http://127.0.0.1:8080"] = .init([
            "/v1/models": #"{"data":[{"id":"m","owned_by":"llamacpp"}]}"#
        ])
        #expect(world.look().last == "add llama.cpp http://127.0.0.1:8080")
    }

    @Test(arguments: [
        "http://127.0.0.1:1234/v1", "http://localhost:1234/api/v0", "http://[::1]:1234",
        "http://LOCALHOST.:1234", "http://127.0.0.1:1234/behind/a/path", "http://box:1234/v1",
        "http://box.local:1234/v1", "http://0.0.0.0:1234", "https://localhost:1234",
    ])
    func `what is configured is not searched for, in whichever spelling`(endpoint: String) throws {
        var world = try World(configured: ["mine": endpoint])
        world.start("127.0.0.1:1234", "organization_owner")
        world.start("[::1]:1234", "organization_owner")
        #expect(world.look().isEmpty)
        world.start("127.0.0.1:11434", "library")
        #expect(world.look().last == "add ollama http://127.0.0.1:11434")
    }

    @Test func `a server on both loopback addresses is one`() throws {
        var world = try World()
        world.start("127.0.0.1:8000", "vllm")
        world.start("[::1]:8000", "vllm")
        #expect(world.look().filter { $0.hasPrefix("add") } == ["add vllm http://127.0.0.1:8000"])
        // One that is bound to any address is asked once.
        world.start("[::]:30000", "sglang")
        world.servers["http://127.0.0.1:30000"] = world.servers["http://[::]:30000"]
        #expect(
            world.look() == [Self.asked("127.0.0.1:30000"), "add sglang http://127.0.0.1:30000"])
        world.stop("127.0.0.1:8000")
        #expect(
            world.look() == [
                "remove vllm", Self.asked("[::1]:8000"), "add vllm-8000 http://[::1]:8000",
            ])
    }

    @Test func `two kinds on one port are two`() throws {
        var world = try World()
        world.start("127.0.0.1:8080", "llamacpp")
        world.start("[::1]:8080", "llama-swap")
        #expect(
            world.look().filter { $0.hasPrefix("add") } == [
                "add llama.cpp http://127.0.0.1:8080", "add llama-swap http://[::1]:8080",
            ])
    }

    @Test func `what is bound to IPv6 alone is found there in the same look`() throws {
        var world = try World()
        world.start("[::]:8000", "vllm")
        world.servers["http://[::1]:8000"] = world.servers["http://[::]:8000"]
        #expect(
            world.look() == [
                Self.asked("127.0.0.1:8000"), Self.asked("[::1]:8000"),
                "add vllm http://[::1]:8000",
            ])
        #expect(world.look().isEmpty)
    }

    @Test func `LM Studio's own settings name another port`() throws {
        var world = try World()
        world.start("127.0.0.1:4321", "organization_owner")
        #expect(world.look().isEmpty)
        world.lmStudioPort = 4321
        #expect(world.look().last == "add lmstudio http://127.0.0.1:4321")
        #expect(world.search.ports.contains(4321))
    }

    @Test func `a socket's file is searched, and its server gone when nobody answers`() throws {
        var settings = Config().discovery
        settings.sockets = ["/run/m/small.sock", "/run/m/big.sock"]
        var world = try World(settings)
        world.sockets = [nil, nil]
        #expect(world.look().isEmpty)
        let server = FingerprintTests.Server([
            "/v1/models": #"{"data":[{"id":"m","owned_by":"llamacpp"}]}"#
        ])
        world.servers["unix:/run/m/small.sock"] = server
        world.servers["unix:/run/m/big.sock"] = server
        world.sockets = [7, 8]
        #expect(
            world.look().filter { $0.hasPrefix("add") } == [
                "add llama.cpp unix:/run/m/small.sock", "add llama.cpp-big unix:/run/m/big.sock",
            ])
        // Its file stays, as after a crash: who asked it for its models hears it first.
        world.servers["unix:/run/m/small.sock"] = nil
        #expect(world.look().isEmpty)
        world.search.unreachable("llama.cpp")
        world.tape = []
        world.act()
        #expect(world.tape == ["remove llama.cpp"])
        #expect(world.look() == ["ask unix:/run/m/small.sock/v1/models"])
        world.servers["unix:/run/m/small.sock"] = server
        #expect(world.look().last == "add llama.cpp unix:/run/m/small.sock")
        world.sockets = [7, nil]
        #expect(world.look() == ["remove llama.cpp-big"])
    }

    @Test func `another machine is asked port by port, and rarely where nobody listens`() throws {
        var settings = Config().discovery
        settings.hosts = ["10.0.0.9"]
        var world = try World(settings)
        #expect(world.look().count == KnownPorts.all.count)
        for _ in 0..<9 { #expect(world.look().isEmpty) }
        world.servers["http://10.0.0.9:8000"] = .init([
            "/v1/models": #"{"data":[{"id":"m","owned_by":"vllm"}]}"#
        ])
        #expect(world.look().contains("add vllm http://10.0.0.9:8000"))
        world.servers = [:]
        world.search.unreachable("vllm")
        world.tape = []
        world.act()
        #expect(world.tape == ["remove vllm"])
    }

    @Test func `without a kernel that tells, every known place is asked`() throws {
        var world = try World()
        world.kernelTells = false
        let count = KnownPorts.all.count * 2
        #expect(world.look().count == count)
        world.start("127.0.0.1:8000", "vllm")
        #expect(world.look().contains("add vllm http://127.0.0.1:8000"))
        #expect(world.look().count == count - 1)
        world.stop("127.0.0.1:8000")
        world.search.unreachable("vllm")
        world.act()
        #expect(world.tape.last == "remove vllm")
    }

    @Test func `no more than some are asked at once, and the rest at the next look`() throws {
        var settings = Config().discovery
        settings.ports = Array(20000..<20040)
        var search = Search(settings, configured: [])
        let listeners = settings.ports.map {
            ListeningSocket(
                address: 0x7F00_0001, isIPv6: false, port: UInt16($0), uid: 1, inode: UInt64($0))
        }
        search.looked(Search.Sight(listeners: listeners), now: 1)
        var asked = 0
        while search.next() != nil { asked += 1 }
        #expect(asked == Search.asksMax)
        #expect(!search.isSettled)
        search.looked(Search.Sight(listeners: []), now: 2)
        var dropped = 0
        while case .drop = search.next() { dropped += 1 }
        #expect(dropped == Search.asksMax)
        #expect(search.isSettled)
    }

    @Test(arguments: [true, false])
    func `two of a kind that start together are named by their places, not by who is faster`(
        firstAnswers: Bool
    ) throws {
        var settings = Config().discovery
        settings.ports = [11500]
        var search = Search(settings, configured: [])
        let listeners = [11434, 11500].map {
            ListeningSocket(
                address: 0x7F00_0001, isIPv6: false, port: $0, uid: 1, inode: UInt64($0))
        }
        search.looked(Search.Sight(listeners: listeners), now: 1)
        var places: [Int] = []
        while case .ask(let place, _) = search.next() { places.append(place) }
        try #require(places.count == 2)
        let list = Array(#"{"object":"list","data":[{"id":"m","owned_by":"library"}]}"#.utf8)
        search.answered(places[1], status: 200, isExecutor: false, list.span, now: 2)
        #expect(search.next() == nil)
        #expect(search.namingAt == 2 + Search.namingMax)
        if firstAnswers {
            search.answered(places[0], status: 200, isExecutor: false, list.span, now: 3)
        } else {
            search.named(now: 2 + Search.namingMax)
        }
        var names: [String] = []
        while case .add(let server) = search.next() { names.append(server.name) }
        #expect(names == (firstAnswers ? ["ollama", "ollama-11500"] : ["ollama"]))
        #expect(search.namingAt == nil)
        #expect(search.isSettled == firstAnswers)
    }

    @Test func `silence is no server, and what we lack ourselves says nothing`() throws {
        var search = Search(Config().discovery, configured: [])
        let listener = ListeningSocket(
            address: 0x7F00_0001, isIPv6: false, port: 8000, uid: 1, inode: 5)
        search.looked(Search.Sight(listeners: [listener]), now: 1)
        guard case .ask(let place, _) = search.next() else {
            Issue.record("nothing was asked")
            return
        }
        search.failed(place, .lacking, now: 2)
        search.looked(Search.Sight(listeners: [listener]), now: 3)
        #expect(search.next() == .ask(place: place, path: "/v1/models"))
        search.failed(place, .broken, now: 4)
        #expect(search.next() == .leave(place: place, isExecutor: false))
        search.looked(Search.Sight(listeners: [listener]), now: 5)
        #expect(search.next() == nil)
        search.looked(Search.Sight(listeners: [listener]), now: 4 + Search.rest)
        #expect(search.next() == .ask(place: place, path: "/v1/models"))
    }
}
