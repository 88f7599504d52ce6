import CrowdModelsProtocol
import Glibc
import Testing

/// Where the client looks for the daemon's socket.
@Suite struct ClientSearchTests {
    let folder = TestFolder()

    private func variables(_ names: String...) -> [String: String] {
        let all = [
            "CROWD_MODELS_SOCKET": "\(folder.path)/variable",
            "CROWD_MODELS_CONFIG": "\(folder.path)/named.toml",
            "XDG_CONFIG_HOME": "\(folder.path)/xdg",
            "XDG_RUNTIME_DIR": "\(folder.path)/run",
        ]
        return all.filter { names.contains($0.key) }
    }

    private func sockname(_ variables: [String: String]) throws -> String {
        try ClientRun(["sockname"], home: folder.path, environment: variables).output
    }

    @Test func `the first place that exists is the one`() throws {
        let path = folder.path
        for name in ["xdg", "xdg/crowd-models", "run", "run/crowd-models", ".config"] {
            mkdir("\(path)/\(name)", 0o700)
        }
        folder.write("named.toml", "[server]\nsocket = \"\(path)/by-name\"\n")
        folder.write("xdg/crowd-models/config.toml", "[server]\nsocket = \"\(path)/by-xdg\"\n")
        let everything = variables("CROWD_MODELS_CONFIG", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")
        let withoutNamed = everything.filter { $0.key != "CROWD_MODELS_CONFIG" }

        folder.write("run/crowd-models/executor.sock", "")
        #expect(try sockname(everything) == "\(path)/run/crowd-models/executor.sock\n")
        folder.write("by-xdg", "")
        #expect(try sockname(withoutNamed) == "\(path)/by-xdg\n")
        #expect(try sockname(everything) == "\(path)/run/crowd-models/executor.sock\n")
        folder.write("by-name", "")
        #expect(try sockname(everything) == "\(path)/by-name\n")
        folder.write("flag", "")
        let flag = try ClientRun(
            ["sockname", "--socket", "\(path)/flag"], environment: everything)
        #expect(flag.output == "\(path)/flag\n")
        let missing = try ClientRun(
            ["sockname", "--socket", "\(path)/none"], environment: everything)
        #expect(missing.status == 69)
    }

    @Test func `a variable that names a socket is taken at its word`() throws {
        for name in ["run", "run/crowd-models"] { mkdir("\(folder.path)/\(name)", 0o700) }
        folder.write("run/crowd-models/executor.sock", "")
        let variables = variables("CROWD_MODELS_SOCKET", "XDG_RUNTIME_DIR")
        let missing = try ClientRun(["sockname"], environment: variables)
        #expect(missing.status == 69)
        #expect(missing.output.isEmpty)
        #expect(missing.errors.contains("\(folder.path)/variable ($CROWD_MODELS_SOCKET)"))
        folder.write("variable", "")
        #expect(try sockname(variables) == "\(folder.path)/variable\n")
    }

    @Test func `a configuration in the current folder redirects nobody`() throws {
        let path = folder.path
        folder.write("here", "")
        folder.write("config.toml", "[server]\nsocket = \"\(path)/here\"\n")
        mkdir("\(path)/run", 0o700)
        mkdir("\(path)/run/crowd-models", 0o700)
        folder.write("run/crowd-models/executor.sock", "")
        let run = try ClientRun(
            shell: "cd \(path) && \"$C\" sockname", environment: variables("XDG_RUNTIME_DIR"))
        #expect(run.output == "\(path)/run/crowd-models/executor.sock\n")
    }

    @Test func `a socket path that no system allows is an error of who gave it`() throws {
        let long = "/tmp/" + String(repeating: "x", count: 200)
        #expect(try ClientRun(["ping"], socket: long).status == 64)
        folder.write("named.toml", "[server]\nsocket = \"\(long)\"\n")
        let run = try ClientRun(["ping"], environment: variables("CROWD_MODELS_CONFIG"))
        #expect(run.status == 78)
        #expect(run.errors.contains("socket_path_bytes_max"))
    }

    @Test(
        .enabled(if: noDaemonOfThisMachine, "a daemon of this machine would be found"))
    func `a named configuration that is missing is told when nothing else is found`() throws {
        let run = try ClientRun(["ping"], environment: variables("CROWD_MODELS_CONFIG"))
        #expect(run.status == 78)
        #expect(run.errors.contains("named.toml"))
        let none = try ClientRun(["ping"], environment: variables("XDG_RUNTIME_DIR"))
        #expect(none.status == 69)
        for place in ["\(folder.path)/run/crowd-models", "/tmp/crowd-models-", "/run/crowd-models"]
        { #expect(none.errors.contains(place)) }
    }

    private static let noDaemonOfThisMachine =
        access("/run/crowd-models/executor.sock", F_OK) != 0
        && access("/tmp/crowd-models-\(geteuid())", F_OK) != 0
}
