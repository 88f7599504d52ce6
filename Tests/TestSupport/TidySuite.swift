package import Kernel
package import Testing

/// Lets each test of a suite take apart what it made when it has ended, as `whenTestEnds` says.
package struct TidySuite: SuiteTrait, TestTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let end = EndOfTest()
        defer { end.come() }
        try await EndOfTest.$current.withValue(end) { try await function() }
    }
}

extension Trait where Self == TidySuite {
    package static var tidy: TidySuite { TidySuite() }
}

/// Does `work` when the test has ended, whose suite has to be `.tidy`; what was asked for last
/// comes first. Objects that hold one another until somebody closes them would stay for good, and
/// hide those that the daemon leaks.
package func whenTestEnds(_ work: @escaping () -> Void) {
    guard let end = EndOfTest.current else {
        preconditionFailure("a suite whose tests are to be taken apart is .tidy")
    }
    end.work.append(work)
}

/// What is to be done when a test has ended.
private final class EndOfTest: @unchecked Sendable {
    @TaskLocal static var current: EndOfTest?

    /// Goes nowhere else: a test is one thread, and has ended when this is done.
    var work: [() -> Void] = []

    func come() {
        while let last = work.popLast() { last() }
    }
}

extension EventLoop {
    /// A loop that is closed when the test has ended.
    package static func ofTest() throws(Errno) -> EventLoop {
        let loop = try EventLoop()
        whenTestEnds { loop.close() }
        return loop
    }
}
