/// What can be written as JSON: a result, a part of one, or the params of a notification.
public protocol JSONWritable {
    /// Appends the value.
    func write(to out: inout ByteBuffer)
}
