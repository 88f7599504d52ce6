import Configuration
import Doors
import Kernel
import Requests
import Sessions
import Telemetry

/// The hands of `Lifecycle`: opens the socket, closes it, sets the timers, and ends the loop. It
/// lives as long as the daemon.
///
/// Many properties: whatever a daemon waits for has a timer.
final class Serving: TurnWork {
    private unowned let daemon: Daemon
    private let loop: EventLoop
    private var lifecycle: Lifecycle
    /// The socket, until it is served.
    private var heldSocket: SystemdActivation.Socket?
    /// The socket's file, or its lock alone where systemd passed the socket.
    private let file: SocketFile?
    private var listener: Listener?
    /// HTTP for programs that know no Unix socket.
    let port: Port
    private let notify = SystemdNotify()
    private lazy var patienceTimer = Timer { [unowned self] in take(.looked) }
    private lazy var settledTimer = Timer { [unowned self] in settled() }
    /// When memory is given back, if no work ends until then.
    private var settlesAt: UInt64 = 0
    private lazy var idleTimer = Timer { [unowned self] in idledOut() }
    private lazy var shutdownTimer = Timer { [unowned self] in take(.outOfTime) }

    /// How long clients wait at most for the first look at the backends, in nanoseconds: one on
    /// this machine has answered by then, and one that hangs must not keep anybody.
    private static let firstLookPatience: UInt64 = 300_000_000
    /// How long after its start what only a start needs is let go of: the first clients are served
    /// and the first looks are over by then.
    private static let startSettled: UInt64 = 1_000_000_000
    /// How long after the last completion memory is given back: who asks again later than that
    /// waits some hundred page faults longer, which is less than a millisecond.
    private static let workSettled: UInt64 = 2_000_000_000

    /// - Parameters:
    ///   - isInherited: whether systemd passed the socket, and will start us again.
    ///   - http: a TCP listener that systemd passed, for HTTP.
    init(
        _ daemon: Daemon, _ socket: consuming SystemdActivation.Socket, file: SocketFile?,
        isInherited: Bool, http: consuming FileDescriptor?
    ) {
        self.daemon = daemon
        loop = daemon.loop
        self.file = file
        port = Port(daemon, http)
        let idleExit = daemon.config.server.idleExit
        switch consume socket {
        case .listener(let descriptor):
            heldSocket = .listener(descriptor)
            let endsIdle = isInherited && idleExit > 0
            lifecycle = Lifecycle(idleExit: endsIdle ? "\(idleExit.value)" : nil)
        case .connection(let descriptor):
            heldSocket = .connection(descriptor)
            lifecycle = Lifecycle(servesOne: true)
        }
    }

    private var reception: Reception { daemon.reception }

    /// Whether the daemon will end, or has.
    var isStopping: Bool { lifecycle.isStopping }

    /// The backends are looked at: clients wait for that, but not for long.
    func begin() {
        loop.set(patienceTimer, after: Self.firstLookPatience)
    }

    /// A request has ended.
    func workEnded() {
        settlesAt = loop.now &+ Self.workSettled
        // Not set anew for each of thousands a second.
        if !settledTimer.isSet { loop.set(settledTimer, at: settlesAt) }
    }

    private func settled() {
        if loop.now < settlesAt { return loop.set(settledTimer, at: settlesAt) }
        ProcessMemory.release()
    }

    /// Takes what happened and does what follows.
    func take(_ event: Lifecycle.Event) {
        switch lifecycle.take(event) {
        case .nothing: return
        case .open: open()
        case .awaitClient: loop.set(idleTimer, after: daemon.config.server.idleExit.nanoseconds)
        case .stopAwaiting: loop.cancel(idleTimer)
        case .drain(let reason): drain(reason)
        case .cutShort:
            daemon.cutShort()
            end()
        case .end: end()
        }
    }

    // MARK: Acting

    private func open() {
        loop.cancel(patienceTimer)
        guard let socket = heldSocket.take() else { return }
        loop.set(settledTimer, after: Self.startSettled)
        reception.doorkeeper = HTTPDoorkeeper(.local)
        port.open(watchedMax: watchedMax)
        do throws(Errno) {
            switch consume socket {
            case .listener(let descriptor): try listen(descriptor)
            case .connection(let descriptor): reception.accept(descriptor)
            }
        } catch {
            daemon.log.error("The socket cannot be served: \(error.message)")
            return take(.asked(reason: "no socket"))
        }
        notify.send("READY=1\nSTATUS=Serving on \(daemon.settings.socketPath)")
        take(.opened(connected: reception.count))
    }

    private func listen(_ descriptor: consuming FileDescriptor) throws(Errno) {
        listener = try Listener(
            descriptor, on: loop, watchedMax: watchedMax,
            starved: { [unowned self] error in daemon.starved(error) },
            accepted: { [unowned self] descriptor in reception.accept(descriptor) })
    }

    /// Descriptors that may be watched before accepting pauses: what is left is for backends,
    /// looks, and the log.
    private var watchedMax: Int {
        let limit = ThisProcess.raiseDescriptors(to: 0)
        let reserve = Limits.descriptorsReserved(
            backends: daemon.config.backends.count, searches: daemon.config.discovery.enabled)
        return limit - min(reserve, limit / 2)
    }

    private func idledOut() {
        // Whoever connected in the meantime waits with the kernel and is served first.
        listener?.ready(.readable)
        port.acceptWaiting()
        take(.idledOut(connected: reception.count))
    }

    private func drain(_ reason: String) {
        notify.send("STOPPING=1")
        daemon.log.info("Stopping (\(reason))")
        listener?.stop()
        listener = nil
        port.close()
        file?.remove()
        loop.cancel(idleTimer)
        daemon.dispatcher.stop()
        loop.set(shutdownTimer, after: daemon.config.server.shutdownTimeout.nanoseconds)
        // What was sent before we were asked to stop may not have been read yet.
        reception.readAll()
        endIfQuiet()
    }

    func endOfTurn() {
        endIfQuiet()
    }

    /// Ends the loop once it is to end, nothing is in flight and all answers are written.
    func endIfQuiet() {
        guard isStopping, daemon.isQuiet else { return }
        reception.flushAll()
        if reception.isDone { take(.quiet) }
    }

    private func end() {
        reception.flushAll()
        daemon.close()
        loop.stop()
    }
}
