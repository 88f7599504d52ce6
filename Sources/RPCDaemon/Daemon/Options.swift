import Configuration
import CrowdModelsProtocol

/// What the daemon was told on its command line.
struct Options: Equatable {
    var config: String?
    var socket: String?
    var isCheckOnly = false
    var isOpenRPCOnly = false
    var isVersionOnly = false
    var isHelpOnly = false
    var logLevel: LogLevel?
    var logFormat: LogFormat?

    /// Reads the arguments after the program's name; throws a sentence for what is wrong.
    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            var inline = parts.count > 1 ? String(parts[1]) : nil
            func value() throws(UsageError) -> String {
                let given = inline ?? rest.popFirst()
                inline = nil
                guard let given, !given.isEmpty else { throw UsageError("\(name) needs a value") }
                return given
            }
            switch name {
            case "--config", "-c": config = try value()
            case "--socket": socket = try value()
            case "--log-level":
                let word = try value()
                guard let level = LogLevel(rawValue: word) else {
                    throw UsageError("--log-level is error, warning, info or debug, not \(word)")
                }
                logLevel = level
            case "--log-format":
                let word = try value()
                guard let format = LogFormat(rawValue: word) else {
                    throw UsageError("--log-format is auto, plain or json, not \(word)")
                }
                logFormat = format
            case "--check-config": isCheckOnly = true
            case "--print-openrpc": isOpenRPCOnly = true
            case "--version", "-V": isVersionOnly = true
            case "--help", "-h": isHelpOnly = true
            default:
                let meant = NearestName.to(name, among: Self.names)
                throw UsageError(
                    "unknown argument \(argument)" + (meant.map { "; did you mean \($0)?" } ?? ""))
            }
            if inline != nil { throw UsageError("\(name) takes no value") }
        }
    }

    private static let names = [
        "--config", "--socket", "--check-config", "--print-openrpc", "--log-level",
        "--log-format", "--version", "--help",
    ]

    /// What `--help` prints.
    static let help = """
        crowd-models-executor: one socket for the language models that run on this machine.

        Usage: crowd-models-executor [OPTION...]

          --config PATH      the configuration (TOML). Without it: $CROWD_MODELS_CONFIG,
                             ./config.toml, $XDG_CONFIG_HOME/crowd-models/config.toml,
                             /etc/crowd-models/config.toml, else LM Studio at localhost:1234
          --socket PATH      where to listen. Without it: the socket that systemd passed,
                             [server] socket, $CROWD_MODELS_SOCKET,
                             $XDG_RUNTIME_DIR/crowd-models/executor.sock,
                             as root /run/crowd-models/executor.sock,
                             else /tmp/crowd-models-UID/executor.sock
          --check-config     say every problem of the configuration and end (78 if there is one)
          --print-openrpc    print the protocol's OpenRPC document and end
          --log-level LEVEL  error, warning, info (the default) or debug
          --log-format FORM  auto (the default: journald's under systemd), plain or json
          --version          print the version and end
          --help             this text

        Talk to it with `crowd-models`, or write JSON-RPC 2.0 lines to the socket:
          echo '{"jsonrpc":"2.0","id":1,"method":"help"}' | socat - UNIX-CONNECT:PATH

        """
}

/// Why a command line cannot be followed.
struct UsageError: Error, Equatable {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}
