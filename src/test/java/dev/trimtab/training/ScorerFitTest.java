package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.scoring.Session;
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
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** Fitting, on an upstream that draws evenly from a few tokens, and a user who wants each token's neighbour next. */
class ScorerFitTest {
    private static final Path TOKENIZER = Path.of("config/policies/brand-voice/tokenizer.json");
    private static final String TEMPLATE =
            "{\"user\": [\"<|user|>\", \"<|end|>\"], \"assistant\": [\"<|assistant|>\"," + " \"<|end|>\"]}";
    private static final int FIRST = 300;
    private static final int KINDS = 6;
    /** So many that they are not held out in turns. */
    private static final int MANY = 208;

    private static final double SHOWN = Math.log(0.9 / KINDS);
    private static final ScorerSettings SMALL =
            new ScorerSettings(1, 16, 2, 64, Update.ALL, false, true, 0, null, 1, 0, 8, 1);

    private final Vocabulary vocabulary = vocabulary();
    private final Random random = new Random(11);

    private static Vocabulary vocabulary() {
        try {
            return Vocabulary.read(Files.readAllBytes(TOKENIZER));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Token token(int kind) {
        return new Token(FIRST + kind, vocabulary.bytes(FIRST + kind));
    }

    private Step step(int gold) {
        return step(gold, KINDS);
    }

    /** A step that shows the first kinds. */
    private Step step(int gold, int shown) {
        Token[] tokens = new Token[shown];
        double[] logprobs = new double[shown];
        for (int i = 0; i < shown; i++) {
            tokens[i] = token(i);
            logprobs[i] = SHOWN;
        }
        return new Step(token(gold), gold < shown ? SHOWN : Double.NaN, new Candidates(tokens, logprobs));
    }

    /** Every other step, and the end, as records that come without candidates. */
    private static Lesson hiding(Lesson lesson) {
        List<Step> steps = new ArrayList<>(lesson.steps());
        for (int i = 1; i < steps.size(); i += 2) {
            steps.set(i, new Step(steps.get(i).drawn(), Double.NaN, Candidates.NONE));
        }
        steps.add(new Step(Token.END, Double.NaN, Candidates.NONE));
        return new Lesson(lesson.prompt(), steps);
    }

    private Prompt prompt(int number) {
        return new Prompt.Chat(List.of(new Prompt.Turn("user", "number " + number)));
    }

    /** Each token is the neighbour of the one before it, as long as the wish holds. */
    private List<Lesson> lessons(int count, double holds) {
        List<Lesson> lessons = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Step> steps = new ArrayList<>();
            int kind = random.nextInt(KINDS);
            for (int j = 0; j < 8; j++) {
                kind = random.nextDouble() < holds ? (kind + 1) % KINDS : random.nextInt(KINDS);
                steps.add(step(kind));
            }
            lessons.add(new Lesson(prompt(i), steps));
        }
        return lessons;
    }

    private static ScorerRequest request(List<Lesson> lessons, ScorerSettings settings) {
        return new ScorerRequest(lessons, List.of(), Bias.NONE, TOKENIZER, TEMPLATE, null, null, settings);
    }

    private static FittedScorer fit(ScorerRequest request) throws IOException {
        return ScorerFit.fit(request, line -> {});
    }

    private double[][] served(Path folder, Lesson lesson) throws IOException {
        try (Scorer scorer = Scorer.plugin(
                        folder.resolve("model.onnx"),
                        folder.resolve("tokenizer.json"),
                        Accelerator.CPU,
                        Schedulers.immediate(),
                        new SimpleMeterRegistry());
                Session session = scorer.open(lesson.prompt())) {
            assertThat(scorer.zeroIsRest()).isTrue();
            return session.score(new Window(List.of(), lesson.steps())).block(Duration.ofSeconds(20));
        }
    }

    @Test
    void scorer_learnsWhatIsWanted_andIsServed(@TempDir Path folder) throws IOException {
        List<Lesson> lessons = lessons(MANY, 0.9);
        FittedScorer fitted = fit(request(lessons, SMALL));
        assertThat(fitted.before().lossPerToken()).isBetween(-SHOWN - 0.001, -SHOWN + 0.001);
        assertThat(fitted.pays()).as(fitted.summary()).isTrue();
        assertThat(fitted.after().lossPerToken()).isLessThan(1.5);
        fitted.write(folder, false, Map.of("trimtab.provenance", "a test"));
        double[][] scores = served(folder, lessons.get(0));
        assertThat(scores).hasDimensions(8, KINDS);
    }

    @Test
    void scorer_ofNoise_doesNotPay_andSaysSo() throws IOException {
        FittedScorer fitted = fit(request(lessons(24, 0), SMALL));
        assertThat(fitted.pays()).as(fitted.summary()).isFalse();
        assertThat(fitted.summary()).contains("does not pay");
    }

    @Test
    void promptsThatDoNotFitTheContext_areNamed() {
        ScorerSettings narrow = new ScorerSettings(1, 16, 2, 1, Update.ALL, false, true, 0, null, 1, 0, 8, 1);

        assertThatThrownBy(() -> fit(request(lessons(8, 0.9), narrow)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("context: 1 (expected: more than the tokens of the prompts)");
    }

    @Test
    void price_lowersTheSuppressedMass() throws IOException {
        List<Lesson> lessons = lessons(MANY, 0.9);
        FittedScorer free = fit(request(lessons, SMALL));
        FittedScorer dear = fit(request(lessons, SMALL.withPrice(2)));
        assertThat(dear.after().suppressedMass()).isLessThan(0.75 * free.after().suppressedMass());
        assertThat(dear.after().lossPerToken()).isGreaterThan(free.after().lossPerToken());
    }

    @Test
    void bias_movesWithTheScorer_whereItMay() throws IOException {
        List<Lesson> lessons = lessons(60, 0.9);
        Token first = new Token(Token.NO_ID, token(0).bytes());
        ScorerRequest request = new ScorerRequest(
                lessons,
                List.of(),
                new Bias(Map.of(first, 3.0)),
                TOKENIZER,
                TEMPLATE,
                null,
                null,
                SMALL.withUpdate(Update.parse("bias"), true, 0));
        FittedScorer fitted = fit(request);
        assertThat(fitted.updated()).isEqualTo(1);
        assertThat(fitted.bias().nats(first)).isLessThan(3);
    }

    /** The bias's fit and the scorer's see the same law, also where a step does not show what is pushed. */
    @Test
    void pushedBias_isTheLawThatItWasFittedOn() throws IOException {
        List<Lesson> lessons = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<Step> steps = random.ints(8, 0, KINDS)
                    .mapToObj(gold -> step(gold, 2 + random.nextInt(KINDS - 1)))
                    .toList();
            lessons.add(new Lesson(prompt(i), steps));
        }
        Map<Token, Double> pushed = Map.of(token(0), 1.5, token(3), -1.0, token(5), 2.0);
        FittedScorer fitted =
                fit(new ScorerRequest(lessons, lessons, new Bias(pushed), TOKENIZER, TEMPLATE, null, null, SMALL));
        ShownLaws laws = new ShownLaws(lessons);
        double[] bias = new double[laws.size()];
        Arrays.setAll(bias, v -> pushed.getOrDefault(laws.token(v), 0.0));
        assertThat(fitted.before().lossPerToken()).isCloseTo(laws.under(bias).loss() / 160, within(1e-4));
    }

    @Test
    void stepsThatShowNothing_areNotScored_asTheBiasLeavesThemOut() throws IOException {
        List<Lesson> lessons =
                lessons(20, 0.9).stream().map(ScorerFitTest::hiding).toList();
        FittedScorer fitted =
                fit(new ScorerRequest(lessons, lessons, Bias.NONE, TOKENIZER, TEMPLATE, null, null, SMALL));
        assertThat(fitted.before().tokens()).containsOnly(4);
        assertThat(fitted.before().lossPerToken())
                .isCloseTo(LessonNats.of(lessons).mean(), within(1e-4));
    }

    @Test
    void stepsThatShowNothing_areRead_andScoredBehind() throws IOException {
        Lesson lesson = lessons(1, 0.9).get(0);
        try (Tokenizer tokenizer = Tokenizer.read(Files.readAllBytes(TOKENIZER));
                NDManager manager = NDManager.newBaseManager()) {
            ScorerLesson.Reader reader = new ScorerLesson.Reader(
                    tokenizer,
                    PromptTemplate.parse(TEMPLATE),
                    new BiasEntries(Bias.NONE),
                    new ShownLaws(List.of(lesson)),
                    SMALL.context());
            ScorerLesson whole = reader.read(lesson, null);
            boolean[][] unwanted = new boolean[9][KINDS];
            unwanted[2][3] = true;
            ScorerLesson half = reader.read(hiding(lesson), unwanted);
            int first = whole.at()[0];
            int length = whole.ids().length;
            assertThat(half.ids()).isEqualTo(Arrays.copyOf(whole.ids(), length - 1));
            assertThat(half.at()).containsExactly(first, first + 2, first + 4, first + 6);
            assertThat(half.steps().stream().map(ScorerLesson.ScoredCandidates::anyNegative))
                    .containsExactly(false, true, false, false);
            ScorerBatch batch = ScorerBatch.of(List.of(whole, half), new float[1], manager);
            assertThat(Arrays.copyOfRange(batch.at().toLongArray(), 7, 10))
                    .containsExactly(first + 7L, (long) length + first, length + first + 2L);
        }
    }

    /** Also where all that is shown of an answer is nothing: it is not said to be too long. */
    @Test
    void answersThatShowNothing_areLeftOut_andTheOthersFitted() throws IOException {
        List<Lesson> lessons = new ArrayList<>(lessons(3, 0.9));
        lessons.add(new Lesson(prompt(3), List.of(new Step(Token.END, Double.NaN, Candidates.NONE))));
        List<String> said = new ArrayList<>();
        FittedScorer fitted = ScorerFit.fit(request(lessons, SMALL), said::add);
        assertThat(fitted.before().tokens()).containsExactly(8, 8, 8);
        assertThat(said).noneMatch(line -> line.contains("do not fit"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"head", "biases", "lora:2", "mask:0.05", "all"})
    void update_ofAModel_betterThanBefore_touchesWhatItSays(String update, @TempDir Path folder) throws IOException {
        fit(request(lessons(MANY, 0.9), SMALL)).write(folder, false, Map.of());
        TransformerWeights before = OnnxWeights.read(folder.resolve("model.onnx"));
        List<Lesson> other = lessons(MANY, 0.3);
        ScorerRequest request = new ScorerRequest(
                other,
                List.of(),
                Bias.NONE,
                TOKENIZER,
                TEMPLATE,
                before,
                null,
                SMALL.withUpdate(Update.parse(update), false, 0.01));
        FittedScorer adapted = fit(request);
        assertThat(adapted.after().lossPerToken()).isLessThan(adapted.before().lossPerToken());
        long changed = adapted.weights().tensors().entrySet().stream()
                .mapToLong(entry -> changed(
                        entry.getValue().values(), before.tensor(entry.getKey()).values()))
                .sum();
        assertThat(changed).isPositive();
        if (!update.startsWith("lora")) {
            assertThat(changed).isLessThanOrEqualTo(adapted.updated());
        }
    }

    private static long changed(float[] one, float[] other) {
        long changed = 0;
        for (int i = 0; i < one.length; i++) {
            changed += one[i] == other[i] ? 0 : 1;
        }
        return changed;
    }

    @ParameterizedTest
    @EnumSource(NegativeLoss.class)
    void negative_takesUnwantedTokensAway_andIsServedAsALowering(NegativeLoss loss, @TempDir Path folder)
            throws IOException {
        List<Lesson> samples = lessons(MANY, 0);
        boolean[] unwanted = new boolean[KINDS];
        unwanted[2] = true;
        ScorerRequest request = new ScorerRequest(
                samples,
                List.of(),
                Bias.NONE,
                TOKENIZER,
                TEMPLATE,
                null,
                lesson -> lesson.steps().stream().map(step -> unwanted).toArray(boolean[][]::new),
                SMALL.withNegative(loss, 1));
        FittedScorer fitted = fit(request);
        assertThat(fitted.after().cost(0)).isLessThan(fitted.before().cost(0));
        fitted.write(folder, false, Map.of());
        double[][] lowerings = served(folder, samples.get(0));
        assertThat(Arrays.stream(lowerings).flatMapToDouble(Arrays::stream)).allMatch(lowering -> lowering <= 0);
        for (double[] step : lowerings) {
            assertThat(step[2]).isLessThan(-0.5);
        }
    }

    @Test
    void negativeFigures_areOfStepsThatShowSomething(@TempDir Path folder) throws IOException {
        List<Lesson> samples =
                lessons(12, 0).stream().map(ScorerFitTest::hiding).toList();
        Map<Lesson, boolean[][]> unwanted = new IdentityHashMap<>();
        for (Lesson lesson : samples) {
            unwanted.put(
                    lesson,
                    lesson.steps().stream()
                            .map(step -> new boolean[step.candidates().size()])
                            .toArray(boolean[][]::new));
        }
        MarkedAnswers marked = new MarkedAnswers(samples, unwanted);
        ScorerSettings lowering = SMALL.withNegative(NegativeLoss.TNRR, 1);
        FittedScorer fitted =
                fit(new ScorerRequest(samples, List.of(), Bias.NONE, TOKENIZER, TEMPLATE, null, marked::of, lowering));
        fitted.write(folder, false, Map.of());
        assertThat(fitted.before().tokens()).containsOnly(4);
        assertThat(NegativeFigures.of(folder, marked).elsewhere()).isEqualTo(48);
    }

    @Test
    void layersOfALanguageModel_beginWithoutSayingAnything() throws IOException {
        TransformerShape shape = new TransformerShape(vocabulary.size(), 1, 16, 2, 64, true);
        TransformerWeights body = TransformerWeights.random(shape, 3).unread();
        assertThat(body.shape().tied()).isFalse();
        assertThat(body.tensor(TransformerWeights.EMBEDDING).values())
                .isEqualTo(TransformerWeights.random(shape, 3)
                        .tensor(TransformerWeights.EMBEDDING)
                        .values());
        List<Lesson> lessons = lessons(MANY, 0.9);
        FittedScorer fitted =
                fit(new ScorerRequest(lessons, List.of(), Bias.NONE, TOKENIZER, TEMPLATE, body, null, SMALL));
        assertThat(fitted.before().lossPerToken()).isCloseTo(-SHOWN, within(1e-3));
        assertThat(fitted.after().lossPerToken()).isLessThan(fitted.before().lossPerToken());
    }

    @Test
    void examples_ofOnePrompt_areRefused() {
        Lesson one = lessons(1, 1).get(0);
        assertThatThrownBy(() -> fit(request(List.of(one, one), SMALL)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one prompt");
    }
}
