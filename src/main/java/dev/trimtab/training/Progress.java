package dev.trimtab.training;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** Says how far collecting is. */
final class Progress {
    private final Consumer<String> said;
    private final Supplier<String> spent;
    private int total;
    private int done;
    private int asked;

    /**
     * @param said takes one line at a time
     * @param spent says what has been asked so far
     */
    Progress(Consumer<String> said, Supplier<String> spent) {
        this.said = said;
        this.spent = spent;
    }

    synchronized void begin(int answers) {
        total = answers;
        done = 0;
        asked = 0;
    }

    /** Another answer was shown, or known. */
    synchronized void done(boolean known) {
        done++;
        asked += known ? 0 : 1;
        if (done % Math.max(1, total / 20) == 0 && asked > 0 && done < total) {
            say();
        }
    }

    /** An answer is not shown. */
    synchronized void failed(String question) {
        said.accept("collecting: failed at " + question);
    }

    synchronized void end() {
        say();
    }

    private void say() {
        said.accept("collecting: " + done + "/" + total + " answers, " + (done - asked) + " of them known; so far "
                + spent.get());
    }
}
