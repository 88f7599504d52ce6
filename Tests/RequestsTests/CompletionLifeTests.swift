import CrowdModelsProtocol
import Metrics
import Requests
import Testing

/// Each life as a transcript: what happened on the left, what is to be done on the right.
@Suite struct CompletionLifeTests {
    private static let down = Fault(.backendUnavailable, "gone")
    private static let late = Fault(.timeout, "late", data: ["backend": "lmstudio"])
    private static let stop = Fault(.shuttingDown, "stopping")

    /// A life that has come as far as these events took it.
    private func life(_ events: [CompletionLife.Event]) -> CompletionLife {
        var life = CompletionLife()
        for event in events { _ = life.take(event) }
        return life
    }

    private func ending(_ action: CompletionLife.Action) -> CompletionLife.Ending? {
        if case .end(let ending) = action { return ending }
        return nil
    }

    @Test func `an answer is connected, read and generated, and then complete`() {
        var life = CompletionLife()
        #expect(life.phase == .queued)
        #expect(life.take(.started(isLoading: false)) == .tell(.connecting))
        #expect(life.take(.sent) == .tell(.prompt))
        #expect(life.take(.firstDelta) == .tell(.generating))
        #expect(life.take(.firstDelta) == .nothing)
        let end = ending(life.take(.finished))
        #expect(end?.answer == .result(isCancelled: false))
        #expect(end?.outcome == .succeeded)
        #expect(end?.dropsExchange == false)
        #expect(life.isEnded)
    }

    @Test func `a model that is loaded first stays loading until its first token`() {
        var life = CompletionLife()
        #expect(life.take(.started(isLoading: true)) == .tell(.loading))
        #expect(life.take(.sent) == .nothing)
        #expect(life.take(.firstDelta) == .tell(.generating))
    }

    @Test func `an answer asked for whole stays in its prompt and has no text so far`() {
        var life = life([.started(isLoading: false), .sent])
        #expect(life.phase == .prompt)
        let end = ending(life.take(.cancelled))
        #expect(end?.code == .cancelled)
        #expect(end?.dropsExchange == true)
    }

    @Test func `a cancel before any text is an error in every phase, and closes what is open`() {
        let phases: [([CompletionLife.Event], Bool)] = [
            ([], false), ([.started(isLoading: false)], true),
            ([.started(isLoading: true)], true), ([.started(isLoading: false), .sent], true),
            ([.started(isLoading: false), .failed(Self.down, isFinal: false)], false),
        ]
        for (events, drops) in phases {
            var life = life(events)
            let end = ending(life.take(.cancelled))
            #expect(end?.code == .cancelled)
            #expect(end?.outcome == .cancelled)
            #expect(end?.dropsExchange == drops)
        }
    }

    @Test func `a cancel after text is a result that says so`() {
        var life = life([.started(isLoading: false), .sent, .firstDelta])
        let end = ending(life.take(.cancelled))
        #expect(end?.answer == .result(isCancelled: true))
        #expect(end?.outcome == .cancelled)
        #expect(end?.dropsExchange == true)
    }

    @Test func `a caller that is gone is answered nothing`() {
        var life = life([.started(isLoading: false), .sent, .firstDelta])
        let end = ending(life.take(.abandoned))
        #expect(end?.answer == .nothing)
        #expect(end?.outcome == .cancelled)
        #expect(end?.dropsExchange == true)
    }

    @Test func `time that is over in the queue was never sent`() {
        var life = CompletionLife()
        let end = ending(life.take(.expired(Self.late)))
        #expect(end?.code == .timeout)
        #expect(end?.outcome == .rejected)
        guard case .fault(let fault, true) = end?.answer else {
            Issue.record("a time limit tells its content")
            return
        }
        #expect(fault.data["phase"]?.stringValue == "queued")
    }

    @Test func `time that is over in a stream stays a time limit and tells the text`() {
        var life = life([.started(isLoading: false), .sent, .firstDelta])
        let end = ending(life.take(.expired(Self.late)))
        guard case .fault(let fault, true) = end?.answer else {
            Issue.record("a time limit tells its content")
            return
        }
        #expect(fault.code == .timeout)
        #expect(fault.data["phase"]?.stringValue == "generating")
        #expect(end?.outcome == .failed)
    }

