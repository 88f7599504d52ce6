import CrowdModelsProtocol
import Metrics

/// Text in Prometheus' exposition format, 0.0.4.
struct PrometheusText: ~Copyable {
    private(set) var bytes = ByteBuffer()

    /// Begins a family: all its lines have to follow.
    mutating func family(_ name: StaticString, _ type: StaticString, _ help: StaticString) {
        bytes.append("# HELP ")
        bytes.append(name)
        bytes.append(" ")
        bytes.append(help)
        bytes.append("\n# TYPE ")
        bytes.append(name)
        bytes.append(" ")
        bytes.append(type)
        bytes.append("\n")
    }

    /// One line; `labels` without braces, empty for none.
    mutating func line(
        _ name: StaticString, suffix: StaticString = "", _ labels: [UInt8], _ value: Double
    ) {
        bytes.append(name)
        bytes.append(suffix)
        if !labels.isEmpty {
            bytes.append("{")
            bytes.append(labels.span)
            bytes.append("}")
        }
        bytes.append(" ")
        bytes.append(number: value)
        bytes.append("\n")
    }

    mutating func histogram(
        _ name: StaticString, _ labels: [UInt8], _ histogram: borrowing BoundedHistogram
    ) {
        guard histogram.count > 0 else { return }
        let bounds = histogram.bounds.values
        for index in 0...bounds.count {
            bytes.append(name)
            bytes.append("_bucket{")
            bytes.append(labels.span)
            bytes.append(",le=\"")
            if index < bounds.count {
                bytes.append(utf8: bounds[index].description)
            } else {
                bytes.append("+Inf")
            }
            bytes.append("\"} ")
            bytes.append(decimal: Int(clamping: histogram.cumulative(index)))
            bytes.append("\n")
        }
        line(name, suffix: "_sum", labels, histogram.sum)
        line(name, suffix: "_count", labels, Double(histogram.count))
    }
}

/// The labels of a line, in the making.
struct PrometheusLabels {
    private(set) var bytes: [UInt8] = []

    init() {}

    init(_ name: StaticString, _ value: String) {
        append(name, value)
    }

    mutating func append(_ name: StaticString, _ value: String) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        bytes += Array("\(name)=\"".utf8)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
            case UInt8(ascii: "\""): bytes += Array("\\\"".utf8)
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
