package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/**
 * An upstream that completes the prompt {@code "p"} as a test has written it down: behind each text the tokens that may
 * follow, with their probabilities; an empty one is the end. It shows all of them and goes on behind any text. The text of a
 * chat is its messages, each but the answer so far with a line break behind it.
 */
public final class WrittenUpstream {
    private static final AnswerHead HEAD = new AnswerHead("id", 0, "written");

    private final Function<String, Map<String, Double>> laws;
    private final Continuation continuation;
    private final int shown;
    private final SplittableRandom random = new SplittableRandom(5);
    private final List<String> prefixes = new ArrayList<>();

    public WrittenUpstream(Continuation continuation, int shown, Function<String, Map<String, Double>> laws) {
        this.continuation = continuation;
        this.shown = shown;
        this.laws = laws;
    }

    public Upstream upstream() {
        Capabilities capabilities = new Capabilities(
                shown,
                ShownLaw.BIASED,
                Truncation.Order.TEMPERATURE_FIRST,
                continuation,
                false,
                0,
                EndRecords.SHOWN,
                Map.of(),
                Map.of(),
                1,
                0,
                0);
        URI nowhere = URI.create("http://127.0.0.1:9/v1");
        return new Upstream(
                UpstreamSettings.of("written", nowhere, null, capabilities, null),
                new SimpleMeterRegistry(),
                this::answer);
    }

    /** What each call was to go on from. */
    public List<String> prefixes() {
        return prefixes;
    }

    private Flux<byte[]> answer(DraftCall call) {
        return Flux.defer(() -> {
            JsonNode body = call.body();
            StringBuilder written = new StringBuilder(
                    body.has("messages")
                            ? chat(body.path("messages"))
                            : body.path("prompt").asString().substring(1));
            prefixes.add(written.toString());
            int limit = body.path("max_tokens").asInt(1_000);
            int[] sent = {0};
            return Flux.generate(sink -> {
                if (sent[0] < 0) {
                    sink.complete();
                    return;
                }
                Map<String, Double> law = laws.apply(written.toString());
                String token = drawn(law, body.path("temperature").asDouble(1));
                written.append(token);
                String reason = token.isEmpty() ? "stop" : ++sent[0] >= limit ? "length" : null;
                sent[0] = reason == null ? sent[0] : -1;
                List<TokenLogprob> records = shown == 0 ? null : List.of(record(law, token));
                sink.next(Json.bytes(AnswerForm.CHAT.chunk(HEAD, new AnswerChoice(0, token, records, reason))));
            });
        });
    }

    private static String chat(JsonNode messages) {
        StringBuilder text = new StringBuilder();
        messages.forEach(
                message -> text.append(message.path("content").asString()).append('\n'));
        boolean begun =
                messages.get(messages.size() - 1).path("role").asString().equals("assistant");
        return text.substring(0, text.length() - (begun ? 1 : 0));
    }

    private String drawn(Map<String, Double> law, double temperature) {
        double left = temperature == 0 ? 0 : random.nextDouble();
        String heaviest = "";
        double most = 0;
        for (Map.Entry<String, Double> entry : law.entrySet()) {
            if (entry.getValue() > most) {
                heaviest = entry.getKey();
                most = entry.getValue();
            }
            left -= entry.getValue();
            if (left < 0 && temperature > 0) {
                return entry.getKey();
            }
        }
        return heaviest;
    }

    private static TokenLogprob record(Map<String, Double> law, String drawn) {
        List<TokenLogprob> top = law.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(entry -> entry(entry.getKey(), entry.getValue(), List.of()))
                .toList();
        return entry(drawn, law.get(drawn), top);
    }

    private static TokenLogprob entry(String token, double probability, List<TokenLogprob> top) {
        return new TokenLogprob(token, token.getBytes(StandardCharsets.UTF_8), Token.NO_ID, Math.log(probability), top);
    }
}
