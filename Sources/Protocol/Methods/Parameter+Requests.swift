/// What every request that waits for a backend takes, told once.
extension Parameter {
    static let backend = optional("backend", .name, "The only backend to use.")
    static let priority = optional(
        "priority", .choice(["interactive", "batch"]),
        "`interactive` (the default) goes before `batch`.")
    static let timeout = optional(
        "timeout_ms", .integer(1...CompleteMethod.millisecondsMax),
        "Milliseconds from arrival after which to give up with 1008; 300000 if absent.")
    static let deadline = optional(
        "deadline_ms", .integer(1...CompleteMethod.millisecondsMax),
        "Milliseconds from arrival; refused with 1015 at once if predicted to end later.")
    static let tag = optional("tag", .label, "A label under which `stats` counts the request.")
    static let options = optional(
        "options", .object, of: "Options",
        "Members for the backend's own body; those that the daemon writes itself are dropped.")
}
