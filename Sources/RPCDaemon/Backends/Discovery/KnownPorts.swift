/// Where model servers listen unless they are told otherwise.
package enum KnownPorts {
    /// In the order in which they are asked.
    package static let all: [UInt16] = [
        // LM Studio, Ollama.
        1234, 11434,
        // llama.cpp's server, llama-swap, LocalAI, mlx_lm; llama.cpp's newer one.
        8080, 9931,
        // vLLM, older Lemonade and many others; SGLang.
        8000, 30000,
        // KoboldCpp, text-generation-webui, GPT4All.
        5001, 5000, 4891,
        // Jan's application and its command line.
        1337, 6767,
        // Docker Model Runner, Lemonade, LiteLLM.
        12434, 13305, 4000,
    ]

    /// Whose list says nothing of itself: on these ports it is Jan's.
    static let jan: [UInt16] = [1337, 6767]
    static let dockerModelRunner: UInt16 = 12434
    static let liteLLM: UInt16 = 4000
    static let llamaCpp: [UInt16] = [8080, 9931]
    static let sglang: UInt16 = 30000
    static let textGenerationWebUI: UInt16 = 5000
}
