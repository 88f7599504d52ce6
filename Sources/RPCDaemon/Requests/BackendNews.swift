package import Backends
package import Configuration
package import Telemetry

/// Says what looks at one server found, word for word as the guide has it, and each thing once.
///
/// A look happens every second and mostly finds what the last one did: the log speaks on change.
package struct BackendNews {
    /// One line for the log.
    package struct Line: Equatable, Sendable {
        package let level: LogLevel
        package let text: String

        package init(_ level: LogLevel, _ text: String) {
            self.level = level
            self.text = text
        }
    }

    /// What a look found, as far as people are told.
    ///
    /// Many properties: one for each thing that a look may find changed.
    package struct Look: Sendable {
        package var product: String
        package var backend: String
        /// Where the server is, as it was configured or found.
        package var endpoint: String
        /// The variable that may hold the key.
        package var keyVariable: String
        /// Whether nobody configured it.
        package var isDiscovered: Bool
        /// Seconds between two looks.
        package var interval: Double
        /// Nil where it listed its models.
        package var failure: DiscoveryFailure?
        /// The chat models that callers may use; of a server that failed, those configured.
        package var chatModels: NameSample
        /// All that it lists.
        package var models: NameSample
        /// Names in `supported_models` that it does not list.
        package var missing: [String]
        /// Whether none is loaded and the first request has to load one.
        package var loadsOnRequest: Bool
        /// How one starts the server, and the command that loads a model; nil where not known.
        package var startHint: String?
        package var loadCommand: String?

        package init(
            product: String, backend: String, endpoint: String, keyVariable: String = "",
            isDiscovered: Bool = false, interval: Double = 1, failure: DiscoveryFailure? = nil,
            chatModels: NameSample = NameSample(), models: NameSample = NameSample(),
            missing: [String] = [], loadsOnRequest: Bool = false,
            startHint: String? = nil, loadCommand: String? = nil
        ) {
            self.product = product
            self.backend = backend
            self.endpoint = endpoint
            self.keyVariable = keyVariable
            self.isDiscovered = isDiscovered
            self.interval = interval
            self.failure = failure
            self.chatModels = chatModels
            self.models = models
            self.missing = missing
            self.loadsOnRequest = loadsOnRequest
            self.startHint = startHint
            self.loadCommand = loadCommand
        }
    }

    private var hasGreeted = false
    private var lastFailure: DiscoveryFailure?
    private var announced: NameSample?
    private var warnedMissing: [String] = []

    package init() {}

    /// Takes a look; the lines that it is worth.
    package mutating func take(_ look: Look) -> [Line] {
        var lines: [Line] = []
        if let failure = look.failure {
            if failure != lastFailure {
                lines.append(Line(.error, failure.message(product: look.product)))
                lines.append(Line(.info, Self.advice(failure, look)))
            }
            announced = nil
        } else {
            lines += models(look)
        }
        lastFailure = look.failure
        if !hasGreeted {
            hasGreeted = true
            lines.append(
                Line(
                    .info,
                    "Initialized LLM client for backend: \(look.backend) with models: "
                        + Self.list(look.chatModels)))
        }
        return lines
    }

    /// The first list, and the first after a failure, is told whatever it holds.
    private mutating func models(_ look: Look) -> [Line] {
        var lines: [Line] = []
        if look.chatModels != announced {
            if look.chatModels.isEmpty {
                lines.append(Line(.warning, "No models discovered from \(look.product) backend"))
                lines.append(
                    Line(
                        .info,
                        "Load a model in \(look.product), or list one in supported_models that it "
                            + "has; it is noticed within \(look.interval) s"))
            } else {
                lines.append(
                    Line(
                        .info,
                        "Discovered \(look.chatModels.count) models from \(look.product): "
                            + Self.list(look.chatModels)))
                lines.append(
                    Line(.info, "Updated \(look.backend) backend with discovered models"))
            }
        }
        for model in look.missing where !warnedMissing.contains(model) {
            lines.append(
                Line(
                    .warning,
                    "Model \(model) of supported_models is not on \(look.product) (backend "
                        + "\(look.backend)); it has: \(Self.list(look.models))"))
        }
        if look.loadsOnRequest, look.chatModels != announced,
            let first = look.chatModels.shown.first
        {
            let command = look.loadCommand.map { ", or: \($0) \(first)" } ?? ""
            lines.append(
                Line(
                    .info,
                    "No model is loaded in \(look.product); the first request loads the one it "
                        + "names\(command)"))
        }
        warnedMissing = look.missing
        announced = look.chatModels
        return lines
    }

    private static func advice(_ failure: DiscoveryFailure, _ look: Look) -> String {
        let again = "it is tried again every \(look.interval) s"
        switch failure {
        case .lacking:
            return "The daemon has too few descriptors or too little memory: raise LimitNOFILE or "
                + "MemoryMax of its unit, or the limits of its shell; \(again)"
        case .redirected(_, let location):
            return "Give \(location), without the path of its list, as the endpoint of backend "
                + "\(look.backend); \(again)"
        case .tls:
            return "The certificate of \(look.endpoint) is verified by the system's authorities, "
                + "or by ca_file of backend \(look.backend); \(again)"
        case .unreachable:
            return "Start the server of \(look.product) at \(look.endpoint)"
                + (look.startHint.map { " (\($0))" } ?? "") + "; \(again)"
        case .status, .notAList:
            return "Make sure that \(look.endpoint) is \(look.product)'s address and that its "
                + "server is running; \(again)"
        case .executor:
            return "Give the address of a model server as the endpoint of backend "
                + "\(look.backend), not that of a daemon; \(again)"
        case .unauthorized where look.isDiscovered:
            return "Add [[llm_backends]] with endpoint = \"\(look.endpoint)\" and its api_key: a "
                + "server that nobody configured is sent no key"
        case .unauthorized:
            return "Set api_key of backend \(look.backend), or the variable \(look.keyVariable)"
        }
    }

    /// Names as the guide prints them: `["a", "b"]`; of many the first and how many more.
    package static func list(_ names: NameSample) -> String {
        let shown = names.shown.map { "\"\($0)\"" }.joined(separator: ", ")
        let rest = names.count - names.shown.count
        return rest > 0 ? "[\(shown), and \(rest) more]" : "[\(shown)]"
    }
}