    @Test func `a backend's own time limit goes on before any text, and tells it afterwards`() {
        var early = life([.started(isLoading: false), .sent])
        #expect(early.take(.failed(Self.late, isFinal: false)) == .askAgain)
        var late = life([.started(isLoading: false), .sent, .firstDelta])
        let end = ending(late.take(.failed(Self.late, isFinal: false)))
        #expect(end?.code == .timeout)
        guard case .fault(let fault, true) = end?.answer else {
            Issue.record("a time limit tells its content")
            return
        }
        #expect(fault.data["phase"]?.stringValue == "generating")
    }

    @Test func `a failure before any text may go on to another server`() {
        var life = life([.started(isLoading: false), .sent])
        #expect(life.take(.failed(Self.down, isFinal: false)) == .askAgain)
        #expect(life.phase == .queued)
        #expect(life.take(.started(isLoading: false)) == .tell(.connecting))
        #expect(life.attempts == 2)
    }

    @Test func `where no other server is left, the first failure is the answer`() {
        for last in [CompletionLife.Event.gaveUp, .refused(Fault(.busy, "full"))] {
            var life = life([.started(isLoading: false), .failed(Self.down, isFinal: false)])
            let end = ending(life.take(last))
            #expect(end?.answer == .fault(Self.down, withContent: false))
            #expect(end?.outcome == .failed)
        }
    }

    @Test func `a final failure asks nobody else`() {
        var life = life([.started(isLoading: false), .sent])
        let end = ending(life.take(.failed(Self.down, isFinal: true)))
        #expect(end?.answer == .fault(Self.down, withContent: false))
        #expect(end?.dropsExchange == true)
    }

    @Test func `a failure after text is an interrupted stream that keeps its cause`() {
        var life = life([.started(isLoading: false), .sent, .firstDelta])
        let end = ending(life.take(.failed(Self.down, isFinal: false)))
        guard case .fault(let fault, true) = end?.answer else {
            Issue.record("an interrupted stream tells its text")
            return
        }
        #expect(fault.code == .streamInterrupted)
        #expect(fault.data["cause"]?.stringValue == "backend_unavailable")
        #expect(end?.outcome == .failed)
    }

    @Test func `what is too much for its caller is not sent along`() {
        var life = life([.started(isLoading: false), .sent, .firstDelta])
        let much = Fault(.limitExceeded, "too much")
        let end = ending(life.take(.failed(much, isFinal: true)))
        #expect(end?.answer == .fault(much, withContent: false))
    }

    @Test func `our own refusal was never sent`() {
        var life = CompletionLife()
        let full = Fault(.busy, "full")
        let end = ending(life.take(.refused(full)))
        #expect(end?.answer == .fault(full, withContent: false))
        #expect(end?.outcome == .rejected)
    }

    @Test func `a stop ends what waits and lets run what runs`() {
        var waiting = CompletionLife()
        #expect(ending(waiting.take(.stopping(Self.stop)))?.code == .shuttingDown)
        var running = life([.started(isLoading: false), .sent])
        #expect(running.take(.stopping(Self.stop)) == .nothing)
        #expect(!running.isEnded)
    }

    @Test func `the end of the daemon tells the text so far`() {
        var life = life([.started(isLoading: false), .sent, .firstDelta])
        let end = ending(life.take(.cutShort(Self.stop)))
        #expect(end?.answer == .fault(Self.stop, withContent: true))
        #expect(end?.dropsExchange == true)
    }

    @Test func `after its end nothing happens any more`() {
        let endings: [CompletionLife.Event] = [
            .finished, .cancelled, .abandoned, .expired(Self.late), .cutShort(Self.stop),
            .failed(Self.down, isFinal: true),
        ]
        for first in endings {
            var life = life([.started(isLoading: false), .sent, first])
            #expect(life.isEnded)
            for second in endings { #expect(life.take(second) == .nothing) }
            #expect(life.take(.started(isLoading: false)) == .nothing)
        }
    }
}
