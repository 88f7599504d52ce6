import Kernel
import Testing

struct ProcessMemoryTests {
    @Test func `code that was let go of comes back and runs as before`() {
        let before = "\(Double.pi) \([3, 1, 2].sorted())"
        let code = ProcessMemory.release()
        #expect(code > 1_000_000)
        #expect("\(Double.pi) \([3, 1, 2].sorted())" == before)
    }
}
