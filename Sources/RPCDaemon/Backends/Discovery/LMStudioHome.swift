import CrowdModelsProtocol

/// What LM Studio leaves in its user's home: where its own files are, and in them the port that its
/// server was last given.
package enum LMStudioHome {
    /// The file that says where LM Studio's files are, where it is not the usual place.
    package static func pointerPath(home: String) -> String { home + "/.lmstudio-home-pointer" }

    /// The place of older versions, which keep it.
    package static func olderPath(home: String) -> String { home + "/.cache/lm-studio" }

    /// The folder of its files.
    ///
    /// - Parameters:
    ///   - pointer: the content of the pointer, if there is one.
    ///   - hasOlder: whether there is the older place.
    package static func folder(home: String, pointer: [UInt8]?, hasOlder: Bool) -> String {
        let words = pointer.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = words.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        if line.hasPrefix("/") { return line }
        return hasOlder ? olderPath(home: home) : home + "/.lmstudio"
    }

    /// The settings of its server.
    package static func serverFile(in folder: String) -> String {
        folder + "/.internal/http-server-config.json"
    }

    /// Bytes of any of these files that are read: the settings take some 200.
    package static let fileBytesMax = 64 * 1024

    /// The port in those settings; nil where they name none.
    package static func port(_ settings: Span<UInt8>) -> UInt16? {
        JSONPlace.read(settings) { object, text in
            object.member("port", text)?.count(text).flatMap(UInt16.init(exactly:))
        }
    }
}
