/// Writes one JSON object, member after member, into a buffer that each step is given; a member
/// that is nil is left out.
public struct ObjectWriter {
    private var hasMember = false

    /// Begins the object.
    @inlinable public init(_ out: inout ByteBuffer) {
        out.append(UInt8(ascii: "{"))
    }

    /// Appends a member's name; its value is appended by whoever asked, before anything else.
    public mutating func name(_ name: StaticString, to out: inout ByteBuffer) {
        if hasMember { out.append(UInt8(ascii: ",")) }
        hasMember = true
        out.append(UInt8(ascii: "\""))
        out.append(name)
        out.append("\":")
    }

    /// Appends a text.
    public mutating func add(_ name: StaticString, _ value: String?, to out: inout ByteBuffer) {
        guard let value else { return }
        self.name(name, to: &out)
        out.append(string: value)
    }

    /// Appends an integer.
    public mutating func add(_ name: StaticString, _ value: Int?, to out: inout ByteBuffer) {
        guard let value else { return }
        self.name(name, to: &out)
        out.append(decimal: value)
    }

    /// Appends a number.
    public mutating func add(_ name: StaticString, _ value: Double?, to out: inout ByteBuffer) {
        guard let value else { return }
        self.name(name, to: &out)
        out.append(number: value)
    }

    /// Appends a truth value.
    public mutating func add(_ name: StaticString, _ value: Bool?, to out: inout ByteBuffer) {
        guard let value else { return }
        self.name(name, to: &out)
        out.append(bool: value)
    }

    /// Appends an array of texts.
    public mutating func add(
        _ name: StaticString, _ values: [String], to out: inout ByteBuffer
    ) {
        self.name(name, to: &out)
        out.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(string: value)
        }
        out.append(UInt8(ascii: "]"))
    }

    /// Appends a shape.
    public mutating func add<Shape: JSONWritable>(
        _ name: StaticString, _ value: Shape?, to out: inout ByteBuffer
    ) {
        guard let value else { return }
        self.name(name, to: &out)
        value.write(to: &out)
    }

    /// Appends an array of shapes.
    public mutating func add<Shape: JSONWritable>(
        _ name: StaticString, all values: [Shape], to out: inout ByteBuffer
    ) {
        self.name(name, to: &out)
        out.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            value.write(to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    /// Appends any value.
    public mutating func add(
        _ name: StaticString, json value: JSONValue?, to out: inout ByteBuffer
    ) {
        guard let value else { return }
        self.name(name, to: &out)
        value.write(to: &out)
    }

    /// Ends the object.
    @inlinable public func end(_ out: inout ByteBuffer) {
        out.append(UInt8(ascii: "}"))
    }
}
