/// What was asked of a backend, in the words of OpenTelemetry's conventions.
package enum Operation: UInt8, Sendable {
    case chat
    case textCompletion
    case embeddings
    case rerank

    package var name: StaticString {
        switch self {
        case .chat: "chat"
        case .textCompletion: "text_completion"
        case .embeddings: "embeddings"
        case .rerank: "rerank"
        }
    }
}

/// What tells one row of histograms from another.
package struct OperationLabels: Hashable, Sendable {
    package var operation: Operation
    /// The kind of server, such as `lmstudio`.
    package var provider: String
    /// Where it is: a host or the path of a socket, and the port or 0.
    package var address: String
    package var port: Int
    package var model: String
    /// The kind of error that a failed request ended with.
    package var errorKind: UInt8?
}

extension OperationLabels {
    package init(
        _ operation: Operation, provider: String, address: String, port: Int, model: String,
        errorKind: UInt8? = nil
    ) {
        self.init(
            operation: operation, provider: provider, address: address, port: port, model: model,
            errorKind: errorKind)
    }
}

/// What is measured of one request for the histograms; times in seconds, nil for what is not known.
package struct OperationSample: Sendable {
    package var inputTokens: UInt64?
    package var outputTokens: UInt64?
    /// As its caller saw it, our queue included.
    package var requestDuration: Double?
    package var timeToFirstToken: Double?
    /// The mean of the request.
    package var timePerToken: Double?
    /// As we saw the backend: from the sending on.
    package var operationDuration: Double?
    package var timeToFirstChunk: Double?

    package init() {}
}

/// Histograms since the start by operation, backend, model and error, at most `rowsMax` rows of
/// 1.5 KiB: whoever reads them adds and subtracts what it has read before.
package struct OperationHistograms: Sendable {
    package private(set) var rows: [Row] = []
    private var indices: [OperationLabels: Int] = [:]
    /// The rows that were last asked for: as a rule the next is one of them, and no name is hashed.
    private var recent: [Int] = []
    private var next = 0
    private static let recentMax = 4

    /// As many as a page of a megabyte and a half holds.
    package static let rowsMax = 64

    /// The histograms of one set of labels.
    package struct Row: Sendable {
        package let labels: OperationLabels
        package fileprivate(set) var inputTokens = BoundedHistogram(.tokens)
        package fileprivate(set) var outputTokens = BoundedHistogram(.tokens)
        package fileprivate(set) var requestDuration = BoundedHistogram(.seconds)
        package fileprivate(set) var timeToFirstToken = BoundedHistogram(.secondsToFirstToken)
        package fileprivate(set) var timePerToken = BoundedHistogram(.secondsPerToken)
        package fileprivate(set) var operationDuration = BoundedHistogram(.seconds)
        package fileprivate(set) var timeToFirstChunk = BoundedHistogram(.seconds)
        package fileprivate(set) var timePerChunk = BoundedHistogram(.seconds)

        fileprivate mutating func add(_ sample: borrowing OperationSample) {
            if let tokens = sample.inputTokens { inputTokens.add(Double(tokens)) }
            if let tokens = sample.outputTokens { outputTokens.add(Double(tokens)) }
            if let time = sample.requestDuration { requestDuration.add(time) }
            if let time = sample.timeToFirstToken { timeToFirstToken.add(time) }
            if let time = sample.timePerToken { timePerToken.add(time) }
            if let time = sample.operationDuration { operationDuration.add(time) }
            if let time = sample.timeToFirstChunk { timeToFirstChunk.add(time) }
        }

        /// Adds the times of each chunk after the first.
        fileprivate mutating func add(_ chunks: borrowing BoundedHistogram) {
            timePerChunk.add(chunks)
        }
    }

    package init() {}

    package mutating func finished(_ labels: OperationLabels, _ sample: borrowing OperationSample) {
        let index = row(labels)
        rows[index].add(sample)
    }

    /// The same for a stream: with the times of each chunk after the first.
    package mutating func finished(
        _ labels: OperationLabels, _ sample: borrowing OperationSample,
        _ chunks: borrowing BoundedHistogram
    ) {
        let index = row(labels)
        rows[index].add(sample)
        rows[index].add(chunks)
    }

    private mutating func row(_ labels: OperationLabels) -> Int {
        if let row = recentRow(labels) { return row }
        let row = indices[labels] ?? makeRow(labels)
        if recent.count < Self.recentMax {
            recent.append(row)
        } else {
            recent[next] = row
            next = (next + 1) % Self.recentMax
        }
        return row
    }

    private func recentRow(_ labels: borrowing OperationLabels) -> Int? {
        // Looked at where they are: a copy of three names would cost more than comparing them.
        let rows = rows.span
        for row in recent
        where rows[row].labels.model == labels.model
            && rows[row].labels.port == labels.port
            && rows[row].labels.operation == labels.operation
            && rows[row].labels.errorKind == labels.errorKind
            && rows[row].labels.address == labels.address
            && rows[row].labels.provider == labels.provider
        { return row }
        return nil
    }

    /// A new row; beyond the limit all models of an operation are one.
    private mutating func makeRow(_ labels: OperationLabels) -> Int {
        var labels = labels
        // Four operations, with and without an error, of everything else.
        if rows.count >= Self.rowsMax - 8 {
            labels = OperationLabels(
                labels.operation, provider: MetricsLimits.otherName,
                address: MetricsLimits.otherName, port: 0, model: MetricsLimits.otherName,
                errorKind: labels.errorKind.map { _ in MetricsLimits.otherErrorKind })
            if let index = indices[labels] { return index }
        }
        rows.append(Row(labels: labels))
        indices[labels] = rows.count - 1
        return rows.count - 1
    }
}
