import CrowdModelsProtocol

/// The messages of OpenAI's API, which are ours but for one role: `developer` is what newer clients
/// call `system`, and what few models' templates know.
struct Messages {
    private enum Stage {
        /// Whether the word stands there at all is not known; left when it is.
        case fresh
        /// Left when all messages are looked at.
        case looking(RoleSurvey)
        case ready([JSONRange])
    }

    private var stage = Stage.fresh

    /// Takes the next step; whether they can be passed on.
    mutating func look(at request: DoorRequest) -> Bool {
        switch stage {
        case .ready: return true
        case .fresh:
            guard let value = request.value("messages"),
                let survey = RoleSurvey(of: "developer", in: request.body, at: value)
            else {
                stage = .ready([])
                return true
            }
            stage = .looking(survey)
        case .looking: break
        }
        guard case .looking(var survey) = stage else { return true }
        let isDone = survey.resume(request.body)
        stage = isDone ? .ready(survey.found) : .looking(survey)
        return isDone
    }

    /// Passes the request's messages on, which were looked at.
    func pass(_ request: DoorRequest, _ splice: inout Splice, _ params: inout ByteBuffer) {
        guard let value = request.value("messages"), case .ready(let roles) = stage else { return }
        splice.begin("messages", &params)
        var kept = Int(value.start)
        for role in roles {
            params.append(request.body.extracting(kept..<Int(role.start)))
            params.append("\"system\"")
            kept = Int(role.end)
        }
        params.append(request.body.extracting(kept..<Int(value.end)))
    }
}
