package dev.trimtab.demo;

import dev.trimtab.token.ShownLaw;
import java.time.Duration;

/**
 * How the demo upstream behaves.
 *
 * @param port on loopback; 0 for any free one
 * @param callLatency added before a call's first token
 * @param tokenLatency added before every further token
 * @param maxLogprobs the most candidates per token that it shows, 0 to its vocabulary of 4,096
 * @param shown what its log-probabilities describe
 * @param ends where a drawn end comes with a record
 */
public record DemoSettings(
        int port, Duration callLatency, Duration tokenLatency, int maxLogprobs, ShownLaw shown, Ends ends) {
    public DemoSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
        }
        if (maxLogprobs < 0 || maxLogprobs > 4_096) {
            throw new IllegalArgumentException("max-logprobs: " + maxLogprobs + " (expected: 0..4096)");
        }
        if (callLatency.isNegative() || tokenLatency.isNegative()) {
            throw new IllegalArgumentException("latency: negative (expected: at least 0)");
        }
    }

    /** Any port, no added latency, 20 log-probabilities after bias, ends with records. */
    public static DemoSettings defaults() {
        return new DemoSettings(0, Duration.ZERO, Duration.ZERO, 20, ShownLaw.BIASED, Ends.SHOWN);
    }

    public DemoSettings withPort(int other) {
        return new DemoSettings(other, callLatency, tokenLatency, maxLogprobs, shown, ends);
    }

    public DemoSettings withLatency(Duration call, Duration token) {
        return new DemoSettings(port, call, token, maxLogprobs, shown, ends);
    }

    public DemoSettings withShown(ShownLaw other) {
        return new DemoSettings(port, callLatency, tokenLatency, maxLogprobs, other, ends);
    }

    public DemoSettings withEnds(Ends other) {
        return new DemoSettings(port, callLatency, tokenLatency, maxLogprobs, shown, other);
    }

    public DemoSettings withMaxLogprobs(int other) {
        return new DemoSettings(port, callLatency, tokenLatency, other, shown, ends);
    }
}
