import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let report = Command(
        "report", "write a page with plots of the current numbers", arguments: "[FILE]",
        words: 0...1,
        options: [
            Option("window", "w", "W", "the window shown in full: 1m, 5m, 15m, 1h or total")
        ],
        details: """
            The page is one file of HTML that needs nothing from elsewhere: tokens per second, time
            to first token, latency and queue, by window, backend, model and client. Without FILE
            it goes to standard output. The window is 1h if not given.
            """,
        examples: ["crowd-models report report.html", "crowd-models report -w total > all.html"],
        exits: "0; 69 without a daemon; 73 if FILE cannot be written.",
        run: runReport)

    private static let reportWindows = ["1m", "5m", "15m", "1h", "total"]

    private static func runReport(_ session: Session) throws(Failure) {
        let window = try session.invocation.choice("window", of: reportWindows) ?? "1h"
        let path = try DaemonSearch(flag: session.invocation["socket"]).find()
        let connection = try DaemonConnection(to: path)
        var answers: [JSONValue] = []
        for window in reportWindows {
            let id = try connection.send("\(Method.stats.name)", ["window": .string(window)])
            answers.append(try connection.result(of: id))
        }
        if session.isJSON {
            session.output.appendLine(json: .array(answers))
            return try session.output.flush()
        }
        var windows: [StatsResult] = []
        for answer in answers { windows.append(try StatsResult(answer: answer)) }
        let page = ReportPage(
            windows: windows, main: reportWindows.firstIndex(of: window) ?? 0, daemon: path,
            written: LocalTime.date() + " " + LocalTime.clock())
        if let file = session.words.first, file != "-" {
            try OutputFile.write(page.text, to: file)
        } else {
            session.output.append(page.text)
            try session.output.flush()
        }
    }
}
