package import Screen

/// The program's page of the manual, made from the lists that its help is made from; it has every
/// command, since it may be read beside a newer daemon.
package enum Manual {
    package static var page: ManPage {
        var page = ManPage(
            name: "crowd-models",
            summary: "ask the local daemon that routes to your model servers")
        page.append(section: "Synopsis", [.paragraph(Help.usage)])
        for group in Command.written {
            page.append(section: group.title, group.commands.flatMap(blocks))
        }
        page.append(section: "Options, in any position", [.terms(terms(Option.global))])
        page.append(
            section: "Exit status",
            [
                .terms(
                    Help.exitStatus.map { (number, meaning) in
                        (String(number.drop { $0 == " " }), meaning)
                    })
            ])
        page.append(
            section: "Environment",
            [
                .terms([
                    ("CROWD_MODELS_SOCKET", "the daemon's socket; no other is looked for"),
                    ("CROWD_MODELS_CONFIG", "the configuration that says where the socket is"),
                    ("CROWD_MODELS_MODEL", "the model to ask where -m names none"),
                    ("NO_COLOR", "no colours where it is not empty"),
                    ("COLUMNS", "how wide tables may be on a terminal"),
                ])
            ])
        page.append(section: "See also", [.paragraph("crowd-models-executor(1)")])
        return page
    }

    private static func blocks(_ command: Command) -> [ManPage.Block] {
        var blocks: [ManPage.Block] = [
            .subheading("crowd-models " + command.usage), .paragraph(command.summary + "."),
        ]
        if !command.options.isEmpty { blocks.append(.terms(terms(command.options))) }
        var list: [String] = []
        if let method = command.method {
            blocks.append(.paragraph("It needs a daemon that has the method \(method)."))
        }
        for text in Help.paragraphs(of: command.details) + [""] where !command.details.isEmpty {
            if text.hasPrefix(" ") {
                list.append(String(text.dropFirst()))
                continue
            }
            if !list.isEmpty { blocks.append(.verbatim(list)) }
            list = []
            if !text.isEmpty { blocks.append(.paragraph(text)) }
        }
        if !command.examples.isEmpty { blocks.append(.verbatim(command.examples)) }
        let exits = Help.paragraphs(of: command.exits).joined(separator: " ")
        return blocks + [.paragraph("Exit status: \(exits)")]
    }

    private static func terms(_ options: [Option]) -> [(String, String)] {
        options.map { (String($0.names.drop { $0 == " " }), $0.summary) }
    }
}
