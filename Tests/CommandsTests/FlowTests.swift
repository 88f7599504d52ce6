import Glibc
import Link
import Testing

/// Bytes on their way between two descriptors.
@Suite struct FlowTests {
    /// Two ends of a pipe; both close with it.
    private final class Pipe {
        let reader: Int32
        private(set) var writer: Int32

        init() {
            var ends: [Int32] = [-1, -1]
            precondition(pipe(&ends) == 0)
            reader = ends[0]
            writer = ends[1]
            _ = fcntl(writer, F_SETFL, O_NONBLOCK)
            _ = fcntl(reader, F_SETFL, O_NONBLOCK)
        }

        func closeWriter() {
            close(writer)
            writer = -1
        }

        deinit {
            close(reader)
            if writer >= 0 { close(writer) }
        }
    }

    /// Moves until there is nothing to be done at once.
    private func settle(_ flow: inout Flow) {
        while true {
            var items = [flow.awaited.source, flow.awaited.sink]
            guard poll(&items, 2, 0) > 0 else { return }
            flow.move(items[0], items[1])
        }
    }

    private func take(_ pipe: Pipe) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(pipe.reader, &chunk, chunk.count)
            if count <= 0 { return all }
            all += chunk[..<count]
        }
    }

    @Test func `a sink that is not read keeps the source from being read, and nothing is lost`() {
        let (input, output) = (Pipe(), Pipe())
        var flow = Flow(from: input.reader, to: output.writer)
        var sent: [UInt8] = []
        // Both pipes and what the flow keeps are full when the input takes no more.
        while sent.count < 16 << 20 {
            let more = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ sent.count >> 12) }
            let count = write(input.writer, more, more.count)
            if count > 0 { sent += more[..<count] }
            settle(&flow)
            if count <= 0, flow.awaited.source.fd < 0 { break }
        }
        let awaited = flow.awaited.source.fd
        #expect(sent.count < 1 << 20 && awaited < 0)
        input.closeWriter()
        var taken: [UInt8] = []
        while !flow.isEnded {
            taken += take(output)
            settle(&flow)
        }
        taken += take(output)
        let isBroken = flow.isBroken
        #expect(taken == sent && !isBroken)
    }

    @Test func `a sink that is gone is noticed though nothing waits for it`() {
        let input = Pipe()
        var output: Pipe? = Pipe()
        let sink = dup(output?.writer ?? -1)
        defer { close(sink) }
        var flow = Flow(from: input.reader, to: sink)
        settle(&flow)
        let before = flow.isEnded
        output = nil
        settle(&flow)
        let after = (flow.isBroken, flow.isEnded)
        #expect(!before && after == (true, true))
    }
}
