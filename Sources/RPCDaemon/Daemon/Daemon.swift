import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Requests
import Scheduling
import Sessions
import Telemetry

/// The daemon: what is configured, who is connected, which backends there are, what was counted.
///
/// Everything hangs on it and lives on its loop; it lives as long as the process.
final class Daemon: TurnWork {
    let loop: EventLoop
    let log: Log
    let config: Config
    /// Where the configuration came from; nil for the built-in one.
    let configPath: String?
    let socketPath: String
    let startedAt: UInt64
    private(set) lazy var dispatcher = Dispatcher(on: loop, delegate: self)
    var statistics = Statistics()
    /// The answer to `models.list`; empty where a list has changed since.
    var modelsText: [UInt8] = []
    let notify = SystemdNotify()
    /// What all conversations share.
    private(set) lazy var desk = Desk(self, on: loop, limits: limits)
    /// Who is connected.
    private(set) lazy var reception = Reception(desk, delegate: self)
    /// The search for servers that nobody configured; nil where it is off.
    var discovery: Discovery?
    /// Those that ask the backends now.
    var refreshes: [Refresh] = []
    private var listener: Listener?
    private var socketFile: SocketFile?
    private(set) var isStopping = false
    /// Whether systemd passed the listening socket, and will start us again.
    private var isActivated = false
    /// Whether systemd passed one connection (Accept=yes), and its end is the daemon's.
    private var servesOne = false
    /// The socket, until it is served.
    private var heldSocket: SystemdActivation.Socket?
    private lazy var patienceTimer = Timer { [unowned self] in beginServing() }
    private lazy var settledTimer = Timer { ProcessMemory.release() }
    private lazy var idleTimer = Timer { [unowned self] in endIdling() }
    private lazy var shutdownTimer = Timer { [unowned self] in cutShort() }

    /// Those of the configuration, at hand for every request.
    let limits: Limits
    /// How long until a backend is looked at again, in milliseconds.
    var lookMilliseconds: Int { Int(config.discovery.interval.nanoseconds / 1_000_000) }

    init(
        _ config: Config, configPath: String?, socketPath: String, loop: EventLoop, log: Log
    ) {
        self.config = config
        limits = config.limits
        self.configPath = configPath
        self.socketPath = socketPath
        self.loop = loop
        self.log = log
        startedAt = loop.now
    }

    // MARK: Start and stop

    /// How long clients wait at most for the first look at the backends, in nanoseconds: one on
    /// this machine has answered by then, and one that hangs must not keep anybody.
    private static let firstLookPatience: UInt64 = 300_000_000

    /// How long after its start what only a start needs is let go of: the first clients are served
    /// and the first looks are over by then.
    private static let startSettled: UInt64 = 1_000_000_000
    /// How long after the last completion memory is given back: who asks again later than that
    /// waits some hundred page faults longer, which is less than a millisecond.
    private static let workSettled: UInt64 = 2_000_000_000

    /// Makes the backends, looks at each for the first time, and serves `socket` once all have
    /// answered or failed: the first client of a daemon that was started for it finds them.
    ///
    /// - Parameters:
    ///   - file: the socket's file, or its lock alone where the socket was passed.
    ///   - isInherited: whether systemd passed the socket.
    func start(
        _ socket: consuming SystemdActivation.Socket, file: SocketFile?, isInherited: Bool,
        keys: [String: Secret]
    ) {
        ProcessMemory.keepFreed()
        heldSocket = consume socket
        socketFile = file
        isActivated = isInherited
        if let name = config.defaultModel {
            dispatcher.take(.defaultModel(config.chain(for: name)))
        }
        for backend in config.backends {
            dispatcher.add(
                Backend(
                    ModelServer(backend, key: keys[backend.name], on: loop),
                    queueMax: limits.queueMax, interval: config.discovery.interval,
                    of: dispatcher))
        }
        log.listener = { [unowned self] line in desk.feed.publish(.log) { line.write(to: &$0) } }
        loop.turnEnded = { [unowned self] nanoseconds in
            statistics.loopDelayed(seconds: Double(nanoseconds) / 1e9, now: loop.now)
        }
        loop.set(patienceTimer, after: Self.firstLookPatience)
        for backend in dispatcher.backends { backend.look() }
        startDiscovery()
        firstLookEnded()
    }

