import Configuration
import Testing

@testable import RPCDaemon

/// What the daemon is told on its command line.
@Suite struct OptionsTests {
    @Test func `each option is understood in both spellings`() throws {
        let apart = try Options([
            "--config", "/c", "--socket", "/s", "--log-level", "debug", "--log-format", "json",
        ])
        let together = try Options([
            "--config=/c", "--socket=/s", "--log-level=debug", "--log-format=json",
        ])
        #expect(apart == together)
        #expect(apart.config == "/c")
        #expect(apart.socket == "/s")
        #expect(apart.logLevel == .debug)
        #expect(apart.logFormat == .json)
    }

    @Test func `what is asked for without a value is a switch`() throws {
        #expect(try Options(["--check-config"]).isCheckOnly)
        #expect(try Options(["--print-openrpc"]).isOpenRPCOnly)
        #expect(try Options(["-V"]).isVersionOnly)
        #expect(try Options(["-h"]).isHelpOnly)
        #expect(try Options(["-c", "x"]).config == "x")
    }

    @Test(arguments: [
        (["--config"], "--config needs a value"),
        (["--socket", ""], "--socket needs a value"),
        (["--help=yes"], "--help takes no value"),
        (["--log-level", "loud"], "--log-level is error, warning, info or debug, not loud"),
        (["--log-format=xml"], "--log-format is auto, plain or json, not xml"),
        (["config.toml"], "unknown argument config.toml"),
        (["--chek-config"], "unknown argument --chek-config; did you mean --check-config?"),
    ])
    func `what cannot be followed is said in a sentence`(
        arguments: [String], message: String
    ) throws {
        #expect(throws: UsageError(message)) { try Options(arguments) }
    }

    @Test func `the help names every option`() {
        for name in [
            "--config", "--socket", "--check-config", "--print-openrpc", "--log-level",
            "--log-format", "--version", "--help",
        ] {
            #expect(Options.help.contains(name))
        }
    }
}
