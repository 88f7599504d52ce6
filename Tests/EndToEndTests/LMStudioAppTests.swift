import Link
import Testing

/// LM Studio's application, found where its server is not asked.
@Suite struct LMStudioAppTests {
    @Test func `it is known by what it answers to its own tools, and nobody else is`() throws {
        let studio = try SimulatorProcess()
        #expect(LMStudioApp.answers(at: studio.port))
        let other = try SimulatorProcess(["--play", "ollama"])
        #expect(!LMStudioApp.answers(at: other.port))
        // Nobody listens on a port that is only reserved.
        #expect(!LMStudioApp.answers(at: UInt16(ReservedPort().number)))
    }

    @Test func `a program that says nothing is waited for no longer than a moment`() throws {
        let server = ScriptedServer()
        let started = Deadline.now
        #expect(!LMStudioApp.answers(at: server.port))
        #expect(Deadline.now - started < 5_000_000_000)
    }
}
