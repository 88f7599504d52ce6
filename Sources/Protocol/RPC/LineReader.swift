/// Reads one line of a client in slices, none of which takes longer than some milliseconds,
/// whatever stands in the line.
///
/// Its owner keeps the line, shows it at each step, and handles what it is told before the next
/// step. Between two steps it may do something else, for as long as it likes. A line that is no
/// longer than `wholeBytes` takes one step a request.
///
///     var reader = LineReader(limits)
///     while true {
///         switch reader.resume(line) {
///         case .unfinished: // time for others? keep `reader` and the line, and go on later
///         case .batchBegins: // what follows belongs to a batch
///         case .request(let envelope): // perform it, with `reader.survey`
///         case .refused(let fault): // answer with id null
///         case .ended: // the line is done with; a blank one was only this
///         }
///     }
public struct LineReader: Sendable {
    /// Bytes of a request that are read in one go: at 2 ns a byte a tenth of a millisecond.
    public static let wholeBytes = 65_536
    /// Bytes read in one step beyond that: at 15 ns a byte, the most that any shape was seen to
    /// take, 2 ms.
    static let sliceBytes = 131_072

    /// What a step came to.
    public enum Step: Sendable {
        /// Nothing to tell yet.
        case unfinished
        /// The line is a valid batch: its requests follow.
        case batchBegins
        /// The next request.
        case request(RequestEnvelope)
        /// The line, or an element of the batch, is refused; its id is null.
        case refused(Fault)
        /// The line is done with.
        case ended
    }

    private enum Stage {
        /// At the line's first byte.
        case start
        /// Inside what is no request.
        case scalar
        /// Inside the one request.
        case request
        /// Inside a batch whose elements are only counted yet.
        case batch
        /// Before an element of the batch.
        case elements
        /// Inside an element of the batch.
        case element
        /// Left by nothing.
        case ended
    }

    private let limits: RequestLimits
    private let wholeBytes: Int
    private let sliceBytes: Int
    private var stage = Stage.start
    private var scan = JSONScan(from: 0, depth: 0, depthMax: 1)
    private var request: RequestScan
    private var batch: BatchScan
    private var nextElement = 0
    private var isSurveyed = false

    /// A reader at a line's first byte.
    public init(_ limits: RequestLimits) {
        self.init(limits, wholeBytes: Self.wholeBytes, sliceBytes: Self.sliceBytes)
    }

    /// The same with other sizes.
    init(_ limits: RequestLimits, wholeBytes: Int, sliceBytes: Int) {
        self.limits = limits
        self.wholeBytes = wholeBytes
        self.sliceBytes = sliceBytes
        request = RequestScan(limits)
        batch = BatchScan(elementsMax: limits.batchMax)
    }

    /// What is known of the params of the request that the last step told; nil for a short one.
    public var survey: ParamsSurvey? { isSurveyed ? ParamsSurvey(request.params) : nil }

    /// Goes on with the line.
    public mutating func resume(_ line: Span<UInt8>) -> Step {
        do throws(JSONError) {
            return try step(line)
        } catch {
            stage = .ended
            return .refused(.notJSON(error, limits))
        }
    }

    private mutating func step(_ line: Span<UInt8>) throws(JSONError) -> Step {
        switch stage {
        case .start: return try begin(line)
        case .scalar:
            var nobody = NoListener()
            guard try scan.resume(line, bytes: sliceBytes, &nobody) else {
                return .unfinished
            }
            return try end(line, .refused(Fault(.invalidRequest, "a request is a JSON object")))
        case .request:
            guard try scan.resume(line, bytes: sliceBytes, &request) else {
                return .unfinished
            }
            return try end(line, .request(request.members.envelope(line)))
        case .batch:
            guard try scan.resume(line, bytes: sliceBytes, &batch) else {
                return .unfinished
            }
            if let fault = batch.fault(limits) { return try end(line, .refused(fault)) }
            _ = try end(line, .ended)
            stage = .elements
            return .batchBegins
        case .elements: return try beginElement(line)
        case .element:
            guard try scan.resume(line, bytes: sliceBytes, &request) else {
                return .unfinished
            }
            stage = .elements
            return .request(request.members.envelope(line))
        case .ended: return .ended
        }
    }

    private mutating func begin(_ line: Span<UInt8>) throws(JSONError) -> Step {
        let start = JSONText.skippingSpace(line)
        guard start < line.count else {
            stage = .ended
            return .ended
        }
        let byte = line[start]
        if byte == UInt8(ascii: "{"), line.count <= wholeBytes {
            let (envelope, after) = try RequestEnvelope.read(
                line, from: start, depth: 1, limits: limits)
            return try end(line, .request(envelope), from: after)
        }
        scan = JSONScan(from: start, depth: 0, depthMax: limits.depthMax)
        switch byte {
        case UInt8(ascii: "{"):
            stage = .request
            isSurveyed = true
        case UInt8(ascii: "["): stage = .batch
        default: stage = .scalar
        }
        return try step(line)
    }

    private mutating func beginElement(_ line: Span<UInt8>) throws(JSONError) -> Step {
        isSurveyed = false
        guard nextElement < batch.elements.count else {
            stage = .ended
            return .ended
        }
        let element = batch.elements[nextElement]
        nextElement &+= 1
        guard line[Int(element.start)] == UInt8(ascii: "{") else {
            return .refused(Fault(.invalidRequest, "a request is a JSON object"))
        }
        if element.count <= wholeBytes {
            return .request(
                try RequestEnvelope.read(
                    line, from: Int(element.start), depth: 2, limits: limits
                ).envelope)
        }
        scan = JSONScan(from: Int(element.start), depth: 1, depthMax: limits.depthMax)
        request = RequestScan(limits)
        isSurveyed = true
        stage = .element
        return try step(line)
    }

    /// The line's value has ended, so that only space may follow.
    private mutating func end(
        _ line: Span<UInt8>, _ step: Step, from after: Int? = nil
    ) throws(JSONError) -> Step {
        let rest = JSONText.skippingSpace(line, from: after ?? scan.at)
        if rest < line.count { throw JSONError(.trailingBytes, at: rest) }
        stage = .ended
        return step
    }
}

extension Fault {
    /// What a line is refused with that is not JSON, or deeper than it may be.
    public static func notJSON(_ error: JSONError, _ limits: RequestLimits) -> Fault {
        if error.reason == .tooDeep {
            return .unread(
                limit: "depth_max",
                "the request is nested deeper than \(limits.depthMax) levels (depth_max)")
        }
        return Fault(.parseError, "the line is not JSON: \(error.message)")
    }
}
