import Foundation

/// Writes series as the driver does: a row for the reader, and a line for `$BENCH_RESULTS`.
enum Recording {
    static func record(_ name: String, unit: String, _ values: [Double]) {
        let sorted = values.sorted()
        let low = String(format: "%14.4g", sorted[0])
        let middle = String(format: "%14.4g", sorted[sorted.count / 2])
        let high = String(format: "%14.4g", sorted[sorted.count - 1])
        let label = name.padding(toLength: 34, withPad: " ", startingAt: 0)
        print("  \(label) \(low) \(middle) \(high)  \(unit)")
        guard let path = ProcessInfo.processInfo.environment["BENCH_RESULTS"],
            let file = FileHandle(forWritingAtPath: path)
        else { return }
        let numbers = values.map { String(format: "%.9g", $0) }.joined(separator: " ")
        file.seekToEndOfFile()
        file.write(Data("\(name)\t\(unit)\t\(numbers)\n".utf8))
    }
}
