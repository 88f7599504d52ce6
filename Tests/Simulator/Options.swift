import Glibc

/// What the command line says.
struct Options: Sendable {
    /// The server that is played from captures; nil for LM Studio, made up.
    var play: Play?
    var host = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    var port = portStandard
    var usesIPv6 = false
    var unixPath: String?
    var models: [Model] = []
    var policy = Catalogue.Policy()
    /// Between two tokens, before the first, and for each token of the prompt; nanoseconds.
    var tokenTime: UInt64 = 0
    var firstTokenDelay: UInt64 = 0
    var promptTime: UInt64 = 0
    var prefillCancels = false
    var tokens: Int?
    var apiKey: String?
    var isConstant = false
    var idleTimeout: UInt64 = 5_000_000_000
    var exitsWithParent = false
    var isVerbose = false
    var faults: [Fault] = []
    var showsHelp = false

    struct Invalid: Error { let message: String }

    /// LM Studio's.
    static let portStandard: UInt16 = 1234

    init(_ arguments: [String], readFile: (String) -> [UInt8]?) throws(Invalid) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            var name = argument
            if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
                name = String(argument[..<equals])
                rest.insert(String(argument[argument.index(after: equals)...]), at: rest.startIndex)
                if Options.bare.contains(name) { throw Invalid(message: "\(name) takes no value") }
            }
            if setBare(name) { continue }
            guard let value = rest.popFirst() else {
                throw Invalid(
                    message: Options.valued.contains(name)
                        ? "\(name) needs a value" : "unknown option \(name); --help lists them")
            }
            try set(name, value, readFile)
        }
        if models.isEmpty { models = Model.standard }
    }

    private static let bare: Set<String> = [
        "--help", "-h", "--ipv6", "--no-jit", "--no-auto-evict", "--prefill-cancels", "--constant",
        "--exit-with-parent", "--verbose",
    ]
    private static let valued: Set<String> = [
        "--play", "--host", "--port", "--unix", "--model", "--models", "--load-time",
        "--unknown-model",
        "--token-rate", "--first-token-delay", "--prompt-rate", "--tokens", "--api-key",
        "--idle-timeout", "--fault",
    ]

    private mutating func setBare(_ name: String) -> Bool {
        switch name {
        case "--help", "-h": showsHelp = true
        case "--ipv6": usesIPv6 = true
        case "--no-jit": policy.loadsOnRequest = false
        case "--no-auto-evict": policy.evicts = false
        case "--prefill-cancels": prefillCancels = true
        case "--constant": isConstant = true
        case "--exit-with-parent": exitsWithParent = true
        case "--verbose": isVerbose = true
        default: return false
        }
        return true
    }

    private mutating func set(
        _ name: String, _ value: String, _ readFile: (String) -> [UInt8]?
    ) throws(Invalid) {
        switch name {
        case "--port":
            guard let port = UInt16(value) else {
                throw Invalid(message: "--port is a number from 0 to 65535, not \"\(value)\"")
            }
            self.port = port
        case "--play":
            do throws(Play.Invalid) {
                let play = try Play(value, read: Captures.read)
                if port == Options.portStandard { port = play.port }
                self.play = play
            } catch {
                throw Invalid(message: error.message)
            }
        case "--host":
            // This machine's loopback network has 16 million addresses; no other is offered.
            guard value.hasPrefix("127."), inet_pton(AF_INET, value, &host) == 1 else {
                throw Invalid(message: "--host is an address 127.x.y.z, not \"\(value)\"")
            }
        case "--unix": unixPath = value
        case "--model": try addModel(value)
        case "--models": try addModels(value, readFile)
        case "--load-time": policy.loadTime = Clock.nanoseconds(try number(name, value))
        case "--unknown-model":
            guard let choice = Catalogue.UnknownModel(rawValue: value) else {
                throw Invalid(message: "--unknown-model is substitute, 400 or 404")
            }
            policy.unknownModel = choice
        case "--token-rate": tokenTime = try time(perSecond: name, value)
        case "--prompt-rate": promptTime = try time(perSecond: name, value)
        case "--first-token-delay":
            firstTokenDelay = Clock.nanoseconds(try number(name, value))
        case "--tokens": tokens = min(Int(try number(name, value)), Script.tokensMost)
        case "--api-key": apiKey = value
        case "--idle-timeout": idleTimeout = Clock.nanoseconds(try number(name, value))
        case "--fault":
            do throws(Fault.Invalid) {
                faults.append(try Fault(parsing: value))
            } catch {
                throw Invalid(message: error.message)
            }
        default: throw Invalid(message: "unknown option \(name); --help lists them")
        }
    }

    private func number(_ name: String, _ value: String) throws(Invalid) -> Double {
        guard let number = Double(value), number >= 0, number <= 1e9 else {
            throw Invalid(message: "\(name) is a number from 0 to 1e9, not \"\(value)\"")
        }
        return number
    }

    private func time(perSecond name: String, _ value: String) throws(Invalid) -> UInt64 {
        let rate = try number(name, value)
        return rate == 0 ? 0 : Clock.nanoseconds(1 / rate)
    }

    private mutating func addModel(_ text: String) throws(Invalid) {
        do throws(Model.Invalid) {
            models.append(try Model(parsing: text))
        } catch {
            throw Invalid(message: error.message)
        }
    }

    private mutating func addModels(
        _ path: String, _ readFile: (String) -> [UInt8]?
    ) throws(Invalid) {
        guard let bytes = readFile(path) else { throw Invalid(message: "cannot read \(path)") }
        let json: JSON
        do throws(JSONReader.Malformed) {
            json = try JSONReader.read(bytes)
        } catch {
            throw Invalid(message: "\(path): \(error.reason) at byte \(error.position)")
        }
        do throws(Model.Invalid) {
            models += try Model.list(json)
        } catch {
            throw Invalid(message: "\(path): \(error.message)")
        }
    }
}
