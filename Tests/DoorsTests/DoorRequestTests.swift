import CrowdModelsProtocol
import HTTP
import Testing

@testable import Doors

/// What a request says, and the status that a fault is told with.
@Suite struct DoorRequestTests {
    @Test(arguments: [
        ("/v1/models", "/models"), ("/models", "/models"), ("/v1/v1/models", "/models"),
        ("//v1//models/", "/models"), ("/v1/models/qwen/qwen3-4b", "/models/qwen/qwen3-4b"),
        ("/v1/messages?beta=true", "/messages"), ("/v1/models?limit=1000#top", "/models"),
        ("/v1/models#top", "/models"), ("/", "/"), ("/v1", "/"), ("/v1/", "/"), ("/v1/v1", "/"),
        ("/?a", "/"), ("/v1x/models", "/v1x/models"),
        ("/api/version", "/api/version"), ("//", "/"), ("/v1//v1/models//", "/models"),
    ])
    func `a path is the same with and without v1`(target: String, path: String) {
        let target = Array(target.utf8)
        let found = Router.path(in: target.span)
        #expect(String(decoding: target[found], as: UTF8.self) == path)
    }

    @Test func `the last of two members of one name counts, and null is as good as none`() throws {
        let text = #"{"a": 1, "b": "x\u0041", "\u0061": true, "c": null}"#
        try Samples.withRequest(body: text) { request in
            let (isTrue, text) = (request.isTrue("a"), request.string("b"))
            let (null, absent) = (request.value("c"), request.value("d"))
            #expect(isTrue && text == "xA")
            #expect(null == nil && absent == nil)
        }
    }

    @Test func `each error has the status that the protocol gives it`() {
        let statuses = ErrorCode.all.map { Fault($0, "").status }
        #expect(
            statuses == [
                400, 400, 404, 400, 500, 499, 400, 404, 503, 503, 502, 502, 429, 429, 504, 400,
                400, 403, 503, 429, 502, 504,
            ])
    }
}
