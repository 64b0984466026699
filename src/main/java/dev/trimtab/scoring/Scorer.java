package dev.trimtab.scoring;

/**
 * Says how much better each candidate of a step serves a policy than the upstream's own order does.
 *
 * <p>A score is added to a log-probability, in nats; only differences within a step count, and ln 2 doubles a
 * candidate's odds against another. A scorer is immutable and shared by all answers; what belongs to one answer lives in
 * its {@link Session}.
 */
public interface Scorer extends AutoCloseable {
    /** What a scorer is called in meters and errors, e.g. {@code plugin}. */
    String name();

    /** True where the scorer's zero is the score of every token that is not shown, so that S may gain or lose share. */
    boolean zeroIsRest();

    /** True where every score is ≤ 0. */
    boolean onlyLowers();

    /** Opens the session of one answer to a prompt. */
    Session open(Prompt prompt);

    /** Frees what the scorer holds, once the last open session is closed. */
    @Override
    void close();
}
