/// The schemas of the shapes, in the order of the documentation.
extension Schema {
    static let daemon = [
        pong, status, limits, helpResult, methodList, checkResult, methodObject, exampleValue,
        openRPCDocument, okResult, reloadResult,
    ]

    static let models = [
        model, modelsResult, refreshResult, backend, backendsResult,
    ]

    static let requests = [
        request, requestsResult, routeExplanation, routeCandidate, routeObstacle,
    ]

    static let completions = [
        completeResult, warning, usage, completionStats, modelInfo, runtime, completeDelta,
        toolCallDelta, completeProgress, cancelResult, embedResult, rerankResult, rerankRow,
        tokensCountResult,
    ]

    static let events = [
        subscribeResult, unsubscribeResult, event, modelChange, backendChange, requestChange,
        logLine, logLines,
    ]

    static let conversations = [
        message, contentPart, toolCall, tool, toolChoice, responseFormat, logitBias, options,
    ]
}
