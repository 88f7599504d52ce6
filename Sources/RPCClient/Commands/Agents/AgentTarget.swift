import CrowdModelsProtocol
import Link

/// What an agent can be given, by what the daemon says of itself.
struct AgentTarget {
    let socketPath: String
    /// The TCP port that the daemon serves, where it is the user's own: another user's may let
    /// nobody in who comes by TCP. Nil for none.
    let listener: ListenAddress?
    let models: AgentModels

    init(_ session: Session, _ agent: Agent) throws(Failure) {
        socketPath = try DaemonSearch(flag: session.invocation["socket"]).find()
        let connection = try DaemonConnection(to: socketPath)
        let configuration = try Self.call(.configGet, connection)
        let status = try Self.call(.status, connection)
        let list = try ModelsResult(answer: try Self.call(.modelsList, connection))
        models = try AgentModels(
            list.models,
            wanted: session.invocation["model"] ?? Environment.model,
            byDefault: configuration["default_model"]?.stringValue ?? "")
        let isOwn = status["pid"]?.integerValue.map(OwnProcess.isOne) == true
        listener = isOwn ? status["http"]?.stringValue.flatMap(ListenAddress.init) : nil
    }

    private static func call(
        _ method: Method, _ connection: DaemonConnection
    ) throws(Failure) -> JSONValue {
        try connection.result(of: try connection.send("\(method.name)"))
    }

    /// What the agent is told where HTTP is to be had at that URL.
    func setup(of agent: Agent, url: String) -> Agent.Setup {
        agent.setup(
            Agent.Target(
                url: url, socketPath: socketPath, model: models.first, models: models.all))
    }

    /// What is done for an agent that the table does not have.
    static func agent(_ name: String) throws(Failure) -> Agent {
        if let agent = Agent.named(name) { return agent }
        let names = Agent.all.map(\.name)
        let hint = NearestName.to(name, among: names).map { "did you mean \($0)? " } ?? ""
        throw Failure(
            .usage,
            "\"\(name)\" is no agent that is known here; \(hint)there are "
                + "\(names.joined(separator: ", "))")
    }
}
