/// `notifications/initialized`: that a host of the Model Context Protocol is ready.
public enum InitializedMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .initialized, "Taken from hosts of the Model Context Protocol, and has no effect.",
        "They send it as a notification, once `initialize` is answered.",
        result: .nothing,
        examples: [MethodExample("a host is ready", result: "{}")])
}
