import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let sockname = Command(
        "sockname", "print the path of the daemon's socket",
        details: """
            With --socket PATH or $CROWD_MODELS_SOCKET it is that path, and no other daemon is
            looked for. Otherwise it is the first of these that exists:
              the [server] socket of $CROWD_MODELS_CONFIG, or else of
                $XDG_CONFIG_HOME/crowd-models/config.toml (~/.config without the variable)
              $XDG_RUNTIME_DIR/crowd-models/executor.sock (/run/user/$UID without it)
              /tmp/crowd-models-$UID/executor.sock, if that folder is yours alone
              /run/crowd-models/executor.sock
            A config.toml in the current folder is never asked. Exit 69 if none exists.
            """,
        examples: ["socat - UNIX-CONNECT:$(crowd-models sockname)"]
    ) { (session) throws(Failure) in
        let path = try DaemonSearch(flag: session.invocation["socket"]).find()
        if session.isJSON {
            session.output.appendLine(json: ["socket": .string(path)])
        } else {
            session.output.appendLine(Printable.escaping(path))
        }
        try session.output.flush()
    }
}
