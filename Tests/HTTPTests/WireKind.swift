import Testing

/// The ways to a server, which are to behave alike.
enum WireKind: CaseIterable {
    case plain, curl

    /// Which one a `Scene` is made with.
    @TaskLocal static var current = WireKind.plain

    /// Those that this system can make.
    static var possible: [WireKind] {
        TLSFront.shared.isOpen ? allCases : [.plain]
    }
}

/// Runs each test of a suite over each kind of wire that this system can make; `TLSFront` says
/// what another one lacks.
struct EachWire: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        for kind in WireKind.possible {
            try await WireKind.$current.withValue(kind) { try await function() }
        }
    }
}

extension Trait where Self == EachWire {
    static var eachWire: EachWire { EachWire() }
}
