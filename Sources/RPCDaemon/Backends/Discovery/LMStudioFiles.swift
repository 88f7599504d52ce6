import Kernel

/// Reads what LM Studio leaves in its user's home, as often as it is asked.
struct LMStudioFiles {
    let home: String?

    /// The port that its server was last given; nil where nothing tells.
    func port() -> UInt16? {
        guard let home, !home.isEmpty else { return nil }
        let folder = LMStudioHome.folder(
            home: home, pointer: read(LMStudioHome.pointerPath(home: home)),
            hasOlder: SmallFile.exists(LMStudioHome.olderPath(home: home)))
        return read(LMStudioHome.serverFile(in: folder)).flatMap { LMStudioHome.port($0.span) }
    }

    private func read(_ path: String) -> [UInt8]? {
        SmallFile.read(path, limit: LMStudioHome.fileBytesMax)
    }
}
