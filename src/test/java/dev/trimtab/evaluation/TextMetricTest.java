package dev.trimtab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TextMetricTest {
    /** Half the last digit that the usual tools print, or what another tokenizer may change, set before it was measured. */
    private record Oracle(TextMetric metric, String key, double precision) {}

    static Stream<Oracle> oracles() {
        return Stream.of(
                new Oracle(Bleu.E2E, "bleu_e2e_metrics", 0.00005),
                new Oracle(Bleu.SACRE, "sacrebleu_13a", 0.0005),
                new Oracle(new Nist(), "nist_pymteval", 0.00005),
                new Oracle(new RougeL(), "rouge_l_e2e_metrics_approx_tokenizer", 0.005),
                new Oracle(new Cider(), "cider_e2e_metrics_approx_tokenizer", 0.03),
                new Oracle(new ChrF(), "chrf2", 0.0005));
    }

    static Stream<TextMetric> metrics() {
        return TextMetric.all().stream();
    }

    @ParameterizedTest
    @MethodSource("oracles")
    void metric_agreesWithTheUsualTools(Oracle oracle) throws IOException {
        JsonNode file = new JsonMapper().readTree(Files.readString(SharedData.find("e2e/metric_oracle.json")));
        List<Segment> segments = new ArrayList<>();
        for (JsonNode one : file.path("segments")) {
            List<String> references = new ArrayList<>();
            one.path("references").forEach(reference -> references.add(reference.asString()));
            segments.add(new Segment(one.path("hypothesis").asString(), references));
        }
        double expected = file.path("scores").path(oracle.key()).asDouble();
        assertThat(oracle.metric().score(segments)).isCloseTo(expected, within(oracle.precision()));
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void metric_ofTheReferencesThemselves_isTheGreatest(TextMetric metric) {
        String text = "The Eagle is a cheap coffee shop, not far from the river.";
        List<Segment> same = List.of(
                new Segment(text, List.of(text)),
                new Segment("Try The Mill near Avalon today.", List.of("Try The Mill near Avalon today.")));
        List<Segment> other = List.of(
                new Segment("Eagle", List.of(text)),
                new Segment("Some Mill is near.", List.of("Try The Mill near Avalon today.")));
        assertThat(metric.score(same)).isGreaterThan(metric.score(other));
        Map<String, Double> greatest =
                Map.of("BLEU", 1.0, "sacreBLEU", 100.0, "ROUGE-L", 1.0, "CIDEr", 10.0, "chrF2", 100.0);
        assertThat(metric.score(same))
                .isCloseTo(greatest.getOrDefault(metric.name(), metric.score(same)), within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void metric_ofNoText_isFiniteAndLow(TextMetric metric) {
        List<Segment> nothing =
                List.of(new Segment("", List.of("The Eagle is cheap.")), new Segment("", List.of("Try The Mill.")));
        assertThat(metric.score(nothing)).isBetween(0.0, 1e-9);
    }

    /** As pymteval and sacrebleu have it, of orders that no text is long enough for. */
    @Test
    void bleu_ofSingleWords_isNotTheGreatest() {
        List<Segment> words = List.of(new Segment("yes", List.of("yes")), new Segment("no", List.of("no")));

        assertThat(Bleu.E2E.score(words)).isCloseTo(Math.pow(1e-6, 0.75), within(1e-9));
        assertThat(Bleu.SACRE.score(words)).isZero();
    }

    @Test
    void segment_withoutReferences_isRefused() {
        assertThatThrownBy(() -> new Segment("text", List.of()))
                .hasMessage("references: none (expected: at least one)");
    }
}
