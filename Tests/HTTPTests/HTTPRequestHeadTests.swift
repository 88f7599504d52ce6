import CrowdModelsProtocol
import HTTP
import Testing

struct HTTPRequestHeadTests {
    /// The one refusal of a head of which all else is good, or nil.
    func refusal(
        target: String = "/v1/models", host: String = "localhost:1234",
        fields: [(name: String, value: String)] = [], authorization: [UInt8]? = nil
    ) -> HTTPRequestHead.Refusal? {
        do throws(HTTPRequestHead.Refusal) {
            _ = try HTTPRequestHead(
                .get, target: target, host: host, fields: fields, authorization: authorization,
                hasBody: false)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a head with a body tells its length`() throws {
        let head = try HTTPRequestHead(
            .post, target: "/v1/chat/completions?a=b%20c", host: "[::1]:1234",
            fields: [("Content-Type", "application/json"), ("X-Empty", ""), ("X-Name", "žluť")],
            authorization: Array("Bearer key".utf8), hasBody: true)
        var buffer = ByteBuffer()
        head.append(to: &buffer, contentLength: 1234)
        head.append(to: &buffer)
        let common =
            "POST /v1/chat/completions?a=b%20c HTTP/1.1\r\nHost: [::1]:1234\r\n"
            + "Content-Type: application/json\r\nX-Empty: \r\nX-Name: žluť\r\n"
            + "Authorization: Bearer key\r\nContent-Length: "
        #expect(buffer.text == common + "1234\r\n\r\n" + common + "0\r\n\r\n")
    }

    @Test func `a head without a body has no length`() throws {
        let head = try HTTPRequestHead(
            .get, target: "/", host: "localhost", fields: [], hasBody: false)
        var buffer = ByteBuffer()
        head.append(to: &buffer)
        #expect(buffer.text == "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }

    @Test(arguments: [
        "", "v1", "http://h/", "/a b", "/a\r\nX: y", "/a\n", "/a\0", "/\u{7f}", "/ž", "/a#b", "/\t",
    ])
    func `a path that could end the line is refused`(target: String) {
        #expect(refusal(target: target) == .badTarget)
    }

    @Test(arguments: ["", "a b", "a\r\nX: y", "a\n", "a/b", "u@a", "ž", "a\0", "a,b"])
    func `a host that is none is refused`(host: String) {
        #expect(refusal(host: host) == .badHost)
    }

    @Test(arguments: ["", "a b", "a:", "a\r\nb", "a\0", "ž", "(a)", "a\u{7f}", "a\t"])
    func `a name that is no token is refused`(name: String) {
        #expect(refusal(fields: [("A", "b"), (name, "c")]) == .badFieldName(index: 1))
    }

    @Test(arguments: [
        "Host", "content-length", "TRANSFER-ENCODING", "Authorization", "Connection", "Expect",
    ])
    func `a field that the head writes itself is refused`(name: String) {
        #expect(refusal(fields: [(name, "1")]) == .reservedField(name: name))
    }

    @Test(arguments: [
        "a\r\nX: y", "a\n", "\r", "a\0b", "\u{1}", "a\u{7f}", " a", "a ", "\ta", "a\t",
    ])
    func `a value that could end the line is refused`(value: String) {
        #expect(refusal(fields: [("A", value)]) == .badFieldValue(name: "A"))
        #expect(refusal(authorization: Array(value.utf8)) == .badAuthorization)
        #expect(refusal(authorization: []) == .badAuthorization)
    }

    @Test func `a head over the limit is refused`() {
        let frame = bytes("GET / HTTP/1.1\r\nHost: h\r\nA: \r\n\r\n").count
        let room = HTTPLimits.requestHeadBytesMax - frame
        let fits = String(repeating: "a", count: room)
        #expect(refusal(target: "/", host: "h", fields: [("A", fits)]) == nil)
        #expect(refusal(target: "/", host: "h", fields: [("A", fits + "a")]) == .tooLarge)
    }

    @Test func `a key is never printed`() throws {
        let head = try HTTPRequestHead(
            .post, target: "/", host: "h", fields: [], authorization: Array("sk-secret".utf8),
            hasBody: true)
        var dumped = ""
        dump(head, to: &dumped)
        dump([head], to: &dumped)
        let printed = "\(head) \(String(reflecting: head)) \([head]) \(dumped)"
        #expect(!printed.contains("secret"))
        #expect(!printed.contains("115, 107"))
        #expect(printed.contains("HTTPRequestHead("))
    }
}
