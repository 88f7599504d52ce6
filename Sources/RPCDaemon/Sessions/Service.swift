package import CrowdModelsProtocol

/// What sessions and doors may ask of the daemon, whatever tongue their callers speak.
package protocol Service: AnyObject {
    /// Does what `call` asks for, and answers `reply`: before it returns, or later by a `Job` that
    /// the reply was told of. A thrown fault is the answer too; whoever called gives it.
    ///
    /// - Parameters:
    ///   - call: lent and not changed; by value it would be copied at each door.
    ///   - line: the text that the call points into; gone when this returns.
    func perform(
        _ call: inout Call, _ line: Span<UInt8>, for peer: Peer, reply: any Reply
    ) throws(Fault)

    /// Puts a warning into the log.
    func warn(_ sentence: String)

    /// Appends how things stand about `topic`: what its list method answers.
    func writeSnapshot(of topic: Topic, to out: inout ByteBuffer)
}

/// A valid call of a known method: where its parameters stand in the text that it came in.
package struct Call {
    package let method: Method
    package var arguments: Arguments
    /// What was found in the params of a long line; nil for a short one.
    package let survey: ParamsSurvey?
    /// Whether nobody waits for an answer.
    package let isNotification: Bool
    /// Whether what belongs to the request can be told before its answer: it has an id that is not
    /// null, and stands alone.
    package let canStream: Bool

    package init(
        method: Method, arguments: Arguments = Arguments(), survey: ParamsSurvey? = nil,
        isNotification: Bool = false, canStream: Bool
    ) {
        self.method = method
        self.arguments = arguments
        self.survey = survey
        self.isNotification = isNotification
        self.canStream = canStream
    }
}

/// What a client can hear about.
package enum Topic: String, CaseIterable, Sendable {
    case models, backends, requests, stats, log
}
