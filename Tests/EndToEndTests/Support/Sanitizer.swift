import Glibc

/// The sanitizer that tests and programs were built with, where figures of memory depend on it.
enum Sanitizer {
    private static let isAddress = dlsym(nil, "__asan_init") != nil
    /// The thread sanitizer notes beside each byte of memory who was there: several times as much.
    static let isThread = dlsym(nil, "__tsan_init") != nil
    static let isThere = isAddress || isThread

    /// KiB that a sanitizer adds to a program that holds little: what was freed last, kept to find
    /// who uses it after that, and notes.
    static let notes = isAddress ? 32 << 10 : isThread ? 64 << 10 : 0

    /// What the programs under test tell their sanitizer: as the tests do, but that they keep less
    /// of what was freed.
    static let variables: [String: String] = {
        var variables: [String: String] = [:]
        for name in ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"] {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        variables["ASAN_OPTIONS"]? += ":quarantine_size_mb=16"
        return variables
    }()
}
