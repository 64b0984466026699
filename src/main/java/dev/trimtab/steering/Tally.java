package dev.trimtab.steering;

/** The running counts of one choice. */
final class Tally {
    int drafted;
    int calls;
    int endsReread;
    int resent;
    int replacements;
    int takenBack;
    private int kept;
    private int replaced;
    private int unsteered;
    private int askedAgain;
    private int exhausted;

    /** Counts what was decided, whether or not it stays. */
    void decided(Decision decision) {
        if (decision instanceof Decision.Replaced other) {
            replacements++;
            exhausted += other.exhausted() ? 1 : 0;
        } else if (decision instanceof Decision.AskAgain) {
            askedAgain++;
        } else if (decision instanceof Decision.NothingLeft) {
            exhausted++;
        }
    }

    /** Counts that asking again came to nothing. */
    void exhausted() {
        exhausted++;
    }

    /** Counts a token that will not be taken back any more. */
    void emitted(Decision decision) {
        if (decision instanceof Decision.Kept) {
            kept++;
        } else if (decision instanceof Decision.PassedOn) {
            unsteered++;
        } else {
            replaced++;
        }
    }

    Books books() {
        int discarded = drafted - kept - unsteered;
        return new Books(
                drafted,
                kept,
                replaced,
                unsteered,
                discarded,
                calls,
                askedAgain,
                takenBack,
                exhausted,
                endsReread,
                resent);
    }
}
