/// What `rpc.discover` answers, and `help` of one method: `Documents/OpenRPC.swift` writes it.
extension Schema {
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
