import Glibc

/// Starts the simulator: options, listeners, and what ends it.
@main
enum Main {
    static func main() {
        let options: Options
        do throws(Options.Invalid) {
            options = try Options(Array(CommandLine.arguments.dropFirst()), readFile: File.read)
        } catch {
            fail(error.message, status: 2)
        }
        if options.showsHelp {
            print(Help.text)
            return
        }
        signal(SIGPIPE, SIG_IGN)
        var ending = blockEndingSignals()
        raiseDescriptorLimit()
        serve(options)
        if options.exitsWithParent { Parent.watch { end(options) } }
        var number: Int32 = 0
        sigwait(&ending, &number)
        end(options)
    }

    private static func serve(_ options: Options) {
        let simulation = Simulation(options)
        var addresses = [Listener.Address.ipv4(host: options.host, port: options.port)]
        if let path = options.unixPath { addresses = [.unix(path: path)] }
        do throws(Listener.Failure) {
            var listeners: [Listener] = []
            for address in addresses { listeners.append(try Listener(simulation, address)) }
            if options.usesIPv6, let port = listeners[0].port {
                listeners.append(try Listener(simulation, .ipv6(port: port)))
            }
            for listener in listeners {
                Thread.start {
                    var listener = listener
                    listener.run()
                }
            }
            if let refuse = options.faults.first(where: { $0.name == "refuse" && $0.after == 0 }) {
                simulation.gate.close(for: refuse.time(or: 1), sparing: nil)
            }
            for listener in listeners { print("listening on \(listener.url)") }
            fflush(nil)
        } catch {
            fail(error.message, status: 1)
        }
    }

    /// Every thread inherits the mask, so that only the main thread takes these.
    private static func blockEndingSignals() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        return signals
    }

    /// A connection costs three descriptors; the usual soft limit is 1024.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static func end(_ options: Options) -> Never {
        if let path = options.unixPath { unlink(path) }
        exit(0)
    }

    private static func fail(_ message: String, status: Int32) -> Never {
        let line = "lmstudio-simulator: \(message)\n"
        _ = line.utf8CString.withUnsafeBufferPointer { write(2, $0.baseAddress!, $0.count - 1) }
        exit(status)
    }
}
