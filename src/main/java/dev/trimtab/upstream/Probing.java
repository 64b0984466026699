package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.upstream.Capabilities.Template;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps what is known of an upstream up to date: what was stored is used at once, and the upstream is asked in the
 * background whether it is still the same. One that is down is asked again.
 */
public final class Probing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Probing.class);
    private static final Duration RETRY = Duration.ofSeconds(15);

    private final Probe probe;
    private final ProbeStore store;
    private final Consumer<Capabilities> learnt;
    private final UnaryOperator<Capabilities> stated;
    private final Duration interval;
    private final Disposable.Swap running = Disposables.swap();
    private String said = "";
    private volatile @Nullable ProbeReport last;

    /**
     * @param learnt takes what becomes known
     * @param stated puts what is configured in the place of what was found
     * @param interval between two looks at whether the upstream is still the same
     */
    public Probing(
            Probe probe,
            ProbeStore store,
            Consumer<Capabilities> learnt,
            UnaryOperator<Capabilities> stated,
            Duration interval) {
        this.probe = probe;
        this.store = store;
        this.learnt = learnt;
        this.stated = stated;
        this.interval = interval;
    }

    /** Uses what is stored, and goes on in the background. */
    public void start() {
        store.find(probe.baseUrl(), probe.model()).ifPresent(this::use);
        running.update(Mono.fromCallable(this::check)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(Mono::delay)
                .repeat()
                .subscribe(next -> {}, failure -> LOG.error("Probing has ended", failure)));
    }

    /** The report that is in use, or null before there is one. */
    public @Nullable ProbeReport last() {
        return last;
    }

    /** Asks the upstream everything anew. */
    public Mono<ProbeReport> refresh() {
        return Mono.fromCallable(this::probed).subscribeOn(Schedulers.boundedElastic());
    }

    /** Returns when to look again. */
    private synchronized Duration check() {
        try {
            String fingerprint = probe.fingerprint();
            ProbeReport known = last;
            if (known == null || known.failed() > 0 || !fingerprint.equals(known.fingerprint())) {
                probed();
            }
            return interval;
        } catch (ApiException unanswered) {
            boolean keyless = unanswered.status() == 401 || unanswered.status() == 403;
            say("The upstream's capabilities cannot be probed: " + unanswered.getMessage()
                    + (keyless ? " Set trimtab.upstream.api-key, or trimtab.upstream.capabilities." : ""));
            return keyless ? interval : RETRY;
        }
    }

    private synchronized ProbeReport probed() {
        ProbeReport report = probe.run();
        if (report.answered() && !isWorse(report, last)) {
            use(report);
            keep(report);
        }
        return report;
    }

    /** True where the same upstream has left more questions open than before, as one that is overloaded does. */
    private static boolean isWorse(ProbeReport report, @Nullable ProbeReport known) {
        return known != null
                && known.failed() < report.failed()
                && Objects.equals(known.fingerprint(), report.fingerprint());
    }

    private void keep(ProbeReport report) {
        try {
            store.keep(report);
        } catch (UncheckedIOException unwritable) {
            say("What was probed cannot be stored: " + unwritable.getMessage());
        }
    }

    private void use(ProbeReport report) {
        Capabilities capabilities = stated.apply(report.capabilities());
        last = report;
        learnt.accept(capabilities);
        String lacking = capabilities.whyNotSteerable(true);
        say("Upstream " + probe.baseUrl() + ", model " + report.model() + ": " + capabilities.topLogprobs()
                + " candidates a token (" + words(capabilities.shownLaw()) + "), continuation "
                + words(capabilities.continuation())
                + (capabilities.template() == Template.NONE ? "" : " by template " + words(capabilities.template()))
                + ", " + capabilities.biasEntries() + " bias entries; "
                + (lacking == null ? "chats can be steered" : "chats cannot be steered by tokens, " + lacking));
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Says something once. */
    private void say(String line) {
        if (!line.equals(said)) {
            said = line;
            LOG.info(line);
        }
    }

    @Override
    public void close() {
        running.dispose();
    }
}
