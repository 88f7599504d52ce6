/// The span of time over which `stats` counts.
///
/// Each forgets in slices of a fiftieth of it, the shortest in slices of two seconds: nothing is
/// gone before it is as old as the window, and all is when it is a slice older.
package enum StatsWindow: Int, CaseIterable, Sendable {
    case oneMinute
    case fiveMinutes
    case fifteenMinutes
    case oneHour
    /// Since the start.
    case total

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

    /// How many seconds it looks back; 0 for all.
    var seconds: UInt64 {
        switch self {
        case .oneMinute: 60
        case .fiveMinutes: 300
        case .fifteenMinutes: 900
        case .oneHour: 3600
        case .total: 0
        }
    }

    /// How many seconds one slice lasts, a multiple of those of the window before; 0 where nothing
    /// is ever forgotten.
    var sliceSeconds: UInt64 {
        switch self {
        case .oneMinute: 2
        case .fiveMinutes: 6
        case .fifteenMinutes: 18
        case .oneHour: 72
        case .total: 0
        }
    }

    /// The second at which what was counted at `second` leaves.
    func end(of second: UInt64) -> UInt64 {
        (second / sliceSeconds + 1) * sliceSeconds + seconds
    }
}
