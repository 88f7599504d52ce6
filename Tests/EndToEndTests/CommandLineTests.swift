import CrowdModelsProtocol
import Glibc
import Testing

/// The daemon as a program: its flags, what it prints, and the status it ends with.
@Suite struct CommandLineTests {
    /// What one run said, and how it ended.
    struct Run {
        let output: String
        let errors: String
        let status: Int32
    }

    static func run(
        _ arguments: [String], folder: TestFolder = TestFolder(), variables: [String: String] = [:]
    ) throws -> Run {
        // In the folder, so that no ./config.toml of anybody else is found.
        let child = try ChildProcess(
            "/usr/bin/env",
            ["-C", folder.path, BuiltProducts.path("crowd-models-executor")] + arguments,
            environment: DaemonProcess.environment(home: folder.path, variables))
        let output = try child.readToEnd()
        let errors = try child.errors.toEnd()
        return Run(output: output, errors: errors, status: child.wait())
    }

    @Test func `version, help and the protocol's document go to standard output`() throws {
        for flag in ["--version", "-V"] {
            let run = try CommandLineTests.run([flag])
            #expect(run.output.wholeMatch(of: /crowd-models-executor \d+\.\d+\.\d+\S*\n/) != nil)
            #expect(run.errors == "")
            #expect(run.status == 0)
        }
        let help = try CommandLineTests.run(["--help"])
        #expect(help.status == 0)
        #expect(help.errors == "")
        for flag in [
            "--config", "--socket", "--check-config", "--print-openrpc", "--log-level",
            "--log-format", "--version", "--help",
        ] { #expect(help.output.contains(flag)) }
        let document = try CommandLineTests.run(["--print-openrpc"])
        #expect(document.status == 0)
        let methods = try JSONValue(parsing: document.output)["methods"]?.arrayValue ?? []
        #expect(methods.count == Method.all.count)
    }

    @Test func `a command line that cannot be followed ends with 64`() throws {
        for (arguments, part) in [
            (["--bogus"], "--bogus"), (["--config"], "--config needs a value"),
            (["--log-level", "loud"], "loud"), (["--log-format=xml"], "xml"),
            (["--check-config=yes"], "takes no value"), (["serve"], "serve"),
            (["--socket="], "--socket needs a value"),
        ] {
            let run = try CommandLineTests.run(arguments)
            #expect(run.status == 64, "\(arguments)")
            #expect(run.output == "")
            #expect(run.errors.contains(part), "\(run.errors)")
            #expect(run.errors.contains("--help"))
        }
    }

    @Test func `a good configuration has no problems`() throws {
        let folder = TestFolder()
        let file = folder.write(
            "c.toml", "[[llm_backends]]\nname = \"a\"\nendpoint = \"http://h\"\n")
        let run = try CommandLineTests.run(["--check-config", "--config", file])
        #expect(run.status == 0)
        #expect(run.output == "\(file): no problems\n")
        #expect(run.errors == "")
        #expect(try CommandLineTests.run(["--check-config"]).status == 0)
    }

    @Test func `a file found in the daemon's folder is told as others have to name it`() throws {
        let folder = TestFolder()
        folder.write("config.toml", "[discovery]\nenabled = false\n")
        let child = try ChildProcess(
            "/usr/bin/env",
            ["-C", folder.path, BuiltProducts.path("crowd-models-executor"), "--socket", "s"],
            errorsToOutput: true, environment: DaemonProcess.environment(home: folder.path))
        defer { child.signal(SIGKILL) }
        while let line = try child.output.next(until: Deadline()), !line.contains("Listening") {}
        let client = try SocketClient("\(folder.path)/s")
        let status = try client.result("status")
        #expect(status["config"]?.stringValue?.hasSuffix("/config.toml") == true)
        #expect(status["config"]?.stringValue?.hasPrefix("/") == true)
    }

    @Test func `every problem is told with its place, and the status is 78`() throws {
        let folder = TestFolder()
        let file = folder.write(
            "c.toml",
            """
            default_modell = "x"
            [server]
            mode = 600
            [[llm_backends]]
            name = "cloud"
            endpoint = "htps://api.example.com/v1"
            rate_limit = "many"

            """)
        for arguments in [["--check-config", "--config", file], ["--config", file]] {
            let run = try CommandLineTests.run(arguments)
            #expect(run.status == 78)
            #expect(run.output == "")
            let lines = run.errors.split(separator: "\n")
            #expect(lines.count == 4, "\(run.errors)")
            #expect(lines.allSatisfy { $0.hasPrefix("\(file):") })
            for (place, parts) in [
                ("1:1", ["default_modell", "default_model"]),
                ("3:8", ["mode", "string", "integer"]),
                ("6:12", ["scheme", "https://"]),
                ("7:14", ["rate_limit", "string"]),
            ] {
                let line = lines.first { $0.hasPrefix("\(file):\(place): ") }
                #expect(line != nil, "\(place) in \(run.errors)")
                for part in parts {
                    #expect(line?.contains(part) == true, "\(part) in \(run.errors)")
                }
            }
        }
        let broken = folder.write("b.toml", "a = \n")
        let run = try CommandLineTests.run(["--check-config", "--config", broken])
        #expect(run.status == 78)
        #expect(run.errors.hasPrefix("\(broken):1:5: "))
    }

    @Test func `a configuration that is named and missing is an error, and is found by its rules`()
        throws
    {
        let folder = TestFolder()
        let missing = folder.path + "/none.toml"
        for run in [
            try CommandLineTests.run(["--config", missing]),
            try CommandLineTests.run([], variables: ["CROWD_MODELS_CONFIG": missing]),
        ] {
            #expect(run.status == 78)
            #expect(run.errors.contains(missing))
        }
        // By variable, in the current folder, in the user's folder: a wrong file tells which it
        // was.
        let wrong = folder.write("wrong.toml", "x = 1\n")
        let byVariable = try CommandLineTests.run(
            ["--check-config"], variables: ["CROWD_MODELS_CONFIG": wrong])
        #expect(byVariable.errors.hasPrefix(wrong + ":1:1: "))
        folder.write("config.toml", "y = 1\n")
        let here = try CommandLineTests.run(["--check-config"], folder: folder)
        #expect(here.errors.contains("config.toml:1:1: "))
        #expect(here.status == 78)
    }

    @Test func `every key and certificate that cannot be had is told with its place`() throws {
        let folder = TestFolder()
        let file = folder.write(
            "c.toml",
            """
            [[llm_backends]]
            name = "a"
            endpoint = "http://127.0.0.1:1"
            api_key_file = "\(folder.path)/no-such-key"
            [[llm_backends]]
            name = "b.c d"
            endpoint = "http://127.0.0.1:2"
            api_key_env = "NO_SUCH_VARIABLE"
            [[llm_backends]]
            name = "c"
            endpoint = "https://127.0.0.1:3"
            ca_file = "/no-such-certificates"

            """)
        for arguments in [["--check-config", "--config", file], ["--config", file]] {
            let run = try CommandLineTests.run(arguments)
            #expect(run.status == 78)
            #expect(run.output == "")
            let lines = run.errors.split(separator: "\n")
            try #require(lines.count == 3, "\(run.errors)")
            #expect(lines.first?.hasPrefix("\(file):4:16: ") == true, "\(run.errors)")
            #expect(lines.first?.contains("\(folder.path)/no-such-key") == true)
            #expect(lines[1].hasPrefix("\(file):8:15: "), "\(run.errors)")
            #expect(lines[1].contains("NO_SUCH_VARIABLE"))
            #expect(lines[2].hasPrefix("\(file):12:11: "), "\(run.errors)")
            #expect(lines[2].contains("/no-such-certificates, named by ca_file"))
        }
    }

    @Test func `the log's level and form are what the flags say`() throws {
        let simulator = try SimulatorProcess()
        let config = DaemonProcess.config(simulator)
        let quiet = try DaemonProcess(config, arguments: ["--log-level=error"], waits: false)
        let loud = try DaemonProcess(config, arguments: ["--log-format", "json"])
        try loud.waitForLog(containing: "\"message\":\"Initialized")
        #expect(try loud.stop() == 0)
        for line in loud.log { #expect(try JSONValue(parsing: line)["level"] != nil) }
        // A client that is answered shows that it runs, and what it would have said by then.
        let client = try quiet.connectWhenThere()
        #expect(try client.result("ping") == ["ok": true])
        #expect(try quiet.stop() == 0)
        #expect(quiet.log == [])
    }
}

extension DaemonProcess {
    /// Connects to a daemon that says nothing of itself, as soon as it listens.
    func connectWhenThere() throws -> SocketClient {
        let watch = FolderWatch(folder.path)
        while !folder.names.contains("s") { try watch.wait() }
        // The file is there a moment before anybody listens.
        while true {
            do {
                return try connect()
            } catch let refused as SocketClient.Refused where refused.number == ECONNREFUSED {
                sched_yield()
            }
        }
    }
}
