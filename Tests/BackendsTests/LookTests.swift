import Configuration
import Kernel
import TestSupport
import Testing

@testable import Backends

/// What becomes of a look at a server that is told to be down meanwhile.
@Suite(.tidy) struct LookTests {
    private static let list: [UInt8] = {
        let entries = Array(repeating: #"{"id":"a"}"#, count: 9_000)
        return Array("{\"data\":[\(entries.joined(separator: ","))]}".utf8)
    }()

    @Test func `a list that is half read when its server goes is not read on`() throws {
        var config = BackendConfig(name: "a", endpoint: try Endpoint("http://127.0.0.1:1"))
        config.kind = .openai
        let server = ModelServer(config, key: nil, on: try EventLoop.ofTest())
        _ = server.listing.begin()
        #expect(server.listing.take(status: 200, location: nil, Self.list.span) == .unfinished)
        server.startReading()
        server.markDown("Connection refused")
        server.continueTurn()
        #expect(server.models.isEmpty)
        #expect(server.state == .down)
        // It is asked anew, for those who wait.
        #expect(server.inquiry?.isUnderWay == true)
        server.close()
    }
}
