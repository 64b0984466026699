package dev.trimtab.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.policy.Attachments;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Limits;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.policy.Stage;
import dev.trimtab.policy.WeightedScorer;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.scoring.IndependentMatcher;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Phrases.Rule;
import dev.trimtab.steering.AnswerPart;
import dev.trimtab.steering.Steering;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.PhrasedUpstream;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The forbidden law on generated cases: phrases that straddle tokens, cuts, characters and stop strings, start inside a
 * token, have several tokenisations, end where the answer does, differ in case beyond ASCII, and come outside what is shown,
 * in opaque records and after a latch. The number of cases is set by the system property {@code forbidden.cases}.
 */
class ForbiddenLawTest {
    private static final int CASES = Integer.getInteger("forbidden.cases", 10_000);
    private static final int[] ALPHABET = "aAbkKséÉßſσς 1€$-".codePoints().toArray();
    private static final String KELVIN = "\u212a";
    private static final AnswerHead HEAD = new AnswerHead("id", 0, "phrased");

    private final Map<String, Integer> seen = new ConcurrentHashMap<>();

    /** One generated case. */
    private record Case(
            PhrasedUpstream upstream, Policy policy, CompletionRequest request, String preceding, boolean echo) {}

    /** Answers that reach their limit of calls are many here, and each says so. */
    @BeforeAll
    static void quiet() {
        ((Logger) LoggerFactory.getLogger("dev.trimtab.steering")).setLevel(Level.ERROR);
    }

    @Test
    void forbiddenPhrases_neverReachTheClient() {
        IntStream.range(0, CASES)
                .parallel()
                .forEach(number -> check(generated(new SplittableRandom(1_000_003L * number + 17)), number));
        for (String kind : List.of("hit", "taken back", "asked again", "withheld", "latched", "stopped", "length")) {
            assertThat(seen.getOrDefault(kind, 0))
                    .as("cases: %s of %s", kind, seen)
                    .isGreaterThan(CASES / 200);
        }
    }

    private void check(Case generated, int number) {
        ObjectNode whole = whole(generated);
        String text = whole.at("/choices/0/text").asString();
        String answer = generated.echo() ? text.substring(generated.preceding().length()) : text;
        List<Rule> rules = generated.policy().negative().phrases().rules();
        String leak = IndependentMatcher.leak(rules, generated.preceding(), answer);
        assertThat(leak).as("case %s: %s in \"%s\"", number, generated, answer).isNull();

        List<ObjectNode> chunks = chunks(generated);
        StringBuilder streamed = new StringBuilder();
        String finish = null;
        for (ObjectNode chunk : chunks) {
            JsonNode choice = chunk.path("choices").path(0);
            streamed.append(choice.path("text").asString(""));
            finish = choice.path("finish_reason").isString()
                    ? choice.path("finish_reason").asString()
                    : finish;
        }
        assertThat(streamed.toString()).as("case %s streamed", number).isEqualTo(text);
        assertThat(finish).isEqualTo(whole.at("/choices/0/finish_reason").asString());
        JsonNode last = chunks.get(chunks.size() - 1);
        assertThat(last.path("usage")).isEqualTo(whole.path("usage"));
        JsonNode books = whole.at("/trimtab/choices/0");
        assertThat(last.at("/trimtab/choices/0")).isEqualTo(books);
        balance(books, whole, number);
        count(books, finish);
    }

    private static void balance(JsonNode books, JsonNode whole, int number) {
        int drafted = books.path("drafted").asInt();
        assertThat(drafted)
                .as("case %s: %s", number, books)
                .isEqualTo(books.path("kept").asInt()
                        + books.path("unsteered").asInt()
                        + books.path("discarded").asInt());
        assertThat(books.path("discarded").asInt()).isNotNegative();
        assertThat(books.path("emitted").asInt())
                .isBetween(
                        whole.at("/usage/completion_tokens").asInt(),
                        whole.at("/usage/completion_tokens").asInt() + 1);
    }

    private void count(JsonNode books, String finish) {
        seen(books.path("taken_back").asInt() > 0, "taken back");
        seen(books.path("asked_again").asInt() > 0, "asked again");
        seen(books.path("taken_back").asInt() + books.path("asked_again").asInt() > 0, "hit");
        seen(books.path("latched").isString(), "latched");
        seen(finish.equals("content_filter"), "withheld");
        seen(finish.equals("stop"), "stopped");
        seen(finish.equals("length"), "length");
    }

    private void seen(boolean holds, String kind) {
        seen.merge(kind, holds ? 1 : 0, Integer::sum);
    }

    private static ObjectNode whole(Case generated) {
        SteeredAnswer answer = answer(generated);
        parts(generated).forEach(answer.choices()::add);
        return answer.whole();
    }

    private static List<ObjectNode> chunks(Case generated) {
        SteeredAnswer answer = answer(generated);
        List<ObjectNode> chunks = new ArrayList<>();
        parts(generated).forEach(part -> chunks.addAll(answer.chunks(part)));
        chunks.addAll(answer.last());
        return chunks;
    }

    private static SteeredAnswer answer(Case generated) {
        return new SteeredAnswer(
                AnswerForm.COMPLETION,
                HEAD,
                generated.request().sampling(),
                generated.policy(),
                Explanation.COUNTS,
                new SteeredChoices(false, 1));
    }

    private static List<AnswerPart> parts(Case generated) {
        Steering steering = new Steering(generated.upstream().upstream(), new CompositeMeterRegistry(), () -> 1);
        return steering.steer(generated.request(), generated.policy(), null, false)
                .parts()
                .collectList()
                .block(Duration.ofSeconds(20));
    }

