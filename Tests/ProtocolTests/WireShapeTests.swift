import CrowdModelsProtocol
import TestSupport
import Testing

/// Each wire shape is read and written again as it was.
@Suite struct WireShapeTests {
    /// A shape, whatever its type: how it is read and written again.
    struct Sample: Sendable, CustomTestStringConvertible {
        let schema: String
        let text: String
        let rewrite: @Sendable (JSONValue) throws -> String

        var testDescription: String { "\(schema): \(text.prefix(40))" }

        init<Shape: JSONReadable & JSONWritable>(
            _ type: Shape.Type, _ schema: String, _ text: String
        ) {
            self.schema = schema
            self.text = text
            rewrite = { value in
                let shape = try Shape(json: value)
                var out = ByteBuffer()
                shape.write(to: &out)
                return out.text
            }
        }
    }

    private static let model =
        #"{"id":"m","backend":"b","type":"llm","state":"loaded","#
        + #""publisher":"p","arch":"llama","quantization":"Q4_K_M","format":"gguf","#
        + #""max_context_length":8192,"loaded_context_length":4096,"capabilities":["tool_use"],"#
        + #""size_bytes":5,"parameters":"7B","parallel":4,"remote":true,"aliases":["fast"]}"#

    private static let result =
        #"{"content":"a\"b","reasoning":"r","refusal":"no","#
        + #""tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}],"#
        + #""model":"m","backend":"b","finish_reason":"stop","attempts":2,"#
        + #""warnings":[{"kind":"finish_unknown","message":"w"}],"usage":{"prompt_tokens":1,"#
        + #""completion_tokens":2,"total_tokens":3,"cached_tokens":1,"reasoning_tokens":1,"#
        + #""estimated":true},"stats":{"tokens_per_second":1.5,"time_to_first_token":0.25,"#
        + #""generation_time":2,"queue_time":0.5,"total_time":3,"stop_reason":"eos","#
        + #""source":"backend"},"model_info":{"arch":"llama","quant":"q","format":"gguf","#
        + #""context_length":4096},"runtime":{"name":"llama.cpp"}}"#

    private static let status =
        #"{"name":"crowd-models-executor","version":"1","pid":7,"#
        + #""uptime_seconds":1.5,"socket":"/s","http":"[::1]:1","http_problem":"p","config":"/c","in_flight":1,"queued":2,"#
        + #""connections":3,"limits":{"line_bytes_max":8,"write_stall":0.5},"backends":{"up":1}}"#

    private static let delta =
        #"{"id":"x","seq":3,"content":"c","reasoning":"r","refusal":"n","tool_calls":"#
        + #"[{"index":0,"id":"1","type":"function","function":{"name":"f","arguments":"{"}},"#
        + #"{"index":1,"function":{"arguments":"}"}}]}"#

    static let samples: [Sample] = [
        Sample(ModelDescription.self, "Model", model),
        Sample(
            ModelDescription.self, "Model",
            #"{"id":"m","backend":"b","type":"unknown","state":"unknown","capabilities":[],"#
                + #""aliases":[]}"#),
        Sample(ModelsResult.self, "ModelsResult", #"{"models":[\#(model)]}"#),
        Sample(
            ModelsResult.self, "RefreshResult",
            #"{"models":[],"errors":[{"backend":"b","kind":"backend_error","message":"m"}]}"#),
        Sample(
            BackendDescription.self, "Backend",
            #"{"name":"b","kind":"ollama","endpoint":"http://x","state":"up","#
                + #""origin":"configured","models":2,"in_flight":1,"queued":0,"rate_limit":9,"#
                + #""breaker":"closed","paused_by":"server","retry_after_ms":9,"last_error":"e","#
                + #""last_seen_seconds":0.5}"#),
        Sample(BackendsResult.self, "BackendsResult", #"{"backends":[]}"#),
        Sample(
            RequestDescription.self, "Request",
            #"{"key":"r1","client":"uid:1 x","method":"complete","model":"m","backend":"b","#
                + #""phase":"queued","position":1,"age_seconds":0.5,"tokens":3,"#
                + #""tokens_per_second":9.5}"#),
        Sample(RequestsResult.self, "RequestsResult", #"{"requests":[]}"#),
        Sample(CompleteResult.self, "CompleteResult", result),
        Sample(
            CompleteResult.self, "CompleteResult",
            #"{"content":"","model":"m","backend":"b","finish_reason":"length","#
                + #""stats":{"queue_time":0,"total_time":1,"source":"measured"}}"#),
        Sample(CompleteDelta.self, "CompleteDelta", delta),
        Sample(
            CompleteProgress.self, "CompleteProgress",
            #"{"id":1,"phase":"loading","position":2,"progress":0.5,"backend":"b","eta_ms":9}"#),
        Sample(
            SubscriptionEvent.self, "Event",
            #"{"subscription":"s1","seq":0,"topic":"models","data":{"snapshot":{"models":[]}}}"#),
        Sample(StatusResult.self, "Status", status),
        Sample(CancelResult.self, "CancelResult", #"{"cancelled":true}"#),
        Sample(SubscribeResult.self, "SubscribeResult", #"{"subscription":"s1"}"#),
        Sample(UnsubscribeResult.self, "UnsubscribeResult", #"{"unsubscribed":false}"#),
    ]

    @Test(arguments: samples + further) func `a shape is written as it was read, to the byte`(
        sample: Sample
    ) throws {
        let value = try JSONValue(parsing: sample.text)
        #expect(try sample.rewrite(value) == sample.text)
    }

    @Test(arguments: samples + further) func `what is written fits its schema`(sample: Sample)
        throws
    {
        let schema = try #require(Schema.named(sample.schema))
        // Limits come with the configuration; the sample has two of them.
        if sample.schema == "Status" { return }
        let value = try JSONValue(parsing: try sample.rewrite(try JSONValue(parsing: sample.text)))
        #expect(SchemaValidator.registry.problems(value, schema.value) == [])
    }
}
