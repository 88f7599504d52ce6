import CrowdModelsProtocol

/// What the program tells its caller when it ends, after sysexits.h where that has a number.
package struct ExitCode: Equatable, Sendable {
    package let number: Int32
    /// The name in the JSON form of an error that the client itself found.
    package let kind: String
    /// What it means, for the help.
    package let meaning: String

    private init(_ number: Int32, _ kind: String, _ meaning: String) {
        self.number = number
        self.kind = kind
        self.meaning = meaning
    }

    package static let success = ExitCode(0, "ok", "done")
    package static let failed = ExitCode(
        1, "failed", "failed; an unknown model, an error of the backend")
    package static let usage = ExitCode(64, "usage", "the command line is wrong")
    package static let badData = ExitCode(
        65, "bad_data", "a file, an input or a parameter is wrong")
    package static let unavailable = ExitCode(
        69, "unavailable", "no daemon, or no backend that answers")
    package static let cannotCreate = ExitCode(73, "cannot_create", "the output cannot be written")
    package static let tryLater = ExitCode(75, "try_later", "busy, rate limited, or out of time")
    package static let permission = ExitCode(
        77, "permission", "not allowed, or the key was refused")
    package static let configuration = ExitCode(78, "configuration", "the configuration is wrong")
    package static let interrupted = ExitCode(130, "interrupted", "interrupted by Ctrl-C")

    /// The numbers that signal handlers need: constants, since a handler must run no initialiser.
    package static var interruptedNumber: Int32 { 130 }
    package static var tryLaterNumber: Int32 { 75 }

    /// All of them, for the help.
    package static let all = [
        success, failed, usage, badData, unavailable, cannotCreate, tryLater, permission,
        configuration, interrupted,
    ]

    /// How a command ends that the daemon answered with an error of that code.
    package init(answer code: Int) {
        switch code {
        case ErrorCode.parseError.code, ErrorCode.invalidRequest.code,
            ErrorCode.invalidParams.code, ErrorCode.contextOverflow.code:
            self = .badData
        case ErrorCode.noBackend.code, ErrorCode.backendUnavailable.code: self = .unavailable
        case ErrorCode.rateLimited.code, ErrorCode.busy.code, ErrorCode.timeout.code,
            ErrorCode.shuttingDown.code, ErrorCode.limitExceeded.code,
            ErrorCode.deadlineUnreachable.code:
            self = .tryLater
        case ErrorCode.backendAuth.code, ErrorCode.permissionDenied.code: self = .permission
        default: self = .failed
        }
    }
}
