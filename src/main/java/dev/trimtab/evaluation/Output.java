package dev.trimtab.evaluation;

import dev.trimtab.steering.AnswerPart;
import dev.trimtab.steering.Books;
import dev.trimtab.steering.Report;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A written answer.
 *
 * @param report its books, and its steps where they were asked for
 * @param took from the request to the end
 * @param failure why there is none, or null where there is one
 */
record Output(
        String text,
        String finishReason,
        Report report,
        Duration took,
        @Nullable String failure) {
    private static final Report NOTHING =
            new Report(new Books(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), -1, 0, "", null, List.of(), null);

    /** The place of an answer that ended in an error. */
    static Output failed(String why, Duration took) {
        return new Output("", "", NOTHING, took, why);
    }

    static Output of(List<AnswerPart> parts, Duration took) {
        StringBuilder text = new StringBuilder();
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Piece piece) {
                text.append(piece.text());
            } else if (part instanceof AnswerPart.Closed closed) {
                return new Output(text.toString(), closed.finishReason(), closed.report(), took, null);
            }
        }
        throw new IllegalStateException("the answer has no end");
    }
}
