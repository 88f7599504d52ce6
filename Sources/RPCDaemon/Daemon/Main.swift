import Configuration
import CrowdModelsProtocol
import Glibc
import Kernel
import Telemetry

/// The program: reads its orders, takes its socket, and serves until it is told to stop.
@main
struct Main {
    /// EX_USAGE, EX_CONFIG, EX_CANTCREAT of sysexits.h.
    private static let usage: Int32 = 64
    private static let configuration: Int32 = 78
    private static let cannotCreate: Int32 = 73

    static func main() {
        let options: Options
        do throws(UsageError) {
            options = try Options(Array(CommandLine.arguments.dropFirst()))
        } catch {
            say("crowd-models-executor: \(error.message) (--help lists them all)\n", to: 2)
            exit(usage)
        }
        if options.isHelpOnly { return say(Options.help, to: 1) }
        if options.isVersionOnly { return say("\(Version.name) \(Version.number)\n", to: 1) }
        if options.isOpenRPCOnly { return printOpenRPC() }
        let (config, path) = loadConfiguration(options)
        let keys = resolveKeys(config, path)
        if options.isCheckOnly {
            return say("\(path ?? "built-in configuration"): no problems\n", to: 1)
        }
        // What is told of it is read in other folders.
        run(options, config, path.map(absolute), keys)
    }

    private static func printOpenRPC() {
        var document = ByteBuffer()
        OpenRPC.write(version: Version.number, to: &document)
        document.append(UInt8(ascii: "\n"))
        say(document.text, to: 1)
    }

    // MARK: Configuration

    private static func loadConfiguration(_ options: Options) -> (Config, String?) {
        let location: ConfigLocation
        do throws(MissingConfigFile) {
            location = try ConfigLocation.find(
                flag: options.config, environment: Environment.value, exists: SmallFile.exists)
        } catch {
            say("crowd-models-executor: \(error)\n", to: 2)
            exit(configuration)
        }
        guard case .file(let path) = location else { return (Config.builtIn, nil) }
        do throws(Errno) {
            let text = try SmallFile.contents(
                of: path, limit: Limits.configurationBytesMax + 1)
            return (parse(text, path), path)
        } catch {
            say("crowd-models-executor: cannot read \(path): \(error.message)\n", to: 2)
            exit(configuration)
        }
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe "\(String(cString: folder))/\(path)"
    }

    private static func parse(_ text: [UInt8], _ path: String) -> Config {
        do throws(ConfigurationErrors) {
            return try Config.load(text)
        } catch {
            for problem in error.problems { say("\(path):\(problem)\n", to: 2) }
            exit(configuration)
        }
    }

    private static func resolveKeys(_ config: Config, _ path: String?) -> [String: Secret] {
        var keys: [String: Secret] = [:]
        var isComplete = true
        for backend in config.backends {
            do throws(KeyProblem) {
                keys[backend.name] = try backend.resolveKey(environment: Environment.value) {
                    file in
                    do throws(Errno) {
                        return .success(try SmallFile.contents(of: file, limit: 65_536))
                    } catch {
                        return .failure(KeyFileFailure(reason: error.message))
                    }
                }
            } catch {
                tell("\(error)", at: config.keyPosition(of: backend), in: path)
                isComplete = false
            }
            if let why = certificatesProblem(of: backend) {
                tell(why, at: config.certificatesPosition(of: backend), in: path)
                isComplete = false
            }
        }
        if !isComplete { exit(configuration) }
        return keys
    }

    /// Why the certificates that a backend is to be trusted by cannot be read; nil where they can,
    /// or nobody needs them.
    private static func certificatesProblem(of backend: BackendConfig) -> String? {
        guard !backend.caFile.isEmpty, backend.endpoint.scheme == .https else { return nil }
        do throws(Errno) {
            _ = try SmallFile.contents(of: backend.caFile, limit: 1)
            return nil
        } catch {
            return "backend `\(backend.name)`: file \(backend.caFile), named by ca_file, cannot be "
                + "read: \(error.message)"
        }
    }

    private static func tell(_ problem: String, at place: TOMLPosition?, in path: String?) {
        let place = place.map { ":\($0.line):\($0.column)" } ?? ""
        say("\(path ?? "configuration")\(place): \(problem)\n", to: 2)
    }

    // MARK: Running

