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
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An upstream that writes with a given vocabulary, by a law that hangs on all that was written. It may merge several tokens
 * into one record, or into text without a record, and end where its context does. Repeatable: every call is drawn by its
 * seed.
 *
 * @param vocabulary the tokens' bytes by id; those of the end, id 0, are empty
 * @param sharpness of its laws; 0 is uniform
 * @param context the most tokens that it writes behind a prompt
 * @param merges the share of records that stand for several tokens
 * @param bare the share of chunks that come without records
 */
public record PhrasedUpstream(
        List<byte[]> vocabulary,
        double sharpness,
        int shown,
        Continuation continuation,
        EndRecords ends,
        int context,
        double merges,
        double bare,
        long seed) {
    private static final int PROMPT = 1_000_000;
    private static final AnswerHead HEAD = new AnswerHead("id", 0, "phrased");

    public Upstream upstream() {
        Capabilities capabilities = new Capabilities(
                shown,
                ShownLaw.BIASED,
                Truncation.Order.TEMPERATURE_FIRST,
                continuation,
                continuation == Continuation.TOKEN_IDS,
                0,
                ends,
                Map.of(),
                Map.of(),
                1,
                0,
                vocabulary.size());
        URI nowhere = URI.create("http://127.0.0.1:9/v1");
        return new Upstream(
                UpstreamSettings.of("phrased", nowhere, null, capabilities, null),
                new CompositeMeterRegistry(),
                this::answer);
    }

    private Flux<byte[]> answer(DraftCall call) {
        return Flux.defer(() -> {
            JsonNode body = call.body();
            Call state = new Call(body, written(body.path("prompt")));
            return Flux.generate(sink -> {
                if (state.over) {
                    sink.complete();
                } else {
                    sink.next(Json.bytes(state.next()));
                }
            });
        });
    }

    private byte[] written(JsonNode prompt) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        if (prompt.isArray()) {
            prompt.valueStream().skip(1).forEach(id -> written.writeBytes(vocabulary.get(id.asInt())));
        } else {
            written.writeBytes(prompt.asString().substring(1).getBytes(StandardCharsets.UTF_8));
        }
        return written.toByteArray();
    }

    private double[] law(byte[] written) {
        SplittableRandom chance = new SplittableRandom(seed * 31 + Arrays.hashCode(written));
        double[] weights = new double[vocabulary.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp(sharpness * chance.nextDouble()) * (i == 0 ? 0.3 : 1);
        }
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    /** One call while it is answered. */
    private final class Call {
        private final JsonNode body;
        private final SplittableRandom chance;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final int limit;
        private int tokens;
        private boolean over;

        private Call(JsonNode body, byte[] before) {
            this.body = body;
            this.chance = new SplittableRandom(body.path("seed").asLong());
            this.limit = Math.min(body.path("max_tokens").asInt(context), Math.max(1, context - before.length / 3));
            written.writeBytes(before);
        }

        private JsonNode next() {
            boolean first = tokens == 0;
            double[] law = law(written.toByteArray());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int id = draw(bytes);
            boolean merged = chance.nextDouble() < merges;
            boolean recorded = chance.nextDouble() >= bare;
            while ((merged || !recorded) && id != 0 && tokens < limit && chance.nextDouble() < 0.6) {
                id = draw(bytes);
            }
            String reason = id == 0 ? "stop" : tokens >= limit ? "length" : null;
            over = reason != null;
            return chunk(law, merged ? Token.NO_ID : id, bytes.toByteArray(), recorded, reason, first);
        }

        private int draw(ByteArrayOutputStream bytes) {
            int id = drawn(law(written.toByteArray()));
            tokens++;
            written.writeBytes(vocabulary.get(id));
            bytes.writeBytes(vocabulary.get(id));
            return id;
        }

        private int drawn(double[] law) {
            double temperature = body.path("temperature").asDouble(1);
            if (temperature == 0) {
                return falling(law)[0];
            }
            double[] weights =
                    Arrays.stream(law).map(p -> Math.pow(p, 1 / temperature)).toArray();
            double left = chance.nextDouble() * Arrays.stream(weights).sum();
            for (int i = 0; i < weights.length; i++) {
                left -= weights[i];
                if (left < 0) {
                    return i;
                }
            }
            return weights.length - 1;
        }

        private JsonNode chunk(
                double[] law, int id, byte[] bytes, boolean recorded, @Nullable String reason, boolean first) {
            boolean silent = bytes.length == 0
                    && (ends == EndRecords.NEVER
                            || (ends == EndRecords.WHOLE_ONLY
                                    && body.path("stream").asBoolean()));
            boolean shows = recorded && !silent && shown > 0;
            List<TokenLogprob> records = shows ? List.of(record(law, id, bytes)) : null;
            String text = new String(bytes, StandardCharsets.UTF_8);
            ObjectNode json = AnswerForm.CHAT.chunk(HEAD, new AnswerChoice(0, text, records, reason));
            if (first) {
                json.putArray("prompt_token_ids").add(PROMPT);
            }
            return json;
        }

        private TokenLogprob record(double[] law, int id, byte[] bytes) {
            List<TokenLogprob> top = new ArrayList<>();
            for (int v : falling(law)) {
                if (top.size() < shown) {
                    top.add(new TokenLogprob("", vocabulary.get(v), v, Math.log(law[v]), List.of()));
                }
            }
            double logprob = id == Token.NO_ID ? -1 : Math.log(law[id]);
            return new TokenLogprob("", bytes, id, logprob, top);
        }
    }

    private static int[] falling(double[] law) {
        return IntStream.range(0, law.length)
                .boxed()
                .sorted(Comparator.comparing(v -> -law[v]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
