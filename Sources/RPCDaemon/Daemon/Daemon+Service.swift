import Backends
import Configuration
import CrowdModelsProtocol
import Doors
import Kernel
import Requests
import Scheduling
import Sessions
import Telemetry

/// What each method does. Those that can be answered at once are, within the turn that read them.
extension Daemon: Service {
    func perform(
        _ call: inout Call, _ line: Span<UInt8>, for peer: Peer, reply: any Reply
    ) throws(Fault) {
        switch call.method {
        case .ping: reply.succeed { OkResult().write(to: &$0) }
        case .status: reply.succeed { writeStatus(to: &$0) }
        case .help:
            let method = try method(named: call.arguments[0], line)
            reply.succeed { writeHelp(of: method, to: &$0) }
        case .check:
            try check(call.arguments, line, call.survey, for: peer)
            reply.succeed { CheckResult().write(to: &$0) }
        case .discover: reply.succeed { writeOpenRPC(to: &$0) }
        case .modelsList:
            let filter = try ModelFilter(self, call.arguments, line)
            let backends = try dispatcher.backends(named: filter.backend)
            guard modelTexts.takesLong(filter, of: backends) else {
                return reply.succeed { writeModels(filter, to: &$0) }
            }
            try reply.hold(line.count)
            ModelsAnswer(reply, filter, of: backends, self).write()
        case .modelsGet:
            let (model, backend) = try model(named: Self.string(call.arguments[0], line) ?? "")
            reply.succeed { description(of: model, on: backend).write(to: &$0) }
        case .modelsRefresh:
            let backends = try dispatcher.backends(named: Self.string(call.arguments[0], line))
            if isStopping { throw RefusalWords.stopping }
            try reply.hold(line.count)
            ModelsAnswer(reply, ModelFilter(), of: backends, self).refresh()
        case .backendsList: reply.succeed { writeBackends(to: &$0) }
        case .complete:
            let request = try ChatRequest(line, &call.arguments, survey: call.survey)
            try complete(request, canStream: call.canStream, for: peer, reply)
        case .requestsList: reply.succeed { writeRequests(to: &$0) }
        case .requestsCancel:
            let key = Self.string(call.arguments[0], line) ?? ""
            let isCancelled = try cancel(key: key, asked: peer.credentials)
            reply.succeed { CancelResult(isCancelled: isCancelled).write(to: &$0) }
        case .embed, .rerank, .modelsLoad, .modelsUnload:
            try begin(call, line, for: peer, reply)
        case .tokensCount: try countTokens(call, line, for: peer, reply)
        case .routeExplain:
            let request = try ChatRequest(line, &call.arguments, survey: call.survey)
            let explanation = dispatcher.explain(ticket(of: request, key: 0, for: peer))
            if explanation.candidates.isEmpty, let refusal = explanation.refusal {
                throw dispatcher.words.fault(of: refusal, method: "complete")
            }
            reply.succeed { RouteExplanation(explanation).write(to: &$0) }
        case .stats:
            let query = try StatsQuery(call.arguments, line)
            reply.succeed { writeStats(query, to: &$0) }
        case .configGet: reply.succeed { writeConfig(to: &$0) }
        case .configReload: throw try reloadRefusal(askedBy: peer.credentials)
        case .shutdown:
            try requireAdmin(peer.credentials, to: "shutdown")
            reply.succeed { OkResult().write(to: &$0) }
            ShutdownOrder(self, from: peer.credentials).give()
        case .initialize, .initialized, .serverDiscover, .toolsList, .toolsCall:
            try MCPDoor.perform(
                call, line, for: peer, reply: reply, limits: limits.request, by: self)
        case .cancel, .cancelRequest, .cancelRequestACP, .cancelled, .subscribe, .unsubscribe:
            preconditionFailure("a conversation does what is about itself")
        }
    }

    func writeSnapshot(of topic: Topic, to out: inout ByteBuffer) {
        switch topic {
        case .models: writeModels(ModelFilter(), to: &out)
        case .backends: writeBackends(to: &out)
        case .requests: writeRequests(to: &out)
        case .stats: writeStats(StatsQuery(), to: &out)
        case .log: log.writeLastLines(to: &out)
        }
    }

    /// The characters of a string argument; nil where it was not given.
    static func string(_ argument: JSONRange, _ line: Span<UInt8>) -> String? {
        argument.isPresent ? JSONText.string(line.extracting(argument.bounds)) : nil
    }

    /// `complete`: asks for its turn; the answer comes when it comes.
    private func complete(
        _ request: ChatRequest, canStream: Bool, for peer: Peer, _ reply: any Reply
    ) throws(Fault) {
        if request.isStream || request.isTrue(.progress), !canStream {
            throw Fault(
                .invalidRequest,
                "`stream` and `progress` need an id that is not null, and cannot stand in a batch")
        }
        do throws(Fault) {
            if isStopping { throw RefusalWords.stopping }
            try reply.hold(request.byteCount)
        } catch {
            countRejected(error, request, by: peer)
            throw error
        }
        let ticket = ticket(of: request, key: dispatcher.nextKey(), for: peer)
        let job = RequestJob(
            request, key: ticket.key, reply: reply, arrivedAt: Clock.monotonic(),
            expiresAt: ticket.expiresAt, dispatcher: dispatcher)
        job.begin(consume ticket)
    }

    /// What the scheduler needs to know of a request that comes now.
    func ticket(of request: ChatRequest, key: UInt64, for peer: Peer) -> Ticket {
        let caller = Caller(
            uid: peer.uid, pid: peer.pid, connection: peer.connection,
            tag: request.string(.tag) ?? "")
        return request.ticket(
            key: key, caller: caller, aliases: settings.config.aliases, arrivedAt: loop.now)
    }

    /// The method that a string argument names; nil where it was not given.
    func method(named name: JSONRange, _ line: Span<UInt8>) throws(Fault) -> Method? {
        guard name.isPresent else { return nil }
        let token = line.extracting(name.bounds)
        guard let method = Method.named(token) else {
            throw .unknownMethod(token, limits.request)
        }
        return method
    }
}
