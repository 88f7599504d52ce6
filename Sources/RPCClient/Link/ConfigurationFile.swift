import Configuration
import Glibc

/// The daemon's configuration as its file says it, read by somebody who looks for mistakes.
package struct ConfigurationFile {
    /// `line:column: message` of each problem, or why the file cannot be read.
    package let problems: [String]
    /// Whether it holds a key, and others than its owner may read it.
    package let isKeyExposed: Bool

    package init(_ path: String) {
        var bytes: [UInt8] = []
        var problems: [String] = []
        do throws(Failure) {
            bytes = try InputFile.read(path, bytesMax: Limits.configurationBytesMax)
        } catch {
            problems = [" " + error.message]
        }
        var holdsKey = false
        if problems.isEmpty {
            do throws(ConfigurationErrors) {
                holdsKey = try Config.load(bytes).backends.contains { backend in
                    if case .literal = backend.keySource { true } else { false }
                }
            } catch {
                problems = error.problems.map(\.description)
            }
        }
        self.problems = problems
        var information = stat()
        let isOpen =
            unsafe stat(path, &information) == 0 && information.st_mode & 0o044 != 0
        isKeyExposed = holdsKey && isOpen
    }

    /// The file that the client's search finds, nil for none.
    package static var found: String? {
        if let named = Environment.value("CROWD_MODELS_CONFIG"), !named.isEmpty { return named }
        return [ConfigLocation.userFile(Environment.value), "/etc/crowd-models/config.toml"]
            .compactMap(\.self).first { unsafe access($0, F_OK) == 0 }
    }
}
