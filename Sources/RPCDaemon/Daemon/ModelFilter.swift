import Backends
import CrowdModelsProtocol
import Requests

/// Which models `models.list` is asked for.
struct ModelFilter {
    var backend: String?
    var type: String?
    var state: String?

    /// All of them.
    init() {}

    /// What the call's arguments say; a backend that does not exist is refused.
    init(_ daemon: Daemon, _ arguments: Arguments, _ line: Span<UInt8>) throws(Fault) {
        backend = Self.string(arguments[0], line)
        type = Self.string(arguments[1], line)
        state = Self.string(arguments[2], line)
        _ = try daemon.dispatcher.backends(named: backend)
    }

    /// Whether it is no filter at all.
    var admitsAll: Bool { backend == nil && type == nil && state == nil }

    func admits(_ model: Model) -> Bool {
        (type == nil || type == model.purpose.rawValue)
            && (state == nil || state == model.state.rawValue)
    }

    private static func string(_ argument: JSONRange, _ line: Span<UInt8>) -> String? {
        argument.isPresent ? JSONText.string(line.extracting(argument.bounds)) : nil
    }
}
