package import Kernel

/// The models of one server as all share them, from when its list is whole until the next one is.
///
/// When the last who holds it lets go, the models are freed over some turns of the loop.
package final class ModelList {
    package let table: ModelTable
    private let loop: EventLoop

    package init(_ table: ModelTable, on loop: EventLoop) {
        self.table = table
        self.loop = loop
    }

    deinit { loop.leftovers.take(table.all) }

    /// In their order.
    package var all: [Model] { table.all }

    /// How many requests the loaded chat models run at once, by the one that runs the most.
    private(set) lazy var parallel: Int? =
        all.lazy.filter { $0.state == .loaded && $0.purpose.canChat }.compactMap(\.parallel).max()

    /// How many of them are loaded.
    private(set) lazy var loadedCount = all.count { $0.state == .loaded }

    /// Those of the names, in their own order.
    func selecting(_ names: [String]) -> ModelList {
        var places = Set<Int>()
        for name in names {
            if let place = table.place(of: name) { places.insert(place) }
        }
        return ModelList(ModelTable(places.sorted().map { all[$0] }), on: loop)
    }
}
