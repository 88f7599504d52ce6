package import CrowdModelsProtocol
package import Sessions

/// The Model Context Protocol's methods, answered by what the daemon does for everybody.
package enum MCPDoor {
    /// Does what a call of one of that protocol's methods asks for. Throws what is the caller's
    /// fault; what goes wrong with a tool is an answer.
    package static func perform(
        _ call: Call, _ line: Span<UInt8>, for peer: Peer, reply: any Reply,
        limits: RequestLimits, by service: any Service
    ) throws(Fault) {
        switch call.method {
        case .initialize:
            let asked = JSONText.string(line.extracting(call.arguments[0].bounds))
            let version = MCPVersion.negotiated(asked)
            reply.succeed { MCPAnswer.writeInitialized(version, to: &$0) }
        case .initialized: reply.succeed { $0.append("{}") }
        case .serverDiscover:
            _ = try MCPVersion.named(by: call.arguments, in: line, survey: call.survey)
            reply.succeed { MCPAnswer.writeDiscovery(to: &$0) }
        case .toolsList:
            let version = try MCPVersion.named(by: call.arguments, in: line, survey: call.survey)
            try ToolsListMethod.check(call.arguments)
            reply.succeed { MCPAnswer(version).writeTools(to: &$0) }
        default:
            let tool = try MCPCall(call, line, limits: limits)
            try perform(tool, line, for: peer, reply: reply, limits: limits, by: service)
        }
    }

    /// Throws what a call of one of that protocol's methods would be refused with.
    package static func check(
        _ call: Call, _ line: Span<UInt8>, limits: RequestLimits
    ) throws(Fault) {
        switch call.method {
        case .serverDiscover, .toolsList:
            _ = try MCPVersion.named(by: call.arguments, in: line, survey: call.survey)
            if call.method == .toolsList { try ToolsListMethod.check(call.arguments) }
        case .toolsCall: _ = try MCPCall(call, line, limits: limits)
        default: return
        }
    }

    private static func perform(
        _ tool: MCPCall, _ line: Span<UInt8>, for peer: Peer, reply: any Reply,
        limits: RequestLimits, by service: any Service
    ) throws(Fault) {
        var params = ByteBuffer()
        tool.writeParams(line, to: &params)
        let arguments = try Arguments(
            params: JSONRange(0, params.count), of: tool.method, in: params.span, limits: limits)
        var call = Call(
            method: tool.method, arguments: arguments, canStream: tool.wantsProgress)
        let reply = MCPReply(to: tool, reply)
        do throws(Fault) {
            try service.perform(&call, params.span, for: peer, reply: reply)
        } catch {
            if error.code == .invalidParams { throw error }
            reply.fail(error)
        }
    }
}
