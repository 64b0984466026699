package dev.trimtab.upstream;

import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.token.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * What an upstream shows along given answers, each asked about once and for all: what was shown is kept in one file per
 * upstream, model and law that it shows, whatever it was asked for. Programs that run side by side may share a folder.
 */
public final class ShownAnswers implements AutoCloseable {
    private final TeacherForcing forcing;
    private final OwnAnswers own;
    private final ShownFile file;

    private ShownAnswers(Upstream upstream, ShownFile file) {
        this.forcing = new TeacherForcing(upstream);
        this.own = new OwnAnswers(upstream);
        this.file = file;
    }

    /**
     * What is shown along one answer.
     *
     * @param steps as {@link TeacherForcing#steps} has them
     * @param known whether it was shown before, and nothing was asked
     */
    public record Shown(List<Step> steps, boolean known) {}

    /**
     * Opens what is known of an upstream's model, as it is now known to be able.
     *
     * @param folder made where it does not exist
     * @param fingerprint changes when the upstream does
     * @throws IOException where files there cannot be read and written
     */
    public static ShownAnswers open(Path folder, Upstream upstream, String model, String fingerprint)
            throws IOException {
        String name = digest(identity(upstream, model, fingerprint).getBytes(StandardCharsets.UTF_8));
        return new ShownAnswers(upstream, new ShownFile(folder.resolve(name + ".jsonl")));
    }

    /** Everything that what is shown depends on, besides what is asked. */
    private static String identity(Upstream upstream, String model, String fingerprint) {
        Capabilities able = upstream.asked(model).capabilities();
        return "host " + upstream.settings().baseUrl().getHost()
                + "\nmodel " + model
                + "\nfingerprint " + fingerprint
                + "\ntop-logprobs " + able.topLogprobs()
                + "\nshown-law " + able.shownLaw()
                + "\nend-records " + able.endRecords()
                + "\ncontinuation " + able.continuation()
                + "\ntemplate " + able.template()
                + "\nmerged-records " + able.mergedRecords()
                + "\nneutral " + new TreeMap<>(able.neutral());
    }

    /**
     * The shown law behind every prefix of an answer, as {@link TeacherForcing#steps} shows it; also an
     * {@link UncheckedIOException} where the file fails.
     */
    public Mono<Shown> of(GenerationRequest request, String answer, Map<Integer, Double> bias) {
        return once(key(request, new TreeMap<>(bias).toString(), answer), key -> forcing.steps(request, answer, bias));
    }

    /**
     * What is shown along an answer that the upstream writes itself, at temperature 1 without truncation: the steps of its
     * tokens, and of its end where that is shown.
     *
     * @param number tells answers to one request apart
     * @param maxTokens of the answer, ≥ 1
     */
    public Mono<Shown> own(GenerationRequest request, int number, int maxTokens) {
        String key = key(request, "own " + number, "at most " + maxTokens);
        return once(key, unknown -> own.steps(request, unknown.hashCode() & Integer.MAX_VALUE, maxTokens));
    }

    private Mono<Shown> once(String key, Function<String, Mono<List<Step>>> steps) {
        Mono<Shown> asked = Mono.defer(() -> steps.apply(key))
                .doOnNext(shown -> file.keep(key, shown))
                .map(shown -> new Shown(shown, false));
        return Mono.fromSupplier(() -> file.find(key))
                .map(shown -> new Shown(shown, true))
                .switchIfEmpty(asked);
    }

    /** Requests that differ in their own sampling are one: it is not looked at. */
    private static String key(GenerationRequest request, String how, String answer) {
        String prompt = new String(Json.bytes(DraftBody.prompt(request.json())), StandardCharsets.UTF_8);
        return digest(String.join("\0", prompt, how, answer).getBytes(StandardCharsets.UTF_8));
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, ShownFile.KEY_DIGITS / 2);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
