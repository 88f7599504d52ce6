package import CrowdModelsProtocol

/// A model as a backend lists it. What the backend did not say is nil and left out.
package struct Model: Equatable, Sendable {
    /// What it is for.
    package enum Purpose: String, Sendable {
        case llm, vlm, embeddings, unknown

        /// Whether it may answer a conversation; what is unknown gets the benefit of the doubt.
        package var canChat: Bool { self != .embeddings }
    }

    /// Whether it can answer at once.
    package enum State: String, Sendable {
        case loaded, loading, unknown
        case notLoaded = "not-loaded"
    }

    package var id: String
    package var purpose = Purpose.unknown
    package var state = State.unknown
    package var publisher: String?
    package var arch: String?
    package var quantization: String?
    package var format: String?
    package var maxContextLength: Int?
    package var loadedContextLength: Int?
    package var capabilities: [String] = []
    package var sizeBytes: Int?
    package var parameters: String?
    /// How many requests the server runs at once with it.
    package var parallel: Int?
    /// Whether its server says that it runs elsewhere: a prompt for it leaves the machine.
    package var isRemote = false

    /// Why its last load failed, where its server tells.
    package var loadFailure: String?

    package init(id: String) {
        self.id = id
    }

    /// Appends the Model object of the protocol.
    package func write(backend: String, aliases: [String], to buffer: inout ByteBuffer) {
        buffer.append("{\"id\":")
        buffer.append(string: id)
        buffer.append(",\"backend\":")
        buffer.append(string: backend)
        buffer.append(",\"type\":\"")
        buffer.append(utf8: purpose.rawValue)
        buffer.append("\",\"state\":\"")
        buffer.append(utf8: state.rawValue)
        buffer.append("\"")
        Self.write("publisher", publisher, to: &buffer)
        Self.write("arch", arch, to: &buffer)
        Self.write("quantization", quantization, to: &buffer)
        Self.write("format", format, to: &buffer)
        Self.write("max_context_length", maxContextLength, to: &buffer)
        Self.write("loaded_context_length", loadedContextLength, to: &buffer)
        Self.write("capabilities", capabilities, to: &buffer)
        Self.write("size_bytes", sizeBytes, to: &buffer)
        Self.write("parameters", parameters, to: &buffer)
        Self.write("parallel", parallel, to: &buffer)
        if isRemote { buffer.append(",\"remote\":true") }
        Self.write("aliases", aliases, to: &buffer)
        buffer.append("}")
    }

    private static func write(_ name: StaticString, _ value: String?, to buffer: inout ByteBuffer) {
        guard let value else { return }
        writeName(name, to: &buffer)
        buffer.append(string: value)
    }

    private static func write(_ name: StaticString, _ value: Int?, to buffer: inout ByteBuffer) {
        guard let value else { return }
        writeName(name, to: &buffer)
        buffer.append(decimal: value)
    }

    private static func write(
        _ name: StaticString, _ values: [String], to buffer: inout ByteBuffer
    ) {
        writeName(name, to: &buffer)
        buffer.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            buffer.append(string: value)
        }
        buffer.append(UInt8(ascii: "]"))
    }

    private static func writeName(_ name: StaticString, to buffer: inout ByteBuffer) {
        buffer.append(",\"")
        buffer.append(name)
        buffer.append("\":")
    }
}
