import Testing

@testable import Configuration

/// What an invalid file is told.
@Suite struct ConfigProblemTests {
    static let backend = "[[llm_backends]]\nname = \"a\"\nendpoint = \"http://h\"\n"

    @Test(arguments: [
        (
            "defaul_model = 'x'",
            "1:1: unknown key `defaul_model` in the top level: did you mean `default_model`?"
        ),
        ("[server]\nsoket = ''", "2:1: unknown key `soket` in [server]: did you mean `socket`?"),
        ("[Server]", "1:2: unknown key `Server` in the top level: did you mean `server`?"),
        ("[log]\nlevle = 'info'", "2:1: unknown key `levle` in [log]: did you mean `level`?"),
        (
            "[limits]\nline-bytes-max = 1",
            "2:1: unknown key `line-bytes-max` in [limits]: did you mean `line_bytes_max`?"
        ),
        (
            backend + "rate = 1",
            "4:1: unknown key `rate` in [[llm_backends]]: did you mean `rate_limit`?"
        ),
        (
            backend + "tiemout = 1",
            "4:1: unknown key `tiemout` in [[llm_backends]]: did you mean `timeout`?"
        ),
        (
            backend + "models = []",
            "4:1: unknown key `models` in [[llm_backends]]: did you mean `supported_models`?"
        ),
        (
            "llm_backend = []",
            "1:1: unknown key `llm_backend` in the top level: did you mean `llm_backends`?"
        ),
        (
            "[log]\nsocket = ''",
            "2:1: unknown key `socket` in [log]: it belongs in [server]; the nearest key here is `format`"
        ),
        (
            "[discovery]\n'a b' = 1",
            "2:1: unknown key `\"a b\"` in [discovery]: the nearest known key is `hosts`; known are `enabled`, `interval`, `hosts`, `ports`, `sockets`"
        ),
    ])
    func `an unknown key names the nearest known one`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test(arguments: [
        (
            "default_model = 1",
            "1:17: `default_model` must be a string (a model's name), not an integer"
        ),
        (
            backend + "timeout = '5'",
            "4:11: `timeout` must be an integer or a float (seconds), not a string"
        ),
        (
            backend + "rate_limit = 1.5",
            "4:14: `rate_limit` must be an integer (requests per minute), not a float"
        ),
        (
            backend + "kind = true",
            "4:8: `kind` must be a string (one of \"auto\", \"lmstudio\", \"ollama\", \"llama.cpp\", \"vllm\", \"openai\"), not a boolean"
        ),
        (
            backend + "supported_models = 'm'",
            "4:20: `supported_models` must be an array of strings (model names), not a string"
        ),
        (
            backend + "supported_models = ['m',\n 1]",
            "5:2: `supported_models` must be an array of strings (model names), but element 2 is an integer"
        ),
        (
            backend + "api_key = 123456",
            "4:11: `api_key` must be a string (the key), not an integer"
        ),
        (
            backend + "priority = 2020-01-01",
            "4:12: `priority` must be an integer (lower is tried first), not a local date"
        ),
        (
            "[discovery]\nenabled = 1",
            "2:11: `enabled` must be a boolean (true or false), not an integer"
        ),
        (
            "[discovery]\nports = ['1']",
            "2:10: `ports` must be an array of integers (port numbers), but element 1 is a string"
        ),
        (
            "[server]\nmode = 0o600",
            "2:8: `mode` must be a string (octal digits, such as \"0600\"), not an integer"
        ),
        (
            "[server]\nadmin_uids = {}",
            "2:14: `admin_uids` must be an array of integers (user ids), not a table"
        ),
        ("server = 1", "1:1: `server` must be a table, not an integer"),
        ("[[server]]", "1:3: `server` must be a table, not an array; write [server] once"),
        ("aliases = []", "1:1: `aliases` must be a table, not an array; write [aliases] once"),
        (
            "[llm_backends]",
            "1:2: `llm_backends` must be an array of tables, not a table; write [[llm_backends]]"
        ),
        (
            "llm_backends = ['x']",
            "1:17: `llm_backends` must be an array of tables, but element 1 is a string"
        ),
        (
            "[aliases]\na = 1",
            "2:5: alias `a` must be a string (a model's name) or an array of them, not an integer"
        ),
        (
            "[aliases]\na = ['b', 1]",
            "2:11: alias `a` must be a string or an array of strings (models' names), but "
                + "element 2 is an integer"
        ),
        (
            "[aliases]\nqwen2.5 = 'x'",
            "2:1: alias `qwen2` must be a string (a model's name) or an array of them, "
                + "not a table; a name with a dot stands in quotes"
        ),
    ])
    func `a wrong type names both types`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test(arguments: [
        (
            backend + "rate_limit = 0",
            "4:14: `rate_limit` is 0; allowed is 1 to 1000000 (requests per minute); leave the key out for no limit"
        ),
        (
            backend + "max_concurrent = -1",
            "4:18: `max_concurrent` is -1; allowed is 0 to 10000 (requests; 0 asks the server)"
        ),
        (backend + "timeout = 0", "4:11: `timeout` is 0; allowed is 0.001 to 86400 (seconds)"),
        (backend + "timeout = nan", "4:11: `timeout` is nan; allowed is 0.001 to 86400 (seconds)"),
        (
            backend + "connect_timeout = inf",
            "4:19: `connect_timeout` is inf; allowed is 0.001 to 3600 (seconds)"
        ),
        (
            backend + "timeout = -0.5",
            "4:11: `timeout` is -0.5; allowed is 0.001 to 86400 (seconds)"
        ),
        ("[discovery]\ninterval = 0", "2:12: `interval` is 0; allowed is 0.05 to 3600 (seconds)"),
        ("[discovery]\nports = [1234, 0]", "2:16: `ports` element 2 is 0; allowed is 1 to 65535"),
        (
            "[discovery]\nhosts = ['127.0.0.1:1234']",
            "2:10: `hosts` element 1 must be a host name or an address alone; ports go into `ports`, and a URL into [[llm_backends]]"
        ),
        (
            "[server]\nadmin_uids = [-1]",
            "2:15: `admin_uids` element 1 is -1; allowed is 0 to 4294967294"
        ),
        (
            "[server]\nidle_exit = 1e30",
            "2:13: `idle_exit` is 1e+30; allowed is 0 to 31536000 (seconds)"
        ),
        (
            "[server]\nmode = '0888'",
            "2:8: `mode` must be a file mode in octal digits from \"0000\" to \"0777\", such as \"0600\""
        ),
        (
            "[server]\nmode = '7777'",
            "2:8: `mode` must be a file mode in octal digits from \"0000\" to \"0777\", such as \"0600\""
        ),
        (
            "[server]\nmode = '+600'",
            "2:8: `mode` must be a file mode in octal digits from \"0000\" to \"0777\", such as \"0600\""
        ),
        (
            "[server]\nsocket = 'x.sock'",
            "2:10: `socket` must be an absolute path: daemon and clients start in different folders"
        ),
        (
            "[log]\nlevel = 'inf'",
            "2:9: `level` is \"inf\", but must be one of \"error\", \"warning\", \"info\", \"debug\": did you mean \"info\"?"
        ),
        (
            "[log]\nformat = 'xml!'",
            "2:10: `format` is \"xml!\", but must be one of \"auto\", \"plain\", \"json\""
        ),
        (
            backend + "kind = 'LMStudio'",
            "4:8: `kind` is \"LMStudio\", but must be one of \"auto\", \"lmstudio\", \"ollama\", \"llama.cpp\", \"vllm\", \"openai\": did you mean \"lmstudio\"?"
        ),
        (
            backend + "supported_models = ['']",
            "4:21: `supported_models` element 1 is empty; name a model"
        ),
        (
            backend + "api_key = 'a\tb'",
            "4:11: `api_key` holds a space, a control character or a letter beyond ASCII"
        ),
        (backend + "api_key_file = 'key'", "4:16: `api_key_file` must be an absolute path"),
        (
            backend + "api_key_env = 'A=B'",
            "4:15: `api_key_env` must be the name of an environment variable"
        ),
        (
            backend + "api_key_credential = '../x'",
            "4:22: `api_key_credential` must be the name of a systemd credential, which has no slash"
        ),
        ("[aliases]\na = ''", "2:1: alias `a` needs a name and a model"),
        ("[aliases]\na = []", "2:1: alias `a` needs a name and a model"),
        (
            "[aliases]\na = ['x', 'y']\nb = ['y', 'b']",
            "3:1: alias `b` leads back to an alias and never to a model"
        ),
        (
            "[discovery]\nsockets = ['run/x']",
            "2:12: `sockets` element 1 must be an absolute path"
        ),
        (
            "[http]\nlisten = '11434'",
            "2:10: `listen` must be an address and a port, such as \"127.0.0.1:11434\" or \"[::1]:8000\""
        ),
        (
            "[http]\nhosts = ['a:1']",
            "2:10: `hosts` element 1 must be a host name or an address alone, without a port"
        ),
        (
            "[http]\norigins = ['http://a/']",
            "2:12: `origins` element 1 must be a scheme, a host and a port if it is not the usual one, such as http://localhost:3000, and nothing behind them"
        ),
        ("[aliases]\na = 'a'", "2:1: alias `a` leads back to an alias and never to a model"),
    ])
    func `a value out of range says what is allowed`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func `each limit refuses what is beyond its range, by name`() {
        for key in Limits.keys {
            for bad in [key.range.lowerBound - 1, key.range.upperBound + 1] {
                #expect(
                    problems("[limits]\n\(key.name) = \(bad)") == [
                        "2:\(key.name.count + 4): `\(key.name)` is \(bad); allowed is "
                            + "\(key.range.lowerBound) to \(key.range.upperBound) (\(key.unit))"
                    ])
            }
            for good in [key.range.lowerBound, key.range.upperBound] {
                #expect(problems("[limits]\n\(key.name) = \(good)") == [])
            }
        }
        #expect(problems("[limits]\nwrite_stall = 0").count == 1)
        #expect(problems("[limits]\nwrite_stall = 3600").isEmpty)
    }

    @Test(arguments: [
        (
            "[[llm_backends]]\nendpoint = 'http://h'",
            "1:1: `name` is missing in [[llm_backends]]; give each backend one"
        ),
        (
            "[[llm_backends]]\nname = 'a'",
            "1:1: `endpoint` is missing in backend \"a\"; for LM Studio it is http://localhost:1234"
        ),
        (
            "[[llm_backends]]\nname = ''\nendpoint = 'http://h'",
            "2:8: `name` is empty; give each backend a name"
        ),
        (
            "[[llm_backends]]\nname = 'a'\nendpoint = 'localhost:1234'",
            "3:12: `endpoint` has no scheme; did you mean `http://localhost:1234`?"
        ),
        (
            backend + "[[llm_backends]]\nname = 'a'\nendpoint = 'http://g'",
            "5:8: `name` \"a\" is taken by the backend at line 2; each backend needs its own"
        ),
        (
            backend + "api_key = 'x'\napi_key_env = 'Y'",
            "5:1: `api_key` and `api_key_env` exclude each other; keep the one that is meant"
        ),
    ])
    func `a backend has a name of its own, an endpoint and one key`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func `https is an endpoint like any other, and its certificates are an absolute path`() {
        let backend = "[[llm_backends]]\nname = 'a'\nendpoint = 'https://api.x.com/v1'\n"
        #expect(problems(backend + "ca_file = '/etc/ssl/own.pem'").isEmpty)
        #expect(problems(backend + "ca_file = ''").isEmpty)
        #expect(
            problems(backend + "ca_file = 'own.pem'") == [
                "4:11: `ca_file` must be an absolute path"
            ])
    }

    @Test func `all problems are told at once and in the order of the text`() {
        let text = """
            defaultmodel = "x"
            [[llm_backends]]
            endpoint = "http//x"
            timeout = "5"
            [[llm_backends]]
            name = 7
            colour = "red"
            [limits]
            depth_max = 0
            [server]
            mode = "rw"
            [log]
            level = "loud"
            """
        let lines = problems(text).map { $0.prefix { $0 != " " } }
        #expect(
            lines == [
                "1:1:", "2:1:", "3:12:", "4:11:", "5:1:", "6:8:", "7:1:", "9:13:", "11:8:", "13:9:",
            ])
    }

    @Test func `a text that is no TOML has one problem with its place`() {
        #expect(problems("a = 1\nb = ") == ["2:5: expected a value, found the end of the file"])
    }

    @Test func `a file beyond its limit is refused by the limit's name`() {
        let text = String(repeating: "#", count: Limits.configurationBytesMax + 1)
        #expect(problems(text).first?.contains("configuration_bytes_max") == true)
        #expect(problems(String(text.dropFirst())) == [])
    }

    @Test func `names and socket paths beyond their limits are refused by the limits' names`() {
        let name = String(repeating: "n", count: Limits.nameBytesMax)
        let start = "[[llm_backends]]\nendpoint = 'http://h'\nname = "
        #expect(problems(start + "'\(name)'") == [])
        #expect(problems(start + "'\(name)n'").first?.contains("name_bytes_max") == true)
        let path = "/" + String(repeating: "p", count: Limits.socketPathBytesMax - 1)
        #expect(problems("[server]\nsocket = '\(path)'") == [])
        #expect(
            problems("[server]\nsocket = '\(path)p'").first?.contains("socket_path_bytes_max")
                == true)
    }

    @Test func `no problem repeats a key or a password`() {
        let text = """
            [[llm_backends]]
            name = "a"
            endpoint = "http://user:hunter2@h"
            api_key = "hunter2 hunter2"
            [[llm_backends]]
            name = "b"
            endpoint = "user:hunter2@h:1"
            """
        let found = problems(text)
        #expect(found.count == 3)
        #expect(found.allSatisfy { !$0.contains("hunter2") })
    }
}
