import CLinux
import Glibc

/// The signals a daemon answers to, as events of the loop instead of interruptions.
package final class Signals: EventHandler {
    private let descriptor: FileDescriptor
    private let received: (Int32) -> Void

    /// Blocks `signals` in this thread and tells of each on the loop. SIGPIPE is ignored for good.
    package init(
        _ signals: [Int32], on loop: EventLoop, received: @escaping (Int32) -> Void
    ) throws(Errno) {
        signal(SIGPIPE, SIG_IGN)
        descriptor = FileDescriptor(
            owning: unsafe try Errno.check(clinux_signalfd(signals, Int32(signals.count))))
        self.received = received
        try loop.watch(descriptor.number, for: .readable, self)
    }

    package func ready(_ events: ReadyEvents) {
        while true {
            let number = clinux_read_signal(descriptor.number)
            if number == 0 { return }
            received(number)
        }
    }
}
