/// The span of time over which `stats` counts.
///
/// A window is made of 60 slices of which the newest is still filling: a request leaves between
/// 59/60 of the window and the window after its end, so that nothing older than it is ever in it.
package enum StatsWindow: Int, CaseIterable, Sendable {
    case oneMinute
    case fiveMinutes
    case fifteenMinutes
    case oneHour
    /// Since the start.
    case total

    static let slicesMax: UInt64 = 60

    /// The windows that forget.
    static let rolling: [StatsWindow] = [.oneMinute, .fiveMinutes, .fifteenMinutes, .oneHour]

    /// The name in the protocol: `1m`, `5m`, `15m`, `1h` or `total`.
    package var name: StaticString {
        switch self {
        case .oneMinute: "1m"
        case .fiveMinutes: "5m"
        case .fifteenMinutes: "15m"
        case .oneHour: "1h"
        case .total: "total"
        }
    }

    /// The window of that name; nil where there is none.
    package init?(name: String) {
        switch name {
        case "1m": self = .oneMinute
        case "5m": self = .fiveMinutes
        case "15m": self = .fifteenMinutes
        case "1h": self = .oneHour
        case "total": self = .total
        default: return nil
        }
    }

    /// How many seconds one slice lasts; 0 where nothing is ever forgotten.
    var sliceSeconds: UInt64 {
        switch self {
        case .oneMinute: 1
        case .fiveMinutes: 5
        case .fifteenMinutes: 15
        case .oneHour: 60
        case .total: 0
        }
    }
}