    /// A backend's first look has ended, or somebody who listens was found to be none.
    func firstLookEnded() {
        guard discovery?.isSettled ?? true else { return }
        if dispatcher.backends.allSatisfy(\.hasGreeted) { beginServing() }
    }

    /// A completion has ended.
    func workEnded() {
        loop.set(settledTimer, after: Self.workSettled)
    }

    private func beginServing() {
        loop.cancel(patienceTimer)
        guard let socket = heldSocket.take() else { return }
        loop.set(settledTimer, after: Self.startSettled)
        do throws(Errno) {
            switch consume socket {
            case .listener(let descriptor): try listen(descriptor)
            case .connection(let descriptor):
                servesOne = true
                reception.accept(descriptor)
                if reception.count == 0 { stop("its connection was refused") }
            }
            startIdling()
        } catch {
            log.error("The socket cannot be served: \(error.message)")
            return stop("no socket")
        }
        notify.send("READY=1\nSTATUS=Serving on \(socketPath)")
    }

    private func listen(_ descriptor: consuming FileDescriptor) throws(Errno) {
        listener = try Listener(
            descriptor, on: loop, watchedMax: watchedMax,
            starved: { [unowned self] error in
                log.warning(
                    "Cannot accept connections: \(error.message); waiting for a descriptor to be "
                        + "free (\(reception.count) clients are connected)")
            },
            accepted: { [unowned self] descriptor in reception.accept(descriptor) })
    }

    /// Descriptors that may be watched before accepting pauses: what is left is for backends,
    /// looks, and the log.
    private var watchedMax: Int {
        let limit = ThisProcess.raiseDescriptors(to: 0)
        let reserve = Limits.descriptorsReserved(
            backends: config.backends.count, searches: config.discovery.enabled)
        return limit - min(reserve, limit / 2)
    }

    // MARK: Idle exit

    /// With nobody connected, a daemon that its socket started ends after `idle_exit`; systemd
    /// starts it again for the next client.
    private func startIdling() {
        guard isActivated, config.server.idleExit > 0, reception.count == 0, !isStopping else {
            return
        }
        loop.set(idleTimer, after: config.server.idleExit.nanoseconds)
    }

    private func endIdling() {
        // Whoever connected in the meantime waits with the kernel and is served first.
        listener?.ready(.readable)
        if reception.count == 0 { stop("idle for \(config.server.idleExit.value) s") }
    }

    /// Accepts no more, refuses what waits, and ends when what runs has ended or
    /// `shutdown_timeout` has passed. Asked a second time, it ends at once.
    func stop(_ reason: String) {
        if isStopping { return cutShort() }
        isStopping = true
        notify.send("STOPPING=1")
        log.info("Stopping (\(reason))")
        listener?.stop()
        listener = nil
        socketFile?.remove()
        dispatcher.stop()
        loop.set(shutdownTimer, after: config.server.shutdownTimeout.nanoseconds)
        // What was sent before we were asked to stop may not have been read yet.
        reception.readAll()
        endIfIdle()
    }

    private func cutShort() {
        dispatcher.cutShort()
        for refresh in refreshes { refresh.cutShort() }
        end()
    }

    func endOfTurn() {
        endIfIdle()
    }

    /// Ends the loop once nothing is in flight and all answers are written.
    func endIfIdle() {
        guard isStopping, refreshes.isEmpty, dispatcher.jobs.isEmpty else { return }
        reception.flushAll()
        if reception.isDone { end() }
    }

    private func end() {
        reception.flushAll()
        discovery?.close()
        dispatcher.close()
        loop.stop()
    }

    // MARK: Sessions

    /// A client has come or gone.
    func sessionsChanged(_ peer: Peer, isOpen: Bool) {
        log.debug(
            .connection(
                peer.connection, isOpen: isOpen, client: "uid:\(peer.uid) \(peer.processName)",
                pid: peer.pid))
        loop.cancel(idleTimer)
        if isStopping { return endIfIdle() }
        if reception.count > 0 { return }
        if servesOne { return stop("its connection has closed") }
        startIdling()
    }
}
