import CrowdModelsProtocol

extension Agent {
    /// All agents that are known, in the order of the help.
    static let all = [claude, codex, opencode, aider, goose, qwen, llm, ollama, openai, anthropic]

    /// It takes a Unix socket by a variable (tried with 2.1.332). Without its own words for a model
    /// it would ask for names of its maker's, and take a context of a million tokens for granted.
    private static let claude = Agent(
        "claude", program: "claude", "Claude Code, over the Unix socket", takesSocket: true
    ) { target in
        var setup = Setup()
        setup.set("ANTHROPIC_UNIX_SOCKET", target.socketPath)
        setup.set("ANTHROPIC_BASE_URL", "http://localhost")
        setup.set("ANTHROPIC_AUTH_TOKEN", key)
        setup.set("ANTHROPIC_API_KEY", "")
        for name in [
            "ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL",
            "ANTHROPIC_DEFAULT_HAIKU_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL",
        ] {
            setup.set(name, target.model.id)
        }
        // What changes with each request would cost the server its cache of the prompt.
        setup.set("CLAUDE_CODE_ATTRIBUTION_HEADER", "0")
        setup.set("CLAUDE_CODE_TOTAL_TOKENS_REMINDER", "off")
        setup.set("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
        setup.set("CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY", "1")
        setup.set("CLAUDE_CODE_MAX_CONTEXT_TOKENS", target.context.map { "\($0)" })
        setup.set("CLAUDE_CODE_AUTO_COMPACT_WINDOW", target.context.map { "\($0)" })
        return setup
    }

    /// Its configuration is overruled by arguments, and stays in force but for these.
    private static let codex = Agent("codex", program: "codex", "Codex CLI") { target in
        var settings = [
            "model_provider=\"crowd-models\"", "model=\(text(target.model.id))",
            "model_providers.crowd-models.name=\"Crowd Models\"",
            "model_providers.crowd-models.base_url=\(text(target.url + "/v1"))",
            "model_providers.crowd-models.wire_api=\"responses\"",
        ]
        if let context = target.context { settings.append("model_context_window=\(context)") }
        var setup = Setup()
        setup.arguments = settings.flatMap { ["-c", $0] }
        return setup
    }

    /// A configuration in a variable is laid over the user's own.
    private static let opencode = Agent("opencode", program: "opencode", "OpenCode") { target in
        var models = JSONObject()
        for model in target.models {
            var shown: JSONObject = ["name": .string(model.id)]
            if let context = model.loadedContextLength ?? model.maxContextLength {
                shown["limit"] = [
                    "context": .integer(context), "output": .integer(max(context / 4, 1)),
                ]
            }
            models[model.id] = .object(shown)
        }
        let name = JSONValue.string("crowd-models/\(target.model.id)")
        let provider: JSONValue = [
            "npm": "@ai-sdk/openai-compatible", "name": "Crowd Models",
            "options": ["baseURL": .string(target.url + "/v1"), "apiKey": .string(key)],
            "models": .object(models),
        ]
        let configuration: JSONValue = [
            "model": name, "small_model": name, "provider": ["crowd-models": provider],
        ]
        var setup = Setup()
        setup.set("OPENCODE_CONFIG_CONTENT", configuration.text)
        return setup
    }

    private static let aider = Agent("aider", program: "aider", "Aider") { target in
        var setup = openAI(target)
        setup.set("AIDER_MODEL", "openai/\(target.model.id)")
        setup.set("AIDER_WEAK_MODEL", "openai/\(target.model.id)")
        setup.set("AIDER_SHOW_MODEL_WARNINGS", "false")
        return setup
    }

    private static let goose = Agent("goose", program: "goose", "Goose") { target in
        var setup = Setup()
        setup.set("GOOSE_PROVIDER", "openai")
        setup.set("GOOSE_MODEL", target.model.id)
        setup.set("OPENAI_HOST", target.url)
        setup.set("OPENAI_BASE_PATH", "v1/chat/completions")
        setup.set("OPENAI_API_KEY", key)
        setup.set("GOOSE_CONTEXT_LIMIT", target.context.map { "\($0)" })
        return setup
    }

    private static let qwen = Agent("qwen", program: "qwen", "Qwen Code") { target in
        var setup = openAI(target)
        setup.set("OPENAI_MODEL", target.model.id)
        return setup
    }

    /// It knows servers by a file of its folder alone; all else there is shown as it is.
    private static let llm = Agent("llm", program: "llm", "LLM, Simon Willison's") { target in
        let models = target.models.map { model in
            """
            - model_id: \(text(model.id))
              model_name: \(text(model.id))
              api_base: \(text(target.url + "/v1"))
              supports_schema: true
              supports_tools: true\(model.type == "vlm" ? "\n  vision: true" : "")

            """
        }
        var setup = Setup()
        setup.folder = Setup.Folder(
            variable: "LLM_USER_PATH", home: ".config/io.datasette.llm",
            files: [
                "extra-openai-models.yaml": models.joined(),
                "default_model.txt": target.model.id + "\n",
            ], made: ["logs.db"])
        return setup
    }

    private static let ollama = Agent("ollama", program: "ollama", "Ollama's client") { target in
        var setup = Setup()
        setup.set("OLLAMA_HOST", target.url)
        return setup
    }

    private static let openai = Agent(
        "openai", program: nil, "a program of yours that uses OpenAI's libraries"
    ) { target in
        var setup = openAI(target)
        setup.set("OPENAI_MODEL", target.model.id)
        return setup
    }

    private static let anthropic = Agent(
        "anthropic", program: nil, "a program of yours that uses Anthropic's libraries"
    ) { target in
        var setup = Setup()
        setup.set("ANTHROPIC_BASE_URL", target.url)
        setup.set("ANTHROPIC_API_KEY", key)
        setup.set("ANTHROPIC_MODEL", target.model.id)
        return setup
    }

    /// What OpenAI's libraries read, the older ones too.
    private static func openAI(_ target: Target) -> Setup {
        var setup = Setup()
        setup.set("OPENAI_BASE_URL", target.url + "/v1")
        setup.set("OPENAI_API_BASE", target.url + "/v1")
        setup.set("OPENAI_API_KEY", key)
        return setup
    }

    /// A string as JSON has it; TOML and YAML read the same.
    private static func text(_ value: String) -> String { JSONValue.string(value).text }
}
