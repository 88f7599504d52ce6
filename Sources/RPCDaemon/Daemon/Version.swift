import CrowdModelsProtocol

/// Which program this is, and which of its versions.
enum Version {
    static let name = "crowd-models-executor"
    static let number = Release.version
}
