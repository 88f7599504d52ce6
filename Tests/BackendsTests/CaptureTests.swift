import CrowdModelsProtocol
import TestSupport
import Testing

@testable import Backends

/// Every answer that was seen of a server, heard as it should be however it is cut.
@Suite struct CaptureTests {
    /// Bytes from one place of a cut to the next: each of them, or where all takes several times as
    /// long, each seventh.
    private static let step = Patience.factor > 1 ? 7 : 1

    @Test func `there are captures of many servers`() {
        #expect(Capture.all.count > 40)
        #expect(Set(Capture.all.map { $0.name.split(separator: "/")[0] }).count > 10)
    }

    @Test func `every kind of server has a play, and every capture that is heard is in one`() {
        let kinds = ServerKind.allCases.filter { $0 != .unknown }.map(\.rawValue)
        #expect(Set(kinds).subtracting(Capture.plays.keys).isEmpty)
        let named = Set(Capture.plays.values.joined())
        for capture in Capture.all { #expect(named.contains(capture.name), "\(capture.name)") }
    }

    @Test(arguments: Capture.all)
    func `a capture is heard as what it means`(capture: Capture) {
        let heard = capture.heard()
        let expected = capture.expected
        #expect(heard.content == expected["content"]?.stringValue ?? "")
        #expect(heard.reasoning == expected["reasoning"]?.stringValue ?? "")
        #expect(heard.refusal == expected["refusal"]?.stringValue ?? "")
        #expect(heard.calls == (expected["calls"]?.arrayValue ?? []).compactMap(\.stringValue))
        #expect(heard.model == expected["model"]?.stringValue)
        #expect(
            heard.progress == (expected["progress"]?.arrayValue ?? []).compactMap(\.doubleValue))
        #expect(heard.troubles.isEmpty)
        if let usage = expected["usage"]?.arrayValue {
            #expect(heard.usage == usage.map(\.integerValue))
        }
        guard let failure = expected["failure"]?.stringValue else {
            #expect(heard.phase == .done)
            #expect(heard.finish.rawValue == expected["finish"]?.stringValue ?? "stop")
            return
        }
        #expect(heard.failure?.reason.name == failure)
        if let words = expected["words"]?.stringValue { #expect(heard.failure?.words == words) }
        if let numbers = expected["numbers"]?.arrayValue?.map(\.integerValue) {
            let reason = ServerFailure.Reason.contextOverflow(
                contextLength: numbers[0], promptTokens: numbers[1])
            #expect(heard.failure?.reason == reason)
        }
    }

    @Test(arguments: Capture.all)
    func `split at any byte it is heard the same`(capture: Capture) {
        let whole = capture.heard()
        // A head that is cut is the affair of whoever reads heads.
        for cut in stride(from: capture.bodyStart, to: capture.bytes.count, by: Self.step)
        where capture.heard(cutAt: [cut]) != whole {
            Issue.record("split at byte \(cut): \(capture.heard(cutAt: [cut]))")
            return
        }
        // Byte by byte, and in pieces of every small size.
        for size in [1, 2, 3, 7, 64] {
            let cuts = Array(stride(from: size, to: capture.bytes.count, by: size))
            #expect(capture.heard(cutAt: cuts) == whole)
        }
        var random = SplitMix(seed: 8)
        for _ in 0..<50 {
            let cuts = (0..<8).map { _ in Int(random.next() % UInt64(capture.bytes.count)) }
            #expect(capture.heard(cutAt: cuts.sorted()) == whole)
        }
    }

    @Test(arguments: Capture.all)
    func `cut at any byte it is the same, or a failure that says so`(capture: Capture) {
        let whole = capture.heard()
        let lengths = stride(from: capture.bodyStart - 1, to: capture.bytes.count, by: Self.step)
        for length in [0, 1] + Array(lengths) {
            let heard = capture.heard(endingAfter: length)
            guard heard.troubles.isEmpty, whole.content.hasPrefix(heard.content),
                whole.reasoning.hasPrefix(heard.reasoning), heard.phase != .open,
                heard.phase != .finished
            else {
                Issue.record("cut after byte \(length): \(heard)")
                return
            }
            if heard.failure != nil { continue }
            // It had said why it stopped.
            #expect(heard.content == whole.content, "cut after byte \(length)")
            #expect(heard.calls == whole.calls)
        }
    }
}

/// Random numbers that are the same each time (Steele, Lea, Flood: SplitMix64).
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
