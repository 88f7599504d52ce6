import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Requests
import Scheduling
import Sessions

/// Requests to servers whose answer comes whole: vectors, rankings, loads, counts.
extension Daemon {
    /// Asks for its turn; the answer comes when it comes.
    func begin(
        _ call: Call, _ line: Span<UInt8>, for peer: Peer, _ reply: any Reply
    ) throws(Fault) {
        try Self.checkOptions(of: call.method, call.arguments, line)
        let kept = KeptCall(line, call.arguments)
        let work: any Work
        switch call.method {
        case .embed: work = WholeWork(embed: kept)
        case .rerank: work = WholeWork(rerank: kept)
        default: work = LoadWork(kept, loads: call.method == .modelsLoad)
        }
        if work.wantsProgress, !call.canStream {
            throw Fault(
                .invalidRequest,
                "`progress` needs an id that is not null, and cannot stand in a batch")
        }
        do throws(Fault) {
            if isStopping { throw RefusalWords.stopping }
            try reply.hold(line.count)
        } catch {
            countRejected(error, work, by: peer)
            throw error
        }
        let ticket = ticket(of: kept, call.method, key: dispatcher.nextKey(), for: peer)
        let job = RequestJob(
            work, key: ticket.key, reply: reply, arrivedAt: Clock.monotonic(),
            expiresAt: ticket.expiresAt, dispatcher: dispatcher)
        job.begin(consume ticket)
    }

    /// Throws what the `options` of an `embed` or a `rerank` are refused with.
    static func checkOptions(
        of method: Method, _ arguments: Arguments, _ line: Span<UInt8>
    ) throws(Fault) {
        let place: Int
        switch method {
        case .embed: place = EmbedParameter.options.rawValue
        case .rerank: place = RerankParameter.options.rawValue
        default: return
        }
        try OptionsCheck.check(arguments[place], of: method, in: line)
    }

    /// What the scheduler needs to know of a call of `method` that comes now.
    func ticket(
        of kept: KeptCall, _ method: Method, key: UInt64, for peer: Peer
    ) -> Ticket {
        let places: KeptCall.Places
        switch method {
        case .embed: places = .embed
        case .rerank: places = .rerank
        case .tokensCount: places = .tokensCount
        default: places = .load
        }
        let tag = places.tag.flatMap { kept.string($0) } ?? ""
        var ticket = kept.ticket(
            places, key: key,
            caller: Caller(
                uid: peer.uid, pid: peer.pid, connection: peer.connection, tag: tag),
            config: config, arrivedAt: loop.now)
        switch method {
        case .embed: ticket.needs = .embeddings
        case .rerank: ticket.needs = .rerank
        case .modelsLoad, .modelsUnload:
            ticket.needs = .loading
            ticket.work = method == .modelsLoad ? .load : .unload
            ticket.wantsProgress = kept.isTrue(ModelsLoadParameter.progress.rawValue)
        default: break
        }
        return ticket
    }

    /// `tokens.count`: by the server that `complete` would go to.
    func countTokens(
        _ call: Call, _ line: Span<UInt8>, for peer: Peer, _ reply: any Reply
    ) throws(Fault) {
        try TokensCountMethod.check(call.arguments)
        let kept = KeptCall(line, call.arguments)
        let explanation = dispatcher.explain(ticket(of: kept, .tokensCount, key: 0, for: peer))
        guard let candidate = explanation.candidates.first,
            let backend = dispatcher.backend(named: candidate.backend)
        else {
            let refusal = explanation.refusal ?? .noBackend
            throw dispatcher.words.fault(of: refusal, method: "tokens.count")
        }
        try reply.hold(line.count)
        TokenCount(kept, reply, on: loop).start(backend.server, model: candidate.model)
    }
}

extension KeptCall.Places {
    fileprivate static let embed = KeptCall.Places(
        model: EmbedParameter.model.rawValue, backend: EmbedParameter.backend.rawValue,
        priority: EmbedParameter.priority.rawValue,
        timeout: EmbedParameter.timeoutMilliseconds.rawValue,
        deadline: EmbedParameter.deadlineMilliseconds.rawValue, tag: EmbedParameter.tag.rawValue)

    fileprivate static let rerank = KeptCall.Places(
        model: RerankParameter.model.rawValue, backend: RerankParameter.backend.rawValue,
        priority: RerankParameter.priority.rawValue,
        timeout: RerankParameter.timeoutMilliseconds.rawValue,
        deadline: RerankParameter.deadlineMilliseconds.rawValue,
        tag: RerankParameter.tag.rawValue)

    fileprivate static let load = KeptCall.Places(
        model: ModelsLoadParameter.model.rawValue, backend: ModelsLoadParameter.backend.rawValue)

    fileprivate static let tokensCount = KeptCall.Places(
        model: TokensCountParameter.model.rawValue)
}
