/// `config.get`: the configuration in force.
public enum ConfigGetMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .configGet, "The configuration in force, keyed as in config.toml.",
        "With every default filled in. Secrets are shown as `***`.",
        result: .configResult,
        examples: [
            MethodExample(
                "all of it",
                result: #"""
                    {"default_model": "", "server": {"socket": "", "mode": "0600", "idle_exit":
                     0, "shutdown_timeout": 30, "admin_uids": [], "allowed_uids": [],
                     "allowed_gids": []}, "discovery": {"enabled": true, "interval": 1, "hosts":
                     ["127.0.0.1", "::1"], "ports": [], "sockets": []}, "llm_backends": [{"name": "lmstudio",
                     "endpoint": "http://localhost:1234/api/v0", "kind": "auto", "api_key":
                     "***", "supported_models": [], "max_concurrent": 0, "priority": 0,
                     "timeout": 300, "connect_timeout": 5, "ca_file": ""}], "aliases": {"fast":
                     "qwen3-4b"}, "http": {"listen": "", "hosts": [], "origins": []},
                     "limits": {"line_bytes_max": 8388608, "depth_max": 128, "batch_max": 100,
                     "id_bytes_max": 4096, "name_bytes_max": 1024,
                     "connections_max": 4096, "connections_per_uid_max": 1024,
                     "in_flight_per_connection_max": 64, "queue_max": 256, "memory_max":
                     1073741824, "output_bytes_max": 8388608,
                     "list_bytes_max": 16777216, "error_body_bytes_max": 65536,
                     "write_stall": 10}, "log": {"level": "info", "format": "auto"}}
                    """#)
        ])
}
