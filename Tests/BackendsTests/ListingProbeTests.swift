import Configuration
import CrowdModelsProtocol
import Testing

@testable import Backends

/// One API of a server decides nothing about another: refused, empty or broken off.
@Suite struct ListingProbeTests {
    private typealias Server = ListedServer

    private func listing(_ kind: BackendConfig.Kind = .auto) throws -> Listing {
        Listing(kind, at: try Endpoint("http://h:8000/v1"))
    }

    private static let one = #"{"id":"m1","object":"model","created":1,"owned_by":"someone"}"#

    @Test(arguments: [403, 401, 404, 500, 200])
    func `what a probe says decides nothing about another API`(status: Int) throws {
        var listing = try listing()
        var server = Server(["/v1/models": #"{"data":[\#(Self.one)]}"#])
        server.answers["/api/v0/models"] = (status, #"{"error":"no"}"#)
        #expect(server.look(&listing) == .listed(changed: true))
        server.answers["/v1/models"] = (500, #"{"error":{"message":"database is locked"}}"#)
        #expect(
            server.look(&listing) == .failed(.status(500, words: "database is locked")))
        server.answers["/v1/models"] = (401, "")
        #expect(server.look(&listing) == .failed(.unauthorized(401)))
        server.answers["/v1/models"] = (429, "")
        #expect(server.look(&listing) == .failed(.status(429, words: nil)))
        server.answers["/v1/models"] = (200, "hello")
        #expect(server.look(&listing) == .failed(.notAList("hello")))
    }

    @Test func `a server that breaks off where it is asked of another API has its list`() throws {
        let owners = ["someone", "vllm", "llamacpp", "library", "organization_owner"]
        for owner in owners {
            var listing = try listing()
            var server = Server([
                "/v1/models": #"{"data":[{"id":"m1","owned_by":"\#(owner)"}]}"#,
                "/metrics": "vllm:num_requests_running 3\n",
            ])
            for path in ["/api/v0/models", "/props", "/api/tags"] { server.answers[path] = (0, "") }
            #expect(server.look(&listing) == .listed(changed: true))
            #expect(listing.models.map(\.id) == ["m1"])
            // A page of gauges that is cut off once is asked for again.
            if owner == "vllm" {
                server.answers["/metrics"] = (0, "")
                #expect(server.look(&listing) == .listed(changed: false))
                #expect(listing.load == nil)
                server.answers["/metrics"] = (200, "vllm:num_requests_running 5\n")
                #expect(server.look(&listing) == .listed(changed: false))
                #expect(listing.load?.running == 5)
            }
        }
    }

    @Test func `the list itself is what a look cannot do without`() throws {
        var listing = try listing()
        #expect(listing.begin() == .ask("/api/v0/models"))
        #expect(listing.goesOnWithoutAnswer)
        #expect(listing.take(status: 0, location: nil, Span()) == .ask("/v1/models"))
        #expect(!listing.goesOnWithoutAnswer)
        for kind in [BackendConfig.Kind.lmstudio, .ollama, .openai] {
            var known = try self.listing(kind)
            _ = known.begin()
            #expect(!known.goesOnWithoutAnswer)
        }
    }

    @Test(arguments: [
        ("/api/v0/models", #"{"object":"list","data":[]}"#, ServerKind.lmstudio),
        ("/api/tags", #"{"models":[]}"#, .ollama), ("/api/tags", #"{"models":null}"#, .ollama),
    ])
    func `an empty list hides nothing that another API lists`(
        path: String, empty: String, kind: ServerKind
    ) throws {
        let start = kind == .ollama ? ServerKind.ollama : .unknown
        var listing = Listing(found: start, at: try Endpoint("http://h:8000/v1"))
        var server = Server([path: empty])
        // A program without models, whether it has the other API or says that there are none.
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.kind == kind && listing.models.isEmpty)
        for other in [#"{"object":"list","data":[]}"#, #"{"data":null}"#, #"{"error":"no"}"#] {
            server.answers["/v1/models"] = (200, other)
            #expect(server.look(&listing) == .listed(changed: false))
            #expect(listing.kind == kind && listing.models.isEmpty)
        }
        server.answers["/v1/models"] = (500, #"{"error":"locked"}"#)
        #expect(server.look(&listing) == .failed(.status(500, words: "locked")))
        // It has some after all, and each look sees what it has then.
        let owner = kind.owner ?? "someone"
        for id in ["m1", "m2", "m2"] {
            let isNew = listing.models.first?.id != id
            server.answers["/v1/models"] = (
                200, #"{"data":[{"id":"\#(id)","owned_by":"\#(owner)"}]}"#
            )
            #expect(server.look(&listing) == .listed(changed: isNew))
            #expect(server.asked == [path, "/v1/models"])
            #expect(listing.kind == kind && listing.models.map(\.id) == [id])
        }
        server.answers["/v1/models"] = (200, #"{"data":[]}"#)
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.kind == kind && listing.models.isEmpty)
    }

    @Test func `who answers LM Studio's path with an empty list may be any program`() throws {
        var listing = try listing()
        var server = Server([
            "/api/v0/models": #"{"object":"list","data":[]}"#,
            "/v1/models": #"{"object":"list","data":[{"id":"m","owned_by":"vllm"}]}"#,
        ])
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.kind == .vllm && listing.models.map(\.id) == ["m"])
    }
}
