package import CrowdModelsProtocol
package import Metrics

/// What `stats` is asked for.
package struct StatsQuery: Equatable {
    package var window = StatsWindow.fiveMinutes
    package var isPrometheus = false

    /// What a call without parameters asks for.
    package init() {}

    package init(_ arguments: Arguments, _ line: Span<UInt8>) throws(Fault) {
        if arguments[0].isPresent {
            let name = JSONText.string(line.extracting(arguments[0].bounds))
            guard let window = StatsWindow(name: name) else {
                throw Fault(.invalidParams, "`window` of `stats` is no window")
            }
            self.window = window
        }
        if arguments[1].isPresent {
            isPrometheus = JSONText.string(line.extracting(arguments[1].bounds)) == "prometheus"
        }
    }
}
