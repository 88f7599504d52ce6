/// Hears of a request as it is scanned.
struct RequestScan: JSONScanListener, Sendable {
    private(set) var members: RequestMembers
    private(set) var params = ParamsScan()
    private var part = RequestMembers.Part.other

    init(_ limits: RequestLimits) {
        members = RequestMembers(limits)
    }

    mutating func named(
        _ name: JSONRange, hasEscape: Bool, level: Int, in text: Span<UInt8>
    ) {
        if level == 1 {
            part = RequestMembers.Part(text.extracting(name.bounds), hasEscape: hasEscape)
        } else if part == .params {
            params.named(name, hasEscape: hasEscape, level: level &- 1, in: text)
        }
    }

    mutating func began(_ kind: JSONKind, level: Int, in text: Span<UInt8>) {
        if part == .params, level > 1 { params.began(kind, level: level &- 1) }
    }

    mutating func ended(_ value: JSONRange, _ kind: JSONKind, level: Int, in text: Span<UInt8>) {
        if level == 1 {
            members.add(part, value, in: text)
            part = .other
        } else if part == .params, level > 1 {
            params.ended(value, kind, level: level &- 1, in: text)
        }
    }
}

/// Counts the elements of a batch as it is scanned, and keeps where the first ones stand.
struct BatchScan: JSONScanListener, Sendable {
    private(set) var elements: [JSONRange] = []
    private var count = 0
    private let elementsMax: Int

    init(elementsMax: Int) {
        self.elementsMax = elementsMax
    }

    mutating func named(
        _ name: JSONRange, hasEscape: Bool, level: Int, in text: Span<UInt8>
    ) {}

    mutating func began(_ kind: JSONKind, level: Int, in text: Span<UInt8>) {}

    mutating func ended(_ value: JSONRange, _ kind: JSONKind, level: Int, in text: Span<UInt8>) {
        guard level == 1 else { return }
        count &+= 1
        if count <= elementsMax { elements.append(value) }
    }

    /// Why the batch as a whole is refused; nil where it is not.
    func fault(_ limits: RequestLimits) -> Fault? {
        if count == 0 { return Fault(.invalidRequest, "a batch holds at least one request") }
        guard count > elementsMax else { return nil }
        return .unread(
            limit: "batch_max",
            "the batch holds \(count) requests, more than \(elementsMax) (batch_max)")
    }
}

/// Hears nothing.
struct NoListener: JSONScanListener {
    mutating func named(
        _ name: JSONRange, hasEscape: Bool, level: Int, in text: Span<UInt8>
    ) {}
    mutating func began(_ kind: JSONKind, level: Int, in text: Span<UInt8>) {}
    mutating func ended(_ value: JSONRange, _ kind: JSONKind, level: Int, in text: Span<UInt8>) {}
}
