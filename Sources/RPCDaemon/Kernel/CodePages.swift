import CLinux

/// The code that this process has mapped: its own, the Swift runtime's and the C library's.
package enum CodePages {
    /// Lets go of all pages of code, once the start is over; answers how many bytes of code there
    /// are.
    ///
    /// A start reads configuration, links libraries and looks up conformances, never again; and for
    /// each page of code that it touches the kernel maps the 15 around it. Measured, 4 of an idle
    /// daemon's 9 MiB are such pages. What is needed after all comes back from the page cache, a
    /// fraction of a microsecond for each page.
    @discardableResult
    package static func drop() -> Int {
        clinux_drop_code()
    }
}
