package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An upstream whose law is known: 30 tokens, the first of which ends the answer, drawn by a law that depends on whether
 * the token before was even or odd. It answers in JSON, as a server would, without a socket.
 */
public final class ScriptedUpstream {
    public static final int SIZE = 30;
    private static final int PROMPT = 1_000;
    private static final AnswerHead HEAD = new AnswerHead("id", 0, "scripted");

    private final double[][] laws;
    private final Capabilities capabilities;
    private final SplittableRandom random;
    private final Map<Integer, byte[]> chunks = new HashMap<>();
    private String sampling = "";
    private int calls;
    private int drafted;
    private int resent;
    private int failAtCall = -1;
    private boolean writesSeveral;
    private boolean refusesSeveral;
    public ObjectNode lastBody = Json.mapper().createObjectNode();

    public ScriptedUpstream(Capabilities capabilities, long seed) {
        this.capabilities = capabilities;
        this.random = new SplittableRandom(seed);
        this.laws = new double[][] {law(seed * 2 + 1), law(seed * 2 + 2)};
    }

    private static double[] law(long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        double[] weights = chance.doubles(SIZE).map(u -> Math.pow(u, 3) + 0.002).toArray();
        weights[0] = 0.02 * Arrays.stream(weights).sum();
        return normalised(weights);
    }

    public static Capabilities capable(int k) {
        return new Capabilities(
                k,
                ShownLaw.BIASED,
                Truncation.Order.TEMPERATURE_FIRST,
                Continuation.TOKEN_IDS,
                true,
                0,
                EndRecords.SHOWN,
                Map.of(),
                Map.of(),
                1,
                100_000,
                SIZE);
    }

    public static byte[] bytes(int id) {
        return id == 0 ? new byte[0] : ("w" + id + " ").getBytes(StandardCharsets.UTF_8);
    }

    public Upstream upstream() {
        return upstream(capabilities);
    }

    /** The same upstream, of which other capabilities are told. */
    public Upstream upstream(Capabilities told) {
        return upstream(told, Drafting.STREAMED);
    }

    /** The same upstream, whose drafts may run only so far. */
    public Upstream upstream(Drafting drafting) {
        return upstream(capabilities, drafting);
    }

    private Upstream upstream(Capabilities told, Drafting drafting) {
        URI nowhere = URI.create("http://127.0.0.1:9/v1");
        UpstreamSettings settings = UpstreamSettings.of("scripted", nowhere, null, told, null);
        return new Upstream(settings.withDrafting(drafting), new SimpleMeterRegistry(), this::answer);
    }

    public int calls() {
        return calls;
    }

    /** Tokens behind the prompt that calls went on behind so far. */
    public int resent() {
        return resent;
    }

    /** Tokens sent so far. */
    public int drafted() {
        return drafted;
    }

    /** Makes the call with this number break off after its first token. */
    public void failAtCall(int call) {
        failAtCall = call;
    }

    /** Makes it honour {@code n}, its choices interleaved; without, it ignores it. */
    public ScriptedUpstream writingSeveral() {
        writesSeveral = true;
        return this;
    }

    /** Makes it refuse {@code n} above 1. */
    public ScriptedUpstream refusingSeveral() {
        refusesSeveral = true;
        return this;
    }

    /** The upstream's own law behind an even (0) or odd (1) token. */
    public double[] law(int parity) {
        return laws[parity].clone();
    }

    /** What is drawn from, given a request's sampling. */
    public double[] draftLaw(int parity, double temperature, double topP, Map<Integer, Double> bias) {
        double[] biased = biased(parity, bias);
        if (temperature == 0) {
            double[] point = new double[SIZE];
            point[falling(biased)[0]] = 1;
            return point;
        }
        double[] tempered = normalised(
                Arrays.stream(biased).map(q -> Math.pow(q, 1 / temperature)).toArray());
        return topP >= 1
                ? tempered
                : cut(
                        tempered,
                        capabilities.truncationOrder() == Truncation.Order.TEMPERATURE_FIRST ? tempered : biased,
                        topP);
    }

    /** What is shown, given a request's sampling. */
    public double[] shownLaw(int parity, double temperature, double topP, Map<Integer, Double> bias) {
        return switch (capabilities.shownLaw()) {
            case RAW -> law(parity);
            case BIASED -> biased(parity, bias);
            case DRAWN -> draftLaw(parity, temperature, topP, bias);
        };
    }

    private double[] biased(int parity, Map<Integer, Double> bias) {
        double[] weights = law(parity);
        bias.forEach((id, nats) -> weights[id] *= Math.exp(nats));
        return normalised(weights);
    }

    public static double[] cut(double[] weights, double[] basis, double topP) {
        double[] kept = new double[weights.length];
        double reached = 0;
        for (int v : falling(basis)) {
            kept[v] = weights[v];
            reached += basis[v];
            if (reached >= topP - 1e-12) {
                break;
            }
        }
        return normalised(kept);
    }

