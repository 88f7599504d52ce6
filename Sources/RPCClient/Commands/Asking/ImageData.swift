/// An image as the `data:` URL that a message carries.
enum ImageData {
    /// The URL of an image; nil for bytes that begin like no image that model servers read.
    static func url(_ bytes: [UInt8]) -> String? {
        mediaType(bytes).map { "data:\($0);base64,\(base64(bytes))" }
    }

    /// The media type, told by the first bytes.
    private static func mediaType(_ bytes: [UInt8]) -> String? {
        let signatures: [(bytes: [UInt8], at: Int, type: String)] = [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], 0, "image/png"),
            ([0xFF, 0xD8, 0xFF], 0, "image/jpeg"),
            (Array("GIF87a".utf8), 0, "image/gif"),
            (Array("GIF89a".utf8), 0, "image/gif"),
            (Array("WEBP".utf8), 8, "image/webp"),
        ]
        return signatures.first { bytes.dropFirst($0.at).starts(with: $0.bytes) }?.type
    }

    /// RFC 4648 section 4, with padding.
    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var digits: [UInt8] = []
        digits.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group = UInt32(bytes[start]) << 16
            if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[start + 2]) }
            digits.append(alphabet[Int(group >> 18)])
            digits.append(alphabet[Int(group >> 12 & 63)])
            digits.append(count > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            digits.append(count > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
