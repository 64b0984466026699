package dev.trimtab.upstream;

import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.token.Step;
import dev.trimtab.upstream.Capabilities.Continuation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;
import reactor.core.publisher.Mono;

/**
 * What an upstream shows along given answers, each asked about once and for all: what was shown is kept in one file per
 * upstream, model and law that it shows, whatever it was asked for. Programs that run side by side may share a folder.
 */
public final class ShownAnswers implements AutoCloseable {
    private final Upstream upstream;
    private final TeacherForcing forcing;
    private final OwnAnswers own;
    private final ShownFile file;
    private volatile boolean told;

    private ShownAnswers(Upstream upstream, ShownFile file) {
        this.upstream = upstream;
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
        String name = digest(identity(upstream, model, fingerprint));
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
     * {@link UncheckedIOException} where the file fails. Where it {@link #tellsHiddenBias} the shown candidates are told under the
     * bias though that is hidden.
     */
    public Mono<Shown> of(GenerationRequest request, String answer, Map<Integer, Double> bias) {
        if (!told || bias.isEmpty()) {
            return once(key("", request, answer, bias), () -> forcing.steps(request, answer, bias));
        }
        return Mono.zip(
                of(request, answer, Map.of()),
                once(key("drawn ", request, answer, bias), () -> forcing.drawnFrom(request, answer, bias)),
                (raw, drawn) ->
                        new Shown(HiddenBias.steps(raw.steps(), drawn.steps(), bias), raw.known() && drawn.known()));
    }

    /**
     * What is shown along an answer that the upstream writes itself, at temperature 1 without truncation: the steps of its
     * tokens, and of its end where it ends by itself.
     *
     * @param number tells answers to one request apart
     * @param maxTokens of the answer, ≥ 1
     */
    public Mono<Shown> own(GenerationRequest request, int number, int maxTokens) {
        String key = key("own " + number + " of " + maxTokens + " ", request, "", Map.of());
        return once(key, () -> own.steps(request, key.hashCode() & Integer.MAX_VALUE, maxTokens));
    }

    private Mono<Shown> once(String key, Supplier<Mono<List<Step>>> asking) {
        Mono<Shown> asked =
                Mono.defer(asking).doOnNext(steps -> file.keep(key, steps)).map(steps -> new Shown(steps, false));
        return Mono.fromSupplier(() -> file.find(key))
                .map(steps -> new Shown(steps, true))
                .switchIfEmpty(asked);
    }

    /**
     * Finds out whether steps under a pushed bias are told by an upstream that does not show it of itself: one that shows
     * what it draws from when it is asked does. Blocks.
     *
     * @param request any
     */
    public boolean tellsHiddenBias(GenerationRequest request) {
        Capabilities able = upstream.asked(request.model()).capabilities();
        boolean hidden = able.hidesBias() && able.biasEntries() > 0;
        told = hidden
                && able.continuation() == Continuation.TOKEN_IDS
                && HiddenBias.isSeen(bias -> Objects.requireNonNull(
                        forcing.firstDrawnFrom(request, bias).block()));
        return told;
    }

    /** Requests that differ in their own sampling are one: it is not looked at. */
    private static String key(String what, GenerationRequest request, String answer, Map<Integer, Double> bias) {
        String prompt = new String(Json.bytes(DraftBody.prompt(request.json())), StandardCharsets.UTF_8);
        return digest(String.join("\0", what + prompt, new TreeMap<>(bias).toString(), answer));
    }

    private static String digest(String text) {
        return DigestUtils.sha256Hex(text).substring(0, ShownFile.KEY_DIGITS);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
