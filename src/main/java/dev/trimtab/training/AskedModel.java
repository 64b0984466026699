package dev.trimtab.training;

import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.ShownAnswers;
import dev.trimtab.upstream.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The closed model that a training asks.
 *
 * @param name the upstream's name of it
 * @param fingerprint changes when the upstream does
 * @param cache the folder of what upstreams have shown
 * @param atOnce how many answers are asked about at a time, ≥ 1
 * @param spent says what has been asked so far
 */
public record AskedModel(
        Upstream upstream, String name, String fingerprint, Path cache, int atOnce, Supplier<String> spent) {
    private static final int HUNDREDTHS = 100;
    private static final double STRONGEST = 100;

    /** What it is known to be able to do. */
    Asked asked() {
        return upstream.asked(name);
    }

    /** Its id of a token's bytes, or {@link Token#NO_ID}. */
    int idOf(byte[] bytes) {
        return asked().idOf(bytes);
    }

    /** Whether what is shown under a pushed bias is known. */
    boolean tellsBias(Collecting collecting, List<Example> examples) {
        return !asked().capabilities().hidesBias() || collecting.tellsHiddenBias(examples.get(0));
    }

    /** Whether ends are steered where such examples are answered, so that S may trade its share with the rest. */
    boolean steersEnds(List<Example> examples) {
        boolean chat = !examples.get(0).turns().isEmpty();
        Capabilities able = asked().capabilities();
        return able.tellsEnds(able.whyNotResumable(chat) == null);
    }

    /** Whether a bias can be told of a token. */
    boolean isPushable(Token token) {
        return token.id() != Token.NO_ID || (!token.isEnd() && idOf(token.bytes()) != Token.NO_ID);
    }

    /** Why no bias can be pushed for any token of lessons, or null where one can. */
    @Nullable
    String whyNoBias(List<Lesson> lessons) {
        boolean pushable = lessons.stream()
                .flatMap(lesson -> lesson.steps().stream())
                .anyMatch(step -> isPushable(step.drawn()) || isAnyPushable(step.candidates()));
        if (!pushable) {
            return "the upstream tells no ids of tokens, so that no bias can be pushed (expected: its tokenizer's file in"
                    + " trimtab.upstream.tokenizer, TRIMTAB_UPSTREAM_TOKENIZER)";
        }
        return asked().capabilities().biasEntries() == 0 ? "the upstream honours no bias" : null;
    }

    private boolean isAnyPushable(Candidates shown) {
        return IntStream.range(0, shown.size()).anyMatch(i -> isPushable(shown.token(i)));
    }

    /** A bias as it is pushed, nats by the model's ids, as fine as it takes them; a ban as the strongest that there is. */
    Map<Integer, Double> ids(Map<Token, Double> bias) {
        Map<Integer, Double> ids = new LinkedHashMap<>(new Bias(bias).byId(asked()::idOf));
        ids.replaceAll((id, nats) -> Math.max(-STRONGEST, rounded(nats)));
        return ids;
    }

    /** An entry of a pushed bias, nats, as fine as the model takes it: whole or in hundredths. */
    double rounded(double nats) {
        int grain = asked().capabilities().wholeBias() ? 1 : HUNDREDTHS;
        return Double.isInfinite(nats) ? nats : (double) Math.round(nats * grain) / grain;
    }

    /** What asks it. */
    @FunctionalInterface
    interface Asking<T> {
        T by(Collecting collecting) throws IOException;
    }

    /**
     * Asks; what it shows is kept.
     *
     * @param said takes progress, one line at a time
     */
    <T> T ask(Consumer<String> said, Asking<T> asking) throws IOException {
        try (ShownAnswers answers = ShownAnswers.open(cache, upstream, name, fingerprint)) {
            return asking.by(new Collecting(answers, name, atOnce, new Progress(said, spent)));
        }
    }
}
