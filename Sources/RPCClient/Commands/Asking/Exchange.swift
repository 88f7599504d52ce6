import CrowdModelsProtocol
import Link
import Screen

/// One request that may take its time: tells what it waits for, and cancels it on Ctrl-C.
final class Exchange {
    private let connection: DaemonConnection
    private let waiting: WaitingLine
    /// How long a cancelled request may take to say what became of it; the daemon cancels anyway
    /// when the connection closes.
    private static let cancelWaitMilliseconds = 2000

    /// What happens meanwhile.
    struct Handlers {
        /// Params of `complete.delta`.
        var received: (JSONValue) throws(Failure) -> Void = { _ in }
        /// Nothing more is here to be read: what was received should be seen now.
        var idle: () throws(Failure) -> Void = {}
        /// The result of a request that was cancelled.
        var late: (JSONValue) throws(Failure) -> Void = { _ in }
    }

    init(on connection: DaemonConnection, _ waiting: WaitingLine) {
        self.connection = connection
        self.waiting = waiting
    }

    /// Sends the request and waits for its result.
    func run(
        _ method: String, _ params: JSONValue, _ handlers: Handlers = Handlers()
    ) throws(Failure) -> JSONValue {
        // Before the request goes: from then on there is something to cancel.
        let wake = Interruption.wakeInstead()
        defer { waiting.erase() }
        let id = try connection.send(method, params)
        var cancelled: MonotonicTime?
        while true {
            if !connection.isReady { try handlers.idle() }
            let deadline = cancelled ?? waiting.nextDrawing
            switch arrival(wake: cancelled == nil ? wake : -1, deadline) {
            case .success(.notification(Self.deltaName, let params)):
                waiting.end()
                try handlers.received(params)
            case .success(.notification(Self.progressName, let params)):
                waiting.take(try CompleteProgress(answer: params))
            case .success(.error(let answered, let error))
            where DaemonConnection.concerns(answered, id):
                throw cancelled == nil ? Failure(answer: error) : Self.interrupted
            case .success(.result(id, let result)):
                waiting.end()
                if cancelled == nil { return result }
                try handlers.late(result)
                throw Self.interrupted
            case .success: continue
            case .failure(.interrupted):
                cancelled = MonotonicTime(millisecondsFromNow: Self.cancelWaitMilliseconds)
                _ = try connection.send("\(Method.cancel.name)", ["id": id])
            case .failure(.timedOut) where cancelled == nil: waiting.draw()
            case .failure(let ending):
                throw cancelled == nil ? connection.failure(ending) : Self.interrupted
            }
        }
    }

    private static let deltaName = "\(ServerNotification.completeDelta.name)"
    private static let progressName = "\(ServerNotification.completeProgress.name)"
    private static let interrupted = Failure(.interrupted, "interrupted; the request is cancelled")

    private func arrival(
        wake: Int32, _ deadline: MonotonicTime?
    ) -> Result<RPCResponse, AnswerReader.Ending> {
        do throws(AnswerReader.Ending) {
            return .success(try connection.next(wake: wake, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }
}
