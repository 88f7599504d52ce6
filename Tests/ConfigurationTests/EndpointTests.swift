import Testing

@testable import Configuration

/// Endpoints as people write them.
@Suite struct EndpointTests {
    @Test(arguments: [
        "http://h:1234", "http://h:1234/", "http://h:1234/v1", "http://h:1234/v1/",
        "http://h:1234/api/v0",
        "http://h:1234/api/v0/", "http://h:1234/api/v1", "http://h:1234/api/v1/",
        "HTTP://H:1234/v1//",
    ])
    func `the spellings of LM Studio are one server`(text: String) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.serverRoot.description == "http://h:1234")
        #expect(endpoint.isSameServer(as: try Endpoint("http://h:1234")))
        #expect(endpoint.original == text)
    }

    @Test(arguments: [
        ("http://h", "h", 80, "", "h"), ("http://h:8080/v1/", "h", 8080, "/v1", "h:8080"),
        ("https://api.x.com/v1", "api.x.com", 443, "/v1", "api.x.com"),
        ("http://h:80/a/b", "h", 80, "/a/b", "h"),
        ("http://[::1]:1234/v1", "::1", 1234, "/v1", "[::1]:1234"),
        ("http://[FE80::1]", "fe80::1", 80, "", "[fe80::1]"),
        ("http://127.0.0.1:65535", "127.0.0.1", 65535, "", "127.0.0.1:65535"),
        ("http://a_b-c.d.", "a_b-c.d.", 80, "", "a_b-c.d."),
        ("http://h:1/a%20b//", "h", 1, "/a%20b", "h:1"),
        ("http://h:1/openai/v1", "h", 1, "/openai/v1", "h:1"),
        ("http://[::ffff:1.2.3.4]:1", "::ffff:1.2.3.4", 1, "", "[::ffff:1.2.3.4]:1"),
        ("http://[1:2:3:4:5:6:7:8]", "1:2:3:4:5:6:7:8", 80, "", "[1:2:3:4:5:6:7:8]"),
    ])
    func `a URL is taken apart`(
        text: String, host: String, port: Int, path: String, authority: String
    ) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.basePath == path)
        #expect(endpoint.authority == authority)
    }

    @Test(arguments: [
        ("unix:/run/s.sock", "/run/s.sock", ""), ("unix:///run/s.sock", "/run/s.sock", ""),
        ("UNIX:/run/s.sock", "/run/s.sock", ""), ("unix:/run/s.sock:/v1/", "/run/s.sock", "/v1"),
        ("unix:/run/a:b.sock", "/run/a:b.sock", ""),
    ])
    func `a socket's path may be followed by a path of the API`(
        text: String, socket: String, path: String
    ) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.scheme == .unix)
        #expect(endpoint.socketPath == socket)
        #expect(endpoint.basePath == path)
        #expect(endpoint.authority == "localhost")
        #expect(endpoint.isLocal)
    }

    @Test(arguments: [
        ("", "is empty"), ("localhost:1234", "did you mean `http://localhost:1234`"),
        ("localhost", "did you mean `http://localhost`"),
        ("192.168.0.1:1/v1", "http://192.168.0.1:1/v1"),
        ("http:/h", "two slashes"), ("https:h", "two slashes"),
        ("ftp://h", "scheme that is not known"),
        ("htp://h", "scheme that is not known"), ("/run/s.sock", "unix:/path"),
        ("http://", "no host"),
        ("http://:1", "no host"), ("http:///v1", "no host"), ("http://u:p@h", "api_key"),
        ("http://u@h", "api_key"),
        ("http://h?x=1", "query"), ("http://h/v1?x", "query"), ("http://h/#f", "fragment"),
        ("http://h:0", "1 to 65535"),
        ("http://h:65536", "1 to 65535"), ("http://h:", "1 to 65535"), ("http://h:x", "1 to 65535"),
        ("http://h:+1", "1 to 65535"),
        ("http://h:-1", "1 to 65535"), ("http://h:123456", "1 to 65535"),
        ("http://::1", "brackets"), ("http://[::1", "without"),
        ("http://[::1]x", "between"), ("http://[]", "IPv6"), ("http://[1:2]", "IPv6"),
        ("http://[::1::]", "IPv6"),
        ("http://[:::]", "IPv6"), ("http://[12345::]", "IPv6"),
        ("http://[1:2:3:4:5:6:7:8:9]", "IPv6"),
        ("http://[1:2:3:4:5:6:7::8]", "IPv6"), ("http://[1:2:3:4:5:6:7:8::]", "IPv6"),
        ("http://[::1.2.3]", "IPv6"),
        ("http://[g::]", "IPv6"), ("http://[::1%25eth0]", "IPv6"), ("http://[127.0.0.1]", "IPv6"),
        ("http://1.2.3", "neither a name nor an address"), ("http://1.2.3.256", "neither"),
        ("http://a..b", "neither"),
        ("http://-a", "neither"), ("http://a-", "neither"), ("http://a!b", "neither"),
        ("http://01.2.3.4", "neither"),
        ("http://h /", "space"), (" http://h", "space"), ("http://h\n", "control character"),
        ("http://h/\u{0}", "control character"),
        ("http://münchen.de", "xn--"), ("http://h/ü", "%XX"), ("http://h/a\\b", "%XX"),
        ("http://h/%2", "%XX"), ("http://h/%zz", "%XX"),
        ("http://h/v1/chat/completions", "leave /chat/completions out"), ("unix:", "absolute path"),
        ("unix:s.sock", "absolute path"),
        ("unix://s.sock", "absolute path"), ("unix:/s:/v1?x", "query"),
        ("unix:/" + String(repeating: "p", count: 107), "108 bytes"),
    ])
    func `what is no endpoint is refused and says what to write`(text: String, part: String) {
        do throws(EndpointProblem) {
            _ = try Endpoint(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.message.contains(part), "\(text): \(error)")
            #expect(!error.message.contains("u:p"))
        }
    }

    @Test func `servers are told apart by scheme, host, port, socket and prefix`() throws {
        let server = try Endpoint("http://localhost:1234/api/v0")
        for same in [
            "http://127.0.0.1:1234", "http://[::1]:1234/v1", "http://LOCALHOST:1234/api/v1",
            "http://localhost.:1234", "http://lms.localhost:1234", "http://0.0.0.0:1234",
            "http://[::]:1234", "http://[0:0:0:0:0:0:0:1]:1234", "http://[::ffff:127.0.0.1]:1234",
        ] {
            #expect(server.isSameServer(as: try Endpoint(same)))
        }
        for other in [
            "http://localhost:1235", "http://h:1234", "https://localhost:1234", "unix:/s",
            "http://localhost:1234/lms/api/v0", "http://localhost:1234/api",
            "http://127.0.0.2:1234", "http://[1::]:1234", "http://[::2]:1234",
            "http://[::ffff:10.0.0.1]:1234", "http://[fe80::1]:1234",
        ] {
            #expect(!server.isSameServer(as: try Endpoint(other)))
        }
        #expect(!(try Endpoint("unix:/a").isSameServer(as: try Endpoint("unix:/b"))))
        #expect(try Endpoint("http://h/lms/api/v1").serverRoot.prefix == "/lms")
        #expect(try Endpoint("unix:/s:/v1").serverRoot.description == "unix:/s")
    }
}
