package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import reactor.core.Disposable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether a server stops writing when a stream is closed. It does not show in what comes back, but some servers tell how busy
 * they are: llama.cpp's under {@code /slots}, beside the API's version.
 */
final class CancelQuestion {
    private static final int LONG = 1_024;
    private static final Duration TO_BEGIN = Duration.ofSeconds(10);
    private static final Duration TO_STOP = Duration.ofSeconds(2);
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private final ProbeCalls calls;

    CancelQuestion(ProbeCalls calls) {
        this.calls = calls;
    }

    Seen<Boolean> stops() {
        try {
            if (busy()) {
                return Seen.unknown("The server has other work, so that its own cannot be told from it.");
            }
        } catch (ApiException untold) {
            return Seen.unknown("It does not show in what comes back, and the server has no /slots to tell.");
        }
        AtomicBoolean over = new AtomicBoolean();
        ObjectNode body = calls.chat(ProbeCalls.STORY, LONG, 1).put("stream", true);
        Disposable stream = calls.post(new DraftCall("/chat/completions", body, null))
                .doOnTerminate(() -> over.set(true))
                .subscribe(chunk -> {}, failure -> {});
        boolean began = becomes(this::busy, TO_BEGIN);
        stream.dispose();
        if (!began || over.get()) {
            return Seen.unknown("/slots did not show a call on its way.");
        }
        boolean stopped = becomes(() -> !busy(), TO_STOP);
        return new Seen<>(
                stopped,
                "/slots showed " + (stopped ? "no work" : "that it went on") + " within " + TO_STOP.toSeconds()
                        + " s of closing a stream of up to " + LONG + " tokens.");
    }

    private boolean busy() {
        for (JsonNode slot : calls.told("/../slots")) {
            if (slot.path("is_processing").asBoolean(false)) {
                return true;
            }
        }
        return false;
    }

    private static boolean becomes(BooleanSupplier state, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