    /** The tokens by falling value. */
    public static int[] falling(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted((a, b) -> Double.compare(values[b], values[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double[] normalised(double[] weights) {
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> w / sum).toArray();
    }

    private Flux<byte[]> answer(DraftCall call) {
        int n = call.body().path("n").asInt(1);
        lastBody = call.body();
        resent += Math.max(0, lastBody.path("prompt").size() - 1);
        if (n > 1 && refusesSeveral) {
            calls++;
            return Flux.error(new ApiException(ErrorKind.UPSTREAM_REJECTED, "n: only 1"));
        }
        if (n == 1 || !writesSeveral) {
            return choice(call.body(), calls++);
        }
        int number = calls++;
        List<Iterator<byte[]>> choices = new ArrayList<>();
        for (int index = 0; index < n; index++) {
            ObjectNode body = call.body().deepCopy();
            if (body.has("seed")) {
                body.put("seed", body.path("seed").asLong() * 131 + index);
            }
            choices.add(choice(body, number).toIterable(1).iterator());
        }
        return interleaved(choices);
    }

    private static Flux<byte[]> interleaved(List<Iterator<byte[]>> choices) {
        List<byte[]> chunks = new ArrayList<>();
        for (boolean more = true; more; ) {
            more = false;
            for (int index = 0; index < choices.size(); index++) {
                if (choices.get(index).hasNext()) {
                    more = true;
                    ObjectNode chunk = Json.object(choices.get(index).next());
                    ((ObjectNode) chunk.path("choices").path(0)).put("index", index);
                    chunks.add(Json.bytes(chunk));
                }
            }
        }
        return Flux.fromIterable(chunks);
    }

    private Flux<byte[]> choice(ObjectNode body, int number) {
        return Flux.defer(() -> {
            remember(body);
            SplittableRandom chance =
                    body.has("seed") ? new SplittableRandom(body.path("seed").asLong()) : random;
            int[] last = {lastToken(body)};
            int limit = body.path("max_tokens").asInt(1_000_000);
            boolean streams = body.path("stream").asBoolean();
            int[] sent = {0};
            boolean[] over = {false};
            return Flux.<byte[]>generate(sink -> {
                if (over[0]) {
                    sink.complete();
                    return;
                }
                if (number == failAtCall && sent[0] == 1) {
                    sink.next("{\"error\":{\"message\":\"broken\"}}".getBytes(StandardCharsets.UTF_8));
                    over[0] = true;
                    return;
                }
                int parity = last[0] % 2;
                int drawn = draw(draftLaw(parity, body), chance.nextDouble());
                sent[0]++;
                drafted++;
                last[0] = drawn;
                String reason = drawn == 0 ? "stop" : sent[0] >= limit ? "length" : null;
                over[0] = reason != null;
                sink.next(chunk(parity, drawn, reason, streams, sent[0] == 1, body));
            });
        });
    }

    private void remember(JsonNode body) {
        String now = body.path("temperature") + " " + body.path("top_p") + " " + body.path("logit_bias");
        if (!now.equals(sampling)) {
            sampling = now;
            chunks.clear();
        }
    }

    private static int lastToken(JsonNode body) {
        JsonNode prompt = body.path("prompt");
        return prompt.isArray() && prompt.size() > 1
                ? prompt.get(prompt.size() - 1).asInt()
                : PROMPT;
    }

    private final Map<Integer, double[]> draftLaws = new HashMap<>();
    private String lawsOf = "";

    private double[] draftLaw(int parity, JsonNode body) {
        if (!lawsOf.equals(sampling)) {
            lawsOf = sampling;
            draftLaws.clear();
        }
        return draftLaws.computeIfAbsent(
                parity,
                any -> draftLaw(
                        parity,
                        body.path("temperature").asDouble(1),
                        body.path("top_p").asDouble(1),
                        bias(body)));
    }

    private static Map<Integer, Double> bias(JsonNode body) {
        Map<Integer, Double> bias = new HashMap<>();
        body.path("logit_bias").forEachEntry((id, nats) -> bias.put(Integer.valueOf(id), nats.asDouble()));
        return bias;
    }

    private static int draw(double[] law, double coin) {
        double left = coin;
        int last = 0;
        for (int v = 0; v < law.length; v++) {
            if (law[v] > 0) {
                last = v;
                left -= law[v];
                if (left < 0) {
                    return v;
                }
            }
        }
        return last;
    }

    private byte[] chunk(
            int parity,
            int drawn,
            @org.jspecify.annotations.Nullable String reason,
            boolean streams,
            boolean first,
            JsonNode body) {
        int key = ((parity * SIZE + drawn) * 3 + (reason == null ? 0 : reason.equals("stop") ? 1 : 2)) * 4
                + (streams ? 2 : 0)
                + (first ? 1 : 0);
        return chunks.computeIfAbsent(key, any -> {
            boolean shows = drawn != 0
                    || capabilities.endRecords() == EndRecords.SHOWN
                    || (capabilities.endRecords() == EndRecords.WHOLE_ONLY && !streams);
            List<TokenLogprob> records = shows ? List.of(record(parity, drawn, body)) : List.of();
            AnswerChoice choice =
                    new AnswerChoice(0, new String(bytes(drawn), StandardCharsets.UTF_8), records, reason);
            ObjectNode json =
                    streams ? AnswerForm.CHAT.chunk(HEAD, choice) : AnswerForm.CHAT.whole(HEAD, List.of(choice), null);
            if (first) {
                json.putArray("prompt_token_ids").add(PROMPT);
            }
            return Json.bytes(json);
        });
    }

    private TokenLogprob record(int parity, int drawn, JsonNode body) {
        double[] shown = shownLaw(
                parity, body.path("temperature").asDouble(1), body.path("top_p").asDouble(1), bias(body));
        List<TokenLogprob> top = new ArrayList<>();
        for (int v : falling(shown)) {
            if (top.size() < capabilities.topLogprobs() && shown[v] > 0) {
                top.add(entry(v, shown, List.of()));
            }
        }
        return entry(drawn, shown, top);
    }

    private static TokenLogprob entry(int id, double[] shown, List<TokenLogprob> top) {
        return new TokenLogprob("t" + id, bytes(id), id, Math.max(-9999, Math.log(shown[id])), top);
    }
}
