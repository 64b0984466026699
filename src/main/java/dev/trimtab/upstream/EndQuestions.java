package dev.trimtab.upstream;

import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.upstream.Capabilities.EndRecords;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Questions about how answers begin and end, and about records that stand for more than one token. */
final class EndQuestions {
    private static final String SHORT = "Is the sky blue? Answer with one word.";
    private static final String EMOJI = "Repeat this, and nothing else: 👩‍🚀 👩‍🚀 👩‍🚀 👩‍🚀";

    private final ProbeCalls calls;
    private final int candidates;

    /** @param candidates how many are shown, more than 0 */
    EndQuestions(ProbeCalls calls, int candidates) {
        this.calls = calls;
        this.candidates = candidates;
    }

    /** Whether an end comes with candidates. */
    Seen<EndRecords> ends() {
        ProbeAnswer streamed = calls.streamed(asking(SHORT, 128));
        ProbeAnswer whole = calls.whole(asking(SHORT, 128));
        if (!streamed.stopped() || !whole.stopped()) {
            return Seen.unknown("The answer did not end within 128 tokens.");
        }
        boolean inStream = showsEnd(streamed);
        boolean inWhole = showsEnd(whole);
        EndRecords shown = inStream ? EndRecords.SHOWN : inWhole ? EndRecords.WHOLE_ONLY : EndRecords.NEVER;
        return new Seen<>(
                shown,
                "The end " + (inStream ? "has" : "has no") + " candidates in a stream and "
                        + (inWhole ? "has them" : "none") + " in a whole answer.");
    }

    private static boolean showsEnd(ProbeAnswer answer) {
        List<TokenLogprob> records = answer.records();
        TokenLogprob last = records.isEmpty() ? null : records.get(records.size() - 1);
        return last != null && last.bytes().length == 0 && !last.top().isEmpty();
    }

    /**
     * Whether a character of several tokens comes as one record: its bytes are then not those that its id has as a
     * candidate, or there are fewer records than the upstream counts.
     */
    Seen<Boolean> merges() {
        ProbeAnswer answer = calls.streamed(asking(EMOJI, 24));
        long differing = answer.records().stream().filter(DraftReading::merged).count();
        boolean longCharacters = answer.text().codePoints().anyMatch(point -> point > 0xFFFF);
        int missing = answer.counted() - answer.records().size();
        if (differing == 0 && missing < 2 && !longCharacters) {
            return Seen.unknown("No character of several tokens came, but " + Quoted.text(answer.text()) + ".");
        }
        return new Seen<>(
                differing > 0 || missing >= 2,
                answer.records().size() + " records for " + answer.counted() + " tokens; " + differing
                        + " have other bytes than their id.");
    }

    private ObjectNode asking(String question, int maxTokens) {
        return calls.chat(question, maxTokens, 0).put("logprobs", true).put("top_logprobs", candidates);
    }
}
