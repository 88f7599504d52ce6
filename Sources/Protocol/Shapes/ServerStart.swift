/// How a person starts a model server of a kind, as `backends.list` names kinds: one table for the
/// daemon's log and for `doctor`.
package enum ServerStart {
    /// Nil where there is no one way.
    package static func command(of kind: String) -> String? { commands[kind] }

    private static let commands: [String: String] = [
        "lmstudio": "LM Studio's Local Server tab, or: lms server start",
        "ollama": "ollama serve",
        "llama.cpp": "llama-server -m MODEL.gguf",
        "llama-swap": "llama-swap --config config.yaml",
        "vllm": "vllm serve MODEL",
        "sglang": "python3 -m sglang.launch_server --model-path MODEL",
        "localai": "local-ai run",
        "koboldcpp": "koboldcpp --model MODEL.gguf",
        "jan": "Jan's Local API Server, or: jan serve",
        "gpt4all": "GPT4All's settings, Enable Local API Server",
        "text-generation-webui": "python3 server.py --api",
        "mlx_lm": "mlx_lm.server --model MODEL",
        "docker-model-runner": "docker desktop enable model-runner --tcp 12434",
        "lemonade": "lemonade-server serve",
        "litellm": "litellm --config config.yaml",
    ]
}
