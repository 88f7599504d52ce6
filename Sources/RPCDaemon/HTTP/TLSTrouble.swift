import CrowdModelsProtocol

/// What keeps a server from being trusted, in libcurl's words, and what to do about it.
enum TLSTrouble {
    /// Words of libcurl's, and a remedy for each; OpenSSL's, LibreSSL's and GnuTLS's differ.
    private static let remedies: [(words: [String], remedy: String)] = [
        (
            ["expired", "not yet valid"],
            "renew the server's certificate, or set this machine's clock"
        ),
        (
            ["subject name", "alternative certificate", "does not match", "doesn't match"],
            "give `endpoint` a host that its certificate names"
        ),
        (
            ["certificate file", "CAfile", "verify locations"],
            "let `ca_file` name certificates in PEM that the daemon may read"
        ),
        (
            ["issuer", "self-signed", "self signed", "unknown CA", "not trusted"],
            "let `ca_file` name the certificate of its authority"
        ),
        (
            ["wrong version number", "packet length", "unexpected message"],
            "nothing speaks TLS there: give `endpoint` an http:// address"
        ),
    ]

    /// libcurl's words with what mends it, where that is known.
    static func explained(_ words: String) -> String {
        for (signs, remedy) in remedies where signs.contains(where: { words.contains($0) }) {
            return "\(words); \(remedy)"
        }
        return words
    }
}
