package dev.trimtab.training;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says how far collecting is. */
final class Progress {
    private final Consumer<String> said;
    private final LongSupplier calls;
    private int total;
    private int done;
    private int asked;
    private long tokens;

    /**
     * @param said takes one line at a time
     * @param calls how many calls the upstream has had
     */
    Progress(Consumer<String> said, LongSupplier calls) {
        this.said = said;
        this.calls = calls;
    }

    synchronized void begin(int answers) {
        total = answers;
        done = 0;
        asked = 0;
    }

    /** Another answer was shown, or known. */
    synchronized void done(int steps, boolean known) {
        done++;
        asked += known ? 0 : 1;
        tokens += steps;
        if (done % Math.max(1, total / 20) == 0 && asked > 0 && done < total) {
            say();
        }
    }

    synchronized void end() {
        say();
    }

    private void say() {
        said.accept("collecting: " + done + "/" + total + " answers, " + (done - asked) + " of them known; so far "
                + calls.getAsLong() + " calls, " + tokens + " tokens");
    }
}
