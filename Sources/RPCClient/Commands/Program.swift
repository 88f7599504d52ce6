import CrowdModelsProtocol
import Glibc
import Link
import Screen

/// The program: reads the command line, runs one command, says how it went.
package enum Program {
    package static func main() {
        Interruption.prepare()
        let asJSON = CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains("--json")
        do throws(Failure) {
            try run()
        } catch {
            TerminalMode.leave()
            OpenLines.end()
            error.tell(asJSON: asJSON)
            exit(error.code.number)
        }
    }

    private static func run() throws(Failure) {
        try checkEncoding()
        let invocation = try Invocation(Array(CommandLine.arguments.dropFirst()))
        let session = Session(invocation: invocation)
        if invocation.isSet("help") {
            session.output.append(lines: Help.lines(of: invocation.command, session.output.layout))
            return try session.output.flush()
        }
        if invocation.isSet("version") {
            session.output.appendLine("crowd-models \(Release.version)")
            return try session.output.flush()
        }
        guard let command = invocation.command else {
            if session.isJSON { throw Failure(.usage, "no command given") }
            let layout = Layout(descriptor: STDERR_FILENO)
            for line in Help.lines(of: nil, layout) { ErrorOutput.write(line + "\n") }
            exit(ExitCode.usage.number)
        }
        try command.check(invocation.words)
        try limitTime(invocation, asJSON: session.isJSON)
        try command.run(session)
    }

    private static func limitTime(_ invocation: Invocation, asJSON: Bool) throws(Failure) {
        guard let seconds = try invocation.number("timeout") else { return }
        let secondsMax = Double(CompleteMethod.millisecondsMax / 1000)
        guard seconds > 0, seconds <= secondsMax else {
            throw Failure(
                .usage, "--timeout takes seconds above 0 and up to \(Int(secondsMax)), a year")
        }
        let failure = Failure(.tryLater, "not done after \(Units.seconds(seconds)) (--timeout)")
        Interruption.limit(seconds: seconds, message: failure.line(asJSON: asJSON))
    }

    /// Swift repairs arguments that are not UTF-8; a prompt or a path must not change in silence.
    private static func checkEncoding() throws(Failure) {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { continue }
            if unsafe String(validatingCString: argument) == nil {
                throw Failure(.badData, "argument \(index) is not valid UTF-8")
            }
        }
    }
}
