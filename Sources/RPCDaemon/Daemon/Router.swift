import Backends
import Configuration
import CrowdModelsProtocol

/// A model and the backend that has it; made when the backend's list changes, and shared since.
final class FoundModel {
    let model: Model
    let lane: BackendLane

    init(model: Model, lane: BackendLane) {
        self.model = model
        self.lane = lane
    }
}

/// Says which backend serves a request, or why none does. It reads and decides nothing else.
struct Router {
    let daemon: Daemon

    /// All backends, in the order in which they are tried; or the one of that name.
    func lanes(named name: String?) throws(Fault) -> [BackendLane] {
        guard let name else { return daemon.lanes }
        let found = daemon.lanes.filter { $0.name == name }
        if !found.isEmpty { return found }
        let names = daemon.lanes.map(\.name)
        var data: JSONObject = ["parameter": "backend"]
        let nearest = NearestName.to(name, among: names)
        if let nearest { data["nearest"] = .string(nearest) }
        throw Fault(
            .invalidParams,
            "there is no backend `\(name.shortened)`; "
                + (nearest.map { "did you mean `\($0)`?" } ?? "`backends.list` lists them"),
            data: data)
    }

    /// The model of that name or alias on a backend that is up.
    func model(named name: String) throws(Fault) -> FoundModel {
        let id = daemon.config.model(named: name)
        if let found = models(on: daemon.lanes).first(where: { $0.model.id == id }) { return found }
        throw notFound(id, daemon.lanes)
    }

    /// Where a completion goes.
    func route(_ request: ChatRequest) throws(Fault) -> FoundModel {
        let lanes = try lanes(named: request.string(.backend))
        guard !lanes.isEmpty else {
            throw Fault(
                .noBackend,
                "no model server is configured, and none was found; add [[llm_backends]] to the "
                    + "configuration",
                data: ["probed": []])
        }
        let wanted = request.string(.model) ?? daemon.config.defaultModel
        guard let wanted else { return try onlyLoaded(lanes) }
        let id = daemon.config.model(named: wanted)
        var unable: FoundModel?
        for lane in lanes where lane.server.state == .up {
            for found in lane.offers where found.model.id == id {
                if found.model.purpose.canChat { return found }
                unable = unable ?? found
            }
        }
        if let other = unable {
            throw Fault(
                .unsupported,
                "\(id) on \(other.lane.name) is an embedding model and cannot answer; choose a chat "
                    + "model: \(names(lanes).joined(separator: ", "))",
                data: ["what": "complete", "backend": .string(other.lane.name)])
        }
        throw notFound(id, lanes)
    }

    /// Models that an error names: what a person reads through. `models.list` has all.
    private static let choicesMax = 50

    /// The one chat model that is loaded; without a name nothing else is chosen for anybody.
    private func onlyLoaded(_ lanes: [BackendLane]) throws(Fault) -> FoundModel {
        let chat = models(on: lanes).filter(\.model.purpose.canChat)
        let loaded = chat.filter { $0.model.state == .loaded }
        let candidates = loaded.isEmpty ? chat.filter { $0.model.state == .unknown } : loaded
        if candidates.count == 1 { return candidates[0] }
        if let down = firstFault(lanes) { throw down }
        let choices = (candidates.isEmpty ? chat : candidates).prefix(Self.choicesMax)
            .map(\.model.id)
        throw Fault(
            .modelNotFound,
            choices.isEmpty
                ? "no model was named and no backend has one; load a model first"
                : "no model was named and \(candidates.count) are loaded; name one of "
                    + choices.joined(separator: ", ") + ", or set default_model",
            data: ["choices": .array(choices.map { .string($0) })])
    }

    private func models(on lanes: [BackendLane]) -> [FoundModel] {
        lanes.filter { $0.server.state == .up }.flatMap(\.offers)
    }

    private func names(_ lanes: [BackendLane]) -> [String] {
        models(on: lanes).filter(\.model.purpose.canChat).map(\.model.id)
    }

    private func notFound(_ id: String, _ lanes: [BackendLane]) -> Fault {
        let lastSeen = lanes.first { lane in
            lane.server.state != .up && lane.server.offered.contains { $0.id == id }
        }
        if let lastSeen { return unavailable(lastSeen) }
        if let fault = firstFault(lanes) { return fault }
        let id = id.shortened
        let models = models(on: lanes).map(\.model.id)
        let aliases = daemon.config.aliases.map(\.name)
            .filter { models.contains(daemon.config.model(named: $0)) }
        let known = models + aliases
        let nearest = NearestName.closest(to: id, among: known, count: 3)
        return Fault(
            .modelNotFound,
            "no backend has the model \(id); "
                + (nearest.isEmpty
                    ? "none has any" : "nearest: \(nearest.joined(separator: ", "))"),
            data: ["nearest": .array(nearest.map { .string($0) })])
    }

    /// Why nothing can be served at all; nil as soon as one backend is up.
    private func firstFault(_ lanes: [BackendLane]) -> Fault? {
        if lanes.contains(where: { $0.server.state == .up }) { return nil }
        if let refused = lanes.first(where: { $0.server.state != .authFailed }) {
            return unavailable(refused)
        }
        return lanes.first.map { unavailable($0) }
    }

    /// What a caller is told of a backend that is not up.
    func unavailable(_ lane: BackendLane) -> Fault {
        let server = lane.server
        if server.state == .authFailed {
            return Fault(
                .backendAuth,
                "\(server.productName) at \(server.config.endpoint.original) refused the API key, "
                    + "or wants one; set api_key of backend \(lane.name)",
                data: ["backend": .string(lane.name)])
        }
        let why = server.lastError ?? "it has not answered yet"
        return Fault(
            .backendUnavailable,
            "backend \(lane.name) (\(server.productName) at \(server.config.endpoint.original)) is "
                + "not available: \(why); check that its server is started",
            data: [
                "backend": .string(lane.name),
                "retry_after_ms": .integer(daemon.lookMilliseconds),
            ])
    }
}
