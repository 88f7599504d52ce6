extension Schema {
    static let daemon = [
        pong, status, limits, helpResult, methodList, checkResult, methodObject, exampleValue,
        openRPCDocument, okResult, reloadResult,
    ]

    static let okResult = Schema(
        "Ok",
        #"""
        {"type": "object", "description": "It is done, or begun.", "required": ["ok"],
         "properties": {"ok": {"const": true, "description": "Always true."}}}
        """#)

    static let reloadResult = Schema(
        "ReloadResult",
        #"""
        {"type": "object", "description": "The configuration was read anew.",
         "required": ["ok", "changed"], "properties": {
          "ok": {"const": true, "description": "Always true."},
          "changed": {"type": "array", "items": {"type": "string"},
            "description": "The keys that changed, such as `server.mode`."}}}
        """#)

    static let pong = Schema(
        "Pong",
        #"""
        {"type": "object", "description": "The daemon is there.", "required": ["ok"],
         "properties": {"ok": {"const": true, "description": "Always true."}}}
        """#)

    static let status = Schema(
        "Status",
        #"""
        {"type": "object", "description": "What the daemon is and how it fares.",
         "required": ["name", "version", "pid", "uptime_seconds", "socket", "in_flight", "queued",
          "connections", "limits", "backends"],
         "properties": {
          "name": {"type": "string", "description": "`crowd-models-executor`."},
          "version": {"type": "string", "description": "Its version."},
          "pid": {"type": "integer", "minimum": 1, "description": "Its process id."},
          "uptime_seconds": {"type": "number", "minimum": 0,
            "description": "Seconds since it started."},
          "socket": {"type": "string", "description": "The path it listens on."},
          "config": {"type": "string",
            "description": "The configuration file it read; left out or empty for none."},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Requests running."},
          "queued": {"type": "integer", "minimum": 0, "description": "Requests waiting."},
          "connections": {"type": "integer", "minimum": 0,
            "description": "Clients connected, this one included."},
          "limits": {"$ref": "#/components/schemas/Limits"},
          "backends": {"type": "object", "description": "How many backends are in each state.",
            "required": [], "properties": {
            "up": {"type": "integer", "minimum": 0, "description": "Answering."},
            "down": {"type": "integer", "minimum": 0, "description": "Not answering."},
            "auth_failed": {"type": "integer", "minimum": 0, "description": "Refusing the key."},
            "rate_limited": {"type": "integer", "minimum": 0, "description": "Asking to wait."},
            "probing": {"type": "integer", "minimum": 0, "description": "Not known yet."}}}}}
        """#)

    static let limits = Schema(
        "Limits",
        #"""
        {"type": "object", "description": "The limits in force; errors use these names.",
         "required": ["line_bytes_max", "depth_max", "batch_max", "id_bytes_max", "name_bytes_max",
          "connections_max", "connections_per_uid_max", "in_flight_per_connection_max", "queue_max",
          "memory_max", "output_bytes_max", "write_stall"],
         "properties": {
          "line_bytes_max": {"type": "integer", "minimum": 1,
            "description": "Bytes of one line, its newline not counted."},
          "depth_max": {"type": "integer", "minimum": 1,
            "description": "Arrays and objects within one another, the outermost counted."},
          "batch_max": {"type": "integer", "minimum": 1, "description": "Requests of one batch."},
          "id_bytes_max": {"type": "integer", "minimum": 1,
            "description": "Bytes of an id as it is written, without its quotes."},
          "name_bytes_max": {"type": "integer", "minimum": 1,
            "description": "Bytes of the name of a method, model, backend, tag or session."},
          "connections_max": {"type": "integer", "minimum": 1,
            "description": "Clients connected at once."},
          "connections_per_uid_max": {"type": "integer", "minimum": 1,
            "description": "Clients of one user connected at once."},
          "in_flight_per_connection_max": {"type": "integer", "minimum": 1,
            "description": "Requests of one connection that are not answered yet."},
          "queue_max": {"type": "integer", "minimum": 1,
            "description": "Requests waiting for one backend."},
          "memory_max": {"type": "integer", "minimum": 1,
            "description": "Bytes held for clients in all: lines, requests, answers."},
          "output_bytes_max": {"type": "integer", "minimum": 1,
            "description": "Bytes that wait for one client to read them."},
          "write_stall": {"type": "number", "minimum": 0,
            "description": "Seconds after which a client that reads nothing is dropped."}}}
        """#)

    static let helpResult = Schema(
        "HelpResult",
        #"""
        {"description": "All methods, or the one that was asked for.",
         "anyOf": [{"$ref": "#/components/schemas/MethodList"},
          {"$ref": "#/components/schemas/MethodObject"}]}
        """#)

    static let methodList = Schema(
        "MethodList",
        #"""
        {"type": "object", "description": "All methods.", "required": ["methods"], "properties": {
          "methods": {"type": "array", "description": "In the order of the documentation.",
            "items": {"type": "object", "description": "A method in one line.",
            "required": ["name", "summary"], "properties": {
            "name": {"type": "string", "description": "Its name."},
            "summary": {"type": "string", "description": "What it does."}}}}}}
        """#)

    static let checkResult = Schema(
        "CheckResult",
        #"""
        {"type": "object", "description": "The call would be accepted.", "required": ["valid"],
         "properties": {"valid": {"const": true,
          "description": "Always true; a call that would be refused is answered with its error."}}}
        """#)

    static let methodObject = Schema(
        "MethodObject",
        #"""
        {"type": "object", "description": "A method object of OpenRPC 1.3.2.",
         "required": ["name", "summary", "params", "result", "errors", "examples"], "properties": {
          "name": {"type": "string", "description": "Its name."},
          "summary": {"type": "string", "description": "What it does."},
          "description": {"type": "string", "description": "What else there is to know."},
          "paramStructure": {"type": "string", "enum": ["either"],
            "description": "By name and by position both."},
          "params": {"type": "array", "description": "What it takes, in order of position.",
            "items": {"type": "object", "description": "A parameter.",
            "required": ["name", "schema"], "properties": {
            "name": {"type": "string", "description": "Its name."},
            "summary": {"type": "string", "description": "What it means."},
            "required": {"type": "boolean", "description": "Whether it must be given."},
            "schema": {"type": "object", "additionalProperties": true,
              "description": "A JSON Schema."}}}},
          "result": {"type": "object", "description": "What it answers.",
            "required": ["name", "schema"], "properties": {
            "name": {"type": "string", "description": "A name for it."},
            "schema": {"type": "object", "additionalProperties": true,
              "description": "A JSON Schema."}}},
          "errors": {"type": "array", "description": "Its own errors.",
            "items": {"type": "object", "description": "An error.",
            "required": ["code", "message"], "properties": {
            "code": {"type": "integer", "description": "Its code."},
            "message": {"type": "string", "description": "What it means."}}}},
          "examples": {"type": "array", "description": "Calls and their results.",
            "items": {"type": "object", "description": "One call.",
            "required": ["name", "params", "result"], "properties": {
            "name": {"type": "string", "description": "What it shows."},
            "params": {"type": "array", "description": "Named values.",
              "items": {"$ref": "#/components/schemas/ExampleValue"}},
            "result": {"$ref": "#/components/schemas/ExampleValue"}}}}}}
        """#)

    static let exampleValue = Schema(
        "ExampleValue",
        #"""
        {"type": "object", "description": "A value of an example.", "required": ["name", "value"],
         "properties": {
          "name": {"type": "string", "description": "Its name."},
          "value": {"type": ["object", "array", "string", "number", "boolean", "null"],
            "additionalProperties": true, "items": true, "description": "The value."}}}
        """#)

    static let openRPCDocument = Schema(
        "OpenRPCDocument",
        #"""
        {"type": "object",
         "description": "An OpenRPC document; https://spec.open-rpc.org says the rest.",
         "required": ["openrpc", "info", "methods"], "properties": {
          "openrpc": {"const": "1.3.2", "description": "The version of OpenRPC."},
          "info": {"type": "object", "description": "What is described.",
            "required": ["title", "version"], "properties": {
            "title": {"type": "string", "description": "The daemon's name."},
            "version": {"type": "string", "description": "The daemon's version."},
            "description": {"type": "string", "description": "What it is."}}},
          "methods": {"type": "array", "items": {"$ref": "#/components/schemas/MethodObject"},
            "description": "All methods."},
          "components": {"type": "object", "description": "What the methods refer to.",
            "required": ["schemas"], "properties": {
            "schemas": {"type": "object", "additionalProperties": true,
              "description": "JSON Schemas by name."}}}}}
        """#)
}
