package import Backends

/// The names of several lists' models, and others behind them, none of which is copied.
package struct ModelNames: RandomAccessCollection, Sendable {
    private let lists: [ModelTable]
    private let others: [String]
    package let endIndex: Int

    package init(_ lists: [ModelTable], _ others: [String] = []) {
        self.lists = lists.filter { !$0.isEmpty }
        self.others = others
        endIndex = lists.reduce(others.count) { $0 + $1.count }
    }

    package var startIndex: Int { 0 }

    package subscript(position: Int) -> String {
        var place = position
        for list in lists {
            if place < list.count { return list.all[place].id }
            place -= list.count
        }
        return others[place]
    }
}
