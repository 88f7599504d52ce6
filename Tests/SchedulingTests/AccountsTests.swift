import Testing

@testable import Scheduling

@Suite struct AccountsTests {
    private func caller(_ connection: Int) -> Caller {
        Caller(uid: 1, pid: 2, connection: UInt64(connection))
    }

    @Test func `who comes again after its last request has saved up nothing and owes nothing`() {
        var accounts = Accounts()
        let first = accounts.open(caller(1))
        for _ in 0..<5 { accounts.charge(first) }
        accounts.close(first)
        let other = accounts.open(caller(2))
        accounts.charge(other)
        let again = accounts.open(caller(1))
        let anew = accounts.open(caller(3))
        #expect(again == first)
        #expect(accounts.compare(again, anew) == 0)
    }

    @Test func `those that are kept are few, and the last ones`() {
        var accounts = Accounts()
        let most = SchedulingLimits.restingAccountsMax
        var leaves: [Int] = []
        for connection in 0...most {
            leaves.append(accounts.open(caller(connection)))
        }
        for leaf in leaves { accounts.close(leaf) }
        let places = accounts.all.count
        // The first that ended had to go: its place is another's now.
        #expect(accounts.open(caller(most + 1)) == leaves[0])
        #expect(accounts.open(caller(most)) == leaves[most])
        #expect(accounts.all.count == places)
    }

    @Test func `nothing waits before a caller whose account only rests`() {
        var accounts = Accounts()
        accounts.close(accounts.open(caller(1)))
        let waiting = accounts.open(caller(2))
        accounts.wait(waiting)
        #expect(accounts.ahead(of: caller(1)) == accounts.ahead(of: caller(3)))
    }
}
