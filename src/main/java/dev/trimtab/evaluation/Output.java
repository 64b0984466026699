package dev.trimtab.evaluation;

import dev.trimtab.steering.AnswerPart;
import dev.trimtab.steering.Report;
import java.time.Duration;
import java.util.List;

/**
 * A written answer.
 *
 * @param report its books, and its steps where they were asked for
 * @param took from the request to the end
 */
record Output(String text, String finishReason, Report report, Duration took) {

    static Output of(List<AnswerPart> parts, Duration took) {
        StringBuilder text = new StringBuilder();
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Piece piece) {
                text.append(piece.text());
            } else if (part instanceof AnswerPart.Closed closed) {
                return new Output(text.toString(), closed.finishReason(), closed.report(), took);
            }
        }
        throw new IllegalStateException("the answer has no end");
    }
}
