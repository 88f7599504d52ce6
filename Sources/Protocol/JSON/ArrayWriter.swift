/// Writes one JSON array, element after element, into a buffer that each step is given.
public struct ArrayWriter {
    @usableFromInline var hasElement = false

    /// Begins the array.
    @inlinable public init(_ out: inout ByteBuffer) {
        out.append(UInt8(ascii: "["))
    }

    /// Begins the next element, which whoever asked appends before anything else.
    @inlinable public mutating func next(_ out: inout ByteBuffer) {
        if hasElement { out.append(UInt8(ascii: ",")) }
        hasElement = true
    }

    /// Appends a shape.
    @inlinable public mutating func add<Shape: JSONWritable>(
        _ value: Shape, to out: inout ByteBuffer
    ) {
        next(&out)
        value.write(to: &out)
    }

    /// Ends the array.
    @inlinable public func end(_ out: inout ByteBuffer) {
        out.append(UInt8(ascii: "]"))
    }
}
