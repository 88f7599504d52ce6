import Backends
import CrowdModelsProtocol

extension Connection {
    /// `complete`: routes the request and asks for its turn; the answer comes when it comes.
    func complete(_ call: Call, _ id: Span<UInt8>, _ line: Span<UInt8>) throws(Fault) {
        let request = try ChatRequest(line, call.arguments, survey: call.survey)
        let wantsNotes = request.isStream || request.isTrue(.progress)
        if wantsNotes, call.batch != nil || RequestID.isNull(id) {
            throw Fault(
                .invalidRequest,
                "`stream` and `progress` need an id that is not null, and cannot stand in a batch")
        }
        do throws(Fault) {
            if daemon.isStopping { throw Daemon.stopping }
            try checkRoom()
            let found = try daemon.router.route(request)
            let reply = PendingReply(self, id: id, batch: call.batch)
            do throws(Fault) {
                try reply.hold(line.count)
                try Completion(reply, request, found, key: daemon.nextKey()).begin()
            } catch {
                reply.withdraw()
                throw error
            }
        } catch {
            daemon.countRejected(error, by: self, tag: request.string(.tag))
            throw error
        }
    }
}
