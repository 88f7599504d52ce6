import CrowdModelsProtocol

extension Fault {
    /// The fault, and where a prompt is too long, with the words in front by which programs of
    /// every API know that: they shorten their conversation then, where they would give up or ask
    /// the same again. Claude Code reads the two numbers.
    var spelt: Fault {
        guard code == .contextOverflow else { return self }
        var fault = self
        fault.message = "prompt is too long: "
        if let came = data["prompt_tokens"]?.integerValue,
            let fit = data["context_length"]?.integerValue
        {
            fault.message += "\(came) tokens > \(fit) maximum; "
        }
        fault.message += message
        return fault
    }
}
