import HTTP
import Testing

/// The head of an answer with `fields`.
func head(_ fields: String..., version: String = "1.1") -> HTTPResponseHead? {
    head(fields, version: version)
}

func head(_ fields: [String], version: String = "1.1") -> HTTPResponseHead? {
    let lines = ["HTTP/\(version) 200 OK"] + fields + ["", ""]
    return playEveryWay(lines.joined(separator: "\r\n"))?.head
}

struct HTTPResponseHeadTests {
    @Test(arguments: [
        ("text/event-stream", true), ("Text/Event-Stream; charset=utf-8", true),
        ("text/event-stream;charset=utf-8", true), ("text/event-stream ;a=b", true),
        ("text/event-streams", false), ("application/json", false), ("", false),
    ])
    func `an event stream is told by its media type`(value: String, isStream: Bool) {
        #expect(head("Content-Type: \(value)")?.isEventStream == isStream)
    }

    @Test(arguments: [
        ("crowd-models-executor", true), ("Crowd-Models-Executor/0.2", true),
        ("crowd-models", false), ("nginx crowd-models-executor", false), ("", false),
    ])
    func `one of our own kind is told by its name`(value: String, isExecutor: Bool) {
        #expect(head("Server: \(value)")?.isExecutor == isExecutor)
    }

    @Test(arguments: [
        ("timeout=5", 5), ("timeout=5, max=1000", 5), ("max=1000,Timeout=72", 72),
        ("max=1000", nil), ("timeout=", nil), ("timeout", nil), ("timeout=-1", nil),
        ("timeout=99999999999999999999", HTTPLimits.keepAliveSecondsMax), ("", nil), (",", nil),
    ])
    func `an idle connection's time is read`(value: String, seconds: Int?) {
        #expect(head("Keep-Alive: \(value)")?.keepAliveTimeout == seconds)
    }

