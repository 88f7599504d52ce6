import Synchronization

/// The faults that are on; each request takes those that meet it.
final class FaultBook: Sendable {
    private let faults: Mutex<[Fault]>

    init(_ faults: [Fault]) { self.faults = Mutex(faults) }

    var all: [Fault] { faults.withLock { $0 } }

    func replace(_ faults: [Fault]) { self.faults.withLock { $0 = faults } }

    /// Counts this request against every fault that matches it, and answers those that it meets.
    func take(path: String, generates: Bool, isFirstOnConnection: Bool) -> [Fault] {
        faults.withLock { faults in
            var met: [Fault] = []
            for index in faults.indices {
                let fault = faults[index]
                if fault.path == nil && fault.kind == .generation && !generates { continue }
                if let wanted = fault.path, !FaultBook.matches(wanted, path) { continue }
                if fault.name == "stale-keepalive" && isFirstOnConnection { continue }
                if fault.after > 0 {
                    faults[index].after -= 1
                } else if let times = fault.times {
                    faults[index].times = times - 1
                    if times > 0 { met.append(fault) }
                } else {
                    met.append(fault)
                }
            }
            faults.removeAll { $0.times == 0 }
            return met
        }
    }

    private static func matches(_ wanted: String, _ path: String) -> Bool {
        wanted.hasSuffix("*") ? path.hasPrefix(wanted.dropLast()) : path == wanted
    }
}
