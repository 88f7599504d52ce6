import CrowdModelsProtocol

/// Distributions one below the other on one scale from 0: median, p90 and p99 of each, as SVG.
struct RangePlot {
    private enum Row {
        case heading(String)
        case values(String, StatsDistribution)
    }

    private var rows: [Row] = []
    private let text: (Double) -> String

    private static let width = 760.0
    private static let nameWidth = 210.0
    private static let valueWidth = 150.0
    private static let rowHeight = 22.0

    init(text: @escaping (Double) -> String) {
        self.text = text
    }

    var isEmpty: Bool { rows.isEmpty }

    mutating func append(heading: String) { rows.append(.heading(heading)) }

    mutating func append(_ name: String, _ values: StatsDistribution) {
        rows.append(.values(name, values))
    }

    func write(to page: inout HTMLText) {
        let top = rows.reduce(0.0) { top, row in
            guard case .values(_, let values) = row else { return top }
            return max(top, values.p99 ?? 0, values.p50 ?? 0)
        }
        let scale = top > 0 ? (Self.width - Self.nameWidth - Self.valueWidth) / top : 0
        let height = Self.rowHeight * Double(rows.count) + 24
        page.raw(
            "<svg viewBox=\"0 0 \(Units.fixed(Self.width, 0)) \(Units.fixed(height, 0))\" "
                + "role=\"img\">")
        for step in 0...4 {
            let value = top * Double(step) / 4
            let x = Self.nameWidth + value * scale
            line(&page, "grid", x, 0, x, height - 20)
            label(&page, "tick", x, height - 6, text(value))
        }
        for (index, row) in rows.enumerated() {
            let y = Self.rowHeight * Double(index) + Self.rowHeight / 2
            switch row {
            case .heading(let title): label(&page, "group", 0, y + 5, title)
            case .values(let name, let values): draw(&page, name, values, y, scale)
            }
        }
        page.raw("</svg>")
    }

    private func draw(
        _ page: inout HTMLText, _ name: String, _ values: StatsDistribution, _ y: Double,
        _ scale: Double
    ) {
        let shown = name.cutInMiddle(to: 27)
        label(&page, "name", 12, y + 4, shown)
        guard let median = values.p50 else { return }
        let x = { (value: Double?) in Self.nameWidth + (value ?? median) * scale }
        line(&page, "tail", x(0), y, x(values.p99), y)
        let length = max(x(values.p90) - x(0), 1)
        page.raw(
            "<rect class=\"bar\" x=\"\(number(x(0)))\" y=\"\(number(y - 5))\" "
                + "width=\"\(number(length))\" height=\"10\" rx=\"2\"/>")
        page.raw("<circle class=\"dot\" cx=\"\(number(x(median)))\" cy=\"\(number(y))\" r=\"4\"/>")
        label(
            &page, "value", Self.width, y + 4,
            "\(text(median)) (\(Units.count(values.count, "request")))")
    }

    private func line(
        _ page: inout HTMLText, _ style: String, _ x1: Double, _ y1: Double, _ x2: Double,
        _ y2: Double
    ) {
        page.raw(
            "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" "
                + "x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>")
    }

    private func label(
        _ page: inout HTMLText, _ style: String, _ x: Double, _ y: Double, _ words: String
    ) {
        page.raw("<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\">")
        page.plain(words)
        page.raw("</text>")
    }

    private func number(_ value: Double) -> String { Units.fixed(value, 1) }
}
