package import CrowdModelsProtocol

/// What is queued and running as a table.
package enum RequestsView {
    package static func lines(_ requests: [RequestDescription], _ layout: Layout) -> [String] {
        if requests.isEmpty { return [] }
        var table = Table(
            .text("KEY"), .text("CLIENT", isCuttable: true), .text("METHOD", surplus: 6),
            .text("MODEL", surplus: 1, isCuttable: true), .text("BACKEND", surplus: 5),
            .state("PHASE"), .number("PLACE", surplus: 2), .number("AGE"),
            .number("TOKENS", surplus: 4), .number("SPEED", surplus: 3))
        for request in requests {
            table.append(
                request.key, request.client, request.method, request.model, request.backend,
                request.phase, request.position.map(String.init),
                Units.seconds(request.ageSeconds), request.tokens.map(String.init),
                request.tokensPerSecond.map(Units.speed))
        }
        return table.lines(layout)
    }
}
