package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import dev.trimtab.upstream.Drafter.DraftOptions;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.UpstreamSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A policy's bias before a real server that honours one and does not show it: the first token of 1,000 answers, pushed and
 * decided here, by a G-test of the candidates and the rest; fixed seeds, threshold z &lt; 4.
 */
@EnabledIfEnvironmentVariable(
        named = "LLAMA_CPP_URL",
        matches = "http.+",
        disabledReason = "no llama.cpp server is named by LLAMA_CPP_URL")
class LlamaCppBiasIT {
    private static final int ANSWERS = 1_000;
    private static final int CHOICES = 25;
    private static final DraftOptions NEUTRAL = new DraftOptions(1, Truncation.NONE, 1, null, Map.of());

    /** Nats of the candidates, the likeliest first: a lowering is exact wherever it acts, a raise where it is pushed. */
    private static final double[] LOWERING = {-1.3, 0, Double.NEGATIVE_INFINITY, -0.4};

    private static final double[] RAISING = {-1.3, 0.9, Double.NEGATIVE_INFINITY, -0.4, 0, 1.7};

    @ParameterizedTest
    @CsvSource({"300, false", "0, false", "300, true"})
    void firstTokens_followTheBiasedLaw(int entries, boolean raises) {
        double[] nats = raises ? RAISING : LOWERING;
        try (Upstream upstream = upstream(entries)) {
            Asked asked = upstream.asked(null);
            Candidates shown = asked.drafter(request(1, 0), request(1, 0).json(), null)
                    .reread(List.of(), NEUTRAL)
                    .block(Duration.ofSeconds(30));
            Policy policy = Answered.policy(Route.DRAFTED, FailureMode.CLOSED, Bias.parse(entries(shown, nats)));
            Steering steering = Answered.steering(upstream, 1);
            long[] counts = new long[shown.size() + 1];
            for (int batch = 0; batch < ANSWERS / CHOICES; batch++) {
                List<AnswerPart> parts = steering.steer(request(CHOICES, batch), policy, null, false)
                        .parts()
                        .collectList()
                        .block(Duration.ofMinutes(2));
                for (AnswerPart part : parts) {
                    if (part instanceof AnswerPart.Piece piece
                            && !piece.logprobs().isEmpty()) {
                        int place = place(shown, piece.logprobs().get(0).id());
                        counts[place < 0 ? shown.size() : place]++;
                    }
                }
            }
            assertThat(Arrays.stream(counts).sum()).isEqualTo(ANSWERS);
            assertThat(counts[2]).isZero();
            assertThat(GTest.z(counts, target(shown, nats))).isLessThan(4);
        }
    }

    private static double[] target(Candidates shown, double[] nats) {
        double[] law = new double[shown.size() + 1];
        law[shown.size()] = 1;
        for (int i = 0; i < shown.size(); i++) {
            double draft = Math.exp(shown.logprob(i));
            law[shown.size()] -= draft;
            law[i] = draft * Math.exp(i < nats.length ? nats[i] : 0);
        }
        double total = Arrays.stream(law).sum();
        return Arrays.stream(law).map(weight -> weight / total).toArray();
    }

    private static String entries(Candidates shown, double[] nats) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < nats.length; i++) {
            String value = Double.isInfinite(nats[i]) ? "-inf" : String.valueOf(nats[i]);
            lines.append("id:")
                    .append(shown.token(i).id())
                    .append('\t')
                    .append(value)
                    .append('\n');
        }
        return lines.toString();
    }

    private static int place(Candidates shown, int id) {
        for (int i = 0; i < shown.size(); i++) {
            if (shown.token(i).id() == id) {
                return i;
            }
        }
        return -1;
    }

    private static ChatRequest request(int n, int seed) {
        String body = "{\"model\":\"smollm2\",\"temperature\":1,\"logprobs\":true,\"max_tokens\":1,\"n\":" + n
                + ",\"seed\":" + seed
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Write a short story about a lighthouse.\"}]}";
        return ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    private static Upstream upstream(int entries) {
        Capabilities capabilities = new Capabilities(
                20,
                ShownLaw.RAW,
                Truncation.Order.TRUNCATION_FIRST,
                Continuation.TOKEN_IDS,
                false,
                entries,
                EndRecords.WHOLE_ONLY,
                Map.of("top_k", 0.0, "min_p", 0.0),
                Map.of(),
                1,
                2_048,
                49_152,
                true,
                false,
                Template.APPLY_TEMPLATE,
                false);
        URI url = URI.create(System.getenv("LLAMA_CPP_URL"));
        return new Upstream(UpstreamSettings.of("llama", url, null, capabilities, null), new SimpleMeterRegistry());
    }
}
