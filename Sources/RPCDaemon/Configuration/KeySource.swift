/// Where a backend's API key comes from.
package enum KeySource: Equatable, Sendable {
    /// `{NAME}_API_KEY` in the environment, if it is there.
    case automatic
    /// `api_key`: stands in the configuration.
    case literal(Secret)
    /// `api_key_env`: a variable's name.
    case variable(String)
    /// `api_key_file`: a file's absolute path.
    case file(String)
    /// `api_key_credential`: a file's name in systemd's `$CREDENTIALS_DIRECTORY`.
    case credential(String)
}

/// Why a key's file could not be read, in words such as `No such file or directory`.
package struct KeyFileFailure: Error, Equatable, Sendable {
    package var reason: String

    package init(reason: String) { self.reason = reason }
}

/// Why a backend has no key although one is configured; names the source, never the key.
package struct KeyProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package var backend: String
    package var message: String

    package var description: String { "backend `\(backend)`: \(message)" }
}

extension BackendConfig {
    /// `{NAME}_API_KEY`: the name in upper case, whatever is not A–Z or 0–9 as `_`.
    package var keyVariable: String {
        let letters = name.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": String(scalar).uppercased()
            default: "_"
            }
        }
        return letters.joined() + "_API_KEY"
    }

    /// The key to send, nil for none.
    ///
    /// A source that the configuration names has to be there; `{NAME}_API_KEY` may be absent.
    /// White space around the key is not part of it.
    ///
    /// - Parameters:
    ///   - environment: a variable's value, nil if it is not set.
    ///   - read: a file's content.
    package func resolveKey(
        environment: (String) -> String?,
        read: (String) -> Result<[UInt8], KeyFileFailure>
    ) throws(KeyProblem) -> Secret? {
        switch keySource {
        case .literal(let secret):
            return try checked(secret.revealed, "api_key")
        case .automatic:
            guard let text = environment(keyVariable), !trimmed(text).isEmpty else { return nil }
            return try checked(text, "environment variable \(keyVariable)")
        case .variable(let variable):
            guard let text = environment(variable) else {
                throw problem(
                    "environment variable \(variable), named by api_key_env, is not set")
            }
            return try checked(text, "environment variable \(variable), named by api_key_env,")
        case .file(let path):
            return try readKey(path, "file \(path), named by api_key_file,", read)
        case .credential(let id):
            guard let folder = environment("CREDENTIALS_DIRECTORY"), !folder.isEmpty else {
                throw problem(
                    "api_key_credential = \(TOMLKey.quoted(id)) needs $CREDENTIALS_DIRECTORY, which "
                        + "is not set; start the daemon by systemd with LoadCredential=\(id)")
            }
            return try readKey("\(folder)/\(id)", "credential \(id) in \(folder)", read)
        }
    }

    private func readKey(
        _ path: String, _ source: String, _ read: (String) -> Result<[UInt8], KeyFileFailure>
    ) throws(KeyProblem) -> Secret {
        switch read(path) {
        case .failure(let failure): throw problem("\(source) cannot be read: \(failure.reason)")
        case .success(let bytes): return try checked(String(decoding: bytes, as: UTF8.self), source)
        }
    }

    /// A key goes into a header line: a control character in it would forge another one.
    private func checked(_ text: String, _ source: String) throws(KeyProblem) -> Secret {
        let key = trimmed(text)
        guard !key.isEmpty else { throw problem("\(source) is empty") }
        guard KeySource.isSendable(key) else {
            throw problem("\(source) holds a space, a control character or a letter beyond ASCII")
        }
        return Secret(key)
    }

    private func trimmed(_ text: String) -> String {
        var rest = text.unicodeScalars[...]
        while let last = rest.last, " \t\r\n".unicodeScalars.contains(last) { rest.removeLast() }
        while let first = rest.first, " \t\r\n".unicodeScalars.contains(first) {
            rest.removeFirst()
        }
        return String(rest)
    }

    private func problem(_ message: String) -> KeyProblem {
        KeyProblem(backend: name, message: message)
    }
}

extension Config {
    /// Where the key of one of its backends stands, or is named; nil for a backend of no file.
    package func keyPosition(of backend: BackendConfig) -> TOMLPosition? {
        let table = "llm_backends.\(TOMLKey(backend.name))"
        return backend.keySource.key.flatMap { origins["\(table).\($0)"] } ?? origins[table]
    }

    /// Where the certificates of one of its backends are named.
    package func certificatesPosition(of backend: BackendConfig) -> TOMLPosition? {
        origins["llm_backends.\(TOMLKey(backend.name)).ca_file"]
    }
}

extension KeySource {
    /// The key of the configuration that says it; nil for none.
    var key: String? {
        switch self {
        case .automatic: nil
        case .literal: "api_key"
        case .variable: "api_key_env"
        case .file: "api_key_file"
        case .credential: "api_key_credential"
        }
    }

    /// Whether a key can stand in a header: visible ASCII only.
    static func isSendable(_ key: String) -> Bool {
        key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
