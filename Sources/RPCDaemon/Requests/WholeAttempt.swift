import Backends
import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
package import Metrics
package import Scheduling
import Sessions

/// What is asked of a server whose answer comes whole: how it is written, and how it is read.
protocol WholeQuestion {
    /// What is sent; nil where the server cannot do that.
    func request(_ adapter: any Adapter, model: String) -> ServerRequest?
    /// Takes the answer; throws where it is none.
    mutating func read(
        status: Int, retryAfter: Int?, _ body: Span<UInt8>
    ) throws(ServerFailure)
    /// What the answer said in numbers.
    var numbers: GenerationNumbers { get }
    /// Appends the result's object.
    func write(model: String, backend: String, to out: inout ByteBuffer)
}

/// One try of a request on one server that answers whole.
final class WholeAttempt: Attempt, ExchangeDelegate {
    /// Not touched once it is over; by then the job lets go of its try.
    private let job: RequestJob
    private let backend: Backend
    private let placement: Placement
    private var question: any WholeQuestion
    private var exchange: Exchange?
    private var isOver = false

    init(
        of job: RequestJob, _ question: any WholeQuestion, on backend: Backend,
        _ placement: Placement
    ) {
        self.job = job
        self.question = question
        self.backend = backend
        self.placement = placement
    }

    var deltas: Int { 0 }
    var warnings: [CompletionWarning] { [] }
    var contentText: String { "" }
    var numbers: GenerationNumbers { question.numbers }

    func begin() {
        guard let request = question.request(backend.server.adapter, model: placement.model) else {
            return loop.inNextTurn(Unable(self))
        }
        exchange = backend.server.ask(
            request, trace: job.work.traceparent, key: job.key, delegate: self)
    }

    private var loop: EventLoop { backend.dispatcher.loop }

    /// The server turned out to have no such API: told in the next turn, as every failure is.
    private final class Unable: Continuation {
        private let attempt: WholeAttempt

        init(_ attempt: WholeAttempt) { self.attempt = attempt }

        func continueTurn() { attempt.unable() }
    }

    /// `words`: what the server says of it.
    private func unable(_ words: String? = nil) {
        guard !isOver else { return }
        isOver = true
        job.failed(
            Fault(
                .unsupported,
                "\(backend.server.productName) at \(backend.config.endpoint.original) cannot do "
                    + "that (\(job.method))"
                    + (words.map { ": \($0)" } ?? "; choose another backend"),
                data: ["what": .string(job.method), "backend": .string(backend.name)]),
            .modelMissing)
    }

    func resume() {}

    func drop() {
        isOver = true
        exchange?.cancel()
        exchange = nil
    }

    func exchangeSent(_ exchange: Exchange) {
        if !isOver { job.sent() }
    }

    func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {}

    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {}

    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>) {
        self.exchange = nil
        guard !isOver else { return }
        backend.heard(head)
        let wait = head.retryAfterMilliseconds(now: Int(Clock.wall() / 1_000_000_000))
        do throws(ServerFailure) {
            try question.read(status: head.status, retryAfter: wait, body)
            isOver = true
            job.finished()
        } catch {
            failed(error)
        }
    }

    func exchange(_ exchange: Exchange, failed error: ExchangeError) {
        self.exchange = nil
        if !isOver { failed(ServerFailure(error)) }
    }

    private func failed(_ failure: ServerFailure) {
        if failure.reason == .unknownRoute {
            return unable(failure.status == 501 ? failure.words : nil)
        }
        isOver = true
        if failure.isUnreachable { backend.refused(failure.words ?? "no answer") }
        job.failed(
            backend.words(for: placement.model).fault(of: failure), failure.failureClass)
    }

    func succeed(_ reply: any Reply, isCancelled: Bool) {
        reply.succeed { question.write(model: placement.model, backend: backend.name, to: &$0) }
    }
}

/// A request whose answer comes whole, as its method wrote it down.
package final class WholeWork: Work {
    package let method: String
    package let byteCount: Int
    package let wantedModel: String?
    package let tag: String?
    package var wantsProgress: Bool { false }
    package var isStream: Bool { false }
    package let traceparent: String?
    package let operation: Operation?
    private let question: any WholeQuestion

    init(
        _ method: Method, _ question: any WholeQuestion, _ operation: Operation,
        _ call: KeptCall, model: String?, tag: String?
    ) {
        self.method = method.name.description
        self.operation = operation
        traceparent = call.traceparent
        self.question = question
        byteCount = call.byteCount
        wantedModel = model
        self.tag = tag
    }

    package func attempt(
        of job: RequestJob, on backend: Backend, _ placement: consuming Placement
    ) -> any Attempt {
        WholeAttempt(of: job, question, on: backend, placement)
    }
}
