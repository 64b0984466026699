package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Json;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls of one probe, made as drafts are: streamed, and each with a time-out. Blocks. */
final class ProbeCalls {
    /** A question whose answer is long and may begin in many ways. */
    static final String STORY = "Write a short story about a lighthouse.";

    /** More chunks than any question needs. */
    private static final int CHUNKS = 2_000;

    private final Function<DraftCall, Flux<byte[]>> post;
    private final Function<String, Mono<byte[]>> get;
    private final @Nullable String model;
    private final Duration patience;
    private final long end;
    private int made;

    /**
     * @param post makes a generation call
     * @param get asks what a server tells of itself, by a path behind the base URL
     * @param model null where none is known: some servers need none
     * @param patience the longest wait for one answer
     * @param limit how long all of them may take together
     */
    ProbeCalls(
            Function<DraftCall, Flux<byte[]>> post,
            Function<String, Mono<byte[]>> get,
            @Nullable String model,
            Duration patience,
            Duration limit) {
        this.post = post;
        this.get = get;
        this.model = model;
        this.patience = patience;
        this.end = System.nanoTime() + limit.toNanos();
    }

    int made() {
        return made;
    }

    ObjectNode chat(String question, int maxTokens, double temperature) {
        ObjectNode body = body(maxTokens, temperature);
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        return body;
    }

    ObjectNode completion(int maxTokens, double temperature) {
        return body(maxTokens, temperature);
    }

    private ObjectNode body(int maxTokens, double temperature) {
        ObjectNode body = Json.mapper().createObjectNode();
        if (model != null) {
            body.put("model", model);
        }
        body.put("max_tokens", maxTokens);
        return temperature == Math.rint(temperature)
                ? body.put("temperature", (int) temperature)
                : body.put("temperature", temperature);
    }

    /** Asks as a draft does. */
    ProbeAnswer streamed(ObjectNode body) {
        body.put("stream", true).putObject("stream_options").put("include_usage", true);
        return whole(body);
    }

    /** Asks for an answer in one piece, unless the body says otherwise. */
    ProbeAnswer whole(ObjectNode body) {
        String path = body.has("messages") ? "/chat/completions" : "/completions";
        return new ProbeAnswer(all(post(new DraftCall(path, body, null)).map(EventStream::chunk)));
    }

    /** Makes a call, for whoever reads it on his own. */
    Flux<byte[]> post(DraftCall call) {
        return Flux.defer(() -> {
            made++;
            return post.apply(call).take(CHUNKS);
        });
    }

    /** What a server tells of itself under a path behind the base URL; {@code /..} leads out of its version. */
    JsonNode told(String path) {
        made++;
        List<byte[]> answer = all(get.apply(path).flux());
        return answer.isEmpty() ? Json.mapper().missingNode() : Json.mapper().readTree(answer.get(0));
    }

    /** Waits for all that a call brings. */
    <T> List<T> all(Flux<T> answer) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        Duration wait = left.compareTo(patience) < 0 ? left : patience;
        if (wait.isNegative()) {
            throw new ApiException(ErrorKind.UPSTREAM_TIMEOUT, "the probe's time is over");
        }
        ApiException late = new ApiException(
                ErrorKind.UPSTREAM_TIMEOUT, "no answer within " + Math.max(1, wait.toSeconds()) + " s");
        List<T> all = answer.collectList().timeout(wait, Mono.error(late)).block();
        return all == null ? List.of() : all;
    }
}
