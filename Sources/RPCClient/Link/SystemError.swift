import Glibc

/// What the system says about an error number.
package enum SystemError {
    package static func text(_ number: Int32) -> String {
        unsafe String(cString: strerror(number))
    }
}
