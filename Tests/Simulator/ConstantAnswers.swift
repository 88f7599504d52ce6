import Glibc
import Synchronization

/// The fast path of `--constant`: answers written before any request came.
///
/// It looks at the request line, at the body's length and for `"stream":true`; nothing else. What
/// is not a POST to a chat endpoint goes the long way.
struct ConstantAnswers: Sendable {
    private let v0: [UInt8]
    private let openAI: [UInt8]
    private let stream: [UInt8]

    static let chunks = 20

    init(_ options: Options) {
        let model = options.models.first { !$0.isEmbedding } ?? Model.standard[0]
        let pieces = (0..<ConstantAnswers.chunks).map { $0 == 0 ? "word" : " word" }
        let text = pieces.joined()
        let name = model.id
        let usage = """
            "usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}
            """
        let start = """
            {"id":"chatcmpl-i3gkjwthhw96whukek9tz","object":"chat.completion","created":1731990317,\
            "model":"\(name)","choices":[{"index":0,
            """
        let v0Body =
            start + """
                "logprobs":null,"finish_reason":"stop","message":{"role":"assistant",\
                "content":"\(text)"}}],\(usage),"stats":{"tokens_per_second":51.43709529007664,\
                "time_to_first_token":0.111,"generation_time":0.954,"stop_reason":"eosFound"},\
                "model_info":{"arch":"\(model.arch)","quant":"\(model.quant)","format":"gguf",\
                "context_length":\(model.context)},"runtime":{"name":"llama.cpp-linux-x86_64-avx2",\
                "version":"1.3.0","supported_formats":["gguf"]}}
                """
        let openAIBody =
            start + """
                "message":{"role":"assistant","content":"\(text)","reasoning_content":"",\
                "tool_calls":[]},"logprobs":null,"finish_reason":"stop"}],\(usage),"stats":{},\
                "system_fingerprint":"\(name)"}
                """
        v0 = ConstantAnswers.whole(v0Body)
        openAI = ConstantAnswers.whole(openAIBody)
        stream = ConstantAnswers.stream(name, pieces)
    }

    private static func head(_ type: String) -> String {
        "HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\nContent-Type: \(type)\r\n"
            + "Date: \(Clock.httpDate)\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n"
    }

    private static func whole(_ body: String) -> [UInt8] {
        let length = "Content-Length: \(body.utf8.count)\r\n\r\n"
        return Array((head(Exchange.jsonType) + length + body).utf8)
    }

    private static func stream(_ model: String, _ pieces: [String]) -> [UInt8] {
        let envelope = """
            {"id":"chatcmpl-um3b2l9t12bzrtha63q8","object":"chat.completion.chunk",\
            "created":1747835957,"model":"\(model)","system_fingerprint":"\(model)",\
            "choices":[{"index":0,"delta":
            """
        var frames = pieces.enumerated().map { index, piece in
            let role = index == 0 ? "\"role\":\"assistant\"," : ""
            return envelope
                + "{\(role)\"content\":\"\(piece)\"},\"logprobs\":null,\"finish_reason\":null}]}"
        }
        frames.append(envelope + "{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}")
        frames.append("[DONE]")
        var text = head(Exchange.eventStream) + "Transfer-Encoding: chunked\r\n\r\n"
        for frame in frames {
            let line = "data: \(frame)\n\n"
            text += "\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n"
        }
        return Array((text + "0\r\n\r\n").utf8)
    }

    /// Answers requests as long as they are of this kind; false when the connection is over.
    func serve(_ reader: inout RequestReader, _ socket: Socket, _ journal: Journal) -> Bool {
        while true {
            if reader.waiting.isEmpty, !filled(&reader) { return false }
            switch look(reader.waiting) {
            case .other: return true
            case .incomplete: if !filled(&reader) { return false }
            case .answer(let bytes, let count):
                reader.consume(count)
                journal.constant.wrappingAdd(1, ordering: .relaxed)
                if !socket.send(bytes) { return false }
            }
        }
    }

    private func filled(_ reader: inout RequestReader) -> Bool {
        (try? reader.fill()) != nil
    }

    private enum Look {
        case other
        case incomplete
        case answer([UInt8], count: Int)
    }

    private func look(_ bytes: ArraySlice<UInt8>) -> Look {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return .incomplete }
            let isV0 = ConstantAnswers.begins(base, bytes.count, "POST /api/v0/chat/completions ")
            if !isV0 && !ConstantAnswers.begins(base, bytes.count, "POST /v1/chat/completions ") {
                return bytes.count < 40 && memchr(base, 10, bytes.count) == nil
                    ? .incomplete : .other
            }
            guard let end = ConstantAnswers.find("\r\n\r\n", base, bytes.count) else {
                return .incomplete
            }
            let head = end + 4
            guard let length = ConstantAnswers.length(base, head) else { return .other }
            if bytes.count < head + length { return .incomplete }
            let body = base + head
            let streams =
                ConstantAnswers.find("\"stream\":true", body, length) != nil
                || ConstantAnswers.find("\"stream\": true", body, length) != nil
            return .answer(streams ? stream : isV0 ? v0 : openAI, count: head + length)
        }
    }

    private static func begins(_ base: UnsafeRawPointer, _ count: Int, _ text: StaticString) -> Bool
    {
        count >= text.utf8CodeUnitCount && memcmp(base, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// Where `text` begins in the bytes; memmem is not in the Glibc module.
    private static func find(
        _ text: StaticString, _ base: UnsafeRawPointer, _ count: Int
    ) -> Int? {
        let size = text.utf8CodeUnitCount
        let first = Int32(text.utf8Start[0])
        var at = 0
        while at + size <= count, let next = memchr(base + at, first, count - at - size + 1) {
            let start = UnsafeRawPointer(next)
            if memcmp(start, text.utf8Start, size) == 0 { return start - base }
            at = start - base + 1
        }
        return nil
    }

    /// The Content-Length of a head that ends after `count` bytes; nil without one.
    private static func length(_ base: UnsafeRawPointer, _ count: Int) -> Int? {
        var line = base
        let end = base + count
        while line < end, let feed = memchr(line, 10, end - line) {
            let start = UnsafeRawPointer(feed) + 1
            if end - start > 15,
                strncasecmp(start.assumingMemoryBound(to: CChar.self), "content-length:", 15) == 0
            {
                let number = (start + 15).assumingMemoryBound(to: CChar.self)
                let value = strtol(number, nil, 10)
                return value >= 0 && value <= Request.bodyBytesMax ? value : nil
            }
            line = start
        }
        return nil
    }
}
