import Testing

@testable import Requests

@Suite struct JobTableTests {
    private final class Entry: Keyed {
        let key: UInt64

        init(_ key: UInt64) { self.key = key }
    }

    private static func table(_ keys: ClosedRange<UInt64>) -> JobTable<Entry> {
        var table = JobTable<Entry>()
        for key in keys { table.insert(Entry(key)) }
        return table
    }

    @Test func `each is found by its key, the oldest first, whose place is taken again`() {
        var table = Self.table(1...5)
        table.remove(2)
        table.remove(2)
        table.insert(Entry(6))
        let found = [table[2], table[7], table[6]].map { $0?.key }
        #expect(found == [nil, nil, 6])
        #expect(table.byAge.map(\.key) == [1, 3, 4, 5, 6])
        #expect(table.kept == 5)
    }

    @Test func `what a rush left is given back when all have gone, what is usual is kept`() {
        let most = JobTable<Entry>.keptMax
        for (count, kept) in [(most, most), (most + 1, 0)] {
            var table = Self.table(1...UInt64(count))
            for key in 1..<UInt64(count) { table.remove(key) }
            #expect(table.kept == count && !table.isEmpty, "one is still there")
            table.remove(UInt64(count))
            #expect(table.isEmpty && table.kept == kept)
            table.insert(Entry(9_999))
            let found = table[9_999]
            #expect(found?.key == 9_999)
        }
    }
}
