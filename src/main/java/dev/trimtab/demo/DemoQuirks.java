package dev.trimtab.demo;

/**
 * How servers differ from one that shows and honours everything.
 *
 * @param prefill what becomes of a last message of the assistant's
 * @param tokenIds whether it tells token ids, and takes prompts of them
 * @param unlisted whether a drawn token that is not among the candidates shows its log-probability; −9999 otherwise
 * @param truncates whether it draws with top_k 40, top_p 0.95 and min_p 0.05 where a request does not state them
 * @param merges whether a character of several tokens is one record, with the last one's id and candidates
 * @param goesOn whether it writes an answer to its end though its caller has left
 * @param failureRate the share of generation calls that fail, evenly spread, 0..1
 */
public record DemoQuirks(
        Prefill prefill,
        boolean tokenIds,
        boolean unlisted,
        boolean truncates,
        boolean merges,
        boolean goesOn,
        double failureRate) {
    public static final DemoQuirks NONE = new DemoQuirks(Prefill.CONTINUED, true, true, false, false, false, 0);

    public DemoQuirks {
        if (!(failureRate >= 0 && failureRate <= 1)) {
            throw new IllegalArgumentException("failure-rate: " + failureRate + " (expected: 0..1)");
        }
    }

    /** True where the call with this number, from 0, fails. */
    boolean fails(long call) {
        return Math.floor((call + 1) * failureRate) > Math.floor(call * failureRate);
    }
}