    private static func run(
        _ options: Options, _ config: Config, _ path: String?, _ keys: [String: Secret]
    ) {
        do throws(Errno) {
            let loop = try EventLoop()
            let log = Log(
                level: options.logLevel ?? config.log.level,
                shape: shape(options.logFormat ?? config.log.format),
                output: LogOutput(on: loop), tellsTime: ThisProcess.logsToFile)
            let location = SocketLocation.forDaemon(
                flag: options.socket, configured: config.server.socket,
                environment: Environment.value, uid: ThisProcess.uid)
            log.greet("🚀 Starting Crowd Models Executor...")
            ThisProcess.keepMemoryPrivate()
            let reserve = Limits.descriptorsReserved(
                backends: config.backends.count, searches: config.discovery.enabled)
            let wanted = config.limits.connectionsMax + reserve
            let granted = ThisProcess.raiseDescriptors(to: wanted)
            if granted < wanted {
                log.warning(
                    "Only \(granted) descriptors may be open, and connections_max "
                        + "\(config.limits.connectionsMax) wants \(wanted); raise LimitNOFILE or "
                        + "lower connections_max")
            }
            try serve(options, config, path, keys, location, loop, log)
        } catch {
            say(
                "ERROR: The kernel refused what the daemon cannot do without: \(error.message)\n",
                to: 2)
            exit(1)
        }
    }

    private static func serve(
        _ options: Options, _ config: Config, _ path: String?, _ keys: [String: Secret],
        _ location: SocketLocation, _ loop: EventLoop, _ log: Log
    ) throws(Errno) {
        let socket: SystemdActivation.Socket
        let http: FileDescriptor?
        var file: SocketFile?
        var isInherited = false
        var name = "the socket that systemd passed"
        do throws(SocketFileError) {
            var passed = try SystemdActivation.take()
            http = passed.http.take()
            if let inherited = passed.socket.take() {
                if let path = passed.path {
                    name = path
                    file = lockInherited(path, log)
                }
                socket = inherited
                isInherited = true
            } else {
                if config.server.idleExit > 0 {
                    log.warning(
                        "idle_exit counts only where systemd passed the socket; it is ignored")
                }
                if let problem = location.problem { throw SocketFileError(message: problem) }
                name = location.path
                let made = try SocketFile(
                    at: location.path, privateFolder: location.source == .temporary)
                socket = .listener(try made.listen(mode: config.server.mode, backlog: 1024))
                file = made
            }
        } catch {
            log.error(error.message)
            log.flush()
            exit(cannotCreate)
        }
        let settings = Settings(config, from: path, socketPath: name, keys: keys)
        let daemon = Daemon(settings, loop: loop, log: log)
        try start(daemon, socket, file, isInherited, http)
    }

    /// Holds the lock of a socket that systemd made; where that cannot be, nothing depends on it.
    private static func lockInherited(_ path: String, _ log: Log) -> SocketFile? {
        do throws(SocketFileError) {
            return try SocketFile(inherited: path)
        } catch {
            log.debug("The socket that systemd passed is served without its lock: \(error.message)")
            return nil
        }
    }

    private static func start(
        _ daemon: Daemon, _ socket: consuming SystemdActivation.Socket, _ file: SocketFile?,
        _ isInherited: Bool, _ http: consuming FileDescriptor?
    ) throws(Errno) {
        let signals = try Signals([SIGTERM, SIGINT, SIGHUP], on: daemon.loop) { signal in
            switch signal {
            case SIGHUP:
                daemon.log.warning(
                    "SIGHUP: the configuration is read at start only; restart to change it")
            case SIGINT: daemon.stop("SIGINT")
            default: daemon.stop("SIGTERM")
            }
        }
        daemon.log.info("Listening on \(daemon.settings.socketPath)")
        daemon.start(socket, file: file, isInherited: isInherited, http: http)
        try daemon.loop.run()
        daemon.log.flush()
        // The kernel frees it all at once; who looks for leaks finds what was lost before.
        withExtendedLifetime((daemon, signals)) { exit(0) }
    }

    private static func shape(_ format: LogFormat) -> LogLine.Shape {
        switch format {
        case .plain: .plain
        case .json: .json
        case .auto: ThisProcess.logsToJournal ? .journal : .plain
        }
    }

    private static func say(_ text: String, to descriptor: Int32) {
        var bytes = ByteBuffer()
        bytes.append(utf8: text)
        let output = LogOutput(on: nil, descriptor: descriptor)
        output.write(bytes.span)
    }
}
