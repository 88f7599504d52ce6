import Configuration
import CrowdModelsProtocol
import Testing

@testable import Backends

/// What servers tell of their work: vLLM of its queue, llama.cpp's router of its loads.
@Suite struct ServerLoadTests {
    private func load(_ page: String) -> ServerLoad? { ServerLoad(Array(page.utf8).span) }

    @Test func `vLLM's gauges are read, engines summed, whatever else the page holds`() {
        let page = """
            # HELP vllm:num_requests_running Number of requests in model execution batches.
            # TYPE vllm:num_requests_running gauge
            vllm:num_requests_running{engine="0",model_name="a b"} 3.0
            vllm:num_requests_running{engine="1",model_name="a b"} 1.0
            vllm:num_requests_waiting{engine="0",model_name="a b"} 2e0
            vllm:num_requests_waiting_by_reason{engine="0"} 40.0
            vllm:kv_cache_usage_perc{engine="0"} 0.25
            vllm:kv_cache_usage_perc{engine="1"} 0.75
            vllm:time_to_first_token_seconds_bucket{le="0.001"} 7.0
            vllm:num_requests_waiting{engine="1"} NaN
            """
        #expect(load(page) == ServerLoad(running: 4, waiting: 2, cacheUse: 0.75))
        #expect(load("vllm:gpu_cache_usage_perc 0.5") == ServerLoad(cacheUse: 0.5))
        #expect(load("vllm:num_requests_running 1e300")?.running == 1_000_000)
    }

    @Test(arguments: ["", "\n\n", "hello", "{}", "python_gc_objects_collected_total 3", "vllm:n"])
    func `a page without them tells nothing`(page: String) {
        #expect(load(page) == nil)
    }

    @Test func `vLLM is asked for its gauges at each look, and no more once it has none`() throws {
        var listing = Listing(.auto, at: try Endpoint("http://h/v1"))
        func look(_ metrics: String?) -> ([String], Listing.Step) {
            var asked: [String] = []
            var step = listing.begin()
            while case .ask(let path) = step {
                asked.append(path)
                let body =
                    path == "/v1/models"
                    ? #"{"data":[{"id":"m","owned_by":"vllm"}]}"#
                    : path == "/metrics" ? metrics : nil
                step = listing.take(
                    status: body == nil ? 404 : 200, location: nil, Array((body ?? "").utf8).span)
            }
            return (asked, step)
        }
        var (asked, step) = look("vllm:num_requests_running 1")
        #expect(asked == ["/api/v0/models", "/v1/models", "/metrics"])
        #expect(step == .listed(changed: true))
        #expect(listing.load == ServerLoad(running: 1))
        (asked, step) = look("vllm:num_requests_running 2")
        #expect(asked == ["/v1/models", "/metrics"])
        #expect(step == .listed(changed: false), "the models are the same")
        #expect(listing.load == ServerLoad(running: 2))
        #expect(listing.models.count == 1)
        (asked, step) = look(nil)
        #expect(step == .listed(changed: false) && listing.load == nil)
        (asked, _) = look("vllm:num_requests_running 3")
        #expect(asked == ["/v1/models"])
    }

    /// What is heard of the load of `m`, however the stream is cut.
    private func progress(_ stream: String, in pieces: Int) -> [Double] {
        var events = LoadEvents(of: "m")
        var heard: [Double] = []
        let bytes = Array(stream.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            let end = min(start + pieces, bytes.count)
            events.feed(bytes.span.extracting(start..<end)) { heard.append($0) }
        }
        return heard
    }

    @Test func `a router's events tell how far one load is, stage by stage`() {
        func event(_ model: String, _ data: String) -> String {
            #"data: {"model":"\#(model)","event":"status_change","data":\#(data)}"# + "\n\n"
        }
        let both = #""stages":["text_model","mmproj_model"]"#
        let stream =
            event("m", #"{"status":"loading"}"#)
            + event("m", #"{"status":"loading","progress":{"stage":"fit_params"}}"#)
            + event("m", #"{"status":"loading","progress":{"stage":"text_model","value":0.5}}"#)
            + event(
                "m",
                #"{"status":"loading","progress":{\#(both),"current":"mmproj_model","value":0.5}}"#)
            + event(
                "n", #"{"status":"loading","progress":{"stage":"text_model","value":0.6}}"#)
            + event("m", #"{"status":"loading","progress":{"value":7}}"#) + "data: nonsense\n\n"
            + event("m", #"{"status":"loaded"}"#)
        for pieces in [1, 7, 1000] { #expect(progress(stream, in: pieces) == [0.5, 0.75]) }
    }

    @Test func `a load that failed is told in the list`() throws {
        let body = #"""
            {"data":[{"id":"a","status":{"value":"unloaded","failed":true,"exit_code":1}},
             {"id":"b","status":{"value":"unloaded","failed":true}},
             {"id":"c","status":{"value":"unloaded"}},{"id":"d:cloud"}]}
            """#
        let found = OpenAIList(Array(body.utf8).span)
        let list = try #require(found)
        #expect(list.models.map { $0.loadFailure?.hasSuffix("code 1") } == [true, false, nil, nil])
        #expect(list.models.map(\.isRemote) == [false, false, false, true])
    }
}