    @Test(arguments: [
        ("0", 0), ("7", 7000), ("1.5", 1500), ("1.7985", 1798), ("0.000", 0),
        ("99999999999999999999", HTTPLimits.retryAfterMillisecondsMax),
        ("86400.9", HTTPLimits.retryAfterMillisecondsMax),
        ("-1", nil), ("+1", nil), ("1s", nil), (".5", nil), ("1.", nil), ("1.x", nil), ("", nil),
        // 784111777 is the time of these dates: 23 s after the time that the test calls now.
        ("Sun, 06 Nov 1994 08:49:37 GMT", 23000), ("Sunday, 06-Nov-94 08:49:37 GMT", 23000),
        ("Sun Nov  6 08:49:37 1994", 23000), ("Sun, 06 Nov 1994 08:49:37 UTC", 23000),
        ("Sun, 06 Nov 1994 08:49:13 GMT", 0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:60 GMT", HTTPLimits.retryAfterMillisecondsMax),
        ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 06 Nov 1994 08:49:37", nil),
        ("Sun, 06 Nov 1994 24:00:00 GMT", nil), ("Sun, 00 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 06 Nox 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 8:49:37 GMT", nil),
        ("Sun, 06 Nov 1994 08:49:37 GMT x", nil), ("Sun", nil), ("soon", nil),
    ])
    func `a server's wish to be left alone is read`(value: String, milliseconds: Int?) {
        let head = head("Retry-After: \(value)")
        #expect(head != nil)
        #expect(head?.retryAfterMilliseconds(now: 784_111_754) == milliseconds)
    }

    @Test(arguments: [
        ("1709210096", "Thu, 29 Feb 2024 12:34:56 GMT"),
        ("951782400", "Tue, 29 Feb 2000 00:00:00 GMT"),
        ("0", "Thu, 01 Jan 1970 00:00:00 GMT"), ("2147483647", "Tue, 19 Jan 2038 03:14:07 GMT"),
        ("4102444799", "Thu, 31 Dec 2099 23:59:59 GMT"),
        ("3124224000", "Monday, 01-Jan-69 00:00:00 GMT"),
    ])
    func `dates are counted by the calendar`(seconds: String, date: String) {
        #expect(head("Retry-After: \(date)")?.retryAfter == Int(seconds).map { .date($0) })
    }

    @Test func `milliseconds win over seconds wherever they stand`() {
        let first = head("retry-after-ms: 126.9", "Retry-After: 1")
        let last = head("Retry-After: 1", "Retry-After-Ms: 126")
        #expect(first?.retryAfter == .milliseconds(126))
        #expect(last?.retryAfter == .milliseconds(126))
        #expect(head("Retry-After: 1", "retry-after-ms: x")?.retryAfter == .milliseconds(1000))
        #expect(head("A: b")?.retryAfterMilliseconds(now: 0) == nil)
    }

    @Test(arguments: [
        (["x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 17ms"], 17),
        (["X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 6m0s"], 360_000),
        (["x-ratelimit-reset-tokens: 1h2m3.5s", "x-ratelimit-remaining-tokens: 0"], 3_723_500),
        // Of two that are spent the later one counts, of two that are not the one that is.
        (
            [
                "x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 2s",
                "x-ratelimit-remaining-tokens: 0", "x-ratelimit-reset-tokens: 1s",
            ], 2000
        ),
        (
            [
                "x-ratelimit-remaining-requests: 7", "x-ratelimit-reset-requests: 2s",
                "x-ratelimit-remaining-tokens: 0", "x-ratelimit-reset-tokens: 126ms",
            ], 126
        ),
        // In seconds, and as moments in seconds and milliseconds.
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 2.5"], 2500),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 1784000001"], 1000),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 1784000000250"], 250),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 1783999999"], nil),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 99h"], 86_400_000),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 9999999999999999999999"], 86_400_000),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 1us"], 1),
        // Nothing is said of a pause.
        (["x-ratelimit-remaining: 1", "x-ratelimit-reset: 2s"], nil),
        (["x-ratelimit-remaining: 0"], nil), (["x-ratelimit-reset: 2s"], nil),
        (["x-ratelimit-remaining: none", "x-ratelimit-reset: 2s"], nil),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: soon"], nil),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 2s3"], nil),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 2 s"], nil),
        (["x-ratelimit-remaining: 0", "x-ratelimit-reset: 0s"], nil),
        (["x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-tokens: 2s"], nil),
    ])
    func `how long a server takes no more is read`(fields: [String], milliseconds: Int?) {
        #expect(head(fields)?.rateLimit.pause(now: 1_784_000_000_000) == milliseconds)
    }

    @Test(arguments: [
        ("gzip", HTTPResponseHead.Encoding.gzip), ("X-GZIP", .gzip), ("Deflate", .deflate),
        ("identity", .none), ("", .none), ("identity, gzip", .gzip), ("br", .other("br")),
        ("br, gzip", .other("br, gzip")), ("gzip, gzip", .other("gzip, gzip")),
        (String(repeating: "x", count: 99), .other(String(repeating: "x", count: 64))),
    ])
    func `how a body is compressed is told`(value: String, encoding: HTTPResponseHead.Encoding) {
        #expect(head("Content-Encoding: \(value)")?.encoding == encoding)
    }

    @Test func `where a redirect leads is told, and nothing else leads anywhere`() {
        let target = "http://h:1/v1/models?a=b"
        for status in ["301 Moved", "302 Found", "303 See Other", "307 T", "308 P"] {
            let answer = "HTTP/1.1 \(status)\r\nLocation: \(target)\r\n\r\n"
            #expect(playEveryWay(answer)?.head?.location == target)
        }
        #expect(head("Location: \(target)")?.location == nil)
        let long = "HTTP/1.1 301 M\r\nLocation: /" + String(repeating: "x", count: 999)
        #expect(
            playEveryWay(long + "\r\n\r\n")?.head?.location?.utf8.count
                == HTTPLimits.locationBytesMax)
    }

    @Test(arguments: [
        "Retry-After:\r\n 5", "Keep-Alive: timeout=3,\r\n\tmax=100",
        "Connection: keep-alive,\r\n   close", "Content-Type: text/event-stream;\r\n charset=x",
        "Content-Type:\r\n\ttext/event-stream", "A: b\r\n c\r\n Connection: close",
        "Retry-After : 5", "Connection \t: close",
    ])
    func `a field that is folded, or has blanks before its colon, is read as it is meant`(
        fields: String
    ) throws {
        let folded = try #require(head(fields, "Content-Length: 0"))
        #expect(folded.retryAfter == (fields.contains("Retry") ? .milliseconds(5000) : nil))
        #expect(folded.keepAliveTimeout == (fields.contains("timeout") ? 3 : nil))
        #expect(folded.isEventStream == fields.contains("event-stream"))
        // A folded line is its field's value, whatever it looks like.
        let isClosing = fields.hasSuffix("close") && !fields.hasPrefix("A")
        #expect(folded.keepAlive == !isClosing)
    }

    @Test func `length and chunks are told`() {
        #expect(head("A: b")?.contentLength == nil)
        #expect(
            playEveryWay("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")?.head?.contentLength == 1)
        let both = head("Content-Length: 12", "Transfer-Encoding: chunked", "")
        #expect(both?.isChunked == true)
        #expect(both?.contentLength == nil)
    }

    @Test func `a name that only resembles a known one is ignored`() {
        let head = head(
            "Content-Lengt\u{68}-: 1", "Xontent-Length: x", "Retry-Aftex: 1", "Connectiox: close",
            "Transfer-Encodinx: gzip", "Content-Typx: text/event-stream", "Keep-Alivx: timeout=1",
            "Content-Encodinx: gzip", "Retry-After-mx: 5")
        #expect(head?.retryAfter == nil)
        #expect(head?.isEventStream == false)
        #expect(head?.encoding == HTTPResponseHead.Encoding.none)
        #expect(head?.keepAliveTimeout == nil)
    }
}