    private static Case generated(SplittableRandom chance) {
        List<Rule> rules = IntStream.range(0, 1 + chance.nextInt(3))
                .mapToObj(i -> rule(i, chance))
                .toList();
        PhrasedUpstream upstream = upstream(rules, chance);
        Route route = pick(chance, Route.values());
        boolean whole = route == Route.RESAMPLED || route == Route.DRAFTED_OR_RESAMPLED;
        String preceding = pick(chance, "p", "p ", "é", "-");
        boolean echo = chance.nextInt(5) == 0;
        String body = "{\"model\":\"m\",\"prompt\":\"" + preceding + "\",\"seed\":" + chance.nextInt(1_000)
                + ",\"stream_options\":{\"include_usage\":true},\"stream\":true"
                + ",\"echo\":" + echo + ",\"max_tokens\":" + (1 + chance.nextInt(30))
                + ",\"temperature\":" + pick(chance, whole ? "0.5" : "0", "0.7", "1", "1.3") + stops(rules, chance)
                + "}";
        return new Case(
                upstream,
                policy(rules, upstream, route, chance),
                CompletionRequest.parse(body.getBytes(StandardCharsets.UTF_8)),
                preceding,
                echo);
    }

    private static Rule rule(int index, SplittableRandom chance) {
        List<String> phrases = IntStream.range(0, 1 + chance.nextInt(4))
                .mapToObj(i -> text(1 + chance.nextInt(5), chance))
                .toList();
        return new Rule("rule" + index, phrases, chance.nextBoolean(), Bias.NONE);
    }

    private static String text(int length, SplittableRandom chance) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int point = chance.nextInt(ALPHABET.length + 2);
            if (point < ALPHABET.length) {
                text.appendCodePoint(ALPHABET[point]);
            } else {
                text.append(point == ALPHABET.length ? KELVIN : "👩");
            }
        }
        return text.toString();
    }

    /** Tokens are slices of the bytes of texts in which phrases stand, in any case. */
    private static PhrasedUpstream upstream(List<Rule> rules, SplittableRandom chance) {
        List<byte[]> vocabulary = new ArrayList<>(List.of(new byte[0]));
        while (vocabulary.size() < 14) {
            byte[] bytes = (text(chance.nextInt(2), chance)
                            + cased(phrase(rules, chance), chance)
                            + text(chance.nextInt(2), chance))
                    .getBytes(StandardCharsets.UTF_8);
            int from = chance.nextInt(bytes.length);
            byte[] token = Arrays.copyOfRange(bytes, from, from + 1 + chance.nextInt(Math.min(6, bytes.length - from)));
            if (vocabulary.stream().noneMatch(other -> Arrays.equals(other, token))) {
                vocabulary.add(token);
            }
        }
        Continuation continuation = pick(chance, Continuation.TOKEN_IDS, Continuation.TEXT, Continuation.NONE);
        boolean opaque = continuation != Continuation.TOKEN_IDS && chance.nextBoolean();
        return new PhrasedUpstream(
                vocabulary,
                pick(chance, 0.0, 2.0, 6.0),
                continuation == Continuation.NONE && chance.nextBoolean() ? 0 : 3 + chance.nextInt(11),
                continuation,
                pick(chance, EndRecords.values()),
                20 + chance.nextInt(20),
                opaque ? 0.2 : 0,
                opaque ? 0.2 : 0,
                chance.nextLong());
    }

    private static String phrase(List<Rule> rules, SplittableRandom chance) {
        List<String> phrases = rules.get(chance.nextInt(rules.size())).phrases();
        return phrases.get(chance.nextInt(phrases.size()));
    }

    private static String cased(String text, SplittableRandom chance) {
        StringBuilder cased = new StringBuilder();
        text.codePoints().forEach(point -> {
            int variant = chance.nextInt(3);
            cased.appendCodePoint(
                    variant == 0
                            ? Character.toUpperCase(point)
                            : variant == 1 ? Character.toLowerCase(Character.toUpperCase(point)) : point);
        });
        return cased.toString();
    }

    private static String stops(List<Rule> rules, SplittableRandom chance) {
        if (chance.nextInt(3) > 0) {
            return "";
        }
        String phrase = phrase(rules, chance) + text(1, chance);
        int from = phrase.offsetByCodePoints(0, chance.nextInt(phrase.codePointCount(0, phrase.length())));
        return ",\"stop\":" + Json.mapper().writeValueAsString(phrase.substring(from));
    }

    private static Policy policy(List<Rule> rules, PhrasedUpstream upstream, Route route, SplittableRandom chance) {
        List<WeightedScorer> scorers = new ArrayList<>();
        if (upstream.continuation() != Continuation.NONE && chance.nextBoolean()) {
            FixedScorer scorer = new FixedScorer(token -> Math.sin(token.hashCode()));
            scorers.add(new WeightedScorer(chance.nextBoolean() ? scorer : scorer.failingAt(chance.nextInt(15)), 1));
        }
        return new Policy(
                "guarded",
                "0",
                Stage.FULL,
                FailureMode.OPEN,
                route,
                null,
                null,
                List.of(),
                Bias.NONE,
                scorers,
                new Negative(new Phrases(rules), pick(chance, 0.0, 0.05, 0.5, 1.0)),
                new Limits(pick(chance, 4, 64, 500), 500, 4),
                Attachments.NONE);
    }

    @SafeVarargs
    private static <T> T pick(SplittableRandom chance, T... among) {
        return among[chance.nextInt(among.length)];
    }
}
