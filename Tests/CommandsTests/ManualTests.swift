import Glibc
import Screen
import Testing

@testable import Commands

/// The pages of the manual.
@Suite struct ManualTests {
    @Test func `the page is what the lists of commands say`() throws {
        // UPDATE_DOCS=1 writes it anew, as `make docs` does with the other documents.
        let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "\(folder)/docs/man/crowd-models.1"
        let text = Manual.page.text
        if getenv("UPDATE_DOCS") != nil, let file = fopen(path, "w") {
            fputs(text, file)
            fclose(file)
        }
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = fread(&bytes, 1, bytes.count, file)
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == text)
    }

    @Test func `it has every command and every option`() {
        let text = Manual.page.text
        for command in Command.all {
            #expect(text.contains(".SS crowd\\-models \(command.name)"))
            for option in command.options {
                let name = option.name.replacing("-", with: "\\-")
                #expect(text.contains("\\-\\-\(name)"))
            }
        }
    }

    @Test func `a program's help makes a page`() {
        let page = ManPage(
            help: """
                thing: does things.

                Usage: thing [OPTION...]

                  --one X   the first,
                            on two lines
                  --two     .second

                Talk to it:
                  echo 'x\\n' | thing
                """)
        #expect(
            page.text == """
                .TH THING 1
                .nh
                .ad l
                .SH NAME
                thing \\- does things
                .SH SYNOPSIS
                .PP
                thing [OPTION...]
                .SH OPTIONS
                .TP
                .B \\-\\-one X
                the first, on two lines
                .TP
                .B \\-\\-two
                \\&.second
                .SH NOTES
                .PP
                Talk to it:
                .PP
                .nf
                .RS 4
                echo 'x\\en' | thing
                .RE
                .fi

                """)
    }
}
