/// The last values of a measure as a row of bars, one cell each.
package enum Sparkline {
    /// The newest `cells` values, padded in front; `top` is the value of the highest bar, the
    /// largest one if not given.
    package static func line(
        _ values: [Double], cells: Int, top: Double? = nil, _ marks: Marks = .unicode
    ) -> String {
        let newest = values.suffix(cells)
        let top = top ?? newest.max() ?? 0
        let bars = newest.map { value -> String in
            guard top > 0, value > 0 else { return marks.levels[0] }
            let level = Int((value / top * Double(marks.levels.count)).rounded(.up)) - 1
            return marks.levels[min(max(level, 0), marks.levels.count - 1)]
        }
        return String(repeating: " ", count: max(0, cells - bars.count)) + bars.joined()
    }
}
