import CrowdModelsProtocol
import Testing

@Suite struct RequestEnvelopeTests {
    private func read(_ text: String) throws -> (id: String?, method: String?, fault: String?) {
        let bytes = Array(text.utf8)
        let (envelope, end) = try RequestEnvelope.read(
            bytes.span, from: 0, depth: 1, limits: .init())
        #expect(end == bytes.count)
        func cut(_ range: JSONRange) -> String? {
            range.isPresent ? String(decoding: bytes[range.bounds], as: UTF8.self) : nil
        }
        return (cut(envelope.id), cut(envelope.method), envelope.fault?.description)
    }

    @Test(arguments: ["1", "1.0", "1e2", "-0", "9007199254740993", "null", "\"a\"", #""\u0041""#])
    func `a valid id is kept as its bytes`(id: String) throws {
        let found = try read(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
        #expect(found.id == id && found.method == "\"ping\"" && found.fault == nil)
    }

    static let faults: [(text: String, id: String?, word: String)] = [
        (#"{}"#, nil, "jsonrpc"), (#"{"id":1}"#, "1", "jsonrpc"),
        (#"{"id":1,"jsonrpc":"1.0","method":"ping"}"#, "1", "jsonrpc"),
        (#"{"id":1,"jsonrpc":2.0,"method":"ping"}"#, "1", "jsonrpc"),
        (#"{"id":1,"jsonrpc":"2.0"}"#, "1", "`method` is missing"),
        (#"{"id":1,"jsonrpc":"2.0","method":1}"#, "1", "`method` must"),
        (#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, nil, "params"),
        (#"{"id":[],"jsonrpc":"2.0","method":"ping"}"#, nil, "`id`"),
        (#"{"id":true,"jsonrpc":"2.0","method":"ping"}"#, nil, "`id`"),
        (#"{"id":{},"jsonrpc":"2.0","method":"ping"}"#, nil, "`id`"),
        (#"{"id":1,"jsonrpc":"2.0","method":"ping","params":3}"#, "1", "params"),
        (#"{"id":1,"id":2,"jsonrpc":"2.0","method":"ping"}"#, nil, "twice"),
        (#"{"id":1,"\u0069d":2,"jsonrpc":"2.0","method":"ping"}"#, nil, "twice"),
        (#"{"id":1,"jsonrpc":"2.0","method":"ping","method":"x"}"#, "1", "twice"),
        (#"{"id":1,"jsonrpc":"2.0","jsonrpc":"2.0","method":"ping"}"#, "1", "twice"),
        (#"{"id":1,"jsonrpc":"2.0","method":"ping","params":[],"params":[]}"#, "1", "twice"),
    ]

    @Test(arguments: faults) func `what is no request says why and keeps a valid id`(
        sample: (text: String, id: String?, word: String)
    ) throws {
        let found = try read(sample.text)
        #expect(found.id == sample.id)
        #expect(found.fault?.contains(sample.word) == true)
    }

    @Test func `a request without an id is a notification, one with null is not`() throws {
        let quiet = Array(#"{"jsonrpc":"2.0","method":"x","params":null}"#.utf8)
        let envelope = try RequestEnvelope.read(quiet.span, from: 0, depth: 1, limits: .init())
            .envelope
        #expect(envelope.isNotification && !envelope.params.isPresent)
        let asked = try read(#"{"jsonrpc":"2.0","method":"x","id":null,"other":[1]}"#)
        #expect(asked.id == "null")
    }
}
