/// The limits in force: part of `status` and of `config.get`.
extension Schema {
    static let limits = Schema(
        "Limits",
        #"""
        {"type": "object", "description": "The limits in force; errors use these names.",
         "required": ["line_bytes_max", "depth_max", "batch_max", "id_bytes_max", "name_bytes_max",
          "connections_max", "connections_per_uid_max", "in_flight_per_connection_max", "queue_max",
          "memory_max", "output_bytes_max", "list_bytes_max", "error_body_bytes_max",
          "write_stall"],
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
          "list_bytes_max": {"type": "integer", "minimum": 1,
            "description": "Bytes that are read of a server's list of models."},
          "error_body_bytes_max": {"type": "integer", "minimum": 1,
            "description": "Bytes that are read of a server's error."},
          "write_stall": {"type": "number", "minimum": 0,
            "description": "Seconds after which a client that reads nothing is dropped."}}}
        """#)
}
