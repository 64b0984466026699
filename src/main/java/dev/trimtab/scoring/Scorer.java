package dev.trimtab.scoring;

import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.token.Token;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Says how much better each candidate of a step serves a policy than the upstream's own order does.
 *
 * <p>A score is added to a log-probability, in nats; only differences within a step count, and ln 2 doubles a
 * candidate's odds against another. A scorer is immutable and shared by all answers; what belongs to one answer lives in
 * its {@link Session}.
 */
public interface Scorer extends AutoCloseable {
    /**
     * Loads a reweighting model and the tokenizer that it was trained with.
     *
     * @param scheduler where it runs; bounded, since a run takes a processor for itself
     * @throws IOException where the tokenizer cannot be read
     * @throws dev.trimtab.model.ModelException where the model cannot be used, or the two do not belong together
     */
    static Scorer plugin(
            Path model, Path tokenizer, Accelerator accelerator, Scheduler scheduler, MeterRegistry registry)
            throws IOException {
        return PluginScorer.load(model, tokenizer, accelerator, scheduler, registry);
    }

    /** What a scorer is called in meters and errors, e.g. {@code plugin}. */
    String name();

    /** True where the scorer's zero is the score of every token that is not shown, so that S may gain or lose share. */
    boolean zeroIsRest();

    /** True where every score is ≤ 0. */
    boolean onlyLowers();

    /** What its model runs on, {@code CPU} or {@code CUDA}. */
    Accelerator accelerator();

    /**
     * The tokens of a text as the scorer's own tokenizer cuts it, without ids; null where it has none, so that a text whose
     * tokens are not known cannot be scored.
     */
    default @Nullable List<Token> tokens(String text) {
        return null;
    }

    /** Opens the session of one answer to a prompt. */
    Session open(Prompt prompt);

    /** Frees what the scorer holds, once the last open session is closed. */
    @Override
    void close();
}
