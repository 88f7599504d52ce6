import CrowdModelsProtocol
import Kernel
import Testing

/// One account of what is held for all clients.
@Suite struct MemoryAccountTests {
    @Test func `what is held is the sum of what each holder said last`() {
        let account = MemoryAccount(max: 1000)
        var first = 0
        var second = 0
        account.change(&first, to: 300)
        account.change(&second, to: 900)
        #expect(account.held == 1200 && account.isOver)
        account.change(&first, to: 100)
        #expect(account.held == 1000 && !account.isOver)
        account.change(&second, to: 0)
        account.change(&first, to: 0)
        #expect(account.held == 0 && first == 0 && second == 0)
    }

    @Test func `what would be too much is refused by name, and counts nothing`() throws {
        let account = MemoryAccount(max: 10_000)
        var first = 0
        var second = 0
        // What keeps a request counts beside its text: 4,096 bytes for each.
        try account.hold(600, counted: &first)
        #expect(account.held == 4_696)
        let fault = #expect(throws: Fault.self) { try account.hold(1_209, counted: &second) }
        #expect(fault?.code == .limitExceeded)
        #expect(fault?.data["limit"] == "memory_max" && fault?.data["value"] == 10_000)
        #expect(account.held == 4_696 && second == 0)
        try account.hold(1_208, counted: &second)
        // Who holds less than before is never refused.
        account.max = 5_000
        try account.hold(399, counted: &second)
        #expect(account.held == 4_696 + 4_495)
    }
}
