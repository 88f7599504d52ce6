import Configuration
import CrowdModelsProtocol

/// What a person is told who has to start the server.
extension ModelServer {
    /// How its program is started; nil where nobody knows which one it is.
    package var startHint: String? { ServerStart.command(of: likelyKind.rawValue) }

    /// Which program it is, or was when it last answered, or is by its name or its port.
    private var likelyKind: ServerKind {
        for known in [kind, seenKind] where known != .unknown && known != .openai { return known }
        if looksLikeLMStudio { return .lmstudio }
        let name = config.name.lowercased()
        let named = ServerKind.allCases.first {
            $0 != .openai && $0 != .unknown && name.hasPrefix($0.rawValue)
        }
        return named ?? KnownPorts.usual[config.endpoint.port] ?? .unknown
    }
}

extension KnownPorts {
    /// The ports that are one program's alone, of those that nobody has to look up.
    fileprivate static let usual: [Int: ServerKind] = [
        11434: .ollama, 9931: .llamaCpp, 30000: .sglang, 5001: .koboldcpp, 4891: .gpt4all,
        1337: .jan, 6767: .jan, 12434: .dockerModelRunner, 13305: .lemonade, 4000: .litellm,
    ]
}
