extension StringProtocol {
    /// Whether `part` stands in it, byte by byte as both are encoded.
    ///
    /// The toolchain's own search comes with its engine for regular expressions, which the daemon
    /// would load at its start for this alone.
    package func contains(_ part: String) -> Bool {
        let text = Array(utf8)
        let wanted = Array(part.utf8)
        guard let first = wanted.first else { return true }
        guard wanted.count <= text.count else { return false }
        return (0...text.count - wanted.count).contains { start in
            text[start] == first && text[start..<start + wanted.count].elementsEqual(wanted)
        }
    }
}
