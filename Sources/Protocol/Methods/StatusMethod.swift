/// `status`: what the daemon is and how it fares.
public enum StatusMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .status, "What the daemon is and how it fares.",
        result: .status,
        examples: [
            MethodExample(
                "how is it?",
                result: #"""
                    {"name": "crowd-models-executor", "version": "0.1.0", "pid": 4711,
                     "uptime_seconds": 3600.5, "socket":
                     "/run/user/1000/crowd-models/executor.sock", "config":
                     "/home/ann/.config/crowd-models/config.toml", "in_flight": 1, "queued": 0,
                     "connections": 2, "limits": {"line_bytes_max": 8388608, "depth_max": 128,
                     "batch_max": 100, "id_bytes_max": 4096, "name_bytes_max": 1024,
                     "connections_max": 4096, "connections_per_uid_max": 1024,
                     "in_flight_per_connection_max": 64, "queue_max": 256, "memory_max":
                     1073741824, "output_bytes_max": 8388608,
                     "list_bytes_max": 16777216, "error_body_bytes_max": 65536,
                     "write_stall": 10}, "backends":
                     {"up": 1}}
                    """#)
        ])
}
