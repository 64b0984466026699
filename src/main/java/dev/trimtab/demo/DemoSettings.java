package dev.trimtab.demo;

import dev.trimtab.token.ShownLaw;
import java.time.Duration;

/**
 * How the embedded upstream behaves.
 *
 * @param port 0..65535; 0 takes any free one
 * @param callLatency how long every generation call waits before its first token
 * @param tokenLatency how long every token waits
 * @param maxLogprobs the most candidates per token that a client may ask for, ≥ 0
 * @param shown what the log-probabilities describe
 * @param ends where the end token is shown
 * @param quirks what else it does as other servers do
 */
public record DemoSettings(
        int port,
        Duration callLatency,
        Duration tokenLatency,
        int maxLogprobs,
        ShownLaw shown,
        Ends ends,
        DemoQuirks quirks) {
    public DemoSettings {
        require(port >= 0 && port <= 65_535, "port: " + port + " (expected: 0..65535)");
        require(!callLatency.isNegative(), "call-latency: " + callLatency + " (expected: ≥ 0)");
        require(!tokenLatency.isNegative(), "token-latency: " + tokenLatency + " (expected: ≥ 0)");
        require(maxLogprobs >= 0, "max-logprobs: " + maxLogprobs + " (expected: ≥ 0)");
    }

    /** Any port, no latency, 20 candidates of the law after bias, ends shown. */
    public static DemoSettings defaults() {
        return new DemoSettings(0, Duration.ZERO, Duration.ZERO, 20, ShownLaw.BIASED, Ends.SHOWN, DemoQuirks.NONE);
    }

    public DemoSettings withLatency(Duration call, Duration token) {
        return new DemoSettings(port, call, token, maxLogprobs, shown, ends, quirks);
    }

    public DemoSettings withMaxLogprobs(int other) {
        return new DemoSettings(port, callLatency, tokenLatency, other, shown, ends, quirks);
    }

    public DemoSettings withShown(ShownLaw other) {
        return new DemoSettings(port, callLatency, tokenLatency, maxLogprobs, other, ends, quirks);
    }

    public DemoSettings withEnds(Ends other) {
        return new DemoSettings(port, callLatency, tokenLatency, maxLogprobs, shown, other, quirks);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
