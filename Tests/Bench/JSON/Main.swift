import CrowdModelsProtocol
import Foundation

/// How fast a line becomes a request, beside Foundation's JSONSerialization on the same bytes.
///
/// The daemon's way is what it does with every line: find its newline, validate all of it, see
/// which method it asks for and where its parameters stand. Foundation builds its objects. Both
/// take turns, round by round.
@main
enum Main {
    static let rounds = 9

    static func main() {
        let line = Samples.longLine(bytes: 4_000_000)
        compare("json.line", unit: "MB/s", line, repeats: 5) { seconds in
            Double(line.count) / 1e6 / seconds
        }
        let request = Samples.smallRequest
        compare("json.request", unit: "us", request, repeats: 100_000) { $0 * 1e6 }
    }

    /// Records both ways' figures, which `figure` makes of the seconds that one reading takes.
    private static func compare(
        _ name: String, unit: String, _ line: [UInt8], repeats: Int, figure: (Double) -> Double
    ) {
        var ours: [Double] = []
        var theirs: [Double] = []
        let data = Data(line.dropLast())
        for _ in 0...rounds {
            ours.append(figure(seconds(repeats) { read(line) }))
            let fewer = max(1, repeats / 10)
            theirs.append(figure(seconds(fewer) { readWithFoundation(data) }))
        }
        Recording.record("\(name).ours", unit: unit, Array(ours.dropFirst()))
        Recording.record("\(name).foundation", unit: unit, Array(theirs.dropFirst()))
    }

    private static func seconds(_ repeats: Int, _ body: () -> Int) -> Double {
        let clock = ContinuousClock()
        var sum = 0
        let time = clock.measure {
            for _ in 0..<repeats { sum &+= body() }
        }
        precondition(sum > 0, "nothing was read")
        let parts = time.components
        return (Double(parts.seconds) + Double(parts.attoseconds) / 1e18) / Double(repeats)
    }

    @inline(never)
    private static func read(_ bytes: [UInt8]) -> Int {
        var framer = LineFramer(lineBytesMax: 8 << 20)
        guard case .line(let length, _) = framer.next(bytes.span),
            let (envelope, end) = try? RequestEnvelope.read(
                bytes.span.extracting(0..<length), from: 0, depth: 1, limits: .init()),
            envelope.fault == nil,
            let method = Method.named(bytes.span.extracting(envelope.method.bounds))
        else { preconditionFailure("the sample is a request") }
        return end + Int(method.rawValue)
    }

    @inline(never)
    private static func readWithFoundation(_ data: Data) -> Int {
        guard let request = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            preconditionFailure("the sample is JSON")
        }
        return request.count
    }
}
