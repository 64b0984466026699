package dev.trimtab.training;

import dev.trimtab.scoring.PhraseCursor;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which of the candidates that an answer's steps show are unwanted. */
final class Unwanted {
    private Unwanted() {}

    /**
     * By rules: each candidate that would complete a phrase behind the tokens before it, whether it was drawn or not.
     * Behind a phrase that was completed the text is read as if it began there.
     *
     * @param preceding what stands directly before the answer
     * @return one row a step, one entry a candidate
     */
    static boolean[][] byRules(Phrases phrases, String preceding, List<Step> steps) {
        boolean[][] unwanted = new boolean[steps.size()][];
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(preceding.getBytes(StandardCharsets.UTF_8));
        PhraseCursor cursor = new PhraseCursor(phrases, preceding);
        for (int i = 0; i < unwanted.length; i++) {
            PhraseCursor here = cursor;
            unwanted[i] = marks(
                    steps.get(i).candidates(), token -> phrases.ruleOf(token) >= 0 || completes(here.copy(), token));
            cursor = behind(cursor, steps.get(i).drawn(), phrases, text);
        }
        return unwanted;
    }

    private static boolean completes(PhraseCursor cursor, Token token) {
        return token.isEnd() ? cursor.end() : reads(cursor, token.bytes());
    }

    private static boolean reads(PhraseCursor cursor, byte[] bytes) {
        return IntStream.range(0, bytes.length).anyMatch(i -> cursor.read(bytes[i]));
    }

    private static PhraseCursor behind(PhraseCursor cursor, Token token, Phrases phrases, ByteArrayOutputStream text) {
        PhraseCursor behind = cursor;
        for (byte next : token.bytes()) {
            text.write(next);
            if (behind.read(next)) {
                behind = new PhraseCursor(phrases, text.toString(StandardCharsets.UTF_8));
            }
        }
        return behind;
    }

    /**
     * By marks in the answer: the drawn tokens that hold a part of what is marked. Of other candidates nobody has said
     * anything, and they stay wanted.
     *
     * @param steps of the answer, whose bytes are those that the spans count
     */
    static boolean[][] bySpans(List<LabelledAnswer.Span> spans, List<Step> steps) {
        boolean[][] unwanted = new boolean[steps.size()][];
        int from = 0;
        for (int i = 0; i < unwanted.length; i++) {
            Token drawn = steps.get(i).drawn();
            int start = from;
            int end = from + drawn.bytes().length;
            boolean marked = spans.stream().anyMatch(span -> span.overlaps(start, end));
            unwanted[i] = marks(steps.get(i).candidates(), token -> marked && token.equals(drawn));
            from = end;
        }
        return unwanted;
    }

    private static boolean[] marks(Candidates shown, Predicate<Token> isUnwanted) {
        boolean[] marks = new boolean[shown.size()];
        for (int i = 0; i < marks.length; i++) {
            marks[i] = isUnwanted.test(shown.token(i));
        }
        return marks;
    }

    /** Whether any candidate of a step is. */
    static boolean any(boolean[] step) {
        return IntStream.range(0, step.length).anyMatch(i -> step[i]);
    }

    /** How many steps have any. */
    static long steps(boolean[][] unwanted) {
        return Stream.of(unwanted).filter(Unwanted::any).count();
    }
}
