import Testing

@testable import Configuration

/// Where the configuration and the socket are looked for.
@Suite struct LocationTests {
    private func find(
        _ flag: String? = nil, _ environment: [String: String] = [:], files: Set<String> = []
    ) throws(MissingConfigFile) -> ConfigLocation {
        try ConfigLocation.find(
            flag: flag, environment: { environment[$0] }, exists: files.contains)
    }

    @Test func `the configuration is the first that exists`() throws {
        let environment = ["XDG_CONFIG_HOME": "/x/", "HOME": "/h", "CROWD_MODELS_CONFIG": ""]
        let user = "/x/crowd-models/config.toml"
        let system = "/etc/crowd-models/config.toml"
        #expect(try find(nil, environment) == .builtIn)
        #expect(try find(nil, environment, files: [system]) == .file(system))
        #expect(try find(nil, environment, files: [system, user]) == .file(user))
        #expect(
            try find(nil, environment, files: [system, user, "config.toml"]) == .file("config.toml")
        )
        #expect(
            try find(nil, ["CROWD_MODELS_CONFIG": "/v"], files: ["/v", "config.toml"])
                == .file("/v"))
        #expect(
            try find("/f", ["CROWD_MODELS_CONFIG": "/v"], files: ["/v", "/f"]) == .file("/f"))
        let home = "/h/.config/crowd-models/config.toml"
        #expect(try find(nil, ["HOME": "/h"], files: [home]) == .file(home))
        #expect(
            try find(nil, ["HOME": "/h", "XDG_CONFIG_HOME": "rel"], files: [home]) == .file(home))
    }

    @Test func `a file that someone named has to be there`() {
        #expect(throws: MissingConfigFile(path: "/f", source: "--config")) {
            try find("/f", ["CROWD_MODELS_CONFIG": "/v"], files: ["/v", "config.toml"])
        }
        #expect(throws: MissingConfigFile(path: "/v", source: "$CROWD_MODELS_CONFIG")) {
            try find(nil, ["CROWD_MODELS_CONFIG": "/v"], files: ["config.toml"])
        }
    }

    @Test func `the daemon takes the first place that is named`() {
        func place(
            _ flag: String?, _ configured: String?, _ environment: [String: String], _ uid: UInt32
        ) -> SocketLocation {
            SocketLocation.forDaemon(
                flag: flag, configured: configured, environment: { environment[$0] }, uid: uid)
        }
        let environment = ["CROWD_MODELS_SOCKET": "/v", "XDG_RUNTIME_DIR": "/run/user/7"]
        let runtime = ["CROWD_MODELS_SOCKET": "", "XDG_RUNTIME_DIR": "/run/user/7"]
        #expect(place("/f", "/c", environment, 7) == SocketLocation(path: "/f", source: .flag))
        #expect(
            place(nil, "/c", environment, 7) == SocketLocation(path: "/c", source: .configuration))
        #expect(place(nil, "", environment, 7) == SocketLocation(path: "/v", source: .variable))
        #expect(
            place(nil, nil, runtime, 7)
                == SocketLocation(
                    path: "/run/user/7/crowd-models/executor.sock", source: .runtimeFolder))
        #expect(
            place(nil, nil, [:], 0)
                == SocketLocation(path: "/run/crowd-models/executor.sock", source: .system))
        #expect(
            place(nil, nil, ["XDG_RUNTIME_DIR": "relative"], 7)
                == SocketLocation(path: "/tmp/crowd-models-7/executor.sock", source: .temporary))
    }

    @Test func `the client looks at every place in turn`() {
        func places(
            _ flag: String?, _ environment: [String: String], _ files: [String: String] = [:]
        ) -> [String] {
            SocketLocation.forClient(
                flag: flag, environment: { environment[$0] }, uid: 7, configured: { files[$0] }
            ).map(\.path)
        }
        let last = ["/tmp/crowd-models-7/executor.sock", "/run/crowd-models/executor.sock"]
        let guessed = ["/run/user/7/crowd-models/executor.sock"]
        #expect(places(nil, [:]) == guessed + last)
        #expect(places(nil, ["CROWD_MODELS_SOCKET": ""]) == guessed + last)
        #expect(places("/f", ["CROWD_MODELS_SOCKET": "/v"]) == ["/f"])
        let environment = ["XDG_RUNTIME_DIR": "/r", "XDG_CONFIG_HOME": "/x"]
        let files = ["/x/crowd-models/config.toml": "/c", "/m": "/d", "config.toml": "/evil"]
        #expect(
            places(nil, environment, files)
                == ["/c", "/r/crowd-models/executor.sock"] + last)
        #expect(
            places(nil, environment.merging(["CROWD_MODELS_SOCKET": "/v"]) { $1 }, files) == ["/v"])
        #expect(places(nil, ["CROWD_MODELS_CONFIG": "/m"], files) == ["/d"] + guessed + last)
        #expect(places(nil, ["CROWD_MODELS_CONFIG": "config.toml"], [:]) == guessed + last)
    }

    @Test func `the client reads only the socket of a file`() {
        func socket(_ text: String) -> String? { Config.socket(in: Array(text.utf8)) }
        #expect(socket("[server]\nsocket = '/s'\nunknown = 1") == "/s")
        #expect(socket("[server]\nsocket = ''") == nil)
        #expect(socket("[server]\nsocket = 's'") == nil)
        #expect(socket("[server]") == nil)
        #expect(socket("x") == nil)
    }

    @Test func `a socket path that the system cannot take is told`() {
        let path = "/" + String(repeating: "p", count: Limits.socketPathBytesMax)
        #expect(
            SocketLocation(path: path, source: .flag).problem?.contains("socket_path_bytes_max")
                == true)
        #expect(SocketLocation(path: String(path.dropLast()), source: .flag).problem == nil)
    }
}
