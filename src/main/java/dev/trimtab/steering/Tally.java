package dev.trimtab.steering;

/** The running counts of one choice. */
final class Tally {
    int drafted;
    int calls;
    int endsReread;
    int replaced;
    private int kept;
    private int unsteered;
    private int askedAgain;
    private int exhausted;

    void count(Decision decision) {
        if (decision instanceof Decision.Kept) {
            kept++;
        } else if (decision instanceof Decision.PassedOn) {
            unsteered++;
        } else if (decision instanceof Decision.Replaced other) {
            replaced++;
            exhausted += other.exhausted() ? 1 : 0;
        } else if (decision instanceof Decision.AskAgain) {
            askedAgain++;
        } else {
            exhausted++;
        }
    }

    Books books() {
        int discarded = drafted - kept - unsteered;
        return new Books(drafted, kept, replaced, unsteered, discarded, calls, askedAgain, exhausted, endsReread);
    }
}
