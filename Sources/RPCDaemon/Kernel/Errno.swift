import Glibc

/// An error of the operating system.
package struct Errno: Error, Equatable, Sendable {
    /// The number, as `errno` has it.
    package var code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// The system's words, such as `Connection refused`.
    package var message: String {
        var text = [CChar](repeating: 0, count: 128)
        let result = unsafe strerror_r(code, &text, text.count)
        return result == 0
            ? String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            : "error \(code)"
    }

    /// The result of a call that answers -errno for a fault.
    @inline(__always)
    package static func check<Number: BinaryInteger>(_ result: Number) throws(Errno) -> Number {
        if result < 0 { throw Errno(code: Int32(truncatingIfNeeded: -Int(result))) }
        return result
    }

    package static let wouldBlock = Errno(code: EAGAIN)
    package static let connectionRefused = Errno(code: ECONNREFUSED)
    package static let tooManyFilesHere = Errno(code: EMFILE)
    package static let tooManyFilesAnywhere = Errno(code: ENFILE)
    package static let noMemory = Errno(code: ENOMEM)
    package static let noBuffers = Errno(code: ENOBUFS)
    package static let notFound = Errno(code: ENOENT)
    package static let addressInUse = Errno(code: EADDRINUSE)
    package static let timedOut = Errno(code: ETIMEDOUT)
}
