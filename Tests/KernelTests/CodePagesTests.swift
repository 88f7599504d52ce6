import Glibc
import Kernel
import Testing

struct CodePagesTests {
    @Test func `code that was let go of comes back and runs as before`() {
        let before = "\(Double.pi) \([3, 1, 2].sorted())"
        let dropped = CodePages.drop()
        #expect(dropped > 1_000_000)
        #expect("\(Double.pi) \([3, 1, 2].sorted())" == before)
    }
}
