/// Writes one JSON object, member after member, into a buffer that each step is given; a member
/// that is nil is left out. It allocates nothing.
public struct ObjectWriter {
    @usableFromInline var hasMember: Bool

    /// Begins the object.
    @inlinable public init(_ out: inout ByteBuffer) {
        hasMember = false
        out.append(UInt8(ascii: "{"))
    }

    private init() { hasMember = true }

    /// Goes on with an object that somebody has begun and given a member.
    public static func continuing() -> ObjectWriter { ObjectWriter() }

    /// Appends a member's name; its value is appended by whoever asked, before anything else.
    @inlinable @inline(__always)
    public mutating func name(_ name: StaticString, to out: inout ByteBuffer) {
        out.append(memberName: name, isFirst: !hasMember)
        hasMember = true
    }

    /// Appends a text.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, _ value: String?, to out: inout ByteBuffer
    ) {
        guard let value else { return }
        self.name(name, to: &out)
        out.append(string: value)
    }

    /// Appends a text that is there: to look whether it is would copy it.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, _ value: borrowing String, to out: inout ByteBuffer
    ) {
        self.name(name, to: &out)
        out.append(string: value)
    }

    /// Appends an integer.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, _ value: Int?, to out: inout ByteBuffer
    ) {
        guard let value else { return }
        self.name(name, to: &out)
        out.append(decimal: value)
    }

    /// Appends a number.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, _ value: Double?, to out: inout ByteBuffer
    ) {
        guard let value else { return }
        self.name(name, to: &out)
        out.append(number: value)
    }

    /// Appends a truth value.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, _ value: Bool?, to out: inout ByteBuffer
    ) {
        guard let value else { return }
        self.name(name, to: &out)
        out.append(bool: value)
    }

    /// Appends seconds, to the nanosecond and without zeros at the end.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, seconds value: Double, to out: inout ByteBuffer
    ) {
        self.name(name, to: &out)
        out.append(seconds: UInt64(exactly: (value * 1e9).rounded()) ?? 0)
    }

    /// Appends a text whose inside is that, as it stands in some JSON.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, inside text: Span<UInt8>, to out: inout ByteBuffer
    ) {
        self.name(name, to: &out)
        out.append(UInt8(ascii: "\""))
        out.append(text)
        out.append(UInt8(ascii: "\""))
    }

    /// The same, left out where it is empty.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, insideIfAny text: Span<UInt8>, to out: inout ByteBuffer
    ) {
        if !text.isEmpty { add(name, inside: text, to: &out) }
    }

    /// Appends a value as it stands in some JSON; left out where it is empty.
    @inlinable @inline(__always)
    public mutating func add(
        _ name: StaticString, token: Span<UInt8>, to out: inout ByteBuffer
    ) {
        if token.isEmpty { return }
        self.name(name, to: &out)
        out.append(token)
    }

    /// Appends an array of texts.
    public mutating func add(
        _ name: StaticString, _ values: [String], to out: inout ByteBuffer
    ) {
        self.name(name, to: &out)
        var array = ArrayWriter(&out)
        for value in values {
            array.next(&out)
            out.append(string: value)
        }
        array.end(&out)
    }

    /// Appends a shape.
    @inlinable @inline(__always)
    public mutating func add<Shape: JSONWritable>(
        _ name: StaticString, _ value: Shape?, to out: inout ByteBuffer
    ) {
        guard let value else { return }
        self.name(name, to: &out)
        value.write(to: &out)
    }

    /// Appends an array of shapes.
    @inlinable @inline(__always)
    public mutating func add<Shape: JSONWritable>(
        _ name: StaticString, all values: [Shape], to out: inout ByteBuffer
    ) {
        self.name(name, to: &out)
        var array = ArrayWriter(&out)
        for value in values { array.add(value, to: &out) }
        array.end(&out)
    }

    /// Appends an object of integers by their names.
    public mutating func add(
        _ name: StaticString, counts: [(String, Int)], to out: inout ByteBuffer
    ) {
        self.name(name, to: &out)
        out.append(UInt8(ascii: "{"))
        for (index, (name, count)) in counts.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(string: name)
            out.append(UInt8(ascii: ":"))
            out.append(decimal: count)
        }
        out.append(UInt8(ascii: "}"))
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

extension ByteBuffer {
    /// Appends the name of a member and its colon, with a comma before it unless it is the first.
    @inlinable @inline(__always)
    mutating func append(memberName name: StaticString, isFirst: Bool) {
        let count = name.utf8CodeUnitCount
        reserve(count &+ 4)
        var at = end
        if !isFirst {
            unsafe base[at] = UInt8(ascii: ",")
            at &+= 1
        }
        unsafe base[at] = UInt8(ascii: "\"")
        // Not `update`, which asks first whether both overlap.
        unsafe (base + at + 1).initialize(from: name.utf8Start, count: count)
        at &+= count &+ 1
        unsafe base[at] = UInt8(ascii: "\"")
        unsafe base[at &+ 1] = UInt8(ascii: ":")
        end = at &+ 2
    }
}
