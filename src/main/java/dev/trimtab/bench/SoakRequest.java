package dev.trimtab.bench;

import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One request of a soak.
 *
 * @param model brand-voice, which steers drafts, no-prices, which guards phrases, or demo, which passes
 * @param leaves whether the client goes away before the answer's end
 */
record SoakRequest(String model, boolean stream, boolean leaves, String body) {
    private static final List<String> MODELS = List.of("brand-voice", "no-prices", "demo");
    private static final String BODY = """
            {"model":"%s","seed":%d,"temperature":1,"max_tokens":64,%s"messages":[{"role":"user",\
            "content":"name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]"}]}""";
    private static final String STREAM = "\"stream\":true,\"stream_options\":{\"include_usage\":true},";
    private static final int CHUNKS = 3;
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** The nth: every model by turns, whole and streamed; every tenth leaves a stream, another tenth a whole answer. */
    static SoakRequest of(int n) {
        boolean stream = n % 2 == 1;
        String model = MODELS.get(n / 2 % MODELS.size());
        return new SoakRequest(model, stream, n % 5 == 4, BODY.formatted(model, n, stream ? STREAM : ""));
    }

    /** As much of the answer as this client waits for. */
    Flux<String> taken(Flux<String> answer) {
        if (!leaves) {
            return answer;
        }
        return stream ? answer.take(CHUNKS) : answer.takeUntilOther(Mono.delay(PATIENCE));
    }

    /** Whether an answer that was waited for is there to its end. */
    boolean isWhole(String answer) {
        return stream ? answer.strip().endsWith("data: [DONE]") : answer.strip().endsWith("}");
    }
}
