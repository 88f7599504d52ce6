import CrowdModelsProtocol
import Link
import Testing

/// How a command ends that the daemon refused.
@Suite struct ExitCodeTests {
    @Test func `no error of the daemon ends a command well`() {
        for code in ErrorCode.all { #expect(ExitCode(answer: code.code) != .success) }
        #expect(ExitCode(answer: ErrorCode.busy.code) == .tryLater)
        #expect(ExitCode(answer: ErrorCode.noBackend.code) == .unavailable)
    }
}
