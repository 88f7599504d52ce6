import Backends
import Testing

/// Where LM Studio keeps its files, and what they say.
@Suite struct LMStudioHomeTests {
    @Test(
        arguments: [
            (nil, false, "/home/u/.lmstudio"), (nil, true, "/home/u/.cache/lm-studio"),
            ("/data/lms\n", true, "/data/lms"), ("", false, "/home/u/.lmstudio"),
            ("relative", false, "/home/u/.lmstudio"),
        ] as [(String?, Bool, String)])
    func `the pointer goes before the older place, and that before the usual one`(
        pointer: String?, hasOlder: Bool, folder: String
    ) {
        let bytes = pointer.map { Array($0.utf8) }
        #expect(
            LMStudioHome.folder(home: "/home/u", pointer: bytes, hasOlder: hasOlder) == folder)
    }

    @Test(
        arguments: [
            (#"{"port":4321,"networkInterface":"127.0.0.1"}"#, 4321), (#"{"port":65536}"#, nil),
            (#"{"port":0}"#, nil), (#"{"port":"1234"}"#, nil), ("", nil), ("[]", nil), ("{", nil),
        ] as [(String, UInt16?)])
    func `the settings name a port, or none`(settings: String, port: UInt16?) {
        #expect(LMStudioHome.port(Array(settings.utf8).span) == port)
    }
}
