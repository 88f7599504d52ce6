extension Schema {
    static let configuration = [configResult, backendConfig]

    static let configResult = Schema(
        "ConfigResult",
        #"""
        {"type": "object", "description": "The configuration in force, keyed as in config.toml.",
         "required": ["server", "discovery", "llm_backends", "aliases", "http", "limits", "log"],
         "properties": {
          "default_model": {"type": "string",
            "description": "The model of requests that name none; empty for none."},
          "server": {"type": "object", "description": "The socket and who may use it.",
            "required": ["socket", "mode", "idle_exit", "shutdown_timeout", "admin_uids",
             "allowed_uids", "allowed_gids"],
            "properties": {
            "socket": {"type": "string", "description": "Its path; empty for the usual one."},
            "mode": {"type": "string", "description": "Its permissions, octal."},
            "idle_exit": {"type": "number", "minimum": 0,
              "description": "Seconds without work after which to exit; 0 for never."},
            "shutdown_timeout": {"type": "number", "minimum": 0,
              "description": "Seconds that running requests get to end."},
            "admin_uids": {"type": "array", "items": {"type": "integer", "minimum": 0},
              "description": "Users who may administer, besides root and the daemon's own."},
            "allowed_uids": {"type": "array", "items": {"type": "integer", "minimum": 0},
              "description": "Users who may connect; empty for all that the mode lets in."},
            "allowed_gids": {"type": "array", "items": {"type": "integer", "minimum": 0},
              "description": "Groups whose members may connect."}}},
          "discovery": {"type": "object", "description": "The search for model servers.",
            "required": ["enabled", "interval", "hosts", "ports", "sockets"], "properties": {
            "enabled": {"type": "boolean", "description": "Whether to look for any."},
            "interval": {"type": "number", "minimum": 0,
              "description": "Seconds between two looks."},
            "hosts": {"type": "array", "items": {"type": "string"},
              "description": "Where to look."},
            "ports": {"type": "array", "items": {"type": "integer", "minimum": 1},
              "description": "Ports to look at, besides the usual ones."},
            "sockets": {"type": "array", "items": {"type": "string"},
              "description": "Paths of Unix sockets to look at."}}},
          "llm_backends": {"type": "array",
            "items": {"$ref": "#/components/schemas/BackendConfig"},
            "description": "The model servers."},
          "aliases": {"type": "object", "additionalProperties": {"anyOf": [
            {"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "description": "Other names of models; a list is a chain of fallbacks."},
          "http": {"type": "object", "description": "HTTP by TCP.",
            "required": ["listen", "hosts", "origins"], "properties": {
            "listen": {"type": "string",
              "description": "The address; empty for HTTP on the Unix socket alone."},
            "hosts": {"type": "array", "items": {"type": "string"},
              "description": "What `Host` may say, besides the loopback's names and the address."},
            "origins": {"type": "array", "items": {"type": "string"},
              "description": "The web pages that may ask."}}},
          "limits": {"$ref": "#/components/schemas/Limits"},
          "log": {"type": "object", "description": "The log.", "required": ["level", "format"],
            "properties": {
            "level": {"type": "string", "enum": ["error", "warning", "info", "debug"],
              "description": "The least grave lines it holds."},
            "format": {"type": "string", "enum": ["auto", "plain", "json"],
              "description": "How its lines are written."}}}}}
        """#)

    static let backendConfig = Schema(
        "BackendConfig",
        #"""
        {"type": "object", "description": "A model server, as configured.",
         "required": ["name", "endpoint", "kind", "supported_models", "max_concurrent",
          "priority", "timeout", "connect_timeout", "ca_file"],
         "properties": {
          "name": {"type": "string", "description": "Its name."},
          "endpoint": {"type": "string", "description": "Its address."},
          "kind": {"type": "string", "description": "Its API; `auto` to find out."},
          "api_key": {"type": "string", "description": "Always `***`, or empty for none."},
          "api_key_env": {"type": "string", "description": "The variable that holds the key."},
          "api_key_file": {"type": "string", "description": "The file that holds the key."},
          "api_key_credential": {"type": "string",
            "description": "The credential of systemd that holds the key."},
          "supported_models": {"type": "array", "items": {"type": "string"},
            "description": "Its models; empty to ask it."},
          "rate_limit": {"type": "integer", "minimum": 1,
            "description": "The most requests in any 60 seconds; left out for no limit."},
          "max_concurrent": {"type": "integer", "minimum": 0,
            "description": "The most requests at once; 0 to ask it."},
          "priority": {"type": "integer", "description": "Lower is tried first."},
          "timeout": {"type": "number", "minimum": 0,
            "description": "Seconds that a request may take."},
          "connect_timeout": {"type": "number", "minimum": 0,
            "description": "Seconds that connecting may take."},
          "ca_file": {"type": "string",
            "description": "The certificates that an https server is trusted by."}}}
        """#)
}
