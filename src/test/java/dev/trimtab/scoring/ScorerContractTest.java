package dev.trimtab.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.model.ModelException;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.scoring.Prompt.Turn;
import dev.trimtab.scoring.Session.ContextExceededException;
import dev.trimtab.scoring.Session.Window;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.scheduler.Schedulers;

/** What every scorer promises, held against each of them. */
class ScorerContractTest {
    private static final Path FOLDER = Path.of("config/policies/brand-voice");
    private static final Vocabulary VOCABULARY = vocabulary();
    private static final Prompt PROMPT =
            new Prompt.Chat(List.of(new Turn("user", "name[The Eagle], food[Japanese], area[riverside]")));

    private static final Scorer PLUGIN = plugin(FOLDER.resolve("tokenizer.json"));

    static Stream<Scorer> scorers() {
        return Stream.of(PLUGIN, new FixedScorer(token -> -token.bytes().length, false));
    }

    @AfterAll
    static void close() {
        PLUGIN.close();
    }

    private static Vocabulary vocabulary() {
        try {
            return Vocabulary.read(Files.readAllBytes(FOLDER.resolve("tokenizer.json")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Scorer plugin(Path tokenizer) {
        try {
            return Scorer.plugin(
                    FOLDER.resolve("model.onnx"),
                    tokenizer,
                    Accelerator.CPU,
                    Schedulers.parallel(),
                    new SimpleMeterRegistry());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Token token(int id) {
        return new Token(id, VOCABULARY.bytes(id));
    }

    private static Step step(int drawn, int... candidates) {
        Token[] tokens =
                IntStream.of(candidates).mapToObj(ScorerContractTest::token).toArray(Token[]::new);
        return new Step(token(drawn), -1, new Candidates(tokens, new double[tokens.length]));
    }

    private static double[][] score(Session session, List<Token> prefix, Step... steps) {
        return session.score(new Window(prefix, List.of(steps))).block(Duration.ofSeconds(20));
    }

    private static List<Token> prefix(Random random, int length) {
        List<Token> prefix = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            prefix.add(token(4 + random.nextInt(4_000)));
        }
        return prefix;
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("scorers")
    void scores_areOnePerCandidate_andFinite(Scorer scorer) {
        try (Session session = scorer.open(PROMPT)) {
            double[][] scores = score(session, List.of(), step(300, 300, 301, 0));
            assertThat(scores).hasDimensions(1, 3);
            assertThat(DoubleStream.of(scores[0])).allMatch(Double::isFinite);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("scorers")
    void scores_dependOnTheWindowAlone(Scorer scorer) {
        Random random = new Random(1);
        List<Token> one = prefix(random, 7);
        List<Token> other = prefix(random, 4);
        Step step = step(300, 300, 400, 500);
        try (Session first = scorer.open(PROMPT);
                Session second = scorer.open(PROMPT)) {
            double[] fresh = score(first, one, step)[0];
            score(first, other, step);
            assertThat(score(first, one, step)[0]).containsExactly(fresh, Offset.offset(1e-4));
            score(second, one.subList(0, 3), step);
            assertThat(score(second, one, step)[0]).containsExactly(fresh, Offset.offset(1e-4));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("scorers")
    void scores_followTheOrderOfTheCandidates(Scorer scorer) {
        List<Integer> ids = new ArrayList<>(List.of(300, 301, 302, 303, 304));
        try (Session session = scorer.open(PROMPT)) {
            double[] straight = score(session, List.of(), step(300, 300, 301, 302, 303, 304))[0];
            Collections.shuffle(ids, new Random(3));
            double[] shuffled = score(
                    session,
                    List.of(),
                    step(300, ids.stream().mapToInt(Integer::intValue).toArray()))[0];
            for (int i = 0; i < 5; i++) {
                assertThat(shuffled[i]).isCloseTo(straight[ids.get(i) - 300], Offset.offset(1e-5));
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("scorers")
    void window_ofSeveralSteps_equalsStepByStep(Scorer scorer) {
        List<Token> prefix = prefix(new Random(5), 3);
        Step[] steps = {step(300, 300, 301), step(310, 310, 311, 312), step(320, 320)};
        try (Session session = scorer.open(PROMPT);
                Session single = scorer.open(PROMPT)) {
            double[][] together = score(session, prefix, steps);
            List<Token> grown = new ArrayList<>(prefix);
            for (int i = 0; i < steps.length; i++) {
                assertThat(together[i]).containsExactly(score(single, grown, steps[i])[0], Offset.offset(1e-4));
                grown.add(steps[i].drawn());
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("scorers")
    void close_twice_isClosingOnce(Scorer scorer) {
        Session session = scorer.open(PROMPT);
        score(session, List.of(), step(300, 300));
        session.close();
        session.close();
    }

    @Test
    void plugin_unknownCandidate_belongsToTheRest() {
        Step step = new Step(
                token(300),
                -1,
                new Candidates(new Token[] {token(300), Token.of("no such token at all")}, new double[2]));
        try (Session session = PLUGIN.open(PROMPT)) {
            assertThat(score(session, List.of(), step)[0][1]).isNaN();
        }
    }

    @Test
    void plugin_unmappedPrefixToken_isTokenisedAnew() {
        Step step = step(300, 300, 301);
        List<Token> whole = List.of(Token.of("The Eagle is a cheap place"));
        try (Session session = PLUGIN.open(PROMPT)) {
            assertThat(DoubleStream.of(score(session, whole, step)[0])).allMatch(Double::isFinite);
        }
    }

    @Test
    void plugin_beyondItsContext_saysSo() {
        try (Session session = PLUGIN.open(PROMPT)) {
            assertThatThrownBy(() -> score(session, prefix(new Random(7), 512), step(300, 300)))
                    .isInstanceOf(ContextExceededException.class)
                    .hasMessageContaining("at most 512");
        }
    }

    @Test
    void plugin_closedDuringRuns_doesNotCrash() {
        for (int i = 0; i < 30; i++) {
            Session session = PLUGIN.open(PROMPT);
            session.score(new Window(prefix(new Random(i), 60), List.of(step(300, 300))))
                    .onErrorComplete()
                    .subscribe();
            session.close();
        }
        try (Session session = PLUGIN.open(PROMPT)) {
            assertThat(score(session, List.of(), step(300, 300))[0]).hasSize(1);
        }
    }

    @Test
    void plugin_anotherTokenizer_isRefusedWithBothHashes(@TempDir Path folder) throws Exception {
        Path other = folder.resolve("tokenizer.json");
        Files.writeString(other, Files.readString(FOLDER.resolve("tokenizer.json")) + "\n");
        assertThatThrownBy(() -> plugin(other))
                .isInstanceOf(ModelException.class)
                .hasMessageMatching("tokenizer: sha256 [0-9a-f]{64} \\(expected: [0-9a-f]{64}\\)");
    }

    @Test
    void plugin_zero_isTheRestsAsItsMetadataSays() {
        assertThat(PLUGIN.zeroIsRest()).isTrue();
        assertThat(PLUGIN.onlyLowers()).isFalse();
        assertThat(PLUGIN.name()).isEqualTo("plugin");
    }
}
