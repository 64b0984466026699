package dev.trimtab.upstream;

import java.time.Duration;

/** How an upstream is called: how long it may take, how many calls at once, when it is asked again, when it is left alone. */
public record Resilience(Timeouts timeouts, Pool pool, Retries retries, Breaking breaking) {
    public static final Resilience DEFAULT = new Resilience(
            new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMinutes(10)),
            new Pool(500, 500, Duration.ofSeconds(5)),
            new Retries(3, Duration.ofMillis(200), Duration.ofSeconds(5)),
            new Breaking(50, 20, Duration.ofSeconds(10)));

    /**
     * The longest waits.
     *
     * @param connect for a connection to stand
     * @param firstToken for the first token of a draft
     * @param idle between two reads of a draft
     * @param whole for a request that is passed on, in all
     */
    public record Timeouts(Duration connect, Duration firstToken, Duration idle, Duration whole) {}

    /**
     * Connections. Drafts and what is passed on have each a pool of their own, so that neither starves the other.
     *
     * @param connections the most at once in each, ≥ 1
     * @param waiting the most calls that may wait for one in each, ≥ 0; one more is refused at once
     * @param longestWait for one
     */
    public record Pool(int connections, int waiting, Duration longestWait) {
        public Pool {
            atLeast("pool.connections", connections, 1);
            atLeast("pool.waiting", waiting, 0);
        }
    }

    /**
     * Asking again for a draft of which nothing has arrived.
     *
     * @param attempts of one call in all, ≥ 1
     * @param firstWait before the first retry; doubled for each further one, and each moved by up to half of itself
     * @param longestAsked the longest {@code Retry-After} that is waited for
     */
    public record Retries(int attempts, Duration firstWait, Duration longestAsked) {
        public Retries {
            atLeast("retry.attempts", attempts, 1);
        }
    }

    /**
     * Leaving an upstream alone that fails.
     *
     * @param failureRate the share of failed calls from which on it is, percent, 1 to 100
     * @param calls the last calls of which that is the share, ≥ 1
     * @param openTime until it is tried again
     */
    public record Breaking(int failureRate, int calls, Duration openTime) {
        public Breaking {
            if (failureRate < 1 || failureRate > 100) {
                throw new IllegalArgumentException("breaker.failure-rate: " + failureRate + " (expected: 1..100)");
            }
            atLeast("breaker.calls", calls, 1);
        }
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
