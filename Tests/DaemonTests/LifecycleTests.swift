import Testing

@testable import RPCDaemon

/// From the start to the end, told as transcripts: what happens, and what is done about it.
@Suite struct LifecycleTests {
    /// One line of a transcript: an event, what follows, and where that leaves the daemon.
    struct Line {
        let event: Lifecycle.Event
        let action: Lifecycle.Action
        let phase: Lifecycle.Phase

        init(
            _ event: Lifecycle.Event, _ action: Lifecycle.Action, _ phase: Lifecycle.Phase
        ) {
            self.event = event
            self.action = action
            self.phase = phase
        }
    }

    private func play(_ start: Lifecycle, _ lines: [Line]) {
        var lifecycle = start
        for (index, line) in lines.enumerated() {
            #expect(lifecycle.take(line.event) == line.action, "line \(index)")
            #expect(lifecycle.phase == line.phase, "line \(index)")
        }
    }

    @Test func `it serves once it has looked, and ends when what runs has ended`() {
        play(
            Lifecycle(),
            [
                Line(.looked, .open, .serving),
                Line(.opened(connected: 0), .nothing, .serving),
                Line(.connected, .nothing, .serving),
                Line(.asked(reason: "SIGTERM"), .drain(reason: "SIGTERM"), .draining),
                Line(.connected, .nothing, .draining),
                Line(.disconnected(left: 0), .nothing, .draining),
                Line(.quiet, .end, .ended),
            ])
    }

    @Test func `the first look and the end of patience open the socket once`() {
        play(
            Lifecycle(),
            [Line(.looked, .open, .serving), Line(.looked, .nothing, .serving)])
    }

    @Test func `a stop before the first look is over opens nothing`() {
        play(
            Lifecycle(),
            [
                Line(.asked(reason: "SIGINT"), .drain(reason: "SIGINT"), .draining),
                Line(.looked, .nothing, .draining),
                Line(.quiet, .end, .ended),
            ])
    }

    @Test func `what outlives its time is cut short`() {
        play(
            Lifecycle(),
            [
                Line(.looked, .open, .serving),
                Line(.asked(reason: "SIGTERM"), .drain(reason: "SIGTERM"), .draining),
                Line(.outOfTime, .cutShort, .ended),
                Line(.quiet, .nothing, .ended),
            ])
    }

    @Test func `asked a second time, it ends at once, and a third time nothing is left to do`() {
        play(
            Lifecycle(),
            [
                Line(.looked, .open, .serving),
                Line(.asked(reason: "SIGTERM"), .drain(reason: "SIGTERM"), .draining),
                Line(.asked(reason: "SIGTERM"), .cutShort, .ended),
                Line(.asked(reason: "SIGTERM"), .nothing, .ended),
            ])
    }

    @Test func `without a client it ends after idle_exit`() {
        play(
            Lifecycle(idleExit: "60.0"),
            [
                Line(.looked, .open, .serving),
                Line(.opened(connected: 0), .awaitClient, .idle),
                Line(.connected, .stopAwaiting, .serving),
                Line(.connected, .nothing, .serving),
                Line(.disconnected(left: 1), .nothing, .serving),
                Line(.disconnected(left: 0), .awaitClient, .idle),
                Line(.idledOut(connected: 0), .drain(reason: "idle for 60.0 s"), .draining),
                Line(.quiet, .end, .ended),
            ])
    }

    @Test func `who connects in the last moment is served`() {
        play(
            Lifecycle(idleExit: "1.0"),
            [
                Line(.looked, .open, .serving),
                Line(.opened(connected: 0), .awaitClient, .idle),
                Line(.connected, .stopAwaiting, .serving),
                Line(.idledOut(connected: 1), .nothing, .serving),
            ])
    }

    @Test func `it never ends for want of clients where nobody would start it again`() {
        play(
            Lifecycle(),
            [
                Line(.looked, .open, .serving),
                Line(.opened(connected: 0), .nothing, .serving),
                Line(.connected, .nothing, .serving),
                Line(.disconnected(left: 0), .nothing, .serving),
            ])
    }

    @Test func `a daemon that was given one connection ends with it`() {
        play(
            Lifecycle(servesOne: true),
            [
                Line(.looked, .open, .serving),
                Line(.connected, .nothing, .serving),
                Line(.opened(connected: 1), .nothing, .serving),
                Line(
                    .disconnected(left: 0), .drain(reason: "its connection has closed"), .draining),
            ])
        play(
            Lifecycle(servesOne: true),
            [
                Line(.looked, .open, .serving),
                Line(
                    .opened(connected: 0), .drain(reason: "its connection was refused"), .draining),
            ])
    }

    @Test func `it says that it stops from the moment it was asked to`() {
        var lifecycle = Lifecycle()
        #expect(!lifecycle.isStopping)
        _ = lifecycle.take(.looked)
        #expect(!lifecycle.isStopping)
        _ = lifecycle.take(.asked(reason: "SIGTERM"))
        #expect(lifecycle.isStopping)
        _ = lifecycle.take(.quiet)
        #expect(lifecycle.isStopping)
    }
}
