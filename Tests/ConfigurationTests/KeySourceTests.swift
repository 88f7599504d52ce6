import Testing

@testable import Configuration

/// Where a key comes from, and what is said when it is not there.
@Suite struct KeySourceTests {
    private func resolve(
        _ source: KeySource, _ environment: [String: String] = [:], files: [String: String] = [:]
    ) throws(KeyProblem) -> String? {
        var backend = BackendConfig(
            name: "lm studio", endpoint: Config.builtIn.backends[0].endpoint)
        backend.keySource = source
        return try backend.resolveKey(
            environment: { environment[$0] },
            read: { path in
                files[path].map { .success(Array($0.utf8)) }
                    ?? .failure(KeyFileFailure(reason: "No such file or directory"))
            }
        )?.revealed
    }

    @Test(arguments: [
        ("openai", "OPENAI_API_KEY"), ("lm-studio.2", "LM_STUDIO_2_API_KEY"),
        ("ü b", "__B_API_KEY"),
        ("A_b", "A_B_API_KEY"),
    ])
    func `the variable's name follows from the backend's`(name: String, variable: String) {
        let endpoint = Config.builtIn.backends[0].endpoint
        #expect(BackendConfig(name: name, endpoint: endpoint).keyVariable == variable)
    }

    @Test func `each source gives its key`() throws {
        #expect(try resolve(.literal(Secret("k"))) == "k")
        #expect(try resolve(.variable("V"), ["V": "k"]) == "k")
        #expect(try resolve(.file("/f"), files: ["/f": " k\r\n"]) == "k")
        #expect(
            try resolve(
                .credential("c"), ["CREDENTIALS_DIRECTORY": "/run/c"], files: ["/run/c/c": "k\n"])
                == "k")
        #expect(try resolve(.automatic, ["LM_STUDIO_API_KEY": "k"]) == "k")
    }

    @Test func `no key is needed where none is configured`() throws {
        #expect(try resolve(.automatic) == nil)
        #expect(try resolve(.automatic, ["LM_STUDIO_API_KEY": ""]) == nil)
    }

    @Test(
        arguments: [
            (.variable("V"), [:], [:], "environment variable V, named by api_key_env, is not set"),
            (
                .variable("V"), ["V": ""], [:],
                "environment variable V, named by api_key_env, is empty"
            ),
            (
                .file("/f"), [:], [:],
                "file /f, named by api_key_file, cannot be read: No such file or directory"
            ),
            (.file("/f"), [:], ["/f": "\n"], "file /f, named by api_key_file, is empty"),
            (
                .credential("c"), [:], [:],
                "api_key_credential = \"c\" needs $CREDENTIALS_DIRECTORY, which is not set; start the daemon by systemd with LoadCredential=c"
            ),
            (
                .credential("c"), ["CREDENTIALS_DIRECTORY": "/d"], [:],
                "credential c in /d cannot be read: No such file or directory"
            ),
            (
                .automatic, ["LM_STUDIO_API_KEY": "a\nb"], [:],
                "environment variable LM_STUDIO_API_KEY holds a space, a control character or a letter beyond ASCII"
            ),
        ] as [(KeySource, [String: String], [String: String], String)])
    func `a configured source that is missing is named`(
        source: KeySource, environment: [String: String], files: [String: String], message: String
    ) {
        do throws(KeyProblem) {
            _ = try resolve(source, environment, files: files)
            Issue.record("a key was found")
        } catch {
            #expect(error.description == "backend `lm studio`: " + message)
        }
    }
}
