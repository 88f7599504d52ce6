/// What is parsed, its newline included.
enum Samples {
    /// 60 bytes, as a tool writes them again and again.
    static let smallRequest = Array(
        #"{"jsonrpc":"2.0","id":12345678,"method":"ping","params":{}}"#.utf8 + [0x0A])

    /// A completion whose messages hold prose in several alphabets, escapes, code, and tools with
    /// nested schemas and numbers: a long conversation of an agent.
    static func longLine(bytes: Int) -> [UInt8] {
        let prose =
            #"{"role":"user","content":"The harbour was quiet that evening; the wind had turned "#
            + #"north-west and the lamps were lit early. \"Nobody sails tonight\", said the cook, "#
            + #"and he was right.\nDie Möwen schwiegen, и море было спокойно, 海は静かだった。"}"#
        let tool =
            #"{"role":"tool","tool_call_id":"call_7","content":"{\"rows\":[[1,2.5,-3e4],[4,5,6]],"#
            + #"\"path\":\"C:\\\\data\\\\a.txt\",\"ok\":true}","meta":{"ids":[101,102,103,104,105],"#
            + #""score":0.8125,"nested":{"a":{"b":[null,true,false,{"c":"d"}]}}}}"#
        var line = Array(
            #"{"jsonrpc":"2.0","id":1,"method":"complete","params":{"messages":["#.utf8)
        while line.count < bytes {
            line += Array((prose + "," + tool + ",").utf8)
        }
        line.removeLast()
        return line + Array("]}}\n".utf8)
    }
}
