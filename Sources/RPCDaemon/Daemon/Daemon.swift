import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Requests
import Scheduling
import Sessions
import Telemetry

/// The daemon: holds together what is configured, who is connected, which backends there are and
/// what was counted. What each method does stands in its extensions.
///
/// Many properties: everything hangs on it and lives on its loop. It lives as long as the process.
final class Daemon {
    let loop: EventLoop
    let log: Log
    let settings: Settings
    let startedAt: UInt64
    private(set) lazy var dispatcher = Dispatcher(
        on: loop, keptMax: limits.outputBytesMax, delegate: self)
    var statistics = Statistics()
    /// Bytes that the loop's account of memory counts for them, and when it is looked at again.
    var statisticsHeld = 0
    var nextMemoryCount: UInt64 = 0
    /// The answer to `models.list`; empty where a list has changed since.
    var modelsText: [UInt8] = []
    /// What all conversations share.
    private(set) lazy var desk = Desk(self, on: loop, limits: limits)
    /// Those who hear what changes: asked at each change, so it is kept at hand.
    private(set) lazy var feed = desk.feed
    /// Who is connected.
    private(set) lazy var reception = Reception(desk, delegate: self)
    /// The search for servers that nobody configured; nil where it is off.
    var discovery: Discovery?
    /// Lists of models that are not answered yet, and those whose text is being written.
    var modelsAnswers: [ModelsAnswer] = []
    private(set) lazy var modelTexts = ModelTexts(self)
    /// Opens and closes the socket; nil before `start`.
    private(set) var serving: Serving?

    init(_ settings: Settings, loop: EventLoop, log: Log) {
        self.settings = settings
        self.loop = loop
        self.log = log
        startedAt = loop.now
    }

    var config: Config { settings.config }
    var limits: Limits { settings.limits }

    // MARK: Start

    /// Makes the backends, looks at each for the first time, and serves `socket` once all have
    /// answered or failed: the first client of a daemon that was started for it finds them.
    ///
    /// - Parameters:
    ///   - file: the socket's file, or its lock alone where the socket was passed.
    ///   - isInherited: whether systemd passed the socket.
    ///   - http: a TCP listener that systemd passed, for HTTP.
    func start(
        _ socket: consuming SystemdActivation.Socket, file: SocketFile?, isInherited: Bool,
        http: consuming FileDescriptor?
    ) {
        ProcessMemory.keepFreed()
        let serving = Serving(self, socket, file: file, isInherited: isInherited, http: http)
        self.serving = serving
        if let name = config.defaultModel {
            dispatcher.take(.defaultModel(config.chain(for: name)))
        }
        for backend in config.backends {
            dispatcher.add(
                Backend(
                    bounded(ModelServer(backend, key: settings.keys[backend.name], on: loop)),
                    queueMax: limits.queueMax, interval: config.discovery.interval,
                    of: dispatcher))
        }
        log.listener = { [unowned self] line in feed.publish(.log) { line.write(to: &$0) } }
        // Called in each turn: it holds the daemon until the loop is closed.
        loop.turnEnded = { [self] nanoseconds in
            statistics.loopDelayed(seconds: Double(nanoseconds) / 1e9, now: loop.now)
        }
        serving.begin()
        for backend in dispatcher.backends { backend.look() }
        startDiscovery()
        firstLookEnded()
    }

    /// A backend's first look has ended, or somebody who listens was found to be none.
    func firstLookEnded() {
        guard discovery?.isSettled ?? true else { return }
        if dispatcher.backends.allSatisfy(\.hasGreeted) { serving?.take(.looked) }
    }

    // MARK: Its work and its end

    /// A completion has ended, or much memory is not used any more.
    func workEnded() {
        serving?.workEnded()
    }

    var isStopping: Bool { serving?.isStopping ?? false }

    /// Whether nothing is in flight.
    var isQuiet: Bool { modelsAnswers.isEmpty && dispatcher.isIdle }

    /// Accepts no more, refuses what waits, and ends when what runs has ended or
    /// `shutdown_timeout` has passed. Asked a second time, it ends at once.
    func stop(_ reason: String) {
        serving?.take(.asked(reason: reason))
    }

    /// Answers what still runs with what it has.
    func cutShort() {
        dispatcher.cutShort()
        for answer in modelsAnswers { answer.cutShort() }
    }

    /// Asks no server for anything any more.
    func close() {
        discovery?.close()
        dispatcher.close()
    }

    /// Something has ended: a daemon that stops may have waited for it alone.
    func endIfIdle() {
        serving?.endIfQuiet()
    }

    /// The same at the end of the turn, when whoever it was is off the stack.
    func endSoonIfIdle() {
        if let serving, serving.isStopping { loop.atEndOfTurn(serving) }
    }

    /// A client has come or gone.
    func sessionsChanged(_ peer: Peer, isOpen: Bool) {
        log.debug(
            .connection(
                peer.connection, isOpen: isOpen, client: "uid:\(peer.uid) \(peer.processName)",
                pid: peer.pid))
        serving?.take(isOpen ? .connected : .disconnected(left: reception.count))
        if isStopping { endIfIdle() }
    }
}
