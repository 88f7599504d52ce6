/// Every other program that speaks OpenAI's API, and OpenAI's own.
package struct OpenAIAdapter: Adapter {
    package let paths: ServerPaths
    /// Which program it is, as far as that is known.
    package let kind: ServerKind

    package var hasSuffix: Bool { kind == .localai || kind == .openai || kind == .litellm }
}
